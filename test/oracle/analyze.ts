// Bytes of a recording -> everything a reader must be able to say of it, as plain rows with
// nothing left to look up: the answer that the engine's must equal. Slow, whole, and written from
// capture/FORMAT.md alone; what it may be asked beyond that says questions.ts.

import { ArgumentsJoin, type CallArguments } from "./arguments.js";
import type { CallRow, SyscallRow } from "./calls.js";
import { decodeUtf8, Definitions } from "./definitions.js";
import type { EventRow } from "./events.js";
import * as format from "./format.js";
import { FrameResolver, type Stack } from "./frames.js";
import { Machine } from "./machine.js";
import type { OffcpuRow } from "./offcpu.js";
import type { Questions } from "./questions.js";
import { readRecording, type Block, type FileHeader, type Recording, type Warning } from "./read.js";
import { recordsInOrder, type LostRecord } from "./records.js";
import { Window } from "./window.js";

export interface ThreadRow {
  tid: number;
  pid: number;
  comm: string;
  flags: number;
  parent: number;
  cgroup: bigint;
  begin: bigint;
  end: bigint;
  onCpu: bigint;
  blocked: bigint;
  runnable: bigint;
  preempted: bigint;
  unknown: bigint;
  switches: bigint;
}

export interface ObjectRow {
  kind: number;
  path: string;
  buildId: string;
  device: bigint;
  inode: bigint;
}

interface Stacks {
  kernelStack: Stack;
  userStack: Stack;
}

/** A row with what its ids stand for. */
type Named<Row> = Omit<Row, "comm" | "kernelStack" | "userStack"> & { comm: string } & Stacks;

export type OffcpuAnswer = Named<OffcpuRow>;
export type CallAnswer = Omit<Named<CallRow>, "comm">;
export type EventAnswer = Named<EventRow>;

export interface LostRow {
  cpu: number;
  stream: number;
  reason: number;
  count: bigint;
  from: bigint;
  to: bigint;
}

export interface BlockRow {
  type: number;
  blocks: bigint;
  records: bigint;
  rawBytes: bigint;
  fileBytes: bigint;
}

export interface Answer {
  header: FileHeader;
  end: bigint;
  fileBytes: number;
  ended: number;
  events: bigint;
  contradictions: bigint;
  backwards: bigint;
  spuriousWakes: bigint;
  unknown: bigint;
  meta: { key: string; value: string }[];
  clocks: { monotonic: bigint; boottime: bigint; realtime: bigint }[];
  objects: ObjectRow[];
  threads: ThreadRow[];
  offcpu: OffcpuAnswer[];
  syscalls: SyscallRow[];
  callArguments: CallArguments[];
  cgroups: { cgroup: bigint; path: string }[];
  /** Empty unless asked for. */
  calls: CallAnswer[];
  /** Empty unless asked for. */
  eventRows: EventAnswer[];
  syscallCounts: { nr: number; compat: number; count: bigint; errors: bigint; time: bigint }[];
  offcpuCounts: { class: number; periods: bigint; time: bigint }[];
  lost: LostRow[];
  totals: { cpu: number; stream: number; seen: bigint; written: bigint; lost: bigint }[];
  blocks: BlockRow[];
  warnings: Warning[];
}

