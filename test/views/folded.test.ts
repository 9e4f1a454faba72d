// Folded stacks: what is in a line, what is summed, what is told apart, what is left out.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ClassUnknown, OffcpuClass } from "../../assembly/format.js";
import { Edge } from "../../assembly/tables.js";
import { foldedRows, foldedSums, mergeSums } from "../../analyzer/views/folded.js";
import type { PeriodOptions } from "../../analyzer/views/periods.js";
import { buildAnalysis, KernelStack, twoStacks, twoThreads, UserStack } from "./build-analysis.js";
import type { AnalysisParts } from "./build-analysis.js";

const test = suite("views/folded");

type OffcpuRows = NonNullable<AnalysisParts["offcpu"]>;

const asleep = {
  comm: "mysqld",
  class: OffcpuClass.Interruptible,
  nr: -1,
  kernelStack: KernelStack,
  userStack: UserStack,
  periods: 1,
};

function foldedLines(offcpu: OffcpuRows, options: PeriodOptions = {}): string[] {
  const analysis = buildAnalysis({ threads: twoThreads, ...twoStacks, offcpu });
  return foldedRows(foldedSums([analysis], options)).map(({ stack, totalUs }) => `${stack} ${totalUs}`);
}

test("a line is comm, user frames from the root, kernel frames from the root, microseconds", () => {
  assert.equal(foldedLines([{ ...asleep, blockedNs: 5_000_000 }]), [
    "mysqld;main;libc.so.6+0x1234;do_syscall_64;ext4_sync_file 5000",
  ]);
});

test("blocked, runnable and preempted time all are off-CPU time", () => {
  const [line] = foldedLines([{ ...asleep, blockedNs: 1000, runnableNs: 2000, preemptedNs: 4000 }]);
  assert.match(line!, / 7$/);
});

test("nanoseconds are summed before they are cut to microseconds", () => {
  const rows = [1, 2, 3].map(() => ({ ...asleep, blockedNs: 700 }));
  assert.match(foldedLines(rows)[0]!, / 2$/);
});

test("less than a microsecond in all is no line", () => {
  assert.equal(foldedLines([{ ...asleep, blockedNs: 999 }]), []);
});

test("threads of one name are one line; another name is another", () => {
  const lines = foldedLines([
    { ...asleep, thread: 0, blockedNs: 1000 },
    { ...asleep, thread: 0, nr: 202, blockedNs: 2000 },
    { ...asleep, comm: "mysqld2", blockedNs: 9000 },
  ]);
  assert.equal(lines.map((line) => line.replace(/;.* /, " ")), ["mysqld2 9", "mysqld 3"]);
});

test("equal weights come in the order of their text", () => {
  const rows = ["b", "a", "c"].map((comm) => ({ ...asleep, comm, blockedNs: 1000 }));
  assert.equal(
    foldedLines(rows).map((line) => line[0]),
    ["a", "b", "c"],
  );
});

test("what separates frames cannot come from a name", () => {
  const analysis = buildAnalysis({
    threads: [{ tid: 1, comm: "a b;c\nd" }],
    frames: [{ kind: 2, symbol: "operator;\n(x y)" }],
    stacks: [{ prefix: 0, frame: 1 }],
    offcpu: [{ ...asleep, comm: "a b;c\nd", kernelStack: 0, userStack: 1, blockedNs: 1000 }],
  });
  assert.equal(foldedRows(foldedSums([analysis])), [
    { stack: "a_b:c_d;operator: (x y);[no kernel stack]", totalUs: 1 },
  ]);
});

test("calls are told apart whatever their numbers", () => {
  const without = { ...asleep, kernelStack: 0, userStack: 0, blockedNs: 1000 };
  const numbers = [0x40000001, 0x40000001, 1, 0x10001, 0x7fffffff, -2];
  assert.is(foldedLines(numbers.map((nr) => ({ ...without, nr }))).length, 5);
});

