// How system calls failed: one row for each call and error.

import type { Analysis } from "../analysis.js";
import { errnoName } from "../errno.js";
import { syscallAbi, syscallName } from "../syscalls/names.js";
import type { SyscallAbi } from "../syscalls/names.js";
import { CallSum } from "./call-sum.js";
import { selectedCalls } from "./selected-calls.js";
import type { CallsOptions } from "./selected-calls.js";

export interface SyscallErrorRow {
  readonly name: string;
  readonly abi: SyscallAbi;
  readonly nr: number;
  readonly errno: number;
  readonly error: string;
  /** Calls that failed so. */
  readonly count: number;
  readonly totalNs: number;
  readonly averageNs: number;
  readonly maxNs: number;
}

/** The fields of a row, in the order in which tables of them are written. */
export const syscallErrorFields: { readonly [Name in keyof SyscallErrorRow]: true } = {
  name: true,
  abi: true,
  nr: true,
  errno: true,
  error: true,
  count: true,
  totalNs: true,
  averageNs: true,
  maxNs: true,
};

interface Sum extends Pick<SyscallErrorRow, "abi" | "nr" | "errno"> {
  readonly calls: CallSum;
}

/** The most frequent first; ties by call and error. */
export function syscallErrorRows(
  analyses: readonly Analysis[],
  options: CallsOptions = {},
): SyscallErrorRow[] {
  const sums = new Map<string, Sum>();
  for (const analysis of analyses) {
    const arch = analysis.recording.arch[0]!;
    for (const call of selectedCalls(analysis, { ...options, failed: true })) {
      const abi = syscallAbi(arch, call.compat === 1);
      const key = `${abi} ${call.nr} ${call.errno}`;
      let sum = sums.get(key);
      if (sum === undefined) sums.set(key, (sum = { abi, nr: call.nr, errno: call.errno, calls: new CallSum() }));
      sum.calls.add(call);
    }
  }
  return [...sums.values()].map(errorRow).filter((row) => row.count > 0).sort(compareRows);
}

function errorRow({ abi, nr, errno, calls }: Sum): SyscallErrorRow {
  const { count, totalNs, averageNs, maxNs } = calls.times();
  return { name: syscallName(abi, nr), abi, nr, errno, error: errnoName(errno), count, totalNs, averageNs, maxNs };
}

function compareRows(a: SyscallErrorRow, b: SyscallErrorRow): number {
  if (a.count !== b.count) return b.count - a.count;
  if (a.name !== b.name) return a.name < b.name ? -1 : 1;
  return a.errno - b.errno || (a.abi < b.abi ? -1 : 1);
}
