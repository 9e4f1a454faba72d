// Off-CPU time as folded stacks, one line for each distinct stack: comm, user frames from the root,
// kernel frames down to the leaf, as bcc's offcputime -f prints them. Nanoseconds are summed and cut
// to microseconds once, at the end (as stackcollapse-perf-sched.awk; bcc cuts each period). What a
// peer would print as a plain stack although it is something else says so in a frame of its own, in
// brackets: preempted, no stack taken, cut off by the window.

import { OffcpuClass, StackFlag } from "../../assembly/format.js";
import { Edge } from "../../assembly/tables.js";
import type { Analysis } from "../analysis.js";
import { foldedName, NameTree } from "./name-tree.js";
import { PairIds } from "./pair-ids.js";
import { isSelected, periodSyscall, totalNs } from "./periods.js";
import type { PeriodOptions } from "./periods.js";
import { shownKernelStack, shownUserStack } from "./shown-stacks.js";
import type { StackOptions } from "./shown-stacks.js";
import { isKernelThread } from "./threads.js";

/** Nanoseconds by folded stack: what several files' answers are merged as. */
export type FoldedSums = Map<string, bigint>;

export interface FoldedRow {
  /** `comm;root;…;leaf` */
  readonly stack: string;
  /** Microseconds, at least 1. */
  readonly totalUs: number;
}

export interface FoldedOptions extends PeriodOptions, StackOptions {
  /** A frame `-` between user and kernel frames. */
  readonly delimited?: boolean;
}

const NsPerUs = 1000n;

/** Sums the off-CPU periods of all `analyses` by folded stack. */
export function foldedSums(analyses: readonly Analysis[], options: FoldedOptions = {}): FoldedSums {
  const sums: FoldedSums = new Map();
  const tree = new NameTree(options.frames);
  for (const analysis of analyses) {
    const nodes = tree.add(analysis);
    for (const [line, ns] of sumsByLine(analysis, nodes, options)) {
      addSum(sums, foldedStack(analysis, nodes, tree, line, options), ns);
    }
  }
  return sums;
}

/** Adds what `from` holds to `into`. */
export function mergeSums(into: FoldedSums, from: FoldedSums): void {
  for (const [stack, ns] of from) addSum(into, stack, ns);
}

/** Rows of at least a microsecond, the largest first, equal ones in the order of their text. */
export function foldedRows(sums: FoldedSums): FoldedRow[] {
  const rows: FoldedRow[] = [];
  for (const [stack, ns] of sums) {
    if (ns >= NsPerUs) rows.push({ stack, totalUs: Number(ns / NsPerUs) });
  }
  return rows.sort((a, b) => b.totalUs - a.totalUs || (a.stack < b.stack ? -1 : 1));
}

function addSum(sums: FoldedSums, stack: string, ns: bigint): void {
  sums.set(stack, (sums.get(stack) ?? 0n) + ns);
}

/**
 * Sums rows that fold to the same line before any text is made: a stack is text of a kilobyte, and
 * the same one comes once for each of its threads. Keyed by numbers; the value names one such row.
 */
function sumsByLine(
  analysis: Analysis,
  nodes: Uint32Array,
  options: FoldedOptions,
): Map<number, bigint> {
  const { offcpu } = analysis;
  const ids = new PairIds();
  const rowOfLine = new Map<number, number>();
  const sums = new Map<number, bigint>();
  for (let row = 0; row < offcpu.length; row++) {
    if (!isSelected(analysis, row, options)) continue;
    const user = nodes[shownUserStack(analysis, row, options)]!;
    const kernel = nodes[shownKernelStack(analysis, row, options)]!;
    const nr = offcpu.nr[row]!;
    const call = ids.of(nr & 0xffff, ((nr >>> 16) << 1) | offcpu.compat[row]!);
    const stack = ids.of(ids.of(offcpu.comm[row]!, user), kernel);
    const line = ids.of(ids.of(stack, call), kindOf(analysis, row, options));
    let first = rowOfLine.get(line);
    if (first === undefined) rowOfLine.set(line, (first = row));
    sums.set(first, (sums.get(first) ?? 0n) + totalNs(analysis, row));
  }
  return sums;
}

