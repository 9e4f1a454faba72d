// Off-CPU periods: why a thread was off the CPU, how the time of one period splits ("Off-CPU classes"
// and "Periods" of capture/FORMAT.md), and which are asked for. Knows neither lives nor records.

import * as format from "./format.js";
import type { Questions } from "./questions.js";
import type { Chain } from "./wakers.js";

export const Edge = { None: 0, Start: 1, End: 2, Both: 3 } as const;

export const OffcpuClass = {
  Preempted: 0,
  Runnable: 1,
  Dead: 2,
  IdleKernel: 3,
  Uninterruptible: 4,
  Interruptible: 5,
  Other: 6,
} as const;

export interface OffcpuKey {
  life: number;
  comm: number;
  class: number;
  nr: number;
  compat: boolean;
  edge: number;
  kernelStack: number;
  userStack: number;
}

/** Stack ids; 0 none. */
export interface StackPair {
  kernelStack: number;
  userStack: number;
}

/** One period as it ends, with its time already split. */
export interface Period {
  since: bigint;
  class: number;
  nr: number;
  compat: boolean;
  edge: number;
  blocked: bigint;
  runnable: bigint;
  preempted: bigint;
  /** Undefined without a wake time. */
  wokenBy: Chain | undefined;
  /** Of the switch-out, as the kernel has it; undefined if that was not seen. */
  rawState: number | undefined;
}

/** A period that ended, until the call that it may be a part of does. */
export interface EndedPeriod {
  period: Period;
  kernelStack: number;
}

/** Periods that differ in nothing but their time; the earliest beginning speaks for all. */
export interface WaitingPeriods {
  key: Omit<OffcpuKey, "userStack">;
  since: bigint;
  periods: Period[];
}

export function offcpuClass(state: number, flags: number): number {
  if (flags & format.SwitchFlag.Preempted) return OffcpuClass.Preempted;
  if (state === 0) return OffcpuClass.Runnable;
  if (state & 0xb0) return OffcpuClass.Dead;
  if ((state & 0x402) === 0x402) return OffcpuClass.IdleKernel;
  if (state & 2) return OffcpuClass.Uninterruptible;
  if (state & 1) return OffcpuClass.Interruptible;
  return OffcpuClass.Other;
}

export function canBeWoken(offClass: number): boolean {
  return offClass !== OffcpuClass.Preempted && offClass !== OffcpuClass.Runnable;
}

/** What made a thread runnable, and when. */
export interface Wake {
  time: bigint;
  by: Chain;
}

/** What of a state the period needs that it ends as. */
interface EndedState {
  since: bigint;
  wake: Wake | undefined;
  rawState?: number;
  class: number;
  nr: number;
  compat: boolean;
}

/** Splits the time from the state's beginning to `t`. */
export function endedOff(state: EndedState, t: bigint, edge: number): Period {
  const { since, nr, compat, rawState, wake } = state;
  const all = t - since;
  const period = {
    since,
    class: state.class,
    nr,
    compat,
    edge,
    blocked: 0n,
    runnable: 0n,
    preempted: 0n,
    wokenBy: undefined,
    rawState,
  };
  if (state.class === OffcpuClass.Preempted) return { ...period, preempted: all };
  if (state.class === OffcpuClass.Runnable) return { ...period, runnable: all };
  if (wake === undefined) return { ...period, blocked: all };
  const woken = wake.time < t ? wake.time : t;
  return { ...period, blocked: woken - since, runnable: t - woken, wokenBy: wake.by };
}

/** Whether a period is one of those asked for. */
export function isAskedFor(period: Period, questions: Questions): boolean {
  const { periodMin = 0n, periodMax = 0n, stateMask } = questions;
  const length = period.blocked + period.runnable + period.preempted;
  if (length < periodMin || (periodMax !== 0n && length > periodMax)) return false;
  if (stateMask === undefined) return true;
  if (period.rawState === undefined) return false;
  return stateMask === 0 ? period.rawState === 0 : (period.rawState & stateMask) !== 0;
}
