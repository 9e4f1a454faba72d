// How a table of the engine becomes typed arrays with names: a declaration says of each name which column
// it is and of which element type, and the table's TypeScript type follows from it. Knows no table.

import { Table } from "../assembly/tables.js";
import type { Column } from "./engine.js";

/** What tables are read from: the engine, or a test's stand-in for it. */
export interface ColumnSource {
  rowCount(table: Table): number;
  column(table: Table, column: number): Column;
}

export interface ColumnSpec<Elements extends Column> {
  readonly index: number;
  readonly elements: new (buffer: ArrayBuffer) => Elements;
}

export type Spec = Readonly<Record<string, ColumnSpec<Column>>>;

/** The table that a declaration describes. */
export type TableOf<S extends Spec> = { readonly length: number } & {
  readonly [Name in keyof S]: S[Name] extends ColumnSpec<infer Elements> ? Elements : never;
};

export const u8 = (index: number): ColumnSpec<Uint8Array> => ({ index, elements: Uint8Array });
export const u32 = (index: number): ColumnSpec<Uint32Array> => ({ index, elements: Uint32Array });
export const i32 = (index: number): ColumnSpec<Int32Array> => ({ index, elements: Int32Array });
export const u64 = (index: number): ColumnSpec<BigUint64Array> => ({ index, elements: BigUint64Array });
export const f64 = (index: number): ColumnSpec<Float64Array> => ({ index, elements: Float64Array });

/** Copies a table out of `source`. Throws where the engine and this library disagree. */
export function readTable<S extends Spec>(source: ColumnSource, table: Table, spec: S): TableOf<S> {
  const length = source.rowCount(table);
  const columns: Record<string, unknown> = { length };
  for (const [name, { index, elements }] of Object.entries(spec)) {
    const column = source.column(table, index);
    if (!(column instanceof elements) || column.length !== length) {
      throw new Error(
        `engine and library are of different versions: ${Table[table]}.${name} came as ` +
          `${column.constructor.name}(${column.length}), expected ${elements.name}(${length})`,
      );
    }
    columns[name] = column;
  }
  return columns as TableOf<S>;
}
