// Strings behind those of an analysis: for tables that are made of its own, and name more than it does.

import type { Strings } from "./analysis.js";
import { joinedColumns } from "./joined-columns.js";

export class AddedStrings {
  /** Row of each, in order. */
  readonly #rows = new Map<string, number>();

  constructor(private readonly before: Strings) {}

  /** Row of a string; 0 of the empty one. */
  row(text: string): number {
    if (text === "") return 0;
    const row = this.#rows.get(text) ?? this.before.offsets.length - 1 + this.#rows.size;
    this.#rows.set(text, row);
    return row;
  }

  /** Those before, and behind them those that were added. */
  strings(): Strings {
    const { offsets, bytes } = this.before;
    const encoder = new TextEncoder();
    const added = [...this.#rows.keys()].map((text) => encoder.encode(text));
    let end = bytes.length;
    const ends = Uint32Array.from(added, ({ length }) => (end += length));
    return { offsets: joinedColumns([offsets, ends]), bytes: joinedColumns([bytes, ...added]) };
  }
}
