// Columns of one type, one behind the other.

type Cells = Uint8Array | Uint32Array | Int32Array | BigUint64Array | Float64Array;

/** Of at least one column, which says of which type the answer is. */
export function joinedColumns<Column extends Cells>(columns: readonly Column[]): Column {
  const length = columns.reduce((sum, column) => sum + column.length, 0);
  const all = new (columns[0]!.constructor as new (length: number) => Column)(length);
  let at = 0;
  for (const column of columns) {
    all.set(column as never, at);
    at += column.length;
  }
  return all;
}
