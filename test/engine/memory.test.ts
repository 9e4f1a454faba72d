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

test("the engine imports nothing", () => {
  assert.equal(WebAssembly.Module.imports(module), []);
});

test.run();
