// Off-CPU periods summed by everything that tells them apart: rows of Table.Offcpu, keyed by ids as
// the recording has them until the end, where call-tree.ts replaces stack ids by tree nodes.

import { Interned, mix, newInterned } from "./hash-index";
import { Life, PeriodCacheRows } from "./life";
import { Vector } from "./vector";

/** What tells the periods of one life apart, save for the user stack; and sums over such periods. */
@unmanaged
export class PeriodSums {
  hash: u32;
  comm: u32;
  nr: i32;
  /** Class, compat flag and edge: see `kindOf`. */
  kind: u32;
  kernelStack: u32;
  userStack: u32;
  life: Life;
  row: u32;
  periods: u64;
  blockedNs: u64;
  runnableNs: u64;
  preemptedNs: u64;
  maxNs: u64;
  woken: u64;
  /** Each period's time cut to microseconds, then summed. */
  cutUs: u64;
  /** The row that has this one's periods too, where their ids turned out to mean the same. */
  twin: PeriodSums;

  @inline
  hasKeyOf(sought: PeriodSums): bool {
    return (
      this.life == sought.life &&
      this.comm == sought.comm &&
      this.nr == sought.nr &&
      this.kind == sought.kind &&
      this.kernelStack == sought.kernelStack &&
      this.userStack == sought.userStack
    );
  }

  @inline
  totalNs(): u64 {
    return this.blockedNs + this.runnableNs + this.preemptedNs;
  }

  /** Adds a period; the three parts of its time are for the caller to add, of which most are 0. */
  @inline
  count(elapsedNs: u64): void {
    this.periods++;
    this.cutUs += elapsedNs / 1000;
    this.maxNs = max(this.maxNs, elapsedNs);
  }

  addAll(other: PeriodSums): void {
    this.periods += other.periods;
    this.blockedNs += other.blockedNs;
    this.runnableNs += other.runnableNs;
    this.preemptedNs += other.preemptedNs;
    this.maxNs = max(this.maxNs, other.maxNs);
    this.woken += other.woken;
    this.cutUs += other.cutUs;
  }
}

@inline
export function kindOf(offcpuClass: u32, compat: u32, edge: u32): u32 {
  return offcpuClass | (compat << 8) | (edge << 16);
}

@inline
export function classOfKind(kind: u32): u32 {
  return kind & 0xff;
}

@inline
export function compatOfKind(kind: u32): u32 {
  return (kind >> 8) & 0xff;
}

@inline
export function edgeOfKind(kind: u32): u32 {
  return kind >> 16;
}

const sums: Interned<PeriodSums> = newInterned<PeriodSums>();
export const periodRows: Vector<PeriodSums> = sums.rows;

/** The row of these periods; most often one of the life's last four. */
@inline
export function periodRow(life: Life, comm: u32, nr: i32, kind: u32, kernelStack: u32, userStack: u32): PeriodSums {
  const slot = ((kind + (nr as u32) + kernelStack + (kernelStack >> 2) + userStack) & (PeriodCacheRows - 1)) << 2;
  const row = changetype<PeriodSums>(load<usize>(changetype<usize>(life) + slot, offsetof<Life>("periodRow0")));
  if (
    changetype<usize>(row) != 0 &&
    row.kernelStack == kernelStack &&
    row.userStack == userStack &&
    row.nr == nr &&
    row.kind == kind &&
    row.comm == comm
  ) {
    return row;
  }
  const found = findRow(life, comm, nr, kind, kernelStack, userStack);
  store<usize>(changetype<usize>(life) + slot, changetype<usize>(found), offsetof<Life>("periodRow0"));
  return found;
}

export function hashOf(life: Life, comm: u32, nr: i32, kind: u32, kernelStack: u32, userStack: u32): u32 {
  return mix(mix(mix(mix(mix(mix(0, life.row), comm), nr), kind), kernelStack), userStack);
}

function findRow(life: Life, comm: u32, nr: i32, kind: u32, kernelStack: u32, userStack: u32): PeriodSums {
  const sought = sums.sought;
  sought.hash = hashOf(life, comm, nr, kind, kernelStack, userStack);
  sought.life = life;
  sought.comm = comm;
  sought.nr = nr;
  sought.kind = kind;
  sought.kernelStack = kernelStack;
  sought.userStack = userStack;
  return sums.intern();
}

/** Takes back a row; its `twin` can be read until a new row is made. */
export function recyclePeriods(row: PeriodSums): void {
  sums.recycle(row);
}

/** Forgets all rows. Whoever remembers one (a life's cache) must forget it too. */
export function clearPeriods(): void {
  sums.clear();
}
