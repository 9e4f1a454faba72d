// Events as rows of Table.Events: the records of the slice that is being taken, in the order in which
// they are taken. The rows stay until they have been handed out; the first one after that begins anew.

import { borrow, giveBack } from "./arena";
import { Pending } from "./arguments";
import { stackRow } from "./call-tree";
import { addEventArguments, buildEventArguments, clearEventArguments } from "./event-arguments";
import { Life } from "./life";
import { optionValue } from "./options";
import { stringRow } from "./strings";
import { addSharedColumn, beginTable } from "./table";
import { ColumnType, EventKind, EventsColumn, PassOption, Table, WakerKind } from "./tables";
import { Waker, wakers } from "./wakers";
import { recordingStartNs } from "./window";

const Columns: u32 = 18;
const RowsMin: u32 = 4096;

/** Where each column is. */
const columns: usize = memory.data(72, 8); // Columns pointers
let capacity: u32 = 0;
let rows: u32 = 0;
let handedOut: bool = false;

@inline
function typeOf(column: u32): ColumnType {
  switch (column) {
    case EventsColumn.TimeNs:
    case EventsColumn.DurationNs:
    case EventsColumn.Result:
    case EventsColumn.OffcpuNs:
    case EventsColumn.BlockedNs:
    case EventsColumn.RunnableNs:
      return ColumnType.F64;
    case EventsColumn.Kind:
    case EventsColumn.Compat:
    case EventsColumn.Class:
    case EventsColumn.Edge:
    case EventsColumn.WakerKind:
      return ColumnType.U8;
    case EventsColumn.Nr:
      return ColumnType.I32;
    default:
      return ColumnType.U32;
  }
}

@inline
function shiftOf(column: u32): usize {
  const type = typeOf(column);
  return type == ColumnType.F64 ? 3 : type == ColumnType.U8 ? 0 : 2;
}

/** Whether events of this kind are asked for. */
@inline
export function showsEvents(kind: EventKind): bool {
  return ((optionValue(PassOption.Events) >> kind) & 1) != 0;
}

/** Rows that wait to be handed out. */
export function pendingEvents(): u32 {
  return handedOut ? 0 : rows;
}

function grow(): bool {
  const larger = max(capacity * 2, RowsMin);
  for (let column: u32 = 0; column < Columns; column++) {
    const slot = columns + ((column as usize) << 2);
    const shift = shiftOf(column);
    const grown = borrow((larger as usize) << shift);
    if (grown == 0) return false;
    memory.copy(grown, load<usize>(slot), (rows as usize) << shift);
    memory.fill(grown + ((rows as usize) << shift), 0, ((larger - rows) as usize) << shift);
    giveBack(load<usize>(slot), (capacity as usize) << shift);
    store<usize>(slot, grown);
  }
  capacity = larger;
  return true;
}

/** Forgets the rows that were handed out, and makes them zeros, as rows begin. */
function beginAnew(): void {
  for (let column: u32 = 0; column < Columns; column++) {
    const at = load<usize>(columns + ((column as usize) << 2));
    memory.fill(at, 0, (rows as usize) << shiftOf(column));
  }
  handedOut = false;
  rows = 0;
  clearEventArguments();
}

/** A new row, all zeros; rows are refused, and dropped, where memory is. */
@inline
function newRow(): bool {
  if (handedOut) beginAnew();
  if (rows == capacity && !grow()) return false;
  rows++;
  return true;
}

@inline
function setByte(column: EventsColumn, value: u32): void {
  store<u8>(load<usize>(columns + ((column as usize) << 2)) + ((rows - 1) as usize), value as u8);
}

@inline
function setWord(column: EventsColumn, value: u32): void {
  store<u32>(load<usize>(columns + ((column as usize) << 2)) + (((rows - 1) as usize) << 2), value);
}

@inline
function setNumber(column: EventsColumn, value: f64): void {
  store<f64>(load<usize>(columns + ((column as usize) << 2)) + (((rows - 1) as usize) << 3), value);
}

function begin(kind: EventKind, timeNs: u64, life: Life, nr: i32, compat: u32, cpu: u32): bool {
  if (!newRow()) return false;
  setByte(EventsColumn.Kind, kind);
  setNumber(EventsColumn.TimeNs, (timeNs - recordingStartNs) as i64 as f64);
  setWord(EventsColumn.Thread, life.row);
  setWord(EventsColumn.Comm, stringRow(life.comm));
  setWord(EventsColumn.Nr, nr);
  setByte(EventsColumn.Compat, compat);
  setWord(EventsColumn.Cpu, cpu);
  return true;
}

/** A system call ended; `durationNs` is -1 if its beginning was not seen. */
export function showCall(
  life: Life,
  timeNs: u64,
  cpu: u32,
  nr: i32,
  compat: u32,
  result: i64,
  durationNs: f64,
  offcpuNs: u64,
  userStack: u32,
): void {
  if (!begin(EventKind.Syscall, timeNs, life, nr, compat, cpu)) return;
  setNumber(EventsColumn.DurationNs, durationNs);
  setNumber(EventsColumn.Result, result as f64);
  setNumber(EventsColumn.OffcpuNs, offcpuNs as f64);
  setWord(EventsColumn.UserStack, stackRow(userStack));
}

/** The call that was shown last had these arguments. */
export function showArguments(pending: Pending): void {
  if (rows != 0) addEventArguments(rows - 1, pending);
}

/** A period of `life` ended, or is open where the window ends; it is still in the period's state. */
export function showPeriod(
  life: Life,
  timeNs: u64,
  cpu: u32,
  offcpuClass: u32,
  edge: u32,
  blockedNs: u64,
  runnableNs: u64,
  kernelStack: u32,
  userStack: u32,
  waker: u32,
): void {
  if (!begin(EventKind.Period, timeNs, life, life.nr, life.compat, cpu)) return;
  setNumber(EventsColumn.DurationNs, (timeNs - life.sinceNs) as f64);
  setByte(EventsColumn.Class, offcpuClass);
  setByte(EventsColumn.Edge, edge);
  setNumber(EventsColumn.BlockedNs, blockedNs as f64);
  setNumber(EventsColumn.RunnableNs, runnableNs as f64);
  setWord(EventsColumn.KernelStack, stackRow(kernelStack));
  setWord(EventsColumn.UserStack, stackRow(userStack));
  setWaker(wakers.get(waker));
}

/** Something made `life` runnable. */
export function showWakeup(life: Life, timeNs: u64, cpu: u32, waker: u32): void {
  if (!begin(EventKind.Wakeup, timeNs, life, -1, 0, cpu)) return;
  setWaker(wakers.get(waker));
}

function setWaker(waker: Waker): void {
  setByte(EventsColumn.WakerKind, waker.kind);
  if (waker.kind == WakerKind.Thread) setWord(EventsColumn.Waker, waker.life);
}

/** The rows that wait, as the table. */
export function handOutEvents(): void {
  if (handedOut) beginAnew();
  handedOut = true;
  buildEventArguments();
  beginTable(Table.Events, rows);
  for (let column: u32 = 0; column < Columns; column++) {
    addSharedColumn(column, typeOf(column), load<usize>(columns + ((column as usize) << 2)));
  }
}
