// Histograms of durations: counts by bucket (see LatencyBucketsPerDoubling), kept only for the
// doublings that occur. Two histograms add up to that of both.

import { allocate } from "./arena";
import { optionValue } from "./options";
import { LatencyBucketsPerDoubling, PassOption } from "./tables";

const Doublings: u32 = 61;
const BucketsEach: u32 = LatencyBucketsPerDoubling;
/** One more than the last bucket. */
export const BucketsEnd: u32 = Doublings * BucketsEach;
/** Durations below have a bucket each. */
const LinearNs: u64 = 16;

/** Pointers to the counts of a doubling's buckets, u64 each; 0 where none occurred. */
@unmanaged
export class Histogram {
  /** The next one that is free: see `recycleHistogram`. */
  free: Histogram;
  doublings: usize;
}

const NoHistogram: Histogram = changetype<Histogram>(0);
let free: Histogram = NoHistogram;

/** Whether the pass is asked for them. */
@inline
export function asksLatencies(): bool {
  return optionValue(PassOption.Latencies) != 0;
}

function newHistogram(): Histogram {
  if (free != NoHistogram) {
    const found = free;
    free = found.free;
    return found;
  }
  const histogram = changetype<Histogram>(allocate(offsetof<Histogram>()));
  histogram.doublings = allocate(Doublings << 2);
  return histogram;
}

/** Takes back a histogram, its counts zeroed. */
export function recycleHistogram(histogram: Histogram): void {
  if (histogram == NoHistogram) return;
  for (let i: u32 = 0; i < Doublings; i++) {
    const counts = load<usize>(histogram.doublings + ((i as usize) << 2));
    if (counts != 0) memory.fill(counts, 0, (BucketsEach as usize) << 3);
  }
  histogram.free = free;
  free = histogram;
}

@inline
export function bucketOf(durationNs: u64): u32 {
  if (durationNs < LinearNs) return durationNs as u32;
  const exponent = 63 - (clz(durationNs) as u32);
  return ((exponent - 3) << 4) + ((durationNs >> (exponent - 4)) as u32) - 16;
}

/** Counts a duration; the histogram, made if need be. */
export function countDuration(histogram: Histogram, durationNs: u64): Histogram {
  if (histogram == NoHistogram) histogram = newHistogram();
  addTo(histogram, bucketOf(durationNs), 1);
  return histogram;
}

function addTo(histogram: Histogram, bucket: u32, calls: u64): void {
  const slot = histogram.doublings + (((bucket / BucketsEach) as usize) << 2);
  let counts = load<usize>(slot);
  if (counts == 0) {
    counts = allocate((BucketsEach as usize) << 3);
    store<usize>(slot, counts);
  }
  const at = counts + (((bucket % BucketsEach) as usize) << 3);
  store<u64>(at, load<u64>(at) + calls);
}

/** Adds all of `other`; the histogram, made if need be. */
export function addHistogram(histogram: Histogram, other: Histogram): Histogram {
  if (other == NoHistogram) return histogram;
  if (histogram == NoHistogram) histogram = newHistogram();
  for (let bucket = nextBucket(other, 0); bucket < BucketsEnd; bucket = nextBucket(other, bucket + 1)) {
    addTo(histogram, bucket, callsIn(other, bucket));
  }
  return histogram;
}

/** The first bucket from `bucket` on in which anything was counted; BucketsEnd if there is none. */
export function nextBucket(histogram: Histogram, bucket: u32): u32 {
  if (histogram == NoHistogram) return BucketsEnd;
  while (bucket < BucketsEnd) {
    const counts = load<usize>(histogram.doublings + (((bucket / BucketsEach) as usize) << 2));
    // Most doublings never occurred: they are passed over whole.
    if (counts == 0) bucket = (bucket / BucketsEach + 1) * BucketsEach;
    else if (load<u64>(counts + (((bucket % BucketsEach) as usize) << 3)) != 0) return bucket;
    else bucket++;
  }
  return BucketsEnd;
}

/** Calls counted in a bucket of a histogram that there is. */
export function callsIn(histogram: Histogram, bucket: u32): u64 {
  const counts = load<usize>(histogram.doublings + (((bucket / BucketsEach) as usize) << 2));
  return counts == 0 ? 0 : load<u64>(counts + (((bucket % BucketsEach) as usize) << 3));
}

/** Buckets in which anything was counted. */
export function bucketsIn(histogram: Histogram): u32 {
  let buckets: u32 = 0;
  for (let bucket = nextBucket(histogram, 0); bucket < BucketsEnd; bucket = nextBucket(histogram, bucket + 1)) buckets++;
  return buckets;
}
