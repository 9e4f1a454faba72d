// Which threads, periods, calls and events an answer is about: filters as a person asks them, and
// what they mean for the rows of one recording. Everything asked must be true of a row. A row that
// does not have what is asked for (an error, of a period; a state, of a wakeup) is not selected:
// filters leave out, they never let through what they cannot judge. Answers by thread, by name and by
// stack are kept, since rows by the million share them; what is not asked costs nothing.

import { ClassUnknown, OffcpuClass } from "../../assembly/format.js";
import { EventKind } from "../../assembly/tables.js";
import type { Analysis, Names } from "../analysis.js";
import { syscallAbi, syscallNumber } from "../syscalls/names.js";
import type { CallsTable, EventsTable } from "../tables.js";
import { isBlocked } from "./classes.js";
import { StackMatch } from "./stack-match.js";
import { matchesText } from "./text-match.js";
import type { TextMatch } from "./text-match.js";
import { cgroupName, hostName, isKernelThread } from "./threads.js";

/**
 * States in which a thread is off the CPU: asleep as ps shows it, S or D; the CPU taken from it;
 * runnable, having yielded; blocked, which is every state but preempted and runnable.
 */
export type StateName = "S" | "D" | "preempted" | "runnable" | "blocked";

/** What must be true of a row. What is not given is not asked; an empty list selects nothing. */
export interface SelectionOptions {
  readonly pids?: readonly number[];
  readonly tids?: readonly number[];
  /** Pids of parents: only threads of their children. */
  readonly parents?: readonly number[];
  readonly threads?: "user" | "kernel";
  /** The thread's name: of a period or an event, its name then. */
  readonly comm?: TextMatch;
  /** Names, or numbers of the recorded kernel's own ABI; of a period, the call it was in. */
  readonly syscalls?: readonly string[];
  /** What a call returned; 0 is success. */
  readonly errnos?: readonly number[];
  /** Of a sum of calls: that it spent time in. */
  readonly states?: readonly StateName[];
  /** The cgroup's path where it is known, else its id. */
  readonly cgroup?: TextMatch;
  /** The name of a frame of the kernel or the user stack. */
  readonly stack?: RegExp;
  /** No frame has such a name. */
  readonly notStack?: RegExp;
  readonly host?: TextMatch;
}

/** SelectionOptions of the rows of one recording. */
export interface Selection {
  /** Whether anything of this recording's host can be selected. */
  host(): boolean;
  /** By who it is alone: a row of threads. */
  thread(row: number): boolean;
  /** A row of offcpu. */
  period(row: number): boolean;
  /** A row of syscalls. It has no stacks; see join. */
  call(row: number): boolean;
  /** A row of calls. */
  join(row: number): boolean;
  event(events: EventsTable, row: number): boolean;
  /** A row of heat. It has neither errors nor stacks; a period's call is not known, nor a call's state. */
  heat(row: number): boolean;
}

/** By recording and options: compiled once, however many views ask. */
const selections = new WeakMap<Names, WeakMap<SelectionOptions, Selection>>();

/** `recording`: an analysis, or the names beside a batch of events, which have no other rows. */
export function selectionOf(recording: Analysis | Names, options: SelectionOptions): Selection {
  let ofRecording = selections.get(recording);
  if (ofRecording === undefined) selections.set(recording, (ofRecording = new WeakMap()));
  let selection = ofRecording.get(options);
  if (selection === undefined) {
    selection = new RowSelection(recording as Analysis, options);
    ofRecording.set(options, selection);
  }
  return selection;
}

class RowSelection implements Selection {
  readonly #analysis: Analysis;
  readonly #isHost: boolean;
  /** By row of threads: 1 selected. */
  readonly #threads: Uint8Array | undefined;
  /** By string. */
  readonly #comms: Map<number, boolean> | undefined;
  readonly #comm: TextMatch | undefined;
  readonly #calls: CallNumbers | undefined;
  readonly #errnos: ReadonlySet<number> | undefined;
  /** Bit for each OffcpuClass. */
  readonly #classes: number | undefined;
  readonly #stack: StackMatch | undefined;
  readonly #notStack: StackMatch | undefined;

