// System calls joined to the off-CPU periods inside them: rows of Table.Calls, sums by life, call,
// error and stack. The parts of a row's time add up to it: what no period explains of the time that
// the kernel says the call was off the CPU is unknown, the rest it was on the CPU.

import { Interned, mix, newInterned } from "./hash-index";
import { Inside, takeInside } from "./inside";
import { addHistogram, countDuration, Histogram, recycleHistogram } from "./latencies";
import { Life } from "./life";
import { Vector } from "./vector";

@unmanaged
export class CallRow {
  hash: u32;
  nr: i32;
  /** Error number and compat flag: see `outcomeOf`. */
  outcome: u32;
  /** Stack ids, and rows of Table.Stacks once the tables are built. */
  kernelStack: u32;
  userStack: u32;
  life: Life;
  count: u64;
  durationNs: u64;
  onCpuNs: u64;
  interruptibleNs: u64;
  uninterruptibleNs: u64;
  otherNs: u64;
  runnableNs: u64;
  preemptedNs: u64;
  unknownNs: u64;
  maxNs: u64;
  histogram: Histogram;

  @inline
  hasKeyOf(sought: CallRow): bool {
    return (
      this.life == sought.life &&
      this.nr == sought.nr &&
      this.outcome == sought.outcome &&
      this.kernelStack == sought.kernelStack &&
      this.userStack == sought.userStack
    );
  }

  add(durationNs: u64, offcpuNs: u64, inside: Inside): void {
    const periodsNs = inside.totalNs();
    const missingNs = offcpuNs - min(offcpuNs, periodsNs);
    const unknownNs = min(missingNs, durationNs - min(durationNs, periodsNs));
    this.count++;
    this.durationNs += durationNs;
    this.maxNs = max(this.maxNs, durationNs);
    this.unknownNs += unknownNs;
    this.onCpuNs += durationNs - min(durationNs, periodsNs) - unknownNs;
    this.addParts(inside, periodsNs - min(periodsNs, durationNs));
    this.histogram = countDuration(this.histogram, durationNs);
  }

  /** Adds the parts less what they exceed the call by: two clocks were read, one after the other. */
  private addParts(inside: Inside, excessNs: u64): void {
    let cut = min(excessNs, inside.otherNs);
    this.otherNs += inside.otherNs - cut;
    excessNs -= cut;
    cut = min(excessNs, inside.runnableNs);
    this.runnableNs += inside.runnableNs - cut;
    excessNs -= cut;
    cut = min(excessNs, inside.preemptedNs);
    this.preemptedNs += inside.preemptedNs - cut;
    excessNs -= cut;
    cut = min(excessNs, inside.interruptibleNs);
    this.interruptibleNs += inside.interruptibleNs - cut;
    excessNs -= cut;
    this.uninterruptibleNs += inside.uninterruptibleNs - min(excessNs, inside.uninterruptibleNs);
  }

  /** Adds another row, whose ids turned out to mean the same. */
  addRow(other: CallRow): void {
    this.interruptibleNs += other.interruptibleNs;
    this.uninterruptibleNs += other.uninterruptibleNs;
    this.otherNs += other.otherNs;
    this.runnableNs += other.runnableNs;
    this.preemptedNs += other.preemptedNs;
    this.count += other.count;
    this.durationNs += other.durationNs;
    this.onCpuNs += other.onCpuNs;
    this.unknownNs += other.unknownNs;
    this.maxNs = max(this.maxNs, other.maxNs);
    this.histogram = addHistogram(this.histogram, other.histogram);
  }
}

const calls: Interned<CallRow> = newInterned<CallRow>();
export const callRows: Vector<CallRow> = calls.rows;

export function hashOfCall(life: Life, nr: i32, outcome: u32, kernelStack: u32, userStack: u32): u32 {
  return mix(mix(mix(mix(mix(0, life.row), nr), outcome), kernelStack), userStack);
}

/** A call of `life` ended that began at `beginNs`. */
export function addCall(
  life: Life,
  nr: i32,
  outcome: u32,
  userStack: u32,
  beginNs: u64,
  durationNs: u64,
  offcpuNs: u64,
): void {
  const inside = takeInside(life, beginNs);
  callRow(life, nr, outcome, inside.kernelStack, userStack).add(durationNs, offcpuNs, inside);
}

function callRow(life: Life, nr: i32, outcome: u32, kernelStack: u32, userStack: u32): CallRow {
  const sought = calls.sought;
  sought.hash = hashOfCall(life, nr, outcome, kernelStack, userStack);
  sought.life = life;
  sought.nr = nr;
  sought.outcome = outcome;
  sought.kernelStack = kernelStack;
  sought.userStack = userStack;
  return calls.intern();
}

export function recycleCall(row: CallRow): void {
  recycleHistogram(row.histogram);
  calls.recycle(row);
}

/** Forgets all rows. */
export function clearCalls(): void {
  for (let i: u32 = 0; i < callRows.length; i++) recycleHistogram(callRows.get(i).histogram);
  calls.clear();
}
