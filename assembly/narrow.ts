// Record columns of the event streams, decoded for reading once, quickly, in the order of the
// merge: as wide as their longest value needs (1, 2, 4 or 8 bytes), a constant column as its one value.
// A reader gets row i of a column without a branch: `load(base + i * stride) & mask`.
//
//   descriptor, 16 bytes:   base usize | stride u32 | mask u64
//
// First `measure` says how many bytes a column will need, then, with the memory of the whole batch
// at hand, `decodeNarrow` or `decodeTimes` fill it. Signed columns stay zigzag here.

import { columnFrom, columnIsConstant, columnTo, columnValues, decode, Limit } from "./columns";
import { Cursor, newCursor, VarintBytesMax } from "./cursor";
import { Encoding } from "./format";

export const DescriptorBytes: usize = 16;

/** Loads of narrow columns read 8 bytes at any row: a batch ends with this many spare bytes. */
export const NarrowSlack: usize = 8;

const Malformed: u32 = 0xffffffff;
const cursor: Cursor = newCursor();

/** Row of a narrow column. */
@inline
export function rowOf(descriptor: usize, row: u32): u64 {
  return load<u64>(load<usize>(descriptor) + (row as usize) * load<u32>(descriptor, 4)) & load<u64>(descriptor, 8);
}

/** Bytes from one row to the next of a narrow column; 0 for a constant one. */
@inline
export function strideOf(descriptor: usize): u32 {
  return load<u32>(descriptor, 4);
}

@inline
function describe(descriptor: usize, base: usize, stride: u32): void {
  store<usize>(descriptor, base);
  store<u32>(descriptor, stride, 4);
  const bits = stride == 0 ? 64 : (stride as u64) << 3;
  store<u64>(descriptor, u64.MAX_VALUE >> (64 - bits), 8);
}

/** A column of which every row is the word at `at`. */
export function describeConstant(descriptor: usize, at: usize): void {
  describe(descriptor, at, 0);
}

/** What `measure` answers for a column that is malformed. */
export const BadStride: u32 = 3;

/** Bytes of a value in the narrow form of a column of `count` values: 0 (constant), 1, 2, 4, 8 or BadStride. */
export function measure(index: u32, count: u32): u32 {
  if (columnValues(index) != count) return BadStride;
  if (columnIsConstant(index)) return count == 0 ? BadStride : 0;
  const longest = longestVarint(columnFrom(index), columnTo(index), count);
  if (longest == Malformed) return BadStride;
  return longest <= 2 ? max(longest, 1) : longest <= 4 ? 4 : 8;
}

/** Whether a column that nobody asks for yet is well-formed and its values are within `limit`. */
export function isWithin(index: u32, count: u32, limit: Limit): bool {
  if (columnValues(index) == count && !columnIsConstant(index)) {
    const longest = longestVarint(columnFrom(index), columnTo(index), count);
    if (longest <= 2) return true; // below 2^14, as every limit allows
  }
  return decode(index, count, Encoding.Unsigned, limit);
}

/** Memory of a column's narrow form. */
@inline
export function narrowBytes(stride: u32, count: u32): usize {
  return stride == 0 ? 8 : ((stride as usize) * (count as usize) + 7) & ~7;
}

/** Length of the longest of `count` varints that fill a range exactly, or Malformed. */
function longestVarint(from: usize, to: usize, count: u32): u32 {
  if (from == to) return count == 0 ? 0 : Malformed;
  if (load<u8>(to - 1) >= 0x80) return Malformed;
  let ends: u32 = 0; // bytes that end a varint
  let run: u32 = 0; // continuation bytes right before `from`
  let longest: u32 = 0; // most continuation bytes in a row so far
  for (; from + 16 <= to; from += 16) {
    const continued = i8x16.bitmask(v128.load(from)) as u32;
    ends += 16 - popcnt(continued);
    if (continued == 0) {
      run = 0;
      continue;
    }
    if (run >= (VarintBytesMax as u32)) return Malformed;
    let runs = (((continued as u64) + 1) << run) - 1; // the run before `from` below this chunk's bits
    let length: u32 = 0;
    for (; runs != 0; runs &= runs << 1) length++;
    longest = max(longest, length);
    run = continued == 0xffff ? run + 16 : clz(~(continued << 16));
  }
  for (; from < to; from++) {
    if (load<u8>(from) >= 0x80) {
      longest = max(longest, ++run);
    } else {
      run = 0;
      ends++;
    }
  }
  return ends != count || longest >= (VarintBytesMax as u32) ? Malformed : longest + 1;
}

// Varints of at most four bytes are decoded without a branch on their length, which is what a
// processor cannot predict, and without waiting for the length of one to find the next: the ends of
// all varints in 64 bytes are found first, as bits of one word.

/** Bit i is set where the byte at `from + i` ends a varint. */
@inline
function endsIn64(from: usize): u64 {
  return ~(
    (i8x16.bitmask(v128.load(from)) as u64) |
    ((i8x16.bitmask(v128.load(from, 16)) as u64) << 16) |
    ((i8x16.bitmask(v128.load(from, 32)) as u64) << 32) |
    ((i8x16.bitmask(v128.load(from, 48)) as u64) << 48)
  );
}

