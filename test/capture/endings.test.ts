// How a recording ends: by a signal, by time, by size, by a second signal, by kill -9, on a full
// disk. Every one leaves a file that can be read, and the file or the message says how it ended.

import { execFileSync } from "node:child_process";
import { mkdirSync, statSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as assert from "uvu/assert";
import { Ended } from "../../assembly/format.js";
import { Warning } from "../../assembly/tables.js";
import { recordingSuite } from "../host.js";
import { endAll, record, startRecorder, startStorm, temporaryDirectory } from "./recorder.js";
import { analyze, type Analysis } from "./results.js";

const test = recordingSuite("endings");

const stormCpu = cpus().length - 1;

function newFile(): string {
  return join(temporaryDirectory(), "ended.offcut");
}

function warningsOf(analysis: Analysis): Warning[] {
  return Array.from(analysis.warnings.warning);
}

function assertTotalsAddUp(analysis: Analysis): void {
  const { totals } = analysis;
  assert.ok(totals.length > 0, "totals are there");
  for (let row = 0; row < totals.length; row++) {
    assert.is(totals.seen[row], totals.written[row]! + totals.lost[row]!);
  }
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  test(`${signal} ends it whole`, async () => {
    const file = newFile();
    startStorm("switch", stormCpu);
    const recorder = await startRecorder(["-o", file]);
    await sleep(500);
    const ended = await recorder.stop(signal);
    assert.is(ended.code, 0, ended.stderr);
    const analysis = await analyze(file);
    assert.is(analysis.recording.ended[0], Ended.Signal);
    assert.equal(warningsOf(analysis), []);
    assertTotalsAddUp(analysis);
  });
}

test("-d ends it after that time", async () => {
  const file = newFile();
  const ended = await record(["-o", file, "-d", "1.5"]);
  assert.is(ended.code, 0, ended.stderr);
  const { recording } = await analyze(file);
  assert.is(recording.ended[0], Ended.Duration);
  const seconds = Number(recording.endNs[0]! - recording.startNs[0]!) / 1e9;
  assert.ok(seconds > 1.4 && seconds < 2.5, `${seconds} s`);
});

test("--max-size ends it before the file is larger", async () => {
  const file = newFile();
  startStorm("syscall", stormCpu);
  const ended = await record(["-o", file, "-d", "20", "--max-size", "4M"]);
  assert.is(ended.code, 0, ended.stderr);
  const size = statSync(file).size;
  assert.ok(size <= 4 * 1024 * 1024 && size > 2 * 1024 * 1024, `${size} bytes`);
  const analysis = await analyze(file);
  assert.is(analysis.recording.ended[0], Ended.SizeMax);
  assert.equal(warningsOf(analysis), []);
});

test("a second signal ends it at once, without its end matter", async () => {
  const file = newFile();
  startStorm("switch", stormCpu);
  const recorder = await startRecorder(["-o", file]);
  await sleep(1500);
  // Stopped, so that both signals wait for it: it has seen neither when the other comes.
  recorder.kill("SIGSTOP");
  recorder.kill("SIGINT");
  recorder.kill("SIGTERM");
  const from = Date.now();
  recorder.kill("SIGCONT");
  const ended = await recorder.end();
  assert.ok(Date.now() - from < 1000);
  assert.ok(ended.signal !== null || (ended.code ?? 0) !== 0, "and says so in its status");
  assert.ok(warningsOf(await analyze(file)).includes(Warning.Unfinished));
});

test("kill -9 leaves all but the last moment", async () => {
  const file = newFile();
  startStorm("switch", stormCpu);
  const recorder = await startRecorder(["-o", file]);
  await sleep(3000);
  const killedNs = process.hrtime.bigint(); // CLOCK_MONOTONIC, as the recording's
  await recorder.stop("SIGKILL");
  const analysis = await analyze(file);
  const cutOff = warningsOf(analysis).filter((each) => [Warning.Unfinished, Warning.Truncated].includes(each));
  assert.is(cutOff.length, 1);
  assert.is(analysis.recording.ended[0], 0);
  const missingMs = Number(killedNs - analysis.recording.endNs[0]!) / 1e6;
  assert.ok(missingMs < 1500, `the last ${missingMs} ms are missing`);
  assert.ok(analysis.recording.events[0]! > 100_000n);
});

test("a full disk is said, counted and survived", async () => {
  const disk = join(temporaryDirectory(), "disk");
  mkdirSync(disk);
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", disk]);
  try {
    const file = join(disk, "full.offcut");
    startStorm("syscall", stormCpu);
    const ended = await record(["-o", file, "-d", "5"]);
    assert.is(ended.code, 1, ended.stderr);
    assert.match(ended.stderr, /No space left|disk is full/i);
    assert.match(ended.stderr, /[1-9]\d* lost/, "how many went unwritten");
    const analysis = await analyze(file);
    assert.ok(analysis.recording.events[0]! > 100_000n);
    assert.ok(statSync(file).size > 1024 * 1024);
  } finally {
    execFileSync("umount", [disk]);
  }
});

test.after.each(endAll);
test.run();
