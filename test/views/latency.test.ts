// Distributions: bucket numbers as the engine documents them, percentiles that never leave what was
// measured, and powers of two that are exact although the buckets are not.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { bucketMaxNs, LatencyRows, log2Rows, mergeHistogram, percentilesOf } from "../../analyzer/views/latency.js";
import { callHistogram } from "../../analyzer/views/selected-calls.js";
import { syscallsView } from "../../analyzer/views/syscalls.js";
import { buildAnalysis, twoThreads } from "./build-analysis.js";

const test = suite("views/latency");

/** The numbering of assembly/tables.ts, written anew. */
function bucketOf(ns: number): number {
  if (ns < 16) return ns;
  const e = Math.floor(Math.log2(ns));
  return 16 * (e - 3) + Math.floor(ns / 2 ** (e - 4)) - 16;
}

const histogramOf = (...durations: number[]) => {
  const histogram = new Map<number, bigint>();
  for (const ns of durations) histogram.set(bucketOf(ns), (histogram.get(bucketOf(ns)) ?? 0n) + 1n);
  return histogram;
};

test("a bucket's upper bound is at most a sixteenth over what is in it", () => {
  for (const ns of [0, 1, 15, 16, 31, 32, 33, 100, 1000, 4095, 4096, 123_456_789, 2 ** 40 + 12345]) {
    const max = bucketMaxNs(bucketOf(ns));
    assert.ok(max >= ns && max - ns <= ns / 16, `${ns} ${max}`);
  }
});

test("percentiles of a hundred durations", () => {
  const durations = Array.from({ length: 100 }, (_, at) => at + 1);
  assert.equal(percentilesOf(histogramOf(...durations), 1, 100), { p50Ns: 51, p90Ns: 91, p99Ns: 99 });
});

test("a percentile is never longer than the longest, nor shorter than the shortest", () => {
  assert.equal(percentilesOf(histogramOf(1000), 1000, 1000), { p50Ns: 1000, p90Ns: 1000, p99Ns: 1000 });
  assert.is(bucketMaxNs(bucketOf(1000)), 1023);
});

test("without durations there is none", () => {
  assert.equal(percentilesOf(new Map(), 0, 0), { p50Ns: null, p90Ns: null, p99Ns: null });
});

test("rows of the other table have their own buckets, and some have none", () => {
  const { latencies } = buildAnalysis({
    latencies: [{ row: 0, bucket: 3, count: 2 }, { row: 2, bucket: 3, count: 1 }, { row: 2, bucket: 17, count: 4 }],
  });
  const rows = new LatencyRows(latencies, 4);
  const bucketsOf = (row: number) => {
    const histogram = new Map<number, bigint>();
    rows.addTo(histogram, row);
    return [...histogram];
  };
  assert.equal([0, 1, 2, 3].map(bucketsOf), [[[3, 2n]], [], [[3, 1n], [17, 4n]], []]);
});

test("histograms of several recordings are one", () => {
  const sum = histogramOf(5, 100);
  mergeHistogram(sum, histogramOf(100, 7));
  assert.equal([...sum].sort(([a], [b]) => a - b), [[5, 1n], [7, 1n], [bucketOf(100), 2n]]);
});

test("powers of two, none left out between", () => {
  assert.equal(log2Rows(histogramOf(0, 1, 2, 3, 16, 31, 32)), [
    { fromNs: 0, toNs: 1, count: 2 },
    { fromNs: 2, toNs: 3, count: 2 },
    { fromNs: 4, toNs: 7, count: 0 },
    { fromNs: 8, toNs: 15, count: 0 },
    { fromNs: 16, toNs: 31, count: 2 },
    { fromNs: 32, toNs: 63, count: 1 },
  ]);
  assert.equal(log2Rows(new Map()), []);
  const last = log2Rows(histogramOf(2 ** 40, 2 ** 41 - 1)).at(-1);
  assert.equal(last, { fromNs: 2 ** 40, toNs: 2 ** 41 - 1, count: 2 });
});

const analysis = buildAnalysis({
  threads: twoThreads,
  syscalls: [
    { nr: 0, count: 3, totalNs: 300, minNs: 90, maxNs: 110 },
    { nr: 0, thread: 1, count: 1, totalNs: 5000, minNs: 5000, maxNs: 5000 },
    { nr: 1, count: 1, totalNs: 7, minNs: 7, maxNs: 7 },
  ],
  latencies: [
    { row: 0, bucket: bucketOf(100), count: 3 },
    { row: 1, bucket: bucketOf(5000), count: 1 },
    { row: 2, bucket: 7, count: 1 },
  ],
});

test("a call's percentiles are of all its threads", () => {
  const row = syscallsView([analysis]).rows.find(({ name }) => name === "read")!;
  assert.equal([row.p50Ns, row.p90Ns, row.p99Ns], [103, 5000, 5000]);
});

test("the histogram of what is selected", () => {
  const rows = log2Rows(callHistogram([analysis, analysis], { selection: { syscalls: ["read"], tids: [101] } }));
  assert.equal(rows.at(-1), { fromNs: 64, toNs: 127, count: 6 });
  assert.is(rows.length, 7);
});

test.run();
