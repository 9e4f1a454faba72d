// Analyses made by hand, without recording or engine: rows as objects, put into the columns that the
// engine would have answered and read by the library's own reader. A test says only what it is about;
// every other column is zero.

import { Arch } from "../../assembly/format.js";
import { StringsColumn, Table } from "../../assembly/tables.js";
import { readAnalysis } from "../../analyzer/analysis.js";
import type { Analysis } from "../../analyzer/analysis.js";
import type { Column } from "../../analyzer/engine.js";
import * as tables from "../../analyzer/tables.js";

/** A row: its columns by name. Strings are put into the string table. */
type Row<S> = { readonly [Name in keyof S]?: number | bigint | string };

export interface AnalysisParts {
  readonly source?: string;
  readonly meta?: Readonly<Record<string, string>>;
  readonly recording?: Row<typeof tables.recordingSpec>;
  readonly objects?: readonly Row<typeof tables.objectsSpec>[];
  readonly threads?: readonly Row<typeof tables.threadsSpec>[];
  readonly stacks?: readonly Row<typeof tables.stacksSpec>[];
  readonly frames?: readonly Row<typeof tables.framesSpec>[];
  readonly offcpu?: readonly Row<typeof tables.offcpuSpec>[];
  readonly syscalls?: readonly Row<typeof tables.syscallsSpec>[];
  readonly cgroups?: readonly Row<typeof tables.cgroupsSpec>[];
  readonly latencies?: readonly Row<typeof tables.latenciesSpec>[];
  readonly calls?: readonly Row<typeof tables.callsSpec>[];
  readonly callLatencies?: readonly Row<typeof tables.latenciesSpec>[];
  readonly wakeups?: readonly Row<typeof tables.wakeupsSpec>[];
  readonly wakers?: readonly Row<typeof tables.wakersSpec>[];
  readonly timeline?: readonly Row<typeof tables.timelineSpec>[];
  readonly callTimeline?: readonly Row<typeof tables.callTimelineSpec>[];
  readonly heat?: readonly Row<typeof tables.heatSpec>[];
  readonly syscallCounts?: readonly Row<typeof tables.syscallCountsSpec>[];
  readonly lost?: readonly Row<typeof tables.lostSpec>[];
  readonly totals?: readonly Row<typeof tables.totalsSpec>[];
  readonly blocks?: readonly Row<typeof tables.blocksSpec>[];
  readonly warnings?: readonly Row<typeof tables.warningsSpec>[];
}

const specs = new Map<Table, { readonly [name: string]: ColumnSpec }>([
  [Table.Recording, tables.recordingSpec],
  [Table.Meta, tables.metaSpec],
  [Table.Clocks, tables.clocksSpec],
  [Table.Objects, tables.objectsSpec],
  [Table.Threads, tables.threadsSpec],
  [Table.Stacks, tables.stacksSpec],
  [Table.Frames, tables.framesSpec],
  [Table.Offcpu, tables.offcpuSpec],
  [Table.Syscalls, tables.syscallsSpec],
  [Table.Cgroups, tables.cgroupsSpec],
  [Table.Latencies, tables.latenciesSpec],
  [Table.Calls, tables.callsSpec],
  [Table.CallLatencies, tables.latenciesSpec],
  [Table.Wakeups, tables.wakeupsSpec],
  [Table.Wakers, tables.wakersSpec],
  [Table.Timeline, tables.timelineSpec],
  [Table.CallTimeline, tables.callTimelineSpec],
  [Table.Heat, tables.heatSpec],
  [Table.SyscallCounts, tables.syscallCountsSpec],
  [Table.OffcpuCounts, tables.offcpuCountsSpec],
  [Table.Lost, tables.lostSpec],
  [Table.Totals, tables.totalsSpec],
  [Table.Blocks, tables.blocksSpec],
  [Table.Warnings, tables.warningsSpec],
]);

interface ColumnSpec {
  readonly index: number;
  readonly elements: new (buffer: ArrayBuffer) => Column;
}

