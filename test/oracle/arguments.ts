// Which arguments belong to which call ("Arguments of a call" of capture/FORMAT.md): takes records in
// their order, keeps what waits for its call's end, and gives one row per call that has arguments.

import type { Definitions } from "./definitions.js";
import * as format from "./format.js";
import type { ArgumentsRecord, StringArgumentRecord, SyscallRecord, TimedRecord } from "./records.js";

export interface StringArgument {
  argument: number;
  text: string;
  truncated: boolean;
  unreadable: boolean;
}

export interface CallArguments {
  tid: number;
  nr: number;
  compat: boolean;
  /** Of the call's beginning. */
  time: bigint;
  duration: bigint;
  result: bigint;
  /** arg0 to arg5. */
  values: bigint[];
  /** Ascending by argument. */
  strings: StringArgument[];
}

/** What of one thread and time waits for the call's end. */
interface Waiting {
  time: bigint;
  record?: ArgumentsRecord;
  /** By argument. */
  strings: Map<number, StringArgumentRecord>;
}

const argumentsMax = 6;

export class ArgumentsJoin {
  readonly calls: CallArguments[] = [];
  /** By thread. */
  private readonly waiting = new Map<number, Waiting>();

  constructor(private readonly definitions: Definitions) {}

  take(record: TimedRecord): void {
    if (record.kind === "StringArgument") this.takeString(record);
    else if (record.kind === "Arguments") this.takeArguments(record);
    else if (record.kind === "Syscall") this.takeCall(record);
  }

  private takeString(record: StringArgumentRecord): void {
    if (record.argument >= argumentsMax) return;
    this.waitingAt(record)?.strings.set(record.argument, record);
  }

  private takeArguments(record: ArgumentsRecord): void {
    const waiting = this.waitingAt(record);
    if (waiting !== undefined) waiting.record = record;
  }

  /** Undefined for a thread that is none. */
  private waitingAt({ tid, time }: { tid: number; time: bigint }): Waiting | undefined {
    if (tid === 0 || tid === format.tidOther) return undefined;
    const known = this.waiting.get(tid);
    if (known?.time === time) return known;
    const fresh: Waiting = { time, strings: new Map() };
    this.waiting.set(tid, fresh);
    return fresh;
  }

  private takeCall(record: SyscallRecord): void {
    const waiting = this.waiting.get(record.tid);
    this.waiting.delete(record.tid);
    if (waiting?.record === undefined || record.flags & format.SyscallFlag.NoEnter) return;
    const { time, values, nr: asked, flags } = waiting.record;
    const compat = (record.flags & format.SyscallFlag.Compat) !== 0;
    const sameAbi = compat === ((flags & format.SyscallFlag.Compat) !== 0);
    if (record.time - record.duration !== time || asked !== record.nr || !sameAbi) return;
    const { tid, nr, duration, result } = record;
    const strings = [...waiting.strings.values()].map((string) => this.text(string));
    strings.sort((a, b) => a.argument - b.argument);
    this.calls.push({ tid, nr, compat, time, duration, result, values, strings });
  }

  private text({ argument, flags, text }: StringArgumentRecord): StringArgument {
    const { Truncated, Unreadable } = format.StringArgumentFlag;
    return {
      argument,
      text: this.definitions.unreferencedString(text),
      truncated: (flags & Truncated) !== 0,
      unreadable: (flags & Unreadable) !== 0,
    };
  }
}
