// Histograms of durations. Below 16 ns each ns is a bucket; above, every power of two is divided into
// 16 equal ones, by the number
//
//   bucket = 16 * (e - 3) + (ns >> (e - 4)) - 16,   e being the exponent of the highest bit
//
// so that the buckets of 16..31 ns are 16..31, those of 32..63 ns (two ns each) 32..47, and so on.

/** Calls by bucket; only buckets that have any. */
export type Histogram = Map<number, bigint>;

export function bucketOf(ns: bigint): number {
  if (ns < 16n) return Number(ns);
  const exponent = ns.toString(2).length - 1;
  return 16 * (exponent - 3) + Number(ns >> BigInt(exponent - 4)) - 16;
}

export function addDuration(histogram: Histogram, ns: bigint): void {
  const bucket = bucketOf(ns);
  histogram.set(bucket, (histogram.get(bucket) ?? 0n) + 1n);
}
