// Between what the page shows and the command line that answers the same: the command of a view, to be
// copied into a terminal, and the view of a command, as a report names one for each of its findings.

import { filterName, filterOptions, filterOptionsOf } from "../index.js";
import type { FilterDefinition } from "../index.js";
import { shellText } from "../exports/shell-text.js";
import type { Asked, Panel } from "./panel.js";
import type { Changes, Words } from "./words.js";

/** What idling becomes where nothing is said: the page starts without it, as a report does. */
export const IdleByDefault = "hide";

/** Files of which a view is. */
export interface NamedFiles {
  readonly recordings: readonly string[];
  /** Object files that name their frames. */
  readonly objects: readonly string[];
}

/** The line that prints what `panel` shows of files called so. */
export function commandOf(panel: Panel, words: Words, asked: Asked, { recordings, objects }: NamedFiles): string {
  const line = ["offcut", panel.answer, ...panel.command(asked)];
  const extras = panel.extras(asked.own);
  // A report hides idling by itself; other commands show it.
  const isIdleDue = panel.answer !== "report" || words.has("idle");
  if (extras.includes("idle") && isIdleDue) line.push("--idle", words.value("idle") ?? IdleByDefault);
  if (extras.includes("open") && words.has("open")) line.push("--open");
  for (const definition of filterOptionsOf(panel.answer)) line.push(...optionWords(definition, words));
  // What a recording is and holds is no question of names.
  if (objects.length > 0 && panel.answer !== "info") line.push("--symbols", objects.join(","));
  return shellText([...line, ...(panel.files?.(recordings, asked) ?? recordings)]);
}

function optionWords(definition: FilterDefinition, words: Words): readonly string[] {
  const name = filterName(definition);
  const value = words.value(name);
  if (value === undefined) return [];
  if (!takesValue(definition)) return [`--${name}`];
  // A value that begins with a dash would be read as another option.
  return value.startsWith("-") ? [`--${name}=${value}`] : [`--${name}`, value];
}

export function takesValue({ flags }: FilterDefinition): boolean {
  return flags.includes("<");
}

/** The words that show what `command` prints (without the program's name, and without files). */
export function viewOf(command: readonly string[], panels: readonly Panel[]): Changes {
  const [name, ...words] = command;
  const panel = panels.find(({ id }) => id === name);
  if (panel === undefined) return {};
  const changes: Record<string, string | undefined> = { tab: panel.id };
  for (let at = 0; at < words.length; at++) {
    const filter = filterOptions.find(({ flags }) => flags.split(/[ ,]+/).includes(words[at]!));
    const name = filter === undefined ? words[at]!.replace(/^-+/, "") : filterName(filter);
    const next = words[at + 1];
    const value = next === undefined || next.startsWith("-") ? "" : words[++at]!;
    const isShared = filter !== undefined || name === "idle" || name === "open";
    changes[isShared ? name : `${panel.id}.${name}`] = value;
  }
  if (changes.idle === IdleByDefault) changes.idle = undefined;
  return changes;
}
