// Who woke whom: which periods a waker ended, what is told apart, chains, interrupts, folded lines,
// and the text.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { OffcpuClass } from "../../assembly/format.js";
import { Edge, WakerKind } from "../../assembly/tables.js";
import { plainStyle } from "../../analyzer/exports/style.js";
import { wakersCsvText, wakersText } from "../../analyzer/exports/wakers-text.js";
import { foldedRows } from "../../analyzer/views/folded.js";
import type { PeriodOptions } from "../../analyzer/views/periods.js";
import { wakersView, wakerSums } from "../../analyzer/views/wakers.js";
import { buildAnalysis, KernelStack, twoStacks, UserStack } from "./build-analysis.js";
import type { AnalysisParts } from "./build-analysis.js";

const test = suite("views/wakers");

const threads = [
  { tid: 101, pid: 100, comm: "mysqld" },
  { tid: 88, pid: 88, comm: "jbd2/sda1-8", flags: 1 },
  { tid: 300, pid: 300, comm: "sh l;s" },
];
const offcpu = [
  {
    thread: 0, comm: "mysqld", class: OffcpuClass.Uninterruptible, nr: 74, kernelStack: KernelStack, userStack: UserStack,
    periods: 5, woken: 4, blockedNs: 10_000_000, runnableNs: 500_000,
  },
  { thread: 2, comm: "sh", class: OffcpuClass.Interruptible, nr: 61, periods: 1, woken: 1, blockedNs: 3_000_000, runnableNs: 10_000 },
  { thread: 2, comm: "sh", class: OffcpuClass.Interruptible, nr: 232, periods: 1, woken: 1, blockedNs: 9_000_000 },
  { thread: 2, comm: "sh", class: OffcpuClass.Preempted, nr: -1, periods: 7, preemptedNs: 1_000 },
  { thread: 0, comm: "mysqld", class: OffcpuClass.Interruptible, nr: -1, edge: Edge.End, periods: 1, woken: 1, blockedNs: 50 },
];
/** Rows 1..: the disk's interrupt woke jbd2, which wakes others; a timer on an idle CPU; sh itself. */
const wakers = [
  { prefix: 0, kind: WakerKind.Interrupt },
  { prefix: 1, kind: WakerKind.Thread, thread: 1 },
  { prefix: 0, kind: WakerKind.Idle },
  { prefix: 0, kind: WakerKind.Thread, thread: 2 },
];
const wakeups = [
  { period: 0, waker: 2, periods: 3, blockedNs: 8_000_000, runnableNs: 300_000, runnableMaxNs: 200_000 },
  { period: 0, waker: 1, periods: 1, blockedNs: 1_000_000, runnableNs: 100_000, runnableMaxNs: 100_000 },
  { period: 1, waker: 4, periods: 1, blockedNs: 3_000_000, runnableNs: 10_000, runnableMaxNs: 10_000 },
  { period: 2, waker: 3, periods: 1, blockedNs: 9_000_000 },
  { period: 4, waker: 3, periods: 1, blockedNs: 50 },
];

function build(parts: AnalysisParts = {}) {
  return buildAnalysis({ ...twoStacks, threads, offcpu, wakers, wakeups, meta: { host: "db1" }, ...parts });
}

test("a row: who waited, where, and the chain of who ended it", () => {
  const { rows } = wakersView([build()]);
  assert.equal(rows[1], {
    host: "db1",
    comm: "mysqld",
    pid: 100,
    tid: 101,
    class: "uninterruptible",
    syscall: "fsync",
    kernelStack: ["ext4_sync_file", "do_syscall_64"],
    userStack: ["libc.so.6+0x1234", "main"],
    wakers: [
      { kind: "thread", comm: "jbd2/sda1-8", pid: 88, tid: 88 },
      { kind: "interrupt", comm: "", pid: 0, tid: 0 },
    ],
    periods: 3,
    blockedNs: 8_000_000,
    runnableNs: 300_000,
    runnableAverageNs: 100_000,
    runnableMaxNs: 200_000,
  });
});

test("largest blocked time first; interrupts and idle CPUs are told apart", () => {
  const { rows } = wakersView([build()]);
  assert.equal(
    rows.map((row) => [row.syscall, row.wakers[0]!.kind, row.blockedNs]),
    [
      ["epoll_wait", "idle", 9_000_000],
      ["fsync", "thread", 8_000_000],
      ["wait4", "thread", 3_000_000],
      ["fsync", "interrupt", 1_000_000],
    ],
  );
});

test("totals are the sums of the rows, by kind; periods that nobody was seen to end are counted", () => {
  const { totals, withoutWaker } = wakersView([build()]);
  assert.equal(totals, {
    periods: 6,
    blockedNs: 21_000_000,
    runnableNs: 410_000,
    runnableMaxNs: 200_000,
    byThreadNs: 11_000_000,
    byInterruptNs: 1_000_000,
    byIdleNs: 9_000_000,
  });
  assert.is(withoutWaker, 1);
});

