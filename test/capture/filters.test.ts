// In-kernel filters: what was not asked for is not in the recording, what was is complete, and what
// is switched off is not even attached, because an attached program costs every process on the host.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { execFileSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import * as assert from "uvu/assert";
import { selectionOf, type Selection } from "../../analyzer/views/selection.js";
import { findProgram, recordingSuite } from "../host.js";
import { endAll, record, runThrough, startRecorder, startWorkload, temporaryDirectory, type Program } from "./recorder.js";
import { analyze, BlockType, Edge, OffcpuClass, offcpuRows, recordsOf, syscallRows, threadRows, type Analysis } from "./results.js";

const test = recordingSuite("filters", ["bpftool"]);

/** Starts the mixed workload and lets it run for `seconds`. */
/** Longer than any test records, however busy disk and CPUs are; each test ends those that it started. */
const MixedSeconds = 30;

async function startMixed(): Promise<Program> {
  const program = await startWorkload("mixed", [String(MixedSeconds), join(temporaryDirectory(), "disk")]);
  program.process.stdin!.end("\n");
  await sleep(200); // until its threads have named themselves
  return program;
}

async function recordOneSecond(args: readonly string[]): Promise<Analysis> {
  const file = join(temporaryDirectory(), "filtered.offcut");
  const ended = await record(["-o", file, "-d", "1", ...args]);
  assert.is(ended.code, 0, ended.stderr);
  return analyze(file);
}

function pidsIn(analysis: Analysis): Set<number> {
  return new Set([...offcpuRows(analysis), ...syscallRows(analysis)].map((row) => row.pid));
}

test("-p records the threads of these processes and nobody else", async () => {
  const [first, second, third] = await Promise.all([startMixed(), startMixed(), startMixed()]);
  const one = await recordOneSecond(["-p", String(first.pid)]);
  assert.equal(pidsIn(one), new Set([first.pid]));
  const comms = new Set(syscallRows(one).map((row) => threadRows(one).find(({ tid }) => tid === row.tid)?.comm));
  for (const name of ["sleeper", "pipe-ping", "file-seeker"]) assert.ok(comms.has(name), name);
  const two = await recordOneSecond(["-p", `${second.pid},${third.pid}`]);
  assert.equal(pidsIn(two), new Set([second.pid, third.pid]));
});

test("-t records these threads and no other of their process", async () => {
  const program = await startMixed();
  const wanted = ["sleeper", "file-seeker"].map((name) => tidOf(program.pid, name));
  const analysis = await recordOneSecond(["-t", wanted.join(",")]);
  assert.equal(new Set(syscallRows(analysis).map((row) => row.tid)), new Set(wanted));
  assert.equal(new Set(offcpuRows(analysis).map((row) => row.tid)), new Set(wanted));
});

function tidOf(pid: number, comm: string): number {
  const tids = readdirSync(`/proc/${pid}/task`);
  const tid = tids.find((each) => readFileSync(`/proc/${pid}/task/${each}/comm`, "utf8").trim() === comm);
  if (tid === undefined) throw new Error(`process ${pid} has no thread ${comm}`);
  return Number(tid);
}

test("-u leaves out kernel threads, -k leaves out all others", async () => {
  await startMixed();
  const user = await recordOneSecond(["-u"]);
  assert.ok(offcpuRows(user).length > 0);
  assert.equal(offcpuRows(user).filter((row) => isKernelThread(user, row.tid)), []);
  const kernel = await recordOneSecond(["-k"]);
  assert.ok(offcpuRows(kernel).length > 0);
  assert.equal(offcpuRows(kernel).filter((row) => !isKernelThread(kernel, row.tid)), []);
  assert.is(syscallRows(kernel).length, 0, "kernel threads make no calls");
});

function isKernelThread(analysis: Analysis, tid: number): boolean {
  return threadRows(analysis).some((thread) => thread.tid === tid && thread.isKernelThread);
}

test("--follow records children and theirs, without it they are left out", async () => {
  for (const follow of [true, false]) {
    const file = join(temporaryDirectory(), "followed.offcut");
    const program = await startWorkload("forks", ["40"]);
    const args = ["-o", file, "-p", String(program.pid)];
    const recorder = await startRecorder(follow ? [...args, "--follow"] : args);
    const { forked, executed } = JSON.parse(await runThrough(program)) as Record<string, number[]>;
    assert.is((await recorder.stop()).code, 0);
    const expected = follow ? [program.pid, ...forked!, ...executed!] : [program.pid];
    const seen = new Set(syscallRows(await analyze(file)).map((row) => row.pid));
    assert.equal([...seen].sort(), expected.sort(), follow ? "--follow" : "without --follow");
  }
});

test("--syscalls records these calls by name and leaves off-CPU time whole", async () => {
  const program = await startMixed();
  const analysis = await recordOneSecond(["-p", String(program.pid), "--syscalls", "openat,write"]);
  const numbers = new Set(syscallRows(analysis).map((row) => row.nr));
  assert.equal(numbers, process.arch === "arm64" ? new Set([56, 64]) : new Set([257, 1]));
  assert.ok(offcpuRows(analysis).some((row) => row.comm === "sleeper"));
});

