// Passes that are read while they go on name frames by what a recording says at its end, where it can be
// read in any order. Whatever its trailer and index say, right or wrong, nothing else of the answer
// changes by that.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { analyze, analyzeIntervals, readEvents } from "../../analyzer/node.js";
import type { Analysis, Source } from "../../analyzer/node.js";
import { frameName } from "../../analyzer/views/frame-names.js";
import { TrailerBytes, TrailerOffset } from "../../assembly/format.js";
import { crc32c } from "../../analyzer/rewriting/crc32c.js";
import { FunctionBytes, recordingOf } from "../recordings/of-program.js";
import { Random } from "../recordings/random.js";
import { changed } from "./agree.js";

const test = suite("engine/ahead");

/** With the symbols and unwind information of its files, which stand behind all events. */
const recording = new Uint8Array(readFileSync(join(import.meta.dirname, "../data/python.offcut")));
const second = 1e9;

/** Of user stacks, leaf first, the blocked time of each. */
function addStacks(sums: Map<string, bigint>, { offcpu, stacks, ...names }: Analysis): void {
  for (let row = 0; row < offcpu.length; row++) {
    const frames: string[] = [];
    for (let node = offcpu.userStack[row]!; node !== 0; node = stacks.prefix[node]!) {
      frames.push(frameName({ ...names, stacks }, stacks.frame[node]!));
    }
    const key = frames.join(";");
    sums.set(key, (sums.get(key) ?? 0n) + offcpu.blockedNs[row]!);
  }
}

async function stacksOfIntervals(source: Source): Promise<Map<string, bigint>> {
  const sums = new Map<string, bigint>();
  for await (const { analysis } of analyzeIntervals(source, { intervalNs: second / 4 })) addStacks(sums, analysis);
  return sums;
}

/** A source that can be read in any order, and one that cannot. */
const seekable = (bytes: Uint8Array) => new Blob([bytes as Uint8Array<ArrayBuffer>]);
async function* pipe(bytes: Uint8Array) {
  yield bytes;
}

test("intervals add up to the stacks of the whole, unwound and named", async () => {
  const whole = new Map<string, bigint>();
  addStacks(whole, await analyze(recording));
  const named = [...whole.keys()].filter((key) => /recv;.*_PyEval_EvalFrameDefault/.test(key));
  assert.ok(named.length > 0, "no stack leads through the interpreter");
  assert.equal(sorted(await stacksOfIntervals(seekable(recording))), sorted(whole));
  assert.not.equal(sorted(await stacksOfIntervals(pipe(recording))), sorted(whole), "a pipe cannot know");
});

test("events have the same stacks", async () => {
  const names = new Set<string>();
  for await (const { events, names: known } of readEvents(seekable(recording))) {
    for (const stack of events.userStack) {
      for (let node = stack; node !== 0; node = known.stacks.prefix[node]!) names.add(frameName(known, known.stacks.frame[node]!));
    }
  }
  assert.ok(names.has("_PyEval_EvalFrameDefault"), [...names].join(" "));
});

test("on a pipe, what comes in between names what follows, and what had no name before", async () => {
  const file = { path: "/bin/a", buildId: "01", functions: ["main", "leaf"] };
  const stack = [
    { file: 0, offset: FunctionBytes + 4 },
    { file: 0, offset: 4 },
  ];
  const bytes = recordingOf([file], [stack, stack, stack], { sealedAfter: 1 });
  const found: string[] = [];
  for await (const { events, names } of readEvents(pipe(bytes))) {
    for (const node of events.userStack) if (node !== 0) found.push(frameName(names, names.stacks.frame[node]!));
  }
  assert.equal(found, ["a+0x14", "leaf", "leaf"]);
});

test("reading ahead costs a few small reads", async () => {
  const reads: number[] = [];
  const read = async (from: number, lengthBytes: number) => {
    reads.push(lengthBytes);
    return recording.subarray(from, from + lengthBytes);
  };
  for await (const _interval of analyzeIntervals({ lengthBytes: recording.length, read }, { intervalNs: second })) continue;
  assert.is(reads[0], TrailerBytes);
  const ahead = reads.slice(0, reads.indexOf(recording.length));
  assert.ok(ahead.length <= 8, ahead.join(" "));
});

/** What is not about user stacks. */
async function sumsOf(source: Source): Promise<string> {
  const sums: string[] = [];
  for await (const { analysis } of analyzeIntervals(source, { intervalNs: second / 2 })) {
    const { offcpu, syscalls, warnings, blocks } = analysis;
    const total = (column: Iterable<bigint>) => [...column].reduce((sum, value) => sum + value, 0n);
    sums.push([total(offcpu.blockedNs), total(syscalls.count), warnings.warning, warnings.offset, blocks.records].join(" "));
  }
  return sums.join("\n");
}

const same = async (bytes: Uint8Array, what: string) =>
  assert.is(await sumsOf(seekable(bytes)), await sumsOf(pipe(bytes)), what);

test("a trailer or an index that lies changes nothing else", async () => {
  const random = new Random(7);
  const trailer = recording.length - TrailerBytes;
  const view = new DataView(recording.buffer, recording.byteOffset, recording.length);
  const indexFrom = Number(view.getBigUint64(trailer + TrailerOffset.IndexOffset, true));
  for (const offset of [0, 1, 63, 64, 4096, indexFrom - 1, indexFrom + 1, trailer - 1, trailer, recording.length, 2 ** 40]) {
    await same(withTrailer(recording, BigInt(offset)), `index at ${offset}`);
  }
  for (let at = 0; at < 150; at++) {
    const place = random.between(indexFrom, recording.length - 1);
    await same(changed(recording, place, random.between(0, 255)), `byte ${place}`);
  }
  for (const lengthBytes of [trailer + 31, trailer, trailer - 1, indexFrom + 10, indexFrom, indexFrom - 100, 31, 32, 33, 64]) {
    if (lengthBytes < 65) continue; // the file header is not whole: nothing is answered either way
    await same(recording.subarray(0, lengthBytes), `the first ${lengthBytes} bytes`);
  }
});

/** The recording with an index elsewhere, its trailer's checksum right. */
function withTrailer(bytes: Uint8Array, indexOffset: bigint): Uint8Array {
  const copy = bytes.slice();
  const trailer = copy.subarray(copy.length - TrailerBytes);
  const view = new DataView(trailer.buffer, trailer.byteOffset, TrailerBytes);
  view.setBigUint64(TrailerOffset.IndexOffset, indexOffset, true);
  view.setUint32(TrailerOffset.Crc32c, crc32c(trailer.subarray(0, TrailerOffset.Crc32c)), true);
  return copy;
}

function sorted(sums: ReadonlyMap<string, bigint>): string[] {
  return [...sums].filter(([, ns]) => ns > 0n).map(([key, ns]) => `${key} ${ns}`).sort();
}

test.run();
