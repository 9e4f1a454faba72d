// Threads that sleep through a whole recording leave no other trace in it than two snapshots: these
// must say in which call they are, and on which stacks. Also, that snapshots keep to the filters.

import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as assert from "uvu/assert";
import { recordingSuite } from "../host.js";
import { Definitions } from "../oracle/definitions.js";
import * as format from "../oracle/format.js";
import { StackRecording, type SnapshotRow } from "./dumps.js";
import { endAll, Program, record, startRecorder, startWorkload, temporaryDirectory } from "./recorder.js";

const test = recordingSuite("snapshots");

const futex = process.arch === "arm64" ? 98 : 202;
const clockNanosleep = process.arch === "arm64" ? 115 : 230;
const read = process.arch === "arm64" ? 63 : 0;
const Interruptible = 1;

/** Records for half a second. */
async function recordAsleep(...options: string[]): Promise<StackRecording> {
  const file = join(temporaryDirectory(), "asleep.offcut");
  const ended = await record(["-o", file, "-d", "0.5", ...options]);
  assert.is(ended.code, 0, ended.stderr);
  return new StackRecording(file);
}

/** Leaf first. */
function kernelNames({ recording }: StackRecording, id: number): string[] {
  const definitions = new Definitions(recording);
  const stack = definitions.stacks.get(id);
  if (stack === undefined || !("addresses" in stack)) throw new Error(`stack ${id} has no frames`);
  return stack.addresses.map((address) => {
    const symbol = definitions.symbols.find(({ start, end }) => address >= start && address < end);
    return symbol === undefined ? "?" : definitions.string(symbol.name);
  });
}

const nrsOf = (rows: readonly SnapshotRow[]) => rows.map(({ nr }) => nr);

test("a process that only sleeps is in both snapshots, with state, call and both stacks", async () => {
  const program = await startWorkload("secrets");
  const stacks = await recordAsleep("-p", String(program.pid));
  assert.is(stacks.numbers(format.BlockType.Switch, "prev").length, 0, "it slept");
  const main = stacks.snapshots.filter(({ tid }) => tid === program.pid);
  assert.equal(nrsOf(main), [read, read]);
  const other = stacks.snapshots.filter(({ tid }) => tid !== program.pid);
  assert.equal(nrsOf(other), [clockNanosleep, clockNanosleep]);
  assert.is(other[0]!.tid, other[1]!.tid);
  for (const row of stacks.snapshots) {
    assert.ok((row.state & Interruptible) !== 0, `state ${row.state}`);
    assert.is(stacks.dumps.get(row.userStack)!.pid, program.pid);
    const kernel = kernelNames(stacks, row.kernelStack).join(";");
    assert.match(kernel, row.nr === read ? /(pipe|unix_stream).*read/ : /nanosleep/);
    assert.not.match(kernel, /bpf|trace/);
  }
  assert.is(main[0]!.userStack, main[1]!.userStack, "one stack has one id");
  assert.is(main[0]!.kernelStack, main[1]!.kernelStack);
});

test("the stack of a sleeper is that of its dumps when it woke up before", async () => {
  const program = await startWorkload("secrets", ["100000"]);
  const file = join(temporaryDirectory(), "wakes.offcut");
  const recorder = await startRecorder(["-o", file, "-p", String(program.pid)]);
  program.process.stdin!.end("\n");
  await sleep(300);
  assert.is((await recorder.stop()).code, 0);
  const stacks = new StackRecording(file);
  const early = stacks.snapshots.slice(0, 2).map(({ tid }) => tid);
  const nappers = stacks.snapshots.filter(({ tid, nr }) => nr === clockNanosleep && !early.includes(tid));
  assert.ok(nappers.length > 0, "both of them ran at that moment");
  const woken = stacks.numbers(format.BlockType.Syscall, "userStack");
  for (const { userStack } of nappers) assert.ok(userStack !== 0 && woken.includes(userStack), `${userStack} is new`);
});

test("a thread that always waits in a futex is found whatever its stack has of frame pointers", async () => {
  const node = new Program([process.execPath, "-e", "console.log('ready'); setInterval(() => {}, 1e6)"]);
  await node.waitUntil(() => node.stdout.startsWith("ready"), "its beginning");
  const stacks = await recordAsleep("-p", String(node.pid));
  const waiting = stacks.snapshots.filter(({ nr }) => nr === futex);
  assert.ok(waiting.length >= 8, `${waiting.length} of node's workers, twice`);
  for (const { userStack } of waiting) assert.ok(stacks.dumps.get(userStack)!.words.size > 2);
});

test("snapshots keep to the filters, and can be left out", async () => {
  const program = await startWorkload("secrets");
  const one = await recordAsleep("-t", String(program.pid));
  assert.equal(new Set(one.snapshots.map(({ tid }) => tid)), new Set([program.pid]));
  assert.is((await recordAsleep("-p", String(program.pid), "--no-snapshots")).snapshots.length, 0);
  assert.is((await recordAsleep("-p", String(program.pid), "--no-offcpu")).snapshots.length, 0);
  const states = await recordAsleep("-p", String(program.pid), "--no-stacks");
  assert.equal(nrsOf(states.snapshots.filter(({ tid }) => tid === program.pid)), [read, read]);
  assert.is(states.dumps.size, 0);
  const kernel = await recordAsleep("-k");
  assert.ok(kernel.snapshots.length > 0);
  for (const { nr, userStack } of kernel.snapshots) assert.equal([nr, userStack], [-1, 0]);
});

test.after.each(endAll);
test.run();