test("a missing stack is said, with the call it was in", () => {
  const without = { ...asleep, kernelStack: 0, userStack: 0, blockedNs: 1000 };
  assert.equal(foldedLines([without]), ["mysqld;[no stack] 1"]);
  assert.equal(foldedLines([{ ...without, nr: 202 }]), ["mysqld;[no stack: futex] 1"]);
  assert.equal(foldedLines([{ ...without, nr: 240, compat: 1 }]), ["mysqld;[no stack: futex] 1"]);
  assert.equal(foldedLines([{ ...asleep, userStack: 0, blockedNs: 1000 }]), [
    "mysqld;[no user stack];do_syscall_64;ext4_sync_file 1",
  ]);
});

test("a kernel thread has no user stack to miss", () => {
  const row = { ...asleep, thread: 1, comm: "kworker/0:1", userStack: 0, blockedNs: 1000 };
  assert.equal(foldedLines([row]), ["kworker/0:1;do_syscall_64;ext4_sync_file 1"]);
});

test("a walk that ended at a limit is marked at the root that it did not reach", () => {
  const analysis = buildAnalysis({
    threads: twoThreads,
    ...twoStacks,
    stacks: twoStacks.stacks.map((row, at) => (at + 1 === UserStack ? { ...row, flags: 1 } : row)),
    offcpu: [{ ...asleep, blockedNs: 1000 }],
  });
  assert.match(foldedRows(foldedSums([analysis]))[0]!.stack, /^mysqld;\[truncated\];main;/);
});

test("preempted and yielding threads did not block, and say so in a leaf of their own", () => {
  const preempted = { ...asleep, class: OffcpuClass.Preempted, preemptedNs: 3000 };
  const yielded = { ...asleep, class: OffcpuClass.Runnable, runnableNs: 2000 };
  const lines = foldedLines([preempted, yielded, { ...asleep, blockedNs: 1000 }]);
  assert.equal(
    lines.map((line) => line.replace("mysqld;main;libc.so.6+0x1234;do_syscall_64;ext4_sync_file", "…")),
    ["…;[preempted] 3", "…;[yielded] 2", "… 1"],
  );
});

test("kernel threads without work are left out unless asked for", () => {
  const idle = { ...asleep, thread: 1, class: OffcpuClass.IdleKernel, userStack: 0, blockedNs: 1000 };
  assert.equal(foldedLines([idle]), []);
  assert.equal(foldedLines([idle], { idle: "show" }), [
    "mysqld;do_syscall_64;ext4_sync_file;[idle] 1",
  ]);
});

test("periods that the recording cut off are left out unless asked for, and then marked", () => {
  const cut = { ...asleep, kernelStack: 0, userStack: 0, blockedNs: 1000 };
  const rows = [
    { ...cut, edge: Edge.End, nr: 230 },
    { ...cut, edge: Edge.Start, class: ClassUnknown, blockedNs: 2000 },
  ];
  assert.equal(foldedLines(rows), []);
  assert.equal(foldedLines(rows, { open: true }), [
    "mysqld;[open at start] 2",
    "mysqld;[open at end: clock_nanosleep] 1",
  ]);
});

test("several recordings are one answer, whatever their addresses", () => {
  const one = buildAnalysis({ threads: twoThreads, ...twoStacks, offcpu: [{ ...asleep, blockedNs: 600 }] });
  const frames = twoStacks.frames.map((frame) => ({ ...frame, address: 0x5000n }));
  const two = buildAnalysis({ threads: twoThreads, ...twoStacks, frames, offcpu: [{ ...asleep, blockedNs: 600 }] });
  const together = foldedSums([one, two]);
  assert.equal(foldedRows(together).map((row) => row.totalUs), [1]);
  const merged = foldedSums([one]);
  mergeSums(merged, foldedSums([two]));
  assert.equal([...merged], [...together]);
});

test("a sum past 2^53 nanoseconds is exact", () => {
  const rows = [{ ...asleep, blockedNs: 2n ** 60n }, { ...asleep, blockedNs: 1000n }];
  const analysis = buildAnalysis({ threads: twoThreads, ...twoStacks, offcpu: rows });
  assert.equal([...foldedSums([analysis]).values()], [2n ** 60n + 1000n]);
});

test.run();
