// Stacks of a program whose frames are known, from a recording that has outlived the program: the
// binary is deleted before anything is read. Kernel frames have names, user frames the object,
// its build id and the offset in it; the test, which kept a copy, turns offsets into names. User frames
// here are those of frame pointers: whole stacks are user-stacks.test.ts's business.

import { execFileSync } from "node:child_process";
import { copyFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { recordingSuite, workload } from "../host.js";
import { endAll, Program, runThrough, startRecorder, temporaryDirectory } from "./recorder.js";
import { analyze, Edge, OffcpuClass, offcpuRows, stackFrames, sum, type Analysis, type Frame } from "./results.js";

const test = recordingSuite("stacks", ["nm", "readelf"]);

const Naps = 40;
const StackDepthMax = 127;
const StackTruncated = 1;

interface Recorded {
  analysis: Analysis;
  path: string;
  pid: number;
}

async function recordDeep(depth: number, options: readonly string[] = []): Promise<Recorded> {
  const directory = temporaryDirectory();
  const path = join(directory, "deep");
  const file = join(directory, "deep.offcut");
  copyFileSync(workload("deep"), path);
  execFileSync("chmod", ["755", path]);
  const program = new Program([path, String(depth), String(Naps)]);
  await program.waitUntil(() => program.stdout.startsWith("ready"), "its gate");
  const recorder = await startRecorder(["-o", file, "-p", String(program.pid), "--stack-bytes", "0", ...options]);
  await runThrough(program);
  rmSync(path);
  const ended = await recorder.stop();
  assert.is(ended.code, 0, ended.stderr);
  return { analysis: await analyze(file), path, pid: program.pid };
}

/** The row of its naps: 40 periods of clock_nanosleep with one kernel and one user stack. */
function napRow({ analysis, pid }: Recorded) {
  const rows = offcpuRows(analysis).filter((row) => row.tid === pid && row.edge === Edge.None);
  return rows.sort((a, b) => b.periods - a.periods)[0]!;
}

/** All of them, less those whose switch the kernel did not trace: see offcpu-time.test.ts. */
function assertNaps({ analysis }: Recorded, periods: number): void {
  const untraced = Number(analysis.recording.contradictions[0]);
  assert.ok(periods <= Naps && periods >= Naps - untraced, `${periods} of ${Naps} naps`);
}

interface FunctionSymbol {
  name: string;
  from: bigint;
  to: bigint;
}

/** Functions of the workload by offset in its file. */
function functionsOf(path: string): FunctionSymbol[] {
  const segments = execFileSync("readelf", ["-lW", path], { encoding: "utf8" });
  const text = segments.match(/LOAD +0x(\w+) 0x(\w+) 0x\w+ 0x\w+ 0x\w+ R E/)!;
  const bias = BigInt(`0x${text[1]}`) - BigInt(`0x${text[2]}`);
  const listed = execFileSync("nm", ["-S", "--defined-only", path], { encoding: "utf8" });
  return [...listed.matchAll(/^(\w+) (\w+) [Tt] (\w+)$/gm)].map(([, address, size, name]) => {
    const from = BigInt(`0x${address}`) + bias;
    return { name: name!, from, to: from + BigInt(`0x${size}`) };
  });
}

function namesOf(frames: readonly Frame[], path: string): string[] {
  const functions = functionsOf(workload("deep"));
  return frames
    .filter((frame) => frame.object === path)
    .map(({ offset }) => functions.find(({ from, to }) => offset >= from && offset <= to)?.name ?? "?");
}

test("user frames come out in order, with the object they are of", async () => {
  const recorded = await recordDeep(3);
  const row = napRow(recorded);
  assertNaps(recorded, row.periods);
  assert.is(row.class, OffcpuClass.Interruptible);
  const frames = stackFrames(recorded.analysis, row.userStack);
  assert.equal(namesOf(frames, recorded.path), ["nap", "descend", "descend", "descend", "middle", "outer", "main"]);
  const notes = execFileSync("readelf", ["-n", workload("deep")], { encoding: "utf8" });
  const buildId = notes.match(/Build ID: (\w+)/)![1];
  assert.is(frames[0]!.buildId, buildId);
});

test("kernel frames have names, and none of them is a tracer's", async () => {
  const recorded = await recordDeep(1);
  const names = stackFrames(recorded.analysis, napRow(recorded).kernelStack).map((frame) => frame.symbol);
  assert.ok(names.length >= 4, names.join(";"));
  assert.not(names.includes(""), names.join(";"));
  assert.ok(names.some((name) => name.includes("nanosleep")), names.join(";"));
  assert.not.match(names.join(";"), /bpf|trace/);
});

test("a stack deeper than the limit is cut at its root and says so", async () => {
  const recorded = await recordDeep(StackDepthMax + 50);
  const { userStack } = napRow(recorded);
  const names = namesOf(stackFrames(recorded.analysis, userStack), recorded.path);
  assert.is(names.length, StackDepthMax);
  assert.equal(names.slice(0, 3), ["nap", "descend", "descend"]);
  assert.is(recorded.analysis.stacks.flags[userStack]! & StackTruncated, StackTruncated);
});

test("periods below --stack-min-us have no stack, those at or over it all do", async () => {
  const over = await recordDeep(1, ["--stack-min-us", "4000"]); // a nap takes 5,000
  assertNaps(over, napRow(over).periods);
  assert.ok(napRow(over).kernelStack !== 0 && napRow(over).userStack !== 0);
  const under = await recordDeep(1, ["--stack-min-us", "60000"]);
  assert.is(sum(stacksOf(under, Edge.None)), 0);
  assert.is(sum(stacksOf(await recordDeep(1, ["--no-stacks"]))), 0);
});

/** Of all periods, or those of one edge: where recording cuts a period, a snapshot knows its stacks. */
function stacksOf({ analysis }: Recorded, edge?: Edge): number[] {
  const rows = offcpuRows(analysis).filter((row) => edge === undefined || row.edge === edge);
  return rows.flatMap((row) => [row.kernelStack, row.userStack]);
}

test("user stacks need no system call tracing", async () => {
  const recorded = await recordDeep(2, ["--no-syscalls"]);
  const frames = stackFrames(recorded.analysis, napRow(recorded).userStack);
  assert.equal(namesOf(frames, recorded.path), ["nap", "descend", "descend", "middle", "outer", "main"]);
});

test.after.each(endAll);
test.run();
