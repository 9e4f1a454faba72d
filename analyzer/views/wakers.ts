// Who woke whom: off-CPU periods by thread, reason and stack, and by the chain of who ended them.
// A wakeup that an interrupt made is nobody's: the thread that it interrupted has nothing to do with
// it. Stacks are of who waited; those of wakers are not recorded.

import { WakerKind } from "../../assembly/tables.js";
import type { Analysis } from "../analysis.js";
import { className } from "./classes.js";
import type { ClassName } from "./classes.js";
import { completeness } from "./completeness.js";
import type { Completeness } from "./completeness.js";
import { foldedStack } from "./folded.js";
import type { FoldedSums } from "./folded.js";
import { foldedName, NameTree } from "./name-tree.js";
import { isSelected, periodSyscall } from "./periods.js";
import type { PeriodOptions } from "./periods.js";
import { bootId, hostName } from "./threads.js";

/** An interrupt came over a thread, or over a CPU without one. */
export type WakerKindName = "thread" | "interrupt" | "idle";

export interface Waker {
  readonly kind: WakerKindName;
  /** Of kind thread; else "" and 0. */
  readonly comm: string;
  readonly pid: number;
  readonly tid: number;
}

export interface WakerRow {
  readonly host: string;
  /** Who was woken. */
  readonly comm: string;
  readonly pid: number;
  readonly tid: number;
  readonly class: ClassName;
  /** System call it was in; "" outside any. */
  readonly syscall: string;
  /** Function names, leaf first; empty where no stack was taken. */
  readonly kernelStack: readonly string[];
  readonly userStack: readonly string[];
  /** Who woke it; then who had woken that one, and so on. */
  readonly wakers: readonly Waker[];
  readonly periods: number;
  /** Until the wakeup. */
  readonly blockedNs: number;
  /** From it until run: the wakeup's latency. */
  readonly runnableNs: number;
  readonly runnableAverageNs: number;
  readonly runnableMaxNs: number;
}

export interface WakersView {
  /** Largest blockedNs first; ties by who was woken, why, and by whom. */
  readonly rows: readonly WakerRow[];
  readonly totals: {
    readonly periods: number;
    readonly blockedNs: number;
    readonly runnableNs: number;
    readonly runnableMaxNs: number;
    /** Of blockedNs, by what kind of waker ended it. */
    readonly byThreadNs: number;
    readonly byInterruptNs: number;
    readonly byIdleNs: number;
  };
  /** Periods that are selected too, of which no wakeup is known. */
  readonly withoutWaker: number;
  readonly completeness: Completeness;
}

interface Sum {
  readonly analysis: Analysis;
  /** A row of analysis.wakeups that stands for all that are summed here. */
  readonly row: number;
  readonly kernelNode: number;
  readonly userNode: number;
  periods: bigint;
  blockedNs: bigint;
  runnableNs: bigint;
  runnableMaxNs: bigint;
}

export function wakersView(analyses: readonly Analysis[], options: PeriodOptions = {}): WakersView {
  const tree = new NameTree();
  const sums = new Map<string, Sum>();
  for (const analysis of analyses) addSums(sums, analysis, tree.add(analysis), options);
  const rows = [...sums.values()].map((sum) => wakerRow(sum, tree));
  rows.sort((a, b) => b.blockedNs - a.blockedNs || (identity(a) < identity(b) ? -1 : 1));
  return {
    rows,
    totals: totalsOf(rows),
    withoutWaker: analyses.reduce((sum, analysis) => sum + withoutWaker(analysis, options), 0),
    completeness: completeness(analyses, options),
  };
}

/** Blocked time by `target;user frames;kernel frames;--;waker;--;its waker…`, as offwaketime folds. */
export function wakerSums(analyses: readonly Analysis[], options: PeriodOptions = {}): FoldedSums {
  const sums: FoldedSums = new Map();
  const tree = new NameTree();
  for (const analysis of analyses) {
    const nodes = tree.add(analysis);
    const { wakeups } = analysis;
    const targets = new Map<number, string>();
    for (let row = 0; row < wakeups.length; row++) {
      const period = wakeups.period[row]!;
      if (!isSelected(analysis, period, options)) continue;
      let target = targets.get(period);
      if (target === undefined) targets.set(period, (target = foldedStack(analysis, nodes, tree, period, options)));
      const chain = chainOf(analysis, wakeups.waker[row]!).map((waker) => `;--;${foldedWaker(waker)}`);
      const stack = target + chain.join("");
      sums.set(stack, (sums.get(stack) ?? 0n) + wakeups.blockedNs[row]!);
    }
  }
  return sums;
}

function foldedWaker(waker: Waker): string {
  if (waker.kind !== "thread") return wakerName(waker);
  return waker.comm === "" ? wakerName(waker) : foldedName(waker.comm).replace(/ /g, "_");
}

/** The thread's name, which a recording that leaves it out does not hold; of interrupts what they came over. */
export function wakerName({ kind, comm }: Waker): string {
  switch (kind) {
    case "thread":
      return comm === "" ? "[not recorded]" : comm;
    case "interrupt":
      return "[interrupt]";
    case "idle":
      return "[interrupt of an idle CPU]";
  }
}

