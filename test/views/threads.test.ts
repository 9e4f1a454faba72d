// Time of threads: parts that add up, which lives are one thread, the reason of each, threads that
// never ran, the order, and the text.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { BlockType, ClassUnknown, LostReason, OffcpuClass } from "../../assembly/format.js";
import { Edge } from "../../assembly/tables.js";
import { plainStyle } from "../../analyzer/exports/style.js";
import { threadsText } from "../../analyzer/exports/threads-text.js";
import { threadsView } from "../../analyzer/views/thread-times.js";
import type { ThreadSort } from "../../analyzer/views/thread-times.js";
import { buildAnalysis, KernelStack, twoStacks, UserStack } from "./build-analysis.js";
import type { AnalysisParts } from "./build-analysis.js";

const test = suite("views/threads");

const Second = 1_000_000_000;
const window = { startNs: 10 * Second, endNs: 20 * Second };
const whole = { beginNs: window.startNs, endNs: window.endNs };
const mysqld = {
  ...whole, tid: 101, pid: 100, comm: "mysqld",
  onCpuNs: 1 * Second, blockedNs: 6 * Second, runnableNs: 2 * Second, preemptedNs: 600_000_000, unknownNs: 400_000_000, switches: 1234,
};
const cron = { ...whole, tid: 7, pid: 7, comm: "cron", unknownNs: 10 * Second };
const young = { ...whole, tid: 300, pid: 300, comm: "sh", beginNs: 15 * Second, onCpuNs: 3 * Second, blockedNs: 2 * Second, switches: 1 };
const stranger = { ...whole, tid: 999, unknownNs: 10 * Second };

const offcpu = [
  { thread: 0, comm: "mysqld", class: OffcpuClass.Interruptible, nr: 202, userStack: UserStack, periods: 9, blockedNs: 2 * Second },
  {
    thread: 0, comm: "mysqld", class: OffcpuClass.Uninterruptible, nr: 74, kernelStack: KernelStack, userStack: UserStack,
    periods: 3, blockedNs: 3 * Second, runnableNs: 1,
  },
  { thread: 2, comm: "sh", class: ClassUnknown, nr: -1, edge: Edge.End, periods: 1, blockedNs: 2 * Second },
];

function build(parts: AnalysisParts = {}) {
  return buildAnalysis({ ...twoStacks, recording: window, threads: [mysqld, cron, young, stranger], offcpu, ...parts });
}

test("a row: where the time went, and the largest reason", () => {
  const { rows } = threadsView([build({ meta: { host: "db1" } })]);
  assert.equal(rows[1], {
    host: "db1",
    comm: "mysqld",
    pid: 100,
    tid: 101,
    kernelThread: false,
    observedNs: 10 * Second,
    onCpuNs: 1 * Second,
    blockedNs: 6 * Second,
    runnableNs: 2 * Second,
    preemptedNs: 600_000_000,
    unknownNs: 400_000_000,
    switches: 1234,
    stillBlocked: false,
    reason: {
      class: "uninterruptible",
      syscall: "fsync",
      frames: ["ext4_sync_file", "do_syscall_64"],
      totalNs: 3 * Second + 1,
    },
  });
});

test("the parts of every row, and of the totals, add up to the time observed", () => {
  const { rows, totals, strangers } = threadsView([build()]);
  for (const row of [...rows, totals]) {
    assert.is(row.onCpuNs + row.blockedNs + row.runnableNs + row.preemptedNs + row.unknownNs, row.observedNs);
  }
  assert.is(totals.observedNs, 25 * Second);
  assert.equal([totals.threads, totals.stillBlocked, strangers], [3, 1, 1]);
});

test("whoever never ran is blocked since before the recording, unless it did not run but wait for a CPU", () => {
  const runnable = { ...cron, tid: 8, unknownNs: 0, runnableNs: 10 * Second };
  const nobody = { ...cron, tid: 9, unknownNs: 0 };
  const { rows } = threadsView([build({ threads: [cron, runnable, nobody], offcpu: [] })]);
  assert.equal(rows.map((row) => [row.tid, row.stillBlocked]), [[7, true], [8, false], [9, false]]);
  assert.is(rows[0]!.reason, null);
});

test("most of what is asked for comes first", () => {
  const order = (sort: ThreadSort) => threadsView([build()], { sort }).rows.map((row) => row.comm);
  assert.equal(order("on"), ["sh", "mysqld", "cron"]);
  assert.equal(order("blocked"), ["mysqld", "sh", "cron"]);
  assert.equal(order("runnable"), ["mysqld", "cron", "sh"]);
  assert.equal(order("preempted"), ["mysqld", "cron", "sh"]);
  assert.equal(order("unknown"), ["cron", "mysqld", "sh"]);
});