test("an unknown call name is a misuse, and is named", async () => {
  const ended = await record(["-o", join(temporaryDirectory(), "none.offcut"), "--syscalls", "openat,frobnicate"]);
  assert.is(ended.code, 2);
  assert.match(ended.stderr, /frobnicate/);
});

test("what a filter keeps is the same, asked of the kernel or afterwards of the file", async () => {
  const [before, after] = ["before", "after"].map((name) => join(temporaryDirectory(), `${name}.offcut`));
  const program = await startWorkload("waits", ["20"]);
  const recorders = [
    await startRecorder(["-o", before!, "-p", String(program.pid), "--syscalls", "read,poll,ppoll,nanosleep,clock_nanosleep"]),
    await startRecorder(["-o", after!]),
  ];
  await runThrough(program);
  for (const recorder of recorders) assert.is((await recorder.stop()).code, 0);
  const inKernel = await analyze(before!);
  const afterwards = await analyze(after!);
  const asked = { pids: [program.pid], syscalls: ["read", "poll", "ppoll", "nanosleep", "clock_nanosleep"] };
  assert.ok(callCounts(inKernel).length > 0);
  assert.equal(callCounts(afterwards, selectionOf(afterwards, asked)), callCounts(inKernel));
  const ofProcess = selectionOf(afterwards, { pids: [program.pid] });
  assert.ok(periodCounts(inKernel).length > 0);
  assert.equal(periodCounts(afterwards, ofProcess), periodCounts(inKernel));
});

/** "thread call error: calls", sorted. */
function callCounts({ syscalls, threads }: Analysis, selection?: Selection): string[] {
  return Array.from({ length: syscalls.length }, (_, row) => row)
    .filter((row) => selection?.call(row) ?? true)
    .map((row) => `${threads.tid[syscalls.thread[row]!]} ${syscalls.nr[row]} ${syscalls.errno[row]}: ${syscalls.count[row]}`)
    .sort();
}

/**
 * "thread class call: periods" of whole periods, sorted. Without the call where the CPU was taken away:
 * that may happen between the two recorders' programs at the same beginning of a call.
 */
function periodCounts({ offcpu, threads }: Analysis, selection?: Selection): string[] {
  const counts = new Map<string, bigint>();
  for (let row = 0; row < offcpu.length; row++) {
    if (offcpu.edge[row] !== Edge.None || !(selection?.period(row) ?? true)) continue;
    const isTaken = offcpu.class[row] === OffcpuClass.Preempted || offcpu.class[row] === OffcpuClass.Runnable;
    const key = `${threads.tid[offcpu.thread[row]!]} ${offcpu.class[row]} ${isTaken ? "any" : offcpu.nr[row]}`;
    counts.set(key, (counts.get(key) ?? 0n) + offcpu.periods[row]!);
  }
  return [...counts].map(([key, periods]) => `${key}: ${periods}`).sort();
}

/** Streams by the option that switches them off. */
const switches: [string, BlockType[]][] = [
  ["--no-offcpu", [BlockType.Switch]],
  ["--no-syscalls", [BlockType.Syscall, BlockType.SyscallCount]],
  ["--no-wakeups", [BlockType.Wake]],
];

for (const [option, absent] of switches) {
  test(`${option} records everything else`, async () => {
    await startMixed();
    const analysis = await recordOneSecond([option]);
    for (const type of [BlockType.Switch, BlockType.Wake, BlockType.Syscall, BlockType.SyscallCount]) {
      // Wakeups without switches say nothing.
      if (option === "--no-offcpu" && type === BlockType.Wake) continue;
      const records = recordsOf(analysis, type);
      if (absent.includes(type)) assert.is(records, 0, BlockType[type]);
      else assert.ok(records > 0, BlockType[type]);
    }
  });
}

test("what is switched off is not attached", async () => {
  const calls = ["sys_enter", "sys_exit"];
  const switching = ["sched_switch", "sched_waking"];
  assert.equal(await attachedBy([]), [...switching, ...calls]);
  assert.equal(await attachedBy(["--no-wakeups"]), ["sched_switch", ...calls]);
  assert.equal(await attachedBy(["--no-syscalls"]), switching);
  // A call that blocks may end on another CPU: only the switch in between can hand its beginning on.
  assert.equal(await attachedBy(["--no-offcpu"]), ["sched_switch", ...calls]);
  // Arguments are taken by the program that is there anyway.
  assert.equal(await attachedBy(["--args", "all", "--strings", "64"]), [...switching, ...calls]);
});

interface Link {
  id: number;
  tp_name?: string;
}

/** Names of the tracepoints at which a recorder with these options has programs, sorted. */
async function attachedBy(args: readonly string[]): Promise<string[]> {
  const file = join(temporaryDirectory(), "attached.offcut");
  const before = new Set(links().map(({ id }) => id));
  const recorder = await startRecorder(["-o", file, ...args]);
  const added = links().filter(({ id }) => !before.has(id));
  await recorder.stop();
  return added.map((link) => link.tp_name ?? "?").sort();
}

function links(): Link[] {
  const listed = execFileSync(findProgram("bpftool")!, ["-j", "link", "show"], { encoding: "utf8" });
  return JSON.parse(listed) as Link[];
}

test.after.each(endAll);
test.run();
