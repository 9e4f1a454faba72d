// Typed records -> blocks of a recording. Interns strings and stacks, builds the dictionaries of
// the event streams, keeps the sequence number of each stream, and writes every definition before
// the first block that refers to it. Cutting events into blocks is the caller's decision.

import * as format from "../oracle/format.js";
import type { ColumnValues, Value } from "./encode.js";
import { argumentsColumns, columnsFrom, switchColumns, syscallColumns, wakeColumns } from "./event-columns.js";
import type { ArgumentsEvent, SwitchEvent, SyscallEvent, WakeEvent } from "./event-columns.js";
import { RecordingWriter, type Compression, type FileHeaderInput, type Sink } from "./write.js";

export type { ArgumentsEvent, SwitchEvent, SyscallEvent, WakeEvent } from "./event-columns.js";

export interface StringArgumentInput {
  time: number;
  tid: number;
  argument: number;
  flags?: number;
  text: string;
}

export interface TaskEvent {
  time: number;
  kind: keyof typeof format.TaskKind;
  tid: number;
  pid: number;
  parent?: number;
  startTime?: number;
  comm?: string;
  flags?: number;
  cgroup?: number;
}

export interface MapEvent {
  time: number;
  pid: number;
  start: bigint;
  length: number;
  fileOffset?: number;
  object: number;
}

export interface StackInput {
  kind: keyof typeof format.StackKind;
  flags?: number;
  pid: number;
  time: number;
  /** Leaf first. */
  addresses: readonly bigint[];
}

export interface ObjectInput {
  kind: keyof typeof format.ObjectKind;
  path: string;
  device?: number;
  inode?: number;
  buildId?: Uint8Array;
}

export interface SymbolInput {
  address: bigint;
  length: number;
  name: string;
  object: number;
}

/** A dump with its values as they are; the caller sees to it that no stack has its id. */
export interface UserDumpInput {
  id: number;
  pid: number;
  time: number;
  flags?: number;
  /** By number. */
  registers: readonly bigint[];
  stackPointer: bigint;
  /** Words from the stack pointer rounded down to 8. */
  stack: readonly bigint[];
}

export interface SectionInput {
  object: number;
  kind: number;
  address: Value;
  total: number;
  offset: number;
  bytes: Uint8Array;
}

export interface LostInput {
  cpu?: number;
  stream: format.BlockTypeName;
  reason: keyof typeof format.LostReason;
  from: number;
  to: number;
  count: number;
}

type StreamName = "Switch" | "Wake" | "Syscall" | "Arguments";

export class RecordingBuilder {
  readonly writer: RecordingWriter;
  private readonly startNs: number;
  private readonly stringIds = new Map<string, number>([["", 0]]);
  private readonly stackIds = new Map<string, number>();
  private newStrings: string[] = [];
  private newStacks: (StackInput & { id: number })[] = [];
  private newObjects: (ObjectInput & { id: number })[] = [];
  private objects = 0;
  private readonly nextSeq = new Map<string, number>();
  /** Columns of a later minor version, added to every event block. */
  extra: readonly ColumnValues[] = [];

  constructor(
    sink: Sink,
    header: FileHeaderInput & { startNs: number },
    compression: Compression = "smaller",
  ) {
    this.startNs = header.startNs;
    this.writer = new RecordingWriter(sink, header, compression);
  }

  string(text: string): number {
    let id = this.stringIds.get(text);
    if (id === undefined) {
      id = this.stringIds.size;
      this.stringIds.set(text, id);
      this.newStrings.push(text);
    }
    return id;
  }

  object(input: ObjectInput): number {
    const id = ++this.objects;
    this.newObjects.push({ ...input, id });
    return id;
  }

  stack(input: StackInput): number {
    const key = `${input.kind} ${input.flags ?? 0} ${input.pid} ${input.addresses.join(" ")}`;
    let id = this.stackIds.get(key);
    if (id === undefined) {
      id = this.stackIds.size + 1;
      this.stackIds.set(key, id);
      this.newStacks.push({ ...input, id });
    }
    return id;
  }

