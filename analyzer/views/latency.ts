// Distributions of the durations of calls, as the engine counts them: sparse, in buckets that are at
// most a sixteenth wide. A percentile is the upper bound of its bucket, so that it is never too small
// and at most 6.25 % too large, except that it never leaves what was measured. Also powers of two, as
// bcc's histograms have them.

import { LatencyBucketsPerDoubling } from "../../assembly/tables.js";
import type { LatenciesTable } from "../tables.js";

/** How many durations are in each bucket. */
export type Histogram = Map<number, bigint>;

/** Durations from..to, both included. */
export interface Log2Row {
  readonly fromNs: number;
  readonly toNs: number;
  readonly count: number;
}

/** The fields of a row, in the order in which tables of them are written. */
export const log2Fields: { readonly [Name in keyof Log2Row]: true } = { fromNs: true, toNs: true, count: true };

export interface Percentiles {
  /** Half of the calls took no longer. null where no durations were counted. At most 1/16 too large. */
  readonly p50Ns: number | null;
  readonly p90Ns: number | null;
  readonly p99Ns: number | null;
}

/** Where the buckets of each row of another table are. */
export class LatencyRows {
  readonly #latencies: LatenciesTable;
  /** By row: its first row of latencies; one more, where the last ones end. */
  readonly #firsts: Uint32Array;

  /** `rows`: of the table that `latencies` belongs to. */
  constructor(latencies: LatenciesTable, rows: number) {
    this.#latencies = latencies;
    this.#firsts = new Uint32Array(rows + 1);
    let at = 0;
    for (let row = 0; row < rows; row++) {
      this.#firsts[row] = at;
      while (at < latencies.length && latencies.row[at] === row) at++;
    }
    this.#firsts[rows] = at;
  }

  /** Adds the durations of `row` to `histogram`. */
  addTo(histogram: Histogram, row: number): void {
    const { bucket, count } = this.#latencies;
    for (let at = this.#firsts[row]!; at < this.#firsts[row + 1]!; at++) {
      addToBucket(histogram, bucket[at]!, count[at]!);
    }
  }
}

export function addToBucket(histogram: Histogram, bucket: number, count: bigint): void {
  histogram.set(bucket, (histogram.get(bucket) ?? 0n) + count);
}

/** Adds what `from` holds to `into`. */
export function mergeHistogram(into: Histogram, from: Histogram): void {
  for (const [bucket, count] of from) addToBucket(into, bucket, count);
}

/** The longest duration that falls into `bucket`. See LatencyBucketsPerDoubling. */
export function bucketMaxNs(bucket: number): number {
  if (bucket < LatencyBucketsPerDoubling) return bucket;
  const doublings = Math.floor(bucket / LatencyBucketsPerDoubling) - 1;
  const steps = LatencyBucketsPerDoubling + (bucket % LatencyBucketsPerDoubling);
  return (steps + 1) * 2 ** doublings - 1;
}

/** What `percent` of the durations do not exceed; 0 where there is none. */
export function percentileNs(histogram: Histogram, percent: number): number {
  let total = 0n;
  for (const count of histogram.values()) total += count;
  const rank = (total * BigInt(percent) + 99n) / 100n;
  let seen = 0n;
  for (const [bucket, count] of [...histogram].sort(([a], [b]) => a - b)) {
    seen += count;
    if (seen >= rank) return bucketMaxNs(bucket);
  }
  return 0;
}

/** Of durations of which the shortest and the longest are known. */
export function percentilesOf(histogram: Histogram, minNs: number, maxNs: number): Percentiles {
  if (histogram.size === 0) return { p50Ns: null, p90Ns: null, p99Ns: null };
  const clamped = (percent: number) => Math.min(Math.max(percentileNs(histogram, percent), minNs), maxNs);
  return { p50Ns: clamped(50), p90Ns: clamped(90), p99Ns: clamped(99) };
}

/**
 * Powers of two from 0..1 to the last that counted something, none left out: exact, for no bucket
 * reaches over one.
 */
export function log2Rows(histogram: Histogram): Log2Row[] {
  const counts: bigint[] = [];
  for (const [bucket, count] of histogram) {
    const slot = log2Slot(bucket);
    counts[slot] = (counts[slot] ?? 0n) + count;
  }
  return Array.from(counts, (count, slot) => ({
    fromNs: slot === 0 ? 0 : 2 ** slot,
    toNs: 2 ** (slot + 1) - 1,
    count: Number(count ?? 0n),
  }));
}

/** The exponent of the highest bit of the durations in `bucket`; 0 for 0 too. */
function log2Slot(bucket: number): number {
  if (bucket < LatencyBucketsPerDoubling) return bucket < 2 ? 0 : 31 - Math.clz32(bucket);
  return Math.floor(bucket / LatencyBucketsPerDoubling) + Math.log2(LatencyBucketsPerDoubling) - 1;
}
