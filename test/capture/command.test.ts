// "-- CMD ARGS": the command runs as if it had been started directly, everything it and its
// children do is recorded while it runs, and its exit status is the recorder's.

import { existsSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { Ended } from "../../assembly/format.js";
import { recordingSuite, workload } from "../host.js";
import { endAll, record, startRecorder, startStorm, temporaryDirectory } from "./recorder.js";
import { analyze, offcpuRows, syscallRows, threadRows } from "./results.js";

const test = recordingSuite("recording a command");

function newFile(): string {
  return join(temporaryDirectory(), "command.offcut");
}

for (const [script, status] of [["true", 0], ["exit 7", 7], ["kill -TERM $$", 128 + 15]] as const) {
  test(`exits with the command's status: sh -c "${script}"`, async () => {
    const file = newFile();
    const ended = await record(["-o", file, "--", "sh", "-c", script]);
    assert.is(ended.code, status, ended.stderr);
    assert.is((await analyze(file)).recording.ended[0], Ended.CommandExit);
  });
}

test("a command that is not there is named, and nothing is left behind", async () => {
  const file = newFile();
  const ended = await record(["-o", file, "--", "no-such-program-anywhere"]);
  assert.is(ended.code, 1, ended.stderr);
  assert.match(ended.stderr, /no-such-program-anywhere/);
  assert.not(existsSync(file));
});

test("the command keeps its standard streams", async () => {
  const ended = await record(["-o", newFile(), "-q", "--", "sh", "-c", "echo out; echo err >&2"]);
  assert.is(ended.stdout.toString(), "out\n");
  assert.is(ended.stderr, "err\n");
});

test("the command and its children are recorded from their first call, nobody else", async () => {
  const file = newFile();
  const other = startStorm("syscall", 0);
  const ended = await record(["-o", file, "--", "sh", "-c", `${workload("forks")} 20; true`]);
  assert.is(ended.code, 0, ended.stderr);
  const { forked, executed } = JSON.parse(ended.stdout.toString().split("\n")[1]!) as Record<string, number[]>;
  const analysis = await analyze(file);
  const pids = new Set(syscallRows(analysis).map((row) => row.pid));
  for (const pid of [...forked!, ...executed!]) assert.ok(pids.has(pid), `child ${pid}`);
  assert.not(pids.has(other.pid));
  assert.not(offcpuRows(analysis).some((row) => row.pid === other.pid));
  assert.is(analysis.meta.get("command"), `sh -c ${workload("forks")} 20; true`);
});

test("-a with a command records the whole host while it runs", async () => {
  const file = newFile();
  const other = startStorm("switch", 0);
  const ended = await record(["-o", file, "-a", "--", "sleep", "0.5"]);
  assert.is(ended.code, 0, ended.stderr);
  const analysis = await analyze(file);
  assert.ok(syscallRows(analysis).some((row) => row.pid === other.pid));
  assert.ok(threadRows(analysis).some((thread) => thread.comm === "sleep"));
});

test("a signal to the recorder ends the recording whole", async () => {
  const file = newFile();
  const recorder = await startRecorder(["-o", file, "--", "sleep", "30"]);
  const ended = await recorder.stop("SIGTERM");
  assert.is.not(ended.code, null, "it exits, it does not die");
  assert.is((await analyze(file)).recording.ended[0], Ended.Signal);
});

test.after.each(endAll);
test.run();