test("rows that differ in nothing visible are summed, whatever the recording", () => {
  const { rows } = wakersView([build(), build()]);
  assert.is(rows.length, 4);
  assert.equal([rows[1]!.periods, rows[1]!.blockedNs, rows[1]!.runnableMaxNs], [6, 16_000_000, 200_000]);
  const there = build({ recording: { bootId0: 2 } });
  assert.is(wakersView([build(), there]).rows.length, 8);
});

test("only what is selected: not idling where that is hidden, open periods where they are asked for", () => {
  const calls = (options: PeriodOptions) => wakersView([build()], options).rows.map((row) => row.syscall);
  assert.equal(calls({ idle: "hide" }), ["fsync", "fsync"]);
  assert.equal(calls({ open: true }), ["epoll_wait", "fsync", "wait4", "fsync", ""]);
  assert.equal(calls({ selection: { pids: [300] } }), ["epoll_wait", "wait4"]);
});

test("folded: the target's stack, then who woke it, and who had woken that one", () => {
  const lines = foldedRows(wakerSums([build()])).map(({ stack, totalUs }) => `${stack} ${totalUs}`);
  assert.equal(lines, [
    "sh;[no stack: epoll_wait];--;[interrupt of an idle CPU] 9000",
    "mysqld;main;libc.so.6+0x1234;do_syscall_64;ext4_sync_file;--;jbd2/sda1-8;--;[interrupt] 8000",
    "sh;[no stack: wait4];--;sh_l:s 3000",
    "mysqld;main;libc.so.6+0x1234;do_syscall_64;ext4_sync_file;--;[interrupt] 1000",
  ]);
});

test("as comma-separated values a chain is a list of names", () => {
  const [header, row] = [...wakersCsvText(wakersView([build()]).rows)].join("").split("\r\n").filter((_, at) => at !== 1);
  assert.is(
    header,
    "host,comm,pid,tid,class,syscall,kernelStack,userStack,wakers,periods,blockedNs,runnableNs,runnableAverageNs,runnableMaxNs",
  );
  assert.is(
    row,
    "db1,mysqld,100,101,uninterruptible,fsync,ext4_sync_file;do_syscall_64,libc.so.6+0x1234;main,jbd2/sda1-8 (88);[interrupt],3,8000000,300000,100000,200000",
  );
});

test("a waker that the recording leaves out has no name", () => {
  const strangers = [threads[0]!, { tid: 88, pid: 0 }, threads[2]!];
  const analyses = [build({ threads: strangers, wakeups: [{ period: 0, waker: 2, periods: 1, blockedNs: 5_000 }] })];
  assert.match(foldedRows(wakerSums(analyses))[0]!.stack, /;ext4_sync_file;--;\[not recorded\];--;\[interrupt\]$/);
  assert.match(wakersText(analyses, wakersView(analyses), { top: 3 }, plainStyle), " ext4_sync_file <- [not recorded] (88) <- [interrupt] ");
});

const recording = { startNs: 0, endNs: 2_000_000_000n, startRealtimeNs: 1_767_225_600_000_000_000n };

test("the table", () => {
  const analyses = [build({ recording })];
  assert.is(
    wakersText(analyses, wakersView(analyses), { top: 3 }, plainStyle),
    `db1  2026-01-01 00:00:00 UTC  2.00 s  whole host

woken      6 periods, blocked for 21.0 ms: ended by threads 52.4 %, by interrupts 4.8 %, by interrupts of idle CPUs 42.9 %
latency    68.3 us on average from wakeup to CPU, 200 us at most, 410 us in all
unseen     1 period whose wakeup is not known: not counted here
stacks     kernel for 46.6 %, user for 46.6 % of blocked time; recorded from an unknown length on
open       1 period under way when it ended (50 ns): not counted here; --open adds them

WOKEN <- BY                                                           PERIODS  BLOCKED  OF ALL  LATENCY  AVERAGE      MAX
sh (300) epoll_wait <- [interrupt of an idle CPU]                           1  9.00 ms  42.9 %      0 s      0 s      0 s
mysqld (101) fsync ext4_sync_file <- jbd2/sda1-8 (88) <- [interrupt]        3  8.00 ms  38.1 %   300 us   100 us   200 us
sh (300) wait4 <- sh l;s (300)                                              1  3.00 ms  14.3 %  10.0 us  10.0 us  10.0 us

3 of 4 rows shown, 95.2 % of the time; --all shows every one
`,
  );
});

test("nothing woken is an answer", () => {
  const analyses = [build({ wakeups: [], offcpu: [] })];
  assert.match(wakersText(analyses, wakersView(analyses), { top: 3 }, plainStyle), "woken      no period whose wakeup is known\n");
});

test.run();
