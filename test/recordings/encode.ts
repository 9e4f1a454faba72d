// Values -> bytes as "Payload: columns" of capture/FORMAT.md lays them out, and an LZ4 compressor
// that is good enough to make both codecs occur. The inverse of test/oracle/columns.ts, kept apart
// from it. Checks nothing: tests write wrong values on purpose.

import * as format from "../oracle/format.js";

export type Value = number | bigint;

/** Bytes that grow. */
export class ByteBuffer {
  private bytes = new Uint8Array(1024);
  length = 0;

  varint(value: Value): void {
    this.reserve(10);
    if (typeof value === "bigint") {
      if (value >= 0x20000000000000n) {
        this.bigVarint(value);
        return;
      }
      value = Number(value);
    }
    while (value >= 0x80) {
      this.bytes[this.length++] = (value % 0x80) | 0x80;
      value = value < 0x80000000 ? value >>> 7 : Math.floor(value / 0x80);
    }
    this.bytes[this.length++] = value;
  }

  append(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** A view: valid until the next write. */
  view(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }

  private bigVarint(value: bigint): void {
    while (value >= 0x80n) {
      this.bytes[this.length++] = Number(value & 0x7fn) | 0x80;
      value >>= 7n;
    }
    this.bytes[this.length++] = Number(value);
  }

  private reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.length + more));
    grown.set(this.view());
    this.bytes = grown;
  }
}

export type ColumnValues = readonly Value[] | Uint8Array;

/** The payload of one block; `extra` are whole columns of a later minor version. */
export function encodePayload(
  name: format.BlockTypeName,
  columns: { readonly [column: string]: ColumnValues },
  firstNs: Value,
  extra: readonly ColumnValues[] = [],
): Uint8Array {
  const specs = format.columnsOf[name];
  const payload = new ByteBuffer();
  payload.varint(specs.length + extra.length);
  for (const spec of specs) {
    const values = columns[spec.name];
    if (values === undefined) throw new Error(`${name} needs a column ${spec.name}`);
    if (spec.encoding === "Bytes") appendColumn(payload, values.length, values as Uint8Array, false);
    else appendEncoded(payload, storedValues(spec.encoding, values, firstNs));
  }
  for (const values of extra) appendEncoded(payload, [...values]);
  return payload.view();
}

function appendColumn(payload: ByteBuffer, values: number, bytes: Uint8Array, constant: boolean): void {
  payload.varint(values);
  payload.varint(bytes.length * 2 + (constant ? 1 : 0));
  payload.append(bytes);
}

function appendEncoded(payload: ByteBuffer, stored: readonly Value[]): void {
  const constant = stored.length > 1 && stored.every((value) => value === stored[0]);
  const bytes = new ByteBuffer();
  for (const value of constant ? stored.slice(0, 1) : stored) bytes.varint(value);
  appendColumn(payload, stored.length, bytes.view(), constant);
}

function storedValues(encoding: format.Encoding, values: ColumnValues, firstNs: Value): readonly Value[] {
  const plain = values as readonly Value[];
  if (encoding === "Unsigned") return plain;
  if (encoding === "Signed") return plain.map(zigzag);
  const before = (i: number): Value => (i > 0 ? plain[i - 1]! : encoding === "Time" ? firstNs : 0);
  if (encoding === "Time") return plain.map((value, i) => subtract(value, before(i)));
  return plain.map((value, i) => zigzag(subtract(value, before(i))));
}

function subtract(a: Value, b: Value): Value {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return BigInt.asIntN(64, BigInt(a) - BigInt(b));
}

function zigzag(value: Value): Value {
  if (typeof value === "number") return value < 0 ? -2 * value - 1 : 2 * value;
  return value < 0n ? -2n * value - 1n : 2n * value;
}

const hashBits = 14;

/**
 * One LZ4 block by greedy search of the last place where the same four bytes stood. Keeps the
 * reference decoder's end rules: the last five bytes are literals, no match begins in the last 12.
 */
export function lz4Compress(input: Uint8Array): Uint8Array {
  const output = new ByteBuffer();
  const lastAt = new Int32Array(1 << hashBits).fill(-1);
  let literalsFrom = 0;
  let at = 0;
  while (at + 12 < input.length) {
    const four = input[at]! | (input[at + 1]! << 8) | (input[at + 2]! << 16) | (input[at + 3]! << 24);
    const slot = Math.imul(four, 2654435761) >>> (32 - hashBits);
    const candidate = lastAt[slot]!;
    lastAt[slot] = at;
    const length = candidate >= 0 && at - candidate < 0x10000 ? matchLength(input, candidate, at) : 0;
    if (length < 4) {
      at++;
      continue;
    }
    appendSequence(output, input.subarray(literalsFrom, at), at - candidate, length);
    at += length;
    literalsFrom = at;
  }
  appendSequence(output, input.subarray(literalsFrom), 0, 0);
  return output.view();
}

function matchLength(input: Uint8Array, from: number, at: number): number {
  const end = input.length - 5;
  let length = 0;
  while (at + length < end && input[from + length] === input[at + length]) length++;
  return length;
}

/** Offset 0: the last sequence, which has no match. */
function appendSequence(output: ByteBuffer, literals: Uint8Array, offset: number, match: number): void {
  const more = offset === 0 ? 0 : match - 4;
  const header = [(Math.min(literals.length, 15) << 4) | Math.min(more, 15), ...lengthBytes(literals.length)];
  output.append(Uint8Array.from(header));
  output.append(literals);
  if (offset !== 0) output.append(Uint8Array.from([offset & 0xff, offset >> 8, ...lengthBytes(more)]));
}

function lengthBytes(length: number): number[] {
  if (length < 15) return [];
  const bytes: number[] = [];
  for (length -= 15; length >= 255; length -= 255) bytes.push(255);
  bytes.push(length);
  return bytes;
}
