// Periods that wait, per life, for the user stack that comes with the Syscall record of the call
// they happened in ("Stacks of a period" of FORMAT.md):
//
//   Syscall stream  ---------------------------------------[ record: nr, duration, user stack ]
//   thread          ====|enter ...|off 1|...|off 2|......|exit
//                                  \__ wait with their kernel stack __/
//
// Periods that differ in nothing but their time wait as one entry, and the earliest beginning
// decides for all of them; so a call of a million periods needs a handful of entries.

import { allocate } from "./arena";
import { PeriodsWaitingMax } from "./format";
import { Life } from "./life";
import { compatOfKind, periodRow, PeriodSums } from "./periods";
import { inList, releaseList, WakeupSums } from "./wakeups";

@unmanaged
class Entry extends PeriodSums {
  next: Entry;
  sinceNs: u64;
  wakeups: WakeupSums;
}

const NoEntry: Entry = changetype<Entry>(0);
let free: Entry = changetype<Entry>(0);

/** The sums to which a period that waits is added; makes room for them if they are new. */
export function waitingSums(life: Life, sinceNs: u64, nr: i32, kind: u32, kernelStack: u32): PeriodSums {
  const comm = life.comm;
  let entry = changetype<Entry>(life.firstWaiting);
  for (; entry != NoEntry; entry = entry.next) {
    if (entry.kernelStack == kernelStack && entry.nr == nr && entry.kind == kind && entry.comm == comm) {
      entry.sinceNs = min(entry.sinceNs, sinceNs);
      return entry;
    }
  }
  if (life.waitingCount == PeriodsWaitingMax) release(life, unlinkFirst(life), 0);
  entry = newEntry();
  entry.sinceNs = sinceNs;
  entry.comm = comm;
  entry.nr = nr;
  entry.kind = kind;
  entry.kernelStack = kernelStack;
  if (life.firstWaiting == 0) life.firstWaiting = changetype<usize>(entry);
  else changetype<Entry>(life.lastWaiting).next = entry;
  life.lastWaiting = changetype<usize>(entry);
  life.waitingCount++;
  return entry;
}

/** A period that waits, added to `sums` a moment ago, was ended by `waker`. */
export function countWakeup(sums: PeriodSums, waker: u32, blockedNs: u64, runnableNs: u64): void {
  const entry = changetype<Entry>(changetype<usize>(sums));
  entry.wakeups = inList(entry.wakeups, waker);
  entry.wakeups.count(blockedNs, runnableNs);
}

/** A call ended that began at `beginNs`: its user stack is that of the periods inside it. */
export function endWaiting(life: Life, nr: i32, compat: u32, beginNs: u64, userStack: u32): void {
  while (life.firstWaiting != 0) {
    const entry = unlinkFirst(life);
    const inside = entry.sinceNs >= beginNs && entry.nr == nr && compatOfKind(entry.kind) == compat;
    release(life, entry, inside ? userStack : 0);
  }
}

/** The life or the recording ended: nothing comes any more. */
export function abandonWaiting(life: Life): void {
  while (life.firstWaiting != 0) release(life, unlinkFirst(life), 0);
}

function unlinkFirst(life: Life): Entry {
  const entry = changetype<Entry>(life.firstWaiting);
  life.firstWaiting = changetype<usize>(entry.next);
  life.waitingCount--;
  return entry;
}

function release(life: Life, entry: Entry, userStack: u32): void {
  const row = periodRow(life, entry.comm, entry.nr, entry.kind, entry.kernelStack, userStack);
  row.addAll(entry);
  releaseList(entry.wakeups, row);
  entry.next = free;
  free = entry;
}

function newEntry(): Entry {
  const entry = free;
  if (entry == NoEntry) return changetype<Entry>(allocate(offsetof<Entry>()));
  free = entry.next;
  memory.fill(changetype<usize>(entry), 0, offsetof<Entry>());
  return entry;
}
