// Redacted recordings: no name of the original is in them, one name always becomes the same other
// one, and everything that is no name is as it was, as the oracle reads both.

import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { redact, redactedKinds, type RedactedKind } from "../../analyzer/rewriting/redact.js";
import { analyzeRecording, type Answer } from "../oracle/analyze.js";
import { BlockType, TaskFlag } from "../oracle/format.js";
import { readRecording } from "../oracle/read.js";
import { RecordingBuilder } from "../recordings/build.js";
import { MemorySink } from "../recordings/write.js";

const test = suite("rewriting/redact");
const directory = join(import.meta.dirname, "../data");
// Reading the largest one takes the oracle half a minute.
const files = readdirSync(directory).filter((name) => name.endsWith(".offcut") && name !== "redis.offcut");
const everything: ReadonlySet<RedactedKind> = new Set(redactedKinds);

async function redacted(bytes: Uint8Array, kinds = everything) {
  const sink = new MemorySink();
  const numbers = new Map<string, string>();
  const rename = (kind: RedactedKind, text: string) => {
    const known = numbers.get(`${kind} ${text}`) ?? `${kind}${numbers.size}`;
    numbers.set(`${kind} ${text}`, known);
    return known;
  };
  const source = { lengthBytes: bytes.length, read: async (from: number, lengthBytes: number) => bytes.subarray(from, from + Math.min(lengthBytes, 1000)) };
  const done = await redact(source, (piece) => sink.put(piece), { name: "a test", kinds, rename });
  return { bytes: sink.bytes(), done };
}

/** Everything but names, as lines. */
function namelessLines(answer: Answer): string[] {
  const lines = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row, (key, value: unknown) => {
    if (["comm", "path", "object", "symbol", "wakeups", "text", "texts", "strings"].includes(key)) return undefined;
    return typeof value === "bigint" ? String(value) : value;
  }));
  const { threads, offcpu, syscalls, syscallCounts, offcpuCounts, totals, lost, objects } = answer;
  return [threads, offcpu, syscalls, syscallCounts, offcpuCounts, totals, lost, objects].flatMap((rows) => lines(rows).sort());
}

/** Names that a stranger must not read: of threads and files, and what calls were given. */
function namesIn(answer: Answer): string[] {
  const comms = answer.threads.filter(({ flags }) => (flags & TaskFlag.KernelThread) === 0).map(({ comm }) => comm);
  const paths = answer.objects.map(({ path }) => path).filter((path) => !path.startsWith("["));
  const parts = paths.flatMap((path) => path.split("/"));
  return [...new Set([...comms, ...parts])].filter((name) => name.length > 3);
}

/** All strings but the kernel's functions, and what Meta says of the host, one a line. */
function textOf(bytes: Uint8Array): string {
  const { blocks } = readRecording(bytes);
  const kernelNames = new Set(blocks.flatMap(({ type, columns }) => (type === BlockType.KernelSymbol ? columns!.numbers("name") : [])));
  const texts: string[] = [];
  for (const { type, columns } of blocks) {
    if (type !== BlockType.String) continue;
    const firstId = columns!.numbers("firstId")[0]!;
    let at = 0;
    columns!.numbers("length").forEach((length, i) => {
      const text = Buffer.from(columns!.bytes("bytes").subarray(at, at + length)).toString("utf8");
      if (!kernelNames.has(firstId + i)) texts.push(text);
      at += length;
    });
  }
  const { meta } = analyzeRecording(bytes);
  const said = meta.filter(({ key }) => ["host", "command", "options", "filter"].includes(key)).map(({ value }) => value);
  return [...texts, ...said].join("\n");
}

test("names are others, and all else is as it was", async () => {
  for (const file of files) {
    const original = readFileSync(join(directory, file));
    const before = analyzeRecording(original);
    const { bytes, done } = await redacted(original);
    const after = analyzeRecording(bytes);
    assert.equal(after.warnings, before.warnings, file);
    assert.equal(namelessLines(after), namelessLines(before), file);
    assert.is(after.ended, before.ended, file);
    assert.is(done.blocksLeftOut, 0, file);
    const text = textOf(bytes);
    const names = namesIn(before);
    assert.ok(names.length > 3, file);
    assert.equal(names.filter((name) => text.includes(name)), [], file);
    assert.ok(names.some((name) => textOf(original).includes(name)), `${file}: they were there`);
  }
});

