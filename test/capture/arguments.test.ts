// Arguments of system calls, the strings and addresses that they point to and the paths of cgroups,
// against the program that made the calls. Read by the oracle, from the document; and by the engine,
// event by event, which must say the same.

import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as assert from "uvu/assert";
import { readEvents } from "../../analyzer/node.js";
import { EventKind } from "../../assembly/tables.js";
import { runCli } from "../cli/run-cli.js";
import { recordingSuite, workload } from "../host.js";
import { analyzeRecording, type Answer } from "../oracle/analyze.js";
import type { CallArguments } from "../oracle/arguments.js";
import * as format from "../oracle/format.js";
import { readRecording, type Recording } from "../oracle/read.js";
import { endAll, record, runThrough, startRecorder, startStorm, startWorkload, temporaryDirectory } from "./recorder.js";

const test = recordingSuite("arguments");

const calls = "openat,open,futex,renameat2,connect,sendto";
/** Numbers of two of them. */
const [renameat2, futex] = process.arch === "arm64" ? [276, 98] : [316, 202];
const IA32Futex = 240;

type Call = Pick<CallArguments, "nr" | "compat" | "strings"> & { values: string[] };

async function recordWorkload(stringBytes: number, options: readonly string[]): Promise<{ expected: Call[]; answer: Answer }> {
  const file = join(temporaryDirectory(), "arguments.offcut");
  const program = await startWorkload("arguments", [String(stringBytes)]);
  const recorder = await startRecorder(["-o", file, "-p", String(program.pid), ...options]);
  const expected = JSON.parse(await runThrough(program)) as Call[];
  const { code, stderr } = await recorder.stop();
  assert.is(code, 0, stderr);
  const answer = analyzeRecording(readFileSync(file));
  assert.equal(await linesOfEngine(file), linesOfOracle(answer), "the engine says what the oracle does");
  return { expected, answer };
}

/** A line for each call that has arguments, as its event has them. */
async function linesOfEngine(file: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const batch of readEvents(file, { kinds: [EventKind.Syscall] })) {
    const { events, arguments: recorded } = batch;
    for (let row = 0; row < events.length; row++) {
      const values = argumentIndexes.map((index) => recorded?.argument(index)?.[row] ?? NaN);
      if (Number.isNaN(values[0])) continue;
      const texts = argumentIndexes.flatMap((index) => recorded?.string(index, row) ?? []);
      lines.push(`${events.nr[row]} ${events.compat[row]} ${values.join(" ")} ${JSON.stringify(texts)}`);
    }
  }
  return lines;
}

const argumentIndexes = [0, 1, 2, 3, 4, 5];

/** The same of the oracle's answer. Events have numbers, which are not exact beyond 2^53. */
function linesOfOracle({ callArguments }: Answer): string[] {
  return callArguments.map(({ nr, compat, values, strings }) => {
    const numbers = values.map((value) => Number(BigInt.asIntN(64, value)));
    return `${nr} ${Number(compat)} ${numbers.join(" ")} ${JSON.stringify(strings.map(({ text }) => text))}`;
  });
}

function shown({ callArguments }: Answer): Call[] {
  return callArguments.map(({ nr, compat, values, strings }) => ({ nr, compat, values: values.map(String), strings }));
}

for (const bytes of [64, 256]) {
  test(`are the program's own, in order, with ${bytes} bytes of what they point to`, async () => {
    const { expected, answer } = await recordWorkload(bytes, ["--args", calls, "--strings", String(bytes)]);
    assert.ok(expected.length > 20);
    assert.equal(shown(answer), expected);
    assert.equal(answer.warnings, []);
    assert.equal(answer.lost, []);
  });
}

test("of calls that were not asked for are not recorded, and strings not without --strings", async () => {
  const { expected, answer } = await recordWorkload(64, ["--args", "renameat2,futex"]);
  const asked = [renameat2, futex];
  const wanted = expected.filter(({ nr, compat }) => (compat ? nr === IA32Futex : asked.includes(nr)));
  assert.equal(shown(answer), wanted.map((call) => ({ ...call, strings: [] })));
  assert.ok(answer.syscalls.length > asked.length, "the other calls themselves are");
});

test("with --syscalls are those of recorded calls only", async () => {
  const { expected, answer } = await recordWorkload(64, ["--syscalls", "renameat2", "--args", "all", "--strings", "64"]);
  assert.equal(shown(answer), expected.filter(({ nr }) => nr === renameat2));
});

function blocksOf(recording: Recording, type: number): number {
  return recording.blocks.filter((block) => block.type === type).length;
}

test("are off by default: nothing of them is in the file", async () => {
  const file = join(temporaryDirectory(), "plain.offcut");
  const { code, stderr } = await record(["-o", file, "--", workload("arguments"), "64"]);
  assert.is(code, 0, stderr);
  const recording = readRecording(readFileSync(file));
  assert.is(blocksOf(recording, format.BlockType.Arguments), 0);
  assert.is(blocksOf(recording, format.BlockType.StringArgument), 0);
  assert.match(stderr, /system calls, \d+ stacks/);
});

test("with all: every call that ended has some, and one that did not has none", async () => {
  const file = join(temporaryDirectory(), "all.offcut");
  const { code, stderr } = await record(["-o", file, "--args", "all", "--", workload("arguments"), "64"]);
  assert.is(code, 0, stderr);
  const answer = analyzeRecording(readFileSync(file));
  const ended = answer.syscalls.reduce((sum, { count, noEnter }) => sum + count - noEnter, 0n);
  assert.is(BigInt(answer.callArguments.length), ended);
  const began = answer.blocks.find(({ type }) => type === format.BlockType.Arguments)!.records;
  assert.is(began, ended + 1n, "exit_group");
});

