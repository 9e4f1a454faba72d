// The same run seen by offcut and by libbpf-tools, question by question: off-CPU time by thread name
// and stack, calls and errors by name, latency by name. The peers sum in the kernel while the program
// runs; offcut is asked afterwards, of the file.

import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as assert from "uvu/assert";
import { Arch } from "../../assembly/format.js";
import { syscallAbi, syscallName } from "../../analyzer/syscalls/names.js";
import { recordingSuite } from "../host.js";
import { mountTracefs } from "../tracefs.js";
import { endAll, Program, runThrough, startRecorder, startWorkload, temporaryDirectory } from "./recorder.js";
import { analyze, Edge, lostEvents, offcpuRows, stackFrames, sum, type Analysis } from "./results.js";

const test = recordingSuite("peers", ["offcputime", "syscount"]);

const OffcpuTolerance = 0.02;
const LatencyTolerance = 0.05;
/** The peers do not say when they have attached. */
const PeerAttachMs = 2500;
/** Shorter sums are not compared: a microsecond cut from each period is a share of them. */
const ComparedUsMin = 50_000;
const LongCallUsMin = 100;

interface Seen {
  readonly analysis: Analysis;
  /** What each peer printed. */
  readonly texts: readonly string[];
}

/** Runs a workload once, with the recorder and the peers on its process. */
async function seeTogether(workload: string, peers: readonly (readonly string[])[]): Promise<Seen> {
  const file = join(temporaryDirectory(), `${workload}.offcut`);
  const program = await startWorkload(workload);
  const pid = String(program.pid);
  const started = peers.map((peer) => new Program([...peer, "-p", pid]));
  const recorder = await startRecorder(["-o", file, "-p", pid]);
  await sleep(PeerAttachMs);
  await runThrough(program);
  const ended = await Promise.all(started.map((peer) => peer.stop()));
  assert.is((await recorder.stop()).code, 0);
  const analysis = await analyze(file);
  assert.is(lostEvents(analysis), 0);
  return { analysis, texts: ended.map(({ stdout }) => stdout.toString()) };
}

function isWithin(actual: number, expected: number, tolerance: number): boolean {
  return Math.abs(actual / expected - 1) <= tolerance;
}

interface PeerStack {
  readonly comm: string;
  readonly frames: readonly string[];
  readonly us: number;
}

/** Frames a line each, leaf first, then "    -                comm (tid)" and the microseconds. */
function parseOffcputime(text: string): PeerStack[] {
  return [...text.matchAll(/((?:^ {4}\S.*\n)+)^ {4}- +(.*) \(\d+\)\n +(\d+)$/gm)].map(([, frames, comm, us]) => ({
    comm: comm!,
    frames: frames!.trim().split("\n").map((line) => line.trim()),
    us: Number(us),
  }));
}

/** Microseconds by thread name and the kernel function it waited in, where it has a stack. */
function waitsOf(analysis: Analysis): Map<string, number> {
  const waits = new Map<string, number>();
  for (const row of offcpuRows(analysis)) {
    if (row.kernelStack === 0 || row.edge !== Edge.None) continue;
    const key = `${row.comm};${stackFrames(analysis, row.kernelStack)[0]!.symbol}`;
    waits.set(key, (waits.get(key) ?? 0) + row.ns / 1000);
  }
  return waits;
}

/** A kernel that hides switches from its tracepoints can move one run's total further than that. */
const AttemptsMax = 3;

