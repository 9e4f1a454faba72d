// Of a large object only what naming needs is read, and the names are the same. Section headers that lie
// leave out nothing that is there, and read nothing that is not.

import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readNeeded } from "../../analyzer/symbol-sources/needed-parts.js";
import { openSymbols } from "../../analyzer/symbolizer.js";
import { Random } from "../recordings/random.js";
import { drawAddresses } from "./oracles.js";
import { frameText, localSymbolizerModule } from "./programs.js";

const test = suite("symbols/needed-parts");

const file = process.execPath;
const bytes = new Uint8Array(readFileSync(file));

/** Answers with some fewer bytes than it is asked for, now and then, as sources may. */
function readerOf(all: Uint8Array, random = new Random(3)) {
  return async (from: number, lengthBytes: number) => {
    assert.ok(from >= 0 && lengthBytes >= 0, `${lengthBytes} bytes from ${from}`);
    const some = all.subarray(from, from + lengthBytes);
    return some.length > 1000 && random.between(0, 3) === 0 ? some.subarray(0, some.length >> 1) : some;
  };
}

test("node: a part of the file gives the names of all of it", async () => {
  const { lengthBytes, parts } = await readNeeded({ read: readerOf(bytes), lengthBytes: bytes.length });
  assert.is(lengthBytes, bytes.length);
  const read = parts.reduce((sum, part) => sum + part.bytes.length, 0);
  assert.ok(read < bytes.length / 2, `${read} of ${bytes.length} bytes were read`);
  for (const part of parts) assert.is(Buffer.compare(part.bytes, bytes.subarray(part.offset, part.offset + part.bytes.length)), 0);
  const compiled = await localSymbolizerModule();
  const addresses = drawAddresses(file, 500);
  const namesIn = (object: Parameters<typeof openSymbols>[1]) => {
    const answers = openSymbols(compiled, object).lookup(addresses);
    return addresses.map((_, at) => frameText(answers.framesOf(at)));
  };
  assert.equal(namesIn({ object: { lengthBytes, parts } }), namesIn(bytes));
});

test("headers that lie", async () => {
  const random = new Random(11);
  const small = bytes.subarray(0, 2 * 1024 * 1024).slice();
  const view = new DataView(small.buffer);
  view.setBigUint64(40, BigInt(64 * 1024), true); // section headers where something else is
  for (let round = 0; round < 40; round++) {
    view.setUint16(60, random.between(0, 0xffff), true);
    for (let at = 0; at < 64; at++) {
      const header = 64 * 1024 + at * 64;
      view.setUint32(header + 4, random.between(0, 2), true);
      view.setBigUint64(header + 8, BigInt(random.between(0, 7)), true);
      view.setBigUint64(header + 24, BigInt(random.between(0, 2 ** 33)), true);
      view.setBigUint64(header + 32, BigInt(random.between(0, 2 ** 22)), true);
    }
    const { lengthBytes, parts } = await readNeeded({ read: readerOf(small, random), lengthBytes: small.length });
    assert.is(lengthBytes, small.length);
    let end = 0;
    for (const part of parts) {
      assert.ok(part.offset >= end && part.offset + part.bytes.length <= small.length);
      end = part.offset + part.bytes.length;
    }
  }
  assert.equal((await readNeeded({ read: readerOf(new Uint8Array(10)), lengthBytes: 10 })).parts.length, 1, "no ELF file is read whole");
});

test.run();
