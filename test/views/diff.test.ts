// Two recordings compared: time per second and per call, what is new and what is gone, the order,
// folded lines for graphs, and the text.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { BlockType, LostReason, OffcpuClass } from "../../assembly/format.js";
import { UsageError } from "../../analyzer/errors.js";
import { diffText, foldedDiffText } from "../../analyzer/exports/diff-text.js";
import { plainStyle } from "../../analyzer/exports/style.js";
import { diffView, foldedDiffRows } from "../../analyzer/views/diff.js";
import type { DiffOptions } from "../../analyzer/views/diff.js";
import { buildAnalysis, KernelStack, twoStacks, twoThreads, UserStack } from "./build-analysis.js";
import type { AnalysisParts } from "./build-analysis.js";

const test = suite("views/diff");

const Second = 1_000_000_000;
const asleep = { comm: "mysqld", class: OffcpuClass.Interruptible, nr: -1, periods: 1 };
const fsync = { ...asleep, nr: 74, kernelStack: KernelStack, userStack: UserStack };
const fsyncStack = "mysqld;main;libc.so.6+0x1234;do_syscall_64;ext4_sync_file";

function build(seconds: number, parts: AnalysisParts) {
  const recording = { startNs: 0, endNs: seconds * Second, startRealtimeNs: 1_767_225_600_000_000_000n };
  return buildAnalysis({ threads: twoThreads, ...twoStacks, recording, meta: { host: "db1" }, ...parts });
}

/** 2 s long: 10 ms in fsync, 4 ms without a stack; 200 calls. */
const before = build(2, {
  source: "before.offcut",
  offcpu: [{ ...fsync, blockedNs: 10_000_000 }, { ...asleep, blockedNs: 4_000_000 }],
  syscalls: [
    { nr: 74, count: 100, totalNs: 12_000_000 },
    { nr: 1, count: 50, totalNs: 1_000_000 },
    { nr: 1, errno: 32, count: 50, totalNs: 1_000_000 },
  ],
});
/** 4 s long: 60 ms in fsync, 6 ms preempted; 1000 calls. */
const after = build(4, {
  source: "after.offcut",
  offcpu: [{ ...fsync, blockedNs: 60_000_000 }, { ...fsync, class: OffcpuClass.Preempted, preemptedNs: 6_000_000 }],
  syscalls: [
    { nr: 74, count: 900, totalNs: 61_000_000 },
    { nr: 1, count: 99, totalNs: 4_000_000 },
    { nr: 4, compat: 1, count: 1, totalNs: 4_000 },
  ],
});

function rowsOf(options: DiffOptions) {
  return diffView([before], [after], options).rows.map((row) => [row.name, row.before, row.after, row.change, row.changePercent]);
}

test("off-CPU time per second of recording, by stack, the largest change first", () => {
  assert.equal(rowsOf({}), [
    [fsyncStack, 5_000_000, 15_000_000, 10_000_000, 200],
    ["mysqld;[no stack]", 2_000_000, 0, -2_000_000, -100],
    [`${fsyncStack};[preempted]`, 0, 1_500_000, 1_500_000, null],
  ]);
});

test("the same per call: what the same work waits", () => {
  assert.equal(rowsOf({ per: "calls" }), [
    ["mysqld;[no stack]", 20_000, 0, -20_000, -100],
    [fsyncStack, 50_000, 60_000, 10_000, 20],
    [`${fsyncStack};[preempted]`, 0, 6_000, 6_000, null],
  ]);
});

test("system calls by name, failed ones included, 32-bit ones by themselves", () => {
  assert.equal(rowsOf({ by: "syscall" }), [
    ["fsync", 6_000_000, 15_250_000, 9_250_000, (100 * 9_250_000) / 6_000_000],
    ["write (32-bit)", 0, 1_000, 1_000, null],
    ["write", 1_000_000, 1_000_000, 0, 0],
  ]);
  assert.equal(rowsOf({ by: "syscall", selection: { syscalls: ["write"], errnos: [32] } }), [["write", 500_000, 0, -500_000, -100]]);
});

