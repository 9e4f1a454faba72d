// Off-CPU periods by who ended them: rows of Table.Wakeups, sums by (row of periods, waker). Periods
// that still wait for their user stack have no row yet; their sums are a short list of the waiting
// entry's until they have.

import { Interned, mix, newInterned } from "./hash-index";
import { PeriodSums } from "./periods";
import { Vector } from "./vector";

@unmanaged
export class WakeupSums {
  hash: u32;
  waker: u32;
  /** Whose periods; of a list: not set. */
  owner: PeriodSums;
  next: WakeupSums;
  periods: u64;
  blockedNs: u64;
  runnableNs: u64;
  runnableMaxNs: u64;

  @inline
  hasKeyOf(sought: WakeupSums): bool {
    return this.owner == sought.owner && this.waker == sought.waker;
  }

  @inline
  count(blockedNs: u64, runnableNs: u64): void {
    this.periods++;
    this.blockedNs += blockedNs;
    this.runnableNs += runnableNs;
    this.runnableMaxNs = max(this.runnableMaxNs, runnableNs);
  }

  addAll(other: WakeupSums): void {
    this.periods += other.periods;
    this.blockedNs += other.blockedNs;
    this.runnableNs += other.runnableNs;
    this.runnableMaxNs = max(this.runnableMaxNs, other.runnableMaxNs);
  }
}

const NoSums: WakeupSums = changetype<WakeupSums>(0);
const wakeups: Interned<WakeupSums> = newInterned<WakeupSums>();
export const wakeupRows: Vector<WakeupSums> = wakeups.rows;

/** What is looked for, or a new entry made of. */
function soughtOf(hash: u32, owner: PeriodSums, waker: u32): WakeupSums {
  const sought = wakeups.sought;
  sought.hash = hash;
  sought.owner = owner;
  sought.waker = waker;
  return sought;
}

/** The sums of the periods in row `owner` that `waker` ended. */
export function wakeupRow(owner: PeriodSums, waker: u32): WakeupSums {
  soughtOf(mix(mix(0, changetype<usize>(owner) as u32), waker), owner, waker);
  return wakeups.intern();
}

/** A list is searched that far; a waker further back begins an entry anew, which `releaseList` joins. */
const ListStepsMax: u32 = 16;

/** The sums of `waker` at the front of a list; the list. */
export function inList(list: WakeupSums, waker: u32): WakeupSums {
  let before = NoSums;
  let steps: u32 = 0;
  for (let sums = list; sums != NoSums && steps < ListStepsMax; sums = sums.next, steps++) {
    if (sums.waker == waker) {
      if (before == NoSums) return sums;
      before.next = sums.next;
      sums.next = list;
      return sums;
    }
    before = sums;
  }
  const sums = wakeups.copyOf(soughtOf(0, changetype<PeriodSums>(0), waker));
  sums.next = list;
  return sums;
}

/** The periods of a list have a row now. */
export function releaseList(list: WakeupSums, owner: PeriodSums): void {
  while (list != NoSums) {
    const next = list.next;
    wakeupRow(owner, list.waker).addAll(list);
    wakeups.recycle(list);
    list = next;
  }
}

/** Forgets all rows: those of periods are about to begin anew. */
export function clearWakeups(): void {
  wakeups.clear();
}
