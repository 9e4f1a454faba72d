// System calls by who made them: one row for each process, or for each thread.

import type { Analysis } from "../analysis.js";
import { callTimesFields, compareTimes, CallSum } from "./call-sum.js";
import type { CallTimes } from "./call-sum.js";
import { processNames } from "./processes.js";
import { selectedCalls } from "./selected-calls.js";
import type { CallsOptions } from "./selected-calls.js";
import { bootId, hostName } from "./threads.js";

export interface CallerRow extends CallTimes {
  readonly host: string;
  /** The process's name, or the thread's. */
  readonly comm: string;
  readonly pid: number;
  /** null where rows are processes. */
  readonly tid: number | null;
}

/** The fields of a row, in the order in which tables of them are written. */
export const callerFields: { readonly [Name in keyof CallerRow]: true } = {
  host: true,
  comm: true,
  pid: true,
  tid: true,
  ...callTimesFields,
};

interface Sum extends Pick<CallerRow, "host" | "comm" | "pid" | "tid"> {
  readonly calls: CallSum;
}

/** Largest totalNs first; ties by count, number and host. */
export function callerRows(
  analyses: readonly Analysis[],
  by: "process" | "thread",
  options: CallsOptions = {},
): CallerRow[] {
  const sums = new Map<string, Sum>();
  for (const analysis of analyses) addSums(sums, analysis, by, options);
  const rows = [...sums.values()].map(({ calls, ...caller }) => ({ ...caller, ...calls.times() }));
  return rows.sort(compareRows);
}

function addSums(
  sums: Map<string, Sum>,
  analysis: Analysis,
  by: "process" | "thread",
  options: CallsOptions,
): void {
  const { threads } = analysis;
  const boot = bootId(analysis);
  const host = hostName(analysis);
  const processOf = processNames(analysis);
  for (const call of selectedCalls(analysis, options)) {
    const pid = threads.pid[call.thread]!;
    const tid = by === "thread" ? threads.tid[call.thread]! : null;
    const key = `${boot} ${pid} ${tid}`;
    let sum = sums.get(key);
    if (sum === undefined) {
      const comm = by === "thread" ? analysis.string(threads.comm[call.thread]!) : processOf(call.thread);
      sums.set(key, (sum = { host, comm, pid, tid, calls: new CallSum() }));
    }
    sum.calls.add(call);
  }
}

function compareRows(a: CallerRow, b: CallerRow): number {
  const byTimes = compareTimes(a, b);
  if (byTimes !== 0) return byTimes;
  if (a.pid !== b.pid) return a.pid - b.pid;
  if (a.tid !== b.tid) return (a.tid ?? 0) - (b.tid ?? 0);
  return a.host < b.host ? -1 : 1;
}
