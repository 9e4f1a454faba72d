// Bounds-checked reading of varints. A cursor that met anything but a whole varint inside its range
// is `failed`, stays so and answers 0, so that callers check once, at the end of what they read.
// Apart from the block header, the tight loops of columns.ts and LZ4, all of which compare lengths
// first, nothing else loads from input.

import { allocate } from "./arena";

/** Bytes of the longest varint: nine groups of seven bits and one of one. */
export const VarintBytesMax: usize = 10;

@unmanaged
export class Cursor {
  at: usize;
  end: usize;
  failed: bool;

  start(at: usize, end: usize): void {
    this.at = at;
    this.end = end;
    this.failed = false;
  }

  @inline
  varint(): u64 {
    if (this.at < this.end) {
      const byte = load<u8>(this.at);
      if (byte < 0x80) {
        this.at++;
        return byte as u64;
      }
    }
    return this.longVarint();
  }

  private longVarint(): u64 {
    let value: u64 = 0;
    for (let shift: u64 = 0; shift < 70; shift += 7) {
      if (this.at >= this.end) break;
      const byte = load<u8>(this.at++) as u64;
      if (shift == 63 && byte > 1) break;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    this.failed = true;
    this.at = this.end;
    return 0;
  }

  /** Signed LEB128, as DWARF has it; bits beyond 64 are lost. */
  signedLeb(): i64 {
    let value: u64 = 0;
    for (let shift: u64 = 0; shift < 70; shift += 7) {
      if (this.at >= this.end) break;
      const byte = load<u8>(this.at++) as u64;
      value |= (byte & 0x7f) << shift;
      if (byte >= 0x80) continue;
      const isNegative = (byte & 0x40) != 0 && shift < 57;
      return (isNegative ? value | (u64.MAX_VALUE << (shift + 7)) : value) as i64;
    }
    this.failed = true;
    this.at = this.end;
    return 0;
  }

  /** Little-endian, of 1, 2, 4 or 8 bytes. */
  fixed(lengthBytes: u32): u64 {
    const at = this.skip(lengthBytes);
    if (this.failed) return 0;
    if (lengthBytes == 1) return load<u8>(at);
    if (lengthBytes == 2) return load<u16>(at);
    return lengthBytes == 4 ? load<u32>(at) : load<u64>(at);
  }

  /** Skips bytes that the caller will look at itself. */
  @inline
  skip(lengthBytes: u64): usize {
    const at = this.at;
    if (lengthBytes > ((this.end - at) as u64)) this.failed = true;
    else this.at = at + (lengthBytes as usize);
    return at;
  }
}

export function newCursor(): Cursor {
  return changetype<Cursor>(allocate(offsetof<Cursor>()));
}

@inline
export function unzigzag(value: u64): i64 {
  return ((value >> 1) as i64) ^ -((value & 1) as i64);
}
