// Stable sort of (u64 key, u32 payload) entries by key, a byte at a time from the lowest. Bytes that
// are equal in all keys cost nothing, which addresses of one object mostly are; comparing through
// sort.ts cost about five times as much on 300,000 symbols.

import { borrow, giveBack } from "../arena";

/** key u64 | payload u64 */
export const EntryBytes: usize = 16;

const counts: usize = memory.data(8192, 16); // 8 digits of 256 u32

/** Sorts `count` entries at `entries`. False where memory is refused. */
export function radixSort(entries: usize, count: u32): bool {
  const lengthBytes = (count as usize) * EntryBytes;
  if (count < 2 || isSorted(entries, lengthBytes)) return true;
  const buffer = borrow(lengthBytes);
  if (buffer == 0) return false;
  countDigits(entries, lengthBytes);
  let from = entries;
  let to = buffer;
  for (let digit: usize = 0; digit < 8; digit++) {
    const ofDigit = counts + (digit << 10);
    const first = load<u8>(from + digit) as usize;
    if (load<u32>(ofDigit + (first << 2)) == count) continue;
    makeOffsets(ofDigit);
    for (let at = from; at < from + lengthBytes; at += EntryBytes) {
      const slot = ofDigit + ((load<u8>(at + digit) as usize) << 2);
      const index = load<u32>(slot);
      store<u32>(slot, index + 1);
      v128.store(to + (index as usize) * EntryBytes, v128.load(at));
    }
    const swapped = from;
    from = to;
    to = swapped;
  }
  if (from != entries) memory.copy(entries, from, lengthBytes);
  giveBack(buffer, lengthBytes);
  return true;
}

function isSorted(entries: usize, lengthBytes: usize): bool {
  let before: u64 = 0;
  for (let at = entries; at < entries + lengthBytes; at += EntryBytes) {
    const key = load<u64>(at);
    if (key < before) return false;
    before = key;
  }
  return true;
}

function countDigits(entries: usize, lengthBytes: usize): void {
  memory.fill(counts, 0, 8192);
  for (let at = entries; at < entries + lengthBytes; at += EntryBytes) {
    let key = load<u64>(at);
    for (let ofDigit = counts; ofDigit < counts + 8192; ofDigit += 1024) {
      const slot = ofDigit + (((key as usize) & 255) << 2);
      store<u32>(slot, load<u32>(slot) + 1);
      key >>= 8;
    }
  }
}

function makeOffsets(ofDigit: usize): void {
  let offset: u32 = 0;
  for (let slot = ofDigit; slot < ofDigit + 1024; slot += 4) {
    const count = load<u32>(slot);
    store<u32>(slot, offset);
    offset += count;
  }
}
