// DEFLATE (RFC 1951) in a zlib wrapper (RFC 1950), unpacked to an exact length. Codes are canonical:
// of each length there is a first code and a count, and symbols lie in order of (length, value).
// A table of the first PrimaryBits bits answers short codes at once; longer ones are counted down.
//
// Bits are taken from a 64-bit window filled behind a check against the end; reading beyond the end
// gives zeros, which the length or the checksum then refuses.

const LengthBitsMax: u32 = 15;
const PrimaryBits: u32 = 10;
const LiteralCodes: u32 = 288;
const DistanceCodes: u32 = 32;
const EndOfBlock: u32 = 256;

/** One code: primary table u16 * 1024 | counts u16 * 16 | symbols u16 * 288. */
const CountsAt: usize = 2048;
const SymbolsAt: usize = 2080;

const literals: usize = memory.data(2656, 16);
const distances: usize = memory.data(2656, 16);
const codeLengths: usize = memory.data(2656, 16);
const lengths: usize = memory.data(352, 16); // one length per code of both alphabets
const offsets: usize = memory.data(64, 16); // u16 per length

/** The order in which lengths of the code of code lengths are given. */
const lengthOrder: usize = memory.data<u8>([16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]);
const lengthBase: usize = memory.data<u16>([
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
]);
const lengthExtra: usize = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
]);
const distanceBase: usize = memory.data<u16>([
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
  8193, 12289, 16385, 24577,
]);
const distanceExtra: usize = memory.data<u8>([
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
]);
const LengthsOfMatches: u32 = 29;
const DistancesOfMatches: u32 = 30;

let from: usize = 0;
let fromEnd: usize = 0;
let window: u64 = 0;
let windowBits: u32 = 0;
/** Bits taken beyond the end of the input. */
let borrowedBits: u32 = 0;
let to: usize = 0;
let toStart: usize = 0;
let toEnd: usize = 0;

/** Whether `[at, end)` is a zlib stream that unpacks to exactly `lengthBytes` bytes, which are put at `output`. */
export function inflateZlib(at: usize, end: usize, output: usize, lengthBytes: usize): bool {
  if (end - at < 6) return false;
  const method: u32 = load<u8>(at);
  const flags: u32 = load<u8>(at, 1);
  if ((method & 15) != 8 || ((method << 8) | flags) % 31 != 0 || (flags & 0x20) != 0) return false;
  from = at + 2;
  fromEnd = end;
  window = 0;
  windowBits = 0;
  borrowedBits = 0;
  to = output;
  toStart = output;
  toEnd = output + lengthBytes;
  let last: u32 = 0;
  while (last == 0) {
    last = bits(1);
    if (!inflateBlock(bits(2)) || borrowedBits > windowBits) return false;
  }
  return to == toEnd && readChecksum() == adler32(output, lengthBytes);
}

function inflateBlock(type: u32): bool {
  if (type == 0) return copyStored();
  if (type == 1) makeFixedCodes();
  else if (type != 2 || !readCodes()) return false;
  return inflateCodes();
}

@inline
function fill(): void {
  if (windowBits > 32) return;
  if (fromEnd - from >= 4) {
    window |= (load<u32>(from) as u64) << windowBits;
    from += 4;
    windowBits += 32;
  } else fillLast();
}

function fillLast(): void {
  while (windowBits <= 32) {
    if (from < fromEnd) window |= (load<u8>(from++) as u64) << windowBits;
    else borrowedBits += 8;
    windowBits += 8;
  }
}

/** The next `count` (at most 16) bits. */
@inline
function bits(count: u32): u32 {
  fill();
  const value = (window as u32) & ((1 << count) - 1);
  window >>= count;
  windowBits -= count;
  return value;
}

function copyStored(): bool {
  const partial = windowBits & 7;
  window >>= partial;
  windowBits -= partial;
  const lengthBytes = bits(16);
  if ((bits(16) ^ 0xffff) != lengthBytes || borrowedBits > windowBits) return false;
  if ((lengthBytes as usize) > toEnd - to) return false;
  // What the window holds was read ahead: back to the byte after the lengths.
  from -= (windowBits - borrowedBits) >> 3;
  window = 0;
  windowBits = 0;
  borrowedBits = 0;
  if ((lengthBytes as usize) > fromEnd - from) return false;
  memory.copy(to, from, lengthBytes);
  from += lengthBytes;
  to += lengthBytes;
  return true;
}

