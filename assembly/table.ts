// The tables an analysis ends in: columns of plain values that the other side of the boundary copies
// out as typed arrays. Which columns a table has and of which type is said where it is filled
// (tables-of-threads.ts, tables-of-recording.ts); tables.ts names them for both sides.

import { borrow, giveBack, outOfMemory } from "./arena";
import { ColumnType, Table } from "./tables";

@unmanaged
export class Column {
  type: ColumnType;
  at: usize;
  length: u32;
}

const Tables: u32 = 32;
const ColumnsPerTable: u32 = 18;
const columns: usize = memory.data(6912, 16); // Tables * ColumnsPerTable Columns
const rows: usize = memory.data(128, 16); // per table: its rows

/** The table that columns are being added to. */
let open: Table = Table.Recording;

@inline
function columnAt(table: Table, column: u32): Column {
  return changetype<Column>(columns + ((table as usize) * ColumnsPerTable + column) * offsetof<Column>());
}

@inline
function bytesOf(type: ColumnType): usize {
  if (type == ColumnType.U8) return 1;
  return type >= ColumnType.U64 ? 8 : 4;
}

export function beginTable(table: Table, count: u32): void {
  open = table;
  store<u32>(rows + ((table as usize) << 2), count);
}

/** Adds a column of the open table, instead of an earlier one; `length` where it is not one value per row. */
export function addColumn(index: u32, type: ColumnType, length: u32 = tableRows(open)): void {
  const column = columnAt(open, index);
  giveBack(column.at, max<usize>((column.length as usize) * bytesOf(column.type), 1));
  column.type = type;
  column.length = length;
  column.at = borrow(max<usize>((length as usize) * bytesOf(type), 1));
}

/** Adds a column whose values are kept elsewhere, and whose memory is not the table's. */
export function addSharedColumn(index: u32, type: ColumnType, at: usize): void {
  const column = columnAt(open, index);
  column.type = type;
  column.length = tableRows(open);
  column.at = at == 0 ? EmptyColumn : at;
}

/** Where a column without values is: nothing is read there, and 0 would say that there is none. */
const EmptyColumn: usize = 8;

/** Adds the columns from `first` to `last`, all of one type. */
export function addColumns(first: u32, last: u32, type: ColumnType): void {
  for (let index = first; index <= last; index++) addColumn(index, type);
}

/** Whether every column added so far has its memory: only then may `put` be called. */
@inline
export function canFill(): bool {
  return !outOfMemory;
}

/** Where the values of a column of the open table are. */
export function columnStart(index: u32): usize {
  return columnAt(open, index).at;
}

/** Sets one value of a column of the open table. */
export function put(index: u32, row: u32, value: u64): void {
  const column = columnAt(open, index);
  const at = column.at + (row as usize) * bytesOf(column.type);
  if (column.type == ColumnType.U8) store<u8>(at, value as u8);
  else if (column.type == ColumnType.U64) store<u64>(at, value);
  else if (column.type == ColumnType.F64) store<f64>(at, value as i64 as f64);
  else store<u32>(at, value as u32);
}

export function tableRows(table: Table): u32 {
  return (table as u32) < Tables ? load<u32>(rows + ((table as usize) << 2)) : 0;
}

/** A column by number, or a null reference if the analysis has no such column. */
export function findColumn(table: u32, column: u32): Column {
  if (table >= Tables || column >= ColumnsPerTable) return changetype<Column>(0);
  const found = columnAt(table, column);
  return found.at == 0 ? changetype<Column>(0) : found;
}
