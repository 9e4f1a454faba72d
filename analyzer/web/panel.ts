// What a panel is: a tab that answers one question, as a command of the command line does. To add one,
// write a file that exports a Panel and name it in panels.ts; filters, links, undo, reading, progress
// and failures are the page's business, and a panel only draws what is in the analyses it is given.

import type { ComponentType } from "preact";
import type { Analysis, Filtered, Filters } from "../index.js";
import type { PeriodOptions } from "../views/periods.js";
import type { Question } from "./job.js";
import type { Answer, Tables } from "./recordings.js";
import type { Views } from "./views.js";
import type { Changes, Words } from "./words.js";

/** Filters that are not asked of every answer on the command line. */
export type Extra = "idle" | "open";

export interface Panel {
  /** The word of links: `tab=waits`. */
  readonly id: string;
  readonly title: string;
  /** The command that answers the same; also says which filters the panel knows. */
  readonly answer: Filtered;
  /** Which of these the command takes as well; `own` are the panel's own choices. */
  extras(own: Words): readonly Extra[];
  /** Recordings that it takes at least. */
  readonly recordingsMin?: number;
  /** The tables that it needs beside those that are always there. */
  tables(asked: Asked): Tables;
  /** Words of the command line that ask for the same as the panel's own words do, without filters. */
  command(asked: Asked): readonly string[];
  /** The recordings as that command takes them, where it is not one after the other. */
  files?(names: readonly string[], asked: Asked): readonly string[];
  /** Draws the answer. */
  readonly View: ComponentType<PanelProps>;
}

/** What a panel is asked, all read and found good. */
export interface Asked {
  /** The panel's own choices, its id and the dot left out: `group-by`, `sort`. */
  readonly own: Words;
  /** Only filters that the panel knows. */
  readonly filters: Filters;
  /** The same as most views take them: selection, idle, open. */
  readonly periods: PeriodOptions;
}

export interface PanelProps extends Asked {
  readonly analyses: readonly Analysis[];
  /** Asks the recordings for more, where what to ask depends on what is known so far; drawn anew when it is there. */
  readonly more: (question: Question, tables: Tables) => Answer;
  readonly views: Views;
  /** Sets the panel's own choices: `change({ "group-by": "comm" })`. */
  readonly change: (changes: Changes) => void;
  /** Adds filters, by their long names: `filter({ pid: "12" })`. */
  readonly filter: (changes: Changes) => void;
  /** Goes to what a command of the command line shows, given as its words. */
  readonly follow: (command: readonly string[]) => void;
  /** What exported files are called, without ending. */
  readonly fileName: string;
}
