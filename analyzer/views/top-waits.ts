// What was waited for most, as findings of a report: the threads of a process that blocked in one
// call, in one state, are one finding, which names the part of the kernel where most of that time went.
// Ordered by blocked time alone: waiting for a CPU afterwards is another matter, though told beside it.

import type { Analysis } from "../analysis.js";
import { className, isBlocked } from "./classes.js";
import type { ClassName } from "./classes.js";
import { kernelPlaces } from "./kernel-places.js";
import { isSelected, periodSyscall } from "./periods.js";
import type { PeriodOptions } from "./periods.js";
import { processNames } from "./processes.js";
import { bootId, hostName } from "./threads.js";

export interface WaitFinding {
  readonly host: string;
  /** Its processes' name. */
  readonly process: string;
  readonly pids: readonly number[];
  readonly threads: number;
  /** "" outside any. */
  readonly syscall: string;
  readonly class: ClassName;
  /** Where most of it was: the part of the kernel in words, else the innermost function. */
  readonly place: string;
  /** Of blockedNs; what has no stack is elsewhere. */
  readonly placeNs: number;
  readonly periods: number;
  readonly blockedNs: number;
  /** After it: woken and waiting for a CPU. */
  readonly runnableNs: number;
  /** How long these threads were observed. */
  readonly observedNs: number;
  /** The longest period, its waiting for a CPU included. */
  readonly maxNs: number;
}

interface Sum {
  readonly analysis: Analysis;
  /** A row of analysis.offcpu that stands for all that are summed here. */
  readonly row: number;
  readonly process: string;
  /** Blocked time by place; short periods have no stack, and so none. */
  readonly places: Map<string, bigint>;
  readonly pids: Set<number>;
  readonly tids: Set<number>;
  periods: bigint;
  blockedNs: bigint;
  runnableNs: bigint;
  observedNs: bigint;
  maxNs: bigint;
}

/** All findings, the largest blocked time first. */
export function topWaits(analyses: readonly Analysis[], options: PeriodOptions): WaitFinding[] {
  const sums = new Map<string, Sum>();
  for (const analysis of analyses) addSums(sums, analysis, options);
  return [...sums]
    .sort(([keyA, a], [keyB, b]) => compareBig(b.blockedNs, a.blockedNs) || (keyA < keyB ? -1 : 1))
    .map(([, sum]) => finding(sum));
}

function compareBig(a: bigint, b: bigint): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function addSums(sums: Map<string, Sum>, analysis: Analysis, options: PeriodOptions): void {
  const { offcpu, threads } = analysis;
  const boot = bootId(analysis);
  const processOf = processNames(analysis);
  const placeOf = kernelPlaces(analysis);
  /** Threads whose time is in a sum already, in this recording. */
  const counted = new Map<Sum, Set<number>>();
  for (let row = 0; row < offcpu.length; row++) {
    if (!isBlocked(offcpu.class[row]!) || !isSelected(analysis, row, options)) continue;
    const thread = offcpu.thread[row]!;
    const process = processOf(thread);
    const place = placeOf(offcpu.kernelStack[row]!);
    const key = [boot, process, periodSyscall(analysis, row), offcpu.class[row]].join("\n");
    let sum = sums.get(key);
    if (sum === undefined) sums.set(key, (sum = newSum(analysis, row, process)));
    if (place !== "") sum.places.set(place, (sum.places.get(place) ?? 0n) + offcpu.blockedNs[row]!);
    sum.pids.add(threads.pid[thread]!);
    sum.tids.add(threads.tid[thread]!);
    sum.periods += offcpu.periods[row]!;
    sum.blockedNs += offcpu.blockedNs[row]!;
    sum.runnableNs += offcpu.runnableNs[row]!;
    if (offcpu.maxNs[row]! > sum.maxNs) sum.maxNs = offcpu.maxNs[row]!;
    let ofSum = counted.get(sum);
    if (ofSum === undefined) counted.set(sum, (ofSum = new Set()));
    if (!ofSum.has(thread)) sum.observedNs += observedNs(analysis, thread);
    ofSum.add(thread);
  }
}

function newSum(analysis: Analysis, row: number, process: string): Sum {
  const none = { periods: 0n, blockedNs: 0n, runnableNs: 0n, observedNs: 0n, maxNs: 0n };
  return { analysis, row, process, places: new Map(), pids: new Set(), tids: new Set(), ...none };
}

/** How long a row of threads was observed. */
function observedNs({ threads }: Analysis, thread: number): bigint {
  return (
    threads.onCpuNs[thread]! +
    threads.blockedNs[thread]! +
    threads.runnableNs[thread]! +
    threads.preemptedNs[thread]! +
    threads.unknownNs[thread]!
  );
}

function finding({ analysis, row, process, places, pids, tids, ...times }: Sum): WaitFinding {
  const ordered = [...places].sort(([a, aNs], [b, bNs]) => compareBig(bNs, aNs) || (a < b ? -1 : 1));
  const [place, placeNs] = ordered[0] ?? ["", 0n];
  return {
    host: hostName(analysis),
    process,
    pids: [...pids].sort((a, b) => a - b),
    threads: tids.size,
    syscall: periodSyscall(analysis, row),
    class: className(analysis.offcpu.class[row]!),
    place,
    placeNs: Number(placeNs),
    periods: Number(times.periods),
    blockedNs: Number(times.blockedNs),
    runnableNs: Number(times.runnableNs),
    observedNs: Number(times.observedNs),
    maxNs: Number(times.maxNs),
  };
}
