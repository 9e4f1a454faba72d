// Threads over time, as lanes grouped by process: where the rows of each are in Table.Timeline and
// Table.CallTimeline, and what a thread did in any part of it. Made for drawing: nothing is copied out
// of the tables, so that ten thousand threads are ten thousand small objects and no more.

import type { Analysis } from "../analysis.js";
import { selectionOf } from "./selection.js";
import type { SelectionOptions } from "./selection.js";
import { isKernelThread } from "./threads.js";

/** States in the order in which they are drawn, from the bottom up: columns of the table. */
export const timelineStates = ["onCpuNs", "runnableNs", "preemptedNs", "uninterruptibleNs", "sleepingNs"] as const;
export type TimelineState = (typeof timelineStates)[number];

export type TimelineTimes = { readonly [State in TimelineState]: number };

/** Rows of a table: from the first up to, not including, the last. */
export interface RowRange {
  readonly firstRow: number;
  readonly endRow: number;
}

export interface Lane {
  /** Row in threads. */
  readonly thread: number;
  readonly tid: number;
  readonly pid: number;
  readonly comm: string;
  readonly isKernelThread: boolean;
  /** In timeline. */
  readonly states: RowRange;
  /** In callTimeline. */
  readonly calls: RowRange;
}

export interface LanesOfProcess {
  readonly pid: number;
  /** The name of its first thread. */
  readonly comm: string;
  readonly lanes: readonly Lane[];
}

/** Of the rows of a table that is in order of threads, those of each thread that has any. */
function* rangesOf(thread: Uint32Array): Generator<RowRange> {
  for (let firstRow = 0, endRow = 0; firstRow < thread.length; firstRow = endRow) {
    while (endRow < thread.length && thread[endRow] === thread[firstRow]) endRow++;
    yield { firstRow, endRow };
  }
}

const NoRows: RowRange = { firstRow: 0, endRow: 0 };

/**
 * The lanes of an analysis that was asked for a timeline. Processes in the order of the time that
 * their threads ran or waited for a CPU, most first; threads by number. Those of which nothing is
 * known in the window are left out.
 */
export function timelineLanes(analysis: Analysis, selection: SelectionOptions = {}): LanesOfProcess[] {
  const { threads, timeline, callTimeline, string } = analysis;
  const selected = selectionOf(analysis, selection);
  const callsOf = new Map([...rangesOf(callTimeline.thread)].map((range) => [callTimeline.thread[range.firstRow]!, range]));
  const processes = new Map<number, { lanes: Lane[]; activityNs: number }>();
  for (const states of rangesOf(timeline.thread)) {
    const thread = timeline.thread[states.firstRow]!;
    if (!selected.thread(thread)) continue;
    const pid = threads.pid[thread]!;
    const process = processes.get(pid) ?? { lanes: [], activityNs: 0 };
    processes.set(pid, process);
    for (let row = states.firstRow; row < states.endRow; row++) {
      process.activityNs += (timeline.onCpuNs[row]! + timeline.runnableNs[row]!) * timeline.bins[row]!;
    }
    process.lanes.push({
      thread,
      tid: threads.tid[thread]!,
      pid,
      comm: string(threads.comm[thread]!),
      isKernelThread: isKernelThread(analysis, thread),
      states,
      calls: callsOf.get(thread) ?? NoRows,
    });
  }
  return [...processes]
    .sort(([pidA, a], [pidB, b]) => b.activityNs - a.activityNs || pidA - pidB)
    .map(([pid, { lanes }]) => {
      lanes.sort((a, b) => a.tid - b.tid || a.thread - b.thread);
      return { pid, comm: (lanes.find(({ tid }) => tid === pid) ?? lanes[0]!).comm, lanes };
    });
}

/** The columns by which both tables say when. */
interface Bins {
  readonly firstBin: Uint32Array;
  readonly bins: Uint32Array;
}

/** The first row of a range whose last bin is not before `bin`; the range's end if there is none. */
export function rowAtBin({ firstBin, bins }: Bins, { firstRow, endRow }: RowRange, bin: number): number {
  let low = firstRow;
  let high = endRow;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (firstBin[middle]! + bins[middle]! <= bin) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The rows of a range that have bins from `fromBin` up to, not including, `toBin`, and how many each. */
function* rowsBetween(table: Bins, range: RowRange, fromBin: number, toBin: number): Generator<readonly [row: number, bins: number]> {
  for (let row = rowAtBin(table, range, fromBin); row < range.endRow; row++) {
    const first = table.firstBin[row]!;
    const bins = Math.min(first + table.bins[row]!, toBin) - Math.max(first, fromBin);
    if (bins <= 0) break;
    yield [row, bins];
  }
}

/** What a lane's thread did in the bins from `fromBin` up to, not including, `toBin`: ns. */
export function timesBetween({ timeline }: Analysis, lane: Lane, fromBin: number, toBin: number): TimelineTimes {
  const times = { onCpuNs: 0, runnableNs: 0, preemptedNs: 0, uninterruptibleNs: 0, sleepingNs: 0 };
  for (const [row, bins] of rowsBetween(timeline, lane.states, fromBin, toBin)) {
    for (const state of timelineStates) times[state] += timeline[state][row]! * bins;
  }
  return times;
}

/** How long it was in system calls in the same bins: ns. */
export function callNsBetween({ callTimeline }: Analysis, lane: Lane, fromBin: number, toBin: number): number {
  let ns = 0;
  for (const [row, bins] of rowsBetween(callTimeline, lane.calls, fromBin, toBin)) ns += callTimeline.callNs[row]! * bins;
  return ns;
}
