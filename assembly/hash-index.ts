// Open-addressing index over rows elsewhere: slots hold pointers to rows, and a row's first field is
// its u32 hash, which is all that growing needs. Finding compares keys and is written where the key
// is known:
//
//   for (let slot = index.first(hash); ; slot = index.after(slot)) {
//     const row = load<usize>(slot);
//     if (row == 0) break;                               // not there: index.add(row, hash)
//     if (<row's key is the one looked for>) return row;
//   }

import { allocate, borrow, giveBack } from "./arena";

const SlotsMin: u32 = 256;

@unmanaged
export class HashIndex {
  slots: usize;
  mask: u32;
  count: u32;

  @inline
  first(hash: u32): usize {
    return this.slots + ((hash & this.mask) << 2);
  }

  @inline
  after(slot: usize): usize {
    return this.slots + ((slot + 4 - this.slots) & ((this.mask << 2) | 3));
  }

  add(row: usize, hash: u32): void {
    // Below three quarters there is always an empty slot for a search to end at.
    if (this.count >= (this.mask + 1) - ((this.mask + 1) >> 2) && !this.grow()) return;
    this.place(row, hash);
    this.count++;
  }

  /** Forgets all rows. */
  clear(): void {
    memory.fill(this.slots, 0, ((this.mask as usize) + 1) << 2);
    this.count = 0;
  }

  private place(row: usize, hash: u32): void {
    let slot = this.first(hash);
    while (load<usize>(slot) != 0) slot = this.after(slot);
    store<usize>(slot, row);
  }

  private grow(): bool {
    const before = this.slots;
    const bytesBefore = ((this.mask as usize) + 1) << 2;
    if (bytesBefore >= 1 << 30) return false;
    const grown = borrow(bytesBefore << 1);
    if (grown == 0) return false;
    memory.fill(grown, 0, bytesBefore << 1);
    this.slots = grown;
    this.mask = this.mask * 2 + 1;
    for (let slot = before; slot < before + bytesBefore; slot += 4) {
      const row = load<usize>(slot);
      if (row != 0) this.place(row, load<u32>(row));
    }
    giveBack(before, bytesBefore);
    return true;
  }
}

export function newHashIndex(): HashIndex {
  const index = changetype<HashIndex>(allocate(offsetof<HashIndex>()));
  index.slots = allocate(SlotsMin << 2);
  index.mask = SlotsMin - 1;
  return index;
}

/** Mixes one more word into a hash. */
@inline
export function mix(hash: u32, word: u32): u32 {
  const mixed = (hash ^ word) * 0x9e3779b1;
  return mixed ^ (mixed >>> 15);
}
