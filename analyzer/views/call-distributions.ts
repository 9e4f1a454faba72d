// How long the calls of each system call took, as histograms beside the rows of syscalls.ts.

import type { Analysis } from "../analysis.js";
import { syscallAbi } from "../syscalls/names.js";
import type { Histogram } from "./latency.js";
import { selectedCalls } from "./selected-calls.js";
import type { CallsOptions } from "./selected-calls.js";
import type { SyscallRow } from "./syscalls.js";

/** What tells system calls apart. */
export function distributionKey({ abi, nr }: Pick<SyscallRow, "abi" | "nr">): string {
  return `${abi} ${nr}`;
}

/** By distributionKey; of calls that were recorded with their beginning. */
export function callDistributions(
  analyses: readonly Analysis[],
  options: CallsOptions = {},
): ReadonlyMap<string, Histogram> {
  const histograms = new Map<string, Histogram>();
  for (const analysis of analyses) {
    const arch = analysis.recording.arch[0]!;
    for (const call of selectedCalls(analysis, options)) {
      const key = distributionKey({ abi: syscallAbi(arch, call.compat === 1), nr: call.nr });
      let histogram = histograms.get(key);
      if (histogram === undefined) histograms.set(key, (histogram = new Map()));
      call.addLatenciesTo(histogram);
    }
  }
  return histograms;
}
