// Small numbers for pairs of numbers: the same pair, the same number. Rows that agree in several columns
// are found by numbering pair after pair, and a tree's nodes by who calls whom: both are asked millions
// of times, which is why this is no Map of keys made of both: with one, a flame graph's tree takes half
// as long again.

/** A power of two. */
const SlotsMin = 1024;

export class PairIds {
  /** The number of the first pair. */
  readonly first: number;
  /** Pairs in the order of their numbers. */
  #lefts = new Uint32Array(SlotsMin / 2);
  #rights = new Uint32Array(SlotsMin / 2);
  #length = 0;
  /** By hash, one after the other: 1 + the place of a pair, 0 empty. At most half are taken. */
  #slots = new Uint32Array(SlotsMin);

  constructor(first = 0) {
    this.first = first;
  }

  /** Numbers given so far count on from `first`. Both of a pair are whole and below 2^32. */
  of(left: number, right: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = hashOf(left, right) & mask; ; slot = (slot + 1) & mask) {
      const place = this.#slots[slot]! - 1;
      if (place === -1) {
        this.#slots[slot] = this.#length + 1;
        return this.first + this.#add(left, right);
      }
      if (this.#lefts[place] === left && this.#rights[place] === right) return this.first + place;
    }
  }

  #add(left: number, right: number): number {
    const place = this.#length++;
    this.#lefts[place] = left;
    this.#rights[place] = right;
    if (this.#length === this.#lefts.length) this.#grow();
    return place;
  }

  #grow(): void {
    this.#lefts = doubled(this.#lefts);
    this.#rights = doubled(this.#rights);
    const slots = new Uint32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let place = 0; place < this.#length; place++) {
      let slot = hashOf(this.#lefts[place]!, this.#rights[place]!) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = place + 1;
    }
    this.#slots = slots;
  }
}

function hashOf(left: number, right: number): number {
  const mixed = Math.imul(Math.imul(left, 0x9e3779b1) ^ right, 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
}

function doubled(column: Uint32Array): Uint32Array<ArrayBuffer> {
  const longer = new Uint32Array(column.length * 2);
  longer.set(column);
  return longer;
}
