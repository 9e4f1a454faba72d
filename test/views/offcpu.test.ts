// Off-CPU rows: identity, sums, order, and that totals are the sums of the rows.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { OffcpuClass } from "../../assembly/format.js";
import { Edge } from "../../assembly/tables.js";
import { offcpuView } from "../../analyzer/views/offcpu.js";
import { buildAnalysis, KernelStack, twoStacks, twoThreads, UserStack } from "./build-analysis.js";
import type { AnalysisParts } from "./build-analysis.js";

const test = suite("views/offcpu");

const asleep = {
  comm: "mysqld",
  class: OffcpuClass.Interruptible,
  nr: 202,
  kernelStack: KernelStack,
  userStack: UserStack,
  periods: 2,
  blockedNs: 3000,
  runnableNs: 1000,
  maxNs: 2500,
};

function build(offcpu: NonNullable<AnalysisParts["offcpu"]>, parts: AnalysisParts = {}) {
  return buildAnalysis({ threads: twoThreads, ...twoStacks, ...parts, offcpu });
}

test("a row tells who waited, why, where and how long", () => {
  const { rows } = offcpuView([build([asleep], { meta: { host: "web1" } })]);
  assert.equal(rows, [
    {
      host: "web1",
      comm: "mysqld",
      pid: 100,
      tid: 101,
      kernelThread: false,
      class: "interruptible",
      syscall: "futex",
      open: "",
      kernelStack: ["ext4_sync_file", "do_syscall_64"],
      userStack: ["libc.so.6+0x1234", "main"],
      kernelTruncated: false,
      userTruncated: false,
      periods: 2,
      totalNs: 4000,
      blockedNs: 3000,
      runnableNs: 1000,
      preemptedNs: 0,
      maxNs: 2500,
    },
  ]);
});

test("rows that differ in nothing visible are summed; the longest period stays the longest", () => {
  const frames = [...twoStacks.frames, { ...twoStacks.frames[3], address: 0xffffffff82000028n, offset: 0x28 }];
  const stacks = [...twoStacks.stacks, { prefix: 3, frame: 5 }];
  const { rows } = offcpuView([
    build([asleep, { ...asleep, kernelStack: 5, maxNs: 9000 }], { frames, stacks }),
  ]);
  assert.is(rows.length, 1);
  assert.is(rows[0]!.totalNs, 8000);
  assert.is(rows[0]!.periods, 4);
  assert.is(rows[0]!.maxNs, 9000);
});

test("another thread, class, call or edge is another row", () => {
  const different = [
    { thread: 1 },
    { class: OffcpuClass.Uninterruptible },
    { nr: 0 },
    { edge: Edge.End },
    { comm: "mysqld-2" },
    { userStack: 0 },
  ];
  for (const difference of different) {
    const view = offcpuView([build([asleep, { ...asleep, ...difference }])], { open: true });
    assert.is(view.rows.length, 2, JSON.stringify(difference));
  }
});

test("the same tid is the same thread only in the same boot", () => {
  const here = build([asleep]);
  const laterInThatBoot = build([asleep]);
  const elsewhere = build([asleep], { recording: { bootId0: 2 } });
  assert.is(offcpuView([here, laterInThatBoot]).rows.length, 1);
  assert.is(offcpuView([here, elsewhere]).rows.length, 2);
});

test("unknown boots are not one boot", () => {
  const recording = { bootId0: 0 };
  const one = build([asleep], { recording, source: "a" });
  const two = build([asleep], { recording, source: "b" });
  assert.is(offcpuView([one, two]).rows.length, 2);
});

test("the largest comes first and ties have one order", () => {
  const rows = [
    { ...asleep, comm: "b" },
    { ...asleep, comm: "a", thread: 1 },
    { ...asleep, comm: "a" },
    { ...asleep, comm: "z", blockedNs: 9000 },
  ];
  const order = (input: typeof rows) =>
    offcpuView([build(input)]).rows.map((row) => `${row.comm} ${row.tid}`);
  assert.equal(order(rows), ["z 101", "a 7", "a 101", "b 101"]);
  assert.equal(order([...rows].reverse()), order(rows));
});

test("totals are the sums of the rows", () => {
  const preempted = { ...asleep, class: OffcpuClass.Preempted, blockedNs: 0, runnableNs: 0, preemptedNs: 500 };
  const { totals } = offcpuView([build([asleep, preempted, { ...asleep, thread: 1 }])]);
  assert.equal(totals, {
    periods: 6,
    threads: 2,
    totalNs: 8500,
    blockedNs: 6000,
    runnableNs: 2000,
    preemptedNs: 500,
  });
});

test.run();
