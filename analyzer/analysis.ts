// What the engine made of one recording: tables of typed arrays (tables.ts) and the strings they
// name. Copied out of the engine once, so that it stays when the engine is gone. Views read it and
// never change it. Nothing in it is formatted, sorted anew or summed: that is a view's business.

import { StringsColumn, Table } from "../assembly/tables.js";
import {
  blocksSpec,
  callsSpec,
  callTimelineSpec,
  cgroupsSpec,
  clocksSpec,
  framesSpec,
  heatSpec,
  latenciesSpec,
  lostSpec,
  metaSpec,
  objectsSpec,
  offcpuCountsSpec,
  offcpuSpec,
  readTable,
  recordingSpec,
  stacksSpec,
  syscallCountsSpec,
  syscallsSpec,
  threadsSpec,
  timelineSpec,
  totalsSpec,
  wakersSpec,
  wakeupsSpec,
  warningsSpec,
} from "./tables.js";
import type {
  BlocksTable,
  CallsTable,
  CallTimelineTable,
  CgroupsTable,
  ClocksTable,
  ColumnSource,
  FramesTable,
  HeatTable,
  LatenciesTable,
  LostTable,
  ObjectsTable,
  OffcpuCountsTable,
  OffcpuTable,
  RecordingTable,
  StacksTable,
  SyscallCountsTable,
  SyscallsTable,
  ThreadsTable,
  TimelineTable,
  TotalsTable,
  WakersTable,
  WakeupsTable,
  WarningsTable,
} from "./tables.js";

/** All strings, as UTF-8 one behind the other. */
export interface Strings {
  /** Where each begins; one more than there are, the last one being the length of all. */
  readonly offsets: Uint32Array;
  readonly bytes: Uint8Array;
}

/** An analysis without what cannot be sent to another thread. */
export type AnalysisParts = PartsOf<Analysis>;

/** The same of an analysis or of the names alone. */
export type PartsOf<Named extends Names> = Omit<Named, "string">;

/** What names the threads, stacks and calls of a recording. */
export interface Names {
  /** What the recording is called in messages: usually its path. */
  readonly source: string;
  /** Decodes a string by the number that tables hold. */
  string(row: number): string;
  /** What it decodes. */
  readonly strings: Strings;
  /** What the recorder wrote about itself and the host: `host`, `kernel`, `options`, … */
  readonly meta: ReadonlyMap<string, string>;
  /** One row. */
  readonly recording: RecordingTable;
  readonly objects: ObjectsTable;
  readonly threads: ThreadsTable;
  readonly stacks: StacksTable;
  readonly frames: FramesTable;
  readonly cgroups: CgroupsTable;
}

/** One recording, analyzed. */
export interface Analysis extends Names {
  readonly clocks: ClocksTable;
  readonly offcpu: OffcpuTable;
  readonly syscalls: SyscallsTable;
  /** Of the rows of syscalls; empty unless asked for. */
  readonly latencies: LatenciesTable;
  /** Empty unless asked for. */
  readonly calls: CallsTable;
  /** Of the rows of calls. */
  readonly callLatencies: LatenciesTable;
  /** Empty unless asked for. */
  readonly wakeups: WakeupsTable;
  readonly wakers: WakersTable;
  /** Empty unless asked for. */
  readonly timeline: TimelineTable;
  readonly callTimeline: CallTimelineTable;
  /** Empty unless asked for. */
  readonly heat: HeatTable;
  readonly syscallCounts: SyscallCountsTable;
  readonly offcpuCounts: OffcpuCountsTable;
  readonly lost: LostTable;
  readonly totals: TotalsTable;
  readonly blocks: BlocksTable;
  readonly warnings: WarningsTable;
}

/** Copies out of `columns` what names things. */
export function readNames(columns: ColumnSource, source: string): Names {
  const strings = readStrings(columns);
  const string = decoderOf(strings);
  const metaTable = readTable(columns, Table.Meta, metaSpec);
  const meta = new Map<string, string>();
  for (let row = 0; row < metaTable.length; row++) {
    meta.set(string(metaTable.key[row]!), string(metaTable.value[row]!));
  }
  return {
    source,
    string,
    strings,
    meta,
    recording: readTable(columns, Table.Recording, recordingSpec),
    objects: readTable(columns, Table.Objects, objectsSpec),
    threads: readTable(columns, Table.Threads, threadsSpec),
    stacks: readTable(columns, Table.Stacks, stacksSpec),
    frames: readTable(columns, Table.Frames, framesSpec),
    cgroups: readTable(columns, Table.Cgroups, cgroupsSpec),
  };
}

/** Copies every table out of `columns`. */
export function readAnalysis(columns: ColumnSource, source: string): Analysis {
  return {
    ...readNames(columns, source),
    clocks: readTable(columns, Table.Clocks, clocksSpec),
    offcpu: readTable(columns, Table.Offcpu, offcpuSpec),
    syscalls: readTable(columns, Table.Syscalls, syscallsSpec),
    latencies: readTable(columns, Table.Latencies, latenciesSpec),
    calls: readTable(columns, Table.Calls, callsSpec),
    callLatencies: readTable(columns, Table.CallLatencies, latenciesSpec),
    wakeups: readTable(columns, Table.Wakeups, wakeupsSpec),
    wakers: readTable(columns, Table.Wakers, wakersSpec),
    timeline: readTable(columns, Table.Timeline, timelineSpec),
    callTimeline: readTable(columns, Table.CallTimeline, callTimelineSpec),
    heat: readTable(columns, Table.Heat, heatSpec),
    syscallCounts: readTable(columns, Table.SyscallCounts, syscallCountsSpec),
    offcpuCounts: readTable(columns, Table.OffcpuCounts, offcpuCountsSpec),
    lost: readTable(columns, Table.Lost, lostSpec),
    totals: readTable(columns, Table.Totals, totalsSpec),
    blocks: readTable(columns, Table.Blocks, blocksSpec),
    warnings: readTable(columns, Table.Warnings, warningsSpec),
  };
}

function readStrings(columns: ColumnSource): Strings {
  return {
    offsets: columns.column(Table.Strings, StringsColumn.Offset) as Uint32Array,
    bytes: columns.column(Table.Strings, StringsColumn.Bytes) as Uint8Array,
  };
}

/** The parts of an analysis, or of names, which came from another thread, as they were. */
export function fromParts<Parts extends PartsOf<Names>>(parts: Parts): Parts & Pick<Names, "string"> {
  return { ...parts, string: decoderOf(parts.strings) };
}

/** Of an analysis, or of names, what can be sent to another thread. */
export function partsOf<Named extends Names>({ string: _string, ...parts }: Named): PartsOf<Named> {
  return parts;
}

/** Decodes on first use and keeps the result: most strings of a host are never shown. */
function decoderOf({ offsets, bytes }: Strings): (row: number) => string {
  const decoder = new TextDecoder();
  const decoded: string[] = [];
  return (row) => {
    const known = decoded[row];
    if (known !== undefined) return known;
    const from = offsets[row];
    const to = offsets[row + 1];
    if (from === undefined || to === undefined) throw new RangeError(`no string ${row}`);
    return (decoded[row] = decoder.decode(bytes.subarray(from, to)));
  };
}