export function buildAnalysis(parts: AnalysisParts): Analysis {
  const strings = [""];
  const intern = (text: string): number => {
    const known = strings.indexOf(text);
    return known < 0 ? strings.push(text) - 1 : known;
  };
  const meta = Object.entries(parts.meta ?? {}).map(([key, value]) => ({ key, value }));
  const rows = new Map<Table, readonly Readonly<Record<string, number | bigint | string>>[]>([
    [Table.Recording, [{ arch: Arch.X86_64, bootId0: 1, ...parts.recording }]],
    [Table.Meta, meta],
    [Table.Objects, [{}, ...(parts.objects ?? [])]],
    [Table.Threads, parts.threads ?? []],
    [Table.Stacks, [{}, ...(parts.stacks ?? [])]],
    [Table.Frames, [{}, ...(parts.frames ?? [])]],
    [Table.Offcpu, parts.offcpu ?? []],
    [Table.Syscalls, parts.syscalls ?? []],
    [Table.Cgroups, parts.cgroups ?? []],
    [Table.Latencies, parts.latencies ?? []],
    [Table.Calls, parts.calls ?? []],
    [Table.CallLatencies, parts.callLatencies ?? []],
    [Table.Wakeups, parts.wakeups ?? []],
    [Table.Wakers, [{}, ...(parts.wakers ?? [])]],
    [Table.Timeline, parts.timeline ?? []],
    [Table.CallTimeline, parts.callTimeline ?? []],
    [Table.Heat, parts.heat ?? []],
    [Table.SyscallCounts, parts.syscallCounts ?? []],
    [Table.Lost, parts.lost ?? []],
    [Table.Totals, parts.totals ?? []],
    [Table.Blocks, parts.blocks ?? []],
    [Table.Warnings, parts.warnings ?? []],
  ]);
  const columns = new Map<string, Column>();
  for (const [table, spec] of specs) {
    for (const [name, { index, elements }] of Object.entries(spec)) {
      columns.set(`${table} ${index}`, columnOf(rows.get(table) ?? [], name, elements, intern));
    }
  }
  addStrings(columns, strings);
  return readAnalysis(
    {
      rowCount: (table) => rows.get(table)?.length ?? 0,
      column: (table, column) => columns.get(`${table} ${column}`)!,
    },
    parts.source ?? "test.offcut",
  );
}

function columnOf(
  rows: readonly Readonly<Record<string, number | bigint | string>>[],
  name: string,
  elements: ColumnSpec["elements"],
  intern: (text: string) => number,
): Column {
  const bytesEach = (elements as unknown as { readonly BYTES_PER_ELEMENT: number }).BYTES_PER_ELEMENT;
  const column = new elements(new ArrayBuffer(rows.length * bytesEach));
  rows.forEach((row, at) => {
    const given = row[name] ?? 0;
    const value = typeof given === "string" ? intern(given) : given;
    column[at] = column instanceof BigUint64Array ? BigInt(value) : Number(value);
  });
  return column;
}

function addStrings(columns: Map<string, Column>, strings: readonly string[]): void {
  const encoded = strings.map((text) => Buffer.from(text));
  const offsets = new Uint32Array(strings.length + 1);
  encoded.forEach((bytes, at) => (offsets[at + 1] = offsets[at]! + bytes.length));
  columns.set(`${Table.Strings} ${StringsColumn.Offset}`, offsets);
  columns.set(`${Table.Strings} ${StringsColumn.Bytes}`, new Uint8Array(Buffer.concat(encoded)));
}

/** A thread "mysqld" in which every view test happens, beside a kernel thread. */
export const twoThreads = [
  { tid: 101, pid: 100, comm: "mysqld" },
  { tid: 7, pid: 7, comm: "kworker/0:1", flags: 1 },
];

/**
 * Stacks 1..3 are the user stack main;fsync_file, stacks 4..5 the kernel stack
 * do_syscall_64;ext4_sync_file. Frames of libc have no symbol.
 */
export const twoStacks = {
  objects: [{ kind: 1, path: "/usr/lib/libc.so.6" }, { kind: 2, path: "[kernel]" }],
  frames: [
    { kind: 2, symbol: "main", object: 1, address: 0x1000, offset: 0x10 },
    { kind: 2, object: 1, address: 0x7f001234, offset: 0x1234 },
    { kind: 1, symbol: "do_syscall_64", object: 2, address: 0xffffffff81000010n, offset: 0x10 },
    { kind: 1, symbol: "ext4_sync_file", object: 2, address: 0xffffffff82000020n, offset: 0x20 },
  ],
  stacks: [
    { prefix: 0, frame: 1 },
    { prefix: 1, frame: 2 },
    { prefix: 0, frame: 3 },
    { prefix: 3, frame: 4 },
  ],
} as const;

export const UserStack = 2;
export const KernelStack = 4;
