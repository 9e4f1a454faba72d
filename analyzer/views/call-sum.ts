// What is summed of system calls, whatever they are grouped by, and the numbers that a row then has.

import { mergeHistogram, percentilesOf } from "./latency.js";
import type { Histogram, Percentiles } from "./latency.js";
import { NoDuration } from "./selected-calls.js";
import type { SelectedCall } from "./selected-calls.js";

export interface CallTimes extends Percentiles {
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

/** The fields of CallTimes, in the order in which tables of them are written. */
export const callTimesFields: { readonly [Name in keyof CallTimes]: true } = {
  count: true,
  errors: true,
  totalNs: true,
  averageNs: true,
  p50Ns: true,
  p90Ns: true,
  p99Ns: true,
  minNs: true,
  maxNs: true,
  offcpuNs: true,
  noEnter: true,
  unrecorded: true,
};

export class CallSum {
  count = 0n;
  errors = 0n;
  totalNs = 0n;
  offcpuNs = 0n;
  minNs = NoDuration;
  maxNs = 0n;
  noEnter = 0n;
  unrecorded = 0n;
  readonly latencies: Histogram = new Map();

  add(call: SelectedCall): void {
    this.count += call.count;
    if (call.errno !== 0) this.errors += call.count;
    this.totalNs += call.totalNs;
    this.offcpuNs += call.offcpuNs;
    this.noEnter += call.noEnter;
    if (call.minNs < this.minNs) this.minNs = call.minNs;
    if (call.maxNs > this.maxNs) this.maxNs = call.maxNs;
    call.addLatenciesTo(this.latencies);
  }

  merge(from: CallSum): void {
    this.count += from.count;
    this.errors += from.errors;
    this.totalNs += from.totalNs;
    this.offcpuNs += from.offcpuNs;
    this.noEnter += from.noEnter;
    this.unrecorded += from.unrecorded;
    if (from.minNs < this.minNs) this.minNs = from.minNs;
    if (from.maxNs > this.maxNs) this.maxNs = from.maxNs;
    mergeHistogram(this.latencies, from.latencies);
  }

  times(): CallTimes {
    const timed = this.count - this.noEnter;
    const minNs = this.minNs === NoDuration ? 0 : Number(this.minNs);
    return {
      count: Number(this.count),
      errors: Number(this.errors),
      totalNs: Number(this.totalNs),
      averageNs: timed > 0n ? Number(this.totalNs / timed) : 0,
      ...percentilesOf(this.latencies, minNs, Number(this.maxNs)),
      minNs,
      maxNs: Number(this.maxNs),
      offcpuNs: Number(this.offcpuNs),
      noEnter: Number(this.noEnter),
      unrecorded: Number(this.unrecorded),
    };
  }
}

/** Largest totalNs first, then the most calls. */
export function compareTimes(a: CallTimes, b: CallTimes): number {
  return b.totalNs - a.totalNs || b.count - a.count;
}
