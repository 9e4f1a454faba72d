// The lines that `offcut events` prints of a batch, as whichever thread is free makes them: what is
// asked, in words that can be sent to another thread, and the lines with what finding them told of
// arguments, which one thread has to put together (expressions/argument-columns.ts).

import type { EventKind } from "../../assembly/tables.js";
import type { EventBatch } from "../event-batch.js";
import type { ArgumentFinding } from "../expressions/argument-columns.js";
import { Evaluator } from "../expressions/evaluator.js";
import { readColumns, readCondition } from "../expressions/probe.js";
import { EventLines } from "../exports/event-lines.js";
import type { LineFormat } from "../exports/event-lines.js";
import type { SelectionOptions } from "../views/selection.js";
import { selectorOf } from "./event-reading.js";
import type { Naming, ShowNames } from "./naming.js";
import { looksForFrames, showerOf } from "./naming.js";

export interface LinesTask {
  readonly kinds: readonly EventKind[];
  readonly format: LineFormat;
  readonly columns: string;
  readonly where: string | undefined;
  readonly stacks: boolean;
  readonly naming: Naming;
}

/** Lines in pieces of UTF-8, and what was found of each argument that is asked for. */
export interface MadeLines {
  readonly pieces: readonly Uint8Array[];
  readonly found: readonly ArgumentFinding[];
}

/** How the lines' frames are called. */
export function shownIn({ naming, stacks }: LinesTask, selection: SelectionOptions): Promise<ShowNames> {
  return showerOf(naming, stacks || looksForFrames(selection));
}

export class LineMaker {
  readonly evaluator = new Evaluator();
  readonly #lines: EventLines;
  readonly #encoder = new TextEncoder();

  /** Throws UsageError where something asked means nothing. */
  constructor(
    { kinds, format, columns, where, stacks }: LinesTask,
    private readonly show: ShowNames,
  ) {
    this.#lines = new EventLines(this.evaluator, {
      format,
      columns: readColumns(columns, kinds),
      where: where === undefined ? undefined : readCondition(where, kinds),
      stacks,
    });
  }

  header(): string {
    return this.#lines.header();
  }

  /** The lines of the batch that follows. */
  next(batch: EventBatch, selection: SelectionOptions): Iterable<string> {
    const shown = { ...batch, names: this.show(batch.names) };
    return this.#lines.of(shown, selectorOf(shown, selection));
  }

  /** The lines of any batch. As bytes: texts of a thousand lines each that are kept are what collecting garbage costs most. */
  made(batch: EventBatch, selection: SelectionOptions): MadeLines {
    this.evaluator.beginRecording();
    const pieces = Array.from(this.next(batch, selection), (text) => this.#encoder.encode(text));
    return { pieces, found: this.evaluator.found() };
  }
}
