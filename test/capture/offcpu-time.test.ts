// Off-CPU time against three witnesses of the same run: the program's own clocks, the kernel's own
// count of its switches, and libbpf-tools offcputime. The threads wait in known ways for seconds in
// all, so two per cent is tens of milliseconds: more than starting and ending a thread can take,
// less than any period that could be missed or counted twice.

import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as assert from "uvu/assert";
import { recordingSuite } from "../host.js";
import { endAll, Program, runThrough, startRecorder, startWorkload, temporaryDirectory } from "./recorder.js";
import { analyze, Edge, lostEvents, OffcpuClass, offcpuRows, sum, threadOf, type Analysis } from "./results.js";

interface Worker {
  name: string;
  tid: number;
  offcpuNs: number;
  cpuNs: number;
  voluntary: number;
  involuntary: number;
}

interface Run {
  workers: Worker[];
  analysis: Analysis;
  /** Microseconds by tid, as offcputime printed them. */
  peer: Map<number, number>;
}

const Tolerance = 0.02;
/** offcputime does not say when it has attached. */
const PeerAttachMs = 2500;

const test = recordingSuite("off-CPU time", ["offcputime"]);

/**
 * Runs until one is within the tolerance. A kernel that hides switches from its tracepoints (see
 * assertAsCounted) can move one thread's total of one run by more than that; a recorder that counts
 * wrongly is wrong in every run.
 */
const AttemptsMax = 3;

let measured: Promise<Run> | undefined;
const run = () => (measured ??= measureUntilClose());

async function measureUntilClose(): Promise<Run> {
  for (let attempt = 1; ; attempt++) {
    const one = await measure();
    const far = one.workers.filter((worker) => !isClose(one, worker));
    if (far.length === 0 || attempt === AttemptsMax) return one;
    console.log(`attempt ${attempt}: ${far.map(({ name }) => name).join(", ")} out of tolerance, once more`);
  }
}

function isClose({ analysis, peer }: Run, { tid, offcpuNs }: Worker): boolean {
  const recorded = threadOf(analysis, tid).offcpuNs;
  return isWithin(recorded, offcpuNs) && isWithin(recorded, (peer.get(tid) ?? 0) * 1000);
}

async function measure(): Promise<Run> {
  const file = join(temporaryDirectory(), "waits.offcut");
  const workload = await startWorkload("waits");
  const peer = new Program(["offcputime", "-p", String(workload.pid), "600"]);
  const recorder = await startRecorder(["-o", file, "-p", String(workload.pid)]);
  await sleep(PeerAttachMs);
  const workers = JSON.parse(await runThrough(workload)) as Worker[];
  const [{ stdout }, ended] = await Promise.all([peer.stop(), recorder.stop()]);
  assert.is(ended.code, 0, ended.stderr);
  const analysis = await analyze(file);
  await endAll();
  return { workers, analysis, peer: parseOffcputime(stdout.toString()) };
}

/** "    -                comm (tid)", then a line with the microseconds; one pair per stack. */
function parseOffcputime(text: string): Map<number, number> {
  const totals = new Map<number, number>();
  for (const [, tid, us] of text.matchAll(/^ {4}- +.* \((\d+)\)\n +(\d+)$/gm)) {
    totals.set(Number(tid), (totals.get(Number(tid)) ?? 0) + Number(us));
  }
  return totals;
}

function isWithin(actual: number, expected: number): boolean {
  return Math.abs(actual / expected - 1) <= Tolerance;
}

function assertWithin(actual: number, expected: number, what: string): void {
  const ratio = (actual / expected).toFixed(4);
  assert.ok(isWithin(actual, expected), `${what}: recorded ${actual} ns, expected ${expected} ns (x${ratio})`);
}

test("each thread's total is the program's own", async () => {
  const { workers, analysis } = await run();
  assert.is(lostEvents(analysis), 0);
  for (const { name, tid, offcpuNs } of workers) {
    assertWithin(threadOf(analysis, tid).offcpuNs, offcpuNs, name);
  }
});

test("each thread's total is that of libbpf-tools offcputime", async () => {
  const { workers, analysis, peer } = await run();
  for (const { name, tid } of workers) {
    const us = peer.get(tid);
    assert.ok(us, `offcputime saw ${name} (${tid})`);
    assertWithin(threadOf(analysis, tid).offcpuNs, us! * 1000, name);
  }
});

test("on-CPU time is the program's own", async () => {
  const { workers, analysis } = await run();
  // Only the hogs: the others run for a few milliseconds, of which starting a thread is a part.
  for (const { name, tid, cpuNs } of workers.filter((worker) => worker.name.startsWith("hog"))) {
    assertWithin(threadOf(analysis, tid).onCpuNs, cpuNs, name);
  }
});

test("the kernel counted as many switches of each kind", async () => {
  const { workers, analysis } = await run();
  for (const { name, tid, voluntary, involuntary } of workers) {
    const rows = offcpuRows(analysis).filter((row) => row.tid === tid && row.edge === Edge.None);
    const lostCpu = rows.filter((row) => isInvoluntary(row.class));
    const blocked = rows.filter((row) => !isInvoluntary(row.class));
    assertAsCounted(sum(blocked.map((row) => row.periods)), voluntary, analysis, `${name} blocked`);
    assertAsCounted(sum(lostCpu.map((row) => row.periods)), involuntary, analysis, `${name} was preempted`);
  }
});

/** As the kernel's nr_involuntary_switches: it was preempted, or left without blocking. */
function isInvoluntary(each: OffcpuClass): boolean {
  return each === OffcpuClass.Preempted || each === OffcpuClass.Runnable;
}

/**
 * The program reads the kernel's counters before its thread ends: ending may add a switch or two.
 * Some kernels, this project's first test machine among them, now and then switch a thread without
 * running the tracepoint (perf misses the same ones): a contradiction in the recording, one each.
 */
function assertAsCounted(actual: number, expected: number, analysis: Analysis, what: string): void {
  const untraced = Number(analysis.recording.contradictions[0]);
  const [atLeast, atMost] = [expected - untraced, expected + 2];
  assert.ok(actual >= atLeast && actual <= atMost, `${what} ${actual} times, expected ${atLeast} to ${atMost}`);
}

test("the blocking call is named", async () => {
  const { workers, analysis } = await run();
  // Numbers of x86-64 and arm64: clock_nanosleep, poll or ppoll, read, futex.
  const calls: Record<string, number[]> = {
    sleeper: [230, 115],
    poller: [7, 73],
    "pipe-reader": [0, 63],
    "futex-waiter": [202, 98],
  };
  for (const [name, numbers] of Object.entries(calls)) {
    const { tid, voluntary } = workers.find((worker) => worker.name === name)!;
    const rows = offcpuRows(analysis).filter((row) => row.tid === tid && numbers.includes(row.nr));
    const blocked = rows.filter((row) => row.class === OffcpuClass.Interruptible);
    const periods = sum(blocked.map((row) => row.periods));
    // Beginning a thread may have blocked once or twice elsewhere, on a lock of its address space.
    const untraced = Number(analysis.recording.contradictions[0]);
    const atLeast = voluntary - 2 - untraced;
    assert.ok(periods <= voluntary && periods >= atLeast, `${name}: ${periods} of ${voluntary}`);
  }
});

test.after.each(endAll);
test.run();
