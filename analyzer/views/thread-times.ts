// What each thread did with its time: on a CPU, blocked, waiting for a CPU, preempted, not known; the
// parts add up to the time it was observed. Lives of one thread in several recordings of a boot are
// one row: a life that was there when a recording began goes on with one that was there when an
// earlier one ended. A reused tid began anew, and is another thread.

import type { Analysis } from "../analysis.js";
import { className } from "./classes.js";
import type { ClassName } from "./classes.js";
import { completeness } from "./completeness.js";
import type { Completeness } from "./completeness.js";
import { frameName } from "./frame-names.js";
import { periodSyscall, totalNs } from "./periods.js";
import { selectionOf } from "./selection.js";
import type { SelectionOptions } from "./selection.js";
import { bootId, hostName, isKernelThread } from "./threads.js";

export interface ThreadReason {
  readonly class: ClassName;
  /** System call it was in; "" outside any. */
  readonly syscall: string;
  /** Innermost functions, leaf first; kernel ones where there is a kernel stack. */
  readonly frames: readonly string[];
  readonly totalNs: number;
}

export interface ThreadRow {
  readonly host: string;
  /** Its last name. */
  readonly comm: string;
  readonly pid: number;
  readonly tid: number;
  readonly kernelThread: boolean;
  /** How long it was observed: the sum of the parts that follow. */
  readonly observedNs: number;
  readonly onCpuNs: number;
  readonly blockedNs: number;
  readonly runnableNs: number;
  readonly preemptedNs: number;
  readonly unknownNs: number;
  /** Times it left a CPU. */
  readonly switches: number;
  /** Whether it never ran: it waits since before the recording, for what nobody saw. */
  readonly stillBlocked: boolean;
  /** Its largest sum of off-CPU periods; null where there is none. */
  readonly reason: ThreadReason | null;
}

export interface ThreadsView {
  /** In the order asked for; ties by name and number. */
  readonly rows: readonly ThreadRow[];
  readonly totals: {
    readonly threads: number;
    readonly stillBlocked: number;
    readonly observedNs: number;
    readonly onCpuNs: number;
    readonly blockedNs: number;
    readonly runnableNs: number;
    readonly preemptedNs: number;
    readonly unknownNs: number;
  };
  /** Threads that were not recorded themselves, and are known only because they woke one that was. */
  readonly strangers: number;
  readonly completeness: Completeness;
}

export type ThreadSort = "on" | "blocked" | "runnable" | "preempted" | "unknown";

export interface ThreadsOptions {
  /** The part that is largest in the first row; `on` if not given. */
  readonly sort?: ThreadSort | undefined;
  /** Only threads that this is true of. */
  readonly selection?: SelectionOptions | undefined;
}

const timeColumns = ["onCpuNs", "blockedNs", "runnableNs", "preemptedNs", "unknownNs"] as const;
type Times = Record<(typeof timeColumns)[number], bigint>;

interface Sum extends Times {
  /** The last recording it is in, and its row of threads there. */
  analysis: Analysis;
  thread: number;
  readonly beginNs: bigint;
  /** Whether it was there when the last recording that it is in ended. */
  isAlive: boolean;
  switches: bigint;
  /** Where its largest row of offcpu is. */
  reason: { readonly analysis: Analysis; readonly row: number } | undefined;
}

const FramesShown = 3;

export function threadsView(analyses: readonly Analysis[], options: ThreadsOptions = {}): ThreadsView {
  const livesByTid = new Map<string, Sum[]>();
  let strangers = 0;
  for (const analysis of inOrderOfTime(analyses)) strangers += addLives(livesByTid, analysis, options);
  const rows = [...livesByTid.values()].flat().map(threadRow);
  const sum = (pick: (row: ThreadRow) => number) => rows.reduce((total, row) => total + pick(row), 0);
  return {
    rows: rows.sort(comparison(options.sort ?? "on")),
    totals: {
      threads: rows.length,
      stillBlocked: sum((row) => (row.stillBlocked ? 1 : 0)),
      observedNs: sum((row) => row.observedNs),
      onCpuNs: sum((row) => row.onCpuNs),
      blockedNs: sum((row) => row.blockedNs),
      runnableNs: sum((row) => row.runnableNs),
      preemptedNs: sum((row) => row.preemptedNs),
      unknownNs: sum((row) => row.unknownNs),
    },
    strangers,
    completeness: completeness(analyses),
  };
}

function inOrderOfTime(analyses: readonly Analysis[]): Analysis[] {
  const startNs = (analysis: Analysis) => analysis.recording.startNs[0]!;
  return [...analyses].sort((a, b) => (startNs(a) < startNs(b) ? -1 : startNs(a) > startNs(b) ? 1 : 0));
}

