// Several large recordings asked about at once: analyzed on as many CPUs as there are, and answered to
// the last byte as on one.

import { execFile } from "node:child_process";
import { statSync } from "node:fs";
import { promisify } from "node:util";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { findProgram } from "../host.js";
import { writeBigRecording } from "../recordings/big.js";
import { cliMain, runCli, TemporaryFiles } from "./run-cli.js";

const test = suite("cli/several-recordings");
const files = new TemporaryFiles();
test.after(() => files.remove());

const execute = promisify(execFile);

const Events = 600_000;
/** Below, no thread is started: see on-cpus.ts. */
const BytesWorthThreads = 8 * 1024 * 1024;

let written: string[] | undefined;
function recordings(): string[] {
  written ??= ["one", "two"].map((name) => {
    const file = files.path(`${name}.offcut`);
    writeBigRecording(Events, file);
    return file;
  });
  return written;
}

test("on one CPU and on all of them the answer is the same", async () => {
  const taskset = findProgram("taskset");
  if (taskset === undefined) {
    console.log("SKIP one CPU and all of them: taskset is not installed");
    return;
  }
  const bytes = recordings().reduce((sum, file) => sum + statSync(file).size, 0);
  assert.ok(bytes >= BytesWorthThreads, `${bytes} bytes`);
  for (const words of [["offcpu", "--json"], ["syscalls", "--per-thread"]]) {
    const command = [...words, ...recordings()];
    const one = await execute(taskset, ["-c", "0", process.execPath, cliMain, ...command], { maxBuffer: 2 ** 28 });
    const all = await runCli(command);
    assert.is(all.status, 0, all.stderr);
    assert.ok(all.stdout.length > 100);
    assert.is(all.stdout === one.stdout, true, words.join(" "));
  }
});

test("what is wrong with one of them is said as if it were asked about alone", async () => {
  const missing = files.path("missing.offcut");
  const { status, stderr } = await runCli(["offcpu", ...recordings(), missing]);
  assert.equal([status, stderr], [1, `offcut: cannot open ${missing}: no such file or directory (ENOENT)\n`]);
});

test.run();