test("sides: their length, calls and total; several recordings are one side", () => {
  const { before: one, after: two } = diffView([before, before], [after]);
  assert.equal(
    [one, two].map((side) => [side.durationNs, side.calls, side.totalNs, side.total]),
    [[4 * Second, 400, 28_000_000, 7_000_000], [4 * Second, 1000, 66_000_000, 16_500_000]],
  );
  assert.is(diffView([before, before], [after]).rows[0]!.before, 5_000_000);
});

test("calls are those of the selected threads", () => {
  const nobody = { selection: { pids: [12345] } };
  assert.equal(diffView([before], [after], nobody).before.calls, 0);
  // What a filter asks of waits is not asked of the calls that time is divided by.
  const stack = { selection: { stack: /ext4/ }, per: "calls" } as const;
  assert.equal(rowsOf(stack)[0], [fsyncStack, 50_000, 60_000, 10_000, 20]);
});

test("what cannot be divided by is refused", () => {
  const refusal = (options: DiffOptions, one = before) => {
    try {
      diffView([one], [after], options);
    } catch (error) {
      assert.instance(error, UsageError);
      return (error as Error).message;
    }
    return "none";
  };
  assert.is(
    refusal({ per: "calls", selection: { pids: [12345] } }),
    "before.offcut has no system calls of what is selected, so that nothing can be divided by it",
  );
  assert.is(refusal({}, build(0, { source: "e.offcut" })), "e.offcut has no length, so that nothing can be divided by it");
});

test("folded: before is scaled to after, in whole microseconds", () => {
  const text = (options: DiffOptions) => foldedDiffText(foldedDiffRows(diffView([before], [after], options)));
  assert.is(
    text({}),
    `mysqld;[no stack] 8000 0\n${fsyncStack} 20000 60000\n${fsyncStack};[preempted] 0 6000\n`,
  );
  assert.is(
    text({ per: "calls" }),
    `mysqld;[no stack] 20000 0\n${fsyncStack} 50000 60000\n${fsyncStack};[preempted] 0 6000\n`,
  );
  const tiny = build(2, { offcpu: [{ ...asleep, blockedNs: 499 }] });
  assert.equal(foldedDiffRows(diffView([tiny], [tiny])), []);
});

test("the table", () => {
  const view = diffView([before], [after]);
  assert.is(
    diffText([before], [after], view, { top: 2 }, plainStyle),
    `before     db1  2026-01-01 00:00:00 UTC  2.00 s  whole host
after      db1  2026-01-01 00:00:00 UTC  4.00 s  whole host
off-CPU    7.00 ms before, 16.5 ms after, +135.7 %: time per second of recording (2.00 s and 4.00 s)

WHAT                    BEFORE    AFTER    CHANGE   PERCENT
mysqld ext4_sync_file  5.00 ms  15.0 ms  +10.0 ms  +200.0 %
    < do_syscall_64 < libc.so.6+0x1234 < main
mysqld [no stack]      2.00 ms        -  -2.00 ms      gone

2 of 3 stacks shown, those that changed most; --all shows every one
`,
  );
});

test("the table of calls, and what either side lacks", () => {
  const lossy = build(2, {
    syscalls: [{ nr: 74, count: 1, totalNs: 1_000 }],
    lost: [{ stream: BlockType.Syscall, reason: LostReason.RingFull, count: 9 }],
  });
  const view = diffView([lossy], [after], { by: "syscall", per: "calls" });
  const text = diffText([lossy], [after], view, { top: 20 }, plainStyle);
  assert.match(text, "\nbefore     lost: lower bound: 9 system calls (ring full)\n");
  assert.match(text, "time per system call made (1 and 1,000 calls)\n");
  assert.match(text, /\nfsync +1\.00 us +61\.0 us +\+60\.0 us +\+6000\.0 %\nwrite +- +4\.00 us +\+4\.00 us +new\n/);
});

test("idling that is left out is said of either side", () => {
  const idle = build(2, { offcpu: [{ ...asleep, nr: 232, blockedNs: 5_000 }] });
  const view = diffView([idle], [after], { idle: "hide" });
  const text = diffText([idle], [after], view, { top: 1, idle: "hide" }, plainStyle);
  assert.match(text, "\nbefore     idle: 5.00 us of idling (100.0 % by \"syscall epoll_wait epoll_pwait..\"): not counted here; --idle show adds it\n");
});

test.run();
