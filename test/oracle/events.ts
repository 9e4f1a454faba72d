// What happened, one by one, in the order in which records are taken: system calls that ended, off-CPU
// periods, wakeups. A period comes where its thread comes on, and with that cpu; those still open at
// the window's end come last, in order of lives, with the cpu on which their thread last came on (0
// if that was not seen). A wakeup comes with every Wake record that wakes a life, spurious or not.
// What a kind has not is 0, nr -1. Times are since the recording's start, whatever part of it is
// looked at.

import * as format from "./format.js";
import type { Life } from "./lives.js";
import type { Period, StackPair } from "./periods.js";
import type { SwitchRecord, SyscallRecord, WakeRecord } from "./records.js";
import { nearestOf, type Chain } from "./wakers.js";

export const EventKind = { Syscall: 0, Period: 1, Wakeup: 2 } as const;

export interface EventRow {
  kind: number;
  /** When it ended. */
  time: bigint;
  /** -1: unknown. */
  duration: bigint;
  life: number;
  /** Of the thread then: a string id. */
  comm: number;
  nr: number;
  compat: boolean;
  result: bigint;
  offcpu: bigint;
  class: number;
  edge: number;
  blocked: bigint;
  runnable: bigint;
  kernelStack: number;
  /** Of a period: only one that came with its Switch record. */
  userStack: number;
  wakerKind: number;
  waker: number;
  cpu: number;
}

export class Events {
  readonly rows: EventRow[] = [];

  constructor(private readonly recordingStart: bigint) {}

  syscall(life: Life, record: SyscallRecord): void {
    const noEnter = (record.flags & format.SyscallFlag.NoEnter) !== 0;
    this.rows.push({
      ...this.event(EventKind.Syscall, life, record.time),
      duration: noEnter ? -1n : record.duration,
      nr: record.nr,
      compat: (record.flags & format.SyscallFlag.Compat) !== 0,
      result: record.result,
      offcpu: record.offcpu,
      userStack: record.userStack,
      cpu: record.cpu,
    });
  }

  /** Without a record: open at the end of the window. */
  period(life: Life, period: Period, stacks: StackPair, record: SwitchRecord | undefined): void {
    const { since, class: offClass, nr, compat, edge, blocked, runnable, preempted } = period;
    const duration = blocked + runnable + preempted;
    this.rows.push({
      ...this.event(EventKind.Period, life, since + duration),
      duration,
      nr,
      compat,
      class: offClass,
      edge,
      blocked,
      runnable,
      kernelStack: stacks.kernelStack,
      userStack: stacks.userStack,
      ...wakerOf(period.wokenBy ?? []),
      cpu: record?.cpu ?? life.cpu,
    });
  }

  wakeup(wakee: Life, chain: Chain, record: WakeRecord): void {
    this.rows.push({
      ...this.event(EventKind.Wakeup, wakee, record.time),
      ...wakerOf(chain),
      cpu: record.cpu,
    });
  }

  private event(kind: number, life: Life, time: bigint): EventRow {
    return {
      kind,
      time: time - this.recordingStart,
      duration: 0n,
      life: life.index,
      comm: life.comm,
      nr: -1,
      compat: false,
      result: 0n,
      offcpu: 0n,
      class: 0,
      edge: 0,
      blocked: 0n,
      runnable: 0n,
      kernelStack: 0,
      userStack: 0,
      wakerKind: 0,
      waker: 0,
      cpu: 0,
    };
  }
}

function wakerOf(chain: Chain): { wakerKind: number; waker: number } {
  const { kind, life } = nearestOf(chain);
  return { wakerKind: kind, waker: life };
}