  constructor(analysis: Analysis, options: SelectionOptions) {
    const { comm, syscalls, errnos, states, stack, notStack, host } = options;
    this.#analysis = analysis;
    this.#isHost = host === undefined || matchesText(host, hostName(analysis));
    this.#threads = threadsOf(analysis, options);
    this.#comm = comm;
    this.#comms = comm === undefined ? undefined : new Map();
    this.#calls = syscalls === undefined ? undefined : new CallNumbers(analysis, syscalls);
    this.#errnos = errnos === undefined ? undefined : new Set(errnos.map(Math.abs));
    this.#classes = states === undefined ? undefined : classMask(states);
    this.#stack = stack === undefined ? undefined : new StackMatch(analysis, stack);
    this.#notStack = notStack === undefined ? undefined : new StackMatch(analysis, notStack);
  }

  host(): boolean {
    return this.#isHost;
  }

  thread(row: number): boolean {
    return this.#isThread(row, this.#analysis.threads.comm[row]!);
  }

  period(row: number): boolean {
    const { thread, comm, nr, compat, class: classes, kernelStack, userStack } = this.#analysis.offcpu;
    return (
      this.#errnos === undefined &&
      this.#isThread(thread[row]!, comm[row]!) &&
      this.#isCall(nr[row]!, compat[row]!) &&
      this.#isClass(classes[row]!) &&
      this.#isStack(kernelStack[row]!, userStack[row]!)
    );
  }

  call(row: number): boolean {
    const { thread, nr, compat, errno } = this.#analysis.syscalls;
    return (
      this.#classes === undefined &&
      this.#isThread(thread[row]!, this.#lastComm(thread[row]!)) &&
      this.#isCall(nr[row]!, compat[row]!) &&
      this.#isErrno(errno[row]!) &&
      this.#isStack(0, 0)
    );
  }

