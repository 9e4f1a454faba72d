// Off-CPU periods by who ended them: rows of Table.Wakeups, sums by (row of periods, waker). Periods
// that still wait for their user stack have no row yet; their sums are a short list of the waiting
// entry's until they have.

import { allocate } from "./arena";
import { HashIndex, mix, newHashIndex } from "./hash-index";
import { PeriodSums } from "./periods";
import { newVector, Vector } from "./vector";

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
export const wakeupRows: Vector<WakeupSums> = newVector<WakeupSums>();
const index: HashIndex = newHashIndex();
let free: WakeupSums = NoSums;

function newSums(waker: u32): WakeupSums {
  let sums = free;
  if (sums != NoSums) {
    free = sums.next;
    memory.fill(changetype<usize>(sums), 0, offsetof<WakeupSums>());
  } else {
    sums = changetype<WakeupSums>(allocate(offsetof<WakeupSums>()));
  }
  sums.waker = waker;
  return sums;
}

function recycle(sums: WakeupSums): void {
  sums.next = free;
  free = sums;
}

/** The sums of the periods in row `owner` that `waker` ended. */
export function wakeupRow(owner: PeriodSums, waker: u32): WakeupSums {
  const hash = mix(mix(0, changetype<usize>(owner) as u32), waker);
  for (let slot = index.first(hash); ; slot = index.after(slot)) {
    const row = changetype<WakeupSums>(load<usize>(slot));
    if (row == NoSums) break;
    if (row.hash == hash && row.owner == owner && row.waker == waker) return row;
  }
  const row = newSums(waker);
  row.hash = hash;
  row.owner = owner;
  wakeupRows.push(row);
  index.add(changetype<usize>(row), hash);
  return row;
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
  const sums = newSums(waker);
  sums.next = list;
  return sums;
}

/** The periods of a list have a row now. */
export function releaseList(list: WakeupSums, owner: PeriodSums): void {
  while (list != NoSums) {
    const next = list.next;
    wakeupRow(owner, list.waker).addAll(list);
    recycle(list);
    list = next;
  }
}

/** Forgets all rows: those of periods are about to begin anew. */
export function clearWakeups(): void {
  for (let i: u32 = 0; i < wakeupRows.length; i++) recycle(wakeupRows.get(i));
  wakeupRows.length = 0;
  index.clear();
}
