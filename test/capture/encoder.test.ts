// The encoder without a kernel: build/encoder-driver hands it messages of known content, the oracle
// reads what came out, and the two must agree on every event, every loss and every limit. Needs a
// compiler (make -C capture encoder-test) but no privileges.

import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite, type Test } from "uvu";
import * as assert from "uvu/assert";
import { buildDirectory, findProgram, projectRoot } from "../host.js";
import { analyzeRecording } from "../oracle/analyze.js";
import { lz4Decompress } from "../oracle/bytes.js";
import { Definitions } from "../oracle/definitions.js";
import * as format from "../oracle/format.js";
import { readRecording, type Block, type Recording } from "../oracle/read.js";
import { DumpFlag, StackRecording, type Dump } from "./dumps.js";
import { recordsOf, type ArgumentsRecord, type StringArgumentRecord } from "../oracle/records.js";

const test = compilerSuite("encoder");

const driver = join(buildDirectory, "encoder-driver");
const parts = join(buildDirectory, "encoder-parts");
const directory = mkdtempSync(join(tmpdir(), "offcut-encoder-"));

const streams = { switch: 9, wake: 10, syscall: 11, arguments: 18 } as const;
type Stream = keyof typeof streams;

/** Like host.ts's recordingSuite, for tests that need a compiler and nothing more. */
function compilerSuite(name: string): Test {
  const tests = suite(name);
  const missing = ["make", "clang", "bpftool", "musl-gcc"].find((tool) => findProgram(tool) === undefined);
  if (missing === undefined) return tests;
  tests("is skipped", () => {
    console.log(`SKIP ${name}: ${missing} is not installed`);
    if (process.env["CI"] === "true") throw new Error(`CI may not skip: ${missing} is not installed`);
  });
  const ignore = Object.assign(() => {}, tests, { before: () => {}, after: () => {}, run: () => tests.run() });
  return ignore as unknown as Test;
}

interface StreamCounts {
  sent: number;
  dropped: number;
  seen: number;
  written: number;
  lost: number;
}

/** What the driver says it sent and what the encoder says it did. */
interface Said extends Record<Stream, StreamCounts> {
  result: number;
  writeErrno: number;
  fileBytes: number;
  blocks: number;
  stacks: number;
  stacksUndefined: number;
  syscallErrors: number;
  bytesPerEvent: number;
  lostByReason: number[];
}

interface Run {
  said: Said;
  bytes: Buffer;
  recording: Recording;
}

const runs = new Map<string, Run>();

function run(scenario: string): Run {
  let known = runs.get(scenario);
  if (known === undefined) {
    const file = join(directory, `${scenario}.offcut`);
    const said = JSON.parse(execFileSync(driver, [scenario, file], { encoding: "utf8" })) as Said;
    const bytes = readFileSync(file);
    known = { said, bytes, recording: readRecording(bytes) };
    runs.set(scenario, known);
  }
  return known;
}

function blocksOf(recording: Recording, type: number): Block[] {
  return recording.blocks.filter((block) => block.type === type);
}

function sum(values: Iterable<number | bigint>): number {
  let total = 0;
  for (const value of values) total += Number(value);
  return total;
}

/** Lost records of one stream, by reason. */
function lostBy(recording: Recording, stream: number): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { columns } of blocksOf(recording, format.BlockType.Lost)) {
    const reasons = columns!.numbers("reason");
    const lost = columns!.bigints("count");
    columns!.numbers("stream").forEach((of, row) => {
      if (of === stream) counts.set(reasons[row]!, (counts.get(reasons[row]!) ?? 0) + Number(lost[row]!));
    });
  }
  return counts;
}

function checkAccounts({ said, recording }: Run): void {
  for (const name of Object.keys(streams) as Stream[]) {
    const type = streams[name];
    const written = sum(blocksOf(recording, type).map((block) => block.records));
    const totals = blocksOf(recording, format.BlockType.Totals)[0]!.columns!;
    const total = (column: string) =>
      sum(totals.bigints(column).filter((_, row) => totals.numbers("stream")[row] === type));
    assert.is(written, said[name].written, `${name}: records in the file`);
    assert.is(total("written"), written, `${name}: written by Totals`);
    assert.is(total("seen"), said[name].sent + said[name].dropped, `${name}: seen`);
    assert.is(total("seen"), total("written") + total("lost"), `${name}: seen = written + lost`);
    assert.is(sum(lostBy(recording, type).values()), total("lost"), `${name}: every loss has a record`);
  }
}