test("only what is selected is shown", () => {
  const view = threadsView([build()], { selection: { pids: [100] } });
  assert.equal([view.rows.map((row) => row.comm), view.totals.threads, view.strangers], [["mysqld"], 1, 0]);
});

/** Rows over recordings of 0..10 s, 10..20 s and so on, each with the given lives of tid 5. */
function livesOver(...recordings: (readonly { beginNs: number; endNs: number; onCpuNs: number }[])[]): number[] {
  const analyses = recordings.map((lives, at) =>
    buildAnalysis({
      recording: { startNs: at * window.startNs, endNs: (at + 1) * window.startNs },
      threads: lives.map((life) => ({ tid: 5, pid: 5, comm: "a", ...life })),
    }),
  );
  return threadsView(analyses.reverse()).rows.map((row) => row.onCpuNs);
}

test("a thread that was there at the end of one recording and the beginning of the next is one", () => {
  const [s, e] = [10 * Second, 20 * Second];
  assert.equal(livesOver([{ beginNs: 0, endNs: s, onCpuNs: 3 }], [{ beginNs: s, endNs: e, onCpuNs: 4 }]), [7]);
  assert.equal(livesOver([{ beginNs: 5, endNs: s, onCpuNs: 3 }], [{ beginNs: s, endNs: e, onCpuNs: 4 }]), [7]);
  // It ended, or began, in between: another thread of that number.
  assert.equal(livesOver([{ beginNs: 0, endNs: s - 1, onCpuNs: 3 }], [{ beginNs: s, endNs: e, onCpuNs: 4 }]), [4, 3]);
  assert.equal(livesOver([{ beginNs: 0, endNs: s, onCpuNs: 3 }], [{ beginNs: s + 1, endNs: e, onCpuNs: 4 }]), [4, 3]);
});

test("a tid that was reused in a recording is two threads, and the later one goes on", () => {
  const first = [{ beginNs: 0, endNs: 4, onCpuNs: 1 }, { beginNs: 5, endNs: 10 * Second, onCpuNs: 20 }];
  assert.equal(livesOver(first, [{ beginNs: 10 * Second, endNs: 20 * Second, onCpuNs: 300 }]), [320, 1]);
});

test("the same tid of another boot is another thread", () => {
  const there = build({ recording: { ...window, bootId0: 2 } });
  assert.is(threadsView([build(), there]).rows.length, 6);
  assert.is(threadsView([build(), build()]).rows.length, 3);
});

function textOf(parts: AnalysisParts = {}, top = 20, width = Infinity): string {
  const analyses = [build({ meta: { host: "db1" }, ...parts })];
  return threadsText(analyses, threadsView(analyses), { top }, { ...plainStyle, width });
}

test("the table", () => {
  assert.is(
    textOf().replace(/^.*\n/, ""),
    `
threads    3, observed for 25.0 s in all: 16.0 % on a CPU, 32.0 % blocked, 8.0 % woken and waiting for a CPU, 2.4 % preempted, 41.6 % not known
blocked    1 thread never ran: blocked since before the recording, for a reason that it does not hold
others     1 thread seen only waking recorded ones, not recorded: not shown

THREAD        OBSERVED  ON-CPU  BLOCKED  RUNNABLE  PREEMPTED  UNKNOWN  SWITCHES  MOSTLY
sh (300)        5.00 s  3.00 s   2.00 s         -          -        -         1  not known why
mysqld (101)    10.0 s  1.00 s   6.00 s    2.00 s     600 ms   400 ms     1,234  uninterruptible in fsync: ext4_sync_file < do_syscall_64
cron (7)        10.0 s       -        -         -          -   10.0 s         0  [still blocked since before the recording]
`,
  );
});

test("in a narrow terminal reasons stand below; the rest is counted", () => {
  const text = textOf({}, 2, 80);
  assert.match(text, /\nmysqld \(101\)  .* 1,234\n {4}uninterruptible in fsync: ext4_sync_file < do_syscall_64\n/);
  assert.match(text, "\n2 of 3 threads shown; --all shows every one\n");
});

test("where records were lost, nobody knows that a thread never ran", () => {
  const lost = [{ stream: BlockType.Switch, reason: LostReason.RingFull, count: 7 }];
  const text = textOf({ lost });
  assert.match(text, "1 thread never ran: blocked since before the recording (or ran, and the records of it were lost), for");
  assert.match(text, "lost       lower bound: 7 context switches (ring full)");
});

test.run();