/** Throws RefusedError where the bytes are no recording at all. */
export function analyzeRecording(bytes: Uint8Array, questions: Questions = {}): Answer {
  const recording = readRecording(bytes);
  const definitions = new Definitions(recording);
  const { startMonotonicNs } = recording.header;
  const window = new Window(startMonotonicNs, questions);
  const machine = new Machine(startMonotonicNs, window.start, questions);
  const joined = new ArgumentsJoin(definitions);
  const lost = new Map<string, LostRow>();
  for (const record of recordsInOrder(recording, window)) {
    if (record.kind === "Lost") addLost(lost, record);
    machine.take(record);
    joined.take(record);
  }
  const end = window.endIn(endOf(recording));
  machine.finish(end);
  const threads = threadRows(machine, definitions);
  const objects = definitions.objectRows();
  const frames = new FrameResolver(definitions);
  const offcpu = [...machine.offcpu.rows.values()].map((row) => named(row, definitions, frames));
  const calls = questions.calls ? [...machine.calls.calls.values()] : [];
  const events = questions.events ? machine.events.rows : [];
  return {
    header: recording.header,
    end,
    fileBytes: recording.fileBytes,
    ended: recording.trailer?.ended ?? 0,
    events: eventsOf(recording),
    contradictions: machine.contradictions,
    backwards: machine.backwards,
    spuriousWakes: machine.spuriousWakes,
    unknown: threads.reduce((sum, thread) => sum + thread.unknown, 0n),
    meta: metaOf(recording),
    clocks: clocksOf(recording),
    objects,
    threads,
    offcpu,
    syscalls: [...machine.calls.syscalls.values()],
    calls: calls.map((row) => withStacks(row, frames)),
    eventRows: events.map((row) => named(row, definitions, frames)),
    callArguments: joined.calls,
    cgroups: definitions.cgroupRows(),
    ...countersOf(recording),
    lost: [...lost.values()],
    totals: totalsOf(recording),
    blocks: blockRows(recording),
    warnings: [...recording.warnings, ...lostDefinitions(definitions)],
  };
}

function endOf(recording: Recording): bigint {
  let end = recording.header.startMonotonicNs;
  for (const block of recording.blocks) {
    const counts = block.type === format.BlockType.Sync || format.isEventStream(block.type);
    if (counts && block.lastNs > end) end = block.lastNs;
  }
  return end;
}

function eventsOf(recording: Recording): bigint {
  const events = recording.blocks.filter((block) => format.isEventStream(block.type));
  return events.reduce((sum, block) => sum + BigInt(block.records), 0n);
}

function threadRows(machine: Machine, definitions: Definitions): ThreadRow[] {
  return machine.lives.all.map((life) => ({
    tid: life.tid,
    pid: life.pid,
    comm: definitions.string(life.comm),
    flags: life.flags,
    parent: life.parent,
    cgroup: life.cgroup,
    begin: life.begin,
    end: life.end!,
    onCpu: life.onCpu,
    blocked: life.blocked,
    runnable: life.runnable,
    preempted: life.preempted,
    unknown: life.unknown,
    switches: life.switches,
  }));
}

interface StackIds {
  kernelStack: number;
  userStack: number;
}

function withStacks<Row extends StackIds>(row: Row, frames: FrameResolver): Omit<Row, keyof Stacks> & Stacks {
  return { ...row, kernelStack: frames.stack(row.kernelStack), userStack: frames.stack(row.userStack) };
}

function named<Row extends StackIds & { comm: number }>(
  row: Row,
  definitions: Definitions,
  frames: FrameResolver,
): Named<Row> {
  const { kernelStack, userStack } = withStacks(row, frames);
  return { ...row, comm: definitions.string(row.comm), kernelStack, userStack };
}

/** What the rows of the answer refer to and the recording does not define. */
function lostDefinitions(definitions: Definitions): Warning[] {
  return [...definitions.missing].map((missing) => {
    const [type, id] = missing.split(" ").map(Number);
    return { kind: "LostDefinition", offset: 0, a: type!, b: id! };
  });
}

function blocksOf(recording: Recording, type: number): Block[] {
  return recording.blocks.filter((block) => block.type === type);
}

function metaOf(recording: Recording): { key: string; value: string }[] {
  return blocksOf(recording, format.BlockType.Meta).flatMap(({ columns }) => {
    const keys = cut(columns!.bytes("key"), columns!.numbers("keyLength"));
    const values = cut(columns!.bytes("value"), columns!.numbers("valueLength"));
    return keys.map((key, i) => ({ key, value: values[i]! }));
  });
}

