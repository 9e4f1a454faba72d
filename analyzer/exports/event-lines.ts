// Events as lines of text, JSON or CSV, with the columns that were asked for: one line each, in pieces
// of many lines, because writing line by line is most of what such a program would spend. Holds
// nothing from one batch to the next but the texts that events share.

import type { EventBatch } from "../event-batch.js";
import { BlockRowsMax } from "../expressions/evaluator.js";
import type { Evaluator, ValueColumn } from "../expressions/evaluator.js";
import { isTrue } from "../expressions/operators.js";
import type { CheckedExpression } from "../expressions/probe.js";
import { shownValue } from "../views/probe-answers.js";
import { csvLine } from "./csv-text.js";
import { eventFrames, eventText } from "./event-text.js";
import { printable } from "./style.js";
import { durationText } from "./units.js";

export type LineFormat = "text" | "json" | "csv";

/** What a column shows: an expression's value, or the event in words. */
export type EventColumn = CheckedExpression | "event";

export interface EventLinesOptions {
  readonly format: LineFormat;
  readonly columns: readonly EventColumn[];
  readonly where: CheckedExpression["meaning"] | undefined;
  /** Also the frames of stacks: indented below the line, or as arrays in JSON. */
  readonly stacks: boolean;
}

/** Long enough that a write costs little beside what it writes, short enough to start at once. */
const PieceCharacters = 64 * 1024;
/** Distinct texts kept; names of threads and calls are far fewer, file names may not be. */
const TextsMax = 1 << 16;

/** Widths as of trace(8), so that columns line up without having been seen. */
const widths: Readonly<Record<string, number>> = { time: 13, comm: 16, pid: 7, tid: 7, cpu: 3, syscall: 16 };
const WidthByDefault = 10;

interface Shown {
  readonly title: string;
  readonly width: number;
  readonly expression: CheckedExpression | undefined;
  readonly values: ValueColumn | undefined;
}

export class EventLines {
  readonly #evaluator: Evaluator;
  readonly #options: EventLinesOptions;
  readonly #shown: readonly Shown[];
  readonly #where: ValueColumn | undefined;
  /** Texts as they can be shown: few are met, each of them often. */
  readonly #printable = new Map<string, string>();

  constructor(evaluator: Evaluator, options: EventLinesOptions) {
    this.#evaluator = evaluator;
    this.#options = options;
    this.#shown = options.columns.map((column) => shownColumn(evaluator, column, options.format));
    this.#where = options.where && evaluator.compile(options.where);
  }

  /** What stands above all lines; "" in JSON. */
  header(): string {
    const titles = this.#shown.map(({ title }) => title);
    if (this.#options.format === "json") return "";
    if (this.#options.format === "csv") return csvLine(titles);
    return textLine(titles.map((title) => title.toUpperCase()), this.#shown);
  }

  /** The lines of a batch, in pieces that end at line ends. */
  *of(batch: EventBatch, isSelected?: (row: number) => boolean): Generator<string, void, undefined> {
    if (this.#evaluator.dictionary.size > TextsMax) this.#evaluator.dictionary.forget();
    this.#evaluator.begin(batch);
    let piece = "";
    for (let from = 0; from < batch.events.length; from += BlockRowsMax) {
      const count = Math.min(BlockRowsMax, batch.events.length - from);
      this.#evaluator.block(from, count);
      const where = this.#where?.values();
      for (let i = 0; i < count; i++) {
        if (where !== undefined && !isTrue(where[i]!)) continue;
        if (isSelected !== undefined && !isSelected(from + i)) continue;
        piece += this.#line(batch, from + i, i);
        if (piece.length < PieceCharacters) continue;
        yield piece;
        piece = "";
      }
    }
    if (piece !== "") yield piece;
  }

  #line(batch: EventBatch, row: number, at: number): string {
    switch (this.#options.format) {
      case "json":
        return this.#jsonLine(batch, row, at);
      case "csv":
        return csvLine(this.#shown.map((shown) => this.#value(shown, batch, row, at) ?? ""));
      case "text": {
        const cells = this.#shown.map((shown) => this.#cell(shown, batch, row, at));
        const line = textLine(cells, this.#shown);
        return this.#options.stacks ? line + stackLines(batch, row) : line;
      }
    }
  }

  /** Fields that the event does not have are absent. */
  #jsonLine(batch: EventBatch, row: number, at: number): string {
    const values: Record<string, unknown> = {};
    for (const shown of this.#shown) {
      const value = this.#value(shown, batch, row, at);
      if (value !== undefined) values[shown.title] = value;
    }
    if (this.#options.stacks) {
      const { kernel, user } = eventFrames(batch, row);
      if (kernel.length > 0) values.kernelStack = kernel;
      if (user.length > 0) values.userStack = user;
    }
    return `${JSON.stringify(values)}\n`;
  }

  #value(shown: Shown, batch: EventBatch, row: number, at: number): number | string | undefined {
    if (shown.values === undefined) return eventText(batch, row);
    const value = shown.values.values()[at]!;
    return Number.isNaN(value) ? undefined : shownValue(this.#evaluator, shown.expression!, value);
  }

  #cell(shown: Shown, batch: EventBatch, row: number, at: number): string {
    const value = this.#value(shown, batch, row, at);
    if (value === undefined) return "-";
    if (shown.values === undefined) return value as string;
    if (typeof value === "string") return this.#shownText(value);
    const { text, meaning } = shown.expression!;
    if (text === "time") return secondsText(value);
    return meaning.unit === "ns" ? durationText(value) : String(value);
  }

  #shownText(text: string): string {
    let known = this.#printable.get(text);
    if (known === undefined) {
      if (this.#printable.size >= TextsMax) this.#printable.clear();
      this.#printable.set(text, (known = printable(text)));
    }
    return known;
  }
}

function shownColumn(evaluator: Evaluator, column: EventColumn, format: LineFormat): Shown {
  if (column === "event") return { title: "event", width: 0, expression: undefined, values: undefined };
  const { text, meaning } = column;
  // Programs read the unit in the name; in a table it stands beside each number.
  const isTime = format !== "text" && meaning.unit === "ns" && /^\w+$/.test(text);
  return {
    title: isTime ? `${text}Ns` : text,
    width: Math.max(text.length, widths[text] ?? WidthByDefault),
    expression: column,
    values: evaluator.compile(meaning),
  };
}

function textLine(cells: readonly string[], columns: readonly Shown[]): string {
  const last = cells.length - 1;
  let line = "";
  for (let i = 0; i < last; i++) line += `${cells[i]!.padEnd(columns[i]!.width)} `;
  return `${line}${cells[last]!}\n`;
}

/** `12.345678901` */
function secondsText(ns: number): string {
  const seconds = Math.floor(ns / 1e9);
  return `${seconds}.${String(ns - seconds * 1e9).padStart(9, "0")}`;
}

function stackLines(batch: EventBatch, row: number): string {
  const { kernel, user } = eventFrames(batch, row);
  return [...kernel, ...user].map((frame) => `        ${printable(frame)}\n`).join("");
}
