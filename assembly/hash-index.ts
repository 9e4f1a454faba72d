// Rows told apart by a key, found by its hash: an open-addressing table whose slots hold pointers to
// rows. A Row is an unmanaged class whose first field is `hash: u32`, which is all that growing needs,
// and which says whether it `hasKeyOf` another one. Whoever looks for a key fills in a row:
//
//   const sought = index.sought;           one row for this purpose, all zeros but for what is set here
//   sought.a = a;  sought.b = b;           and anything else that a new row begins with
//   sought.hash = mix(mix(0, a), b);
//   const row = index.intern();            the row with that key, made of `sought` if there was none
//
// The compiler makes the code for each Row, so that comparing keys is inlined into the search.

import { allocate, borrow, giveBack } from "./arena";
import { newVector, Vector } from "./vector";

const SlotsMin: u32 = 256;

@unmanaged
export class HashIndex<Row> {
  slots: usize;
  mask: u32;
  count: u32;

  /** The row with the key of `sought`; a null reference if there is none. */
  @inline
  find(sought: Row): Row {
    if (offsetof<Row>("hash") != 0) ERROR("hash must be a row's first field");
    const hash = sought.hash;
    let slot = this.first(hash);
    let row = changetype<Row>(load<usize>(slot));
    while (changetype<usize>(row) != 0 && !(row.hash == hash && row.hasKeyOf(sought))) {
      slot = this.after(slot);
      row = changetype<Row>(load<usize>(slot));
    }
    return row;
  }

  add(row: Row): void {
    // Below three quarters there is always an empty slot for a search to end at.
    if (this.count >= (this.mask + 1) - ((this.mask + 1) >> 2) && !this.grow()) return;
    this.place(changetype<usize>(row), row.hash);
    this.count++;
  }

  /** Forgets all rows. */
  forget(): void {
    memory.fill(this.slots, 0, ((this.mask as usize) + 1) << 2);
    this.count = 0;
  }

  @inline
  private first(hash: u32): usize {
    return this.slots + ((hash & this.mask) << 2);
  }

  @inline
  private after(slot: usize): usize {
    return this.slots + ((slot + 4 - this.slots) & ((this.mask << 2) | 3));
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

/** Rows by key that are kept here, in the order in which they were first asked for. */
@unmanaged
export class Interned<Row> extends HashIndex<Row> {
  rows: Vector<Row>;
  sought: Row;
  /** The first row to be used again; its first word points to the next one. */
  private free: usize;

  /** The row with the key of `sought`, which is the last one if there was none. */
  intern(): Row {
    const found = this.find(this.sought);
    if (changetype<usize>(found) != 0) return found;
    const row = this.copyOf(this.sought);
    this.rows.push(row);
    this.add(row);
    return row;
  }

  /** A row that is not among these. */
  copyOf(row: Row): Row {
    let copy = this.free;
    if (copy == 0) copy = allocate(offsetof<Row>());
    else this.free = load<usize>(copy);
    memory.copy(copy, changetype<usize>(row), offsetof<Row>());
    return changetype<Row>(copy);
  }

  /** Takes back a row, of which all but the hash can be read until the next one is made. */
  recycle(row: Row): void {
    store<usize>(changetype<usize>(row), this.free);
    this.free = changetype<usize>(row);
  }

  /** Takes back all rows. */
  clear(): void {
    for (let i: u32 = 0; i < this.rows.length; i++) this.recycle(this.rows.get(i));
    this.rows.length = 0;
    this.forget();
  }
}

export function newHashIndex<Row>(): HashIndex<Row> {
  const index = changetype<HashIndex<Row>>(allocate(offsetof<HashIndex<Row>>()));
  index.slots = allocate(SlotsMin << 2);
  index.mask = SlotsMin - 1;
  return index;
}

export function newInterned<Row>(): Interned<Row> {
  const interned = changetype<Interned<Row>>(allocate(offsetof<Interned<Row>>()));
  interned.slots = allocate(SlotsMin << 2);
  interned.mask = SlotsMin - 1;
  interned.rows = newVector<Row>();
  interned.sought = changetype<Row>(allocate(offsetof<Row>()));
  return interned;
}

/** Mixes one more word into a hash. */
@inline
export function mix(hash: u32, word: u32): u32 {
  const mixed = (hash ^ word) * 0x9e3779b1;
  return mixed ^ (mixed >>> 15);
}
