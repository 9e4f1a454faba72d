// Which system calls threads were in over time, in the bins of the timeline: rows of
// Table.CallTimeline. Calls of a life follow one another, so its rows come in order of time as they do
// in timeline.ts, and one call that fills several bins from end to end is one row.
//
//   call      |read|     |epoll_wait........................|
//   bin       0         1         2         3         4
//   rows      [ 0 ]     [ 1 to 3: epoll_wait ]        [ 4 ]

import { allocate } from "./arena";
import { Life } from "./life";
import { placesByLife } from "./lives";
import { addColumn, addColumns, beginTable, canFill, put } from "./table";
import { ColumnType, Table } from "./tables";
import { CallTimelineColumn } from "./time-columns";
import { divide, headBin, headNs, tailBin, tailNs, timelineBinNs, wholeBin, wholeBins } from "./timeline-bins";
import { newVector, Vector } from "./vector";
import { windowStartNs } from "./window";

@unmanaged
class CallBin {
  life: Life;
  first: u32;
  bins: u32;
  callNs: u32;
  /** The most that one call had of the bin, and which one that was. */
  longestNs: u32;
  nr: i32;
  compat: u32;
}

const rows: Vector<CallBin> = newVector<CallBin>();

function newBin(life: Life, first: u32, bins: u32): CallBin {
  const bin = changetype<CallBin>(allocate(offsetof<CallBin>()));
  bin.life = life;
  bin.first = first;
  bin.bins = bins;
  rows.push(bin);
  return bin;
}

/** The bin `number` of a life: the one that its calls are in, or a new one. */
function binOf(life: Life, number: u32): CallBin {
  const current = changetype<CallBin>(life.callBin);
  if (life.callBin != 0 && current.first == number && current.bins == 1) return current;
  const bin = newBin(life, number, 1);
  life.callBin = changetype<usize>(bin);
  return bin;
}

function addTo(bin: CallBin, nr: i32, compat: u32, ns: u64): void {
  bin.callNs += ns as u32; // calls follow one another: at most a bin's length together
  if ((ns as u32) <= bin.longestNs) return;
  bin.longestNs = ns as u32;
  bin.nr = nr;
  bin.compat = compat;
}

/** `life` was in a call from `fromNs` to `toNs`, of which what an earlier call had is left out. */
export function drawCall(life: Life, nr: i32, compat: u32, fromNs: u64, toNs: u64): void {
  const sinceNs = max(max(fromNs, windowStartNs), life.calledUntilNs);
  if (toNs <= sinceNs) return;
  life.calledUntilNs = toNs;
  if (!divide(sinceNs, toNs)) return;
  if (headNs != 0) addTo(binOf(life, headBin), nr, compat, headNs);
  if (wholeBins != 0) {
    addTo(newBin(life, wholeBin, wholeBins), nr, compat, timelineBinNs);
    life.callBin = 0;
  }
  if (tailNs != 0) addTo(binOf(life, tailBin), nr, compat, tailNs);
}

export function buildCallTimeline(): void {
  beginTable(Table.CallTimeline, rows.length);
  addColumns(CallTimelineColumn.Thread, CallTimelineColumn.CallNs, ColumnType.U32);
  addColumn(CallTimelineColumn.Nr, ColumnType.I32);
  addColumn(CallTimelineColumn.Compat, ColumnType.U8);
  const places = placesByLife<CallBin>(rows);
  if (!canFill()) return;
  for (let i: u32 = 0; i < rows.length; i++) {
    const bin = rows.get(i);
    const to = places.get(i);
    put(CallTimelineColumn.Thread, to, bin.life.row);
    put(CallTimelineColumn.FirstBin, to, bin.first);
    put(CallTimelineColumn.Bins, to, bin.bins);
    put(CallTimelineColumn.CallNs, to, bin.callNs);
    put(CallTimelineColumn.Nr, to, bin.nr);
    put(CallTimelineColumn.Compat, to, bin.compat);
  }
}
