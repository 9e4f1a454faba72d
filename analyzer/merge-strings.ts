// The strings of a recording's parts as one table. All parts have those of the recording itself, in
// one order; behind them each has names of functions out of symbol tables, of its own frames only.

import type { Strings } from "./analysis.js";

/** How many strings, from the first on, all parts have alike. */
export function commonStrings(tables: readonly Strings[]): number {
  const [first, ...others] = tables;
  let common = first!.offsets.length - 1;
  for (const other of others) common = Math.min(common, commonOfTwo(first!, other));
  return common;
}

function commonOfTwo(a: Strings, b: Strings): number {
  let row = 0;
  let at = 0;
  while (row + 1 < a.offsets.length && row + 1 < b.offsets.length && a.offsets[row + 1] === b.offsets[row + 1]) {
    const end = a.offsets[row + 1]!;
    while (at < end && a.bytes[at] === b.bytes[at]) at++;
    if (at < end) break;
    row++;
  }
  return row;
}

/** One byte of text as one character, whatever it means. */
export function stringAt({ offsets, bytes }: Strings, row: number): string {
  let text = "";
  for (let at = offsets[row]!; at < offsets[row + 1]!; at++) text += String.fromCharCode(bytes[at]!);
  return text;
}

/** The first `common` strings of a table, and others behind them, each once, in the order asked for. */
export class StringAppender {
  readonly #base: Strings;
  readonly #common: number;
  readonly #rows = new Map<string, number>();

  constructor(base: Strings, common: number) {
    this.#base = base;
    this.#common = common;
  }

  /** The row of what is at `row` of another table. */
  rowOf(table: Strings, row: number): number {
    if (row < this.#common) return row;
    const text = stringAt(table, row);
    const known = this.#rows.get(text);
    if (known !== undefined) return known;
    const appended = this.#common + this.#rows.size;
    this.#rows.set(text, appended);
    return appended;
  }

  strings(): Strings {
    const texts = [...this.#rows.keys()];
    const commonBytes = this.#base.offsets[this.#common]!;
    const offsets = new Uint32Array(this.#common + texts.length + 1);
    offsets.set(this.#base.offsets.subarray(0, this.#common + 1));
    texts.forEach((text, i) => (offsets[this.#common + i + 1] = offsets[this.#common + i]! + text.length));
    const bytes = new Uint8Array(offsets.at(-1)!);
    bytes.set(this.#base.bytes.subarray(0, commonBytes));
    let at = commonBytes;
    for (const text of texts) for (let i = 0; i < text.length; i++) bytes[at++] = text.charCodeAt(i);
    return { offsets, bytes };
  }
}
