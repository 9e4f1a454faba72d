// Arguments of system calls ("Arguments of a call" of FORMAT.md). They are recorded where a call
// begins and wait, per thread, for the record of its end; what does not find it is forgotten.
//
//   StringArgument, Arguments  [a: enter]                              of the same time and thread
//   Syscall                        |.... duration ....[b: exit]        b.time - b.duration = a.time

import { allocate } from "./arena";
import { Batch, beginPlan, buildBatch, newRecordBatch, planColumn, Rank, resolveThreads, sealRecordBatch } from "./batch";
import { BlockHeader } from "./block";
import { cell, columnValues, decode, Limit, openPayload } from "./columns";
import {
  ArgumentsColumn,
  DictionaryMax,
  Encoding,
  StringArgumentColumn,
  StringIdMax,
  SyscallFlag,
} from "./format";
import { Thread } from "./life";
import { threadOf } from "./lives";

const NoBatch: Batch = changetype<Batch>(0);
export const ArgumentsMax: u32 = 6;

/** The arguments of one call that has begun, or of the one before. */
@unmanaged
export class Pending {
  timeNs: u64;
  value0: u64;
  value1: u64;
  value2: u64;
  value3: u64;
  value4: u64;
  value5: u64;
  nr: i32;
  compat: u32;
  /** Whether the end of the call is still to come. */
  waits: bool;
  /** Whether the record itself was met, and not only strings of it. */
  whole: bool;
  /** String id + 1 by argument; 0 where none was recorded. */
  text0: u32;
  text1: u32;
  text2: u32;
  text3: u32;
  text4: u32;
  text5: u32;
  /** StringArgumentFlags, two bits an argument. */
  textFlags: u32;

  @inline
  value(index: u32): u64 {
    return load<u64>(changetype<usize>(this) + ((index as usize) << 3), offsetof<Pending>("value0"));
  }

  @inline
  text(index: u32): u32 {
    return load<u32>(changetype<usize>(this) + ((index as usize) << 2), offsetof<Pending>("text0"));
  }
}

const NoPending: Pending = changetype<Pending>(0);

/** Which call a record is of: one entry of an Arguments block's dictionary. */
@unmanaged
class Call {
  nr: i32;
  compat: u32;
}

const CallBytes: u32 = 8;

enum ArgumentsCell { Thread = 1, Call }

/** An Arguments block as a batch; a null reference if it is malformed or memory is refused. */
export function argumentsBatch(header: BlockHeader, from: usize, to: usize): Batch {
  if (!openPayload(from, to, ArgumentsColumn.Arg5 + 1)) return NoBatch;
  const threads = columnValues(ArgumentsColumn.Threads);
  const calls = columnValues(ArgumentsColumn.CallNr);
  const records = header.records;
  if (
    threads > (DictionaryMax as u32) ||
    calls > (DictionaryMax as u32) ||
    !decode(ArgumentsColumn.Threads, threads, Encoding.Delta, Limit.Tid) ||
    !decode(ArgumentsColumn.CallNr, calls, Encoding.Signed, Limit.I32) ||
    !decode(ArgumentsColumn.CallFlags, calls, Encoding.Unsigned, Limit.U32) ||
    (records != 0 && (threads == 0 || calls == 0))
  ) {
    return NoBatch;
  }
  for (let i: u32 = 0; i < ArgumentsMax; i++) {
    if (!decode(ArgumentsColumn.Arg0 + i, records, Encoding.Delta, Limit.None)) return NoBatch;
  }
  beginPlan();
  planColumn(ArgumentsColumn.Time, 0);
  planColumn(ArgumentsColumn.Thread, (threads as u64) - 1);
  planColumn(ArgumentsColumn.Call, (calls as u64) - 1);
  // Behind the calls' keys: the values, which are differences in the file and so no narrow columns.
  const keys = calls + records * ArgumentsMax;
  const batch = buildBatch(Rank.Arguments, header, threads, keys, CallBytes);
  if (batch == NoBatch) return NoBatch;
  resolveThreads(batch, ArgumentsColumn.Threads, threads);
  for (let i: u32 = 0; i < calls; i++) {
    const call = changetype<Call>(batch.keys + (i as usize) * CallBytes);
    call.nr = cell(ArgumentsColumn.CallNr, i) as i32;
    call.compat = u32((cell(ArgumentsColumn.CallFlags, i) & SyscallFlag.Compat) != 0);
  }
  batch.idle = calls;
  let at = batch.keys + (calls as usize) * CallBytes;
  for (let row: u32 = 0; row < records; row++) {
    for (let i: u32 = 0; i < ArgumentsMax; i++, at += 8) store<u64>(at, cell(ArgumentsColumn.Arg0 + i, row));
  }
  return batch;
}

