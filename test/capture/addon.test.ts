// Recording from a program, in its own process: the promises of startRecording and stop, what the
// file then holds, and the same refusals as on the command line, as errors of the right kind.

import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as assert from "uvu/assert";
import { BlockType, Ended } from "../../assembly/format.js";
import { CaptureError, loadCaptureAddon, startRecording, UsageError } from "../../analyzer/node.js";
import { recordingSuite } from "../host.js";
import { analyze, recordsOf, sum, syscallRows, threadRows } from "./results.js";

const test = recordingSuite("capture/addon");
const directory = mkdtempSync(join(tmpdir(), "offcut-addon-"));
test.after(() => rmSync(directory, { recursive: true, force: true }));

const file = (name: string) => join(directory, name);

test("the addon is built", () => {
  assert.ok(loadCaptureAddon() !== undefined, "npm run build:addon");
});

test("start, stop, and a whole recording that says what the summary says", async () => {
  const recording = await startRecording({ output: file("stopped.offcut") });
  assert.is(recording.output, file("stopped.offcut"));
  await sleep(300);
  const summary = await recording.stop();
  assert.is(await recording.ended, summary);
  assert.is(await recording.stop(), summary);
  assert.is(summary.ended, Ended.Stopped);
  assert.ok(summary.durationNs >= 250e6, `${summary.durationNs} ns`);
  const analysis = await analyze(recording.output);
  assert.is(analysis.recording.ended[0], Ended.Stopped);
  assert.is(Number(analysis.recording.fileBytes[0]), summary.fileBytes);
  assert.is(recordsOf(analysis, BlockType.Switch), summary.written.switch);
  assert.is(recordsOf(analysis, BlockType.Syscall), summary.written.syscall);
  assert.ok(summary.written.switch > 0);
  for (const stream of ["switch", "wake", "syscall"] as const) {
    assert.is(summary.seen[stream], summary.written[stream] + summary.lost[stream]);
  }
});

test("the process that records is not recorded", async () => {
  const recording = await startRecording({ output: file("self.offcut"), durationSeconds: 0.3 });
  for (let at = 0; at < 50; at++) {
    existsSync(directory);
    await sleep(2);
  }
  assert.is((await recording.ended).ended, Ended.Duration);
  const own = threadRows(await analyze(recording.output)).filter(({ pid }) => pid === process.pid);
  assert.is(sum(own.map((thread) => thread.switches)), 0);
});

test("a command, whose calls are all there and whose exit status is the summary's", async () => {
  const command = ["sh", "-c", "kill -0 $$; kill -0 $$; kill -0 $$; exit 7"];
  const recording = await startRecording({ output: file("command.offcut"), syscalls: ["kill"], command });
  const summary = await recording.ended;
  assert.equal([summary.ended, summary.commandStatus], [Ended.CommandExit, 7]);
  const calls = syscallRows(await analyze(recording.output));
  assert.is(sum(calls.map((row) => row.count)), 3);
});

test("several recordings, one after the other and at the same time", async () => {
  const outputs = ["a", "b"].map((name) => file(`${name}.offcut`));
  const recordings = await Promise.all(outputs.map((output) => startRecording({ output })));
  await sleep(200);
  const summaries = await Promise.all(recordings.map(({ stop }) => stop()));
  for (const [at, summary] of summaries.entries()) {
    assert.ok(summary.written.switch > 0);
    assert.is(Number((await analyze(outputs[at]!)).recording.events[0]), sum(Object.values(summary.written)));
  }
});

test("options that make no sense are the caller's mistake", async () => {
  const error: unknown = await startRecording({ userOnly: true, kernelOnly: true }).catch((reason: unknown) => reason);
  assert.instance(error, UsageError);
  assert.match((error as Error).message, "-u and -k leave no thread to record");
});

test("an existing file is not overwritten unless asked", async () => {
  const output = file("existing.offcut");
  writeFileSync(output, "precious");
  const error: unknown = await startRecording({ output }).catch((reason: unknown) => reason);
  assert.instance(error, CaptureError);
  assert.is((error as CaptureError).errno, 17);
  const recording = await startRecording({ output, force: true, durationSeconds: 0.1 });
  assert.is((await recording.ended).failure, undefined);
});

test.run();