  meta(pairs: { readonly [key: string]: string }): void {
    const keys = Object.keys(pairs).map(utf8);
    const values = Object.values(pairs).map(utf8);
    this.plain("Meta", keys.length, {
      keyLength: keys.map((bytes) => bytes.length),
      key: concat(keys),
      valueLength: values.map((bytes) => bytes.length),
      value: concat(values),
    });
  }

  clocks(clocks: readonly { monotonic: number; boottime: Value; realtime: Value }[]): void {
    this.plain("Clock", clocks.length, columnsFrom(clocks, ["monotonic", "boottime", "realtime"]));
  }

  tasks(tasks: readonly TaskEvent[]): void {
    if (tasks.length === 0) return;
    const rows = tasks.map((task) => ({
      parent: 0,
      startTime: 0,
      flags: 0,
      cgroup: 0,
      ...task,
      comm: this.string(task.comm ?? ""),
      kind: format.TaskKind[task.kind],
    }));
    this.flushDefinitions();
    const columns = columnsFrom(rows, [
      "time",
      "kind",
      "tid",
      "pid",
      "parent",
      "startTime",
      "comm",
      "flags",
      "cgroup",
    ]);
    const times = tasks.map((task) => task.time);
    const [firstNs, lastNs] = [Math.min(...times), Math.max(...times)];
    this.writer.block({ type: "Task", records: rows.length, firstNs, lastNs, columns });
  }

  maps(maps: readonly MapEvent[]): void {
    if (maps.length === 0) return;
    this.flushDefinitions();
    const rows = maps.map((map) => ({ fileOffset: 0, ...map }));
    this.plain(
      "Map",
      maps.length,
      columnsFrom(rows, ["time", "pid", "start", "length", "fileOffset", "object"]),
    );
  }

  kernelSymbols(symbols: readonly SymbolInput[]): void {
    const rows = symbols.map((symbol) => ({ ...symbol, name: this.string(symbol.name) }));
    this.flushDefinitions();
    this.plain("KernelSymbol", rows.length, columnsFrom(rows, ["address", "length", "name", "object"]));
  }

  /** Consecutive switches of one cpu; `lostBefore` of them were not delivered. */
  switches(cpu: number, events: readonly SwitchEvent[], lostBefore = 0): void {
    this.eventBlock("Switch", cpu, events, lostBefore, switchColumns(events));
  }

  wakes(cpu: number, events: readonly WakeEvent[], lostBefore = 0): void {
    this.eventBlock("Wake", cpu, events, lostBefore, wakeColumns(cpu, events));
  }

  syscalls(cpu: number, events: readonly SyscallEvent[], lostBefore = 0): void {
    this.eventBlock("Syscall", cpu, events, lostBefore, syscallColumns(events));
  }

  arguments(cpu: number, events: readonly ArgumentsEvent[], lostBefore = 0): void {
    this.eventBlock("Arguments", cpu, events, lostBefore, argumentsColumns(events));
  }

  stringArguments(inputs: readonly StringArgumentInput[]): void {
    const rows = inputs.map((input) => ({ flags: 0, ...input, thread: input.tid, text: this.string(input.text) }));
    this.flushDefinitions();
    const columns = columnsFrom(rows, ["time", "thread", "argument", "flags", "text"]);
    this.plain("StringArgument", rows.length, columns);
  }

