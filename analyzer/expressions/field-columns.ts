// Fields of events as blocks of numbers: reads the columns of one batch of events and what they refer
// to. Text becomes a number of the dictionary, looked up once for each string of the recording and
// each system call, not once for each event. An event of a kind that lacks the field has NaN.

import { TaskFlag } from "../../assembly/format.js";
import type { Arch } from "../../assembly/format.js";
import { EventKind, WakerKind } from "../../assembly/tables.js";
import type { EventBatch } from "../event-batch.js";
import { syscallAbi, syscallName } from "../syscalls/names.js";
import { className } from "../views/classes.js";
import type { Dictionary } from "./dictionary.js";
import type { FieldName } from "./fields.js";
import type { Values } from "./operators.js";

/** Errors are -1 to -ErrnoMax. */
const ErrnoMax = 4095;

/** Writes the field of `count` events from row `from` on. */
export type FieldFill = (columns: FieldColumns, out: Values, from: number, count: number) => void;

export class FieldColumns {
  readonly dictionary: Dictionary;
  readonly kindTexts: readonly number[];
  readonly stateTexts: readonly number[];
  readonly interrupt: number;
  #batch: EventBatch | undefined;
  /** Which batch an entry of #textIds is of: strings are numbered anew in each recording. */
  #generation = 0;
  #generations = new Uint32Array(0);
  #textIds = new Uint32Array(0);
  #calls = new Map<number, number>();
  #callsOf = "";

  constructor(dictionary: Dictionary) {
    this.dictionary = dictionary;
    this.kindTexts = ["syscall", "period", "wakeup"].map((text) => dictionary.constant(text));
    const states = Array.from({ length: 256 }, (_, value) => className(value));
    this.stateTexts = states.map((text) => dictionary.constant(text));
    this.interrupt = dictionary.constant("[interrupt]");
  }

  get batch(): EventBatch {
    return this.#batch!;
  }

