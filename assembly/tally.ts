// Rows that sum a few numbers under a small key: the exact counters, the losses and the totals.

import { allocate } from "./arena";
import { HashIndex, mix, newHashIndex } from "./hash-index";
import { compareU32, sort } from "./sort";
import { newVector, Vector } from "./vector";

@unmanaged
export class TallyRow {
  hash: u32;
  a: u32;
  b: u32;
  c: u32;
  x: u64;
  y: u64;
  z: u64;
}

@unmanaged
export class Tally {
  rows: Vector<TallyRow>;
  index: HashIndex;

  /** The row of a key, all zeros if it is new. */
  at(a: u32, b: u32, c: u32): TallyRow {
    const hash = mix(mix(mix(0, a), b), c);
    const index = this.index;
    for (let slot = index.first(hash); ; slot = index.after(slot)) {
      const row = changetype<TallyRow>(load<usize>(slot));
      if (changetype<usize>(row) == 0) break;
      if (row.hash == hash && row.a == a && row.b == b && row.c == c) return row;
    }
    const row = changetype<TallyRow>(allocate(offsetof<TallyRow>()));
    row.hash = hash;
    row.a = a;
    row.b = b;
    row.c = c;
    this.rows.push(row);
    index.add(changetype<usize>(row), hash);
    return row;
  }

  /** Sets every sum to 0. */
  zero(): void {
    for (let i: u32 = 0; i < this.rows.length; i++) {
      const row = this.rows.get(i);
      row.x = 0;
      row.y = 0;
      row.z = 0;
    }
  }

  /** Puts the rows into the order of their keys. */
  sort(): void {
    sort(this.rows.at, this.rows.length, compareKeys);
  }
}

function compareKeys(left: usize, right: usize): i32 {
  const one = changetype<TallyRow>(left);
  const other = changetype<TallyRow>(right);
  const byA = compareU32(one.a, other.a);
  if (byA != 0) return byA;
  const byB = compareU32(one.b, other.b);
  return byB != 0 ? byB : compareU32(one.c, other.c);
}

export function newTally(): Tally {
  const tally = changetype<Tally>(allocate(offsetof<Tally>()));
  tally.rows = newVector<TallyRow>();
  tally.index = newHashIndex();
  return tally;
}
