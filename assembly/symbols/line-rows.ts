// Rows of a line table, by address: a row holds from its address to the next row's. Rows come in
// sequences, each with an end; sequences of code that the linker threw away are not kept.

import { allocate } from "../arena";
import { newVector, Vector } from "../vector";
import { layoutPart } from "./parts";
import { newRangeMap, RangeMap } from "./range-map";

/** Beyond these numbers a file is taken for none and a column for the last. */
const FileBits: u64 = 20;
const ColumnMax: u64 = 0xfff;

/** Two words a row: its address; column << 52 | file << 32 | line. */
@unmanaged
export class Rows {
  words: Vector<u64>;
  /** Rows of each sequence: first | end << 32. */
  sequences: Vector<u64>;
  /** Number of the sequence, from 1. */
  byAddress: RangeMap;
  /** First row of the sequence that is being added to. */
  begun: u32;

  get count(): u32 {
    return this.words.length >> 1;
  }

  add(address: u64, line: u32, file: u64, column: u64): void {
    // Rows of a sequence ascend; where they do not, another one begins.
    if (this.count > this.begun && address < this.words.get((this.count - 1) << 1)) this.endSequence(address);
    this.words.push(address);
    const packedFile = file < 1 << FileBits ? file : (1 << FileBits) - 1;
    this.words.push((min(column, ColumnMax) << 52) | (packedFile << 32) | line);
  }

  /** Rows added since the last end hold to `end`. */
  endSequence(end: u64): void {
    const first = this.begun;
    const count = this.count;
    if (count > first) {
      const low = this.words.get(first << 1);
      const code = layoutPart().code;
      const isKept = low < end && (code.cells != 0 ? code.find(low) != 0 : low != 0);
      if (isKept) {
        this.sequences.push((first as u64) | ((count as u64) << 32));
        this.byAddress.add(low, end, this.sequences.length);
      } else this.words.length = first << 1;
    }
    this.begun = this.count;
  }

  seal(): void {
    this.byAddress.seal();
  }

  /** Row of an address, + 1; 0 where there is none. Of several rows at one address the last. */
  find(address: u64): u32 {
    const sequence = this.byAddress.find(address);
    if (sequence == 0) return 0;
    const rows = this.sequences.get(sequence - 1);
    let low = rows as u32;
    let high = (rows >> 32) as u32;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.words.get(middle << 1) <= address) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  @inline
  lineOf(row: u32): u32 {
    return this.words.get((row << 1) | 1) as u32;
  }

  @inline
  fileOf(row: u32): u32 {
    return ((this.words.get((row << 1) | 1) >> 32) as u32) & ((1 << (FileBits as u32)) - 1);
  }

  @inline
  columnOf(row: u32): u32 {
    return (this.words.get((row << 1) | 1) >> 52) as u32;
  }
}

export function newRows(): Rows {
  const rows = changetype<Rows>(allocate(offsetof<Rows>()));
  rows.words = newVector<u64>();
  rows.sequences = newVector<u64>();
  rows.byAddress = newRangeMap();
  return rows;
}