/** Makes a code of the lengths at `lengthsAt`. False where they do not make one. */
function makeCode(code: usize, lengthsAt: usize, count: u32): bool {
  const counts = code + CountsAt;
  memory.fill(code, 0, SymbolsAt);
  for (let i: u32 = 0; i < count; i++) {
    const slot = counts + ((load<u8>(lengthsAt + i) as usize) << 1);
    store<u16>(slot, load<u16>(slot) + 1);
  }
  store<u16>(counts, 0);
  let left: i32 = 1;
  store<u16>(offsets, 0, 2);
  for (let length: usize = 1; length <= LengthBitsMax; length++) {
    left = (left << 1) - (load<u16>(counts + (length << 1)) as i32);
    if (left < 0) return false; // more codes than there are
    const offset = load<u16>(offsets + (length << 1)) + load<u16>(counts + (length << 1));
    if (length < LengthBitsMax) store<u16>(offsets + (length << 1), offset as u16, 2);
  }
  for (let i: u32 = 0; i < count; i++) {
    const length = load<u8>(lengthsAt + i) as usize;
    if (length == 0) continue;
    const slot = offsets + (length << 1);
    store<u16>(code + SymbolsAt + ((load<u16>(slot) as usize) << 1), i as u16);
    store<u16>(slot, load<u16>(slot) + 1);
  }
  fillPrimary(code);
  return true;
}

/** Every word of PrimaryBits bits that begins with a short code gives its symbol << 4 | length. */
function fillPrimary(code: usize): void {
  let next: u32 = 0;
  let at = code + SymbolsAt;
  for (let length: u32 = 1; length <= PrimaryBits; length++) {
    for (let left: u32 = load<u16>(code + CountsAt + ((length as usize) << 1)); left > 0; left--) {
      const entry = ((load<u16>(at) as u32) << 4) | length;
      at += 2;
      for (let word = reversed(next, length); word < 1 << PrimaryBits; word += 1 << length) {
        store<u16>(code + ((word as usize) << 1), entry as u16);
      }
      next++;
    }
    next <<= 1;
  }
}

function reversed(code: u32, length: u32): u32 {
  let result: u32 = 0;
  for (let i: u32 = 0; i < length; i++) result |= ((code >> i) & 1) << (length - 1 - i);
  return result;
}

/** The next symbol; u32.MAX_VALUE where no code begins here. */
@inline
function symbolOf(code: usize): u32 {
  fill();
  const entry: u32 = load<u16>(code + (((window as usize) & ((1 << PrimaryBits) - 1)) << 1));
  if (entry == 0) return longSymbol(code);
  const length = entry & 15;
  window >>= length;
  windowBits -= length;
  return entry >> 4;
}

function longSymbol(code: usize): u32 {
  const entry = longEntry(code, window);
  if (entry == 0) return u32.MAX_VALUE;
  const length = entry & 15;
  window >>= length;
  windowBits -= length;
  return entry >> 4;
}

/** As the primary table has it of short codes, of any that begins `bits`; 0 where none does. */
function longEntry(code: usize, bits: u64): u32 {
  let word: i32 = 0;
  let first: i32 = 0;
  let index: i32 = 0;
  for (let length: u32 = 1; length <= LengthBitsMax; length++) {
    word |= ((bits >> (length - 1)) & 1) as i32;
    const count: i32 = load<u16>(code + CountsAt + ((length as usize) << 1));
    if (word - count < first) {
      return ((load<u16>(code + SymbolsAt + (((index + word - first) as usize) << 1)) as u32) << 4) | length;
    }
    index += count;
    first = (first + count) << 1;
    word <<= 1;
  }
  return 0;
}

function makeFixedCodes(): void {
  memory.fill(lengths, 8, 144);
  memory.fill(lengths + 144, 9, 112);
  memory.fill(lengths + 256, 7, 24);
  memory.fill(lengths + 280, 8, 8);
  makeCode(literals, lengths, LiteralCodes);
  memory.fill(lengths, 5, DistanceCodes);
  makeCode(distances, lengths, DistancesOfMatches);
}

