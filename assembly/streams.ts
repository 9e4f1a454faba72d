// The event streams: their blocks as batches, and the taking of a batch's records, one at a time in
// the order of the merge.

import { Batch, beginPlan, buildBatch, planColumn, Rank, releaseBatch, resolveThreads } from "./batch";
import { BlockHeader } from "./block";
import { cell, columnValues, decode, Limit, openPayload } from "./columns";
import { unzigzag } from "./cursor";
import {
  DictionaryMax,
  Encoding,
  OffcpuClass,
  StackIdMax,
  SwitchColumn,
  SwitchFlag,
  SyscallColumn,
  SyscallFlag,
  WakeColumn,
} from "./format";
import { Thread } from "./life";
import { lifeOf } from "./lives";
import { isWithin } from "./narrow";
import { switchIn, switchOut, wake } from "./states";
import { outcomeOf, syscallRow } from "./syscalls";
import { endWaiting } from "./waiting";

const NoBatch: Batch = changetype<Batch>(0);

/** How a thread left the CPU: one entry of a Switch block's dictionary, decided once per block. */
@unmanaged
class Reason {
  nr: i32;
  offcpuClass: u16;
  compat: u16;
}

/** Which call ended: one entry of a Syscall block's dictionary. */
@unmanaged
class Call {
  nr: i32;
  compat: u16;
  noEnter: u16;
}

const KeyBytes: u32 = 8; // of either

// Columns of the batches, by position in their plan. Time is always 0.
enum SwitchCell { Prev = 1, Next, Reason, KernelStack, UserStack }
enum WakeCell { Waker = 1, Wakee }
enum SyscallCell { Thread = 1, Call, Result, Duration, Offcpu, UserStack }

// Bits of task->__state as FORMAT.md's table of classes names them.
const DeadBits: u32 = 0xb0;
const IdleBits: u32 = 0x402;
const UninterruptibleBit: u32 = 2;
const InterruptibleBit: u32 = 1;

function classOf(state: u32, flags: u32): OffcpuClass {
  if ((flags & SwitchFlag.Preempted) != 0) return OffcpuClass.Preempted;
  if (state == 0) return OffcpuClass.Runnable;
  if ((state & DeadBits) != 0) return OffcpuClass.Dead;
  if ((state & IdleBits) == IdleBits) return OffcpuClass.IdleKernel;
  if ((state & UninterruptibleBit) != 0) return OffcpuClass.Uninterruptible;
  if ((state & InterruptibleBit) != 0) return OffcpuClass.Interruptible;
  return OffcpuClass.Other;
}

/** The size of a dictionary is that of its first column, or above the limit if it is malformed. */
@inline
function dictionaryFits(count: u32): bool {
  return count <= (DictionaryMax as u32);
}

/** A Switch block as a batch; a null reference if it is malformed or memory is refused. */
export function switchBatch(header: BlockHeader, from: usize, to: usize): Batch {
  if (!openPayload(from, to, SwitchColumn.UserStack + 1)) return NoBatch;
  const threads = columnValues(SwitchColumn.Threads);
  const reasons = columnValues(SwitchColumn.ReasonState);
  if (
    !dictionaryFits(threads) ||
    !dictionaryFits(reasons) ||
    !decode(SwitchColumn.Threads, threads, Encoding.Delta, Limit.Tid) ||
    !decode(SwitchColumn.ReasonState, reasons, Encoding.Unsigned, Limit.U32) ||
    !decode(SwitchColumn.ReasonNr, reasons, Encoding.Signed, Limit.I32) ||
    !decode(SwitchColumn.ReasonFlags, reasons, Encoding.Unsigned, Limit.U32) ||
    (header.records != 0 && (threads == 0 || reasons == 0))
  ) {
    return NoBatch;
  }
  beginPlan();
  planColumn(SwitchColumn.Time, 0);
  planColumn(SwitchColumn.Prev, threads);
  planColumn(SwitchColumn.Next, (threads as u64) - 1);
  planColumn(SwitchColumn.Reason, (reasons as u64) - 1);
  planColumn(SwitchColumn.KernelStack, StackIdMax);
  planColumn(SwitchColumn.UserStack, StackIdMax);
  const batch = buildBatch(Rank.Switch, header, threads, reasons, KeyBytes);
  if (batch == NoBatch) return NoBatch;
  if (header.records != 0 && batch.cell(SwitchCell.Prev, 0) == 0) {
    releaseBatch(batch); // its first record has none before it
    return NoBatch;
  }
  batch.stackless = batch.isZero(SwitchCell.KernelStack) && batch.isZero(SwitchCell.UserStack);
  resolveThreads(batch, SwitchColumn.Threads, threads);
  for (let i: u32 = 0; i < reasons; i++) {
    const reason = changetype<Reason>(batch.keys + (i as usize) * KeyBytes);
    const flags = cell(SwitchColumn.ReasonFlags, i) as u32;
    reason.nr = cell(SwitchColumn.ReasonNr, i) as i32;
    reason.offcpuClass = classOf(cell(SwitchColumn.ReasonState, i) as u32, flags) as u16;
    reason.compat = u16((flags & SwitchFlag.Compat) != 0);
  }
  return batch;
}

