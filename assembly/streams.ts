// The event streams: their blocks as batches, and the taking of a batch's records, one at a time in
// the order of the merge.

import { Batch, beginPlan, buildBatch, buildOthersBatch, planColumn, Rank, releaseBatch, resolveThreads } from "./batch";
import { BlockHeader } from "./block";
import { dropPending, takePending } from "./arguments";
import { drawCall } from "./call-timeline";
import { addCall } from "./calls";
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
  WakeFlag,
} from "./format";
import { showArguments, showCall, showsEvents, showWakeup } from "./event-rows";
import { takeInside } from "./inside";
import { drawsHeat, heat, startHeat } from "./heat";
import { Life, Thread } from "./life";
import { areOthers, lifeOf } from "./lives";
import { isWithin } from "./narrow";
import { optionValue } from "./options";
import { comeToSecond, isDivided, startParts, takeTurn } from "./parts";
import { startStates, switchIn, switchOut, wake, wakersFollowed } from "./states";
import { drawsTimeline, startTimeline } from "./timeline-bins";
import { outcomeOf, syscallRow } from "./syscalls";
import { EventKind, PassOption } from "./tables";
import { endWaiting } from "./waiting";
import { wakerOf, wakerOfPart } from "./wakers";
import { takenFromNs, takenThroughNs } from "./window";

const NoBatch: Batch = changetype<Batch>(0);

