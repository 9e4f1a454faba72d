// Lanes of the timeline and cells of heat maps, of analyses made by hand.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { OffcpuClass } from "../../assembly/format.js";
import { EventKind } from "../../assembly/tables.js";
import { bucketStartNs, lengthHeatMap, offsetHeatMap } from "../../analyzer/views/heat-map.js";
import { callNsBetween, rowAtBin, timelineLanes, timesBetween } from "../../analyzer/views/timeline.js";
import type { Lane, LanesOfProcess } from "../../analyzer/views/timeline.js";
import { buildAnalysis } from "./build-analysis.js";

const test = suite("views/over-time");

const analysis = buildAnalysis({
  threads: [
    { tid: 12, pid: 10, comm: "worker" },
    { tid: 10, pid: 10, comm: "server" },
    { tid: 7, pid: 7, comm: "kworker", flags: 1 },
    { tid: 20, pid: 20, comm: "busy" },
  ],
  timeline: [
    { thread: 0, firstBin: 0, bins: 1, onCpuNs: 30, runnableNs: 10, sleepingNs: 60 },
    { thread: 0, firstBin: 1, bins: 5, sleepingNs: 100 },
    { thread: 0, firstBin: 8, bins: 1, uninterruptibleNs: 40, preemptedNs: 5 },
    { thread: 1, firstBin: 2, bins: 2, sleepingNs: 100 },
    { thread: 3, firstBin: 0, bins: 9, onCpuNs: 100 },
  ],
  callTimeline: [
    { thread: 0, firstBin: 0, bins: 1, callNs: 70, nr: 0 },
    { thread: 0, firstBin: 1, bins: 4, callNs: 100, nr: 232 },
    { thread: 3, firstBin: 2, bins: 1, callNs: 5, nr: 1 },
  ],
  heat: [
    { bin: 0, bucket: 20, thread: 0, kind: EventKind.Period, what: OffcpuClass.Interruptible, count: 3, totalNs: 300 },
    { bin: 1, bucket: 22, thread: 0, kind: EventKind.Period, what: OffcpuClass.Uninterruptible, count: 1, totalNs: 900 },
    { bin: 1, bucket: 22, thread: 3, kind: EventKind.Period, what: OffcpuClass.Uninterruptible, count: 2, totalNs: 1900 },
    { bin: 2, bucket: 5, thread: 0, kind: EventKind.Syscall, what: 0, count: 4, totalNs: 80 },
    { bin: 2, bucket: 5, thread: 0, kind: EventKind.Syscall, what: 65536 + 3, count: 5, totalNs: 90 },
  ],
});

test("processes by what they did on or for a CPU, threads by number", () => {
  const processes = timelineLanes(analysis);
  assert.equal(
    processes.map(({ pid, comm, lanes }) => [pid, comm, lanes.map(({ tid, states, calls }) => [tid, states.firstRow, states.endRow, calls.firstRow, calls.endRow])]),
    [
      [20, "busy", [[20, 4, 5, 2, 3]]],
      [10, "server", [[10, 3, 4, 0, 0], [12, 0, 3, 0, 2]]],
    ],
  );
  assert.equal(timelineLanes(analysis, { tids: [12] }).map(({ comm, lanes }) => [comm, lanes.length]), [["worker", 1]]);
});

test("a part of a lane: bins that are told together count as often as they are in it", () => {
  const lane = timelineLanes(analysis)[1]!.lanes[1]!;
  assert.is(rowAtBin(analysis.timeline, lane.states, 0), 0);
  assert.is(rowAtBin(analysis.timeline, lane.states, 5), 1);
  assert.is(rowAtBin(analysis.timeline, lane.states, 6), 2);
  assert.is(rowAtBin(analysis.timeline, lane.states, 9), 3);
  assert.equal(timesBetween(analysis, lane, 0, 4), { onCpuNs: 30, runnableNs: 10, preemptedNs: 0, uninterruptibleNs: 0, sleepingNs: 360 });
  assert.equal(timesBetween(analysis, lane, 6, 8), { onCpuNs: 0, runnableNs: 0, preemptedNs: 0, uninterruptibleNs: 0, sleepingNs: 0 });
  assert.equal(timesBetween(analysis, lane, 5, 99), { onCpuNs: 0, runnableNs: 0, preemptedNs: 5, uninterruptibleNs: 40, sleepingNs: 100 });
});

test("the time of a part that was spent in system calls", () => {
  const [{ lanes: [busy] }, { lanes: [server, worker] }] = timelineLanes(analysis) as [LanesOfProcess, LanesOfProcess];
  const between = (lane: Lane | undefined, from: number, to: number) => callNsBetween(analysis, lane!, from, to);
  assert.equal([between(worker, 0, 1), between(worker, 0, 3), between(worker, 4, 9)], [70, 270, 100]);
  assert.equal([between(busy, 0, 9), between(busy, 3, 9), between(server, 0, 9)], [5, 0, 0]);
});

test("lengths: only the rows that occur, counts or time, of those that are selected", () => {
  const all = lengthHeatMap(analysis, 3, { of: "waits", weight: "count" });
  assert.equal([all.columns, all.rows, all.firstBucket, all.max, all.total], [3, 3, 20, 3, 6]);
  assert.equal([...all.values], [3, 0, 0, 0, 0, 0, 0, 3, 0]);
  const disk = lengthHeatMap(analysis, 3, { of: "waits", weight: "time", selection: { states: ["D"], pids: [10] } });
  assert.equal([disk.rows, disk.firstBucket, [...disk.values]], [1, 22, [0, 900, 0]]);
  const reads = lengthHeatMap(analysis, 3, { of: "calls", weight: "count", selection: { syscalls: ["read"] } });
  assert.equal([...reads.values], [0, 0, 9], "read is 0 of one ABI and 3 of the other");
  const errors = lengthHeatMap(analysis, 3, { of: "calls", weight: "count", selection: { errnos: [2] } });
  assert.equal([errors.rows, errors.total], [0, 0], "cells know no errors");
});

test("a bucket begins where the engine's histograms say", () => {
  assert.equal([0, 1, 3, 4, 5, 8, 24].map(bucketStartNs), [0, 4, 12, 16, 20, 32, 512]);
});

test("offsets: a column a second, a row a part of it", () => {
  const map = offsetHeatMap(analysis, 3, { state: "sleepingNs", binsPerSecond: 4 });
  // Bins 0 to 5 of one thread, 2 and 3 of the other.
  assert.equal([map.columns, map.rows, map.max, map.total], [3, 4, 200, 760]);
  assert.equal([...map.values], [60, 100, 0, 100, 100, 0, 200, 0, 0, 200, 0, 0]);
});

test.run();
