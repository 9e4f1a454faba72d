// What each record does to the states of threads, and the periods and calls that come of it
// ("States", "Periods", "Stacks of a period" and "System calls" of capture/FORMAT.md). Rows are
// keyed by ids as the recording has them; analyze.ts turns ids into what they stand for.

import * as format from "./format.js";
import { Lives, type Life, type OffState } from "./lives.js";
import {
  canBeWoken,
  Edge,
  endedOff,
  OffcpuClass,
  offcpuClass,
  type OffcpuKey,
  type Period,
} from "./periods.js";
import type { LostRecord, SwitchRecord, SyscallRecord, TimedRecord, WakeRecord } from "./records.js";

export interface OffcpuRow extends OffcpuKey {
  periods: bigint;
  blocked: bigint;
  runnable: bigint;
  preempted: bigint;
  max: bigint;
  woken: bigint;
}

export interface SyscallRow {
  life: number;
  nr: number;
  compat: boolean;
  errno: number;
  count: bigint;
  total: bigint;
  offcpu: bigint;
  /** Undefined if no call has a duration. */
  min: bigint | undefined;
  max: bigint;
  noEnter: bigint;
}

export class Machine {
  readonly lives: Lives;
  readonly offcpu = new Map<string, OffcpuRow>();
  readonly syscalls = new Map<string, SyscallRow>();
  contradictions = 0n;
  backwards = 0n;
  spuriousWakes = 0n;

  constructor(windowStart: bigint) {
    this.lives = new Lives(windowStart, (life) => this.releaseAll(life));
  }

  take(record: TimedRecord): void {
    if (record.kind === "Lost") this.lost(record);
    else if (record.kind === "Task") this.lives.task(record);
    else if (record.kind === "Wake") this.wake(record);
    else if (record.kind === "Syscall") this.syscall(record);
    else if (record.kind === "Switch") this.switch(record); // arguments change no state
  }

  /** The end of the window. */
  finish(windowEnd: bigint): void {
    for (const life of this.lives.all) {
      if (life.end !== undefined) continue;
      const { state } = life;
      const end = windowEnd > state.since ? windowEnd : state.since;
      if (state.name === "On") life.onCpu += end - state.since;
      else if (state.name === "New") life.runnable += end - state.since;
      else if (state.name === "Off" && !state.doubtful) {
        this.period(life, endedOff(state, end, Edge.End), 0, 0);
      } else life.unknown += end - state.since;
      this.lives.end(life, end);
    }
  }

  private switch(record: SwitchRecord): void {
    const prev = this.lives.ofEvent(record.prev);
    if (prev !== undefined) this.leaveCpu(prev, record);
    const next = this.lives.ofEvent(record.next);
    if (next !== undefined) this.comeOn(next, record);
  }

  private leaveCpu(life: Life, record: SwitchRecord): void {
    const { state } = life;
    const t = this.notBefore(state.since, record.time);
    if (state.name === "On") life.onCpu += t - state.since;
    else life.unknown += t - state.since;
    if (state.name === "Off" && !state.doubtful) this.contradictions++;
    life.switches++;
    const left = offcpuClass(record.state, record.flags);
    if (left === OffcpuClass.Dead) {
      this.lives.end(life, t);
      return;
    }
    const wokenBefore = state.name === "On" && state.pending && canBeWoken(left);
    life.state = {
      name: "Off",
      since: t,
      class: left,
      nr: record.nr,
      compat: (record.flags & format.SwitchFlag.Compat) !== 0,
      wake: wokenBefore ? t : undefined,
      presumed: wokenBefore,
      doubtful: false,
    };
  }

  private comeOn(life: Life, record: SwitchRecord): void {
    const { state } = life;
    const t = this.notBefore(state.since, record.time);
    if (state.name === "Fresh") {
      const off = { ...state, class: format.classUnknown, nr: -1, compat: false };
      this.period(life, endedOff(off, t, Edge.Start), 0, 0);
    } else if (state.name === "Off" && !state.doubtful) {
      this.period(life, endedOff(state, t, Edge.None), record.kernelStack, record.userStack);
    } else if (state.name === "New") {
      life.runnable += t - state.since;
    } else {
      life.unknown += t - state.since;
      if (state.name === "On") this.contradictions++;
    }
    life.state = { name: "On", since: t, cpu: record.cpu, pending: false };
  }

  private wake(record: WakeRecord): void {
    this.lives.ofEvent(record.waker);
    const life = this.lives.ofEvent(record.wakee);
    if (life === undefined) return;
    const { state } = life;
    if (state.name === "On") {
      state.pending = true;
    } else if (state.name === "Fresh" && state.wake === undefined) {
      state.wake = this.notBefore(state.since, record.time);
    } else if (state.name === "Off" && !state.doubtful && canBeWoken(state.class) && mayBeSet(state)) {
      state.wake = this.notBefore(state.since, record.time);
      state.presumed = false;
    } else if (state.name !== "Unknown" && !(state.name === "Off" && state.doubtful)) {
      this.spuriousWakes++;
    }
  }

