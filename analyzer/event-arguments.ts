// Arguments of the system calls in a batch of events, from the engine's table, which has rows only
// for the calls that were recorded with any. Columns are spread over the events when first asked for.

import type { Names } from "./analysis.js";
import type { EventArguments } from "./event-batch.js";
import type { EventArgumentsTable } from "./tables.js";

/** The registers of a system call. */
const ArgumentsMax = 6;

export class RecordedArguments implements EventArguments {
  readonly table: EventArgumentsTable;
  readonly #names: Names;
  /** Row in the table, by event; -1 where it has none. */
  readonly #rows: Int32Array;
  readonly #columns: (Float64Array | undefined)[] = [];

  /** `length`: events of the batch. */
  constructor(table: EventArgumentsTable, length: number, names: Names) {
    this.table = table;
    this.#names = names;
    this.#rows = new Int32Array(length).fill(-1);
    for (let row = 0; row < table.length; row++) this.#rows[table.event[row]!] = row;
  }

  argument(index: number): Float64Array | undefined {
    if (index >= ArgumentsMax) return undefined;
    return (this.#columns[index] ??= this.#spread(this.#valuesOf(index)));
  }

  string(index: number, event: number): string | undefined {
    const row = this.#rows[event]!;
    const text = row < 0 || index >= ArgumentsMax ? 0 : this.#textsOf(index)[row]!;
    return text === 0 ? undefined : this.#names.string(text - 1);
  }

  #spread(values: Float64Array): Float64Array {
    const column = new Float64Array(this.#rows.length).fill(NaN);
    for (let row = 0; row < this.table.length; row++) column[this.table.event[row]!] = values[row]!;
    return column;
  }

  #valuesOf(index: number): Float64Array {
    const { value0, value1, value2, value3, value4, value5 } = this.table;
    return [value0, value1, value2, value3, value4, value5][index]!;
  }

  #textsOf(index: number): Uint32Array {
    const { text0, text1, text2, text3, text4, text5 } = this.table;
    return [text0, text1, text2, text3, text4, text5][index]!;
  }
}
