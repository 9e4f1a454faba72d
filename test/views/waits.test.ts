// Waits inside system calls: the parts of every row add up to its time, groups sum what they should,
// percentiles come from the histograms, and the text of it.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { BlockType, LostReason } from "../../assembly/format.js";
import { waitsText } from "../../analyzer/exports/waits-text.js";
import { plainStyle } from "../../analyzer/exports/style.js";
import { bucketMaxNs, percentileNs } from "../../analyzer/views/latency.js";
import { waitsView } from "../../analyzer/views/waits.js";
import type { WaitGroup, WaitRow, WaitsOptions } from "../../analyzer/views/waits.js";
import { buildAnalysis, KernelStack, twoStacks, UserStack } from "./build-analysis.js";
import type { AnalysisParts } from "./build-analysis.js";

const test = suite("views/waits");

const threads = [
  { tid: 100, pid: 100, comm: "mysqld" },
  { tid: 101, pid: 100, comm: "ib_log_writer" },
  { tid: 200, pid: 200, comm: "nginx" },
];
const fsync = {
  thread: 1,
  nr: 74,
  kernelStack: KernelStack,
  userStack: UserStack,
  count: 3,
  totalNs: 10_000_000,
  onCpuNs: 500_000,
  interruptibleNs: 1_000_000,
  uninterruptibleNs: 7_000_000,
  runnableNs: 1_000_000,
  preemptedNs: 300_000,
  unknownNs: 200_000,
  maxNs: 5_000_000,
};
const write = { thread: 0, nr: 1, count: 1000, totalNs: 2_000_000, onCpuNs: 2_000_000, maxNs: 4_000 };
const failed = { ...write, errno: 32, count: 10, totalNs: 20_000, onCpuNs: 20_000 };
const epoll = { thread: 2, nr: 232, count: 5, totalNs: 50_000_000, onCpuNs: 1_000_000, interruptibleNs: 49_000_000, kernelStack: 3, maxNs: 20_000_000 };
const calls = [epoll, fsync, write, failed];
/** fsync: one call of 1 ms, two of about 5 ms. write: all of 15 ns. */
const callLatencies = [
  { row: 1, bucket: 271, count: 1 },
  { row: 1, bucket: 307, count: 2 },
  { row: 2, bucket: 15, count: 1000 },
  { row: 3, bucket: 15, count: 10 },
];

function build(parts: AnalysisParts = {}) {
  return buildAnalysis({ threads, ...twoStacks, calls, callLatencies, ...parts });
}

function rowsOf(options: WaitsOptions = {}): readonly WaitRow[] {
  return waitsView([build()], options).rows;
}

test("a row: process, call, stack, and what became of the time", () => {
  const { rows } = waitsView([build({ meta: { host: "db1" } })]);
  assert.equal(rows[1], {
    host: "db1",
    process: "mysqld",
    pid: 100,
    comm: "",
    tid: null,
    syscall: "fsync",
    calls: 3,
    errors: 0,
    totalNs: 10_000_000,
    onCpuNs: 500_000,
    interruptibleNs: 1_000_000,
    uninterruptibleNs: 7_000_000,
    otherNs: 0,
    runnableNs: 1_000_000,
    preemptedNs: 300_000,
    unknownNs: 200_000,
    kernelStack: ["ext4_sync_file", "do_syscall_64"],
    userStack: ["libc.so.6+0x1234", "main"],
    stacks: 1,
    stackNs: 10_000_000,
    p50Ns: 5_000_000,
    p99Ns: 5_000_000,
    maxNs: 5_000_000,
  });
});

test("largest first; failed calls are calls of the same row", () => {
  assert.equal(
    rowsOf().map((row) => [row.syscall, row.calls, row.errors, row.totalNs]),
    [
      ["epoll_wait", 5, 0, 50_000_000],
      ["fsync", 3, 0, 10_000_000],
      ["write", 1010, 10, 2_020_000],
    ],
  );
});

test("in every grouping the parts add up to the whole, and the rows to the totals", () => {
  const groups: (WaitGroup | undefined)[] = [undefined, "process", "thread", "syscall", "stack"];
  for (const groupBy of groups) {
    const view = waitsView([build(), build()], { groupBy });
    for (const row of [...view.rows, view.totals]) {
      const parts =
        row.onCpuNs + row.interruptibleNs + row.uninterruptibleNs + row.otherNs +
        row.runnableNs + row.preemptedNs + row.unknownNs;
      assert.is(parts, row.totalNs, groupBy);
    }
    assert.is(view.rows.reduce((sum, row) => sum + row.totalNs, 0), 124_040_000);
    assert.is(view.totals.totalNs, 124_040_000);
    assert.equal([view.totals.calls, view.totals.errors], [2036, 20]);
  }
});

test("groups tell apart what they are named after", () => {
  const by = (groupBy: WaitGroup) =>
    rowsOf({ groupBy }).map((row) => [row.process, row.pid, row.comm, row.tid, row.syscall, row.stacks, row.totalNs]);
  assert.equal(by("process"), [
    ["nginx", 200, "", null, "", 1, 50_000_000],
    ["mysqld", 100, "", null, "", 2, 12_020_000],
  ]);
  assert.equal(by("thread"), [
    ["nginx", 200, "nginx", 200, "", 1, 50_000_000],
    ["mysqld", 100, "ib_log_writer", 101, "", 1, 10_000_000],
    ["mysqld", 100, "mysqld", 100, "", 1, 2_020_000],
  ]);
  assert.equal(by("syscall"), [
    ["", null, "", null, "epoll_wait", 1, 50_000_000],
    ["", null, "", null, "fsync", 1, 10_000_000],
    ["", null, "", null, "write", 1, 2_020_000],
  ]);
  assert.equal(by("stack").map((row) => row[6]), [50_000_000, 10_000_000, 2_020_000]);
});

