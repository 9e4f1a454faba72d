// The recording itself as tables: header and totals, what was recorded and where, strings and
// objects, the kernel's own counters, what was lost and what was odd.

import { blockCount, BlockTypes, eventsRead } from "./blocks";
import { cgroups } from "./cgroups";
import { offcpuCounts, syscallCounts, totals } from "./counters";
import { FileHeaderOffset } from "./format";
import { lostRows } from "./gaps";
import { lives } from "./lives";
import { clockRows, metaRows } from "./meta";
import { objects } from "./objects";
import { ended, fileBytes, fileHeader } from "./reader";
import { backwards, contradictions, spuriousWakes } from "./states";
import { lostRow, stringRow, strings } from "./strings";
import { addColumn, addColumns, beginTable, canFill, columnStart, put } from "./table";
import {
  BlocksColumn,
  CgroupsColumn,
  ClocksColumn,
  ColumnType,
  LostColumn,
  MetaColumn,
  ObjectsColumn,
  OffcpuCountsColumn,
  RecordingColumn,
  StringsColumn,
  SyscallCountsColumn,
  Table,
  TotalsColumn,
  WarningsColumn,
} from "./tables";
import { warnings } from "./warnings";

export function buildRecording(endNs: u64): void {
  beginTable(Table.Recording, 1);
  addColumns(RecordingColumn.VersionMinor, RecordingColumn.Cpus, ColumnType.U32);
  addColumns(RecordingColumn.StartNs, RecordingColumn.FileBytes, ColumnType.U64);
  addColumn(RecordingColumn.Ended, ColumnType.U32);
  addColumns(RecordingColumn.Events, RecordingColumn.UnknownNs, ColumnType.U64);
  addColumns(RecordingColumn.BootId0, RecordingColumn.BootId3, ColumnType.U32);
  if (!canFill()) return;
  let unknownNs: u64 = 0;
  for (let i: u32 = 0; i < lives.length; i++) unknownNs += lives.get(i).unknownNs;
  put(RecordingColumn.VersionMinor, 0, load<u16>(fileHeader, FileHeaderOffset.VersionMinor));
  put(RecordingColumn.Arch, 0, load<u16>(fileHeader, FileHeaderOffset.Arch));
  put(RecordingColumn.PageBytes, 0, load<u32>(fileHeader, FileHeaderOffset.PageBytes));
  put(RecordingColumn.Cpus, 0, load<u32>(fileHeader, FileHeaderOffset.Cpus));
  put(RecordingColumn.StartNs, 0, load<u64>(fileHeader, FileHeaderOffset.StartMonotonicNs));
  put(RecordingColumn.StartRealtimeNs, 0, load<u64>(fileHeader, FileHeaderOffset.StartRealtimeNs));
  put(RecordingColumn.EndNs, 0, endNs);
  put(RecordingColumn.FileBytes, 0, fileBytes);
  put(RecordingColumn.Ended, 0, ended);
  put(RecordingColumn.Events, 0, eventsRead);
  put(RecordingColumn.Contradictions, 0, contradictions);
  put(RecordingColumn.Backwards, 0, backwards);
  put(RecordingColumn.SpuriousWakes, 0, spuriousWakes);
  put(RecordingColumn.UnknownNs, 0, unknownNs);
  for (let word: u32 = 0; word < 4; word++) {
    put(RecordingColumn.BootId0 + word, 0, load<u32>(fileHeader + (word << 2), FileHeaderOffset.BootId));
  }
}

export function buildMeta(): void {
  beginTable(Table.Meta, metaRows.length);
  addColumn(MetaColumn.Key, ColumnType.U32);
  addColumn(MetaColumn.Value, ColumnType.U32);
  if (!canFill()) return;
  for (let i: u32 = 0; i < metaRows.length; i++) {
    put(MetaColumn.Key, i, metaRows.get(i).key);
    put(MetaColumn.Value, i, metaRows.get(i).value);
  }
}

