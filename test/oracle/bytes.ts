// The primitives of the format: checksums, variable-length integers and LZ4 blocks, each written
// for reading rather than speed. Everything is bounds-checked; a broken rule is a DamagedError.

import { rule } from "./damage.js";

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc >>> 0;
});

/** CRC32C of several pieces as if they were one. */
export function crc32c(...pieces: readonly Uint8Array[]): number {
  let crc = 0xffffffff;
  for (const piece of pieces) {
    for (let i = 0; i < piece.length; i++) {
      crc = (crcTable[(crc ^ piece[i]!) & 0xff]! ^ (crc >>> 8)) >>> 0;
    }
  }
  return (crc ^ 0xffffffff) >>> 0;
}

export function zigzagToSigned(value: bigint): bigint {
  return value & 1n ? -((value + 1n) >> 1n) : value >> 1n;
}

/** Reads varints one after another; never beyond `end`. */
export class Cursor {
  constructor(
    readonly bytes: Uint8Array,
    public at = 0,
    readonly end = bytes.length,
  ) {}

  varint(): bigint {
    let low = 0; // the first four groups, 28 bits: nearly every value ends there
    for (let group = 0; group < 4; group++) {
      const byte = this.byte();
      low |= (byte & 0x7f) << (7 * group);
      if (byte < 0x80) return BigInt(low);
    }
    let value = BigInt(low);
    for (let group = 4; group < 10; group++) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << BigInt(7 * group);
      if (byte < 0x80) {
        rule(value < 2n ** 64n, "a varint is 2^64 or more");
        return value;
      }
    }
    rule(false, "a varint has more than 10 bytes");
  }

  take(lengthBytes: bigint): Uint8Array {
    rule(lengthBytes <= BigInt(this.end - this.at), "a length runs over the end");
    const taken = this.bytes.subarray(this.at, this.at + Number(lengthBytes));
    this.at += Number(lengthBytes);
    return taken;
  }

  private byte(): number {
    rule(this.at < this.end, "a varint runs over the end");
    return this.bytes[this.at++]!;
  }
}

/**
 * One LZ4 block: sequences of
 *
 *   token (literals << 4 | match - 4) | more literals… | literal bytes | offset u16 | more match…
 *
 * where 15 in the token says that bytes follow to be added up to the first below 255, and the last
 * sequence ends behind its literals.
 */
export function lz4Decompress(input: Uint8Array, rawBytes: number): Uint8Array {
  const output = new Uint8Array(rawBytes);
  let from = 0;
  let to = 0;
  const next = (): number => {
    rule(from < input.length, "LZ4 input ends early");
    return input[from++]!;
  };
  const more = (length: number): number => {
    if (length < 15) return length;
    for (;;) {
      const byte = next();
      length += byte;
      if (byte < 255) return length;
    }
  };
  for (;;) {
    const token = next();
    const literals = more(token >> 4);
    rule(literals <= input.length - from && literals <= rawBytes - to, "LZ4 literals run over the end");
    output.set(input.subarray(from, from + literals), to);
    from += literals;
    to += literals;
    if (from === input.length) break;
    const offset = next() | (next() << 8);
    rule(offset > 0 && offset <= to, "LZ4 match begins before the output");
    const match = more(token & 15) + 4;
    rule(match <= rawBytes - to, "LZ4 match runs over the end");
    for (let i = 0; i < match; i++, to++) output[to] = output[to - offset]!;
  }
  rule(to === rawBytes, "LZ4 output is shorter than rawBytes");
  return output;
}
