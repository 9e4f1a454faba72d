// The tables that only some passes fill: histograms of durations, calls joined to their periods,
// wakeups and wakers. Empty where not asked for. Ids become rows here, as in tables-of-threads.ts.

import { outOfMemory } from "./arena";
import { CallRow, callRows, hashOfCall, recycleCall } from "./calls";
import { stackRow } from "./call-tree";
import { HashIndex, newHashIndex } from "./hash-index";
import { BucketsEnd, bucketsIn, callsIn, Histogram, nextBucket } from "./latencies";
import { periodRows, PeriodSums } from "./periods";
import { compareI32, compareU32, compareU64, sort } from "./sort";
import { syscallRows } from "./syscalls";
import { addColumn, addColumns, beginTable, canFill, put } from "./table";
import { CallsColumn, ColumnType, LatenciesColumn, Table, WakersColumn, WakeupsColumn } from "./tables";
import { wakers } from "./wakers";
import { WakeupSums, wakeupRows } from "./wakeups";

@inline
function histogramOf(table: Table, row: u32): Histogram {
  return table == Table.Latencies ? syscallRows.get(row).histogram : callRows.get(row).histogram;
}

/** Table.Latencies of the rows of calls by error, Table.CallLatencies of those joined to periods. */
export function buildLatencies(table: Table): void {
  const rows = table == Table.Latencies ? syscallRows.length : callRows.length;
  let buckets: u32 = 0;
  for (let i: u32 = 0; i < rows; i++) buckets += bucketsIn(histogramOf(table, i));
  beginTable(table, buckets);
  addColumn(LatenciesColumn.Row, ColumnType.U32);
  addColumn(LatenciesColumn.Bucket, ColumnType.U32);
  addColumn(LatenciesColumn.Count, ColumnType.U64);
  if (!canFill()) return;
  let at: u32 = 0;
  for (let i: u32 = 0; i < rows; i++) {
    const histogram = histogramOf(table, i);
    for (let bucket = nextBucket(histogram, 0); bucket < BucketsEnd; bucket = nextBucket(histogram, bucket + 1)) {
      put(LatenciesColumn.Row, at, i);
      put(LatenciesColumn.Bucket, at, bucket);
      put(LatenciesColumn.Count, at, callsIn(histogram, bucket));
      at++;
    }
  }
}

/** Rows by what they are once their ids are rows. */
const merged: HashIndex<CallRow> = newHashIndex<CallRow>();

/** Replaces the ids of all rows of calls by rows and merges what became equal. */
function resolveCalls(): void {
  merged.forget();
  let kept: u32 = 0;
  for (let i: u32 = 0; i < callRows.length && !outOfMemory; i++) {
    const row = callRows.get(i);
    row.kernelStack = stackRow(row.kernelStack);
    row.userStack = stackRow(row.userStack);
    row.hash = hashOfCall(row.life, row.nr, row.outcome, row.kernelStack, row.userStack);
    const twin = merged.find(row);
    if (changetype<usize>(twin) != 0) {
      twin.addRow(row);
      recycleCall(row);
      continue;
    }
    merged.add(row);
    store<usize>(callRows.at + ((kept as usize) << 2), changetype<usize>(row));
    kept++;
  }
  callRows.length = kept;
}

function compareCalls(a: usize, b: usize): i32 {
  const left = changetype<CallRow>(a);
  const right = changetype<CallRow>(b);
  let order = compareU64(right.durationNs, left.durationNs);
  if (order == 0) order = compareU32(left.life.row, right.life.row);
  if (order == 0) order = compareI32(left.nr, right.nr);
  if (order == 0) order = compareU32(left.outcome, right.outcome);
  if (order == 0) order = compareU32(left.kernelStack, right.kernelStack);
  if (order == 0) order = compareU32(left.userStack, right.userStack);
  return order;
}

