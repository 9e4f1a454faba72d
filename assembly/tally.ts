// Rows that sum a few numbers under a small key: the exact counters, the losses and the totals.

import { allocate } from "./arena";
import { Interned, mix, newInterned } from "./hash-index";
import { compareU32, sort } from "./sort";
import { Vector } from "./vector";

@unmanaged
export class TallyRow {
  hash: u32;
  a: u32;
  b: u32;
  c: u32;
  x: u64;
  y: u64;
  z: u64;

  @inline
  hasKeyOf(sought: TallyRow): bool {
    return this.a == sought.a && this.b == sought.b && this.c == sought.c;
  }
}

@unmanaged
export class Tally {
  rows: Vector<TallyRow>;
  private interned: Interned<TallyRow>;

  /** The row of a key, all zeros if it is new. */
  at(a: u32, b: u32, c: u32): TallyRow {
    const sought = this.interned.sought;
    sought.hash = mix(mix(mix(0, a), b), c);
    sought.a = a;
    sought.b = b;
    sought.c = c;
    return this.interned.intern();
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
  tally.interned = newInterned<TallyRow>();
  tally.rows = tally.interned.rows;
  return tally;
}
