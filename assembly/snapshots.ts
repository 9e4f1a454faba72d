// Snapshot blocks: what threads that were off the CPU waited for at one moment, which is all that is
// known of one that did not run. They wait for their time like events; what they change is states.ts.

import { Batch, newRecordBatch, Rank, sealRecordBatch } from "./batch";
import { BlockHeader } from "./block";
import { cell, decode, Limit, openPayload } from "./columns";
import { Encoding, OffcpuClass, SnapshotColumn, StackIdMax, SwitchFlag } from "./format";
import { lifeOf, threadOf } from "./lives";
import { keepSnapshot } from "./states";
import { classOf, isExcluded } from "./streams";

@unmanaged
class SnapshotRecord {
  timeNs: u64;
  tid: u32;
  state: u32;
  nr: i32;
  flags: u32;
  kernelStack: u32;
  userStack: u32;
}

/** The columns of a Snapshot block. False if it is malformed. */
export function openSnapshots(from: usize, to: usize, records: u32): bool {
  return (
    openPayload(from, to, SnapshotColumn.UserStack + 1) &&
    decode(SnapshotColumn.Time, records, Encoding.Delta, Limit.None) &&
    decode(SnapshotColumn.Thread, records, Encoding.Unsigned, Limit.Tid) &&
    decode(SnapshotColumn.State, records, Encoding.Unsigned, Limit.U32) &&
    decode(SnapshotColumn.Nr, records, Encoding.Signed, Limit.I32) &&
    decode(SnapshotColumn.Flags, records, Encoding.Unsigned, Limit.U32) &&
    decode(SnapshotColumn.KernelStack, records, Encoding.Unsigned, Limit.U32, StackIdMax) &&
    decode(SnapshotColumn.UserStack, records, Encoding.Unsigned, Limit.U32, StackIdMax)
  );
}

/** The open Snapshot block as a batch; a null reference if it is empty or memory is refused. */
export function snapshotBatch(header: BlockHeader): Batch {
  if (header.records == 0) return changetype<Batch>(0);
  const batch = newRecordBatch(Rank.Snapshot, header.cpu, header.records, offsetof<SnapshotRecord>());
  if (changetype<usize>(batch) == 0) return batch;
  for (let i: u32 = 0; i < header.records; i++) {
    const record = changetype<SnapshotRecord>(batch.record(i));
    record.timeNs = cell(SnapshotColumn.Time, i);
    record.tid = cell(SnapshotColumn.Thread, i) as u32;
    record.state = cell(SnapshotColumn.State, i) as u32;
    record.nr = cell(SnapshotColumn.Nr, i) as i32;
    record.flags = cell(SnapshotColumn.Flags, i) as u32;
    record.kernelStack = cell(SnapshotColumn.KernelStack, i) as u32;
    record.userStack = cell(SnapshotColumn.UserStack, i) as u32;
  }
  sealRecordBatch(batch);
  return batch;
}

/** A record of a Snapshot batch. One of a thread that runs, or will at once, says only that it lives. */
export function takeSnapshot(at: usize): void {
  const record = changetype<SnapshotRecord>(at);
  const thread = threadOf(record.tid);
  if (changetype<usize>(thread) == 0) return;
  const offcpuClass = classOf(record.state, 0);
  if (offcpuClass == OffcpuClass.Runnable || offcpuClass == OffcpuClass.Dead) {
    lifeOf(thread);
    return;
  }
  const compat = u32((record.flags & SwitchFlag.Compat) != 0);
  const excluded = isExcluded(record.state);
  keepSnapshot(thread, offcpuClass, excluded, record.nr, compat, record.kernelStack, record.userStack);
}