export function buildCgroups(): void {
  beginTable(Table.Cgroups, cgroups.length);
  addColumn(CgroupsColumn.Id, ColumnType.U64);
  addColumn(CgroupsColumn.Path, ColumnType.U32);
  if (!canFill()) return;
  for (let i: u32 = 0; i < cgroups.length; i++) {
    put(CgroupsColumn.Id, i, cgroups.get(i).id);
    put(CgroupsColumn.Path, i, stringRow(cgroups.get(i).pathId));
  }
}

export function buildClocks(): void {
  beginTable(Table.Clocks, clockRows.length);
  addColumn(ClocksColumn.MonotonicNs, ColumnType.U64);
  addColumn(ClocksColumn.BoottimeNs, ColumnType.U64);
  addColumn(ClocksColumn.RealtimeNs, ColumnType.U64);
  if (!canFill()) return;
  for (let i: u32 = 0; i < clockRows.length; i++) {
    const row = clockRows.get(i);
    put(ClocksColumn.MonotonicNs, i, row.monotonicNs);
    put(ClocksColumn.BoottimeNs, i, row.boottimeNs);
    put(ClocksColumn.RealtimeNs, i, row.realtimeNs);
  }
}

/** To be called when every object that is referred to has been asked for. */
export function buildObjects(): void {
  beginTable(Table.Objects, objects.length);
  addColumn(ObjectsColumn.Kind, ColumnType.U32);
  addColumn(ObjectsColumn.Path, ColumnType.U32);
  addColumn(ObjectsColumn.BuildId, ColumnType.U32);
  addColumn(ObjectsColumn.Device, ColumnType.U64);
  addColumn(ObjectsColumn.Inode, ColumnType.U64);
  if (!canFill()) return;
  for (let i: u32 = 0; i < objects.length; i++) {
    const row = objects.get(i);
    put(ObjectsColumn.Kind, i, row.kind);
    put(ObjectsColumn.Path, i, row.lost ? lostRow() : stringRow(row.pathId));
    put(ObjectsColumn.BuildId, i, row.buildId);
    put(ObjectsColumn.Device, i, row.device);
    put(ObjectsColumn.Inode, i, row.inode);
  }
}

/** To be called last: every other table may still make strings. */
export function buildStrings(): void {
  beginTable(Table.Strings, strings.length);
  let bytes: u32 = 0;
  for (let i: u32 = 0; i < strings.length; i++) bytes += strings.get(i).lengthBytes;
  addColumn(StringsColumn.Offset, ColumnType.U32, strings.length + 1);
  addColumn(StringsColumn.Bytes, ColumnType.U8, bytes);
  if (!canFill()) return;
  const to = columnStart(StringsColumn.Bytes);
  let at: u32 = 0;
  for (let i: u32 = 0; i < strings.length; i++) {
    const row = strings.get(i);
    put(StringsColumn.Offset, i, at);
    memory.copy(to + at, row.at, row.lengthBytes);
    at += row.lengthBytes;
  }
  put(StringsColumn.Offset, strings.length, at);
}

export function buildCounters(): void {
  syscallCounts.sort();
  beginTable(Table.SyscallCounts, syscallCounts.rows.length);
  addColumn(SyscallCountsColumn.Nr, ColumnType.I32);
  addColumn(SyscallCountsColumn.Compat, ColumnType.U8);
  addColumn(SyscallCountsColumn.Count, ColumnType.U64);
  addColumn(SyscallCountsColumn.Errors, ColumnType.U64);
  addColumn(SyscallCountsColumn.TotalNs, ColumnType.U64);
  if (!canFill()) return;
  for (let i: u32 = 0; i < syscallCounts.rows.length; i++) {
    const row = syscallCounts.rows.get(i);
    put(SyscallCountsColumn.Nr, i, row.a);
    put(SyscallCountsColumn.Compat, i, row.b);
    put(SyscallCountsColumn.Count, i, row.x);
    put(SyscallCountsColumn.Errors, i, row.y);
    put(SyscallCountsColumn.TotalNs, i, row.z);
  }
  offcpuCounts.sort();
  beginTable(Table.OffcpuCounts, offcpuCounts.rows.length);
  addColumn(OffcpuCountsColumn.Class, ColumnType.U8);
  addColumn(OffcpuCountsColumn.Periods, ColumnType.U64);
  addColumn(OffcpuCountsColumn.TotalNs, ColumnType.U64);
  if (!canFill()) return;
  for (let i: u32 = 0; i < offcpuCounts.rows.length; i++) {
    const row = offcpuCounts.rows.get(i);
    put(OffcpuCountsColumn.Class, i, row.a);
    put(OffcpuCountsColumn.Periods, i, row.x);
    put(OffcpuCountsColumn.TotalNs, i, row.y);
  }
}