/** The varint that begins at `at` and has 1 to 4 bytes. Reads 4. */
@inline
function shortVarint(at: usize, lengthBytes: usize): u32 {
  const bytes = load<u32>(at) & (u32.MAX_VALUE >>> (32 - ((lengthBytes as u32) << 3)));
  return (bytes & 0x7f) | ((bytes >> 1) & 0x3f80) | ((bytes >> 2) & 0x1fc000) | ((bytes >> 3) & 0xfe00000);
}

@inline
function shortLength(at: usize): usize {
  return ((ctz(~load<u32>(at) & 0x80808080) >> 3) + 1) as usize;
}

/** Fills the narrow form of a measured column at `to`. False if a value is above `valueMax`. */
export function decodeNarrow(index: u32, count: u32, stride: u32, valueMax: u64, descriptor: usize, to: usize): bool {
  describe(descriptor, to, stride);
  const from = columnFrom(index);
  switch (stride) {
    case 1:
      return copyBytes(from, count, valueMax, to);
    case 2:
      return decodeShort<u16>(from, columnTo(index), valueMax, to);
    case 4:
      return decodeShort<u32>(from, columnTo(index), valueMax, to);
    default:
      return decodeLong(index, count, stride, valueMax, to);
  }
}

function copyBytes(from: usize, count: u32, valueMax: u64, to: usize): bool {
  memory.copy(to, from, count);
  if (valueMax >= 0x7f) return true;
  let largest: u32 = 0;
  for (let i: usize = 0; i < (count as usize); i++) largest = max(largest, load<u8>(from + i) as u32);
  return (largest as u64) <= valueMax;
}

function decodeShort<T>(from: usize, fromEnd: usize, valueMax: u64, to: usize): bool {
  let largest: u32 = 0;
  let at = from; // where the next varint begins
  for (; from + 64 <= fromEnd; from += 64) {
    for (let ends = endsIn64(from); ends != 0; ends &= ends - 1) {
      const after = from + (ctz(ends) as usize) + 1;
      const value = shortVarint(at, after - at);
      largest = max(largest, value);
      store<T>(to, value as T);
      to += sizeof<T>();
      at = after;
    }
  }
  while (at < fromEnd) {
    const lengthBytes = shortLength(at);
    const value = shortVarint(at, lengthBytes);
    largest = max(largest, value);
    store<T>(to, value as T);
    to += sizeof<T>();
    at += lengthBytes;
  }
  return (largest as u64) <= valueMax;
}

function decodeLong(index: u32, count: u32, stride: u32, valueMax: u64, to: usize): bool {
  cursor.start(columnFrom(index), columnTo(index));
  let largest: u64 = 0;
  for (let left = stride == 0 ? 1 : count; left > 0; left--, to += 8) {
    const value = cursor.varint();
    largest = max(largest, value);
    store<u64>(to, value);
  }
  return !cursor.failed && cursor.at == cursor.end && largest <= valueMax;
}

/**
 * Fills the narrow form of a Time column as distances from `firstNs`, 4 bytes each where `spanNs`
 * allows, else 8. False unless they run from 0 to exactly `spanNs`.
 */
export function decodeTimes(index: u32, count: u32, stride: u32, spanNs: u64, descriptor: usize, to: usize): bool {
  const wideTimes = timeStride(spanNs) == 8;
  describe(descriptor, to, wideTimes ? 8 : 4);
  if (!wideTimes && stride != 0 && stride != 8) {
    return decodeShortTimes(columnFrom(index), columnTo(index), spanNs as u32, to);
  }
  cursor.start(columnFrom(index), columnTo(index));
  let delta: u64 = stride == 0 ? cursor.varint() : 0;
  let elapsed: u64 = 0;
  for (let i: u32 = 0; i < count; i++) {
    if (stride != 0) delta = cursor.varint();
    if (delta > spanNs - elapsed || (i == 0 && delta != 0)) return false;
    elapsed += delta;
    if (wideTimes) store<u64>(to + ((i as usize) << 3), elapsed);
    else store<u32>(to + ((i as usize) << 2), elapsed as u32);
  }
  return elapsed == spanNs && !cursor.failed && cursor.at == cursor.end;
}

function decodeShortTimes(from: usize, fromEnd: usize, span: u32, to: usize): bool {
  if (from < fromEnd && load<u8>(from) != 0) return false; // the first record is at firstNs
  // Each delta is below 2^28 and there are at most 2^16: the sum cannot wrap in 64 bits.
  let elapsed: u64 = 0;
  let at = from;
  for (; from + 64 <= fromEnd; from += 64) {
    for (let ends = endsIn64(from); ends != 0; ends &= ends - 1) {
      const after = from + (ctz(ends) as usize) + 1;
      elapsed += shortVarint(at, after - at) as u64;
      store<u32>(to, elapsed as u32);
      to += 4;
      at = after;
    }
  }
  while (at < fromEnd) {
    const lengthBytes = shortLength(at);
    elapsed += shortVarint(at, lengthBytes) as u64;
    store<u32>(to, elapsed as u32);
    to += 4;
    at += lengthBytes;
  }
  return elapsed == (span as u64);
}

/** Bytes of a value in the narrow form of a Time column. */
@inline
export function timeStride(spanNs: u64): u32 {
  return spanNs > u32.MAX_VALUE ? 8 : 4;
}
