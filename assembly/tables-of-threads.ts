// Lives, periods, calls, stacks and frames as tables. Ids of the recording become rows here, which
// may make rows equal that were apart: a stack met twice, a name defined twice.

import { outOfMemory } from "./arena";
import { nodes, stackRow } from "./call-tree";
import { frames, symbolRow } from "./frames";
import { HashIndex, newHashIndex } from "./hash-index";
import { lives } from "./lives";
import { classOfKind, compatOfKind, edgeOfKind, hashOf, periodRows, PeriodSums, recyclePeriods } from "./periods";
import { compareI32, compareU32, compareU64, sort } from "./sort";
import { stringRow } from "./strings";
import { SyscallRow, syscallRows } from "./syscalls";
import { addColumn, addColumns, beginTable, canFill, put } from "./table";
import { ColumnType, FramesColumn, OffcpuColumn, StacksColumn, SyscallsColumn, Table, ThreadsColumn } from "./tables";

export function buildThreads(windowEndNs: u64): void {
  beginTable(Table.Threads, lives.length);
  addColumn(ThreadsColumn.Tid, ColumnType.U32);
  addColumn(ThreadsColumn.Pid, ColumnType.U32);
  addColumn(ThreadsColumn.Comm, ColumnType.U32);
  addColumn(ThreadsColumn.Flags, ColumnType.U32);
  addColumn(ThreadsColumn.Parent, ColumnType.U32);
  addColumns(ThreadsColumn.BeginNs, ThreadsColumn.Switches, ColumnType.U64);
  if (!canFill()) return;
  for (let i: u32 = 0; i < lives.length; i++) {
    const life = lives.get(i);
    put(ThreadsColumn.Tid, i, life.thread.tid);
    put(ThreadsColumn.Pid, i, life.pid);
    put(ThreadsColumn.Comm, i, stringRow(life.comm));
    put(ThreadsColumn.Flags, i, life.flags);
    put(ThreadsColumn.Parent, i, life.parent);
    put(ThreadsColumn.BeginNs, i, life.beginNs);
    put(ThreadsColumn.EndNs, i, life.ended ? life.endNs : max(windowEndNs, life.beginNs));
    put(ThreadsColumn.OnCpuNs, i, life.onCpuNs);
    put(ThreadsColumn.BlockedNs, i, life.blockedNs);
    put(ThreadsColumn.RunnableNs, i, life.runnableNs);
    put(ThreadsColumn.PreemptedNs, i, life.preemptedNs);
    put(ThreadsColumn.UnknownNs, i, life.unknownNs);
    put(ThreadsColumn.Cgroup, i, life.cgroup);
    put(ThreadsColumn.Switches, i, life.switches);
  }
}

/** Rows by what they are once their ids are rows. */
const merged: HashIndex<PeriodSums> = newHashIndex<PeriodSums>();

/** Replaces the ids of all period rows by rows and merges what became equal. */
function resolvePeriods(): void {
  merged.forget();
  let kept: u32 = 0;
  for (let i: u32 = 0; i < periodRows.length && !outOfMemory; i++) {
    const row = periodRows.get(i);
    row.comm = stringRow(row.comm);
    row.kernelStack = stackRow(row.kernelStack);
    row.userStack = stackRow(row.userStack);
    row.hash = hashOf(row.life, row.comm, row.nr, row.kind, row.kernelStack, row.userStack);
    const twin = merged.find(row);
    if (changetype<usize>(twin) != 0) {
      twin.addAll(row);
      row.twin = twin;
      recyclePeriods(row);
      continue;
    }
    merged.add(row);
    store<usize>(periodRows.at + ((kept as usize) << 2), changetype<usize>(row));
    kept++;
  }
  periodRows.length = kept;
}

function comparePeriods(a: usize, b: usize): i32 {
  const left = changetype<PeriodSums>(a);
  const right = changetype<PeriodSums>(b);
  let order = compareU64(right.totalNs(), left.totalNs());
  if (order == 0) order = compareU32(left.life.row, right.life.row);
  if (order == 0) order = compareU32(left.comm, right.comm);
  if (order == 0) order = compareU32(classOfKind(left.kind), classOfKind(right.kind));
  if (order == 0) order = compareI32(left.nr, right.nr);
  if (order == 0) order = compareU32(compatOfKind(left.kind), compatOfKind(right.kind));
  if (order == 0) order = compareU32(edgeOfKind(left.kind), edgeOfKind(right.kind));
  if (order == 0) order = compareU32(left.kernelStack, right.kernelStack);
  if (order == 0) order = compareU32(left.userStack, right.userStack);
  return order;
}