test("off-CPU time by thread name and stack is that of offcputime", async () => {
  let complaints: string[] = [];
  for (let attempt = 1; attempt <= AttemptsMax; attempt++) {
    const { analysis, texts } = await seeTogether("waits", [["offcputime"]]);
    const peer = parseOffcputime(texts[0]!);
    const waits = [...waitsOf(analysis)].filter(([, us]) => us >= ComparedUsMin);
    assert.ok(waits.length >= 4, `${waits.length} waits of the workload have a stack`);
    complaints = waits.flatMap(([key, us]) => {
      const [comm, leaf] = key.split(";");
      // The peer's stack is taken inside the scheduler, whose frames stand below ours.
      const same = peer.filter((stack) => stack.comm === comm && stack.frames.includes(leaf!));
      const expected = sum(same.map((stack) => stack.us));
      return isWithin(us, expected, OffcpuTolerance) ? [] : [`${key}: ${us.toFixed(0)} us, offcputime ${expected} us`];
    });
    if (complaints.length === 0) return;
    console.log(`attempt ${attempt}: ${complaints.join("; ")}`);
  }
  assert.ok(false, complaints.join("\n"));
});

/** "SYSCALL   COUNT", with -L "SYSCALL  COUNT  TIME (us)". */
function parseSyscount(text: string): Map<string, { count: number; us: number }> {
  const rows = new Map<string, { count: number; us: number }>();
  for (const [, name, count, us] of text.matchAll(/^(\w+) +(\d+)(?: +([\d.]+))?$/gm)) {
    rows.set(name!, { count: Number(count), us: Number(us ?? "0") });
  }
  return rows;
}

/** Of one analysis by name: calls, errors, microseconds. */
function callsOf({ recording, syscalls }: Analysis): Map<string, { count: number; errors: number; us: number }> {
  const calls = new Map<string, { count: number; errors: number; us: number }>();
  for (let row = 0; row < syscalls.length; row++) {
    const name = syscallName(syscallAbi(recording.arch[0] as Arch, syscalls.compat[row] === 1), syscalls.nr[row]!);
    const each = calls.get(name) ?? { count: 0, errors: 0, us: 0 };
    const count = Number(syscalls.count[row]!);
    each.count += count;
    if (syscalls.errno[row] !== 0) each.errors += count;
    each.us += Number(syscalls.totalNs[row]!) / 1000;
    calls.set(name, each);
  }
  return calls;
}

const everyCall = ["-T", "400"];

test("calls and errors by name are those of syscount", async () => {
  const unmount = mountTracefs();
  try {
    const { analysis, texts } = await seeTogether("calls", [
      ["syscount", ...everyCall],
      ["syscount", "-x", ...everyCall],
    ]);
    const [all, failed] = texts.map(parseSyscount);
    const mine = callsOf(analysis);
    const counts = new Map([...mine].map(([name, { count }]) => [name, count]));
    assert.equal(inOrder(counts), inOrder(new Map([...all!].map(([name, { count }]) => [name, callsIn(name, count)]))));
    const errors = new Map([...mine].filter(([, each]) => each.errors > 0).map(([name, each]) => [name, each.errors]));
    assert.equal(inOrder(errors), inOrder(new Map([...failed!].map(([name, { count }]) => [name, count]))));
  } finally {
    unmount();
  }
});

/** syscount counts returns, and from a clone the child returns as well: one call is two of them. */
function callsIn(name: string, returns: number): number {
  return /^(clone3?|v?fork)$/.test(name) ? returns / 2 : returns;
}

function inOrder(counts: ReadonlyMap<string, number>): [string, number][] {
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
}

test("latency by name is that of syscount -L", async () => {
  const unmount = mountTracefs();
  try {
    const { analysis, texts } = await seeTogether("waits", [["syscount", "-L", ...everyCall]]);
    const mine = callsOf(analysis);
    // Of short calls either tool measures the other's programs as well, which run inside them.
    const isLong = ({ count, us }: { count: number; us: number }) => us >= ComparedUsMin && us / count >= LongCallUsMin;
    const compared = [...parseSyscount(texts[0]!)].filter(([, call]) => isLong(call));
    assert.ok(compared.length >= 3, `${compared.length} calls took long enough`);
    for (const [name, { us }] of compared) {
      const own = mine.get(name)?.us ?? 0;
      assert.ok(isWithin(own, us, LatencyTolerance), `${name}: ${own.toFixed(0)} us, syscount ${us} us`);
    }
  } finally {
    unmount();
  }
});

test.after.each(endAll);
test.run();
