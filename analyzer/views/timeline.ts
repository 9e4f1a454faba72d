// Threads over time, as lanes grouped by process: where the rows of each are in Table.Timeline, and
// what a thread did in any part of it. Made for drawing: nothing is copied out of the table, so that
// ten thousand threads are ten thousand small objects and no more.

import type { Analysis } from "../analysis.js";
import { selectionOf } from "./selection.js";
import type { SelectionOptions } from "./selection.js";
import { isKernelThread } from "./threads.js";

/** States in the order in which they are drawn, from the bottom up: columns of the table. */
export const timelineStates = ["onCpuNs", "runnableNs", "preemptedNs", "uninterruptibleNs", "sleepingNs"] as const;
export type TimelineState = (typeof timelineStates)[number];

export type TimelineTimes = { readonly [State in TimelineState]: number };

export interface Lane {
  /** Row in threads. */
  readonly thread: number;
  readonly tid: number;
  readonly pid: number;
  readonly comm: string;
  readonly isKernelThread: boolean;
  /** Rows of timeline: from the first up to, not including, the last. */
  readonly firstRow: number;
  readonly endRow: number;
}

export interface LanesOfProcess {
  readonly pid: number;
  /** The name of its first thread. */
  readonly comm: string;
  readonly lanes: readonly Lane[];
}

/**
 * The lanes of an analysis that was asked for a timeline. Processes in the order of the time that
 * their threads ran or waited for a CPU, most first; threads by number. Those of which nothing is
 * known in the window are left out.
 */
export function timelineLanes(analysis: Analysis, selection: SelectionOptions = {}): LanesOfProcess[] {
  const { threads, timeline, string } = analysis;
  const selected = selectionOf(analysis, selection);
  const processes = new Map<number, { lanes: Lane[]; activityNs: number }>();
  for (let row = 0; row < timeline.length; ) {
    const thread = timeline.thread[row]!;
    let endRow = row;
    let activityNs = 0;
    for (; endRow < timeline.length && timeline.thread[endRow] === thread; endRow++) {
      activityNs += (timeline.onCpuNs[endRow]! + timeline.runnableNs[endRow]!) * timeline.bins[endRow]!;
    }
    if (selected.thread(thread)) {
      const pid = threads.pid[thread]!;
      const process = processes.get(pid) ?? { lanes: [], activityNs: 0 };
      processes.set(pid, process);
      process.activityNs += activityNs;
      process.lanes.push({
        thread,
        tid: threads.tid[thread]!,
        pid,
        comm: string(threads.comm[thread]!),
        isKernelThread: isKernelThread(analysis, thread),
        firstRow: row,
        endRow,
      });
    }
    row = endRow;
  }
  return [...processes]
    .sort(([pidA, a], [pidB, b]) => b.activityNs - a.activityNs || pidA - pidB)
    .map(([pid, { lanes }]) => {
      lanes.sort((a, b) => a.tid - b.tid || a.thread - b.thread);
      return { pid, comm: (lanes.find(({ tid }) => tid === pid) ?? lanes[0]!).comm, lanes };
    });
}

/** The first row of a lane whose last bin is not before `bin`; the lane's end if there is none. */
export function rowAtBin({ timeline }: Analysis, { firstRow, endRow }: Lane, bin: number): number {
  let low = firstRow;
  let high = endRow;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (timeline.firstBin[middle]! + timeline.bins[middle]! <= bin) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What a lane's thread did in the bins from `fromBin` up to, not including, `toBin`: ns. */
export function timesBetween(analysis: Analysis, lane: Lane, fromBin: number, toBin: number): TimelineTimes {
  const { timeline } = analysis;
  const times = { onCpuNs: 0, runnableNs: 0, preemptedNs: 0, uninterruptibleNs: 0, sleepingNs: 0 };
  for (let row = rowAtBin(analysis, lane, fromBin); row < lane.endRow; row++) {
    const first = timeline.firstBin[row]!;
    const bins = Math.min(first + timeline.bins[row]!, toBin) - Math.max(first, fromBin);
    if (bins <= 0) break;
    for (const state of timelineStates) times[state] += timeline[state][row]! * bins;
  }
  return times;
}
