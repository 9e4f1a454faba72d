// Loss is exact: with a storm, and a recorder that is stopped for more than a second, every event is
// either in the file or counted as lost, by CPU and stream, and the counters of the kernel side still
// know how many there were. What is answered from it says "lower bound".

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as assert from "uvu/assert";
import { LostReason } from "../../assembly/format.js";
import { buildDirectory, recordingSuite, workload } from "../host.js";
import { readRecording } from "../oracle/read.js";
import { endAll, startRecorder, temporaryDirectory } from "./recorder.js";
import { analyze, BlockType, syscallRows, type Analysis } from "./results.js";

const test = recordingSuite("loss");

const StopMs = 1500;
/** A storm fills it in a tenth of a second; a recorder that runs empties it sooner. */
const RingSize = "4M";
const Rounds = 3_000_000;
const stormCpu = cpus().length - 1;

interface Run {
  file: string;
  analysis: Analysis;
  stormPid: number;
}

let measured: Promise<Run> | undefined;
const run = () => (measured ??= recordWithLoss());

async function recordWithLoss(): Promise<Run> {
  const file = join(temporaryDirectory(), "lossy.offcut");
  const storm = [workload("storm"), "syscall", String(Rounds), String(stormCpu)];
  const recorder = await startRecorder(["-o", file, "--ring-size", RingSize, "--", ...storm]);
  await sleep(300);
  recorder.kill("SIGSTOP");
  await sleep(StopMs);
  recorder.kill("SIGCONT");
  const ended = await recorder.end();
  assert.is(ended.code, 0, ended.stderr);
  const stormPid = Number(ended.stdout.toString().trim().split(" ")[1]);
  return { file, analysis: await analyze(file), stormPid };
}

/** Written records of each (cpu, stream), counted block by block by the reference reader. */
function writtenByStream(file: string): Map<string, bigint> {
  const written = new Map<string, bigint>();
  for (const block of readRecording(readFileSync(file)).blocks) {
    const key = `${block.cpu} ${block.type}`;
    written.set(key, (written.get(key) ?? 0n) + BigInt(block.records));
  }
  return written;
}

test("happened, because rings were full and for no other reason", async () => {
  const { analysis } = await run();
  const { lost } = analysis;
  const events = [BlockType.Switch, BlockType.Wake, BlockType.Syscall];
  const rows = Array.from(lost.stream, (stream, row) => ({ stream, reason: LostReason[lost.reason[row]!] }));
  const reasons = rows.filter(({ stream }) => events.includes(stream)).map(({ reason }) => reason);
  assert.equal([...new Set(reasons)], ["RingFull"], `with a ring of ${RingSize}`);
});

test("per CPU and stream, seen is what is in the file and what is counted as lost", async () => {
  const { file, analysis } = await run();
  const { totals, lost } = analysis;
  const written = writtenByStream(file);
  for (let row = 0; row < totals.length; row++) {
    const stream = `${totals.cpu[row]} ${totals.stream[row]}`;
    assert.is(totals.written[row], written.get(stream) ?? 0n, `written of ${stream}`);
    assert.is(totals.seen[row], totals.written[row]! + totals.lost[row]!, `seen of ${stream}`);
    let counted = 0n;
    for (let each = 0; each < lost.length; each++) {
      if (`${lost.cpu[each]} ${lost.stream[each]}` === stream) counted += lost.count[each]!;
    }
    assert.is(counted, totals.lost[row], `lost of ${stream}`);
  }
});

test("the storm's own number of calls is known exactly all the same", async () => {
  const { analysis, stormPid } = await run();
  const { syscallCounts } = analysis;
  const write = process.arch === "arm64" ? 64 : 1;
  const row = syscallCounts.nr.indexOf(write);
  assert.is(Number(syscallCounts.count[row]), Rounds + 1, "its rounds, and the line that it prints");
  const recorded = syscallRows(analysis).find((each) => each.pid === stormPid && each.nr === write);
  assert.ok(recorded!.count < Rounds, "of which not all were recorded");
});

test("the time it touched is no longer than the stop and what it takes to catch up", async () => {
  const { analysis } = await run();
  const { lost } = analysis;
  for (let row = 0; row < lost.length; row++) {
    const ms = Number(lost.toNs[row]! - lost.fromNs[row]!) / 1e6;
    assert.ok(ms <= StopMs + 1500, `${BlockType[lost.stream[row]!]}: ${ms} ms`);
  }
});

test("is shown as lower bound in every answer", async () => {
  const { file } = await run();
  for (const command of ["offcpu", "syscalls", "info"]) {
    const main = join(buildDirectory, "analyzer", "cli", "main.js");
    const shown = execFileSync(process.execPath, [main, command, file], { encoding: "utf8" });
    assert.match(shown, /lower bound/, command);
  }
});

test.after(endAll);
test.run();
