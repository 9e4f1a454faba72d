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

export class ArgumentsJoin {
  readonly calls: CallArguments[] = [];
  /** What waits, by thread; it is let go when the thread's next call says that it is not its own. */
  private readonly waiting = new Map<number, ArgumentsRecord>();
  private readonly strings = new Map<number, StringArgumentRecord[]>();

  constructor(private readonly definitions: Definitions) {}

  take(record: TimedRecord): void {
    if (record.kind === "StringArgument") this.takeString(record);
    else if (record.kind === "Arguments") this.waiting.set(record.tid, record);
    else if (record.kind === "Syscall") this.takeCall(record);
  }

  private takeString(record: StringArgumentRecord): void {
    const known = this.strings.get(record.tid) ?? [];
    const together = known.filter(({ time }) => time === record.time);
    this.strings.set(record.tid, [...together, record]);
  }

  private takeCall(record: SyscallRecord): void {
    const found = this.waiting.get(record.tid);
    const strings = this.strings.get(record.tid) ?? [];
    this.waiting.delete(record.tid);
    this.strings.delete(record.tid);
    if (found === undefined || record.flags & format.SyscallFlag.NoEnter) return;
    const { time, values } = found;
    const compat = (record.flags & format.SyscallFlag.Compat) !== 0;
    const sameAbi = compat === ((found.flags & format.SyscallFlag.Compat) !== 0);
    if (record.time - record.duration !== time || found.nr !== record.nr || !sameAbi) return;
    const { tid, nr, duration, result } = record;
    const own = strings.filter((string) => string.time === time).map((string) => this.text(string));
    own.sort((a, b) => a.argument - b.argument);
    this.calls.push({ tid, nr, compat, time, duration, result, values, strings: own });
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
