// How long threads waited for a CPU: from wakeup to run, and after the CPU was taken from them; and
// which threads that hurt most. Finding of a report.

import { Edge } from "../../assembly/tables.js";
import type { Analysis } from "../analysis.js";
import { isSelected } from "./periods.js";
import type { PeriodOptions } from "./periods.js";
import type { ThreadsView } from "./thread-times.js";

export interface RunQueueThread {
  readonly host: string;
  readonly comm: string;
  readonly tid: number;
  readonly runnableNs: number;
  readonly preemptedNs: number;
  readonly observedNs: number;
}

export interface RunQueue {
  /** Wakeups of periods that ended, and how long they took to get a CPU, in all and on average. */
  readonly wakeups: number;
  readonly latencyNs: number;
  readonly averageNs: number;
  /** The longest of them and whose it was; null where wakers were not asked for. */
  readonly worst: { readonly comm: string; readonly tid: number; readonly latencyNs: number } | null;
  /** Of all threads' observed time. */
  readonly runnableNs: number;
  readonly preemptedNs: number;
  readonly observedNs: number;
  /** Those that waited for a CPU longest, woken or preempted. */
  readonly threads: readonly RunQueueThread[];
}

const ThreadsShown = 3;

/** Of all `threads`: idling ones wait for a CPU too, once they are woken. */
export function runQueue(
  analyses: readonly Analysis[],
  { rows, totals }: ThreadsView,
  { selection }: PeriodOptions,
): RunQueue {
  let wakeups = 0n;
  let latencyNs = 0n;
  let worst: RunQueue["worst"] = null;
  for (const analysis of analyses) {
    const { offcpu } = analysis;
    for (let row = 0; row < offcpu.length; row++) {
      if (offcpu.edge[row] !== Edge.None || offcpu.woken[row] === 0n) continue;
      if (!isSelected(analysis, row, { idle: "show", selection })) continue;
      wakeups += offcpu.woken[row]!;
      latencyNs += offcpu.runnableNs[row]!;
    }
    worst = worstOf(analysis, { idle: "show", selection }, worst);
  }
  return {
    wakeups: Number(wakeups),
    latencyNs: Number(latencyNs),
    averageNs: wakeups === 0n ? 0 : Number(latencyNs / wakeups),
    worst,
    runnableNs: totals.runnableNs,
    preemptedNs: totals.preemptedNs,
    observedNs: totals.observedNs,
    threads: rows
      .filter((row) => row.runnableNs + row.preemptedNs > 0)
      .sort((a, b) => b.runnableNs + b.preemptedNs - (a.runnableNs + a.preemptedNs))
      .slice(0, ThreadsShown)
      .map(({ host, comm, tid, runnableNs, preemptedNs, observedNs }) => ({
        ...{ host, comm, tid, runnableNs, preemptedNs, observedNs },
      })),
  };
}

function worstOf(analysis: Analysis, options: PeriodOptions, before: RunQueue["worst"]): RunQueue["worst"] {
  const { wakeups, offcpu, threads } = analysis;
  let worst = before;
  for (let row = 0; row < wakeups.length; row++) {
    const period = wakeups.period[row]!;
    const latencyNs = Number(wakeups.runnableMaxNs[row]!);
    if (worst !== null && latencyNs <= worst.latencyNs) continue;
    if (!isSelected(analysis, period, options)) continue;
    const comm = analysis.string(offcpu.comm[period]!);
    worst = { comm, tid: threads.tid[offcpu.thread[period]!]!, latencyNs };
  }
  return worst;
}
