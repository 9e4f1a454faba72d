// Recordings made to be misread: every checksum holds, and what it covers is wrong. The engine
// answers as the oracle does, and never slowly.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { crc32c } from "../oracle/bytes.js";
import { blockMagic, blockRawBytesMax, blockStoredBytesMax } from "../oracle/format.js";
import { readRecording } from "../oracle/read.js";
import { argumentsRecording } from "../recordings/arguments.js";
import { Random } from "../recordings/random.js";
import { smallRecording } from "../recordings/small.js";
import { assertAgree, changed, MillisecondsMax, runEngineTimed } from "./agree.js";

test("every byte of a payload changed behind a checksum that holds", () => {
  const recordings = { never: smallRecording("never"), always: smallRecording("always"), arguments: argumentsRecording() };
  for (const [name, bytes] of Object.entries(recordings)) {
    const { blocks } = readRecording(bytes);
    const random = new Random(1);
    assertAgree(
      (function* () {
        for (const { offset, storedBytes } of blocks) {
          for (let at = offset + 56; at < offset + 56 + storedBytes; at++) {
            for (const value of [bytes[at]! ^ 0x01, random.between(0, 255)]) {
              yield [
                resealed(changed(bytes, at, value), offset),
                `byte ${at} to ${value}, ${name}`,
              ] as const;
            }
          }
        }
      })(),
    );
  }
});

test("every byte of a block header changed behind a checksum that holds", () => {
  for (const bytes of [smallRecording(), argumentsRecording()]) assertHeadersAgree(bytes);
});

function assertHeadersAgree(bytes: Uint8Array): void {
  const { blocks } = readRecording(bytes);
  assertAgree(
    (function* () {
      for (const { offset } of blocks) {
        for (let at = offset + 4; at < offset + 52; at++) {
          for (const value of [bytes[at]! ^ 0x01, 0x7f]) {
            yield [resealed(changed(bytes, at, value), offset), `byte ${at} to ${value}`] as const;
          }
        }
      }
    })(),
  );
}

/** With the checksum of the block at `offset` made to hold again. */
function resealed(bytes: Uint8Array, offset: number): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const storedBytes = view.getUint32(offset + 16, true);
  const stored = bytes.subarray(offset + 56, offset + 56 + storedBytes);
  view.setUint32(offset + 52, crc32c(bytes.subarray(offset, offset + 52), stored), true);
  return bytes;
}

test("a flood of block headers that each claim four megabytes", () => {
  const headers = new Uint8Array(56 * 150_000);
  const view = new DataView(headers.buffer);
  for (let at = 0; at < headers.length; at += 56) {
    view.setUint32(at, blockMagic, true);
    view.setUint32(at + 12, blockRawBytesMax, true);
    view.setUint32(at + 16, blockStoredBytesMax, true);
  }
  const bytes = new Uint8Array(Buffer.concat([smallRecording().subarray(0, 64), headers]));
  // Not compared with the oracle: it tries them all, which takes it hours.
  assert.ok(runEngineTimed(bytes).milliseconds < MillisecondsMax);
});

test.run();
