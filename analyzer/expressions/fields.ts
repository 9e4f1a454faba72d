// The values that every event has a name for: what an expression can ask for beside the arguments of
// system calls. One table, which the checker looks names up in and the reference page is made of; how
// each is read from the columns of events is in field-columns.ts.

import { EventKind } from "../../assembly/tables.js";

export type ValueType = "number" | "text";

export interface Field {
  readonly name: string;
  /** What argdist and bpftrace call it. */
  readonly aliases: readonly string[];
  readonly type: ValueType;
  /** Of numbers that are times. */
  readonly unit?: "ns";
  /** Which kinds of event have it. */
  readonly kinds: readonly EventKind[];
  /** What it is, for the reference page. */
  readonly meaning: string;
}

const { Syscall, Period, Wakeup } = EventKind;
const all = [Syscall, Period, Wakeup] as const;

const table = [
  { name: "comm", type: "text", kinds: all, meaning: "the thread's name then; of a wakeup, who was woken" },
  { name: "pid", type: "number", kinds: all, meaning: "its process" },
  { name: "tid", type: "number", kinds: all, meaning: "the thread" },
  { name: "cpu", type: "number", kinds: all, meaning: "the CPU on which the event ended" },
  { name: "time", type: "number", unit: "ns", kinds: all, meaning: "when it ended, since the recording's start" },
  { name: "user", type: "number", kinds: all, meaning: "1: not a kernel thread" },
  { name: "kernel", type: "number", kinds: all, meaning: "1: a kernel thread" },
  { name: "kind", type: "text", kinds: all, meaning: '"syscall", "period" or "wakeup"' },
  { name: "syscall", type: "text", kinds: [Syscall, Period], meaning: "the call's name; of a period, the call it was in" },
  { name: "nr", type: "number", kinds: [Syscall, Period], meaning: "that call's number" },
  { name: "ret", type: "number", kinds: [Syscall], meaning: "what the call returned: -4095..-1 are errors" },
  { name: "errno", type: "number", kinds: [Syscall], meaning: "its error, as ENOENT or a number; 0: none" },
  { name: "latency", type: "number", unit: "ns", kinds: [Syscall, Period], meaning: "from entry to exit; of a period, from wakeup until it ran" },
  { name: "oncpu", type: "number", unit: "ns", kinds: [Syscall], meaning: "of the call's latency, on a CPU" },
  { name: "offcpu", type: "number", unit: "ns", kinds: [Syscall], meaning: "of the call's latency, off the CPU" },
  { name: "duration", type: "number", unit: "ns", kinds: [Syscall, Period], meaning: "of the whole call or period" },
  { name: "blocked", type: "number", unit: "ns", kinds: [Period], meaning: "of a period, until the wakeup" },
  { name: "runnable", type: "number", unit: "ns", kinds: [Period], meaning: "of a period, woken and waiting for a CPU" },
  { name: "preempted", type: "number", unit: "ns", kinds: [Period], meaning: "of a period, the CPU having been taken from it" },
  { name: "state", type: "text", kinds: [Period], meaning: '"interruptible", "uninterruptible", "preempted", "runnable", "idle", "other", "unknown"' },
  { name: "waker", type: "text", kinds: [Period, Wakeup], meaning: 'who woke it, "[interrupt]" for an interrupt' },
  { name: "waker_pid", type: "number", kinds: [Period, Wakeup], meaning: "the waker's process" },
  { name: "waker_tid", type: "number", kinds: [Period, Wakeup], meaning: "the waker's thread" },
] as const;

export type FieldName = (typeof table)[number]["name"];

const aliases: Partial<Record<FieldName, readonly string[]>> = {
  ret: ["$retval", "$ret", "retval"],
  latency: ["$latency"],
  pid: ["$PID"],
  tid: ["$TID"],
  comm: ["$COMM"],
};

export const fields: readonly (Field & { readonly name: FieldName })[] = table.map((field) => ({
  ...field,
  aliases: aliases[field.name] ?? [],
}));

const byName = new Map(fields.flatMap((field) => [field.name, ...field.aliases].map((name) => [name, field])));

/** The field of that name or alias. */
export function findField(name: string): (Field & { readonly name: FieldName }) | undefined {
  return byName.get(name);
}

/** A kind of event, as sentences about one call it. */
export function kindText(kind: EventKind): string {
  switch (kind) {
    case EventKind.Syscall:
      return "a system call";
    case EventKind.Period:
      return "an off-CPU period";
    case EventKind.Wakeup:
      return "a wakeup";
  }
}
