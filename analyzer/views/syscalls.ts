// System calls by name: calls, errors and wall time from entry to exit, off-CPU time included (as
// bcc's syscount -L; strace -c shows CPU time). Calls that never return are in no table, as in both.
// Where records of calls were lost, count, errors and total come from the kernel's exact counters
// instead, and say so; the longest and shortest call are then of those that were recorded.

import { BlockType } from "../../assembly/format.js";
import type { Analysis } from "../analysis.js";
import { syscallAbi, syscallName } from "../syscalls/names.js";
import type { SyscallAbi } from "../syscalls/names.js";
import { CallSum, callTimesFields, compareTimes } from "./call-sum.js";
import type { CallTimes } from "./call-sum.js";
import { lossRows } from "./completeness.js";
import type { LossRow } from "./completeness.js";
import { isPartOfCalls, selectedCalls } from "./selected-calls.js";
import type { CallsOptions } from "./selected-calls.js";
import { selectionOf } from "./selection.js";
import { unreturnedRows } from "./unreturned.js";

export interface SyscallRow extends CallTimes {
  readonly name: string;
  /** What the call's number belongs to; a 64-bit process can make 32-bit calls. */
  readonly abi: SyscallAbi;
  /** -1 for all calls whose numbers the kernel's counters do not tell apart. */
  readonly nr: number;
}

/** The fields of a row, in the order in which tables of them are written. */
export const syscallFields: { readonly [Name in keyof SyscallRow]: true } = {
  name: true,
  abi: true,
  nr: true,
  ...callTimesFields,
};

export interface SyscallsOptions extends CallsOptions {
  /**
   * Whether the recordings were analyzed whole. The kernel's own counters, which fill in for lost
   * records, are of all of a recording and of all threads.
   */
  readonly whole?: boolean | undefined;
}

export interface SyscallsView {
  /** Largest totalNs first; ties by count, name and ABI. */
  readonly rows: readonly SyscallRow[];
  readonly totals: { readonly count: number; readonly errors: number; readonly totalNs: number };
  /** Calls in which threads were off the CPU when the recording ended: they are in no row. */
  readonly unreturned: number;
  /** Whether anything recorded system calls at all. */
  readonly recorded: boolean;
  /** Whether times (not counts) can only be larger than shown. */
  readonly lowerBound: boolean;
  readonly lost: readonly LossRow[];
}

/** All that is known of one call in one or more recordings. */
interface Sum {
  readonly abi: SyscallAbi;
  readonly nr: number;
  readonly calls: CallSum;
}

export function syscallsView(analyses: readonly Analysis[], options: SyscallsOptions = {}): SyscallsView {
  const sums = new Map<string, Sum>();
  for (const analysis of analyses) {
    for (const { abi, nr, calls } of sumsOf(analysis, options)) sumOf(sums, abi, nr).calls.merge(calls);
  }
  const rows = [...sums.values()].map(syscallRow).sort(compareRows);
  const lost = lossRows(analyses, [BlockType.Syscall]);
  return {
    rows,
    totals: {
      count: rows.reduce((sum, row) => sum + row.count, 0),
      errors: rows.reduce((sum, row) => sum + row.errors, 0),
      totalNs: rows.reduce((sum, row) => sum + row.totalNs, 0),
    },
    unreturned: options.failed === true ? 0 : unreturnedRows(analyses, options).length,
    recorded: analyses.some(recordsSyscalls),
    lowerBound: lost.length > 0,
    lost,
  };
}

export function recordsSyscalls(analysis: Analysis): boolean {
  const streams = analysis.meta.get("streams");
  return streams === undefined || streams.split(",").includes("syscall");
}

function sumsOf(analysis: Analysis, options: SyscallsOptions): Iterable<Sum> {
  const sums = new Map<string, Sum>();
  const arch = analysis.recording.arch[0]!;
  for (const call of selectedCalls(analysis, options)) {
    sumOf(sums, syscallAbi(arch, call.compat === 1), call.nr).calls.add(call);
  }
  if (isAnsweredByCounters(analysis, options)) addUnrecorded(sums, analysis);
  return sums.values();
}

function isAnsweredByCounters(analysis: Analysis, options: SyscallsOptions): boolean {
  if (options.whole === false || isPartOfCalls(options)) return false;
  if (options.selection !== undefined && !selectionOf(analysis, options.selection).host()) return false;
  return lossRows([analysis], [BlockType.Syscall]).length > 0;
}

/**
 * Raises what was recorded to what the kernel counted. Only where records are known to be missing:
 * a counter is read a moment after the last record, so that it may hold a few calls more.
 */
function addUnrecorded(sums: Map<string, Sum>, analysis: Analysis): void {
  const arch = analysis.recording.arch[0]!;
  const { syscallCounts } = analysis;
  for (let row = 0; row < syscallCounts.length; row++) {
    const count = syscallCounts.count[row]!;
    const nr = syscallCounts.nr[row]!;
    const { calls } = sumOf(sums, syscallAbi(arch, syscallCounts.compat[row] === 1), nr);
    if (count <= calls.count) continue;
    calls.unrecorded = count - calls.count;
    calls.count = count;
    if (syscallCounts.errors[row]! > calls.errors) calls.errors = syscallCounts.errors[row]!;
    if (syscallCounts.totalNs[row]! > calls.totalNs) calls.totalNs = syscallCounts.totalNs[row]!;
  }
}

function sumOf(sums: Map<string, Sum>, abi: SyscallAbi, nr: number): Sum {
  const key = `${abi} ${nr}`;
  let sum = sums.get(key);
  if (sum === undefined) sums.set(key, (sum = { abi, nr, calls: new CallSum() }));
  return sum;
}

function syscallRow({ abi, nr, calls }: Sum): SyscallRow {
  return { name: nr === -1 ? "[other]" : syscallName(abi, nr), abi, nr, ...calls.times() };
}

function compareRows(a: SyscallRow, b: SyscallRow): number {
  const byTimes = compareTimes(a, b);
  if (byTimes !== 0) return byTimes;
  if (a.name !== b.name) return a.name < b.name ? -1 : 1;
  return a.abi < b.abi ? -1 : 1;
}
