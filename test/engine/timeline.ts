// Draws time: an ASCII timeline becomes a recording, and the lanes of its threads what must be
// made of it. One column is one millisecond. Lanes, each between bars:
//
//   cpu0 |..AAAA....BB|   who is on that CPU; "." is idle. A change is a Switch record at its column
//    how |......D.....|   under a cpu lane: how prev leaves there (below); asleep (S) if not said
//   fate |..........~.|   under a cpu lane: "~" that Switch record vanishes, "?" it is lost (a gap),
//                         "l" it comes late, behind a Sync that is later than it
//   wake |........A...|   a Wake of that thread at that column
//     by |........B...|   under a wake lane: who woke it. "." the idle thread, "!" an interrupt over
//                         some thread (Z), "?" a thread outside the filters
//   seen, fork, exit      a Task record of that thread
//   lost0 |...xxx.....|   a Lost record of cpu 0's switches over these columns (lost* : every cpu)
//      A |????bbbbrr##|   expected: how each millisecond of A's life is accounted:
//                         # on CPU, b blocked, r runnable, p preempted, ? unknown, n runnable
//                         before its first run, blank not alive. A's second life is A2.
//
// how: S asleep, D uninterruptible, p preempted, y yield, x dead, i idle kernel thread, t stopped

import * as format from "../oracle/format.js";
import {
  RecordingBuilder,
  type SwitchEvent,
  type SyscallEvent,
  type TaskEvent,
  type WakeEvent,
} from "../recordings/build.js";
import { MemorySink } from "../recordings/write.js";

export const millisecond = 1_000_000;
const start = 1000 * millisecond;

export interface Call {
  thread: string;
  nr: number;
  /** Columns of its enter and exit. */
  from: number;
  to: number;
  userStack?: boolean;
  compat?: boolean;
  /** Columns off the CPU inside it, as the kernel counted them. */
  offcpu?: number;
  /** Its enter was not seen. */
  noEnter?: boolean;
  result?: number;
  /** The record never came. */
  lost?: boolean;
}

export interface TimelineOptions {
  calls?: readonly Call[];
  /** Every switch-in brings a kernel stack; "user": and a user stack; "each": another one each time. */
  stacks?: "kernel" | "user" | "each";
}

/** Sums of one life as the drawing has them, in milliseconds. */
export interface ExpectedLife {
  name: string;
  tid: number;
  onCpu: number;
  blocked: number;
  runnable: number;
  preempted: number;
  unknown: number;
  /** Of the runs of b, r and p: by edge, how many and how long. */
  periods: { [edge in "none" | "start" | "end"]?: { count: number; milliseconds: number } };
}

export interface Timeline {
  bytes: Uint8Array;
  lives: ExpectedLife[];
}

interface Lane {
  name: string;
  columns: string;
}

const leaving: { readonly [how: string]: { state: number; flags: number } } = {
  S: { state: 1, flags: 0 },
  D: { state: 2, flags: 0 },
  p: { state: 0, flags: format.SwitchFlag.Preempted },
  y: { state: 0, flags: 0 },
  x: { state: 0x80, flags: 0 },
  i: { state: 0x402, flags: 0 },
  t: { state: 4, flags: 0 },
};

export function timeline(drawing: string, options: TimelineOptions = {}): Timeline {
  const lanes = parseLanes(drawing);
  return { bytes: record(lanes, options), lives: lanes.filter(isLife).map(expectedLife) };
}

function parseLanes(drawing: string): Lane[] {
  const lanes: Lane[] = [];
  for (const line of drawing.split("\n")) {
    if (line.trim() === "") continue;
    const match = /^\s*(\S+)\s*\|(.*)\|$/.exec(line);
    if (match === null) throw new Error(`not a lane: ${line}`);
    lanes.push({ name: match[1]!, columns: match[2]! });
  }
  const length = lanes[0]!.columns.length;
  const odd = lanes.find((lane) => lane.columns.length !== length);
  if (odd !== undefined) throw new Error(`lane ${odd.name} is not ${length} columns long`);
  return lanes;
}

function isLife(lane: Lane): boolean {
  return /^[A-Z][0-9]?$/.test(lane.name);
}

