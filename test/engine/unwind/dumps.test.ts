// A recording with dumps: its frames as worked out by hand, and every byte of it changed behind
// checksums that hold: the engine says what the oracle says, in bounded time.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { StackHow } from "../../../assembly/tables.js";
import { crc32c } from "../../oracle/bytes.js";
import { readRecording } from "../../oracle/read.js";
import { dumpsRecording } from "../../recordings/dumps.js";
import { Random } from "../../recordings/random.js";
import { assertAgree, changed } from "../agree.js";
import { analyzeWithEngine } from "../run-engine.js";

/** "leaf+0x10;mid+0x50", leaf first, and how it was found. */
function stacks(bytes: Uint8Array): string[] {
  const { offcpu, stacks, frames, string } = analyzeWithEngine(bytes);
  const found = new Set<string>();
  for (const leaf of offcpu.userStack) {
    const names: string[] = [];
    for (let node = leaf; node !== 0; node = stacks.prefix[node]!) {
      const frame = stacks.frame[node]!;
      names.push(`${string(frames.symbol[frame]!)}+0x${frames.symbolOffset[frame]!.toString(16)}`);
    }
    found.add(`${names.join(" ")}: ${stacks.how[leaf]}`);
  }
  return [...found].sort();
}

test("frames by rules, by an expression, by frame pointers; complete, truncated and broken", () => {
  assert.equal(stacks(dumpsRecording()), [
    `+0x0: ${StackHow.Broken}`,
    `innermost+0x10 +0x10 leaf_as_written+0x10 mid+0x50 main+0x10: ${StackHow.Complete}`,
    `innermost+0x10 +0x10 leaf_as_written+0x10 mid+0x50: ${StackHow.Truncated}`,
    `jitted+0x10 main+0x10: ${StackHow.FramePointers | StackHow.Complete}`,
  ]);
});

test("every truncation", () => {
  const bytes = dumpsRecording();
  assertAgree(Array.from(bytes.keys(), (length) => [bytes.subarray(0, length), `first ${length} bytes`] as const));
});

test("every byte of a payload changed behind a checksum that holds", () => {
  const bytes = dumpsRecording("never");
  const { blocks } = readRecording(bytes);
  const random = new Random(1);
  assertAgree(
    (function* () {
      for (const { offset, storedBytes } of blocks) {
        for (let at = offset + 56; at < offset + 56 + storedBytes; at++) {
          for (const value of [bytes[at]! ^ 0x01, random.between(0, 255), random.between(0, 255)]) {
            yield [resealed(changed(bytes, at, value), offset, storedBytes), `byte ${at} to ${value}`] as const;
          }
        }
      }
    })(),
  );
});

function resealed(bytes: Uint8Array, offset: number, storedBytes: number): Uint8Array {
  const stored = bytes.subarray(offset + 56, offset + 56 + storedBytes);
  const crc = crc32c(bytes.subarray(offset, offset + 52), stored);
  new DataView(bytes.buffer, bytes.byteOffset).setUint32(offset + 52, crc, true);
  return bytes;
}

test.run();