  begin(batch: EventBatch): void {
    this.#batch = batch;
    this.#generation++;
    const callsOf = `${batch.names.recording.arch[0]} ${this.dictionary.epoch}`;
    if (callsOf !== this.#callsOf) this.#calls.clear();
    this.#callsOf = callsOf;
  }

  /** The dictionary's number for a string of the recording. */
  textId(string: number): number {
    if (string >= this.#textIds.length) this.#grow(string + 1);
    if (this.#generations[string] !== this.#generation) {
      this.#generations[string] = this.#generation;
      this.#textIds[string] = this.dictionary.id(this.batch.names.string(string));
    }
    return this.#textIds[string]!;
  }

  /** The dictionary's number for the name of a system call. */
  callId(nr: number, compat: number): number {
    const key = nr * 2 + compat;
    let id = this.#calls.get(key);
    if (id === undefined) {
      const arch: Arch = this.batch.names.recording.arch[0]!;
      id = this.dictionary.id(syscallName(syscallAbi(arch, compat === 1), nr));
      this.#calls.set(key, id);
    }
    return id;
  }

  #grow(length: number): void {
    const larger = Math.max(1024, 2 * length);
    const generations = new Uint32Array(larger);
    const ids = new Uint32Array(larger);
    generations.set(this.#generations);
    ids.set(this.#textIds);
    this.#generations = generations;
    this.#textIds = ids;
  }
}

/** How each field is read. What an event of another kind has there is for the caller to remove. */
export const fieldFills: Readonly<Record<FieldName, FieldFill>> = {
  comm: (columns, out, from, count) => fillTexts(columns, out, columns.batch.events.comm, from, count),
  pid: ({ batch }, out, from, count) => gather(out, batch.names.threads.pid, batch.events.thread, from, count),
  tid: ({ batch }, out, from, count) => gather(out, batch.names.threads.tid, batch.events.thread, from, count),
  cpu: ({ batch }, out, from, count) => out.set(batch.events.cpu.subarray(from, from + count)),
  time: ({ batch }, out, from, count) => out.set(batch.events.timeNs.subarray(from, from + count)),
  user: (columns, out, from, count) => fillKernel(columns, out, 0, from, count),
  kernel: (columns, out, from, count) => fillKernel(columns, out, 1, from, count),
  kind: ({ batch, kindTexts }, out, from, count) => gather(out, kindTexts, batch.events.kind, from, count),
  syscall: fillCalls,
  nr: ({ batch: { events } }, out, from, count) => {
    for (let i = 0; i < count; i++) out[i] = events.nr[from + i]! < 0 ? NaN : events.nr[from + i]!;
  },
  ret: ({ batch }, out, from, count) => out.set(batch.events.result.subarray(from, from + count)),
  errno: ({ batch: { events } }, out, from, count) => {
    for (let i = 0; i < count; i++) {
      const result = events.result[from + i]!;
      out[i] = result < 0 && result >= -ErrnoMax ? -result : 0;
    }
  },
  latency: fillLatencies,
  oncpu: ({ batch: { events } }, out, from, count) => {
    for (let i = 0; i < count; i++) {
      const duration = events.durationNs[from + i]!;
      out[i] = duration < 0 ? NaN : duration - events.offcpuNs[from + i]!;
    }
  },
  offcpu: ({ batch: { events } }, out, from, count) => {
    for (let i = 0; i < count; i++) {
      out[i] = events.durationNs[from + i]! < 0 ? NaN : events.offcpuNs[from + i]!;
    }
  },
  duration: ({ batch: { events } }, out, from, count) => {
    for (let i = 0; i < count; i++) {
      const duration = events.durationNs[from + i]!;
      out[i] = duration < 0 ? NaN : duration;
    }
  },
  blocked: ({ batch }, out, from, count) => out.set(batch.events.blockedNs.subarray(from, from + count)),
  runnable: ({ batch }, out, from, count) => out.set(batch.events.runnableNs.subarray(from, from + count)),
  preempted: ({ batch: { events } }, out, from, count) => {
    for (let i = from; i < from + count; i++) {
      out[i - from] = events.durationNs[i]! - events.blockedNs[i]! - events.runnableNs[i]!;
    }
  },
  state: ({ batch, stateTexts }, out, from, count) => gather(out, stateTexts, batch.events.class, from, count),
  waker: fillWakers,
  waker_pid: ({ batch }, out, from, count) => fillWakerIds(batch, batch.names.threads.pid, out, from, count),
  waker_tid: ({ batch }, out, from, count) => fillWakerIds(batch, batch.names.threads.tid, out, from, count),
};

/** out[i] = values[rows[from + i]] */
function gather(
  out: Values,
  values: ArrayLike<number>,
  rows: ArrayLike<number>,
  from: number,
  count: number,
): void {
  for (let i = 0; i < count; i++) out[i] = values[rows[from + i]!]!;
}

function fillTexts(
  columns: FieldColumns,
  out: Values,
  strings: Uint32Array,
  from: number,
  count: number,
): void {
  for (let i = 0; i < count; i++) out[i] = columns.textId(strings[from + i]!);
}

/** 1 for kernel threads where `isKernel` is 1, for all others where it is 0. */
function fillKernel({ batch }: FieldColumns, out: Values, isKernel: 0 | 1, from: number, count: number): void {
  const { flags } = batch.names.threads;
  for (let i = 0; i < count; i++) {
    const bit = (flags[batch.events.thread[from + i]!]! & TaskFlag.KernelThread) === 0 ? 0 : 1;
    out[i] = bit === isKernel ? 1 : 0;
  }
}

function fillCalls(columns: FieldColumns, out: Values, from: number, count: number): void {
  const { nr, compat } = columns.batch.events;
  for (let i = 0; i < count; i++) {
    out[i] = nr[from + i]! < 0 ? NaN : columns.callId(nr[from + i]!, compat[from + i]!);
  }
}

/** From entry to exit of a call; from wakeup to run of a period that was ended by one. */
function fillLatencies({ batch: { events } }: FieldColumns, out: Values, from: number, count: number): void {
  for (let i = from; i < from + count; i++) {
    if (events.kind[i] === EventKind.Syscall) {
      out[i - from] = events.durationNs[i]! < 0 ? NaN : events.durationNs[i]!;
    } else {
      out[i - from] = events.wakerKind[i] === WakerKind.None ? NaN : events.runnableNs[i]!;
    }
  }
}

function fillWakers(columns: FieldColumns, out: Values, from: number, count: number): void {
  const { events, names } = columns.batch;
  for (let i = 0; i < count; i++) {
    const kind = events.wakerKind[from + i];
    if (kind === WakerKind.None) out[i] = NaN;
    else if (kind !== WakerKind.Thread) out[i] = columns.interrupt;
    else out[i] = columns.textId(names.threads.comm[events.waker[from + i]!]!);
  }
}

function fillWakerIds(
  { events }: EventBatch,
  ids: Uint32Array,
  out: Values,
  from: number,
  count: number,
): void {
  for (let i = 0; i < count; i++) {
    out[i] = events.wakerKind[from + i] === WakerKind.Thread ? ids[events.waker[from + i]!]! : NaN;
  }
}
