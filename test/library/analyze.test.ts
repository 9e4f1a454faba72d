// analyze() as programs call it: every kind of source gives the same analysis, and what is wrong
// comes as an error that says where.

import { writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { analyze as analyzeAnywhere } from "../../analyzer/index.js";
import {
  analyze,
  analyzeIntervals,
  analyzeWithEvents,
  compileEngine,
  FormatError,
  foldedRows,
  foldedSums,
  readEvents,
} from "../../analyzer/node.js";
import type { Analysis } from "../../analyzer/node.js";
import { ChunkBytesMax, chunksOf } from "../../analyzer/source.js";
import type { SeekableSource } from "../../analyzer/source.js";
import { TemporaryFiles } from "../cli/run-cli.js";
import { buildDirectory, projectRoot } from "../host.js";
import { EventKind, WakerKind } from "../../assembly/tables.js";
import { streamBigRecording } from "../recordings/big.js";
import { generateRecording } from "../recordings/generate.js";
import { smallRecording } from "../recordings/small.js";

const test = suite("library/analyze");
const files = new TemporaryFiles();
test.after(() => files.remove());

const bytes = smallRecording();
const path = files.write("small.offcut", bytes);
const folded = (analysis: Analysis) => foldedRows(foldedSums([analysis]));

function streamOf(pieces: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece);
      controller.close();
    },
  });
}

async function* yielding(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield piece;
}

test("every kind of source is the same recording", async () => {
  const pieces = [bytes.subarray(0, 7), new Uint8Array(0), bytes.subarray(7, 1000), bytes.subarray(1000)];
  const whole = folded(await analyze(bytes));
  assert.is(whole.length, 1);
  const sources = [
    path,
    pathToFileURL(path),
    bytes.slice().buffer,
    new Blob([bytes.slice()]),
    streamOf(pieces),
    yielding(pieces),
  ];
  for (const source of sources) assert.equal(folded(await analyze(source)), whole);
});

test("browsers give the engine, or fetch it", async () => {
  const engine = await readFile(`${buildDirectory}/offcut.wasm`);
  const whole = folded(await analyze(bytes));
  assert.equal(folded(await analyzeAnywhere(bytes, { engine })), whole);
  assert.equal(folded(await analyzeAnywhere(bytes, { engine: await compileEngine(engine) })), whole);
});

test("a stream without async iteration, as in Safari, is read by its reader", async () => {
  const stream = streamOf([bytes.subarray(0, 500), bytes.subarray(500)]);
  const bare = { getReader: () => stream.getReader() } as unknown as ReadableStream<Uint8Array>;
  assert.equal(folded(await analyze(bare)), folded(await analyze(bytes)));
});

test("what the caller gives is cut to what the engine takes at once, and nothing is lost", async () => {
  const large = new Uint8Array(2 * ChunkBytesMax + 5).map((_, at) => at);
  const lengths: number[] = [];
  let at = 0;
  for await (const chunk of chunksOf(yielding([large]))) {
    lengths.push(chunk.length);
    assert.is(chunk[0], large[at]);
    at += chunk.length;
  }
  assert.equal(lengths, [ChunkBytesMax, ChunkBytesMax, 5]);
});

test("progress tells the bytes read, up to all of them", async () => {
  const seen: number[] = [];
  await analyze(yielding([bytes.subarray(0, 100), bytes.subarray(100)]), { onProgress: (read) => seen.push(read) });
  assert.equal(seen, [100, bytes.length]);
});

test("an abort ends it with its reason", async () => {
  const controller = new AbortController();
  const reason = new Error("enough");
  const options = { signal: controller.signal, onProgress: () => controller.abort(reason) };
  const pieces = yielding([bytes.subarray(0, 100), bytes.subarray(100)]);
  assert.is(await analyze(pieces, options).catch((error: unknown) => error), reason);
});

test("a source that fails fails the analysis", async () => {
  const failure = new Error("the network is gone");
  const broken = async function* (): AsyncGenerator<Uint8Array> {
    yield bytes.subarray(0, 100);
    throw failure;
  };
  assert.is(await analyze(broken()).catch((error: unknown) => error), failure);
});

/** A file of many seconds of events, and how much of it was read. */
class CountedFile implements SeekableSource {
  readonly #bytes = bigRecording();
  readonly lengthBytes = this.#bytes.length;
  readBytes = 0;

  async read(from: number, lengthBytes: number): Promise<Uint8Array> {
    this.readBytes += lengthBytes;
    return this.#bytes.slice(from, from + lengthBytes);
  }
}

