// `hist` and `events` of a large recording on several CPUs: answered to the last byte as on one,
// whole, in part, cut off and damaged, with the same errors; also where a worker thread dies.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Ended } from "../oracle/format.js";
import { writeBigRecording } from "../recordings/big.js";
import { RecordingBuilder } from "../recordings/build.js";
import { MemorySink } from "../recordings/write.js";
import { cliMain, dyingAfter, lastWords, runCli, TemporaryFiles } from "./run-cli.js";
import type { CliOptions, CliResult } from "./run-cli.js";

const test = suite("cli/events-on-cpus");
const files = new TemporaryFiles();
test.after(() => files.remove());

/** Below, no thread is started to read events: see on-cpus.ts. */
const BytesWorthThreads = 8 * 1024 * 1024;

const large = files.path("large.offcut");
const cut = files.path("cut.offcut");
const damaged = files.path("damaged.offcut");
test.before(() => {
  writeBigRecording(1_500_000, large);
  const bytes = readFileSync(large);
  assert.ok(bytes.length > BytesWorthThreads + 100_000, `${bytes.length} bytes`);
  writeFileSync(cut, bytes.subarray(0, BytesWorthThreads + 12_345));
  for (const at of [1_000_000, 5_000_000]) bytes[at]! ^= 0x55;
  writeFileSync(damaged, bytes);
});

/** The answer, which must be the same on one CPU and on several. */
async function answered(words: readonly string[], options?: CliOptions): Promise<CliResult> {
  const one = await runCli([...words, "--jobs", "1"], options);
  for (const jobs of ["2", "3"]) {
    const more = await runCli([...words, "-j", jobs], options);
    const what = `${words.join(" ")} -j ${jobs}`;
    assert.is(more.stdout === one.stdout, true, `${what}: ${more.stdout.length} characters, on one ${one.stdout.length}`);
    assert.equal([more.status, more.stderr], [one.status, one.stderr], what);
  }
  return one;
}

test("hist on one CPU and on several", async () => {
  const questions = [
    [large, "-C", "*:comm,nr,ret", "offcpu:blocked", "--by", "state", "-S", "*:comm,latency"],
    [large, "wakeup:latency", "-i", "0.1"],
    [large, "*:latency", "--from", "0.1", "--to", "0.3", "--json"],
    [large, "read:ret > 0:ret", "--comm", "worker-3"],
    [large, cut, "-C", "openat,read:errno"],
  ];
  for (const words of questions) {
    const { status, stdout } = await answered(["hist", ...words]);
    assert.ok(status === 0 && stdout.length > 60, `${words.join(" ")}: ${stdout}`);
  }
});

test("events on one CPU and on several", async () => {
  const questions = [
    [cut, "--from", "0.02", "--to", "0.09"],
    [large, "--where", "ret == -7", "--columns", "time,comm,syscall,event"],
    [large, "--kinds", "period", "--tid", "1003,1120", "--stacks"],
    [large, "--kinds", "syscall", "--where", "latency > 39ms", "--json"],
    [large, "--kinds", "wakeup", "--comm", "worker-[12]", "--to", "0.1", "--csv"],
  ];
  for (const words of questions) {
    const { status, stdout } = await answered(["events", ...words]);
    assert.ok(status === 0 && stdout.length > 1000, `${words.join(" ")}: ${stdout}`);
  }
});

test("damage is skipped, said and counted alike", async () => {
  for (const words of [["hist", damaged, "-C", "*:comm"], ["events", damaged, "--where", "ret == -3"]]) {
    const { status, stdout, stderr } = await answered(words);
    assert.is(status, 1);
    assert.ok(stdout.length > 60);
    assert.match(stderr, /damaged/);
  }
});

test("errors are the same sentences", async () => {
  const noRecording = files.write("no-recording", new Uint8Array(BytesWorthThreads + 1));
  for (const command of ["hist", "events"]) {
    const words = command === "hist" ? [noRecording, "read:ret"] : [noRecording];
    const { status, stdout, stderr } = await answered([command, ...words]);
    assert.equal([status, stdout], [1, ""]);
    assert.match(stderr, "no-recording is not an offcut recording");
  }
  const { status, stderr } = await answered(["hist", large, "-C", "*:comm,ret", "--host", "nobody"]);
  assert.equal([status, stderr.startsWith("offcut: ")], [2, true], stderr);
});