  private lost(record: LostRecord): void {
    if (record.stream !== format.BlockType.Switch) return;
    this.lives.switchesLost = true;
    const everywhere = record.lostCpu === format.cpuNone;
    for (const life of this.lives.all) {
      if (life.end !== undefined) continue;
      const { state } = life;
      if (state.name === "Off") state.doubtful = true;
      else if (state.name === "Fresh" || state.name === "New" || everywhere || isOn(life, record.lostCpu)) {
        life.state = { name: "Unknown", since: state.since };
      }
    }
  }

  private syscall(record: SyscallRecord): void {
    const life = this.lives.ofEvent(record.tid);
    if (life === undefined) return;
    const compat = (record.flags & format.SyscallFlag.Compat) !== 0;
    this.countCall(life, record, compat);
    for (const { key, since, periods } of life.waiting.values()) {
      const inside = since >= record.time - record.duration;
      const same = key.nr === record.nr && key.compat === compat;
      this.addRows(key, periods, inside && same ? record.userStack : 0);
    }
    life.waiting.clear();
  }

  private countCall(life: Life, record: SyscallRecord, compat: boolean): void {
    const isError = record.result >= -4095n && record.result <= -1n;
    const errno = isError ? Number(-record.result) : 0;
    const key = `${life.index} ${record.nr} ${compat} ${errno}`;
    const row = this.syscalls.get(key) ?? {
      life: life.index,
      nr: record.nr,
      compat,
      errno,
      count: 0n,
      total: 0n,
      offcpu: 0n,
      min: undefined,
      max: 0n,
      noEnter: 0n,
    };
    this.syscalls.set(key, row);
    row.count++;
    row.offcpu += record.offcpu;
    if (record.flags & format.SyscallFlag.NoEnter) {
      row.noEnter++;
      return;
    }
    row.total += record.duration;
    if (row.min === undefined || record.duration < row.min) row.min = record.duration;
    if (record.duration > row.max) row.max = record.duration;
  }

  /** Adds a period to its life, and to the table, now or when its user stack is known. */
  private period(life: Life, period: Period, kernelStack: number, userStack: number): void {
    life.blocked += period.blocked;
    life.runnable += period.runnable;
    life.preempted += period.preempted;
    const { class: offClass, nr, compat, edge } = period;
    const key = { life: life.index, comm: life.comm, class: offClass, nr, compat, edge, kernelStack };
    if (userStack !== 0 || kernelStack === 0 || nr === -1) {
      this.addRows(key, [period], userStack);
      return;
    }
    const waiting = life.waiting.get(JSON.stringify(key)) ?? { key, since: period.since, periods: [] };
    waiting.periods.push(period);
    if (period.since < waiting.since) waiting.since = period.since;
    life.waiting.set(JSON.stringify(key), waiting); // a Map keeps the place of a key it has
    if (life.waiting.size > format.periodsWaitingMax) this.releaseOldest(life);
  }

  private releaseOldest(life: Life): void {
    const [text, oldest] = life.waiting.entries().next().value!;
    life.waiting.delete(text);
    this.addRows(oldest.key, oldest.periods, 0);
  }

  private releaseAll(life: Life): void {
    while (life.waiting.size > 0) this.releaseOldest(life);
  }

  private addRows(key: Omit<OffcpuKey, "userStack">, periods: Period[], userStack: number): void {
    for (const period of periods) this.addRow({ ...key, userStack }, period);
  }

  private addRow(key: OffcpuKey, period: Period): void {
    const text = JSON.stringify(key);
    let row = this.offcpu.get(text);
    if (row === undefined) {
      row = { ...key, periods: 0n, blocked: 0n, runnable: 0n, preempted: 0n, max: 0n, woken: 0n };
      this.offcpu.set(text, row);
    }
    const total = period.blocked + period.runnable + period.preempted;
    row.periods++;
    row.blocked += period.blocked;
    row.runnable += period.runnable;
    row.preempted += period.preempted;
    if (total > row.max) row.max = total;
    if (period.woken) row.woken++;
  }

  private notBefore(since: bigint, time: bigint): bigint {
    if (time >= since) return time;
    this.backwards++;
    return since;
  }
}

function mayBeSet(state: OffState): boolean {
  return state.wake === undefined || state.presumed;
}

function isOn(life: Life, cpu: number): boolean {
  return life.state.name === "On" && life.state.cpu === cpu;
}
