// Bounds-checked reading of little-endian values out of a loaded object. A reader that met the end
// of its range is `failed`, stays so and answers 0, so that callers check once, at the end of what
// they read. It knows nothing of what the values mean.

import { allocate } from "../arena";

/** Bits beyond which the groups of a LEB128 number no longer count; padding may make it longer. */
const LebBits: u64 = 64;

@unmanaged
export class Reader {
  at: usize;
  end: usize;
  failed: bool;

  start(at: usize, end: usize): void {
    this.at = at;
    this.end = end;
    this.failed = at > end;
    if (this.failed) this.at = end;
  }

  @inline
  has(lengthBytes: usize): bool {
    return this.end - this.at >= lengthBytes;
  }

  fail(): u64 {
    this.failed = true;
    this.at = this.end;
    return 0;
  }

  @inline
  u8(): u32 {
    if (!this.has(1)) return this.fail() as u32;
    return load<u8>(this.at++);
  }

  u16(): u32 {
    if (!this.has(2)) return this.fail() as u32;
    this.at += 2;
    return load<u16>(this.at - 2);
  }

  u32(): u32 {
    if (!this.has(4)) return this.fail() as u32;
    this.at += 4;
    return load<u32>(this.at - 4);
  }

  u64(): u64 {
    if (!this.has(8)) return this.fail();
    this.at += 8;
    return load<u64>(this.at - 8);
  }

  /** A number of 1, 2, 4 or 8 bytes. */
  word(lengthBytes: u32): u64 {
    if (lengthBytes == 8) return this.u64();
    if (lengthBytes == 4) return this.u32();
    if (lengthBytes == 2) return this.u16();
    return lengthBytes == 1 ? this.u8() : this.fail();
  }

  @inline
  uleb(): u64 {
    if (this.has(1)) {
      const byte = load<u8>(this.at);
      if (byte < 0x80) {
        this.at++;
        return byte;
      }
    }
    return this.longUleb();
  }

  private longUleb(): u64 {
    let value: u64 = 0;
    for (let shift: u64 = 0; this.at < this.end; shift += 7) {
      const byte = load<u8>(this.at++) as u64;
      if (shift < LebBits) value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    return this.fail();
  }

  sleb(): i64 {
    let value: u64 = 0;
    for (let shift: u64 = 0; this.at < this.end; ) {
      const byte = load<u8>(this.at++) as u64;
      if (shift < LebBits) value |= (byte & 0x7f) << shift;
      shift += 7;
      if (byte < 0x80) {
        if (shift < LebBits && (byte & 0x40) != 0) value |= u64.MAX_VALUE << shift;
        return value as i64;
      }
    }
    return this.fail() as i64;
  }

  skip(lengthBytes: u64): void {
    if (lengthBytes > ((this.end - this.at) as u64)) this.fail();
    else this.at += lengthBytes as usize;
  }

  /** Skips a string that a zero ends, and answers where it begins. */
  text(): usize {
    const from = this.at;
    const lengthBytes = textBytes(from, this.end);
    if (lengthBytes == this.end - from) return this.fail() as usize;
    this.at = from + lengthBytes + 1;
    return from;
  }
}

export function newReader(): Reader {
  return changetype<Reader>(allocate(offsetof<Reader>()));
}

/** Length of the string at `from`, which a zero or `end` ends. */
export function textBytes(from: usize, end: usize): usize {
  let at = from;
  while (at + 16 <= end) {
    const zeros = i8x16.bitmask(i8x16.eq(v128.load(at), i8x16.splat(0)));
    if (zeros != 0) return at + (ctz(zeros) as usize) - from;
    at += 16;
  }
  while (at < end && load<u8>(at) != 0) at++;
  return at - from;
}

/** Whether the string at `from`, which a zero ends before `end`, is `text` (ASCII). */
export function isText(from: usize, end: usize, text: string): bool {
  const lengthBytes = text.length as usize;
  return startsWith(from, end, text) && end - from > lengthBytes && load<u8>(from + lengthBytes) == 0;
}

/** Whether the bytes at `from` begin with `text` (ASCII). */
export function startsWith(from: usize, end: usize, text: string): bool {
  if (from > end || end - from < (text.length as usize)) return false;
  for (let i = 0; i < text.length; i++) {
    if ((load<u8>(from + (i as usize)) as i32) != text.charCodeAt(i)) return false;
  }
  return true;
}