function addSums(sums: Map<string, Sum>, analysis: Analysis, nodes: Uint32Array, options: PeriodOptions): void {
  const { wakeups, offcpu, threads } = analysis;
  const boot = bootId(analysis);
  const chainKey = chainKeys(analysis);
  for (let row = 0; row < wakeups.length; row++) {
    const period = wakeups.period[row]!;
    if (!isSelected(analysis, period, options)) continue;
    const thread = offcpu.thread[period]!;
    const kernelNode = nodes[offcpu.kernelStack[period]!]!;
    const userNode = nodes[offcpu.userStack[period]!]!;
    const key = [
      boot,
      threads.tid[thread],
      threads.pid[thread],
      offcpu.class[period],
      kernelNode,
      userNode,
      periodSyscall(analysis, period),
      chainKey(wakeups.waker[row]!),
      analysis.string(offcpu.comm[period]!),
    ].join(" ");
    let sum = sums.get(key);
    if (sum === undefined) sums.set(key, (sum = { analysis, row, kernelNode, userNode, ...noTime }));
    sum.periods += wakeups.periods[row]!;
    sum.blockedNs += wakeups.blockedNs[row]!;
    sum.runnableNs += wakeups.runnableNs[row]!;
    if (wakeups.runnableMaxNs[row]! > sum.runnableMaxNs) sum.runnableMaxNs = wakeups.runnableMaxNs[row]!;
  }
}

const noTime = { periods: 0n, blockedNs: 0n, runnableNs: 0n, runnableMaxNs: 0n };

/** What is visible of a chain, as a text, made once for each row of wakers. */
function chainKeys(analysis: Analysis): (waker: number) => string {
  const keys = new Map<number, string>();
  return (waker) => {
    let key = keys.get(waker);
    if (key === undefined) keys.set(waker, (key = chainText(chainOf(analysis, waker))));
    return key;
  };
}

function chainText(wakers: readonly Waker[]): string {
  return wakers.map(({ kind, tid, pid, comm }) => `${kind} ${tid} ${pid} ${comm}`).join("\n");
}

function chainOf(analysis: Analysis, waker: number): Waker[] {
  const { wakers, threads } = analysis;
  const chain: Waker[] = [];
  for (let row = waker; row !== 0; row = wakers.prefix[row]!) {
    if (wakers.kind[row] !== WakerKind.Thread) {
      const kind = wakers.kind[row] === WakerKind.Idle ? "idle" : "interrupt";
      chain.push({ kind, comm: "", pid: 0, tid: 0 });
      continue;
    }
    const thread = wakers.thread[row]!;
    const comm = analysis.string(threads.comm[thread]!);
    chain.push({ kind: "thread", comm, pid: threads.pid[thread]!, tid: threads.tid[thread]! });
  }
  return chain;
}

function wakerRow(sum: Sum, tree: NameTree): WakerRow {
  const { analysis, row } = sum;
  const { wakeups, offcpu, threads } = analysis;
  const period = wakeups.period[row]!;
  const thread = offcpu.thread[period]!;
  return {
    host: hostName(analysis),
    comm: analysis.string(offcpu.comm[period]!),
    pid: threads.pid[thread]!,
    tid: threads.tid[thread]!,
    class: className(offcpu.class[period]!),
    syscall: periodSyscall(analysis, period),
    kernelStack: tree.leafFirst(sum.kernelNode),
    userStack: tree.leafFirst(sum.userNode),
    wakers: chainOf(analysis, wakeups.waker[row]!),
    periods: Number(sum.periods),
    blockedNs: Number(sum.blockedNs),
    runnableNs: Number(sum.runnableNs),
    runnableAverageNs: sum.periods === 0n ? 0 : Number(sum.runnableNs / sum.periods),
    runnableMaxNs: Number(sum.runnableMaxNs),
  };
}

function identity(row: WakerRow): string {
  const { comm, tid, pid, syscall, kernelStack, userStack, wakers, host } = row;
  return [comm, tid, pid, row.class, syscall, ...kernelStack, "", ...userStack, chainText(wakers), host].join("\n");
}

function totalsOf(rows: readonly WakerRow[]): WakersView["totals"] {
  const sum = (pick: (row: WakerRow) => number) => rows.reduce((total, row) => total + pick(row), 0);
  const endedBy = (kind: WakerKindName) => sum((row) => (row.wakers[0]?.kind === kind ? row.blockedNs : 0));
  return {
    periods: sum((row) => row.periods),
    blockedNs: sum((row) => row.blockedNs),
    runnableNs: sum((row) => row.runnableNs),
    runnableMaxNs: rows.reduce((max, row) => Math.max(max, row.runnableMaxNs), 0),
    byThreadNs: endedBy("thread"),
    byInterruptNs: endedBy("interrupt"),
    byIdleNs: endedBy("idle"),
  };
}

/** Periods of blocked threads whose wakeup was not seen. Whoever is preempted is not woken. */
function withoutWaker(analysis: Analysis, options: PeriodOptions): number {
  const { offcpu } = analysis;
  let periods = 0n;
  for (let row = 0; row < offcpu.length; row++) {
    if (offcpu.blockedNs[row] === 0n || !isSelected(analysis, row, options)) continue;
    periods += offcpu.periods[row]! - offcpu.woken[row]!;
  }
  return Number(periods);
}