function tidOf(name: string): number {
  return name === "." ? 0 : name.charCodeAt(0);
}

function timeOf(column: number): number {
  return start + column * millisecond;
}

interface TimedSwitch {
  cpu: number;
  event: SwitchEvent;
  fate: string;
}

function record(lanes: readonly Lane[], options: TimelineOptions): Uint8Array {
  const sink = new MemorySink();
  const builder = new RecordingBuilder(sink.put, { startNs: start, cpus: 4 });
  const end = timeOf(lanes[0]!.columns.length);
  const switches = lanes.flatMap((lane, i) => {
    if (!lane.name.startsWith("cpu")) return [];
    return switchesOf(builder, lane, below(lanes, i, "how"), below(lanes, i, "fate"), options);
  });
  builder.tasks(tasksOf(lanes));
  builder.lost(lossesOf(lanes));
  for (const [i, lane] of lanes.filter((each) => each.name.startsWith("cpu")).entries()) {
    writeSwitches(
      builder,
      cpuOf(lane),
      switches.filter((each) => each.cpu === cpuOf(lane) && each.fate !== "l"),
    );
    if (i === 0) writeOthers(builder, lanes, options);
  }
  builder.sync(end);
  for (const { cpu, event } of switches.filter((each) => each.fate === "l")) builder.switches(cpu, [event]);
  builder.sync(end);
  builder.writer.end();
  return sink.bytes();
}

/** A lane that belongs to the cpu or wake lane at `index`, with only "." if there is none. */
function below(lanes: readonly Lane[], index: number, name: string): string {
  for (let i = index + 1; lanes[i] !== undefined && ["how", "fate", "by"].includes(lanes[i]!.name); i++) {
    if (lanes[i]!.name === name) return lanes[i]!.columns;
  }
  return ".".repeat(lanes[0]!.columns.length);
}

function cpuOf(lane: Lane): number {
  return Number(lane.name.slice("cpu".length));
}

function switchesOf(
  builder: RecordingBuilder,
  lane: Lane,
  how: string,
  fate: string,
  options: TimelineOptions,
): TimedSwitch[] {
  const switches: TimedSwitch[] = [];
  const { columns } = lane;
  for (let column = 1; column < columns.length; column++) {
    const [prev, next] = [columns[column - 1]!, columns[column]!];
    const mark = how[column]!;
    if (prev === next && mark === ".") continue;
    const call = (options.calls ?? []).find(
      (each) => each.thread === prev && each.from < column && column <= each.to,
    );
    const left = leaving[mark === "." ? "S" : mark]!;
    const flags = left.flags | (call?.compat ? format.SwitchFlag.Compat : 0);
    const event: SwitchEvent = {
      time: timeOf(column),
      prev: tidOf(prev),
      next: tidOf(next),
      state: left.state,
      nr: call?.nr ?? -1,
      flags,
    };
    if (next !== "." && options.stacks !== undefined) {
      event.kernelStack = kernelStack(builder, options.stacks === "each" ? column : 0);
      if (options.stacks === "user") event.userStack = userStack(builder, tidOf(next), "switch");
    }
    switches.push({ cpu: cpuOf(lane), event, fate: fate[column]! });
  }
  return switches;
}

/** Of the stacks "each", of the switch-in at a column. */
export function kernelAddress(column: number): bigint {
  return 0xffffffff_81000000n + BigInt(column);
}

function kernelStack(builder: RecordingBuilder, column: number): number {
  return builder.stack({ kind: "Kernel", pid: 0, time: start, addresses: [kernelAddress(column)] });
}

/** Tells by its address whether a stack came with a switch or with a system call. */
export const userAddress = { switch: 0x1000n, call: 0x2000n } as const;

function userStack(builder: RecordingBuilder, pid: number, from: "switch" | "call"): number {
  return builder.stack({ kind: "User", pid, time: start, addresses: [userAddress[from]] });
}

function writeSwitches(builder: RecordingBuilder, cpu: number, switches: readonly TimedSwitch[]): void {
  let gap = 0;
  for (const { event, fate } of switches) {
    if (fate === "?") gap++;
    if (fate !== ".") continue;
    builder.switches(cpu, [event], gap);
    gap = 0;
  }
}