  userDumps(dumps: readonly UserDumpInput[]): void {
    this.flushDefinitions();
    const packed = dumps.map(packedStack);
    this.plain("UserDump", dumps.length, {
      id: dumps.map(({ id }) => id),
      flags: dumps.map(({ flags }) => flags ?? 0),
      pid: dumps.map(({ pid }) => pid),
      time: dumps.map(({ time }) => time),
      registers: dumps.map(({ registers }) => registers.length),
      length: dumps.map(({ stack }) => stack.length * 8),
      words: packed.map(({ words }) => words.length),
      register: dumps.flatMap(({ registers }) => registers.map((value) => BigInt.asUintN(64, value << 1n))),
      gap: packed.flatMap(({ gaps }) => gaps),
      word: packed.flatMap(({ words }) => words),
    });
  }

  sections(sections: readonly SectionInput[]): void {
    const rows = sections.map((section) => ({ ...section, length: section.bytes.length }));
    this.plain("Section", rows.length, {
      ...columnsFrom(rows, ["object", "kind", "address", "total", "offset", "length"]),
      bytes: concat(sections.map(({ bytes }) => bytes)),
    });
  }

  objectSymbols(symbols: readonly (SymbolInput & { source: number })[]): void {
    const rows = symbols.map((symbol) => ({ ...symbol, name: this.string(symbol.name) }));
    this.flushDefinitions();
    this.plain("ObjectSymbol", rows.length, columnsFrom(rows, ["object", "address", "length", "name", "source"]));
  }

  /** `functions`: innermost first. */
  sourceFrames(
    frames: readonly { object: number; address: bigint; functions: readonly { name: string; file: string; line: number }[] }[],
  ): void {
    const functions = frames.flatMap((frame) =>
      frame.functions.map(({ name, file, line }) => ({ name: this.string(name), file: this.string(file), line })),
    );
    const rows = frames.map(({ object, address, functions: { length } }) => ({ object, address, depth: length }));
    this.flushDefinitions();
    this.plain("SourceFrame", rows.length, {
      ...columnsFrom(rows, ["object", "address", "depth"]),
      ...columnsFrom(functions, ["name", "file", "line"]),
    });
  }

  processSymbols(symbols: readonly { pid: number; time: number; address: bigint; length: number; name: string }[]): void {
    const rows = symbols.map((symbol) => ({ ...symbol, name: this.string(symbol.name) }));
    this.flushDefinitions();
    this.plain("ProcessSymbol", rows.length, columnsFrom(rows, ["pid", "time", "address", "length", "name"]));
  }

  snapshots(
    snapshots: readonly { time: number; thread: number; state: number; nr: number; flags?: number; kernelStack?: number; userStack?: number }[],
  ): void {
    const rows = snapshots.map((snapshot) => ({ flags: 0, kernelStack: 0, userStack: 0, ...snapshot }));
    const names = ["time", "thread", "state", "nr", "flags", "kernelStack", "userStack"] as const;
    this.plain("Snapshot", rows.length, columnsFrom(rows, names));
  }

  cgroups(cgroups: readonly { cgroup: Value; path: string }[]): void {
    const rows = cgroups.map(({ cgroup, path }) => ({ cgroup, path: this.string(path) }));
    this.flushDefinitions();
    this.plain("Cgroup", rows.length, columnsFrom(rows, ["cgroup", "path"]));
  }

  syscallCounts(
    rows: readonly { nr: number; flags: number; count: number; errors: number; time: number }[],
  ): void {
    this.plain("SyscallCount", rows.length, columnsFrom(rows, ["nr", "flags", "count", "errors", "time"]));
  }

  offcpuCounts(rows: readonly { class: number; periods: number; time: number }[]): void {
    this.plain("OffcpuCount", rows.length, columnsFrom(rows, ["class", "periods", "time"]));
  }

  lost(losses: readonly LostInput[]): void {
    if (losses.length === 0) return;
    const rows = losses.map(({ cpu, stream, reason, from, to, count }) => ({
      cpu: cpu ?? format.cpuNone,
      stream: format.BlockType[stream],
      reason: format.LostReason[reason],
      from,
      span: to - from,
      count,
    }));
    this.plain("Lost", rows.length, columnsFrom(rows, ["cpu", "stream", "reason", "from", "span", "count"]));
  }