/** 200,000 reads, of which those from `firstWith` to `endWith` have arguments. */
function readsRecording(streams: string, firstWith: number, endWith: number): Uint8Array {
  const sink = new MemorySink();
  const startNs = 1e9;
  const builder = new RecordingBuilder(sink.put, { startNs, startRealtimeNs: 0n, bootId: new Uint8Array(16), cpus: 1 });
  builder.meta({ streams });
  const perBlock = 10_000;
  for (let first = 0; first < 200_000; first += perBlock) {
    const calls = Array.from({ length: perBlock }, (_, i) => ({ tid: 1, nr: 0, time: startNs + (first + i + 1) * 1000, result: i }));
    const withArguments = calls.filter((_, i) => first + i >= firstWith && first + i < endWith);
    const values = [3n, 0n, 4096n];
    if (withArguments.length > 0) builder.arguments(0, withArguments.map(({ tid, nr, time }) => ({ tid, nr, time: time - 500, values })));
    builder.syscalls(0, calls.map((call) => ({ ...call, duration: 500 })));
    builder.sync(calls.at(-1)!.time + 100);
  }
  builder.writer.end(Ended.Duration);
  return sink.bytes();
}

test("events: arguments that none, some or only the last calls have", async () => {
  const refused = 'offcut: read\'s argument "count" was not recorded; record with --args read\n';
  const cases = [
    { streams: "syscall,arguments", firstWith: 0, endWith: 0, status: 2, lines: 200_001 },
    { streams: "syscall,arguments", firstWith: 199_000, endWith: 200_000, status: 0, lines: 200_001 },
    { streams: "syscall,arguments", firstWith: 0, endWith: 1_000, status: 0, lines: 200_001 },
    { streams: "syscall", firstWith: 0, endWith: 1_000, status: 0, lines: 200_001 },
    { streams: "syscall", firstWith: 0, endWith: 0, status: 2, lines: 1 },
  ];
  for (const { streams, firstWith, endWith, status, lines } of cases) {
    const file = files.write("reads.offcut", readsRecording(streams, firstWith, endWith));
    const answer = await answered(["events", file, "--columns", "time,ret,count"]);
    const what = `${streams}, arguments from ${firstWith} to ${endWith}`;
    assert.equal([answer.status, answer.stderr], [status, status === 2 ? refused : ""], what);
    assert.is(answer.stdout.split("\n").length - 1, lines, what);
  }
});

test("from a pipe as from a file", async () => {
  const input = [readFileSync(large)];
  for (const [command, ...more] of [["events", "--where", "ret == -7"], ["hist", "-C", "*:comm"]]) {
    const { stdout } = await answered([command!, "-", ...more], { input });
    assert.is(stdout, (await runCli([command!, large, ...more])).stdout);
  }
});

test("hist: where the thread that reads dies, the rest is read without it", async () => {
  const words = ["hist", large, "-C", "*:comm,nr", "-i", "0.1"];
  const alone = await runCli([...words, "-j", "1"]);
  for (const batches of [0, 5]) {
    const answer = await runCli([...words, "-j", "2"], { env: dyingAfter(batches, "batch") });
    assert.equal(answer, { ...alone, stderr: lastWords + alone.stderr }, `after ${batches} batches`);
  }
});

test("events: a thread that makes lines and dies is an error, behind the lines before", async () => {
  const words = ["events", large, "--where", "ret == -7"];
  const { stdout } = await runCli([...words, "-j", "1"]);
  const answer = await runCli([...words, "-j", "2"], { env: dyingAfter(2, "pieces") });
  assert.is(answer.status, 1);
  assert.ok(answer.stderr.startsWith(`${lastWords}offcut: Error: a worker thread died: it ended (7)\n`), answer.stderr);
  assert.ok(answer.stdout.length > 0 && answer.stdout.length < stdout.length);
  assert.ok(stdout.startsWith(answer.stdout), "in order, none left out");
});

test("a reader that has read enough ends events on several CPUs quietly", async () => {
  assert.ok(statSync(large).size > BytesWorthThreads);
  const child = spawn(process.execPath, [cliMain, "events", large, "-j", "3"], { stdio: ["ignore", "pipe", "pipe"] });
  const closed = once(child, "close");
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  let bytes = 0;
  for await (const chunk of child.stdout) {
    bytes += (chunk as Buffer).length;
    if (bytes > 10_000_000) break; // which closes the pipe
  }
  const [status, signal] = (await closed) as [number | null, string | null];
  assert.equal([status, signal, stderr], [0, null, ""]);
});

test.run();
