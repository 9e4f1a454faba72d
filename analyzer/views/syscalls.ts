// System calls by name: calls, errors and wall time from entry to exit, off-CPU time included (as
// bcc's syscount -L; strace -c shows CPU time). Calls that never return are in no table, as in both.
// Where records of calls were lost, count, errors and total come from the kernel's exact counters
// instead, and say so; the longest and shortest call are then of those that were recorded.

import { BlockType } from "../../assembly/format.js";
import type { Analysis } from "../analysis.js";
import { syscallAbi, syscallName } from "../syscalls/names.js";
import type { SyscallAbi } from "../syscalls/names.js";
import { lossRows } from "./completeness.js";
import type { LossRow } from "./completeness.js";

export interface SyscallRow {
  readonly name: string;
  /** What the call's number belongs to; a 64-bit process can make 32-bit calls. */
  readonly abi: SyscallAbi;
  /** -1 for all calls whose numbers the kernel's counters do not tell apart. */
  readonly nr: number;
  /** Calls that ended. */
  readonly count: number;
  /** Of count, calls that returned an error (-4095..-1). */
  readonly errors: number;
  /** Wall time. */
  readonly totalNs: number;
  /** totalNs over the calls whose beginning was seen; 0 where there is none. */
  readonly averageNs: number;
  /** Of the recorded calls whose beginning was seen. */
  readonly minNs: number;
  readonly maxNs: number;
  /** Of totalNs, blocked or waiting for a CPU, as far as calls were recorded. */
  readonly offcpuNs: number;
  /** Of count, calls whose beginning was not seen: they add to no time. */
  readonly noEnter: number;
  /** Calls of count that no record was delivered of: they are in count, errors and totalNs only. */
  readonly unrecorded: number;
}

export interface SyscallsView {
  /** Largest totalNs first; ties by count, name and ABI. */
  readonly rows: readonly SyscallRow[];
  readonly totals: { readonly count: number; readonly errors: number; readonly totalNs: number };
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
  count: bigint;
  errors: bigint;
  totalNs: bigint;
  offcpuNs: bigint;
  minNs: bigint;
  maxNs: bigint;
  noEnter: bigint;
  unrecorded: bigint;
}

const NoDuration = 2n ** 64n - 1n;

export function syscallsView(analyses: readonly Analysis[]): SyscallsView {
  const sums = new Map<string, Sum>();
  for (const analysis of analyses) {
    for (const sum of sumsOf(analysis)) mergeSum(sums, sum);
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
    recorded: analyses.some(recordsSyscalls),
    lowerBound: lost.length > 0,
    lost,
  };
}

export function recordsSyscalls(analysis: Analysis): boolean {
  const streams = analysis.meta.get("streams");
  return streams === undefined || streams.split(",").includes("syscall");
}

function sumsOf(analysis: Analysis): Iterable<Sum> {
  const sums = new Map<string, Sum>();
  const arch = analysis.recording.arch[0]!;
  const { syscalls } = analysis;
  for (let row = 0; row < syscalls.length; row++) {
    const sum = sumFor(sums, syscallAbi(arch, syscalls.compat[row] === 1), syscalls.nr[row]!);
    const count = syscalls.count[row]!;
    sum.count += count;
    if (syscalls.errno[row] !== 0) sum.errors += count;
    sum.totalNs += syscalls.totalNs[row]!;
    sum.offcpuNs += syscalls.offcpuNs[row]!;
    sum.noEnter += syscalls.noEnter[row]!;
    if (syscalls.minNs[row]! < sum.minNs) sum.minNs = syscalls.minNs[row]!;
    if (syscalls.maxNs[row]! > sum.maxNs) sum.maxNs = syscalls.maxNs[row]!;
  }
  if (lossRows([analysis], [BlockType.Syscall]).length > 0) addUnrecorded(sums, analysis);
  return sums.values();
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
    const sum = sumFor(sums, syscallAbi(arch, syscallCounts.compat[row] === 1), nr);
    if (count <= sum.count) continue;
    sum.unrecorded = count - sum.count;
    sum.count = count;
    if (syscallCounts.errors[row]! > sum.errors) sum.errors = syscallCounts.errors[row]!;
    if (syscallCounts.totalNs[row]! > sum.totalNs) sum.totalNs = syscallCounts.totalNs[row]!;
  }
}

function sumFor(sums: Map<string, Sum>, abi: SyscallAbi, nr: number): Sum {
  const key = `${abi} ${nr}`;
  let sum = sums.get(key);
  if (sum === undefined) {
    sum = {
      abi,
      nr,
      count: 0n,
      errors: 0n,
      totalNs: 0n,
      offcpuNs: 0n,
      minNs: NoDuration,
      maxNs: 0n,
      noEnter: 0n,
      unrecorded: 0n,
    };
    sums.set(key, sum);
  }
  return sum;
}

function mergeSum(sums: Map<string, Sum>, from: Sum): void {
  const into = sumFor(sums, from.abi, from.nr);
  into.count += from.count;
  into.errors += from.errors;
  into.totalNs += from.totalNs;
  into.offcpuNs += from.offcpuNs;
  into.noEnter += from.noEnter;
  into.unrecorded += from.unrecorded;
  if (from.minNs < into.minNs) into.minNs = from.minNs;
  if (from.maxNs > into.maxNs) into.maxNs = from.maxNs;
}

function syscallRow(sum: Sum): SyscallRow {
  const timed = sum.count - sum.noEnter;
  return {
    name: sum.nr === -1 ? "[other]" : syscallName(sum.abi, sum.nr),
    abi: sum.abi,
    nr: sum.nr,
    count: Number(sum.count),
    errors: Number(sum.errors),
    totalNs: Number(sum.totalNs),
    averageNs: timed === 0n ? 0 : Number(sum.totalNs / timed),
    minNs: sum.minNs === NoDuration ? 0 : Number(sum.minNs),
    maxNs: Number(sum.maxNs),
    offcpuNs: Number(sum.offcpuNs),
    noEnter: Number(sum.noEnter),
    unrecorded: Number(sum.unrecorded),
  };
}

function compareRows(a: SyscallRow, b: SyscallRow): number {
  if (a.totalNs !== b.totalNs) return b.totalNs - a.totalNs;
  if (a.count !== b.count) return b.count - a.count;
  if (a.name !== b.name) return a.name < b.name ? -1 : 1;
  return a.abi < b.abi ? -1 : 1;
}
