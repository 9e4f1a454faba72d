// Bytes that are not what a recorder wrote: cut off, changed, or made to be hostile. The engine
// answers within a second, and as the oracle does: with the same Status, or with the same rows and
// the same warnings. A trap would end this process's test with a WebAssembly.RuntimeError.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { Status } from "../../assembly/tables.js";
import { analyzeRecording } from "../oracle/analyze.js";
import { crc32c } from "../oracle/bytes.js";
import { RefusedError } from "../oracle/damage.js";
import { blockMagic, blockRawBytesMax, blockStoredBytesMax } from "../oracle/format.js";
import { readRecording } from "../oracle/read.js";
import { generateRecording } from "../recordings/generate.js";
import { Random } from "../recordings/random.js";
import { smallRecording } from "../recordings/small.js";
import { differences, rowsOfAnalysis, rowsOfAnswer } from "./rows.js";
import { runEngine, type Outcome } from "./run-engine.js";

const MillisecondsMax = 1000;

/** Measured in CPU time, not by the clock: other tests run beside this one. */
function runEngineTimed(bytes: Uint8Array): { outcome: Outcome; milliseconds: number } {
  const begun = process.cpuUsage();
  const outcome = runEngine(bytes);
  const { user, system } = process.cpuUsage(begun);
  return { outcome, milliseconds: (user + system) / 1000 };
}

/** How the two differ on these bytes; empty if they do not. */
function compare(bytes: Uint8Array, what: string): string[] {
  const { outcome, milliseconds } = runEngineTimed(bytes);
  if (milliseconds > MillisecondsMax) return [`${what}: the engine took ${Math.round(milliseconds)} ms`];
  const { analysis, refused } = outcome;
  const oracle = oracleOutcome(bytes);
  if (refused || typeof oracle === "string") {
    const engine = refused ? Status[refused.status] : "Ok";
    const expected = typeof oracle === "string" ? oracle : "Ok";
    return engine === expected ? [] : [`${what}: the engine says ${engine}, the oracle ${expected}`];
  }
  return differences(rowsOfAnalysis(analysis), rowsOfAnswer(oracle)).map((line) => `${what}: ${line}`);
}

function oracleOutcome(bytes: Uint8Array): ReturnType<typeof analyzeRecording> | string {
  try {
    return analyzeRecording(bytes);
  } catch (error) {
    if (error instanceof RefusedError) return error.refusal;
    throw error;
  }
}

function assertAgree(cases: Iterable<readonly [Uint8Array, string]>): void {
  const found: string[] = [];
  for (const [bytes, what] of cases) {
    found.push(...compare(bytes, what));
    if (found.length > 10) break;
  }
  assert.ok(found.length === 0, found.slice(0, 10).join("\n"));
}

function changed(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const copy = bytes.slice();
  copy[at] = value;
  return copy;
}

test("every truncation of a small recording", () => {
  const bytes = smallRecording();
  assertAgree(
    Array.from(bytes.keys(), (length) => [bytes.subarray(0, length), `first ${length} bytes`] as const),
  );
});

test("every byte of a small recording changed", () => {
  const bytes = smallRecording();
  assertAgree(
    (function* () {
      for (const [at, before] of bytes.entries()) {
        for (const value of [before ^ 0x01, before ^ 0x80, 0xff]) {
          if (value !== before)
            yield [changed(bytes, at, value), `byte ${at} from ${before} to ${value}`] as const;
        }
      }
    })(),
  );
});

test("every byte of a payload changed behind a checksum that holds", () => {
  for (const compression of ["never", "always"] as const) {
    const bytes = smallRecording(compression);
    const { blocks } = readRecording(bytes);
    assertAgree(
      (function* () {
        for (const { offset, storedBytes } of blocks) {
          for (let at = offset + 56; at < offset + 56 + storedBytes; at++) {
            for (const value of [bytes[at]! ^ 0x01, bytes[at]! ^ 0x80, 0x7f]) {
              yield [
                resealed(changed(bytes, at, value), offset),
                `byte ${at} to ${value}, ${compression}`,
              ] as const;
            }
          }
        }
      })(),
    );
  }
});

test("every byte of a block header changed behind a checksum that holds", () => {
  const bytes = smallRecording();
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
});

/** With the checksum of the block at `offset` made to hold again. */
function resealed(bytes: Uint8Array, offset: number): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const storedBytes = view.getUint32(offset + 16, true);
  const stored = bytes.subarray(offset + 56, offset + 56 + storedBytes);
  view.setUint32(offset + 52, crc32c(bytes.subarray(offset, offset + 52), stored), true);
  return bytes;
}

test("blocks swapped, doubled, left out, and garbage between them", () => {
  assertAgree(
    (function* () {
      for (let seed = 1; seed <= 200; seed++) {
        yield [
          rearranged(generateRecording(seed, { steps: 200 }), new Random(seed)),
          `seed ${seed}`,
        ] as const;
      }
    })(),
  );
});

function rearranged(bytes: Uint8Array, random: Random): Uint8Array {
  const { blocks } = readRecording(bytes);
  let pieces = blocks.map(({ offset, storedBytes }) => bytes.subarray(offset, offset + 56 + storedBytes));
  if (random.chance(0.5)) pieces = random.shuffled(pieces);
  const written: Uint8Array[] = [bytes.subarray(0, 64)];
  for (const piece of pieces) {
    if (random.chance(0.1)) continue;
    written.push(piece);
    if (random.chance(0.1)) written.push(piece);
    if (random.chance(0.1)) written.push(garbage(random));
    if (random.chance(0.05)) written.push(piece.subarray(0, random.between(0, piece.length)));
  }
  if (random.chance(0.5)) written.push(bytes.subarray(bytes.length - 32));
  return new Uint8Array(Buffer.concat(written));
}

/** Some of it looks like the beginning of a block or of the trailer. */
function garbage(random: Random): Uint8Array {
  const bytes = Uint8Array.from({ length: random.between(1, 100) }, () => random.between(0, 255));
  const magic = random.pick(["", "O", "OCBK", "OCBKOCBK", "FCUTEND\n"]);
  return new Uint8Array(Buffer.concat([Buffer.from(magic, "latin1"), bytes]));
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

test("bytes that are no recording", () => {
  const header = smallRecording().subarray(0, 64);
  assertAgree(
    (function* () {
      yield [new Uint8Array(0), "nothing"] as const;
      yield [Buffer.from("#!/bin/sh\n"), "a script"] as const;
      for (let seed = 1; seed <= 100; seed++) {
        yield [garbage(new Random(seed)), `garbage ${seed}`] as const;
        yield [
          new Uint8Array(Buffer.concat([header, garbage(new Random(seed))])),
          `header and garbage ${seed}`,
        ] as const;
      }
    })(),
  );
});

test.run();
