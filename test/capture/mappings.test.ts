// What a recording knows of executable mappings: for a process that was there before, what its
// /proc/PID/maps says; for one that came and went, what it mapped, by perf's records; and every
// file with the build id that it has on disk. The oracle reads.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as assert from "uvu/assert";
import { recordingSuite } from "../host.js";
import { Definitions } from "../oracle/definitions.js";
import * as format from "../oracle/format.js";
import { readRecording, type Recording } from "../oracle/read.js";
import { endAll, Program, record, startRecorder, temporaryDirectory } from "./recorder.js";

const test = recordingSuite("mappings");

const Listings = 20;

function read(file: string): { recording: Recording; definitions: Definitions } {
  const recording = readRecording(readFileSync(file));
  return { recording, definitions: new Definitions(recording) };
}

/** "start length offset path" of each mapping of a process, in order of address. */
function mappingsOf(definitions: Definitions, pid: number): string[] {
  const lines = (definitions.mappings.get(pid) ?? []).map(({ start, end, fileOffset, object }) => {
    const { path } = definitions.object(object)!;
    return `${start.toString(16)} ${(end - start).toString(16)} ${fileOffset.toString(16)} ${definitions.string(path)}`;
  });
  return [...new Set(lines)].sort();
}

function mappingsOfProc(pid: number): string[] {
  const lines: string[] = [];
  for (const line of readFileSync(`/proc/${pid}/maps`, "utf8").split("\n")) {
    const [, start, end, permissions, offset, path] = /^(\w+)-(\w+) (\S+) (\w+) \S+ \d+ *(.*)$/.exec(line) ?? [];
    if (permissions?.[2] !== "x" || path === "[vsyscall]") continue;
    const length = BigInt(`0x${end}`) - BigInt(`0x${start}`);
    lines.push(`${BigInt(`0x${start}`).toString(16)} ${length.toString(16)} ${BigInt(`0x${offset}`).toString(16)} ${path}`);
  }
  return lines.sort();
}

function buildIdOnDisk(path: string): string {
  return /Build ID: (\w+)/.exec(execFileSync("readelf", ["-n", path], { encoding: "utf8" }))?.[1] ?? "";
}

/** Ids of objects by path, among the mappings of all processes. */
function objectsByPath(definitions: Definitions): Map<string, Set<string>> {
  const paths = new Map<string, Set<string>>();
  for (const { path, buildId } of definitions.objectRows()) {
    const ids = paths.get(path) ?? new Set();
    paths.set(path, ids.add(buildId));
  }
  return paths;
}

test("of a process that was there before: what /proc says, build ids included", async () => {
  const file = join(temporaryDirectory(), "before.offcut");
  const sleeper = new Program(["sleep", "60"]);
  await sleep(100); // until it has executed and mapped its libraries
  const recorder = await startRecorder(["-o", file]);
  assert.is((await recorder.stop()).code, 0);
  const { definitions } = read(file);
  assert.equal(mappingsOf(definitions, sleeper.pid), mappingsOfProc(sleeper.pid));
  const objects = objectsByPath(definitions);
  for (const line of mappingsOfProc(sleeper.pid)) {
    const path = line.split(" ")[3]!;
    if (path.startsWith("/")) assert.equal([...objects.get(path)!], [buildIdOnDisk(path)], path);
  }
  assert.match([...objects.get("[vdso]")!].join(), /^[0-9a-f]{40}$/);
});

test("of a command's children, whichever CPU they ran on: each exec and what it mapped", async () => {
  const file = join(temporaryDirectory(), "children.offcut");
  const script = `for i in $(seq ${Listings}); do /bin/true; done`;
  const ended = await record(["-o", file, "--", "sh", "-c", script]);
  assert.is(ended.code, 0, ended.stderr);
  const { recording, definitions } = read(file);
  const execs = new Map<number, string>();
  for (const { columns } of recording.blocks.filter(({ type }) => type === format.BlockType.Task)) {
    columns!.numbers("kind").forEach((kind, row) => {
      if (kind !== format.TaskKind.Exec) return;
      execs.set(columns!.numbers("pid")[row]!, definitions.string(columns!.numbers("comm")[row]!));
    });
  }
  const children = [...execs].filter(([, comm]) => comm === "true").map(([pid]) => pid);
  assert.is(children.length, Listings, "each /bin/true has its exec");
  for (const pid of children) {
    const paths = mappingsOf(definitions, pid).map((line) => line.split(" ")[3]!);
    assert.ok(paths.some((path) => path.endsWith("/true")), `${pid}: ${paths.join()}`);
    assert.ok(paths.some((path) => path.includes("libc")), `${pid}: ${paths.join()}`);
  }
  const strangers = [...definitions.mappings.keys()].filter((pid) => pid !== 0 && !execs.has(pid));
  // The shell's own children before their exec are copies of it: they map nothing.
  assert.equal(strangers, [], "nobody else's mappings");
});

test("of the kernel: one mapping, with the build id that /sys/kernel/notes tells", async () => {
  const file = join(temporaryDirectory(), "kernel.offcut");
  const ended = await record(["-o", file, "-d", "1", "--stack-min-us", "1"]);
  assert.is(ended.code, 0, ended.stderr);
  const { recording, definitions } = read(file);
  assert.is(mappingsOf(definitions, 0).filter((line) => line.endsWith("[kernel]")).length, 1);
  const [kernel] = [...objectsByPath(definitions).get("[kernel]")!];
  assert.ok(readFileSync("/sys/kernel/notes").toString("hex").includes(kernel!));
  const uncovered = [...definitions.stacks.values()]
    .flatMap((stack) => ("dump" in stack || stack.kind !== format.StackKind.Kernel ? [] : stack.addresses))
    .filter((address) => !definitions.symbols.some(({ start, end }) => start <= address && address < end));
  assert.equal(uncovered, [], "every kernel address of a stack has its symbol");
  assert.ok(recording.blocks.some(({ type }) => type === format.BlockType.KernelSymbol));
});

test.after(endAll);
test.run();
