// Durations as the engine's histograms, of which views take percentiles. A bucket is at most a
// sixteenth wide: a percentile is the upper bound of its bucket, so that it is never too small and at
// most 6.25 % too large.

import { LatencyBucketsPerDoubling } from "../../assembly/tables.js";

/** How many durations are in each bucket. */
export type Histogram = Map<number, bigint>;

export function addToBucket(histogram: Histogram, bucket: number, count: bigint): void {
  histogram.set(bucket, (histogram.get(bucket) ?? 0n) + count);
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