test("are accounted for by CPU when the ring is full: seen is written and lost", async () => {
  const file = join(temporaryDirectory(), "lossy.offcut");
  const storm = startStorm("syscall", cpus().length - 1);
  const options = ["--args", "read,write", "--ring-size", "4M"];
  const recorder = await startRecorder(["-o", file, "-p", String(storm.pid), "--no-offcpu", ...options]);
  await sleep(300);
  recorder.kill("SIGSTOP");
  await sleep(1500);
  recorder.kill("SIGCONT");
  await sleep(300);
  assert.is((await recorder.stop()).code, 0);
  const answer = analyzeRecording(readFileSync(file));
  const written = new Map<string, bigint>();
  for (const block of readRecording(readFileSync(file)).blocks) {
    const key = `${block.cpu} ${block.type}`;
    written.set(key, (written.get(key) ?? 0n) + BigInt(block.records));
  }
  const totals = answer.totals.filter(({ stream }) => stream === format.BlockType.Arguments);
  assert.ok(totals.some(({ lost }) => lost > 0n), "the ring was full");
  for (const { cpu, stream, seen, written: said, lost } of totals) {
    assert.is(said, written.get(`${cpu} ${stream}`) ?? 0n);
    assert.is(seen, said + lost);
    const counted = answer.lost.filter((row) => row.cpu === cpu && row.stream === stream);
    assert.is(counted.reduce((sum, row) => sum + row.count, 0n), lost);
    assert.equal(new Set(counted.map(({ reason }) => reason)), new Set([format.LostReason.RingFull]));
  }
});

test("strings that the ring refused are counted", async () => {
  const file = join(temporaryDirectory(), "strings.offcut");
  const opener = `while :; do [ -e /nonexistent/${"x".repeat(200)} ]; done`;
  const options = ["--args", "all", "--strings", "256", "--ring-size", "1M", "--no-offcpu"];
  const recorder = await startRecorder(["-o", file, ...options, "--", "sh", "-c", opener]);
  await sleep(200);
  recorder.kill("SIGSTOP");
  await sleep(2000);
  recorder.kill("SIGCONT");
  await sleep(200);
  await recorder.stop();
  const answer = analyzeRecording(readFileSync(file));
  const lost = answer.lost.filter(({ stream }) => stream === format.BlockType.StringArgument);
  assert.equal([...new Set(lost.map(({ reason }) => reason))], [format.LostReason.RingFull]);
  // Every call of the loop names its file: those that kept their arguments and not their string are
  // among the refused ones.
  const named = answer.callArguments.find(({ strings }) => strings[0]?.text.startsWith("/nonexistent/"))!;
  const bare = answer.callArguments.filter(({ nr, strings }) => nr === named.nr && strings.length === 0);
  assert.ok(bare.length > 0);
  assert.ok(lost.reduce((sum, { count }) => sum + count, 0n) >= BigInt(bare.length));
});

test("misuse is named", async () => {
  const file = join(temporaryDirectory(), "none.offcut");
  const misuses: [string[], string][] = [
    [["--args", "openat,frobnicate"], '--args does not know "frobnicate". Calls are named as in their manual pages (futex, read, openat); newer ones can be given by number.'],
    [["--strings", "64"], "--strings are those that arguments point to: name the calls with --args."],
    [["--args", "all", "--strings", "257"], '--strings does not take "257"; try --strings 64.'],
    [["--args", "all", "--no-syscalls"], "--args are those of system calls, which are switched off."],
  ];
  for (const [words, sentence] of misuses) {
    const { code, stderr } = await record(["-o", file, ...words]);
    assert.equal([code, stderr], [2, `offcut-capture: ${sentence}\n`]);
  }
});

test("cgroups have the paths that /proc says", async () => {
  const own = /^0::(.*)$/m.exec(readFileSync("/proc/self/cgroup", "utf8"))?.[1];
  if (own === undefined) {
    console.log("SKIP cgroups: no cgroup v2 here");
    return;
  }
  const file = join(temporaryDirectory(), "cgroups.offcut");
  const { code, stderr } = await record(["-o", file, "-d", "0.3"]);
  assert.is(code, 0, stderr);
  const answer = analyzeRecording(readFileSync(file));
  const self = answer.threads.find(({ tid }) => tid === process.pid)!;
  assert.is(answer.cgroups.find(({ cgroup }) => cgroup === self.cgroup)?.path, own);
  const ids = answer.cgroups.map(({ cgroup }) => cgroup);
  assert.is(new Set(ids).size, ids.length, "each once");
  // A path that reads like a pattern is not asked for as one.
  const words = ["offcpu", "--open", "--group-by", "cgroup", "--json"];
  const { rows } = JSON.parse((await runCli([...words, file])).stdout) as { rows: { group: string }[] };
  assert.ok(rows.some(({ group }) => group === own), "and the command line shows them");
  if (/[*?[]|\/[imsu]*$/.test(own) && own !== "/") return;
  const selected = JSON.parse((await runCli([...words, "--cgroup", own, file])).stdout) as { rows: { group: string }[] };
  assert.equal(selected.rows.map(({ group }) => group), [own]);
});

test.after.each(endAll);
test.run();
