// What each record does to the states of threads, and the periods and calls that come of it
// ("States" and "Periods" of capture/FORMAT.md). What is made of them is offcpu.ts's, calls.ts's and
// events.ts's business. Everything is keyed by ids as the recording has them; analyze.ts turns ids
// into what they stand for.

import { Calls } from "./calls.js";
import { Events } from "./events.js";
import * as format from "./format.js";
import { keepForCall } from "./kept.js";
import { Lives, type FreshState, type Life, type OffState } from "./lives.js";
import { Offcpu } from "./offcpu.js";
import {
  canBeWoken,
  Edge,
  endedOff,
  isAskedFor,
  OffcpuClass,
  offcpuClass,
  type Period,
  type StackPair,
} from "./periods.js";
import type { Questions } from "./questions.js";
import type {
  LostRecord,
  SnapshotRecord,
  SwitchRecord,
  SyscallRecord,
  TimedRecord,
  WakeRecord,
} from "./records.js";
import { chainOf, type Chain } from "./wakers.js";

export class Machine {
  readonly lives: Lives;
  readonly offcpu = new Offcpu();
  readonly calls = new Calls();
  readonly events: Events;
  contradictions = 0n;
  backwards = 0n;
  spuriousWakes = 0n;

  constructor(
    recordingStart: bigint,
    windowStart: bigint,
    private readonly questions: Questions,
  ) {
    this.lives = new Lives(windowStart, (life) => this.offcpu.releaseAll(life));
    this.events = new Events(recordingStart);
  }

  take(record: TimedRecord): void {
    if (record.kind === "Lost") this.lost(record);
    else if (record.kind === "Task") this.lives.task(record);
    else if (record.kind === "Wake") this.wake(record);
    else if (record.kind === "Syscall") this.syscall(record);
    else if (record.kind === "Switch") this.switch(record);
    else if (record.kind === "Snapshot") this.snapshot(record); // arguments change no state
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
        this.period(life, endedOff(state, end, Edge.End), state.snapshot ?? noStacks, undefined);
      } else if (state.name === "Fresh" && state.snapshot !== undefined) {
        this.period(life, endedOff(openAtStart(state), end, Edge.Both), state.snapshot, undefined);
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
    const by = state.name === "On" && canBeWoken(left) ? state.pending : undefined;
    if (by !== undefined) life.wokenBy = by;
    life.state = {
      name: "Off",
      since: t,
      class: left,
      nr: record.nr,
      compat: (record.flags & format.SwitchFlag.Compat) !== 0,
      rawState: record.state,
      wake: by === undefined ? undefined : { time: t, by },
      presumed: by !== undefined,
      doubtful: false,
      snapshot: undefined,
    };
  }

  private comeOn(life: Life, record: SwitchRecord): void {
    const { state } = life;
    const t = this.notBefore(state.since, record.time);
    if (state.name === "Fresh") {
      this.period(life, endedOff(openAtStart(state), t, Edge.Start), state.snapshot ?? noStacks, record);
    } else if (state.name === "Off" && !state.doubtful) {
      this.period(life, endedOff(state, t, Edge.None), record, record);
    } else if (state.name === "New") {
      life.runnable += t - state.since;
    } else {
      life.unknown += t - state.since;
      if (state.name === "On") this.contradictions++;
    }
    life.cpu = record.cpu;
    life.state = { name: "On", since: t, cpu: record.cpu, pending: undefined };
  }

  private wake(record: WakeRecord): void {
    const waker = this.lives.ofEvent(record.waker);
    const life = this.lives.ofEvent(record.wakee);
    if (life === undefined) return;
    const by = chainOf(record, waker, this.questions.wakerDepth ?? 0);
    this.events.wakeup(life, by, record);
    const { state } = life;
    if (state.name === "On") {
      state.pending = by;
    } else if (state.name === "Fresh" && state.wake === undefined) {
      state.wake = this.wakeOf(life, state.since, record, by);
    } else if (state.name === "Off" && !state.doubtful && canBeWoken(state.class) && mayBeSet(state)) {
      state.wake = this.wakeOf(life, state.since, record, by);
      state.presumed = false;
    } else if (state.name !== "Unknown" && !(state.name === "Off" && state.doubtful)) {
      this.spuriousWakes++;
    }
  }

  private wakeOf(life: Life, since: bigint, record: WakeRecord, by: Chain): { time: bigint; by: Chain } {
    life.wokenBy = by;
    return { time: this.notBefore(since, record.time), by };
  }

  private snapshot(record: SnapshotRecord): void {
    const life = this.lives.ofEvent(record.tid);
    if (life === undefined) return;
    const { state } = life;
    const offClass = offcpuClass(record.state, 0);
    if (offClass === OffcpuClass.Runnable || offClass === OffcpuClass.Dead) return;
    if (state.name === "Fresh") state.snapshot ??= record;
    else if (state.name === "Off" && !state.doubtful) state.snapshot = record;
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
    this.calls.add(life, record);
    this.offcpu.endWaiting(life, record);
    this.events.syscall(life, record);
  }

  /** The record that ended it is undefined at the end of the window. */
  private period(life: Life, period: Period, stacks: StackPair, record: SwitchRecord | undefined): void {
    life.blocked += period.blocked;
    life.runnable += period.runnable;
    life.preempted += period.preempted;
    const { kernelStack, userStack } = stacks;
    if (record !== undefined) keepForCall(life.periodsSinceCall, { period, kernelStack });
    if (!isAskedFor(period, this.questions)) return;
    this.offcpu.add(life, period, kernelStack, userStack);
    this.events.period(life, period, stacks, record);
  }

  private notBefore(since: bigint, time: bigint): bigint {
    if (time >= since) return time;
    this.backwards++;
    return since;
  }
}

const noStacks: StackPair = { kernelStack: 0, userStack: 0 };

/** What is known of a period whose beginning was not seen. */
function openAtStart(state: FreshState): Parameters<typeof endedOff>[0] {
  const { snapshot, since, wake } = state;
  if (snapshot === undefined) return { since, wake, class: format.classUnknown, nr: -1, compat: false };
  return {
    since,
    wake,
    class: offcpuClass(snapshot.state, 0),
    nr: snapshot.nr,
    compat: (snapshot.flags & format.SwitchFlag.Compat) !== 0,
    rawState: snapshot.state,
  };
}

function mayBeSet(state: OffState): boolean {
  return state.wake === undefined || state.presumed;
}

function isOn(life: Life, cpu: number): boolean {
  return life.state.name === "On" && life.state.cpu === cpu;
}
