// Blocks -> the records that change a thread's state, in the order every reader must take them
// (section Order of capture/FORMAT.md): at each Sync what is older than it, at the end the rest.
// Finds the losses that no record explains. What of it lies in the part that is looked at, the window
// knows. Knows nothing of threads.

import * as format from "./format.js";
import type { Block, Recording } from "./read.js";
import type { Window } from "./window.js";

interface Place {
  time: bigint;
  rank: number;
  /** Of the block that holds the record. */
  cpu: number;
}

export interface LostRecord extends Place {
  kind: "Lost";
  lostCpu: number;
  stream: number;
  /** 0: found by the reader. */
  reason: number;
  from: bigint;
  count: bigint;
}

export interface TaskRecord extends Place {
  kind: "Task";
  task: number;
  tid: number;
  pid: number;
  parent: number;
  startTime: bigint;
  comm: number;
  flags: number;
  cgroup: bigint;
}

export interface WakeRecord extends Place {
  kind: "Wake";
  waker: number;
  wakee: number;
  flags: number;
}

export interface SyscallRecord extends Place {
  kind: "Syscall";
  tid: number;
  nr: number;
  flags: number;
  result: bigint;
  duration: bigint;
  offcpu: bigint;
  userStack: number;
}

export interface SwitchRecord extends Place {
  kind: "Switch";
  prev: number;
  next: number;
  state: number;
  nr: number;
  flags: number;
  kernelStack: number;
  userStack: number;
}

export interface ArgumentsRecord extends Place {
  kind: "Arguments";
  tid: number;
  nr: number;
  flags: number;
  /** arg0 to arg5. */
  values: bigint[];
}

export interface StringArgumentRecord extends Place {
  kind: "StringArgument";
  tid: number;
  argument: number;
  flags: number;
  /** String id. */
  text: number;
}

export interface SnapshotRecord extends Place {
  kind: "Snapshot";
  tid: number;
  state: number;
  nr: number;
  flags: number;
  kernelStack: number;
  userStack: number;
}

export type TimedRecord =
  | LostRecord
  | TaskRecord
  | StringArgumentRecord
  | ArgumentsRecord
  | WakeRecord
  | SyscallRecord
  | SwitchRecord
  | SnapshotRecord;

const rankOf = {
  Lost: 0,
  Task: 1,
  StringArgument: 2,
  Arguments: 3,
  Wake: 4,
  Syscall: 5,
  Switch: 6,
  Snapshot: 7,
} as const;

/** Every record that counts, in the order it is to be taken. */
export function* recordsInOrder(recording: Recording, window: Window): Generator<TimedRecord> {
  const losses = new LossFinder(window);
  let waiting: TimedRecord[] = [];
  for (const block of recording.blocks) {
    if (block.columns === undefined) continue;
    if (block.type === format.BlockType.Sync) {
      yield* sorted(waiting.filter((record) => record.time < block.firstNs));
      waiting = waiting.filter((record) => record.time >= block.firstNs);
      continue;
    }
    const found = losses.gapBefore(block);
    if (found !== undefined) waiting.push(found);
    for (const record of recordsOf(block)) {
      if (record.kind === "Lost") losses.explain(record);
      if (window.counts(record)) waiting.push(record);
    }
  }
  yield* sorted(waiting);
}

/** By (time, rank, cpu); the sort is stable, so that the position in the file comes last. */
function sorted(records: TimedRecord[]): TimedRecord[] {
  return records.sort((a, b) => {
    if (a.time !== b.time) return a.time < b.time ? -1 : 1;
    return a.rank - b.rank || a.cpu - b.cpu;
  });
}

export function recordsOf(block: Block): TimedRecord[] {
  switch (block.type) {
    case format.BlockType.Lost:
      return lostRecords(block);
    case format.BlockType.Task:
      return taskRecords(block);
    case format.BlockType.Wake:
      return wakeRecords(block);
    case format.BlockType.Syscall:
      return syscallRecords(block);
    case format.BlockType.Switch:
      return switchRecords(block);
    case format.BlockType.Arguments:
      return argumentsRecords(block);
    case format.BlockType.StringArgument:
      return stringArgumentRecords(block);
    case format.BlockType.Snapshot:
      return snapshotRecords(block);
    default:
      return [];
  }
}

function lostRecords(block: Block): LostRecord[] {
  const columns = block.columns!;
  return columns.bigints("from").map((from, i) => ({
    kind: "Lost",
    time: from + columns.bigints("span")[i]!,
    rank: rankOf.Lost,
    cpu: block.cpu,
    lostCpu: columns.numbers("cpu")[i]!,
    stream: columns.numbers("stream")[i]!,
    reason: columns.numbers("reason")[i]!,
    from,
    count: columns.bigints("count")[i]!,
  }));
}

function taskRecords(block: Block): TaskRecord[] {
  const columns = block.columns!;
  return columns.bigints("time").map((time, i) => ({
    kind: "Task",
    time,
    rank: rankOf.Task,
    cpu: block.cpu,
    task: columns.numbers("kind")[i]!,
    tid: columns.numbers("tid")[i]!,
    pid: columns.numbers("pid")[i]!,
    parent: columns.numbers("parent")[i]!,
    startTime: columns.bigints("startTime")[i]!,
    comm: columns.numbers("comm")[i]!,
    flags: columns.numbers("flags")[i]!,
    cgroup: columns.bigints("cgroup")[i]!,
  }));
}

