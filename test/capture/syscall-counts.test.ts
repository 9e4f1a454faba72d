// System calls counted by (thread, call, error), against the program that made them, against
// strace -f -c of the same deterministic program, and against the kernel-side counters of the same
// recording. Equal means equal: one call more or less is a failure.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { Arch } from "../../assembly/format.js";
import { syscallAbi, syscallName } from "../../analyzer/syscalls/names.js";
import { recordingSuite, workload } from "../host.js";
import { endAll, Program, record, runThrough, startRecorder, startWorkload, temporaryDirectory } from "./recorder.js";
import { analyze, BlockType, Edge, lostEvents, offcpuRows, recordsOf, sum, syscallRows, type Analysis } from "./results.js";

interface Tally {
  nr: number;
  errno: number;
  count: number;
}

interface Caller {
  name: string;
  tid: number;
  calls: Tally[];
}

const test = recordingSuite("system call counts", ["strace"]);

function nameOf(analysis: Analysis, nr: number, compat = false): string {
  return syscallName(syscallAbi(analysis.recording.arch[0] as Arch, compat), nr);
}

/** What starting and ending a thread may call besides what the thread itself does. */
const threadCalls = new Set(["rseq", "set_robust_list", "rt_sigprocmask", "madvise", "munmap", "futex"]);

test("are the program's own by thread, call and error", async () => {
  const file = join(temporaryDirectory(), "calls.offcut");
  const program = await startWorkload("calls");
  const recorder = await startRecorder(["-o", file, "-p", String(program.pid)]);
  const callers = JSON.parse(await runThrough(program)) as Caller[];
  assert.is((await recorder.stop()).code, 0);
  const analysis = await analyze(file);
  assert.is(lostEvents(analysis), 0);
  for (const { tid, name, calls } of callers) {
    const rows = syscallRows(analysis).filter((row) => row.tid === tid);
    const own = rows.filter((row) => calls.some((call) => call.nr === row.nr));
    const shown = own.map(({ nr, errno, count }) => ({ nr, errno, count }));
    assert.equal(sorted(shown), sorted(calls), name);
    const others = rows.filter((row) => !own.includes(row)).map((row) => nameOf(analysis, row.nr));
    assert.equal(others.filter((other) => !threadCalls.has(other)), [], `${name} makes no other call`);
  }
});

function sorted(tallies: readonly Tally[]): Tally[] {
  return [...tallies].sort((a, b) => a.nr - b.nr || a.errno - b.errno);
}

test("are those of strace -f -c", async () => {
  const directory = temporaryDirectory();
  const file = join(directory, "calls.offcut");
  const { code, stderr } = await record(["-o", file, "--", workload("calls")]);
  assert.is(code, 0, stderr);
  const straceFile = join(directory, "strace.txt");
  const strace = new Program(["strace", "-f", "-c", "-o", straceFile, workload("calls")]);
  strace.process.stdin!.end();
  assert.is((await strace.end()).code, 0);
  const analysis = await analyze(file);
  assert.is(lostEvents(analysis), 0);
  assert.equal(countsByName(analysis), parseStrace(readFileSync(straceFile, "utf8")));
});

type Counts = Record<string, { calls: number; errors: number }>;

function countsByName(analysis: Analysis): Counts {
  const counts: Counts = {};
  for (const row of syscallRows(analysis)) {
    const each = (counts[nameOf(analysis, row.nr, row.compat)] ??= { calls: 0, errors: 0 });
    each.calls += row.count;
    if (row.errno !== 0) each.errors += row.count;
  }
  return sortedKeys(counts);
}

/** "% time  seconds  usecs/call  calls  errors  syscall", where errors may be blank. */
function parseStrace(text: string): Counts {
  const counts: Counts = {};
  for (const [, calls, errors, name] of text.matchAll(/^ *[\d.]+ +[\d.]+ +\d+ +(\d+) +(\d+)? +(\w+)$/gm)) {
    if (name !== "total") counts[name!] = { calls: Number(calls), errors: Number(errors ?? 0) };
  }
  return sortedKeys(counts);
}

function sortedKeys(counts: Counts): Counts {
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
}

test("32-bit calls are marked, and are no 64-bit ones", async () => {
  const file = join(temporaryDirectory(), "compat.offcut");
  const program = await startWorkload("compat").catch(() => undefined);
  if (program === undefined) {
    console.log("SKIP 32-bit calls: neither this kernel nor this architecture has any here");
    return;
  }
  const recorder = await startRecorder(["-o", file, "-p", String(program.pid)]);
  const expected = JSON.parse(await runThrough(program)) as Tally[];
  assert.is((await recorder.stop()).code, 0);
  const analysis = await analyze(file);
  const compat = syscallRows(analysis).filter((row) => row.pid === program.pid && row.compat);
  const shown = compat.map(({ nr, errno, count }) => ({ nr, errno, count }));
  assert.equal(sorted(shown), sorted(expected));
  assert.is(nameOf(analysis, 20, true), "getpid");
});

test("the kernel's exact counters say the same as the records", async () => {
  const file = join(temporaryDirectory(), "host.offcut");
  const recorder = await startRecorder(["-o", file]);
  await runThrough(await startWorkload("calls"));
  await runThrough(await startWorkload("waits", ["20"]));
  assert.is((await recorder.stop()).code, 0);
  const analysis = await analyze(file);
  assert.is(lostEvents(analysis), 0);
  assert.equal(exactSyscallCounts(analysis), recordedSyscallCounts(analysis));
  assert.equal(exactPeriods(analysis), recordedPeriods(analysis));
  assert.is(sum([...Object.values(exactSyscallCounts(analysis))].map((each) => each.count)),
    recordsOf(analysis, BlockType.Syscall));
});

type Exact = Record<string, { count: number; errors: number }>;

function exactSyscallCounts(analysis: Analysis): Exact {
  const { syscallCounts } = analysis;
  const counts: Exact = {};
  for (let row = 0; row < syscallCounts.length; row++) {
    const key = `${syscallCounts.nr[row]} ${syscallCounts.compat[row]}`;
    counts[key] = { count: Number(syscallCounts.count[row]), errors: Number(syscallCounts.errors[row]) };
  }
  return inOrder(counts);
}

function recordedSyscallCounts(analysis: Analysis): Exact {
  const counts: Exact = {};
  for (const row of syscallRows(analysis)) {
    const each = (counts[`${row.nr} ${Number(row.compat)}`] ??= { count: 0, errors: 0 });
    each.count += row.count;
    if (row.errno !== 0) each.errors += row.count;
  }
  return inOrder(counts);
}

/** Periods that began and ended while recorded: what the kernel side can have counted. */
function recordedPeriods(analysis: Analysis): Record<string, number> {
  const periods: Record<string, number> = {};
  for (const row of offcpuRows(analysis).filter((each) => each.edge === Edge.None)) {
    periods[row.class] = (periods[row.class] ?? 0) + row.periods;
  }
  return inOrder(periods);
}

function exactPeriods(analysis: Analysis): Record<string, number> {
  const { offcpuCounts } = analysis;
  const periods: Record<string, number> = {};
  for (let row = 0; row < offcpuCounts.length; row++) {
    const count = Number(offcpuCounts.periods[row]);
    if (count > 0) periods[offcpuCounts.class[row]!] = count;
  }
  return inOrder(periods);
}

function inOrder<Value>(record: Record<string, Value>): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

test.after.each(endAll);
test.run();
