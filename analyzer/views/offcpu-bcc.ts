// Off-CPU time as bcc's offcputime sums it, so that its answers and ours can be compared line by
// line: a period is cut to whole microseconds before it is added, shorter ones are dropped, and what
// tells two sums apart is the thread, its name, and the addresses of its stacks. Whether a thread was
// preempted or idled is not told apart, and periods that the window cut off are not known to bcc.

import { Edge } from "../../assembly/tables.js";
import type { Analysis } from "../analysis.js";
import { bccFrameName } from "./frame-names.js";
import type { FrameDetail } from "./frame-names.js";
import { isSelected } from "./periods.js";
import type { PeriodOptions } from "./periods.js";
import type { SelectionOptions } from "./selection.js";
import { shownKernelStack, shownUserStack } from "./shown-stacks.js";
import type { StackOptions } from "./shown-stacks.js";
import { bootId, isKernelThread } from "./threads.js";

/** A stack that bcc shows: frames, leaf first; `missed` where one was due and not taken. */
export type BccStack = readonly string[] | "missed";

export interface BccOffcpuRow {
  readonly comm: string;
  readonly tid: number;
  /** Empty where there is none to be taken: the user stack of a kernel thread. */
  readonly userStack: BccStack;
  readonly kernelStack: BccStack;
  /** At least 1. */
  readonly totalUs: number;
}

export interface BccOptions extends StackOptions {
  readonly selection?: SelectionOptions | undefined;
}

interface Sum {
  readonly analysis: Analysis;
  /** A row of analysis.offcpu that stands for all that are summed here. */
  readonly row: number;
  totalUs: bigint;
}

/** Smallest totalUs first; of equal ones, which bcc prints in the order of a hash table, by thread. */
export function bccOffcpuRows(analyses: readonly Analysis[], options: BccOptions = {}): BccOffcpuRow[] {
  const sums = new Map<string, Sum>();
  for (const analysis of analyses) addSums(sums, analysis, options);
  return [...sums.values()]
    .filter((sum) => sum.totalUs > 0n)
    .map((sum) => bccRow(sum, options.frames ?? {}))
    .sort((a, b) => a.totalUs - b.totalUs || a.tid - b.tid || compareText(textOf(a), textOf(b)));
}

function addSums(sums: Map<string, Sum>, analysis: Analysis, options: BccOptions): void {
  const { offcpu, threads } = analysis;
  const asked: PeriodOptions = { idle: "show", selection: options.selection };
  const boot = bootId(analysis);
  for (let row = 0; row < offcpu.length; row++) {
    if (offcpu.edge[row] !== Edge.None || !isSelected(analysis, row, asked)) continue;
    const thread = offcpu.thread[row]!;
    // Rows of stacks and strings are numbers of one recording; two recordings are two runs of bcc.
    const key = [
      analysis.source,
      boot,
      threads.tid[thread],
      threads.pid[thread],
      offcpu.comm[row],
      shownUserStack(analysis, row, options),
      shownKernelStack(analysis, row, options),
    ].join(" ");
    let sum = sums.get(key);
    if (sum === undefined) sums.set(key, (sum = { analysis, row, totalUs: 0n }));
    sum.totalUs += offcpu.cutUs[row]!;
  }
}

function bccRow({ analysis, row, totalUs }: Sum, detail: FrameDetail): BccOffcpuRow {
  const { offcpu, threads } = analysis;
  const thread = offcpu.thread[row]!;
  const userStack = framesOf(analysis, offcpu.userStack[row]!, detail);
  const kernelStack = framesOf(analysis, offcpu.kernelStack[row]!, detail);
  const isUserDue = !isKernelThread(analysis, thread);
  return {
    comm: analysis.string(offcpu.comm[row]!),
    tid: threads.tid[thread]!,
    userStack: userStack.length === 0 && isUserDue ? "missed" : userStack,
    kernelStack: kernelStack.length === 0 ? "missed" : kernelStack,
    totalUs: Number(totalUs),
  };
}

function framesOf(analysis: Analysis, stack: number, detail: FrameDetail): string[] {
  const { prefix, frame } = analysis.stacks;
  const names: string[] = [];
  for (let at = stack; at !== 0; at = prefix[at]!) names.push(bccFrameName(analysis, frame[at]!, detail));
  return names;
}

function textOf(row: BccOffcpuRow): string {
  return [row.comm, row.userStack, row.kernelStack].join(";");
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
