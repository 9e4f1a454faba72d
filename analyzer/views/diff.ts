// Two recordings, or two lists of them, compared: off-CPU time by folded stack, or time in system
// calls by name. Recordings differ in length and load, so that what is compared is time per second
// of recording, or per system call made, which says what the same work costs.

import type { Analysis } from "../analysis.js";
import { UsageError } from "../errors.js";
import { syscallAbi, syscallName } from "../syscalls/names.js";
import { completeness } from "./completeness.js";
import type { Completeness } from "./completeness.js";
import { foldedSums } from "./folded.js";
import type { PeriodOptions } from "./periods.js";
import { selectedCalls } from "./selected-calls.js";
import { selectionOf } from "./selection.js";

/** What time is divided by: the recordings' length, or the calls that the selected threads made. */
export type DiffPer = "time" | "calls";

export interface DiffOptions extends PeriodOptions {
  /** Off-CPU time by stack, or time in system calls by call. */
  readonly by?: "stack" | "syscall" | undefined;
  /** `time` if not given. */
  readonly per?: DiffPer | undefined;
}

export interface DiffRow {
  /** A folded stack, or the name of a call. */
  readonly name: string;
  /** As recorded. */
  readonly beforeTotalNs: number;
  readonly afterTotalNs: number;
  /** Ns per second of recording, or per call. */
  readonly before: number;
  readonly after: number;
  readonly change: number;
  /** Of before; null where there was none. */
  readonly changePercent: number | null;
}

/** The fields of a row, in the order in which tables of them are written. */
export const diffFields: { readonly [Name in keyof DiffRow]: true } = {
  name: true,
  beforeTotalNs: true,
  afterTotalNs: true,
  before: true,
  after: true,
  change: true,
  changePercent: true,
};

/** What one side of the comparison is. */
export interface DiffSide {
  readonly durationNs: number;
  /** System calls that ended, of the selected threads. */
  readonly calls: number;
  readonly totalNs: number;
  /** Divided as in rows. */
  readonly total: number;
  readonly completeness: Completeness;
}

export interface DiffView {
  readonly by: "stack" | "syscall";
  readonly per: DiffPer;
  /** Largest change first, up or down; ties by name. */
  readonly rows: readonly DiffRow[];
  readonly before: DiffSide;
  readonly after: DiffSide;
}

type Sums = ReadonlyMap<string, bigint>;

export function diffView(
  before: readonly Analysis[],
  after: readonly Analysis[],
  options: DiffOptions = {},
): DiffView {
  const { by = "stack", per = "time" } = options;
  const sumsOf = (analyses: readonly Analysis[]): Sums =>
    by === "stack" ? foldedSums(analyses, options) : callSums(analyses, options);
  const [sumsBefore, sumsAfter] = [sumsOf(before), sumsOf(after)];
  const [scaleBefore, scaleAfter] = [divisor(before, options), divisor(after, options)];
  const names = new Set([...sumsBefore.keys(), ...sumsAfter.keys()]);
  const rows = [...names].map((name) => {
    const beforeTotalNs = Number(sumsBefore.get(name) ?? 0n);
    const afterTotalNs = Number(sumsAfter.get(name) ?? 0n);
    return diffRow(name, beforeTotalNs, afterTotalNs, beforeTotalNs / scaleBefore, afterTotalNs / scaleAfter);
  });
  rows.sort((a, b) => Math.abs(b.change) - Math.abs(a.change) || (a.name < b.name ? -1 : 1));
  return {
    by,
    per,
    rows,
    before: diffSide(before, sumsBefore, scaleBefore, options),
    after: diffSide(after, sumsAfter, scaleAfter, options),
  };
}

/** A stack with its weight on either side, for graphs of differences. */
export interface FoldedDiffRow {
  readonly stack: string;
  /** Microseconds, scaled to the length, or the calls, of the other side. */
  readonly beforeUs: number;
  /** Microseconds, as recorded. */
  readonly afterUs: number;
}

/** Rows of which either side is at least a microsecond, in the order of their text. */
export function foldedDiffRows({ rows, before, after, per }: DiffView): FoldedDiffRow[] {
  const scale = per === "time" ? after.durationNs / before.durationNs : after.calls / before.calls;
  return rows
    .map(({ name, beforeTotalNs, afterTotalNs }) => ({
      stack: name,
      beforeUs: Math.floor((beforeTotalNs * scale) / 1000),
      afterUs: Math.floor(afterTotalNs / 1000),
    }))
    .filter(({ beforeUs, afterUs }) => beforeUs > 0 || afterUs > 0)
    .sort((a, b) => (a.stack < b.stack ? -1 : 1));
}

function diffRow(name: string, beforeTotalNs: number, afterTotalNs: number, before: number, after: number): DiffRow {
  const change = after - before;
  const changePercent = before === 0 ? null : (100 * change) / before;
  return { name, beforeTotalNs, afterTotalNs, before, after, change, changePercent };
}

function diffSide(analyses: readonly Analysis[], sums: Sums, scale: number, options: DiffOptions): DiffSide {
  let totalNs = 0n;
  for (const ns of sums.values()) totalNs += ns;
  return {
    durationNs: durationNs(analyses),
    calls: callCount(analyses, options),
    totalNs: Number(totalNs),
    total: Number(totalNs) / scale,
    completeness: completeness(analyses, options),
  };
}

/** What times of `before` are multiplied by to be compared with those of `after`. Throws UsageError where nothing is. */
export function scaleBetween(before: readonly Analysis[], after: readonly Analysis[], options: DiffOptions): number {
  return divisor(after, options) / divisor(before, options);
}

/** Seconds, or calls. */
function divisor(analyses: readonly Analysis[], options: DiffOptions): number {
  const value = options.per === "calls" ? callCount(analyses, options) : durationNs(analyses) / 1e9;
  if (value > 0) return value;
  const names = analyses.map((analysis) => analysis.source).join(", ");
  const what = options.per === "calls" ? "no system calls of what is selected" : "no length";
  throw new UsageError(`${names} has ${what}, so that nothing can be divided by it`);
}

function durationNs(analyses: readonly Analysis[]): number {
  return analyses.reduce((sum, { recording }) => sum + Number(recording.endNs[0]! - recording.startNs[0]!), 0);
}

/** Calls as a measure of work: of the threads that are selected, whatever is asked of their waits. */
function callCount(analyses: readonly Analysis[], { selection }: DiffOptions): number {
  let count = 0n;
  for (const analysis of analyses) {
    const { syscalls } = analysis;
    const selected = selection === undefined ? undefined : selectionOf(analysis, selection);
    for (let row = 0; row < syscalls.length; row++) {
      if (selected === undefined || selected.thread(syscalls.thread[row]!)) count += syscalls.count[row]!;
    }
  }
  return Number(count);
}

function callSums(analyses: readonly Analysis[], { selection }: DiffOptions): Sums {
  const sums = new Map<string, bigint>();
  for (const analysis of analyses) {
    const arch = analysis.recording.arch[0]!;
    for (const { nr, compat, totalNs } of selectedCalls(analysis, { selection })) {
      const isCompat = compat === 1;
      const name = syscallName(syscallAbi(arch, isCompat), nr);
      const key = isCompat ? `${name} (32-bit)` : name;
      sums.set(key, (sums.get(key) ?? 0n) + totalNs);
    }
  }
  return sums;
}
