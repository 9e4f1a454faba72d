// The engine's memory follows threads and distinct stacks, never events: a recording ten times as
// long, of the same threads and stacks, needs no more of it. Driven below EnginePass, which does not
// show the memory.

import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Status } from "../../assembly/tables.js";
import { streamBigRecording } from "../recordings/big.js";

interface Exports {
  memory: WebAssembly.Memory;
  reserve(bytes: number): number;
  push(bytes: number): number;
  finish(): number;
  setMemoryMax(bytes: number): void;
}

const module = new WebAssembly.Module(readFileSync(new URL("../../build/offcut.wasm", import.meta.url)));

/** Bytes of wasm memory at the end of an analysis. */
function memoryFor(events: number): number {
  const engine = new WebAssembly.Instance(module, {}).exports as unknown as Exports;
  streamBigRecording(events, (bytes) => {
    const at = engine.reserve(bytes.length) >>> 0;
    assert.is.not(at, 0, "reserve");
    new Uint8Array(engine.memory.buffer).set(bytes, at);
    assert.is(engine.push(bytes.length), Status.Ok, "push");
  });
  assert.is(engine.finish(), Status.Ok, "finish");
  return engine.memory.buffer.byteLength;
}

test("ten times the events need no more memory", () => {
  // Long enough that every combination of thread, call and stack has occurred.
  const few = memoryFor(1_000_000);
  const many = memoryFor(10_000_000);
  // Memory grows by eighths, and the largest window between two Syncs is not the same in both.
  assert.ok(many <= few * 1.25, `${few} bytes for 1 million events, ${many} for 10 million`);
});

/** What the last call answers where memory may not grow beyond `memoryBytes`. */
function statusWithin(memoryBytes: number, recording: Uint8Array): Status {
  const engine = new WebAssembly.Instance(module, {}).exports as unknown as Exports;
  engine.setMemoryMax(memoryBytes);
  for (let from = 0; from < recording.length; from += 4096) {
    const chunk = recording.subarray(from, from + 4096);
    const at = engine.reserve(chunk.length) >>> 0;
    if (at === 0) return Status.OutOfMemory;
    new Uint8Array(engine.memory.buffer).set(chunk, at);
    const status = engine.push(chunk.length);
    if (status !== Status.Ok) return status;
  }
  return engine.finish();
}

test("running out of memory anywhere is a Status, never a trap", () => {
  // Larger than what fits into the memory that an instance begins with.
  const recording = readFileSync(new URL("../data/mixed.offcut", import.meta.url));
  const seen = new Map<Status, number>();
  for (let memoryBytes = 1 << 16; memoryBytes < 12 << 20; memoryBytes += 40960) {
    const status = statusWithin(memoryBytes, recording);
    seen.set(status, (seen.get(status) ?? 0) + 1);
  }
  // Both, or the range of ceilings above no longer reaches from too little to enough.
  assert.equal([...seen.keys()].sort(), [Status.Ok, Status.OutOfMemory]);
});

test("the engine imports nothing", () => {
  assert.equal(WebAssembly.Module.imports(module), []);
});

test.run();
