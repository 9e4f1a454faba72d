// System call rows: names by ABI, sums over threads and errors, and what the exact counters replace.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Arch, BlockType, LostReason } from "../../assembly/format.js";
import { syscallsView } from "../../analyzer/views/syscalls.js";
import { buildAnalysis, twoThreads } from "./build-analysis.js";
import type { AnalysisParts } from "./build-analysis.js";

const test = suite("views/syscalls");

const NoDuration = 2n ** 64n - 1n;
const read = { nr: 0, count: 10, totalNs: 1000, minNs: 50, maxNs: 200, offcpuNs: 600 };
const lostCalls = { stream: BlockType.Syscall, reason: LostReason.RingFull, count: 1 };

function view(parts: AnalysisParts) {
  return syscallsView([buildAnalysis({ threads: twoThreads, ...parts })]);
}

test("calls of all threads and errors are one row", () => {
  const { rows, totals } = view({
    syscalls: [read, { ...read, thread: 1, minNs: 5, maxNs: 900 }, { ...read, errno: 11, count: 1 }],
  });
  assert.equal(rows, [
    {
      name: "read",
      abi: "x86-64",
      nr: 0,
      count: 21,
      errors: 1,
      totalNs: 3000,
      averageNs: 142,
      p50Ns: null,
      p90Ns: null,
      p99Ns: null,
      minNs: 5,
      maxNs: 900,
      offcpuNs: 1800,
      noEnter: 0,
      unrecorded: 0,
    },
  ]);
  assert.equal(totals, { count: 21, errors: 1, totalNs: 3000 });
});

test("a number means what its ABI says, call by call", () => {
  const names = (arch: Arch) =>
    view({ recording: { arch }, syscalls: [read, { ...read, compat: 1 }] })
      .rows.map((row) => `${row.abi} ${row.name}`)
      .sort();
  assert.equal(names(Arch.X86_64), ["ia32 restart_syscall", "x86-64 read"]);
  assert.equal(names(Arch.Aarch64), ["arm restart_syscall", "arm64 io_setup"]);
});

test("a call whose beginning was not seen is counted and has no part in the average", () => {
  const unseen = { nr: 0, count: 5, noEnter: 5, minNs: NoDuration };
  const [row] = view({ syscalls: [read, unseen] }).rows;
  assert.equal([row!.count, row!.noEnter, row!.averageNs, row!.minNs], [15, 5, 100, 50]);
  const [alone] = view({ syscalls: [unseen] }).rows;
  assert.equal([alone!.averageNs, alone!.minNs, alone!.maxNs], [0, 0, 0]);
});

test("without loss the records are the answer, whatever a later counter says", () => {
  const [row] = view({ syscalls: [read], syscallCounts: [{ nr: 0, count: 12, totalNs: 5000 }] }).rows;
  assert.equal([row!.count, row!.totalNs, row!.unrecorded], [10, 1000, 0]);
});

test("with loss the exact counters are, and say how many calls they stand for", () => {
  const { rows, lowerBound } = view({
    syscalls: [read],
    syscallCounts: [
      { nr: 0, count: 12, errors: 3, totalNs: 5000 },
      { nr: 1, count: 4, totalNs: 100 },
      { nr: -1, count: 2, totalNs: 1 },
    ],
    lost: [lostCalls],
  });
  assert.is(lowerBound, true);
  assert.equal(
    rows.map((row) => [row.name, row.count, row.errors, row.totalNs, row.maxNs, row.unrecorded]),
    [
      ["read", 12, 3, 5000, 200, 2],
      ["write", 4, 0, 100, 0, 4],
      ["[other]", 2, 0, 1, 0, 2],
    ],
  );
});

test("a counter that ends before the records do takes nothing from them", () => {
  const [row] = view({
    syscalls: [read],
    syscallCounts: [{ nr: 0, count: 8, totalNs: 10 }],
    lost: [lostCalls],
  }).rows;
  assert.equal([row!.count, row!.totalNs, row!.unrecorded], [10, 1000, 0]);
});

test("the most time comes first, then the most calls, then the name", () => {
  const calls = [
    { ...read, nr: 1 },
    { ...read, nr: 0 },
    { ...read, nr: 2, count: 11 },
    { ...read, nr: 3, totalNs: 9999 },
  ];
  const names = (syscalls: typeof calls) => view({ syscalls }).rows.map((row) => row.name);
  assert.equal(names(calls), ["close", "open", "read", "write"]);
  assert.equal(names([...calls].reverse()), names(calls));
});

test("that no calls were recorded is not that there were none", () => {
  assert.is(view({ meta: { streams: "switch,wake" } }).recorded, false);
  assert.is(view({ meta: { streams: "switch,wake,syscall" } }).recorded, true);
});

test.run();
