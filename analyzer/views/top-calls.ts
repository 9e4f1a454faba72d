// Which system calls took most time, idle ones aside, and which failed most and how: findings of a
// report.

import { OffcpuClass } from "../../assembly/format.js";
import type { Analysis } from "../analysis.js";
import { errnoName } from "../errno.js";
import { syscallAbi, syscallName } from "../syscalls/names.js";
import { defaultIdleRules } from "./default-idle-rules.js";
import { compileIdleRules } from "./idle-rows.js";
import type { PeriodOptions } from "./periods.js";
import { selectionOf } from "./selection.js";

export interface CallFinding {
  readonly name: string;
  readonly count: number;
  readonly totalNs: number;
  /** Of totalNs. */
  readonly offcpuNs: number;
  readonly maxNs: number;
}

export interface ErrorFinding {
  readonly name: string;
  /** `ENOENT` */
  readonly error: string;
  readonly count: number;
  /** Calls of that name, failed or not. */
  readonly calls: number;
}

export interface TopCalls {
  /** All findings, the most time first. */
  readonly byTime: readonly CallFinding[];
  /** All findings, the most errors first. */
  readonly byErrors: readonly ErrorFinding[];
  readonly totals: { readonly calls: number; readonly errors: number };
}

interface CallSum {
  count: bigint;
  totalNs: bigint;
  offcpuNs: bigint;
  maxNs: bigint;
  /** Whether idling or not, calls, and those that failed by error. */
  calls: bigint;
  readonly errors: Map<number, bigint>;
}

export function topCalls(analyses: readonly Analysis[], options: PeriodOptions): TopCalls {
  const sums = new Map<string, CallSum>();
  for (const analysis of analyses) addSums(sums, analysis, options);
  const named = [...sums].sort(([a], [b]) => (a < b ? -1 : 1));
  const byErrors = named.flatMap(([name, sum]) => errorFindings(name, sum));
  return {
    byTime: named
      .filter(([, sum]) => sum.totalNs > 0n)
      .map(([name, sum]) => callFinding(name, sum))
      .sort((a, b) => b.totalNs - a.totalNs),
    byErrors: byErrors.sort((a, b) => b.count - a.count),
    totals: {
      calls: named.reduce((total, [, sum]) => total + Number(sum.calls), 0),
      errors: byErrors.reduce((total, row) => total + row.count, 0),
    },
  };
}

function addSums(sums: Map<string, CallSum>, analysis: Analysis, options: PeriodOptions): void {
  const { syscalls } = analysis;
  const arch = analysis.recording.arch[0]!;
  const { selection } = options;
  const selected = selection === undefined ? undefined : selectionOf(analysis, selection);
  const isLeftOut = idleFilter(analysis, options);
  for (let row = 0; row < syscalls.length; row++) {
    if (selected?.call(row) === false) continue;
    const isCompat = syscalls.compat[row] === 1;
    const name = `${syscallName(syscallAbi(arch, isCompat), syscalls.nr[row]!)}${isCompat ? " (32-bit)" : ""}`;
    let sum = sums.get(name);
    if (sum === undefined) {
      sums.set(name, (sum = { count: 0n, totalNs: 0n, offcpuNs: 0n, maxNs: 0n, calls: 0n, errors: new Map() }));
    }
    const count = syscalls.count[row]!;
    const errno = syscalls.errno[row]!;
    sum.calls += count;
    if (errno !== 0) sum.errors.set(errno, (sum.errors.get(errno) ?? 0n) + count);
    if (isLeftOut(row)) continue;
    sum.count += count;
    sum.totalNs += syscalls.totalNs[row]!;
    sum.offcpuNs += syscalls.offcpuNs[row]!;
    if (syscalls.maxNs[row]! > sum.maxNs) sum.maxNs = syscalls.maxNs[row]!;
  }
}

/** Which rows of `analysis.syscalls` are left out as idling, or as not idling. */
function idleFilter(analysis: Analysis, { idle, idleRules }: PeriodOptions): (row: number) => boolean {
  if (idle === undefined || idle === "show") return () => false;
  const ruleOf = compileIdleRules(analysis, idleRules ?? defaultIdleRules);
  const { syscalls, threads } = analysis;
  return (row) => {
    const thread = syscalls.thread[row]!;
    const totalNs = syscalls.totalNs[row]!;
    // The state is not known here: calls that were mostly off the CPU are taken to have slept.
    const isOff = syscalls.offcpuNs[row]! * 2n > totalNs;
    const rule = ruleOf({
      thread,
      comm: threads.comm[thread]!,
      class: isOff ? OffcpuClass.Interruptible : OffcpuClass.Runnable,
      nr: syscalls.nr[row]!,
      compat: syscalls.compat[row]!,
      kernelStack: 0,
      userStack: 0,
      times: syscalls.count[row]!,
      totalNs,
    });
    return (rule === -1) === (idle === "only");
  };
}

function callFinding(name: string, sum: CallSum): CallFinding {
  return {
    name,
    count: Number(sum.count),
    totalNs: Number(sum.totalNs),
    offcpuNs: Number(sum.offcpuNs),
    maxNs: Number(sum.maxNs),
  };
}

function errorFindings(name: string, { errors, calls }: CallSum): ErrorFinding[] {
  return [...errors]
    .sort(([a], [b]) => a - b)
    .map(([errno, count]) => ({ name, error: errnoName(errno), count: Number(count), calls: Number(calls) }));
}
