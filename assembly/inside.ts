// The off-CPU periods of a life since its last Syscall record, so that the next one can say which of
// them were inside its call: those that began no earlier than it did, which only the record tells.
//
//   Syscall records   [a]                                    [b: duration]
//   periods               |1|    |2|         |3|  |4|
//   call b                              |enter .............. exit|        3 and 4 are inside
//
// A period outside every call (user-mode preemption, a fault) proves that those before it were not
// inside the next one either, so that few are kept apart: beyond PeriodsKeptMax the two oldest become
// one that began when the older did.

import { allocate } from "./arena";
import { OffcpuClass } from "./format";
import { Life } from "./life";

const PeriodsKeptMax: u32 = 16;

/** What became of the time of one period, or of several. */
@unmanaged
export class Inside {
  sinceNs: u64;
  interruptibleNs: u64;
  uninterruptibleNs: u64;
  otherNs: u64;
  runnableNs: u64;
  preemptedNs: u64;
  /** The longest period that has a kernel stack. */
  longestNs: u64;
  kernelStack: u32;

  @inline
  totalNs(): u64 {
    return (
      this.interruptibleNs + this.uninterruptibleNs + this.otherNs + this.runnableNs + this.preemptedNs
    );
  }

  addAll(other: Inside): void {
    this.interruptibleNs += other.interruptibleNs;
    this.uninterruptibleNs += other.uninterruptibleNs;
    this.otherNs += other.otherNs;
    this.runnableNs += other.runnableNs;
    this.preemptedNs += other.preemptedNs;
    if (other.kernelStack != 0 && (this.kernelStack == 0 || other.longestNs > this.longestNs)) {
      this.longestNs = other.longestNs;
      this.kernelStack = other.kernelStack;
    }
  }
}

/** A ring of PeriodsKeptMax of them, per life that had any. */
@unmanaged
class Ring {
  first: u32;
  count: u32;
  entries: usize;

  @inline
  at(index: u32): Inside {
    const place = (this.first + index) % PeriodsKeptMax;
    return changetype<Inside>(this.entries + (place as usize) * offsetof<Inside>());
  }
}

function ringOf(life: Life): Ring {
  if (life.inside != 0) return changetype<Ring>(life.inside);
  const ring = changetype<Ring>(allocate(offsetof<Ring>()));
  ring.entries = allocate((PeriodsKeptMax as usize) * offsetof<Inside>());
  life.inside = changetype<usize>(ring);
  return ring;
}

/** A period of `life` ended, which began at `sinceNs`. */
export function keepPeriod(
  life: Life,
  offcpuClass: u32,
  blockedNs: u64,
  runnableNs: u64,
  preemptedNs: u64,
  kernelStack: u32,
): void {
  const ring = ringOf(life);
  if (life.nr == -1) {
    ring.count = 0;
    return;
  }
  if (ring.count == PeriodsKeptMax) {
    const oldest = ring.at(0);
    oldest.addAll(ring.at(1));
    memory.copy(changetype<usize>(ring.at(1)), changetype<usize>(oldest), offsetof<Inside>());
    ring.first = (ring.first + 1) % PeriodsKeptMax;
    ring.count--;
  }
  const entry = ring.at(ring.count++);
  memory.fill(changetype<usize>(entry), 0, offsetof<Inside>());
  entry.sinceNs = life.sinceNs;
  entry.runnableNs = runnableNs;
  entry.preemptedNs = preemptedNs;
  entry.kernelStack = kernelStack;
  entry.longestNs = kernelStack == 0 ? 0 : blockedNs + runnableNs + preemptedNs;
  if (offcpuClass == OffcpuClass.Interruptible) entry.interruptibleNs = blockedNs;
  else if (offcpuClass == OffcpuClass.Uninterruptible) entry.uninterruptibleNs = blockedNs;
  else entry.otherNs = blockedNs;
}

const sum: Inside = changetype<Inside>(memory.data(64, 8));

/** Of the periods since the last record those that began at `beginNs` or later, summed; forgets all. */
export function takeInside(life: Life, beginNs: u64): Inside {
  memory.fill(changetype<usize>(sum), 0, offsetof<Inside>());
  if (life.inside == 0) return sum;
  const ring = changetype<Ring>(life.inside);
  for (let i: u32 = 0; i < ring.count; i++) {
    const entry = ring.at(i);
    if (entry.sinceNs >= beginNs) sum.addAll(entry);
  }
  ring.count = 0;
  return sum;
}
