// The whole way of a user stack: bytes that the kernel half copied, addresses that the recorder kept of
// them, unwind information and symbols that it sealed, frames that the engine makes of all that when
// the program is long gone. The frames must be those that the program is known to have, from the
// system call down to where the C library starts a program.

import { execFileSync } from "node:child_process";
import { copyFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { recordingSuite, workload } from "../host.js";
import { endAll, Program, record, runThrough, startRecorder, temporaryDirectory } from "./recorder.js";
import { analyze, Edge, offcpuRows, stackFrames } from "./results.js";

const test = recordingSuite("unwound stacks", ["gcc"]);

const Naps = 20;

/** Symbols of the user stack of most naps of a program that is deleted when it has run. */
async function napSymbols(path: string, ...options: string[]): Promise<string[]> {
  const file = join(temporaryDirectory(), "unwound.offcut");
  const program = new Program([path, "3", String(Naps)]);
  await program.waitUntil(() => program.stdout.startsWith("ready"), "its gate");
  const recorder = await startRecorder(["-o", file, "-p", String(program.pid), ...options]);
  await runThrough(program);
  rmSync(path);
  const ended = await recorder.stop();
  assert.is(ended.code, 0, ended.stderr);
  const analysis = await analyze(file);
  const rows = offcpuRows(analysis).filter((row) => row.tid === program.pid && row.edge === Edge.None);
  const [nap] = rows.sort((a, b) => b.periods - a.periods);
  return stackFrames(analysis, nap!.userStack).map(({ symbol }) => symbol);
}

const expected = ["nap", "descend", "descend", "descend", "middle", "outer", "main"];

function copyOf(name: string): string {
  const path = join(temporaryDirectory(), "deep");
  copyFileSync(workload(name), path);
  execFileSync("chmod", ["755", path]);
  return path;
}

test("every frame of a deleted program, and those of the library below it", async () => {
  const symbols = await napSymbols(copyOf("deep"));
  assert.equal(symbols.slice(0, expected.length), expected);
  assert.match(symbols.slice(expected.length).join(";"), /^__libc_start\S*;.*_start$|^__libc_start\S*$|^;.*_start$/);
});

test("the same without frame pointers, where following them finds nothing", async () => {
  const source = join(import.meta.dirname, "..", "workloads", "deep.c");
  const compiled = () => {
    const path = join(temporaryDirectory(), "deep");
    const flags = ["-std=gnu11", "-O2", "-fomit-frame-pointer", "-fno-optimize-sibling-calls", "-Wl,--build-id"];
    execFileSync("gcc", [...flags, "-o", path, source]);
    return path;
  };
  assert.equal((await napSymbols(compiled())).slice(0, expected.length), expected);
  assert.not.equal((await napSymbols(compiled(), "--stack-bytes", "0")).slice(0, expected.length), expected);
});

test("a program that sleeps throughout has the frames of its snapshot", async () => {
  const program = new Program([copyOf("deep"), "3", "1"]);
  await program.waitUntil(() => program.stdout.startsWith("ready"), "its gate");
  const file = join(temporaryDirectory(), "asleep.offcut");
  const ended = await record(["-o", file, "-d", "0.5", "-p", String(program.pid)]);
  assert.is(ended.code, 0, ended.stderr);
  const analysis = await analyze(file);
  const rows = offcpuRows(analysis).filter((row) => row.tid === program.pid);
  assert.equal(rows.map(({ edge, periods }) => [edge, periods]), [[Edge.Both, 1]]);
  const symbols = stackFrames(analysis, rows[0]!.userStack).map(({ symbol }) => symbol);
  assert.ok(symbols.includes("main"), symbols.join(";"));
  assert.match(symbols[0]!, /read/);
});

test.after.each(endAll);
test.run();