/** A Wake block as a batch; a null reference if it is malformed or memory is refused. */
export function wakeBatch(header: BlockHeader, from: usize, to: usize): Batch {
  if (!openPayload(from, to, WakeColumn.Flags + 1)) return NoBatch;
  const threads = columnValues(WakeColumn.Threads);
  const records = header.records;
  if (
    !dictionaryFits(threads) ||
    !decode(WakeColumn.Threads, threads, Encoding.Delta, Limit.Tid) ||
    !isWithin(WakeColumn.TargetCpu, records, Limit.Cpu) ||
    !isWithin(WakeColumn.Flags, records, Limit.U32) ||
    (records != 0 && threads == 0)
  ) {
    return NoBatch;
  }
  beginPlan();
  planColumn(WakeColumn.Time, 0);
  planColumn(WakeColumn.Waker, (threads as u64) - 1);
  planColumn(WakeColumn.Wakee, (threads as u64) - 1);
  const batch = buildBatch(Rank.Wake, header, threads, 0, 0);
  if (batch != NoBatch) resolveThreads(batch, WakeColumn.Threads, threads);
  return batch;
}

/** A Syscall block as a batch; a null reference if it is malformed or memory is refused. */
export function syscallBatch(header: BlockHeader, from: usize, to: usize): Batch {
  if (!openPayload(from, to, SyscallColumn.UserStack + 1)) return NoBatch;
  const threads = columnValues(SyscallColumn.Threads);
  const calls = columnValues(SyscallColumn.CallNr);
  if (
    !dictionaryFits(threads) ||
    !dictionaryFits(calls) ||
    !decode(SyscallColumn.Threads, threads, Encoding.Delta, Limit.Tid) ||
    !decode(SyscallColumn.CallNr, calls, Encoding.Signed, Limit.I32) ||
    !decode(SyscallColumn.CallFlags, calls, Encoding.Unsigned, Limit.U32) ||
    (header.records != 0 && (threads == 0 || calls == 0))
  ) {
    return NoBatch;
  }
  beginPlan();
  planColumn(SyscallColumn.Time, 0);
  planColumn(SyscallColumn.Thread, (threads as u64) - 1);
  planColumn(SyscallColumn.Call, (calls as u64) - 1);
  planColumn(SyscallColumn.Result);
  planColumn(SyscallColumn.Duration);
  planColumn(SyscallColumn.Offcpu);
  planColumn(SyscallColumn.UserStack, StackIdMax);
  const batch = buildBatch(Rank.Syscall, header, threads, calls, KeyBytes);
  if (batch == NoBatch) return NoBatch;
  resolveThreads(batch, SyscallColumn.Threads, threads);
  for (let i: u32 = 0; i < calls; i++) {
    const call = changetype<Call>(batch.keys + (i as usize) * KeyBytes);
    const flags = cell(SyscallColumn.CallFlags, i) as u32;
    call.nr = cell(SyscallColumn.CallNr, i) as i32;
    call.compat = u16((flags & SyscallFlag.Compat) != 0);
    call.noEnter = u16((flags & SyscallFlag.NoEnter) != 0);
  }
  return batch;
}

@inline
function isNobody(thread: Thread): bool {
  return changetype<usize>(thread) == 0;
}

/** A record of a Switch batch: `prev` left, `next` came on. */
@inline
export function takeSwitch(batch: Batch, row: u32, timeNs: u64): void {
  const prevPlusOne = batch.cell(SwitchCell.Prev, row) as u32;
  const prev = prevPlusOne == 0 ? batch.cameOn : batch.thread(prevPlusOne - 1);
  const next = batch.thread(batch.cell(SwitchCell.Next, row) as u32);
  batch.cameOn = next;
  if (!isNobody(prev)) {
    const reason = changetype<Reason>(batch.keys + (batch.cell(SwitchCell.Reason, row) as usize) * KeyBytes);
    switchOut(prev, timeNs, reason.offcpuClass, reason.nr, reason.compat);
  }
  if (!isNobody(next)) {
    let kernelStack: u32 = 0;
    let userStack: u32 = 0;
    if (!batch.stackless) {
      kernelStack = batch.cell(SwitchCell.KernelStack, row) as u32;
      userStack = batch.cell(SwitchCell.UserStack, row) as u32;
    }
    switchIn(next, timeNs, batch.cpu, kernelStack, userStack);
  }
}

/** A record of a Wake batch. */
@inline
export function takeWake(batch: Batch, row: u32, timeNs: u64): void {
  const waker = batch.thread(batch.cell(WakeCell.Waker, row) as u32);
  const wakee = batch.thread(batch.cell(WakeCell.Wakee, row) as u32);
  if (!isNobody(waker)) lifeOf(waker);
  if (!isNobody(wakee)) wake(wakee, timeNs);
}

/** A record of a Syscall batch. */
@inline
export function takeSyscall(batch: Batch, row: u32, timeNs: u64): void {
  const thread = batch.thread(batch.cell(SyscallCell.Thread, row) as u32);
  if (isNobody(thread)) return;
  const life = lifeOf(thread);
  const call = changetype<Call>(batch.keys + (batch.cell(SyscallCell.Call, row) as usize) * KeyBytes);
  const result = unzigzag(batch.cell(SyscallCell.Result, row));
  const durationNs = batch.cell(SyscallCell.Duration, row);
  const offcpuNs = batch.cell(SyscallCell.Offcpu, row);
  const sums = syscallRow(life, call.nr, outcomeOf(result, call.compat));
  if (call.noEnter == 0) sums.add(durationNs, offcpuNs);
  else sums.addNoEnter(offcpuNs);
  if (life.firstWaiting == 0) return;
  const beginNs = timeNs - min(durationNs, timeNs);
  endWaiting(life, call.nr, call.compat, beginNs, batch.cell(SyscallCell.UserStack, row) as u32);
}