/** Blocks of one stream follow one another by firstSeq but for what Lost records before them explain. */
function checkSequence(recording: Recording): void {
  const next = new Map<string, bigint>();
  const explained = new Map<string, bigint>();
  for (const block of recording.blocks) {
    const key = `${block.type}/${block.cpu}`;
    if (block.type === format.BlockType.Lost) {
      const columns = block.columns!;
      columns.bigints("count").forEach((count, row) => {
        const of = `${columns.numbers("stream")[row]}/${columns.numbers("cpu")[row]}`;
        explained.set(of, (explained.get(of) ?? 0n) + count);
      });
    }
    if (!format.isEventStream(block.type)) continue;
    const expected = (next.get(key) ?? 0n) + (explained.get(key) ?? 0n);
    assert.is(block.firstSeq, expected, `stream ${key}: block ${block.sequence}`);
    assert.ok(block.lastNs - block.firstNs < 1_000_000_000n, "a block is of a second at most");
    explained.delete(key);
    next.set(key, block.firstSeq + BigInt(block.records));
  }
}

function checkIndex(recording: Recording): void {
  const rows = blocksOf(recording, format.BlockType.Index).flatMap(({ columns }) =>
    columns!.bigints("offset").map((offset, row) => `${columns!.numbers("type")[row]} at ${offset}`),
  );
  const blocks = recording.blocks.filter((block) => block.type !== format.BlockType.Index);
  assert.equal(rows, blocks.map((block) => `${block.type} at ${block.offset}`));
  assert.is(recording.trailer!.blocks, recording.blocks.length);
}

function checkWhole(scenario: string, ended: number = format.Ended.Stopped): Run {
  const known = run(scenario);
  assert.equal(known.recording.warnings, []);
  assert.is(known.recording.trailer!.ended, ended);
  assert.is(known.bytes.length, known.said.fileBytes);
  checkAccounts(known);
  checkSequence(known.recording);
  checkIndex(known.recording);
  return known;
}

test.before(() => {
  execFileSync("make", ["-C", join(projectRoot, "capture"), "encoder-test"], { stdio: "pipe" });
});

test.after(() => rmSync(directory, { recursive: true }));

test("everything once: threads, mappings, stacks, calls come out as they went in", () => {
  const { said, bytes, recording } = checkWhole("plain");
  const answer = analyzeRecording(bytes);
  const names = new Map(answer.threads.map((thread) => [thread.tid, thread.comm]));
  assert.equal([100, 101, 102, 103].map((tid) => names.get(tid)), ["ping", "pong", "ping", "pong"]);
  const errors = blocksOf(recording, format.BlockType.SyscallCount).map(({ columns }) => sum(columns!.bigints("errors")));
  assert.is(sum(errors), said.syscallErrors);
  const results = blocksOf(recording, streams.syscall).flatMap(({ columns }) => columns!.bigints("result"));
  assert.is(results.filter((result) => result === -11n).length, said.syscallErrors);
  assert.is(results.filter((result) => result === 1n).length, said.syscall.sent - said.syscallErrors);
});

test("a recording in which nothing happened is whole", () => {
  const { recording } = checkWhole("empty");
  const types = new Set(recording.blocks.map((block) => block.type));
  for (const type of [1, 2, 15, 16, 17]) assert.ok(types.has(type), `block type ${type}`);
});

test("what the ring drops, at the start, in between and at the end, is counted by reason RingFull", () => {
  const { said, recording } = checkWhole("gaps");
  for (const name of ["switch", "wake", "syscall"] as const) {
    assert.ok(said[name].dropped > 0);
    assert.equal([...lostBy(recording, streams[name])], [[format.LostReason.RingFull, said[name].dropped]]);
  }
});

test("time that steps back or leaps ahead begins a new block", () => {
  const { recording } = checkWhole("time");
  assert.ok(blocksOf(recording, streams.switch).length > 10);
});

test("100,000 threads on one CPU, 128 CPUs at once", () => {
  const threads = checkWhole("threads");
  assert.is(sum(blocksOf(threads.recording, format.BlockType.Task).map((block) => block.records)), 100_000);
  checkWhole("cpus");
});