/** What else tells two lines apart, in one number: class, edge, kind of thread, truncated stacks. */
function kindOf(analysis: Analysis, row: number, options: FoldedOptions): number {
  const { offcpu } = analysis;
  const isKernel = isKernelThread(analysis, offcpu.thread[row]!) ? 1 : 0;
  const kernelFlags = stackFlags(analysis, shownKernelStack(analysis, row, options)) & StackFlag.Truncated;
  const userFlags = stackFlags(analysis, shownUserStack(analysis, row, options)) & StackFlag.Truncated;
  const flags = isKernel | (kernelFlags << 1) | (userFlags << 2);
  return (offcpu.class[row]! << 8) | (offcpu.edge[row]! << 3) | flags;
}

/** StackFlag of a row of `analysis.stacks`. */
export function stackFlags(analysis: Analysis, stack: number): number {
  return analysis.stacks.flags[stack]!;
}

/** The line of a row of `analysis.offcpu`, without its value. */
export function foldedStack(
  analysis: Analysis,
  nodes: Uint32Array,
  tree: NameTree,
  row: number,
  options: FoldedOptions,
): string {
  const { offcpu } = analysis;
  // Spaces separate the value from the stack; stackcollapse-perf.pl and inferno replace them too.
  const comm = foldedName(analysis.string(offcpu.comm[row]!)).replace(/ /g, "_");
  const frames = [comm === "" ? "[unnamed]" : comm];
  const kernelStack = shownKernelStack(analysis, row, options);
  const userStack = shownUserStack(analysis, row, options);
  const pathOf = (stack: number) => [
    ...((stackFlags(analysis, stack) & StackFlag.Truncated) === 0 ? [] : ["[truncated]"]),
    tree.folded(nodes[stack]!),
  ];
  if (kernelStack === 0 && userStack === 0 && options.stacks === undefined) {
    const missing = missingStack(analysis, row);
    if (missing !== "") frames.push(missing);
  } else {
    if (userStack !== 0) frames.push(...pathOf(userStack));
    else if (isUserStackDue(analysis, row, options)) frames.push("[no user stack]");
    if (options.delimited === true && userStack !== 0 && kernelStack !== 0) frames.push("-");
    if (kernelStack !== 0) frames.push(...pathOf(kernelStack));
    else if (options.stacks !== "user") frames.push("[no kernel stack]");
  }
  const marker = markerFrame(analysis, row);
  if (marker !== "") frames.push(marker);
  return frames.join(";");
}

/** The frame that stands for both stacks of a row that has none; "" where its marker says enough. */
export function missingStack(analysis: Analysis, row: number): string {
  return analysis.offcpu.edge[row] === Edge.None ? withCall("no stack", analysis, row) : "";
}

/** Whether a row without a user stack should have one. */
export function isUserStackDue(analysis: Analysis, row: number, { stacks }: Pick<StackOptions, "stacks">): boolean {
  return stacks !== "kernel" && !isKernelThread(analysis, analysis.offcpu.thread[row]!);
}

/** The frame that tells a period apart from a thread that simply blocked; "" for one that did. */
export function markerFrame(analysis: Analysis, row: number): string {
  const { edge, class: classes } = analysis.offcpu;
  if (edge[row] === Edge.Start) return withCall("open at start", analysis, row);
  if (edge[row] === Edge.End) return withCall("open at end", analysis, row);
  if (edge[row] === Edge.Both) return withCall("open at both ends", analysis, row);
  switch (classes[row]) {
    case OffcpuClass.Preempted:
      return "[preempted]";
    case OffcpuClass.Runnable:
      return "[yielded]";
    case OffcpuClass.IdleKernel:
      return "[idle]";
    case OffcpuClass.Other:
      return "[stopped]";
    default:
      return "";
  }
}

function withCall(what: string, analysis: Analysis, row: number): string {
  const call = foldedName(periodSyscall(analysis, row));
  return call === "" ? `[${what}]` : `[${what}: ${call}]`;
}
