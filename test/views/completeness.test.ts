// What an answer says about its own gaps: loss, stack coverage, periods cut off, idle threads.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { BlockType, ClassUnknown, LostReason, OffcpuClass } from "../../assembly/format.js";
import { Edge } from "../../assembly/tables.js";
import { completeness, lossRows, mergeCompleteness } from "../../analyzer/views/completeness.js";
import { buildAnalysis, KernelStack, twoStacks, twoThreads, UserStack } from "./build-analysis.js";
import type { AnalysisParts } from "./build-analysis.js";

const test = suite("views/completeness");

const asleep = { comm: "mysqld", class: OffcpuClass.Interruptible, nr: -1, periods: 1, blockedNs: 100 };

function build(parts: AnalysisParts) {
  return buildAnalysis({ threads: twoThreads, ...twoStacks, meta: { stackMinUs: "100" }, ...parts });
}

test("coverage is of blocked time; kernel threads have no user stack to lack", () => {
  const analysis = build({
    offcpu: [
      { ...asleep, kernelStack: KernelStack, userStack: UserStack },
      { ...asleep, kernelStack: KernelStack, runnableNs: 100 },
      { ...asleep, thread: 1, kernelStack: KernelStack },
      asleep,
      { ...asleep, class: OffcpuClass.Preempted, blockedNs: 0, preemptedNs: 5000 },
      { ...asleep, class: OffcpuClass.Runnable, blockedNs: 0, runnableNs: 5000 },
      { ...asleep, edge: Edge.End, blockedNs: 5000 },
    ],
  });
  assert.equal(completeness([analysis]).coverage, {
    blockedNs: 500,
    kernelNs: 400,
    userBlockedNs: 400,
    userNs: 100,
    userHow: { completeNs: 0, framePointersNs: 0, truncatedNs: 0, brokenNs: 0 },
    stackMinUs: ["100"],
  });
});

test("what the window cut off is counted at either end", () => {
  const analysis = build({
    offcpu: [
      { ...asleep, edge: Edge.Start, class: ClassUnknown, periods: 3, blockedNs: 70 },
      { ...asleep, edge: Edge.End, periods: 2, blockedNs: 50, runnableNs: 5 },
      asleep,
    ],
  });
  const { openAtStart, openAtEnd } = completeness([analysis]);
  assert.equal(openAtStart, { periods: 3, totalNs: 70 });
  assert.equal(openAtEnd, { periods: 2, totalNs: 55 });
});

test("idle kernel threads are counted, and count as blocked time only where asked for", () => {
  const analysis = build({ offcpu: [asleep, { ...asleep, class: OffcpuClass.IdleKernel, thread: 1 }] });
  assert.equal(completeness([analysis]).idle, {
    periods: 1,
    totalNs: 100,
    byRule: [{ rule: "state idle", totalNs: 100 }],
  });
  assert.equal(completeness([analysis], { idle: "show" }).idle, { periods: 0, totalNs: 0, byRule: [] });
  assert.is(completeness([analysis]).coverage.blockedNs, 100);
  assert.is(completeness([analysis], { idle: "show" }).coverage.blockedNs, 200);
});

test("nothing lost is no lower bound", () => {
  const { lowerBound, lost, unknownNs } = completeness([build({})]);
  assert.equal({ lowerBound, lost, unknownNs }, { lowerBound: false, lost: [], unknownNs: 0 });
});

test("loss is summed over CPUs and files by what and why, the largest first", () => {
  const analysis = build({
    recording: { unknownNs: 9 },
    lost: [
      { cpu: 0, stream: BlockType.Switch, reason: LostReason.RingFull, count: 5 },
      { cpu: 1, stream: BlockType.Switch, reason: LostReason.RingFull, count: 6 },
      { cpu: 0, stream: BlockType.Syscall, reason: 0, count: 20 },
    ],
  });
  const { lowerBound, lost, unknownNs } = completeness([analysis, analysis]);
  assert.is(lowerBound, true);
  assert.is(unknownNs, 18);
  assert.equal(lost, [
    { stream: "system calls", reason: "damaged file", count: 40 },
    { stream: "context switches", reason: "ring full", count: 22 },
  ]);
  assert.equal(lossRows([analysis], [BlockType.Switch]), [
    { stream: "context switches", reason: "ring full", count: 11 },
  ]);
});

test("merging answers is the answer of all files", () => {
  const one = build({
    recording: { unknownNs: 1 },
    offcpu: [asleep, { ...asleep, edge: Edge.Start, class: ClassUnknown }],
    lost: [{ stream: BlockType.Switch, reason: LostReason.RingFull, count: 5 }],
  });
  const two = build({
    meta: { stackMinUs: "1000" },
    offcpu: [{ ...asleep, kernelStack: KernelStack }, { ...asleep, class: OffcpuClass.IdleKernel }],
    lost: [{ stream: BlockType.Switch, reason: LostReason.RingFull, count: 7 }],
  });
  assert.equal(
    mergeCompleteness([completeness([one]), completeness([two])]),
    completeness([one, two]),
  );
});

test.run();