function wakeRecords(block: Block): WakeRecord[] {
  const columns = block.columns!;
  const threads = columns.numbers("threads");
  return columns.bigints("time").map((time, i) => ({
    kind: "Wake",
    time,
    rank: rankOf.Wake,
    cpu: block.cpu,
    waker: threads[columns.numbers("waker")[i]!]!,
    wakee: threads[columns.numbers("wakee")[i]!]!,
    flags: columns.numbers("flags")[i]!,
  }));
}

function syscallRecords(block: Block): SyscallRecord[] {
  const columns = block.columns!;
  const threads = columns.numbers("threads");
  return columns.bigints("time").map((time, i) => {
    const call = columns.numbers("call")[i]!;
    return {
      kind: "Syscall",
      time,
      rank: rankOf.Syscall,
      cpu: block.cpu,
      tid: threads[columns.numbers("thread")[i]!]!,
      nr: columns.numbers("callNr")[call]!,
      flags: columns.numbers("callFlags")[call]!,
      result: columns.bigints("result")[i]!,
      duration: columns.bigints("duration")[i]!,
      offcpu: columns.bigints("offcpu")[i]!,
      userStack: columns.numbers("userStack")[i]!,
    };
  });
}

function argumentsRecords(block: Block): ArgumentsRecord[] {
  const columns = block.columns!;
  const threads = columns.numbers("threads");
  const values = ["arg0", "arg1", "arg2", "arg3", "arg4", "arg5"].map((name) => columns.bigints(name));
  return columns.bigints("time").map((time, i) => {
    const call = columns.numbers("call")[i]!;
    return {
      kind: "Arguments",
      time,
      rank: rankOf.Arguments,
      cpu: block.cpu,
      tid: threads[columns.numbers("thread")[i]!]!,
      nr: columns.numbers("callNr")[call]!,
      flags: columns.numbers("callFlags")[call]!,
      values: values.map((column) => column[i]!),
    };
  });
}

function stringArgumentRecords(block: Block): StringArgumentRecord[] {
  const columns = block.columns!;
  return columns.bigints("time").map((time, i) => ({
    kind: "StringArgument",
    time,
    rank: rankOf.StringArgument,
    cpu: block.cpu,
    tid: columns.numbers("thread")[i]!,
    argument: columns.numbers("argument")[i]!,
    flags: columns.numbers("flags")[i]!,
    text: columns.numbers("text")[i]!,
  }));
}

function snapshotRecords(block: Block): SnapshotRecord[] {
  const columns = block.columns!;
  return columns.bigints("time").map((time, i) => ({
    kind: "Snapshot",
    time,
    rank: rankOf.Snapshot,
    cpu: block.cpu,
    tid: columns.numbers("thread")[i]!,
    state: columns.numbers("state")[i]!,
    nr: columns.numbers("nr")[i]!,
    flags: columns.numbers("flags")[i]!,
    kernelStack: columns.numbers("kernelStack")[i]!,
    userStack: columns.numbers("userStack")[i]!,
  }));
}

function switchRecords(block: Block): SwitchRecord[] {
  const columns = block.columns!;
  const threads = columns.numbers("threads");
  let cameOn = 0; // the thread that the record before switched to
  return columns.bigints("time").map((time, i) => {
    const prevIndex = columns.numbers("prev")[i]!;
    const prev = prevIndex === 0 ? cameOn : threads[prevIndex - 1]!;
    cameOn = threads[columns.numbers("next")[i]!]!;
    const reason = columns.numbers("reason")[i]!;
    return {
      kind: "Switch",
      time,
      rank: rankOf.Switch,
      cpu: block.cpu,
      prev,
      next: cameOn,
      state: columns.numbers("reasonState")[reason]!,
      nr: columns.numbers("reasonNr")[reason]!,
      flags: columns.numbers("reasonFlags")[reason]!,
      kernelStack: columns.numbers("kernelStack")[i]!,
      userStack: columns.numbers("userStack")[i]!,
    };
  });
}

interface StreamPosition {
  nextSeq: bigint;
  lastNs: bigint;
  explained: bigint;
  /** Whether the block before, or else the stream's beginning, lies in the window. */
  inWindow: boolean;
}

/** Follows the sequence numbers of every event stream. */
class LossFinder {
  private readonly streams = new Map<string, StreamPosition>();

  constructor(private readonly window: Window) {}

  explain(lost: LostRecord): void {
    this.stream(lost.stream, lost.lostCpu).explained += lost.count;
  }

  gapBefore(block: Block): LostRecord | undefined {
    if (!format.isEventStream(block.type)) return undefined;
    const stream = this.stream(block.type, block.cpu);
    const count = block.firstSeq - stream.nextSeq - stream.explained;
    const from = stream.lastNs;
    const inWindow = this.window.overlaps(block);
    const isBetween = stream.inWindow && inWindow;
    stream.nextSeq = block.firstSeq + BigInt(block.records);
    stream.lastNs = block.lastNs;
    stream.explained = 0n;
    stream.inWindow = inWindow;
    if (count <= 0n || !isBetween) return undefined;
    return {
      kind: "Lost",
      time: block.firstNs,
      rank: rankOf.Lost,
      cpu: block.cpu,
      lostCpu: block.cpu,
      stream: block.type,
      reason: 0,
      from,
      count,
    };
  }

  private stream(type: number, cpu: number): StreamPosition {
    const key = `${type}/${cpu}`;
    let stream = this.streams.get(key);
    if (stream === undefined) {
      const { start, isCutOff } = this.window;
      stream = { nextSeq: 0n, lastNs: start, explained: 0n, inWindow: !isCutOff };
      this.streams.set(key, stream);
    }
    return stream;
  }
}