test("a million stacks, then no more ids: records go on, and what has no id is counted", () => {
  const { said, recording } = checkWhole("stacks");
  const lost = lostBy(recording, format.BlockType.Stack);
  const defined = sum(blocksOf(recording, format.BlockType.Stack).map((block) => block.records));
  assert.is(defined, said.stacks - said.stacksUndefined);
  assert.is(said.stacksUndefined, Math.floor((said.stacks + 1) / 5), "every fifth definition was withheld");
  assert.is(lost.get(format.LostReason.LimitReached), said.lostByReason[format.LostReason.LimitReached]);
});

test("at most 4 bytes an event on both storms", () => {
  for (const storm of ["switch-storm", "syscall-storm"]) {
    const said = JSON.parse(execFileSync(driver, [storm, join(directory, storm)], { encoding: "utf8" })) as Said;
    assert.ok(said.bytesPerEvent <= 4, `${storm}: ${said.bytesPerEvent}`);
  }
});

test("a size limit is kept, whether or not anybody listens", () => {
  const limit = 3_000_000;
  const listened = checkWhole("size");
  assert.ok(listened.bytes.length <= limit && listened.bytes.length > limit * 0.8);
  for (const name of Object.keys(streams) as Stream[]) assert.is(listened.said[name].lost, 0);
  const ignored = checkWhole("size-ignored");
  assert.ok(ignored.bytes.length <= limit && ignored.bytes.length > limit * 0.8);
  assert.ok(lostBy(ignored.recording, streams.switch).get(format.LostReason.LimitReached)! > 0);
});

test("a file that may grow no further ends well, and says what is missing", () => {
  const file = join(directory, "full.offcut");
  const limitKb = 1024;
  const { stdout } = spawnSync("sh", ["-c", `ulimit -f ${limitKb * 2}; exec ${driver} disk ${file}`], { encoding: "utf8" });
  const said = JSON.parse(stdout) as Said;
  const bytes = readFileSync(file);
  const recording = readRecording(bytes);
  assert.ok(bytes.length <= limitKb * 1024 && bytes.length > limitKb * 1024 * 0.5, `${bytes.length} bytes`);
  assert.is(statSync(file).blocks * 512 < bytes.length + 8192, true, "reserved room is given back");
  assert.ok(said.writeErrno > 0);
  assert.is(said.result, -said.writeErrno);
  assert.is(recording.trailer!.ended, format.Ended.WriteError);
  checkAccounts({ said, bytes, recording });
  checkSequence(recording);
  assert.ok(lostBy(recording, streams.syscall).get(format.LostReason.WriteError)! > 0);
  const counted = blocksOf(recording, format.BlockType.SyscallCount).map(({ columns }) => sum(columns!.bigints("count")));
  assert.is(sum(counted), said.syscall.sent, "the counters are exact all the same");
});

test("a device without room is refused in a sentence", () => {
  const { status, stderr } = spawnSync(driver, ["plain", "/dev/full"], { encoding: "utf8" });
  assert.is(status, 1);
  assert.is(stderr, "encoder_driver: Cannot write the beginning of the recording: No space left on device.\n");
});

test("a pipe gets the same blocks as a file; one whose reader goes away is an error, not a death", () => {
  const piped = spawnSync(driver, ["plain", "-"], { maxBuffer: 1 << 28 });
  const blocks = (recording: Recording) => recording.blocks.map((block) => [block.type, block.records, block.rawBytes]);
  const fromPipe = readRecording(piped.stdout);
  assert.equal(fromPipe.warnings, []);
  assert.equal(blocks(fromPipe).slice(1, -1), blocks(run("plain").recording).slice(1, -1));
  const { stderr } = spawnSync("sh", ["-c", `${driver} disk - | head -c 100000 > ${join(directory, "head")}`], { encoding: "utf8" });
  const said = JSON.parse(stderr) as Said;
  assert.is(said.writeErrno, 32, "EPIPE");
  assert.is(said.result, -32);
  assert.equal(readRecording(readFileSync(join(directory, "head"))).warnings.map(({ kind }) => kind), ["Truncated"]);
});