function readCodes(): bool {
  const literalCount = bits(5) + 257;
  const distanceCount = bits(5) + 1;
  const orderCount = bits(4) + 4;
  if (literalCount > 286 || distanceCount > DistancesOfMatches) return false;
  memory.fill(lengths, 0, 19);
  for (let i: u32 = 0; i < orderCount; i++) store<u8>(lengths + load<u8>(lengthOrder + i), bits(3) as u8);
  if (!makeCode(codeLengths, lengths, 19)) return false;
  const count = literalCount + distanceCount;
  for (let i: u32 = 0; i < count; ) {
    const symbol = symbolOf(codeLengths);
    if (symbol > 18) return false;
    if (symbol < 16) {
      store<u8>(lengths + i++, symbol as u8);
      continue;
    }
    if (symbol == 16 && i == 0) return false;
    const repeated: u8 = symbol == 16 ? load<u8>(lengths + i - 1) : 0;
    const times: u32 = symbol == 16 ? 3 + bits(2) : symbol == 17 ? 3 + bits(3) : 11 + bits(7);
    if (times > count - i) return false;
    memory.fill(lengths + i, repeated, times);
    i += times;
  }
  if (load<u8>(lengths + EndOfBlock) == 0) return false;
  return makeCode(literals, lengths, literalCount) && makeCode(distances, lengths + literalCount, distanceCount);
}

function inflateCodes(): bool {
  const pace = inflateFast();
  if (pace != Pace.Slow) return pace == Pace.Ended;
  while (true) {
    const symbol = symbolOf(literals);
    if (symbol < EndOfBlock) {
      if (to >= toEnd) return false;
      store<u8>(to++, symbol as u8);
      continue;
    }
    if (symbol == EndOfBlock) return true;
    const length = symbol - EndOfBlock - 1;
    if (length >= LengthsOfMatches || borrowedBits > windowBits) return false;
    const lengthBytes =
      (load<u16>(lengthBase + ((length as usize) << 1)) as usize) + (bits(load<u8>(lengthExtra + length)) as usize);
    const distance = symbolOf(distances);
    if (distance >= DistancesOfMatches) return false;
    const back =
      (load<u16>(distanceBase + ((distance as usize) << 1)) as usize) + (bits(load<u8>(distanceExtra + distance)) as usize);
    if (back > to - toStart || lengthBytes > toEnd - to) return false;
    copyMatch(back, lengthBytes);
  }
}

enum Pace {
  /** The end of input or output is near: on with checks of every bit. */
  Slow,
  Ended,
  Malformed,
}

/** Input that one look at the window may need, and output that one match and its last store may take. */
const InputMargin: usize = 8;
const OutputMargin: usize = 258 + 8;

@inline
function primaryEntry(code: usize, bits: u64): u32 {
  return load<u16>(code + (((bits as usize) & ((1 << PrimaryBits) - 1)) << 1));
}

@inline
function isLiteral(entry: u32): bool {
  return entry - 1 < (EndOfBlock << 4) - 1;
}

/**
 * The same as `inflateCodes` as long as neither end is near, with what changes in locals. The window is
 * filled once for three short literals, or for a match: at most 15 + 5 + 15 + 13 of its 56 bits.
 */
