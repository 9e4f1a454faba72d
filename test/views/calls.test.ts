// System calls by caller and by error, the ones that had not returned, restarts put back, and what an
// answer about a part of the calls is made from.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { BlockType, LostReason, OffcpuClass } from "../../assembly/format.js";
import { Edge } from "../../assembly/tables.js";
import { callerRows } from "../../analyzer/views/callers.js";
import { syscallErrorRows } from "../../analyzer/views/syscall-errors.js";
import { syscallsView } from "../../analyzer/views/syscalls.js";
import { unreturnedRows } from "../../analyzer/views/unreturned.js";
import { buildAnalysis, twoStacks, UserStack } from "./build-analysis.js";
import type { AnalysisParts } from "./build-analysis.js";

const test = suite("views/calls");

const threads = [
  { tid: 100, pid: 100, comm: "mysqld" },
  { tid: 101, pid: 100, comm: "ib_io_rd-1" },
  { tid: 300, pid: 300, comm: "nginx" },
];
const build = (parts: AnalysisParts) => buildAnalysis({ threads, meta: { host: "web1" }, ...parts });

const calls = build({
  syscalls: [
    { thread: 0, nr: 0, count: 5, totalNs: 500 },
    { thread: 1, nr: 0, count: 7, totalNs: 900 },
    { thread: 1, nr: 1, count: 1, totalNs: 50, errno: 11 },
    { thread: 2, nr: 0, count: 2, totalNs: 100, errno: 11 },
    { thread: 2, nr: 0, count: 3, totalNs: 10, errno: 4 },
  ],
});

test("by process: its threads are one row, under the main thread's name", () => {
  const rows = callerRows([calls, calls], "process").map(({ host, comm, pid, tid, count, errors, totalNs }) => [
    host, comm, pid, tid, count, errors, totalNs,
  ]);
  assert.equal(rows, [
    ["web1", "mysqld", 100, null, 26, 2, 2900],
    ["web1", "nginx", 300, null, 10, 10, 220],
  ]);
});

test("by thread: each under its own name", () => {
  const rows = callerRows([calls], "thread").map(({ comm, tid, count }) => [comm, tid, count]);
  assert.equal(rows, [["ib_io_rd-1", 101, 8], ["mysqld", 100, 5], ["nginx", 300, 5]]);
});

test("by error: the most frequent first", () => {
  const rows = syscallErrorRows([calls]).map(({ name, errno, error, count, totalNs }) => [name, errno, error, count, totalNs]);
  assert.equal(rows, [
    ["read", 4, "EINTR", 3, 10],
    ["read", 11, "EAGAIN", 2, 100],
    ["write", 11, "EAGAIN", 1, 50],
  ]);
});

test("only failed ones, only selected ones", () => {
  assert.equal(syscallsView([calls], { failed: true }).totals, { count: 6, errors: 6, totalNs: 160 });
  assert.equal(syscallsView([calls], { selection: { tids: [101] } }).totals, { count: 8, errors: 1, totalNs: 950 });
  assert.equal(callerRows([calls], "process", { selection: { errnos: [4] } }).map((row) => row.comm), ["nginx"]);
});

const lossy = build({
  syscalls: [{ thread: 0, nr: 0, count: 5, totalNs: 500 }],
  syscallCounts: [{ nr: 0, count: 9, errors: 1, totalNs: 900 }],
  lost: [{ stream: BlockType.Syscall, reason: LostReason.RingFull, count: 4 }],
});

test("the kernel's counters are of all calls, and answer for no part of them", () => {
  assert.is(syscallsView([lossy]).rows[0]!.count, 9);
  assert.is(syscallsView([lossy], { selection: {} }).rows[0]!.count, 9);
  for (const options of [{ selection: { pids: [100] } }, { whole: false }, { mergeRestarts: true }]) {
    const { rows, lowerBound } = syscallsView([lossy], options);
    assert.equal([rows[0]!.count, rows[0]!.unrecorded, lowerBound], [5, 0, true]);
  }
  assert.equal(syscallsView([lossy], { failed: true }).rows, []);
});

test("which stacks calls waited with is known of the joined ones", () => {
  const joined = build({
    ...twoStacks,
    calls: [
      { thread: 0, nr: 0, count: 2, totalNs: 100, onCpuNs: 30, maxNs: 80, userStack: UserStack },
      { thread: 0, nr: 0, count: 5, totalNs: 50, onCpuNs: 50, maxNs: 20 },
    ],
    callLatencies: [{ row: 0, bucket: 20, count: 2 }],
  });
  const [row] = syscallsView([joined], { selection: { stack: /^main$/ } }).rows;
  assert.equal([row!.count, row!.totalNs, row!.offcpuNs, row!.maxNs, row!.p50Ns], [2, 100, 70, 80, 20]);
  assert.equal(syscallsView([joined], { selection: { notStack: /^main$/ } }).totals.count, 5);
});

test("calls asleep at the end are listed, the longest first, and counted", () => {
  const open = { class: OffcpuClass.Interruptible, edge: Edge.End, periods: 1 };
  const analysis = build({
    offcpu: [
      { ...open, thread: 1, comm: "ib_io_rd-1", nr: 202, blockedNs: 100 },
      { ...open, thread: 2, comm: "nginx", nr: 232, blockedNs: 900 },
      { ...open, thread: 0, comm: "mysqld", nr: -1, blockedNs: 5000 },
      { ...open, thread: 0, comm: "mysqld", nr: 0, edge: Edge.None, blockedNs: 5000 },
    ],
  });
  const rows = unreturnedRows([analysis], {}).map((row) => [row.comm, row.tid, row.name, row.class, row.offcpuNs]);
  assert.equal(rows, [
    ["nginx", 300, "epoll_wait", "interruptible", 900],
    ["ib_io_rd-1", 101, "futex", "interruptible", 100],
  ]);
  assert.is(syscallsView([analysis]).unreturned, 2);
  assert.is(syscallsView([analysis], { selection: { pids: [300] } }).unreturned, 1);
});

const RestartSyscall = 219;
const ClockNanosleep = 230;
const Poll = 7;
const Restarted = 516;

test("a restart is a part of the call that it goes on with", () => {
  const analysis = build({
    syscalls: [
      { nr: ClockNanosleep, errno: Restarted, count: 3, totalNs: 300 },
      { nr: ClockNanosleep, count: 10, totalNs: 1000 },
      { nr: Poll, errno: Restarted, count: 1, totalNs: 5 },
      { nr: RestartSyscall, count: 2, totalNs: 40 },
      // Of a thread whose interrupted call was not seen: nothing to put it back into.
      { thread: 2, nr: RestartSyscall, count: 1, totalNs: 7 },
    ],
  });
  const rows = syscallsView([analysis], { mergeRestarts: true }).rows;
  assert.equal(
    rows.map(({ name, count, errors, totalNs }) => [name, count, errors, totalNs]),
    [
      // 13 began; 2 of the 3 that were interrupted went on and ended as restarts.
      ["clock_nanosleep", 13, 1, 1340],
      ["restart_syscall", 1, 0, 7],
      ["poll", 1, 1, 5],
    ],
  );
});

test.run();