test("the stack of a row is the one with the most time", () => {
  const row = rowsOf({ groupBy: "process" })[1]!;
  assert.equal(row.kernelStack, ["ext4_sync_file", "do_syscall_64"]);
  assert.is(row.stackNs, 10_000_000);
});

test("a 32-bit call is another call", () => {
  const parts = { calls: [write, { ...write, nr: 4, compat: 1 }], callLatencies: [] };
  assert.equal(
    waitsView([build(parts)], { groupBy: "syscall" }).rows.map((row) => row.syscall),
    ["write", "write (32-bit)"],
  );
});

test("idling is left out, or shown alone, and counted either way", () => {
  const view = (idle: "hide" | "only" | "show") => {
    const { rows, idle: left } = waitsView([build()], { idle });
    return [rows.map((row) => row.syscall), left];
  };
  assert.equal(view("show"), [["epoll_wait", "fsync", "write"], { calls: 0, totalNs: 0 }]);
  assert.equal(view("hide"), [["fsync", "write"], { calls: 5, totalNs: 50_000_000 }]);
  assert.equal(view("only"), [["epoll_wait"], { calls: 1013, totalNs: 12_020_000 }]);
});

test("only what is selected is summed", () => {
  const syscallsOf = (selection: NonNullable<WaitsOptions["selection"]>) =>
    waitsView([build()], { selection, idle: "hide" }).rows.map((row) => [row.syscall, row.calls]);
  assert.equal(syscallsOf({ pids: [100] }), [["fsync", 3], ["write", 1010]]);
  assert.equal(syscallsOf({ errnos: [32] }), [["write", 10]]);
  assert.equal(syscallsOf({ states: ["D"] }), [["fsync", 3]]);
  assert.is(waitsView([build()], { selection: { pids: [100] }, idle: "hide" }).idle.calls, 0);
});

test("percentiles: the bound of the bucket that holds the rank", () => {
  assert.equal([0, 15, 16, 31, 32, 33, 271, 307].map(bucketMaxNs), [0, 15, 16, 31, 33, 35, 1_048_575, 5_242_879]);
  assert.is(percentileNs(new Map(), 50), 0);
  assert.is(percentileNs(new Map([[3, 1n], [7, 1n]]), 50), 3);
  assert.is(percentileNs(new Map([[7, 49n], [3, 51n]]), 50), 3);
  assert.is(percentileNs(new Map([[7, 1n], [3, 99n]]), 99), 3);
  assert.is(percentileNs(new Map([[7, 2n], [3, 98n]]), 99), 7);
});

const recording = { startNs: 0, endNs: 2_000_000_000n, startRealtimeNs: 1_767_225_600_000_000_000n };
const meta = { host: "db1", streams: "switch,syscall" };

function textOf(options: WaitsOptions, stacks = false, parts: AnalysisParts = {}): string {
  const analyses = [build({ recording, meta, ...parts })];
  return waitsText(analyses, waitsView(analyses, options), { top: 2, stacks, ...options }, plainStyle);
}

test("the table: shares of each row's time, and what was left out", () => {
  assert.is(
    textOf({ idle: "hide" }),
    `db1  2026-01-01 00:00:00 UTC  2.00 s  whole host

calls      1,013, of which 10 failed
time       12.0 ms from entry to exit: 21.0 % on the CPU, 8.3 % asleep (S), 58.2 % in D state, 8.3 % woken and waiting for a CPU, 2.5 % preempted, 1.7 % not known
idle       50.0 ms in 5 calls of idling: not counted here; --idle show adds it

WAIT                                 CALLS  ERRORS    TOTAL  OF ALL   ON-CPU  SLEEP S  DISK D  RUNNABLE  PREEMPTED  UNKNOWN      P50      P99
mysqld (100)  fsync  ext4_sync_file      3       -  10.0 ms  83.2 %    5.0 %   10.0 %  70.0 %    10.0 %      3.0 %    2.0 %  5.00 ms  5.00 ms
mysqld (100)  write                  1,010      10  2.02 ms  16.8 %  100.0 %        -       -         -          -        -    15 ns    15 ns
`,
  );
});

test("stacks stand under their rows; a row of several names its largest", () => {
  const text = textOf({ groupBy: "process" }, true);
  assert.match(
    text,
    `
    largest of 2 stacks, 83.2 % of the time:
    ext4_sync_file
    do_syscall_64
    libc.so.6+0x1234
    main
`,
  );
  assert.match(text, /\nnginx \(200\) +5  /);
});

test("what is missing is said", () => {
  assert.match(textOf({}), "\n2 of 3 rows shown, 96.7 % of the time; --all shows every one\n");
  assert.match(textOf({ idle: "only" }), "idle       only idling is counted here; 12.0 ms in 1,013 calls of other calls is not\n");
  const lost = [{ stream: BlockType.Switch, reason: LostReason.RingFull, count: 7 }];
  assert.match(textOf({}, false, { lost }), "lost       lower bound: 7 context switches (ring full)\n");
  const none = { calls: [], callLatencies: [], meta: { streams: "switch" } };
  assert.match(textOf({}, false, none), "calls      not recorded (--no-syscalls)\n");
});

test.run();
