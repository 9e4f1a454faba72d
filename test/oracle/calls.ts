// System calls summed, and joined to the off-CPU periods inside them.
//
//   Syscall records  --------[n]-----------------------------[n+1: time, duration, offcpu]
//   thread           ==| off 1 |==|enter ....| off 2 |....| off 3 |....|exit
//                      ended before n + 1, but began before its call: no part of it
//                                             \__ inside: ended since n, began in the call __/
//
// A call's periods are those of its life that ended since the life's Syscall record before and began
// no earlier than the call. One outside every call (nr -1) proves that those before it are not, and
// they are forgotten. At most PeriodsKeptMax are kept apart: beyond that the two that began first are
// one, which began when the first did. Of each, blocked time is a part by the period's
// class, runnable and preempted time are parts of their own. Off-CPU time of the record that no period
// explains is unknown, what is then left of the duration was spent on the CPU. Clocks of two records
// may differ: where the parts are longer than the call, what is too much is taken from unknown, then
// from other, runnable, preempted, interruptible, uninterruptible time, so that the parts always sum
// to the duration.

import * as format from "./format.js";
import { addDuration, type Histogram } from "./latencies.js";
import type { KeptPeriods } from "./kept.js";
import type { Life } from "./lives.js";
import { OffcpuClass, type EndedPeriod } from "./periods.js";
import type { SyscallRecord } from "./records.js";

export interface CallKey {
  life: number;
  nr: number;
  compat: boolean;
  errno: number;
}

/** Calls by what the kernel said of them. */
export interface SyscallRow extends CallKey {
  count: bigint;
  total: bigint;
  offcpu: bigint;
  /** Undefined if no call has a duration. */
  min: bigint | undefined;
  max: bigint;
  noEnter: bigint;
  latencies: Histogram;
}

/** Where the time of calls went, in the order in which what is too much is taken away. */
export const callParts = [
  "unknown",
  "other",
  "runnable",
  "preempted",
  "interruptible",
  "uninterruptible",
] as const;
export type CallParts = { [part in (typeof callParts)[number]]: bigint };

/** Calls that have a duration, by the stack they were in when they waited longest. */
export interface CallRow extends CallKey, CallParts {
  kernelStack: number;
  userStack: number;
  count: bigint;
  total: bigint;
  onCpu: bigint;
  max: bigint;
  latencies: Histogram;
}

export class Calls {
  readonly syscalls = new Map<string, SyscallRow>();
  readonly calls = new Map<string, CallRow>();

  add(life: Life, record: SyscallRecord): void {
    const key = keyOf(life, record);
    const noEnter = (record.flags & format.SyscallFlag.NoEnter) !== 0;
    this.count(key, record, noEnter);
    if (!noEnter) this.join(key, record, life.periodsSinceCall);
    life.periodsSinceCall = [];
  }

  private count(key: CallKey, record: SyscallRecord, noEnter: boolean): void {
    const row = entry(this.syscalls, JSON.stringify(key), {
      ...key,
      count: 0n,
      total: 0n,
      offcpu: 0n,
      min: undefined,
      max: 0n,
      noEnter: 0n,
      latencies: new Map(),
    });
    row.count++;
    row.offcpu += record.offcpu;
    if (noEnter) {
      row.noEnter++;
      return;
    }
    row.total += record.duration;
    if (row.min === undefined || record.duration < row.min) row.min = record.duration;
    if (record.duration > row.max) row.max = record.duration;
    addDuration(row.latencies, record.duration);
  }

  private join(call: CallKey, record: SyscallRecord, kept: readonly KeptPeriods[]): void {
    const { duration, userStack } = record;
    const inside = kept.filter(({ since }) => since >= record.time - duration).flatMap(({ periods }) => periods);
    const parts = partsOf(inside, duration, record.offcpu);
    const key = { ...call, kernelStack: stackOfLongest(inside), userStack };
    const row = entry(this.calls, JSON.stringify(key), {
      ...key,
      ...noParts(),
      count: 0n,
      total: 0n,
      onCpu: 0n,
      max: 0n,
      latencies: new Map(),
    });
    row.count++;
    row.total += duration;
    row.onCpu += duration - sumOf(parts);
    for (const part of callParts) row[part] += parts[part];
    if (duration > row.max) row.max = duration;
    addDuration(row.latencies, duration);
  }
}

function keyOf(life: Life, { nr, flags, result }: SyscallRecord): CallKey {
  const isError = result >= -4095n && result <= -1n;
  const compat = (flags & format.SyscallFlag.Compat) !== 0;
  return { life: life.index, nr, compat, errno: isError ? Number(-result) : 0 };
}

function entry<T>(rows: Map<string, T>, key: string, fresh: T): T {
  const row = rows.get(key) ?? fresh;
  rows.set(key, row);
  return row;
}

function noParts(): CallParts {
  return { unknown: 0n, other: 0n, runnable: 0n, preempted: 0n, interruptible: 0n, uninterruptible: 0n };
}

function sumOf(parts: CallParts): bigint {
  return callParts.reduce((sum, part) => sum + parts[part], 0n);
}

/** Never more than the duration. */
function partsOf(inside: readonly EndedPeriod[], duration: bigint, offcpu: bigint): CallParts {
  const parts = noParts();
  for (const { period } of inside) {
    parts[blockedPart(period.class)] += period.blocked;
    parts.runnable += period.runnable;
    parts.preempted += period.preempted;
  }
  const explained = sumOf(parts);
  if (offcpu > explained) parts.unknown = offcpu - explained;
  let excess = sumOf(parts) - duration;
  for (const part of callParts) {
    if (excess <= 0n) break;
    const taken = parts[part] < excess ? parts[part] : excess;
    parts[part] -= taken;
    excess -= taken;
  }
  return parts;
}

function blockedPart(offClass: number): keyof CallParts {
  if (offClass === OffcpuClass.Interruptible) return "interruptible";
  return offClass === OffcpuClass.Uninterruptible ? "uninterruptible" : "other";
}

/** Of the longest period that has a stack; of equals the first. */
function stackOfLongest(inside: readonly EndedPeriod[]): number {
  let longest = -1n;
  let stack = 0;
  for (const { period, kernelStack } of inside) {
    const length = period.blocked + period.runnable + period.preempted;
    if (kernelStack === 0 || length <= longest) continue;
    longest = length;
    stack = kernelStack;
  }
  return stack;
}
