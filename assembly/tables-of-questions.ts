// The tables that only some passes fill: latencies, calls, wakeups. Empty where not asked for.

import { addColumn, addColumns, beginTable } from "./table";
import { CallsColumn, ColumnType, LatenciesColumn, Table, WakersColumn, WakeupsColumn } from "./tables";

export function buildLatencies(table: Table): void {
  beginTable(table, 0);
  addColumn(LatenciesColumn.Row, ColumnType.U32);
  addColumn(LatenciesColumn.Bucket, ColumnType.U32);
  addColumn(LatenciesColumn.Count, ColumnType.U64);
}

export function buildCalls(): void {
  beginTable(Table.Calls, 0);
  addColumn(CallsColumn.Thread, ColumnType.U32);
  addColumn(CallsColumn.Nr, ColumnType.I32);
  addColumn(CallsColumn.Compat, ColumnType.U8);
  addColumns(CallsColumn.Errno, CallsColumn.UserStack, ColumnType.U32);
  addColumns(CallsColumn.Count, CallsColumn.MaxNs, ColumnType.U64);
}

export function buildWakeups(): void {
  beginTable(Table.Wakeups, 0);
  addColumns(WakeupsColumn.Period, WakeupsColumn.Waker, ColumnType.U32);
  addColumns(WakeupsColumn.Periods, WakeupsColumn.RunnableMaxNs, ColumnType.U64);
  beginTable(Table.Wakers, 0);
  addColumn(WakersColumn.Prefix, ColumnType.U32);
  addColumn(WakersColumn.Kind, ColumnType.U8);
  addColumn(WakersColumn.Thread, ColumnType.U32);
}