function cut(bytes: Uint8Array, lengths: number[]): string[] {
  let at = 0;
  return lengths.map((length) => decodeUtf8(bytes.subarray(at, (at += length))));
}

function clocksOf(recording: Recording): Answer["clocks"] {
  return blocksOf(recording, format.BlockType.Clock).flatMap(({ columns }) =>
    columns!.bigints("monotonic").map((monotonic, i) => ({
      monotonic,
      boottime: columns!.bigints("boottime")[i]!,
      realtime: columns!.bigints("realtime")[i]!,
    })),
  );
}

function addLost(rows: Map<string, LostRow>, record: LostRecord): void {
  const key = `${record.lostCpu} ${record.stream} ${record.reason}`;
  const row = rows.get(key);
  if (row === undefined) {
    const { lostCpu: cpu, stream, reason, count, from, time: to } = record;
    rows.set(key, { cpu, stream, reason, count, from, to });
    return;
  }
  row.count += record.count;
  if (record.from < row.from) row.from = record.from;
  if (record.time > row.to) row.to = record.time;
}

function countersOf(recording: Recording): Pick<Answer, "syscallCounts" | "offcpuCounts"> {
  const syscallCounts = new Map<string, Answer["syscallCounts"][number]>();
  for (const { columns } of blocksOf(recording, format.BlockType.SyscallCount)) {
    columns!.numbers("nr").forEach((nr, i) => {
      const compat = columns!.numbers("flags")[i]! & format.SyscallFlag.Compat;
      const row = entry(syscallCounts, `${nr} ${compat}`, { nr, compat, count: 0n, errors: 0n, time: 0n });
      row.count += columns!.bigints("count")[i]!;
      row.errors += columns!.bigints("errors")[i]!;
      row.time += columns!.bigints("time")[i]!;
    });
  }
  const offcpuCounts = new Map<string, Answer["offcpuCounts"][number]>();
  for (const { columns } of blocksOf(recording, format.BlockType.OffcpuCount)) {
    columns!.numbers("class").forEach((offClass, i) => {
      const row = entry(offcpuCounts, `${offClass}`, { class: offClass, periods: 0n, time: 0n });
      row.periods += columns!.bigints("periods")[i]!;
      row.time += columns!.bigints("time")[i]!;
    });
  }
  return { syscallCounts: [...syscallCounts.values()], offcpuCounts: [...offcpuCounts.values()] };
}

function totalsOf(recording: Recording): Answer["totals"] {
  const totals = new Map<string, Answer["totals"][number]>();
  for (const { columns } of blocksOf(recording, format.BlockType.Totals)) {
    columns!.numbers("cpu").forEach((cpu, i) => {
      const stream = columns!.numbers("stream")[i]!;
      const row = entry(totals, `${cpu} ${stream}`, { cpu, stream, seen: 0n, written: 0n, lost: 0n });
      row.seen += columns!.bigints("seen")[i]!;
      row.written += columns!.bigints("written")[i]!;
      row.lost += columns!.bigints("lost")[i]!;
    });
  }
  return [...totals.values()];
}

function blockRows(recording: Recording): BlockRow[] {
  const rows = new Map<string, BlockRow>();
  for (const block of recording.blocks) {
    const { type } = block;
    const row = entry(rows, `${type}`, { type, blocks: 0n, records: 0n, rawBytes: 0n, fileBytes: 0n });
    row.blocks++;
    row.records += BigInt(block.records);
    row.rawBytes += BigInt(block.rawBytes);
    row.fileBytes += BigInt(format.blockHeaderBytes + block.storedBytes);
  }
  return [...rows.values()];
}

function entry<T>(rows: Map<string, T>, key: string, fresh: T): T {
  const row = rows.get(key);
  if (row !== undefined) return row;
  rows.set(key, fresh);
  return fresh;
}
