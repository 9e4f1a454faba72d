// What threads did over time, in bins of equal length from the window's start on (PassOption.BinNs):
// rows of Table.Timeline. A row says how long a thread was in which state in each of one or more bins;
// only bins that a state fills from end to end are told together, so that a thread that sleeps for
// an hour is one row, and the rows of a busy one are as many as its bins.
//
//   bin        0         1         2         3         4
//   state     |on|sleep..................................|on
//   rows      [ 0 ]     [ 1 to 3: sleeping ]    [ 4 ]
//
// Each life has the bin that it is in at hand; its rows come in order of time, and those of all lives
// are put in order when the table is built. Times of no known state are in no row.

import { allocate } from "./arena";
import { OffcpuClass } from "./format";
import { Life } from "./life";
import { placesByLife } from "./lives";
import { addColumns, beginTable, canFill, put } from "./table";
import { ColumnType, Table } from "./tables";
import { TimelineColumn } from "./time-columns";
import { divide, headBin, headNs, tailBin, tailNs, timelineBinNs, wholeBin, wholeBins } from "./timeline-bins";
import { newVector, Vector } from "./vector";
import { windowStartNs } from "./window";

/** States as the table tells them apart: places in `Bin`. */
export enum Doing {
  OnCpu = 0,
  Sleeping = 1,
  Uninterruptible = 2,
  Runnable = 3,
  Preempted = 4,
}
const States: u32 = 5;

/** A bin that something was added to, as a row; and the one a life is in. */
@unmanaged
class Bin {
  life: Life;
  first: u32;
  bins: u32;
  onCpuNs: u32;
  sleepingNs: u32;
  uninterruptibleNs: u32;
  runnableNs: u32;
  preemptedNs: u32;
}

const rows: Vector<Bin> = newVector<Bin>();

function newBin(life: Life, first: u32, bins: u32): Bin {
  const bin = changetype<Bin>(allocate(offsetof<Bin>()));
  bin.life = life;
  bin.first = first;
  bin.bins = bins;
  rows.push(bin);
  return bin;
}

@inline
function addTo(bin: Bin, doing: Doing, ns: u64): void {
  const at = changetype<usize>(bin) + offsetof<Bin>("onCpuNs") + ((doing as usize) << 2);
  store<u32>(at, load<u32>(at) + (ns as u32)); // states follow one another: at most binNs together
}

/** The bin `number` of a life: the one it is in, or a new one. */
function binOf(life: Life, number: u32): Bin {
  const current = changetype<Bin>(life.bin);
  if (life.bin != 0 && current.first == number && current.bins == 1) return current;
  const bin = newBin(life, number, 1);
  life.bin = changetype<usize>(bin);
  return bin;
}

/** `life` was in one state from `fromNs` to `toNs`. */
export function draw(life: Life, doing: Doing, fromNs: u64, toNs: u64): void {
  if (toNs <= fromNs || toNs <= windowStartNs || !divide(max(fromNs, windowStartNs), toNs)) return;
  if (headNs != 0) addTo(binOf(life, headBin), doing, headNs);
  if (wholeBins != 0) {
    addTo(newBin(life, wholeBin, wholeBins), doing, timelineBinNs);
    life.bin = 0;
  }
  if (tailNs != 0) addTo(binOf(life, tailBin), doing, tailNs);
}

/** An off-CPU period ended as that of `offcpuClass`: the first `blockedNs` of it blocked. */
export function drawPeriod(life: Life, offcpuClass: u32, blockedNs: u64, toNs: u64): void {
  const sinceNs = life.sinceNs;
  if (offcpuClass == OffcpuClass.Preempted) return draw(life, Doing.Preempted, sinceNs, toNs);
  const doing = offcpuClass == OffcpuClass.Uninterruptible ? Doing.Uninterruptible : Doing.Sleeping;
  draw(life, doing, sinceNs, sinceNs + blockedNs);
  draw(life, Doing.Runnable, sinceNs + blockedNs, toNs);
}

/** Rows in order of lives, and within one of time: a life's rows are in that order already. */
export function buildTimeline(): void {
  beginTable(Table.Timeline, rows.length);
  addColumns(TimelineColumn.Thread, TimelineColumn.PreemptedNs, ColumnType.U32);
  const places = placesByLife<Bin>(rows);
  if (!canFill()) return;
  for (let i: u32 = 0; i < rows.length; i++) {
    const bin = rows.get(i);
    const to = places.get(i);
    put(TimelineColumn.Thread, to, bin.life.row);
    put(TimelineColumn.FirstBin, to, bin.first);
    put(TimelineColumn.Bins, to, bin.bins);
    for (let doing: u32 = 0; doing < States; doing++) {
      const ns = load<u32>(changetype<usize>(bin) + offsetof<Bin>("onCpuNs") + ((doing as usize) << 2));
      put(TimelineColumn.OnCpuNs + doing, to, ns);
    }
  }
}