test("one name becomes one other, wherever it stands", async () => {
  const original = readFileSync(join(directory, "mixed.offcut"));
  const before = analyzeRecording(original);
  const after = analyzeRecording((await redacted(original)).bytes);
  const became = new Map<string, string>();
  before.threads.forEach(({ comm, flags }, life) => {
    const now = after.threads[life]!.comm;
    if ((flags & TaskFlag.KernelThread) !== 0) assert.is(now, comm, "kernel threads are nobody's");
    else if (comm !== "") assert.is(became.get(comm) ?? now, now, comm);
    became.set(comm, now);
  });
  assert.is(new Set(became.values()).size, became.size, "and different ones stay different");
  const kernelNames = (answer: Answer) => answer.offcpu.flatMap(({ kernelStack }) => kernelStack.frames.map(({ symbol }) => symbol));
  assert.equal(kernelNames(after), kernelNames(before));
});

test("what is kept stays", async () => {
  const original = readFileSync(join(directory, "mixed.offcut"));
  const before = analyzeRecording(original);
  const { bytes } = await redacted(original, new Set(["paths"]));
  const after = analyzeRecording(bytes);
  assert.equal(after.threads.map(({ comm }) => comm), before.threads.map(({ comm }) => comm));
  assert.equal(after.meta, before.meta);
  assert.not.equal(after.objects.map(({ path }) => path), before.objects.map(({ path }) => path));
  const untouched = await redacted(original, new Set());
  assert.equal(namelessLines(analyzeRecording(untouched.bytes)), namelessLines(before));
  assert.is(textOf(untouched.bytes), textOf(original));
});

test("a recording that was cut off stays one; damage is left out and told", async () => {
  const original = readFileSync(join(directory, "mixed.offcut"));
  const cut = await redacted(original.subarray(0, original.length - 1000));
  assert.is(cut.done.ended, undefined);
  assert.equal(analyzeRecording(cut.bytes).warnings.map(({ kind }) => kind), ["Unfinished"]);
  const damaged = Uint8Array.from(original);
  const block = readRecording(original).blocks.find(({ type }) => type === BlockType.Switch)!;
  damaged[block.offset + 60]! ^= 1;
  const { done, bytes } = await redacted(damaged);
  assert.is(done.skippedBytes, 56 + block.storedBytes);
  assert.is(readRecording(bytes).blocks.filter(({ type }) => type === BlockType.Switch).length, readRecording(original).blocks.filter(({ type }) => type === BlockType.Switch).length - 1);
});

test("tables of symbols and stacks with all their bytes are left out", async () => {
  const sink = new MemorySink();
  const builder = new RecordingBuilder(sink.put, { startNs: 1000 });
  builder.meta({ writer: "a test", stackBytesKept: "all" });
  const names = Buffer.from("\0secret_function\0");
  builder.writer.block({
    type: "Section",
    records: 1,
    firstNs: 1000,
    columns: { object: [1], kind: [4], address: [0], total: [names.length], offset: [0], length: [names.length], bytes: [...names] },
  });
  builder.writer.block({
    type: "UserDump",
    records: 1,
    firstNs: 1000,
    columns: { id: [1], flags: [0], pid: [1], time: [1000], registers: [0], length: [8], words: [1], register: [], gap: [0], word: [0x6161616161n * 2n] },
  });
  builder.writer.end();
  const { bytes, done } = await redacted(sink.bytes());
  assert.is(done.blocksLeftOut, 2);
  assert.equal(readRecording(bytes).blocks.map(({ type }) => type), [BlockType.Meta, BlockType.Index]);
});

test("what is no recording is refused", async () => {
  for (const bytes of [new Uint8Array(0), Buffer.from("hello, world: no recording"), readFileSync(join(directory, "mixed.offcut")).subarray(0, 40)]) {
    await redacted(bytes).then(
      () => assert.unreachable(),
      (error: Error) => assert.match(error.message, /^a test (is not an offcut recording|has a damaged file header)/),
    );
  }
});

test.run();