function writeOthers(builder: RecordingBuilder, lanes: readonly Lane[], { calls }: TimelineOptions): void {
  const wakes = wakesOf(lanes);
  if (wakes.length > 0) builder.wakes(0, wakes);
  const ended = (calls ?? [])
    .filter((call) => !call.lost)
    .map((call): SyscallEvent => {
      const { thread, nr, from, to } = call;
      return {
        time: timeOf(to),
        tid: tidOf(thread),
        nr,
        flags: callFlags(call),
        result: call.result ?? 0,
        duration: call.noEnter ? 0 : (to - from) * millisecond,
        offcpu: (call.offcpu ?? 0) * millisecond,
        userStack: call.userStack ? userStack(builder, tidOf(thread), "call") : 0,
      };
    });
  if (ended.length > 0)
    builder.syscalls(
      0,
      ended.sort((a, b) => a.time - b.time),
    );
}

function callFlags({ compat, noEnter }: Call): number {
  return (compat ? format.SyscallFlag.Compat : 0) | (noEnter ? format.SyscallFlag.NoEnter : 0);
}

function wakesOf(lanes: readonly Lane[]): WakeEvent[] {
  const wakes = lanes.flatMap((lane, i) => {
    if (lane.name !== "wake") return [];
    const by = below(lanes, i, "by");
    return marks([lane], "wake").map(({ thread, column }): WakeEvent => {
      return { time: timeOf(column), ...wakerOf(by[column]!), wakee: tidOf(thread) };
    });
  });
  return wakes.sort((a, b) => a.time - b.time);
}

function wakerOf(mark: string): { waker: number; flags: number } {
  if (mark === ".") return { waker: 0, flags: format.WakeFlag.Interrupt };
  if (mark === "!") return { waker: tidOf("Z"), flags: format.WakeFlag.Interrupt };
  return { waker: mark === "?" ? format.tidOther : tidOf(mark), flags: 0 };
}

function tasksOf(lanes: readonly Lane[]): TaskEvent[] {
  const kinds = { seen: "Seen", fork: "Fork", exit: "Exit" } as const;
  const tasks = Object.entries(kinds).flatMap(([name, kind]) =>
    marks(lanes, name).map(({ thread, column }): TaskEvent => {
      const time = timeOf(column);
      const startTime = kind === "Seen" ? time : 0;
      return { time, kind, tid: tidOf(thread), pid: tidOf(thread), comm: thread.toLowerCase(), startTime };
    }),
  );
  return tasks.sort((a, b) => a.time - b.time);
}

function lossesOf(lanes: readonly Lane[]): Parameters<RecordingBuilder["lost"]>[0] {
  return lanes
    .filter((lane) => lane.name.startsWith("lost"))
    .map((lane) => {
      const cpu = lane.name.slice("lost".length);
      const from = timeOf(lane.columns.indexOf("x"));
      const to = timeOf(lane.columns.lastIndexOf("x") + 1);
      const where = cpu === "*" ? {} : { cpu: Number(cpu) };
      return { ...where, stream: "Switch", reason: "RingFull", from, to, count: 1 };
    });
}

function marks(lanes: readonly Lane[], name: string): { thread: string; column: number }[] {
  return lanes
    .filter((lane) => lane.name === name)
    .flatMap(({ columns }) => [...columns].map((thread, column) => ({ thread, column })))
    .filter(({ thread }) => thread !== ".");
}

function expectedLife({ name, columns }: Lane): ExpectedLife {
  const count = (accounted: string): number =>
    [...columns].filter((column) => accounted.includes(column)).length;
  const life: ExpectedLife = {
    name,
    tid: tidOf(name),
    onCpu: count("#"),
    blocked: count("b"),
    runnable: count("rn"),
    preempted: count("p"),
    unknown: count("?"),
    periods: {},
  };
  for (const run of columns.matchAll(/[brp]+/g)) {
    const edge = run.index === 0 ? "start" : run.index + run[0].length === columns.length ? "end" : "none";
    const periods = (life.periods[edge] ??= { count: 0, milliseconds: 0 });
    periods.count++;
    periods.milliseconds += run[0].length;
  }
  return life;
}