/** Adds the lives of one recording; how many threads in it were not recorded themselves. */
function addLives(
  livesByTid: Map<string, Sum[]>,
  analysis: Analysis,
  { selection }: ThreadsOptions,
): number {
  const { threads } = analysis;
  const boot = bootId(analysis);
  const reasons = largestRows(analysis);
  let strangers = 0;
  for (let thread = 0; thread < threads.length; thread++) {
    if (selection !== undefined && !selectionOf(analysis, selection).thread(thread)) continue;
    if (isStranger(analysis, thread)) {
      strangers++;
      continue;
    }
    const key = `${boot} ${threads.pid[thread]} ${threads.tid[thread]}`;
    let lives = livesByTid.get(key);
    if (lives === undefined) livesByTid.set(key, (lives = []));
    addLife(lives, analysis, thread, reasons[thread]);
  }
  return strangers;
}

/** A filter keeps threads out of a recording, but not out of the wakeups of those it lets in. */
function isStranger({ threads }: Analysis, thread: number): boolean {
  return threads.pid[thread] === 0 && threads.comm[thread] === 0 && threads.switches[thread] === 0n;
}

function addLife(lives: Sum[], analysis: Analysis, thread: number, largest: number | undefined): void {
  const { threads, recording } = analysis;
  const beginNs = threads.beginNs[thread]!;
  const wasThere = beginNs <= recording.startNs[0]!;
  const isAlive = threads.endNs[thread]! >= recording.endNs[0]!;
  let sum = lives.find((life) => life.beginNs === beginNs || (wasThere && life.isAlive));
  if (sum === undefined) {
    const none = { onCpuNs: 0n, blockedNs: 0n, runnableNs: 0n, preemptedNs: 0n, unknownNs: 0n, switches: 0n };
    lives.push((sum = { analysis, thread, beginNs, isAlive, ...none, reason: undefined }));
  }
  Object.assign(sum, { analysis, thread, isAlive });
  for (const name of timeColumns) sum[name] += threads[name][thread]!;
  sum.switches += threads.switches[thread]!;
  if (largest === undefined) return;
  const known = sum.reason;
  if (known === undefined || totalNs(analysis, largest) > totalNs(known.analysis, known.row)) {
    sum.reason = { analysis, row: largest };
  }
}

/** By row of threads: its row of offcpu with the most time. */
function largestRows(analysis: Analysis): (number | undefined)[] {
  const { offcpu } = analysis;
  const largest: (number | undefined)[] = [];
  for (let row = 0; row < offcpu.length; row++) {
    const thread = offcpu.thread[row]!;
    const known = largest[thread];
    if (known === undefined || totalNs(analysis, row) > totalNs(analysis, known)) largest[thread] = row;
  }
  return largest;
}

function threadRow(sum: Sum): ThreadRow {
  const { analysis, thread } = sum;
  const { threads } = analysis;
  let observedNs = 0n;
  for (const name of timeColumns) observedNs += sum[name];
  return {
    host: hostName(analysis),
    comm: analysis.string(threads.comm[thread]!),
    pid: threads.pid[thread]!,
    tid: threads.tid[thread]!,
    kernelThread: isKernelThread(analysis, thread),
    observedNs: Number(observedNs),
    onCpuNs: Number(sum.onCpuNs),
    blockedNs: Number(sum.blockedNs),
    runnableNs: Number(sum.runnableNs),
    preemptedNs: Number(sum.preemptedNs),
    unknownNs: Number(sum.unknownNs),
    switches: Number(sum.switches),
    stillBlocked: sum.switches === 0n && observedNs > 0n && observedNs === sum.unknownNs + sum.blockedNs,
    reason: sum.reason === undefined ? null : threadReason(sum.reason.analysis, sum.reason.row),
  };
}

function threadReason(analysis: Analysis, row: number): ThreadReason {
  const { offcpu } = analysis;
  return {
    class: className(offcpu.class[row]!),
    syscall: periodSyscall(analysis, row),
    frames: innermost(analysis, offcpu.kernelStack[row]! || offcpu.userStack[row]!),
    totalNs: Number(totalNs(analysis, row)),
  };
}

function innermost(analysis: Analysis, stack: number): string[] {
  const { stacks } = analysis;
  const names: string[] = [];
  for (let node = stack; node !== 0 && names.length < FramesShown; node = stacks.prefix[node]!) {
    names.push(frameName(analysis, stacks.frame[node]!));
  }
  return names;
}

function comparison(sort: ThreadSort): (a: ThreadRow, b: ThreadRow) => number {
  const part = sort === "on" ? "onCpuNs" : (`${sort}Ns` as const);
  return (a, b) =>
    b[part] - a[part] || (a.comm === b.comm ? a.tid - b.tid : a.comm < b.comm ? -1 : 1) || a.pid - b.pid;
}
