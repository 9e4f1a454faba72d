// The off-CPU table: periods summed by everything that tells them apart, now or, if their user stack
// is to come with the Syscall record of their call, when it is known ("Stacks of a period" of
// capture/FORMAT.md). Each row sums its wakeups apart, by the chain that ended the periods: those
// that did end (not those open at the end) and have a wake time.

import * as format from "./format.js";
import type { Life } from "./lives.js";
import { Edge, type OffcpuKey, type Period } from "./periods.js";
import type { SyscallRecord } from "./records.js";
import type { Chain } from "./wakers.js";

export interface OffcpuRow extends OffcpuKey {
  periods: bigint;
  blocked: bigint;
  runnable: bigint;
  preempted: bigint;
  max: bigint;
  woken: bigint;
  /** Microseconds: each period cut to whole ones, then summed. */
  cutUs: bigint;
  wakeups: Map<string, WakeupRow>;
}

export interface WakeupRow {
  chain: Chain;
  periods: bigint;
  blocked: bigint;
  runnable: bigint;
  runnableMax: bigint;
}

export class Offcpu {
  readonly rows = new Map<string, OffcpuRow>();

  add(life: Life, period: Period, kernelStack: number, userStack: number): void {
    const { class: offClass, nr, compat, edge } = period;
    const key = { life: life.index, comm: life.comm, class: offClass, nr, compat, edge, kernelStack };
    if (edge !== Edge.None || userStack !== 0 || kernelStack === 0 || nr === -1) {
      this.addRows(key, [period], userStack);
      return;
    }
    const waiting = life.waiting.get(JSON.stringify(key)) ?? { key, since: period.since, periods: [] };
    waiting.periods.push(period);
    if (period.since < waiting.since) waiting.since = period.since;
    life.waiting.set(JSON.stringify(key), waiting); // a Map keeps the place of a key it has
    if (life.waiting.size > format.periodsWaitingMax) this.releaseOldest(life);
  }

  /** A call of the life ended: its user stack is that of the periods inside it. */
  endWaiting(life: Life, record: SyscallRecord): void {
    const compat = (record.flags & format.SyscallFlag.Compat) !== 0;
    for (const { key, since, periods } of life.waiting.values()) {
      const inside = since >= record.time - record.duration;
      const same = key.nr === record.nr && key.compat === compat;
      this.addRows(key, periods, inside && same ? record.userStack : 0);
    }
    life.waiting.clear();
  }

  releaseAll(life: Life): void {
    while (life.waiting.size > 0) this.releaseOldest(life);
  }

  private releaseOldest(life: Life): void {
    const [text, oldest] = life.waiting.entries().next().value!;
    life.waiting.delete(text);
    this.addRows(oldest.key, oldest.periods, 0);
  }

  private addRows(key: Omit<OffcpuKey, "userStack">, periods: Period[], userStack: number): void {
    for (const period of periods) this.addRow({ ...key, userStack }, period);
  }

  private addRow(key: OffcpuKey, period: Period): void {
    const text = JSON.stringify(key);
    const row = this.rows.get(text) ?? emptyRow(key);
    this.rows.set(text, row);
    const total = period.blocked + period.runnable + period.preempted;
    row.periods++;
    row.blocked += period.blocked;
    row.runnable += period.runnable;
    row.preempted += period.preempted;
    if (total > row.max) row.max = total;
    row.cutUs += total / 1000n;
    if (period.wokenBy === undefined) return;
    row.woken++;
    if (period.edge === Edge.None || period.edge === Edge.Start) addWakeup(row.wakeups, period.wokenBy, period);
  }
}

function emptyRow(key: OffcpuKey): OffcpuRow {
  const sums = { periods: 0n, blocked: 0n, runnable: 0n, preempted: 0n, max: 0n, woken: 0n, cutUs: 0n };
  return { ...key, ...sums, wakeups: new Map() };
}

function addWakeup(rows: Map<string, WakeupRow>, chain: Chain, period: Period): void {
  const text = JSON.stringify(chain);
  const row = rows.get(text) ?? { chain, periods: 0n, blocked: 0n, runnable: 0n, runnableMax: 0n };
  rows.set(text, row);
  row.periods++;
  row.blocked += period.blocked;
  row.runnable += period.runnable;
  if (period.runnable > row.runnableMax) row.runnableMax = period.runnable;
}