function pendingOf(thread: Thread): Pending {
  if (thread.pending == 0) thread.pending = changetype<usize>(allocate(offsetof<Pending>()));
  return changetype<Pending>(thread.pending);
}

/** The pending call of this time; it takes the place of one of another time. */
function pendingAt(thread: Thread, timeNs: u64): Pending {
  const pending = pendingOf(thread);
  if (pending.waits && pending.timeNs == timeNs) return pending;
  memory.fill(changetype<usize>(pending), 0, offsetof<Pending>());
  pending.waits = true;
  pending.timeNs = timeNs;
  return pending;
}

/** A record of an Arguments batch. */
export function takeArguments(batch: Batch, row: u32, timeNs: u64): void {
  const thread = batch.thread(batch.cell(ArgumentsCell.Thread, row) as u32);
  if (changetype<usize>(thread) == 0) return;
  const call = changetype<Call>(batch.keys + (batch.cell(ArgumentsCell.Call, row) as usize) * CallBytes);
  const values = batch.keys + ((batch.idle + row * ArgumentsMax) as usize) * CallBytes;
  const pending = pendingAt(thread, timeNs);
  pending.nr = call.nr;
  pending.compat = call.compat;
  pending.whole = true;
  memory.copy(changetype<usize>(pending) + offsetof<Pending>("value0"), values, (ArgumentsMax as usize) << 3);
}

@unmanaged
class StringArgumentRecord {
  timeNs: u64;
  tid: u32;
  argument: u32;
  flags: u32;
  text: u32;
}

/** The columns of a StringArgument block. False if it is malformed. */
export function openStringArguments(from: usize, to: usize, records: u32): bool {
  return (
    openPayload(from, to, StringArgumentColumn.Text + 1) &&
    decode(StringArgumentColumn.Time, records, Encoding.Delta, Limit.None) &&
    decode(StringArgumentColumn.Thread, records, Encoding.Unsigned, Limit.Tid) &&
    decode(StringArgumentColumn.Argument, records, Encoding.Unsigned, Limit.U32) &&
    decode(StringArgumentColumn.Flags, records, Encoding.Unsigned, Limit.U32) &&
    decode(StringArgumentColumn.Text, records, Encoding.Unsigned, Limit.U32, StringIdMax)
  );
}

/** The open StringArgument block as a batch; a null reference if it is empty or memory is refused. */
export function stringArgumentBatch(header: BlockHeader): Batch {
  if (header.records == 0) return NoBatch;
  const batch = newRecordBatch(Rank.StringArgument, header.cpu, header.records, offsetof<StringArgumentRecord>());
  if (batch == NoBatch) return NoBatch;
  for (let i: u32 = 0; i < header.records; i++) {
    const record = changetype<StringArgumentRecord>(batch.record(i));
    record.timeNs = cell(StringArgumentColumn.Time, i);
    record.tid = cell(StringArgumentColumn.Thread, i) as u32;
    record.argument = cell(StringArgumentColumn.Argument, i) as u32;
    record.flags = cell(StringArgumentColumn.Flags, i) as u32;
    record.text = cell(StringArgumentColumn.Text, i) as u32;
  }
  sealRecordBatch(batch);
  return batch;
}

/** A record of a StringArgument batch. */
export function takeStringArgument(at: usize): void {
  const record = changetype<StringArgumentRecord>(at);
  const thread = threadOf(record.tid);
  if (changetype<usize>(thread) == 0 || record.argument >= ArgumentsMax) return;
  const pending = pendingAt(thread, record.timeNs);
  const slot = changetype<usize>(pending) + offsetof<Pending>("text0") + ((record.argument as usize) << 2);
  store<u32>(slot, record.text + 1);
  const shift = record.argument << 1;
  pending.textFlags = (pending.textFlags & ~((3 as u32) << shift)) | ((record.flags & 3) << shift);
}

/** A call of `thread` ended after `durationNs`: its arguments, or a null reference; none pend then. */
export function takePending(thread: Thread, nr: i32, compat: u32, timeNs: u64, durationNs: u64): Pending {
  if (thread.pending == 0) return NoPending;
  const pending = changetype<Pending>(thread.pending);
  const isOurs =
    pending.waits &&
    pending.whole &&
    pending.nr == nr &&
    pending.compat == compat &&
    pending.timeNs <= timeNs &&
    timeNs - pending.timeNs == durationNs;
  pending.waits = false;
  return isOurs ? pending : NoPending;
}

/** A call of `thread` ended of which no beginning was seen: what pends is another one's. */
export function dropPending(thread: Thread): void {
  if (thread.pending != 0) changetype<Pending>(thread.pending).waits = false;
}