/** [address, length, name, object] of each KernelSymbol, addresses and lengths in hexadecimal. */
function kernelSymbols(bytes: Uint8Array): unknown[] {
  const recording = readRecording(bytes);
  const definitions = new Definitions(recording);
  return blocksOf(recording, format.BlockType.KernelSymbol).flatMap(({ columns }) =>
    columns!.bigints("address").map((address, row) => [
      address.toString(16),
      columns!.bigints("length")[row]!.toString(16),
      definitions.string(columns!.numbers("name")[row]!),
      definitions.string(definitions.object(columns!.numbers("object")[row]!)!.path),
    ]),
  );
}

function runSymbols(kallsyms: string): Buffer {
  const file = join(directory, "symbols.offcut");
  writeFileSync(join(directory, "kallsyms"), kallsyms);
  execFileSync(driver, ["symbols", file, join(directory, "kallsyms")]);
  return readFileSync(file);
}

test("each kernel symbol that a stack needs is defined once, and no other", () => {
  const bytes = runSymbols(
    [
      "ffffffff81000000 T _stext",
      "ffffffff81000ff0 T __pfx_first", // padding, not a function
      "ffffffff81001000 t local_alias_of_first",
      "ffffffff81001000 T first",
      "ffffffff81002000 t second",
      "ffffffff81002800 D data_in_between",
      "ffffffff81003000 W third",
      "ffffffff81005000 T never_on_a_stack",
      "ffffffff81009000 T _etext",
      "ffffffffc0101000 t module_function\t[somemodule]",
      "ffffffffc0102000 t module_last\t[somemodule]",
      "",
    ].join("\n"),
  );
  assert.equal(kernelSymbols(bytes), [
    ["ffffffff81001000", "1000", "first", "[kernel]"],
    ["ffffffff81002000", "1000", "second", "[kernel]"],
    ["ffffffff81003000", "2000", "third", "[kernel]"],
    ["ffffffffc0101000", "1000", "module_function", "somemodule"],
    ["ffffffffc0102000", "1000", "module_last", "somemodule"],
  ]);
  const stacks = blocksOf(readRecording(bytes), format.BlockType.Stack);
  assert.is(sum(stacks.map((block) => block.records)), 8, "each stack once, however often it was told");
});

test("where the host hides its symbols, there are none, and Meta says so", () => {
  const bytes = runSymbols("0000000000000000 T _stext\n0000000000000000 T first\n");
  assert.equal(kernelSymbols(bytes), []);
  const meta = analyzeRecording(bytes).meta.find(({ key }) => key === "kernelSymbols");
  assert.is(meta?.value, "hidden");
});

/** "start path build-id" of the mapped files of this process, as the recording has them. */
function ownFiles(scenario: string): string[] {
  const { recording } = run(scenario);
  const definitions = new Definitions(recording);
  const lines = (definitions.mappings.get(process.pid) ?? []).map(({ start, object }) => {
    const { path, buildId } = definitions.object(object)!;
    return `${start.toString(16)} ${definitions.string(path)} ${buildId}`;
  });
  return lines.filter((line) => line.includes(" /")).sort();
}

test("/proc/PID/maps as text says the same as asked by ioctl, build ids included", () => {
  const asText = ownFiles("parent-as-text");
  assert.equal(asText, ownFiles("parent")); // where the kernel lacks the ioctl, both are the text
  assert.ok(asText.some((line) => / \/\S*libc\S* [0-9a-f]{40}$/.test(line)), asText.join("\n"));
  const node = asText.find((line) => line.split(" ")[1] === process.execPath);
  assert.ok(node !== undefined, asText.join("\n"));
});

test("arguments come out as they went in, call by call, and what is lost is counted", () => {
  const { said, recording } = checkWhole("arguments");
  const { dropped } = said.arguments;
  assert.ok(dropped > 0);
  assert.equal([...lostBy(recording, streams.arguments)], [[format.LostReason.RingFull, dropped]]);
  const word = (value: bigint) => BigInt.asUintN(64, value);
  for (const block of blocksOf(recording, streams.arguments)) {
    recordsOf(block).forEach((record, row) => {
      const number = block.firstSeq + BigInt(row);
      const { kind, tid, nr, flags, values } = record as ArgumentsRecord;
      const isNative = number % 2n === 1n;
      assert.equal([kind, tid, nr, flags], ["Arguments", 100 + block.cpu, isNative ? 257 : 5, isNative ? 0 : 1]);
      assert.equal(values, [number, word(~number), word(number << 58n), 0n, word(-1n), number % 3n]);
    });
  }
});