export function buildCalls(): void {
  resolveCalls();
  sort(callRows.at, callRows.length, compareCalls);
  beginTable(Table.Calls, callRows.length);
  addColumn(CallsColumn.Thread, ColumnType.U32);
  addColumn(CallsColumn.Nr, ColumnType.I32);
  addColumn(CallsColumn.Compat, ColumnType.U8);
  addColumns(CallsColumn.Errno, CallsColumn.UserStack, ColumnType.U32);
  addColumns(CallsColumn.Count, CallsColumn.MaxNs, ColumnType.U64);
  if (!canFill()) return;
  for (let i: u32 = 0; i < callRows.length; i++) {
    const row = callRows.get(i);
    put(CallsColumn.Thread, i, row.life.row);
    put(CallsColumn.Nr, i, row.nr);
    put(CallsColumn.Compat, i, row.outcome >> 16);
    put(CallsColumn.Errno, i, row.outcome & 0xffff);
    put(CallsColumn.KernelStack, i, row.kernelStack);
    put(CallsColumn.UserStack, i, row.userStack);
    put(CallsColumn.Count, i, row.count);
    put(CallsColumn.TotalNs, i, row.durationNs);
    put(CallsColumn.OnCpuNs, i, row.onCpuNs);
    put(CallsColumn.InterruptibleNs, i, row.interruptibleNs);
    put(CallsColumn.UninterruptibleNs, i, row.uninterruptibleNs);
    put(CallsColumn.OtherNs, i, row.otherNs);
    put(CallsColumn.RunnableNs, i, row.runnableNs);
    put(CallsColumn.PreemptedNs, i, row.preemptedNs);
    put(CallsColumn.UnknownNs, i, row.unknownNs);
    put(CallsColumn.MaxNs, i, row.maxNs);
  }
}

@inline
function ownerOf(sums: WakeupSums): PeriodSums {
  const twin = sums.owner.twin;
  return changetype<usize>(twin) == 0 ? sums.owner : twin;
}

function compareWakeups(a: usize, b: usize): i32 {
  const left = changetype<WakeupSums>(a);
  const right = changetype<WakeupSums>(b);
  const byPeriod = compareU32(ownerOf(left).row, ownerOf(right).row);
  return byPeriod != 0 ? byPeriod : compareU32(left.waker, right.waker);
}

/** In order, and those of rows of periods that turned out to be one summed. */
function resolveWakeups(): void {
  for (let i: u32 = 0; i < periodRows.length; i++) periodRows.get(i).row = i;
  sort(wakeupRows.at, wakeupRows.length, compareWakeups);
  let kept: u32 = 0;
  for (let i: u32 = 0; i < wakeupRows.length; i++) {
    const at = wakeupRows.at + ((i as usize) << 2);
    const last = wakeupRows.at + ((kept as usize) << 2) - 4;
    if (kept != 0 && compareWakeups(load<usize>(last), load<usize>(at)) == 0) {
      changetype<WakeupSums>(load<usize>(last)).addAll(changetype<WakeupSums>(load<usize>(at)));
    } else {
      store<usize>(last + 4, load<usize>(at));
      kept++;
    }
  }
  wakeupRows.length = kept;
}

/** To be called when the rows of periods are in their final order. */
export function buildWakeups(): void {
  resolveWakeups();
  beginTable(Table.Wakeups, wakeupRows.length);
  addColumns(WakeupsColumn.Period, WakeupsColumn.Waker, ColumnType.U32);
  addColumns(WakeupsColumn.Periods, WakeupsColumn.RunnableMaxNs, ColumnType.U64);
  if (canFill()) {
    for (let i: u32 = 0; i < wakeupRows.length; i++) {
      const row = wakeupRows.get(i);
      put(WakeupsColumn.Period, i, ownerOf(row).row);
      put(WakeupsColumn.Waker, i, row.waker);
      put(WakeupsColumn.Periods, i, row.periods);
      put(WakeupsColumn.BlockedNs, i, row.blockedNs);
      put(WakeupsColumn.RunnableNs, i, row.runnableNs);
      put(WakeupsColumn.RunnableMaxNs, i, row.runnableMaxNs);
    }
  }
  buildWakers();
}

function buildWakers(): void {
  beginTable(Table.Wakers, wakers.length);
  addColumn(WakersColumn.Prefix, ColumnType.U32);
  addColumn(WakersColumn.Kind, ColumnType.U8);
  addColumn(WakersColumn.Thread, ColumnType.U32);
  if (!canFill()) return;
  for (let i: u32 = 0; i < wakers.length; i++) {
    const waker = wakers.get(i);
    put(WakersColumn.Prefix, i, waker.prefix);
    put(WakersColumn.Kind, i, waker.kind);
    put(WakersColumn.Thread, i, waker.life);
  }
}
