// How often each tuple of numbers came: a hash table in typed arrays, because a Map takes one number
// as a key, and joining a tuple to a text for each of 20 million events takes longer than all the
// rest. Open addressing; memory follows distinct tuples.

import { UsageError } from "../errors.js";

const SlotsAtFirst = 1024;
/** Tables are doubled when this full: linear probing slows down soon after. */
const FullShare = 0.5;
/** Distinct tuples; whoever counts by time or address would fill the memory instead of an answer. */
export const TuplesMax = 2 ** 24;

/** Throws where there are too many. */
export function refuseTuples(tuples: number): void {
  if (tuples <= TuplesMax) return;
  throw new UsageError(`more than ${TuplesMax} different values to count; ask for fewer at once`);
}

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
  /** Of the positions of one call of add. */
  #rows = new Uint32Array(0);
  #hashes = new Int32Array(0);

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

  /**
   * Counts the tuples that `columns` have at the first `count` positions, and answers the row of each,
   * valid until the next call. None may hold NaN.
   */
  add(columns: readonly Float64Array[], positions: Uint32Array, count: number): Uint32Array {
    if (this.#rows.length < count) {
      this.#rows = new Uint32Array(count);
      this.#hashes = new Int32Array(count);
    }
    if (this.#width === 0) return this.#addSame(count);
    hashAll(this.#hashes, columns, this.#width, positions, count);
    for (let i = 0; i < count; i++) this.#rows[i] = this.#addOne(columns, positions[i]!, this.#hashes[i]!);
    return this.#rows;
  }

  /** Each tuple and how often it came, in order of their first coming. */
  rows(): TupleRow[] {
    return Array.from({ length: this.#length }, (_, tuple) => ({
      values: [...this.#tuples.subarray(tuple * this.#width, (tuple + 1) * this.#width)],
      count: this.#counts[tuple]!,
    }));
  }

  /** Of no columns, every tuple is the same. */
  #addSame(count: number): Uint32Array {
    if (count > 0) this.#length = 1;
    this.#counts[0]! += count;
    return this.#rows.fill(0);
  }

  #addOne(columns: readonly Float64Array[], position: number, hash: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
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
    refuseTuples(this.#length + 1);
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
    this.#rehash();
  }

  #rehash(): void {
    const mask = this.#slots.length - 1;
    const positions = Uint32Array.from({ length: this.#length }, (_, tuple) => tuple);
    const columns = Array.from({ length: this.#width }, (_, i) =>
      Float64Array.from(positions, (tuple) => this.#tuples[tuple * this.#width + i]!),
    );
    const hashes = new Int32Array(this.#length);
    hashAll(hashes, columns, this.#width, positions, this.#length);
    for (let tuple = 0; tuple < this.#length; tuple++) {
      let slot = hashes[tuple]! & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = tuple + 1;
    }
  }
}

/** Of whole numbers: both halves of their 64 bits, mixed as in MurmurHash3; a column after the other. */
function hashAll(
  out: Int32Array,
  columns: readonly Float64Array[],
  width: number,
  positions: Uint32Array,
  count: number,
): void {
  out.fill(0, 0, count);
  for (let column = 0; column < width; column++) {
    const values = columns[column]!;
    for (let i = 0; i < count; i++) {
      const value = values[positions[i]!]!;
      const upper = Math.abs(value) < 2 ** 31 ? 0 : Math.imul(value / 2 ** 32, 0x9e3779b1);
      const hash = Math.imul(out[i]! ^ value ^ upper, 0x85ebca6b);
      out[i] = hash ^ (hash >>> 13);
    }
  }
}