test("what arguments point to is text, addresses too", () => {
  const { recording } = run("arguments");
  const definitions = new Definitions(recording);
  const strings = blocksOf(recording, format.BlockType.StringArgument).flatMap(recordsOf) as StringArgumentRecord[];
  assert.equal(strings.map(({ argument, flags, text }) => [argument, flags, definitions.string(text)]), [
    [1, 0, "/etc/passwd"],
    [0, 1, "/etc/pa"],
    [1, 2, ""],
    [1, 0, "127.0.0.1:5432"],
    [1, 2, ""],
    [1, 0, ""],
  ]);
});

test("a million strings of arguments, then no more: they are counted, and threads have names all the same", () => {
  const { bytes, recording } = checkWhole("strings");
  const strings = blocksOf(recording, format.BlockType.StringArgument);
  assert.is(sum(strings.map((block) => block.records)), 1 << 20);
  assert.equal([...lostBy(recording, format.BlockType.StringArgument)], [[format.LostReason.LimitReached, 1000]]);
  assert.is(analyzeRecording(bytes).threads.find(({ tid }) => tid === 100)!.comm, "afterwards");
});

test("paths of cgroups that tasks are in are written once, where there is one", () => {
  const { bytes } = checkWhole("cgroups");
  assert.equal(analyzeRecording(bytes).cgroups, [
    { cgroup: 1n, path: "/" },
    { cgroup: 1n << 40n, path: "/large.slice" },
  ]);
});

test("of user stacks only addresses of code and of the stack go into the file", () => {
  checkWhole("dumps");
  const stacks = new StackRecording(join(directory, "dumps.offcut"));
  const gone = 4194300;
  const sp = 0x7ffd00001000n;
  /** What the driver puts on each stack, and which of it a process that has its code keeps. */
  const code: [number, bigint][] = [[0, 0x400123n], [8, 0x404000n], [11, 0x40ffffn]];
  const stack: [number, bigint][] = [[4, sp], [5, sp + 88n]];
  const both = [...code, ...stack].sort(([a], [b]) => a - b);
  const words = ({ words: kept, sp: from }: Dump) =>
    [...kept].map(([address, word]): [number, bigint] => [Number(address - (from & ~7n)) / 8, word]);
  const rows = [...stacks.dumps.values()].map((dump) => [dump.pid, dump.flags, dump.sp, words(dump)]);
  assert.equal(rows, [
    [gone, 0, sp, both],
    [gone, DumpFlag.Truncated, sp, both],
    [gone + 1, DumpFlag.ExactIp, sp, both],
    [gone + 1, 0, sp, stack],
    [gone + 2, 0, sp, stack],
    [gone, 0, sp + 1n, [...code, [5, sp + 88n]].sort(([a], [b]) => Number(a) - Number(b))],
    [gone, 0, sp, stack],
    [gone, 0, sp, stack],
  ]);
  for (const { registers, pid } of stacks.dumps.values()) {
    const kept = registers.filter((value) => value !== 0n);
    assert.ok(kept.every((value) => value === 0x400123n || value === sp || value === sp + 1n), kept.join());
    if (pid > gone + 1) assert.equal(kept, [sp]);
  }
  assert.equal(stacks.snapshots, [{ tid: gone, state: 1, nr: -1, kernelStack: 0, userStack: 6 }]);
});

test("CRC32C by instruction and by table are one", () => {
  assert.is(execFileSync(parts, ["crc"], { encoding: "utf8" }), "ok\n");
});

test("another LZ4 decoder reads what ours wrote", () => {
  const lines = execFileSync(parts, ["lz4"], { encoding: "utf8", maxBuffer: 1 << 24 }).split("\n");
  let pairs = 0;
  for (let at = 0; at + 1 < lines.length; at += 2, pairs++) {
    const input = Buffer.from(lines[at]!, "hex");
    const output = lz4Decompress(Buffer.from(lines[at + 1]!, "hex"), input.length);
    assert.is(Buffer.compare(Buffer.from(output), input), 0, `input ${pairs} of ${input.length} bytes`);
  }
  assert.is(pairs, 304);
});

test.run();