  join(row: number): boolean {
    const { thread, nr, compat, errno, kernelStack, userStack } = this.#analysis.calls;
    return (
      this.#isThread(thread[row]!, this.#lastComm(thread[row]!)) &&
      this.#isCall(nr[row]!, compat[row]!) &&
      this.#isErrno(errno[row]!) &&
      (this.#classes === undefined || (this.#classes & classesOf(this.#analysis.calls, row)) !== 0) &&
      this.#isStack(kernelStack[row]!, userStack[row]!)
    );
  }

  event(events: EventsTable, row: number): boolean {
    const kind: EventKind = events.kind[row]!;
    if (kind !== EventKind.Syscall && this.#errnos !== undefined) return false;
    if (kind !== EventKind.Period && this.#classes !== undefined) return false;
    return (
      this.#isThread(events.thread[row]!, events.comm[row]!) &&
      this.#isCall(events.nr[row]!, events.compat[row]!) &&
      this.#isErrno(errnoOf(events.result[row]!)) &&
      this.#isClass(events.class[row]!) &&
      this.#isStack(events.kernelStack[row]!, events.userStack[row]!)
    );
  }

  heat(row: number): boolean {
    const { thread, kind, what } = this.#analysis.heat;
    if (this.#errnos !== undefined || !this.#isStack(0, 0)) return false;
    if (!this.#isThread(thread[row]!, this.#lastComm(thread[row]!))) return false;
    if (kind[row] === EventKind.Period) return this.#calls === undefined && this.#isClass(what[row]!);
    return this.#classes === undefined && this.#isCall(what[row]! & 0xffff, what[row]! >> 16);
  }

  #lastComm(thread: number): number {
    return this.#analysis.threads.comm[thread]!;
  }

  #isThread(thread: number, comm: number): boolean {
    if (!this.#isHost || this.#threads?.[thread] === 0) return false;
    if (this.#comms === undefined) return true;
    let isComm = this.#comms.get(comm);
    if (isComm === undefined) {
      isComm = matchesText(this.#comm!, this.#analysis.string(comm));
      this.#comms.set(comm, isComm);
    }
    return isComm;
  }

  #isCall(nr: number, compat: number): boolean {
    return this.#calls === undefined || this.#calls.has(nr, compat);
  }

  #isErrno(errno: number): boolean {
    return this.#errnos === undefined || this.#errnos.has(errno);
  }

  #isClass(value: number): boolean {
    return this.#classes === undefined || (this.#classes & classBit(value)) !== 0;
  }

  #isStack(kernelStack: number, userStack: number): boolean {
    const stack = this.#stack;
    const notStack = this.#notStack;
    if (stack !== undefined && !stack.has(kernelStack) && !stack.has(userStack)) return false;
    return notStack === undefined || !(notStack.has(kernelStack) || notStack.has(userStack));
  }
}

/** By row of threads, what their numbers, kind and cgroup say; undefined where nothing is asked. */
function threadsOf(names: Names, options: SelectionOptions): Uint8Array | undefined {
  const { pids, tids, parents, threads: kind, cgroup } = options;
  const isAsked = [pids, tids, parents, kind, cgroup].some((asked) => asked !== undefined);
  if (!isAsked) return undefined;
  const { threads } = names;
  const parentSet = parents === undefined ? undefined : new Set(parents);
  const pidSet = pids === undefined ? undefined : new Set(pids);
  const tidSet = tids === undefined ? undefined : new Set(tids);
  return Uint8Array.from({ length: threads.length }, (_, row) => {
    const isSelected =
      (pidSet === undefined || pidSet.has(threads.pid[row]!)) &&
      (tidSet === undefined || tidSet.has(threads.tid[row]!)) &&
      (parentSet === undefined || parentSet.has(threads.parent[row]!)) &&
      (kind === undefined || isKernelThread(names, row) === (kind === "kernel")) &&
      (cgroup === undefined || matchesText(cgroup, cgroupName(names, row)));
    return isSelected ? 1 : 0;
  });
}

/** The numbers of calls by name, which differ between the ABIs that one recording holds. */
class CallNumbers {
  readonly #native = new Set<number>();
  readonly #compat = new Set<number>();

  constructor(names: Names, calls: readonly string[]) {
    const arch = names.recording.arch[0]!;
    for (const call of calls) {
      if (/^\d+$/.test(call)) {
        this.#native.add(Number(call));
        continue;
      }
      this.#native.add(syscallNumber(syscallAbi(arch, false), call));
      this.#compat.add(syscallNumber(syscallAbi(arch, true), call));
    }
    // What an ABI does not have; also the nr of periods outside any call.
    this.#native.delete(-1);
    this.#compat.delete(-1);
  }

  has(nr: number, compat: number): boolean {
    return (compat === 1 ? this.#compat : this.#native).has(nr);
  }
}

const ErrnoMax = 4095;

function errnoOf(result: number): number {
  return result < 0 && result >= -ErrnoMax ? -result : 0;
}

/** `value` is an OffcpuClass or ClassUnknown. */
function classBit(value: number): number {
  return 1 << value;
}

const allClasses = Array.from({ length: ClassUnknown + 1 }, (_, value) => value);

function classMask(states: readonly StateName[]): number {
  return states.reduce((mask, state) => mask | stateMask(state), 0);
}

function stateMask(state: StateName): number {
  switch (state) {
    case "S":
      return classBit(OffcpuClass.Interruptible);
    case "D":
      return classBit(OffcpuClass.Uninterruptible);
    case "preempted":
      return classBit(OffcpuClass.Preempted);
    case "runnable":
      return classBit(OffcpuClass.Runnable);
    case "blocked":
      return allClasses.filter(isBlocked).reduce((mask, value) => mask | classBit(value), 0);
  }
}

/** The classes in which a sum of calls spent time. */
function classesOf(calls: CallsTable, row: number): number {
  const bitIf = (ns: bigint, value: number) => (ns > 0n ? classBit(value) : 0);
  return (
    bitIf(calls.interruptibleNs[row]!, OffcpuClass.Interruptible) |
    bitIf(calls.uninterruptibleNs[row]!, OffcpuClass.Uninterruptible) |
    bitIf(calls.otherNs[row]!, OffcpuClass.Other) |
    bitIf(calls.runnableNs[row]!, OffcpuClass.Runnable) |
    bitIf(calls.preemptedNs[row]!, OffcpuClass.Preempted)
  );
}