export function buildOffcpu(): void {
  resolvePeriods();
  sort(periodRows.at, periodRows.length, comparePeriods);
  beginTable(Table.Offcpu, periodRows.length);
  addColumn(OffcpuColumn.Thread, ColumnType.U32);
  addColumn(OffcpuColumn.Comm, ColumnType.U32);
  addColumn(OffcpuColumn.Class, ColumnType.U8);
  addColumn(OffcpuColumn.Nr, ColumnType.I32);
  addColumn(OffcpuColumn.Compat, ColumnType.U8);
  addColumn(OffcpuColumn.Edge, ColumnType.U8);
  addColumn(OffcpuColumn.KernelStack, ColumnType.U32);
  addColumn(OffcpuColumn.UserStack, ColumnType.U32);
  addColumns(OffcpuColumn.Periods, OffcpuColumn.CutUs, ColumnType.U64);
  if (!canFill()) return;
  for (let i: u32 = 0; i < periodRows.length; i++) {
    const row = periodRows.get(i);
    put(OffcpuColumn.Thread, i, row.life.row);
    put(OffcpuColumn.Comm, i, row.comm);
    put(OffcpuColumn.Class, i, classOfKind(row.kind));
    put(OffcpuColumn.Nr, i, row.nr);
    put(OffcpuColumn.Compat, i, compatOfKind(row.kind));
    put(OffcpuColumn.Edge, i, edgeOfKind(row.kind));
    put(OffcpuColumn.KernelStack, i, row.kernelStack);
    put(OffcpuColumn.UserStack, i, row.userStack);
    put(OffcpuColumn.Periods, i, row.periods);
    put(OffcpuColumn.BlockedNs, i, row.blockedNs);
    put(OffcpuColumn.RunnableNs, i, row.runnableNs);
    put(OffcpuColumn.PreemptedNs, i, row.preemptedNs);
    put(OffcpuColumn.MaxNs, i, row.maxNs);
    put(OffcpuColumn.Woken, i, row.woken);
    put(OffcpuColumn.CutUs, i, row.cutUs);
  }
}

function compareCalls(a: usize, b: usize): i32 {
  const left = changetype<SyscallRow>(a);
  const right = changetype<SyscallRow>(b);
  let order = compareU64(right.totalNs, left.totalNs);
  if (order == 0) order = compareU32(left.life.row, right.life.row);
  if (order == 0) order = compareI32(left.nr, right.nr);
  if (order == 0) order = compareU32(left.compat(), right.compat());
  if (order == 0) order = compareU32(left.errno(), right.errno());
  return order;
}

export function buildSyscalls(): void {
  sort(syscallRows.at, syscallRows.length, compareCalls);
  beginTable(Table.Syscalls, syscallRows.length);
  addColumn(SyscallsColumn.Thread, ColumnType.U32);
  addColumn(SyscallsColumn.Nr, ColumnType.I32);
  addColumn(SyscallsColumn.Compat, ColumnType.U8);
  addColumn(SyscallsColumn.Errno, ColumnType.U32);
  addColumns(SyscallsColumn.Count, SyscallsColumn.NoEnter, ColumnType.U64);
  if (!canFill()) return;
  for (let i: u32 = 0; i < syscallRows.length; i++) {
    const row = syscallRows.get(i);
    put(SyscallsColumn.Thread, i, row.life.row);
    put(SyscallsColumn.Nr, i, row.nr);
    put(SyscallsColumn.Compat, i, row.compat());
    put(SyscallsColumn.Errno, i, row.errno());
    put(SyscallsColumn.Count, i, row.count);
    put(SyscallsColumn.TotalNs, i, row.totalNs);
    put(SyscallsColumn.OffcpuNs, i, row.offcpuNs);
    put(SyscallsColumn.MinNs, i, row.minNs);
    put(SyscallsColumn.MaxNs, i, row.maxNs);
    put(SyscallsColumn.NoEnter, i, row.noEnter);
  }
}

/** To be called when every stack that is referred to has been asked for. */
export function buildStacks(): void {
  beginTable(Table.Stacks, nodes.length);
  addColumn(StacksColumn.Prefix, ColumnType.U32);
  addColumn(StacksColumn.Frame, ColumnType.U32);
  addColumn(StacksColumn.Flags, ColumnType.U8);
  addColumn(StacksColumn.How, ColumnType.U8);
  if (!canFill()) return;
  for (let i: u32 = 0; i < nodes.length; i++) {
    const node = nodes.get(i);
    put(StacksColumn.Prefix, i, node.prefix);
    put(StacksColumn.Frame, i, node.frame);
    put(StacksColumn.Flags, i, node.flags);
    put(StacksColumn.How, i, node.how);
  }
}

export function buildFrames(): void {
  beginTable(Table.Frames, frames.length);
  addColumn(FramesColumn.Kind, ColumnType.U8);
  addColumn(FramesColumn.Address, ColumnType.U64);
  addColumn(FramesColumn.Object, ColumnType.U32);
  addColumn(FramesColumn.Offset, ColumnType.U64);
  addColumn(FramesColumn.Symbol, ColumnType.U32);
  addColumn(FramesColumn.SymbolOffset, ColumnType.U64);
  addColumn(FramesColumn.Source, ColumnType.U8);
  addColumn(FramesColumn.File, ColumnType.U32);
  addColumn(FramesColumn.Line, ColumnType.U32);
  addColumn(FramesColumn.Inlined, ColumnType.U8);
  if (!canFill()) return;
  for (let i: u32 = 0; i < frames.length; i++) {
    const frame = frames.get(i);
    put(FramesColumn.Kind, i, frame.kind);
    put(FramesColumn.Address, i, frame.address);
    put(FramesColumn.Object, i, frame.object);
    put(FramesColumn.Offset, i, frame.offset);
    put(FramesColumn.Symbol, i, symbolRow(frame));
    put(FramesColumn.SymbolOffset, i, frame.symbolOffset);
    put(FramesColumn.Source, i, frame.source);
    put(FramesColumn.File, i, frame.file);
    put(FramesColumn.Line, i, frame.line);
    put(FramesColumn.Inlined, i, frame.inlined);
  }
}
