// Recordings that something happened to on their way: cut off, one byte changed, blocks lost,
// doubled or moved, garbage between them. The engine answers as the oracle does.

import { test } from "uvu";
import { readRecording } from "../oracle/read.js";
import { generateRecording } from "../recordings/generate.js";
import { Random } from "../recordings/random.js";
import { smallRecording } from "../recordings/small.js";
import { assertAgree, changed } from "./agree.js";

test("every truncation of a small recording", () => {
  const bytes = smallRecording();
  assertAgree(
    Array.from(bytes.keys(), (length) => [bytes.subarray(0, length), `first ${length} bytes`] as const),
  );
});

test("every byte of a small recording changed", () => {
  const bytes = smallRecording();
  const random = new Random(1);
  assertAgree(
    (function* () {
      for (const [at, before] of bytes.entries()) {
        for (const value of [before ^ 0x01, random.between(0, 255)]) {
          if (value !== before)
            yield [changed(bytes, at, value), `byte ${at} from ${before} to ${value}`] as const;
        }
      }
    })(),
  );
});

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
