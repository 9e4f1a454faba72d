// How often each tuple of numbers came: a hash table in typed arrays, because a Map takes one number
// as a key, and joining a tuple to a text for each of 20 million events takes longer than all the
// rest. Open addressing; memory follows distinct tuples.

import { UsageError } from "../errors.js";

const SlotsAtFirst = 1024;
/** Tables are doubled when this full: linear probing slows down soon after. */
const FullShare = 0.5;
/** Distinct tuples; whoever counts by time or address would fill the memory instead of an answer. */
export const TuplesMax = 2 ** 24;

export interface TupleRow {
  readonly values: readonly number[];
  readonly count: number;
}

export class TupleCounts {
  /** Columns of a tuple; further ones are not looked at. */
  readonly #width: number;
  /** `width` numbers for each tuple, in order of their first coming. */
  #tuples: Float64Array;
  #counts: Float64Array;
  /** Tuple at each slot, +1; 0 where a slot is free. */
  #slots: Uint32Array;
  #length = 0;

  constructor(width: number) {
    this.#width = width;
    this.#tuples = new Float64Array(SlotsAtFirst * FullShare * width);
    this.#counts = new Float64Array(SlotsAtFirst * FullShare);
    this.#slots = new Uint32Array(SlotsAtFirst);
  }

  /** Distinct tuples. */
  get length(): number {
    return this.#length;
  }

  /** Counts the tuples that `columns` have at the first `count` positions. None may hold NaN. */
  add(columns: readonly Float64Array[], positions: Uint32Array, count: number): void {
    for (let i = 0; i < count; i++) this.addOne(columns, positions[i]!);
  }

  /** Each tuple and how often it came, in order of their first coming. */
  rows(): TupleRow[] {
    return Array.from({ length: this.#length }, (_, tuple) => ({
      values: [...this.#tuples.subarray(tuple * this.#width, (tuple + 1) * this.#width)],
      count: this.#counts[tuple]!,
    }));
  }

  clear(): void {
    this.#slots.fill(0);
    this.#counts.fill(0);
    this.#length = 0;
  }

  /** Counts the tuple at one position and answers its row. */
  addOne(columns: readonly Float64Array[], position: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = hashOf(columns, position, this.#width) & mask; ; slot = (slot + 1) & mask) {
      const tuple = this.#slots[slot]! - 1;
      if (tuple < 0) return this.#insert(columns, position, slot);
      if (this.#equals(tuple, columns, position)) {
        this.#counts[tuple]!++;
        return tuple;
      }
    }
  }

  #equals(tuple: number, columns: readonly Float64Array[], position: number): boolean {
    const at = tuple * this.#width;
    for (let i = 0; i < this.#width; i++) {
      if (this.#tuples[at + i] !== columns[i]![position]) return false;
    }
    return true;
  }

  #insert(columns: readonly Float64Array[], position: number, slot: number): number {
    if (this.#length === TuplesMax) {
      throw new UsageError(`more than ${TuplesMax} different values to count; ask for fewer at once`);
    }
    const tuple = this.#length++;
    for (let i = 0; i < this.#width; i++) this.#tuples[tuple * this.#width + i] = columns[i]![position]!;
    this.#counts[tuple] = 1;
    this.#slots[slot] = tuple + 1;
    if (this.#length >= this.#slots.length * FullShare) this.#grow();
    return tuple;
  }

  #grow(): void {
    const slots = 2 * this.#slots.length;
    const tuples = new Float64Array(slots * FullShare * this.#width);
    const counts = new Float64Array(slots * FullShare);
    tuples.set(this.#tuples);
    counts.set(this.#counts);
    this.#tuples = tuples;
    this.#counts = counts;
    this.#slots = new Uint32Array(slots);
    const columns = Array.from({ length: this.#width }, () => new Float64Array(1));
    for (let tuple = 0; tuple < this.#length; tuple++) {
      columns.forEach((column, i) => (column[0] = tuples[tuple * this.#width + i]!));
      let slot = hashOf(columns, 0, this.#width) & (slots - 1);
      while (this.#slots[slot] !== 0) slot = (slot + 1) & (slots - 1);
      this.#slots[slot] = tuple + 1;
    }
  }
}

/** Of whole numbers: both halves of their 64 bits, mixed as in MurmurHash3. */
function hashOf(columns: readonly Float64Array[], position: number, width: number): number {
  let hash = 0;
  for (let i = 0; i < width; i++) {
    const value = columns[i]![position]!;
    const upper = Math.abs(value) < 2 ** 31 ? 0 : value / 2 ** 32;
    hash = Math.imul(hash ^ value ^ Math.imul(upper, 0x9e3779b1), 0x85ebca6b);
    hash ^= hash >>> 13;
  }
  hash = Math.imul(hash, 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
