// Off-CPU time by thread, reason and stack: what offcputime prints, with what it cannot tell. Rows
// that differ in nothing a reader can see (another address of the same function, another file of the
// same boot) are summed.

import { StackFlag } from "../../assembly/format.js";
import { Edge } from "../../assembly/tables.js";
import type { Analysis } from "../analysis.js";
import { className } from "./classes.js";
import type { ClassName } from "./classes.js";
import { completeness } from "./completeness.js";
import type { Completeness } from "./completeness.js";
import { NameTree } from "./name-tree.js";
import { isSelected, periodSyscall } from "./periods.js";
import type { PeriodOptions } from "./periods.js";
import { shownKernelStack, shownUserStack } from "./shown-stacks.js";
import type { StackOptions } from "./shown-stacks.js";
import { bootId, hostName, isKernelThread } from "./threads.js";

export interface OffcpuRow {
  readonly host: string;
  /** Name of the thread when its periods ended. */
  readonly comm: string;
  readonly pid: number;
  readonly tid: number;
  readonly kernelThread: boolean;
  readonly class: ClassName;
  /** System call it was in; "" outside any. */
  readonly syscall: string;
  /** Whether the window cut the periods off; their length is then a lower bound. */
  readonly open: "" | "start" | "end" | "both ends";
  /** Function names, leaf first; empty where no stack was taken. */
  readonly kernelStack: readonly string[];
  readonly userStack: readonly string[];
  /** Whether the walk of a stack ended at a limit, not at its root. */
  readonly kernelTruncated: boolean;
  readonly userTruncated: boolean;
  readonly periods: number;
  /** blockedNs + runnableNs + preemptedNs. */
  readonly totalNs: number;
  /** Until woken. */
  readonly blockedNs: number;
  /** From wakeup until run. */
  readonly runnableNs: number;
  /** The CPU was taken from it. */
  readonly preemptedNs: number;
  /** The longest period. */
  readonly maxNs: number;
}

/** The fields of a row, in the order in which tables of them are written. */
export const offcpuFields: { readonly [Name in keyof OffcpuRow]: true } = {
  host: true,
  comm: true,
  pid: true,
  tid: true,
  kernelThread: true,
  class: true,
  syscall: true,
  open: true,
  periods: true,
  totalNs: true,
  blockedNs: true,
  runnableNs: true,
  preemptedNs: true,
  maxNs: true,
  kernelStack: true,
  userStack: true,
  kernelTruncated: true,
  userTruncated: true,
};

/** Sums over all rows of the view. */
export interface OffcpuTotals {
  readonly periods: number;
  readonly threads: number;
  readonly totalNs: number;
  readonly blockedNs: number;
  readonly runnableNs: number;
  readonly preemptedNs: number;
}

export interface OffcpuView {
  /** Largest totalNs first; ties in the order of all that tells rows apart. */
  readonly rows: readonly OffcpuRow[];
  readonly totals: OffcpuTotals;
  readonly completeness: Completeness;
}

interface Sum {
  readonly analysis: Analysis;
  /** A row of analysis.offcpu that stands for all that are summed here. */
  readonly row: number;
  /** Rows of analysis.stacks. */
  readonly kernelStack: number;
  readonly userStack: number;
  readonly kernelNode: number;
  readonly userNode: number;
  periods: bigint;
  blockedNs: bigint;
  runnableNs: bigint;
  preemptedNs: bigint;
  maxNs: bigint;
}

export interface OffcpuOptions extends PeriodOptions, StackOptions {}

export function offcpuView(
  analyses: readonly Analysis[],
  options: OffcpuOptions = {},
): OffcpuView {
  const tree = new NameTree(options.frames);
  const sums = new Map<string, Sum>();
  for (const analysis of analyses) addSums(sums, analysis, tree.add(analysis), options);
  const rows = [...sums.values()].map((sum) => offcpuRow(sum, tree)).sort(compareRows);
  return { rows, totals: totalsOf(sums.values()), completeness: completeness(analyses, options) };
}

