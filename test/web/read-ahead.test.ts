// Reading ahead gives the bytes that were asked for, whatever the order; it fetches few large blocks where
// they are read one after the other, and little where a reader leaps.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readAhead } from "../../analyzer/web/read-ahead.js";
import { Random } from "../recordings/random.js";

const test = suite("web/read-ahead");
const Megabyte = 1024 * 1024;

function counted(bytes: Uint8Array) {
  const fetched: number[] = [];
  const read = async (from: number, lengthBytes: number) => {
    fetched.push(lengthBytes);
    return bytes.slice(from, from + lengthBytes);
  };
  return { fetched, source: readAhead({ lengthBytes: bytes.length, read }) };
}

const bytes = Uint8Array.from({ length: 40 * Megabyte }, (_, at) => (at * 31 + (at >> 8)) & 0xff);

function assertSame(found: Uint8Array, from: number, lengthBytes: number): void {
  assert.ok(found.length > 0 && found.length <= lengthBytes, `${found.length} bytes at ${from}`);
  assert.ok(Buffer.compare(found, bytes.subarray(from, from + found.length)) === 0, `bytes at ${from}`);
}

test("one after the other: all bytes, in blocks of up to 8 MB", async () => {
  const { fetched, source } = counted(bytes);
  for (let at = 0; at < bytes.length; ) {
    const found = await source.read(at, Math.min(Megabyte, bytes.length - at));
    assertSame(found, at, Megabyte);
    at += found.length;
  }
  assert.is(fetched.reduce((sum, length) => sum + length, 0), bytes.length, "each byte once");
  assert.equal(fetched.map((length) => length / Megabyte).slice(0, 5), [1, 2, 4, 8, 8]);
});

test("in leaps: what is asked for, and little more", async () => {
  const { fetched, source } = counted(bytes);
  for (let at = 0; at < bytes.length; at += Megabyte) assertSame(await source.read(at, 4096), at, 4096);
  assert.is(Math.max(...fetched), 8192);
});

test("in any order", async () => {
  const random = new Random(3);
  const { source } = counted(bytes);
  let at = 0;
  for (let i = 0; i < 2000; i++) {
    if (at >= bytes.length || random.chance(0.2)) at = random.between(0, bytes.length - 1);
    const lengthBytes = Math.min(random.between(1, 100_000), bytes.length - at);
    const found = await source.read(at, lengthBytes);
    assertSame(found, at, lengthBytes);
    at += found.length;
  }
});

test("an error is met by whoever asks for the bytes, and by nobody else", async () => {
  const source = readAhead({
    lengthBytes: 10 * Megabyte,
    read: async (from, lengthBytes) => {
      if (from > 0) throw new Error("gone");
      return bytes.subarray(0, lengthBytes);
    },
  });
  assertSame(await source.read(0, 1000), 0, 1000);
  await new Promise((resolve) => setTimeout(resolve, 10));
  const error = await source.read(1000, 1000).catch((error: Error) => error);
  assert.is((error as Error).message, "gone");
});

test.run();
