// System calls summed by life, call and error: rows of Table.Syscalls.

import { Interned, mix, newInterned } from "./hash-index";
import { asksLatencies, countDuration, Histogram, recycleHistogram } from "./latencies";
import { Life, SyscallCacheRows } from "./life";
import { Vector } from "./vector";

/** The kernel's largest error number: results in -ErrnoMax..-1 are errors. */
const ErrnoMax: i64 = 4095;

@unmanaged
export class SyscallRow {
  hash: u32;
  nr: i32;
  /** Error number and compat flag: see `outcomeOf`. */
  outcome: u32;
  life: Life;
  count: u64;
  totalNs: u64;
  offcpuNs: u64;
  minNs: u64;
  maxNs: u64;
  noEnter: u64;
  /** A null reference where nothing was counted. */
  histogram: Histogram;

  @inline
  hasKeyOf(sought: SyscallRow): bool {
    return this.life == sought.life && this.nr == sought.nr && this.outcome == sought.outcome;
  }

  @inline
  add(durationNs: u64, offcpuNs: u64): void {
    if (asksLatencies()) this.histogram = countDuration(this.histogram, durationNs);
    this.count++;
    this.offcpuNs += offcpuNs;
    this.totalNs += durationNs;
    this.minNs = min(this.minNs, durationNs);
    this.maxNs = max(this.maxNs, durationNs);
  }

  /** Adds a call whose beginning was not seen. */
  @inline
  addNoEnter(offcpuNs: u64): void {
    this.count++;
    this.offcpuNs += offcpuNs;
    this.noEnter++;
  }

  @inline
  compat(): u32 {
    return this.outcome >> 16;
  }

  @inline
  errno(): u32 {
    return this.outcome & 0xffff;
  }
}

@inline
export function outcomeOf(result: i64, compat: u32): u32 {
  const errno = result < 0 && result >= -ErrnoMax ? (-result as u32) : 0;
  return errno | (compat << 16);
}

const sums: Interned<SyscallRow> = newInterned<SyscallRow>();
export const syscallRows: Vector<SyscallRow> = sums.rows;

/** The row of these calls; most often one of the life's last eight. */
@inline
export function syscallRow(life: Life, nr: i32, outcome: u32): SyscallRow {
  const slot = (((nr as u32) + outcome) & (SyscallCacheRows - 1)) << 2;
  const row = changetype<SyscallRow>(load<usize>(changetype<usize>(life) + slot, offsetof<Life>("syscallRow0")));
  if (changetype<usize>(row) != 0 && row.nr == nr && row.outcome == outcome) return row;
  const found = findRow(life, nr, outcome);
  store<usize>(changetype<usize>(life) + slot, changetype<usize>(found), offsetof<Life>("syscallRow0"));
  return found;
}

function findRow(life: Life, nr: i32, outcome: u32): SyscallRow {
  const sought = sums.sought;
  sought.hash = mix(mix(mix(0, life.row), nr), outcome);
  sought.life = life;
  sought.nr = nr;
  sought.outcome = outcome;
  sought.minNs = u64.MAX_VALUE;
  return sums.intern();
}

/** Forgets all rows. Whoever remembers one (a life's cache) must forget it too. */
export function clearSyscalls(): void {
  for (let i: u32 = 0; i < syscallRows.length; i++) recycleHistogram(syscallRows.get(i).histogram);
  sums.clear();
}