function addSums(
  sums: Map<string, Sum>,
  analysis: Analysis,
  nodes: Uint32Array,
  options: OffcpuOptions,
): void {
  const { offcpu, threads, stacks } = analysis;
  const boot = bootId(analysis);
  for (let row = 0; row < offcpu.length; row++) {
    if (!isSelected(analysis, row, options)) continue;
    const thread = offcpu.thread[row]!;
    const kernelStack = shownKernelStack(analysis, row, options);
    const userStack = shownUserStack(analysis, row, options);
    const kernelNode = nodes[kernelStack]!;
    const userNode = nodes[userStack]!;
    const key = [
      boot,
      threads.tid[thread],
      threads.pid[thread],
      offcpu.class[row],
      offcpu.edge[row],
      kernelNode,
      userNode,
      stacks.flags[kernelStack],
      stacks.flags[userStack],
      periodSyscall(analysis, row),
      analysis.string(offcpu.comm[row]!),
    ].join(" ");
    let sum = sums.get(key);
    if (sum === undefined) {
      sum = { analysis, row, kernelStack, userStack, kernelNode, userNode, ...noTime };
      sums.set(key, sum);
    }
    sum.periods += offcpu.periods[row]!;
    sum.blockedNs += offcpu.blockedNs[row]!;
    sum.runnableNs += offcpu.runnableNs[row]!;
    sum.preemptedNs += offcpu.preemptedNs[row]!;
    if (offcpu.maxNs[row]! > sum.maxNs) sum.maxNs = offcpu.maxNs[row]!;
  }
}

const noTime = { periods: 0n, blockedNs: 0n, runnableNs: 0n, preemptedNs: 0n, maxNs: 0n };

function offcpuRow(sum: Sum, tree: NameTree): OffcpuRow {
  const { analysis, row } = sum;
  const { offcpu, threads, stacks } = analysis;
  const thread = offcpu.thread[row]!;
  const isTruncated = (stack: number) => (stacks.flags[stack]! & StackFlag.Truncated) !== 0;
  return {
    host: hostName(analysis),
    comm: analysis.string(offcpu.comm[row]!),
    pid: threads.pid[thread]!,
    tid: threads.tid[thread]!,
    kernelThread: isKernelThread(analysis, thread),
    class: className(offcpu.class[row]!),
    syscall: periodSyscall(analysis, row),
    open: edgeName(offcpu.edge[row]!),
    kernelStack: tree.leafFirst(sum.kernelNode),
    userStack: tree.leafFirst(sum.userNode),
    kernelTruncated: isTruncated(sum.kernelStack),
    userTruncated: isTruncated(sum.userStack),
    periods: Number(sum.periods),
    totalNs: Number(sum.blockedNs + sum.runnableNs + sum.preemptedNs),
    blockedNs: Number(sum.blockedNs),
    runnableNs: Number(sum.runnableNs),
    preemptedNs: Number(sum.preemptedNs),
    maxNs: Number(sum.maxNs),
  };
}

function edgeName(edge: Edge): OffcpuRow["open"] {
  if (edge === Edge.Start) return "start";
  if (edge === Edge.Both) return "both ends";
  return edge === Edge.End ? "end" : "";
}

function compareRows(a: OffcpuRow, b: OffcpuRow): number {
  return (
    b.totalNs - a.totalNs ||
    compareText(a.comm, b.comm) ||
    a.tid - b.tid ||
    a.pid - b.pid ||
    compareText(a.class, b.class) ||
    compareText(a.syscall, b.syscall) ||
    compareText(a.open, b.open) ||
    compareText(a.kernelStack.join(";"), b.kernelStack.join(";")) ||
    compareText(a.userStack.join(";"), b.userStack.join(";")) ||
    compareText(a.host, b.host)
  );
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function totalsOf(sums: Iterable<Sum>): OffcpuTotals {
  const threads = new Set<string>();
  let periods = 0n;
  let blockedNs = 0n;
  let runnableNs = 0n;
  let preemptedNs = 0n;
  for (const sum of sums) {
    const thread = sum.analysis.offcpu.thread[sum.row]!;
    threads.add(`${bootId(sum.analysis)} ${sum.analysis.threads.tid[thread]}`);
    periods += sum.periods;
    blockedNs += sum.blockedNs;
    runnableNs += sum.runnableNs;
    preemptedNs += sum.preemptedNs;
  }
  return {
    periods: Number(periods),
    threads: threads.size,
    totalNs: Number(blockedNs + runnableNs + preemptedNs),
    blockedNs: Number(blockedNs),
    runnableNs: Number(runnableNs),
    preemptedNs: Number(preemptedNs),
  };
}