function inflateFast(): Pace {
  let bits = window;
  let count: u64 = windowBits;
  let at = from;
  let out = to;
  let pace = Pace.Slow;
  while (fromEnd - at >= InputMargin && toEnd - out >= OutputMargin) {
    // Bytes that do not fit whole are put there, too, and again the next time.
    bits |= load<u64>(at) << count;
    at += ((63 - count) >> 3) as usize;
    count |= 56;
    let entry = primaryEntry(literals, bits);
    if (isLiteral(entry)) {
      for (let i = 0; i < 3 && isLiteral(entry); i++) {
        store<u8>(out++, (entry >> 4) as u8);
        bits >>= entry & 15;
        count -= entry & 15;
        entry = primaryEntry(literals, bits);
      }
      continue;
    }
    if (entry == 0) entry = longEntry(literals, bits);
    const symbol = entry >> 4;
    bits >>= entry & 15;
    count -= entry & 15;
    if (entry != 0 && symbol < EndOfBlock) {
      store<u8>(out++, symbol as u8);
      continue;
    }
    const length = symbol - EndOfBlock - 1;
    if (entry == 0 || length >= LengthsOfMatches) {
      pace = entry != 0 && symbol == EndOfBlock ? Pace.Ended : Pace.Malformed;
      break;
    }
    const lengthExtraBits: u64 = load<u8>(lengthExtra + length);
    const lengthBytes = (load<u16>(lengthBase + ((length as usize) << 1)) + (bits & ((1 << lengthExtraBits) - 1))) as usize;
    bits >>= lengthExtraBits;
    count -= lengthExtraBits;
    entry = primaryEntry(distances, bits);
    if (entry == 0) entry = longEntry(distances, bits);
    const distance = entry >> 4;
    bits >>= entry & 15;
    count -= entry & 15;
    if (entry == 0 || distance >= DistancesOfMatches) {
      pace = Pace.Malformed;
      break;
    }
    const backExtraBits: u64 = load<u8>(distanceExtra + distance);
    const back = (load<u16>(distanceBase + ((distance as usize) << 1)) + (bits & ((1 << backExtraBits) - 1))) as usize;
    bits >>= backExtraBits;
    count -= backExtraBits;
    if (back > out - toStart) {
      pace = Pace.Malformed;
      break;
    }
    const end = out + lengthBytes;
    if (back >= 8) {
      for (; out < end; out += 8) store<u64>(out, load<u64>(out - back));
      out = end;
    } else for (; out < end; out++) store<u8>(out, load<u8>(out - back));
  }
  window = bits & ((1 << count) - 1);
  windowBits = count as u32;
  from = at;
  to = out;
  return pace;
}

/** The last `back` bytes again; they may overlap what is written. */
@inline
function copyMatch(back: usize, lengthBytes: usize): void {
  const end = to + lengthBytes;
  if (back >= 8) {
    for (; to + 8 <= end; to += 8) store<u64>(to, load<u64>(to - back));
  }
  for (; to < end; to++) store<u8>(to, load<u8>(to - back));
}

/** The checksum of the unpacked bytes follows the last block, big-endian, at the next byte. */
function readChecksum(): u32 {
  bits(windowBits & 7);
  const high = bits(16);
  const low = bits(16);
  if (borrowedBits > windowBits) return 0;
  return bswap<u32>(high | (low << 16));
}

const AdlerModulus: u64 = 65521;
/** Bytes after which sums are reduced: before those of 32 bits can be full. */
const AdlerBytes: usize = 4096;

/** RFC 1950: the sum of all bytes, and the sum of these sums, sixteen bytes at a time. */
function adler32(from: usize, lengthBytes: usize): u32 {
  let a: u64 = 1;
  let b: u64 = 0;
  let at = from;
  for (const end = from + lengthBytes; at < end; ) {
    const stop = min(at + AdlerBytes, end);
    const blocksEnd = at + ((stop - at) & ~15);
    let sums = i32x4.splat(0); // of the bytes
    let before = i32x4.splat(0); // of `sums` as they were before each block
    let inside = i32x4.splat(0); // of the bytes, each as often as it is summed in its block
    b += a * ((blocksEnd - at) as u64);
    for (; at < blocksEnd; at += 16) {
      const bytes = v128.load(at);
      before = i32x4.add(before, sums);
      sums = i32x4.add(sums, i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(bytes)));
      const low = i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(bytes), i16x8(16, 15, 14, 13, 12, 11, 10, 9));
      const high = i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(bytes), i16x8(8, 7, 6, 5, 4, 3, 2, 1));
      inside = i32x4.add(inside, i32x4.add(low, high));
    }
    a += lanesSum(sums);
    b += lanesSum(before) * 16 + lanesSum(inside);
    for (; at < stop; at++) {
      a += load<u8>(at);
      b += a;
    }
    a %= AdlerModulus;
    b %= AdlerModulus;
  }
  return ((b << 16) | a) as u32;
}

function lanesSum(lanes: v128): u64 {
  const low = (i32x4.extract_lane(lanes, 0) as u32 as u64) + (i32x4.extract_lane(lanes, 1) as u32 as u64);
  return low + (i32x4.extract_lane(lanes, 2) as u32 as u64) + (i32x4.extract_lane(lanes, 3) as u32 as u64);
}
