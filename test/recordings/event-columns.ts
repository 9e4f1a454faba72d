// Events of the streams as the columns of a block: threads, reasons and calls become dictionaries, in the
// order of first use.

import type { ColumnValues, Value } from "./encode.js";

export interface SwitchEvent {
  time: number;
  prev: number;
  next: number;
  state?: number;
  nr?: number;
  flags?: number;
  kernelStack?: number;
  userStack?: number;
}

export interface WakeEvent {
  time: number;
  waker: number;
  wakee: number;
  targetCpu?: number;
  flags?: number;
}

export interface SyscallEvent {
  time: number;
  tid: number;
  nr: number;
  flags?: number;
  result?: number;
  duration?: number;
  offcpu?: number;
  userStack?: number;
}

export interface ArgumentsEvent {
  time: number;
  tid: number;
  nr: number;
  flags?: number;
  /** arg0 and on; 0 for the rest. */
  values: readonly Value[];
}

export type ColumnsInput = { [column: string]: ColumnValues };

export function switchColumns(events: readonly SwitchEvent[]): ColumnsInput {
  const threads = new Dictionary<number>();
  const reasons = new Dictionary<string>();
  const rows = events.map((event, i) => ({
    time: event.time,
    prev: i > 0 && events[i - 1]!.next === event.prev ? 0 : threads.index(event.prev) + 1,
    next: threads.index(event.next),
    reason: reasons.index(`${event.state ?? 0} ${event.nr ?? -1} ${event.flags ?? 0}`),
    kernelStack: event.kernelStack ?? 0,
    userStack: event.userStack ?? 0,
  }));
  const reasonParts = reasons.entries.map((reason) => reason.split(" ").map(Number));
  return {
    threads: threads.entries,
    reasonState: reasonParts.map((parts) => parts[0]!),
    reasonNr: reasonParts.map((parts) => parts[1]!),
    reasonFlags: reasonParts.map((parts) => parts[2]!),
    ...columnsFrom(rows, ["time", "prev", "next", "reason", "kernelStack", "userStack"]),
  };
}

export function wakeColumns(cpu: number, events: readonly WakeEvent[]): ColumnsInput {
  const threads = new Dictionary<number>();
  const rows = events.map((event) => ({
    time: event.time,
    waker: threads.index(event.waker),
    wakee: threads.index(event.wakee),
    targetCpu: event.targetCpu ?? cpu,
    flags: event.flags ?? 0,
  }));
  return { threads: threads.entries, ...columnsFrom(rows, ["time", "waker", "wakee", "targetCpu", "flags"]) };
}

export function syscallColumns(events: readonly SyscallEvent[]): ColumnsInput {
  const threads = new Dictionary<number>();
  const calls = new Dictionary<string>();
  const rows = events.map((event) => ({
    time: event.time,
    thread: threads.index(event.tid),
    call: calls.index(`${event.nr} ${event.flags ?? 0}`),
    result: event.result ?? 0,
    duration: event.duration ?? 0,
    offcpu: event.offcpu ?? 0,
    userStack: event.userStack ?? 0,
  }));
  const callParts = calls.entries.map((call) => call.split(" ").map(Number));
  return {
    threads: threads.entries,
    callNr: callParts.map((parts) => parts[0]!),
    callFlags: callParts.map((parts) => parts[1]!),
    ...columnsFrom(rows, ["time", "thread", "call", "result", "duration", "offcpu", "userStack"]),
  };
}

export function argumentsColumns(events: readonly ArgumentsEvent[]): ColumnsInput {
  const threads = new Dictionary<number>();
  const calls = new Dictionary<string>();
  const rows = events.map(({ time, tid, nr, flags, values }) => {
    const [arg0, arg1, arg2, arg3, arg4, arg5] = Array.from({ length: 6 }, (_, i) => values[i] ?? 0);
    const call = calls.index(`${nr} ${flags ?? 0}`);
    return { time, thread: threads.index(tid), call, arg0: arg0!, arg1: arg1!, arg2: arg2!, arg3: arg3!, arg4: arg4!, arg5: arg5! };
  });
  const callParts = calls.entries.map((call) => call.split(" ").map(Number));
  return {
    threads: threads.entries,
    callNr: callParts.map((parts) => parts[0]!),
    callFlags: callParts.map((parts) => parts[1]!),
    ...columnsFrom(rows, ["time", "thread", "call", "arg0", "arg1", "arg2", "arg3", "arg4", "arg5"]),
  };
}

/** Gives each distinct value an index, in order of first use. */
class Dictionary<T> {
  readonly entries: T[] = [];
  private readonly indexes = new Map<T, number>();

  index(value: T): number {
    let index = this.indexes.get(value);
    if (index === undefined) {
      index = this.entries.length;
      this.entries.push(value);
      this.indexes.set(value, index);
    }
    return index;
  }
}

export function columnsFrom<K extends string>(
  rows: readonly { readonly [key in K]: Value }[],
  names: readonly K[],
): { [column: string]: Value[] } {
  return Object.fromEntries(names.map((name) => [name, rows.map((row) => row[name])]));
}