function bigRecording(): Uint8Array {
  const pieces: Uint8Array[] = [];
  streamBigRecording(2_000_000, (piece) => pieces.push(piece.slice()));
  return Buffer.concat(pieces);
}

test("of a file no more is read than the part asked for, be it in intervals or event by event", async () => {
  const file = new CountedFile();
  const part = { fromNs: 0.1e9, toNs: 0.3e9 };
  const sums = new Map<string, bigint>();
  const read = new Map<string, boolean>();
  const note = (what: string, { syscalls }: Analysis): void => {
    const calls = syscalls.count.reduce((sum, count) => sum + count, 0n);
    sums.set(what, (sums.get(what) ?? 0n) + calls);
    read.set(what, file.readBytes < file.lengthBytes / 2);
  };
  note("whole", await analyze(file, part));
  file.readBytes = 0;
  for await (const { analysis } of analyzeIntervals(file, { ...part, intervalNs: 0.07e9 })) note("intervals", analysis);
  file.readBytes = 0;
  const events = readEvents(file, { ...part, kinds: [EventKind.Syscall] });
  let next = await events.next();
  for (; next.done !== true; next = await events.next()) continue;
  note("events", next.value);
  assert.equal(Object.fromEntries(read), { whole: true, intervals: true, events: true });
  assert.ok(sums.get("whole")! > 1000n, `${sums.get("whole")} calls`);
  assert.equal([...sums.values()], Array(3).fill(sums.get("whole")));
});

test("an analysis with its events one by one, as long as they are no more than asked for", async () => {
  const recording = await readFile(join(projectRoot, "test/data/mixed.offcut"));
  const options = { fromNs: 0.6e9, toNs: 0.7e9, wakerDepth: 1 };
  const alone = await analyze(recording, options);
  const { analysis, events } = await analyzeWithEvents(recording, Infinity, options);
  assert.equal(analysis.threads, alone.threads);
  assert.equal(folded(analysis), folded(alone));
  const ofKind = (kind: EventKind) => events!.kind.filter((each) => each === kind).length;
  assert.is(ofKind(EventKind.Syscall), Number(analysis.syscalls.count.reduce((sum, count) => sum + count, 0n)));
  assert.is(ofKind(EventKind.Period), Number(analysis.offcpu.periods.reduce((sum, count) => sum + count, 0n)));
  assert.ok(events!.length > 100, `${events!.length} events`);
  // Their threads are the analysis's: those that an event says were woken by whom are the same pairs.
  const pairs = new Set<string>();
  for (let row = 0; row < events!.length; row++) {
    if (events!.wakerKind[row] === WakerKind.Thread) pairs.add(`${events!.thread[row]} ${events!.waker[row]}`);
  }
  const { wakeups, wakers, offcpu } = alone;
  const expected = Array.from(wakeups.waker, (waker, row) => [wakers.kind[waker], `${offcpu.thread[wakeups.period[row]!]} ${wakers.thread[waker]}`] as const);
  assert.equal([...pairs].sort(), [...new Set(expected.flatMap(([kind, pair]) => (kind === WakerKind.Thread ? [pair] : [])))].sort());
  assert.is((await analyzeWithEvents(recording, events!.length, options)).events?.length, events!.length);
  const many = await analyzeWithEvents(recording, events!.length - 1, options);
  assert.is(many.events, undefined);
  assert.equal(folded(many.analysis), folded(alone));
});

test("errors say what, where, expected and found", async () => {
  const error: unknown = await analyze(Buffer.from("GIF89a, not a recording, and a bit more of it so that it is long enough"), {
    name: "cat.gif",
  }).catch((reason: unknown) => reason);
  assert.instance(error, FormatError);
  const { problem, details, source, message } = error as FormatError;
  assert.is(problem, "is not an offcut recording");
  assert.is(source, "cat.gif");
  assert.equal(details, { offset: 0, expected: "89 4f 46 46 43 55 54 0a", found: "47 49 46 38 39 61 2c 20" });
  assert.match(message, "cat.gif is not an offcut recording (byte 0: expected 89 4f");
});

test("a file larger than one read, and analyses beside each other", async () => {
  const large = generateRecording(5, { steps: 60_000 });
  assert.ok(large.length > 1024 * 1024, `${large.length} bytes`);
  const name = files.path("large.offcut");
  writeFileSync(name, large);
  const [one, two, memory] = await Promise.all([analyze(name), analyze(name), analyze(large)]);
  assert.equal(folded(one!), folded(memory!));
  assert.equal(folded(two!), folded(memory!));
});

test.run();
