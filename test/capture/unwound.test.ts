// The whole way of a user stack: bytes that the kernel half copied, addresses that the recorder kept of
// them, unwind information and symbols that it sealed, and the frames that come out of all that, by the
// oracle, when the program is long gone. The frames must be those that the program is known to have, from the
// system call down to where the C library starts a program.

import { execFileSync } from "node:child_process";
import { copyFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { recordingSuite, workload } from "../host.js";
import { Definitions } from "../oracle/definitions.js";
import * as format from "../oracle/format.js";
import { FrameResolver } from "../oracle/frames.js";
import { StackRecording } from "./dumps.js";
import { endAll, Program, record, runThrough, startRecorder, temporaryDirectory } from "./recorder.js";

const test = recordingSuite("unwound stacks", ["gcc"]);

const Naps = 20;

/** The user stack of most naps of a program that is deleted when it has run. */
async function napStack(path: string, ...options: string[]): Promise<Unwound> {
  const file = join(temporaryDirectory(), "unwound.offcut");
  const program = new Program([path, "3", String(Naps)]);
  await program.waitUntil(() => program.stdout.startsWith("ready"), "its gate");
  const recorder = await startRecorder(["-o", file, "-p", String(program.pid), ...options]);
  await runThrough(program);
  rmSync(path);
  const ended = await recorder.stop();
  assert.is(ended.code, 0, ended.stderr);
  return mostFrequentStack(new StackRecording(file));
}

interface Unwound {
  /** Leaf first. */
  symbols: string[];
  stop: string | undefined;
}

function mostFrequentStack(stacks: StackRecording): Unwound {
  const times = new Map<number, number>();
  for (const id of stacks.numbers(format.BlockType.Syscall, "userStack")) {
    if (id !== 0) times.set(id, (times.get(id) ?? 0) + 1);
  }
  const [most] = [...times].sort(([, a], [, b]) => b - a);
  return unwound(stacks, most![0]);
}

function unwound(stacks: StackRecording, id: number): Unwound {
  const { frames, stop } = new FrameResolver(new Definitions(stacks.recording)).stack(id);
  return { symbols: frames.map(({ symbol }) => symbol).reverse(), stop };
}

const expected = ["nap", "descend", "descend", "descend", "middle", "outer", "main"];

function copyOf(name: string): string {
  const path = join(temporaryDirectory(), "deep");
  copyFileSync(workload(name), path);
  execFileSync("chmod", ["755", path]);
  return path;
}

test("every frame of a deleted program, and those of the library that started it", async () => {
  const { symbols, stop } = await napStack(copyOf("deep"));
  assert.equal(symbols.slice(0, expected.length), expected);
  assert.match(symbols.slice(expected.length).join(";"), /libc_start.*;_start$/);
  assert.is(stop, "complete");
});

test("the same without frame pointers, where following them finds nothing", async () => {
  const source = join(import.meta.dirname, "..", "workloads", "deep.c");
  const compiled = () => {
    const path = join(temporaryDirectory(), "deep");
    const flags = ["-std=gnu11", "-O2", "-fomit-frame-pointer", "-fno-optimize-sibling-calls", "-Wl,--build-id"];
    execFileSync("gcc", [...flags, "-o", path, source]);
    return path;
  };
  const { symbols, stop } = await napStack(compiled());
  assert.equal([symbols.slice(0, expected.length), stop], [expected, "complete"]);
  const followed = await napStack(compiled(), "--stack-bytes", "0");
  assert.not.equal(followed.symbols.slice(0, expected.length), expected);
});

test("a program that sleeps throughout has the frames of its snapshot", async () => {
  const program = new Program([copyOf("deep"), "3", "1"]);
  await program.waitUntil(() => program.stdout.startsWith("ready"), "its gate");
  const file = join(temporaryDirectory(), "asleep.offcut");
  const ended = await record(["-o", file, "-d", "0.5", "-p", String(program.pid)]);
  assert.is(ended.code, 0, ended.stderr);
  const stacks = new StackRecording(file);
  assert.is(stacks.snapshots.length, 2);
  for (const { userStack } of stacks.snapshots) {
    const { symbols, stop } = unwound(stacks, userStack);
    assert.match(symbols[0]!, /read/);
    assert.match(symbols.join(";"), /;main;.*libc_start.*;_start$/);
    assert.is(stop, "complete");
  }
});

test.after.each(endAll);
test.run();