export function buildLosses(): void {
  lostRows.sort();
  beginTable(Table.Lost, lostRows.rows.length);
  addColumn(LostColumn.Cpu, ColumnType.U32);
  addColumn(LostColumn.Stream, ColumnType.U32);
  addColumn(LostColumn.Reason, ColumnType.U32);
  addColumn(LostColumn.Count, ColumnType.U64);
  addColumn(LostColumn.FromNs, ColumnType.U64);
  addColumn(LostColumn.ToNs, ColumnType.U64);
  if (!canFill()) return;
  for (let i: u32 = 0; i < lostRows.rows.length; i++) {
    const row = lostRows.rows.get(i);
    put(LostColumn.Cpu, i, row.a);
    put(LostColumn.Stream, i, row.b);
    put(LostColumn.Reason, i, row.c);
    put(LostColumn.Count, i, row.x);
    put(LostColumn.FromNs, i, row.y);
    put(LostColumn.ToNs, i, row.z);
  }
  totals.sort();
  beginTable(Table.Totals, totals.rows.length);
  addColumn(TotalsColumn.Cpu, ColumnType.U32);
  addColumn(TotalsColumn.Stream, ColumnType.U32);
  addColumn(TotalsColumn.Seen, ColumnType.U64);
  addColumn(TotalsColumn.Written, ColumnType.U64);
  addColumn(TotalsColumn.Lost, ColumnType.U64);
  if (!canFill()) return;
  for (let i: u32 = 0; i < totals.rows.length; i++) {
    const row = totals.rows.get(i);
    put(TotalsColumn.Cpu, i, row.a);
    put(TotalsColumn.Stream, i, row.b);
    put(TotalsColumn.Seen, i, row.x);
    put(TotalsColumn.Written, i, row.y);
    put(TotalsColumn.Lost, i, row.z);
  }
}

export function buildBlocks(): void {
  let present: u32 = 0;
  for (let type: u32 = 0; type < BlockTypes; type++) present += u32(blockCount(type).blocks != 0);
  beginTable(Table.Blocks, present);
  addColumn(BlocksColumn.Type, ColumnType.U32);
  addColumn(BlocksColumn.Blocks, ColumnType.U64);
  addColumn(BlocksColumn.Records, ColumnType.U64);
  addColumn(BlocksColumn.RawBytes, ColumnType.U64);
  addColumn(BlocksColumn.FileBytes, ColumnType.U64);
  if (!canFill()) return;
  let row: u32 = 0;
  for (let type: u32 = 0; type < BlockTypes; type++) {
    const count = blockCount(type);
    if (count.blocks == 0) continue;
    put(BlocksColumn.Type, row, type);
    put(BlocksColumn.Blocks, row, count.blocks);
    put(BlocksColumn.Records, row, count.records);
    put(BlocksColumn.RawBytes, row, count.rawBytes);
    put(BlocksColumn.FileBytes, row, count.fileBytes);
    row++;
  }
}

export function buildWarnings(): void {
  beginTable(Table.Warnings, warnings.length);
  addColumn(WarningsColumn.Warning, ColumnType.U32);
  addColumn(WarningsColumn.Offset, ColumnType.U64);
  addColumn(WarningsColumn.A, ColumnType.U64);
  addColumn(WarningsColumn.B, ColumnType.U64);
  if (!canFill()) return;
  for (let i: u32 = 0; i < warnings.length; i++) {
    const row = warnings.get(i);
    put(WarningsColumn.Warning, i, row.warning);
    put(WarningsColumn.Offset, i, row.offset);
    put(WarningsColumn.A, i, row.a);
    put(WarningsColumn.B, i, row.b);
  }
}