/** How a thread left the CPU: one entry of a Switch block's dictionary, decided once per block. */
@unmanaged
class Reason {
  nr: i32;
  offcpuClass: u8;
  /** The raw state is not one that is asked for. */
  excluded: bool;
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
const NoIndex: u32 = 0xffffffff;

// Columns of the batches, by position in their plan. Time is always 0.
enum SwitchCell { Prev = 1, Next, Reason, KernelStack, UserStack }
enum WakeCell { Waker = 1, Wakee, Flags }
enum SyscallCell { Thread = 1, Call, Result, Duration, Offcpu, UserStack }

// Bits of task->__state as FORMAT.md's table of classes names them.
const DeadBits: u32 = 0xb0;
const IdleBits: u32 = 0x402;
const UninterruptibleBit: u32 = 2;
const InterruptibleBit: u32 = 1;

/** Why a thread is off the CPU, by its raw state and SwitchFlags. */
export function classOf(state: u32, flags: u32): OffcpuClass {
  if ((flags & SwitchFlag.Preempted) != 0) return OffcpuClass.Preempted;
  if (state == 0) return OffcpuClass.Runnable;
  if ((state & DeadBits) != 0) return OffcpuClass.Dead;
  if ((state & IdleBits) == IdleBits) return OffcpuClass.IdleKernel;
  if ((state & UninterruptibleBit) != 0) return OffcpuClass.Uninterruptible;
  if ((state & InterruptibleBit) != 0) return OffcpuClass.Interruptible;
  return OffcpuClass.Other;
}

/** As bcc's --state: a mask of 0 means state 0, any other one any of its bits. */
export function isExcluded(state: u32): bool {
  const asked = optionValue(PassOption.StateMask);
  if (asked == 0) return false;
  const mask = (asked - 1) as u32;
  return mask == 0 ? state != 0 : (state & mask) == 0;
}

/** The size of a dictionary is that of its first column, or above the limit if it is malformed. */
@inline
function dictionaryFits(count: u32): bool {
  return count <= (DictionaryMax as u32);
}

/**
 * Whether an open block speaks of threads that other instances follow, and of none of ours: it says
 * nothing here. One that the window cuts is left to be decoded, as its times say where.
 */
function isOthers(header: BlockHeader, threadsColumn: u32, threads: u32): bool {
  if (!isDivided || header.records == 0) return false;
  const isInside = header.firstNs >= takenFromNs && header.lastNs <= takenThroughNs;
  return isInside && areOthers(threadsColumn, threads);
}

/** Whether the open Switch block's dictionary has deaths, of which all instances take the records. */
function namesDeath(reasons: u32): bool {
  for (let i: u32 = 0; i < reasons; i++) {
    const offcpuClass = classOf(cell(SwitchColumn.ReasonState, i) as u32, cell(SwitchColumn.ReasonFlags, i) as u32);
    if (offcpuClass == OffcpuClass.Dead) return true;
  }
  return false;
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
  const deathless = !namesDeath(reasons);
  if (deathless && isOthers(header, SwitchColumn.Threads, threads)) {
    return buildOthersBatch(Rank.Switch, header, threads, reasons, KeyBytes);
  }
  const batch = buildBatch(Rank.Switch, header, threads, reasons, KeyBytes);
  if (batch == NoBatch) return NoBatch;
  if (header.records != 0 && batch.cell(SwitchCell.Prev, 0) == 0) {
    releaseBatch(batch); // its first record has none before it
    return NoBatch;
  }
  batch.deathless = deathless;
  batch.stackless = batch.isZero(SwitchCell.KernelStack) && batch.isZero(SwitchCell.UserStack);
  resolveThreads(batch, SwitchColumn.Threads, threads);
  for (let i: u32 = 0; i < reasons; i++) {
    const reason = changetype<Reason>(batch.keys + (i as usize) * KeyBytes);
    const flags = cell(SwitchColumn.ReasonFlags, i) as u32;
    reason.nr = cell(SwitchColumn.ReasonNr, i) as i32;
    const state = cell(SwitchColumn.ReasonState, i) as u32;
    reason.offcpuClass = classOf(state, flags) as u8;
    reason.excluded = isExcluded(state);
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
    !isWithin(WakeColumn.TargetCpu, records, Limit.Cpu) ||
    !isWithin(WakeColumn.Flags, records, Limit.U32) ||
    !decode(WakeColumn.Threads, threads, Encoding.Delta, Limit.Tid) ||
    (records != 0 && threads == 0)
  ) {
    return NoBatch;
  }
  beginPlan();
  planColumn(WakeColumn.Time, 0);
  planColumn(WakeColumn.Waker, (threads as u64) - 1);
  planColumn(WakeColumn.Wakee, (threads as u64) - 1);
  if (wakersFollowed != 0 || showsEvents(EventKind.Wakeup)) planColumn(WakeColumn.Flags, u32.MAX_VALUE);
  if (isOthers(header, WakeColumn.Threads, threads)) return buildOthersBatch(Rank.Wake, header, threads, 0, 0);
  const batch = buildBatch(Rank.Wake, header, threads, 0, 0);
  if (batch == NoBatch) return NoBatch;
  resolveThreads(batch, WakeColumn.Threads, threads);
  if (threads != 0) batch.idle = idleIndex(threads);
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
  if (isOthers(header, SyscallColumn.Threads, threads)) {
    return buildOthersBatch(Rank.Syscall, header, threads, calls, KeyBytes);
  }
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

/** Whether the thread that a Switch record takes off the CPU is dead. */
@inline
export function isDeath(batch: Batch, row: u32): bool {
  const reason = changetype<Reason>(batch.keys + (batch.cell(SwitchCell.Reason, row) as usize) * KeyBytes);
  return reason.offcpuClass == OffcpuClass.Dead;
}

/** A record of a Switch batch: `prev` left, `next` came on. */
@inline
export function takeSwitch(batch: Batch, row: u32, timeNs: u64): void {
  const prevPlusOne = batch.cell(SwitchCell.Prev, row) as u32;
  // A record that does not name it means whom the one before brought on; a block's first one does.
  const prevIndex = prevPlusOne == 0 ? (batch.cell(SwitchCell.Next, row - 1) as u32) : prevPlusOne - 1;
  const prev = batch.thread(prevIndex);
  const next = batch.thread(batch.cell(SwitchCell.Next, row) as u32);
  if (isDivided && isDeath(batch, row)) takeTurn(batch.tid(prevIndex));
  if (!isNobody(prev)) {
    const reason = changetype<Reason>(batch.keys + (batch.cell(SwitchCell.Reason, row) as usize) * KeyBytes);
    switchOut(prev, timeNs, reason.offcpuClass, reason.excluded, reason.nr, reason.compat);
  }
  if (!isNobody(next)) {
    comeToSecond();
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
  const wakerIndex = batch.cell(WakeCell.Waker, row) as u32;
  const waker = batch.thread(wakerIndex);
  const wakee = batch.thread(batch.cell(WakeCell.Wakee, row) as u32);
  if (!isNobody(waker)) lifeOf(waker);
  if (isNobody(wakee)) return;
  comeToSecond();
  if (wakersFollowed == 0 && !showsEvents(EventKind.Wakeup)) return wake(wakee, timeNs, 0);
  const isInterrupt = ((batch.cell(WakeCell.Flags, row) as u32) & WakeFlag.Interrupt) != 0;
  const isIdle = wakerIndex == batch.idle;
  const by = isDivided
    ? wakerOfPart(batch.tid(wakerIndex), isIdle, isInterrupt)
    : wakerOf(waker, isIdle, isInterrupt, max<u32>(wakersFollowed, 1));
  wake(wakee, timeNs, by);
  if (showsEvents(EventKind.Wakeup)) showWakeup(lifeOf(wakee), timeNs, batch.cpu, by);
}

/** Index of the idle thread in the open Wake block's dictionary. */
function idleIndex(threads: u32): u32 {
  for (let i: u32 = 0; i < threads; i++) if (cell(WakeColumn.Threads, i) == 0) return i;
  return NoIndex;
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
  if (asksMoreOfCalls) askOfCall(batch, row, timeNs, life, call, result);
  if (life.firstWaiting == 0) return;
  const beginNs = timeNs - min(durationNs, timeNs);
  endWaiting(life, call.nr, call.compat, beginNs, batch.cell(SyscallCell.UserStack, row) as u32);
}

/** Whether a call is joined to its periods, or shown. */
let asksMoreOfCalls: bool = false;

/** To be called when the options are set. */
export function startStreams(): void {
  startParts();
  startTimeline();
  startHeat();
  startStates();
  asksMoreOfCalls = drawsTimeline() || drawsHeat() || optionValue(PassOption.Calls) != 0 || showsEvents(EventKind.Syscall);
}

function askOfCall(batch: Batch, row: u32, timeNs: u64, life: Life, call: Call, result: i64): void {
  const durationNs = batch.cell(SyscallCell.Duration, row);
  const offcpuNs = batch.cell(SyscallCell.Offcpu, row);
  const userStack = batch.cell(SyscallCell.UserStack, row) as u32;
  const beginNs = timeNs - min(durationNs, timeNs);
  if (drawsTimeline() && call.noEnter == 0) drawCall(life, call.nr, call.compat, beginNs, timeNs);
  if (drawsHeat() && call.noEnter == 0) {
    heat(life, EventKind.Syscall, call.nr + ((call.compat as i32) << 16), timeNs, durationNs);
  }
  if (optionValue(PassOption.Calls) != 0) {
    if (call.noEnter != 0) takeInside(life, u64.MAX_VALUE);
    else addCall(life, call.nr, outcomeOf(result, call.compat), userStack, beginNs, durationNs, offcpuNs);
  }
  if (!showsEvents(EventKind.Syscall)) return;
  const shownNs = call.noEnter != 0 ? -1.0 : (durationNs as f64);
  showCall(life, timeNs, batch.cpu, call.nr, call.compat, result, shownNs, offcpuNs, userStack);
  if (call.noEnter != 0) return dropPending(life.thread);
  const pending = takePending(life.thread, call.nr, call.compat, timeNs, durationNs);
  if (changetype<usize>(pending) != 0) showArguments(pending);
}