  sync(time: number): void {
    this.flushDefinitions();
    this.writer.block({ type: "Sync", records: 0, firstNs: time, columns: {} });
  }

  totals(rows: readonly { cpu: number; stream: StreamName; seen: number; lost: number }[]): void {
    const typed = rows.map(({ cpu, stream, seen, lost }) => {
      return { cpu, stream: format.BlockType[stream], seen, written: seen - lost, lost };
    });
    this.plain("Totals", rows.length, columnsFrom(typed, ["cpu", "stream", "seen", "written", "lost"]));
  }

  /** Strings before the objects that name them, both and stacks before whatever comes next. */
  flushDefinitions(): void {
    const objects = this.newObjects;
    this.newObjects = [];
    const paths = objects.map((object) => this.string(object.path));
    this.flushStrings();
    if (objects.length > 0) {
      const buildIds = objects.map((object) => object.buildId ?? new Uint8Array(0));
      this.plain("Object", objects.length, {
        id: objects.map((object) => object.id),
        kind: objects.map((object) => format.ObjectKind[object.kind]),
        path: paths,
        device: objects.map((object) => object.device ?? 0),
        inode: objects.map((object) => object.inode ?? 0),
        buildIdLength: buildIds.map((bytes) => bytes.length),
        buildId: concat(buildIds),
      });
    }
    this.flushStacks();
  }

  private flushStrings(): void {
    const strings = this.newStrings.map(utf8);
    this.newStrings = [];
    if (strings.length === 0) return;
    this.plain("String", strings.length, {
      firstId: [this.stringIds.size - strings.length],
      length: strings.map((bytes) => bytes.length),
      bytes: concat(strings),
    });
  }

  private flushStacks(): void {
    const stacks = this.newStacks;
    this.newStacks = [];
    if (stacks.length === 0) return;
    const rows = stacks.map((stack) => ({
      flags: 0,
      ...stack,
      kind: format.StackKind[stack.kind],
      depth: stack.addresses.length,
    }));
    this.plain("Stack", rows.length, {
      ...columnsFrom(rows, ["id", "kind", "flags", "pid", "time", "depth"]),
      address: stacks.flatMap((stack) => [...stack.addresses]),
    });
  }

  private eventBlock(
    type: StreamName,
    cpu: number,
    events: readonly { time: number }[],
    lostBefore: number,
    columns: { [column: string]: ColumnValues },
  ): void {
    this.flushDefinitions();
    const stream = `${type} ${cpu}`;
    const firstSeq = (this.nextSeq.get(stream) ?? 0) + lostBefore;
    this.nextSeq.set(stream, firstSeq + events.length);
    const firstNs = events[0]?.time ?? this.startNs;
    const lastNs = events.at(-1)?.time ?? firstNs;
    this.writer.block({
      type,
      cpu,
      records: events.length,
      firstSeq,
      firstNs,
      lastNs,
      columns,
      extra: this.extra,
    });
  }

  private plain(
    type: format.BlockTypeName,
    records: number,
    columns: { [column: string]: ColumnValues },
  ): void {
    this.writer.block({ type, records, firstNs: this.startNs, columns });
  }
}

/** The words that are not 0; those near the stack pointer as differences from it. */
function packedStack({ stack, stackPointer }: UserDumpInput): { gaps: number[]; words: bigint[] } {
  const gaps: number[] = [];
  const words: bigint[] = [];
  let gap = 0;
  for (const value of stack) {
    if (value === 0n || value >= 1n << 63n) {
      gap++;
      continue;
    }
    const distance = value - stackPointer;
    const isNear = distance >= 0n && distance < 0x100000n;
    gaps.push(gap);
    words.push(isNear ? (distance << 1n) | 1n : value << 1n);
    gap = 0;
  }
  return { gaps, words };
}

const encoder = new TextEncoder();

function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

function concat(pieces: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(pieces));
}
