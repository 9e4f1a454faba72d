// Loss: as the recording tells it (Lost blocks) and as its sequence numbers do ("Order" of
// FORMAT.md). Every event has an ordinal in its stream, delivered or not, so a stream's next block
// beginning too high is a gap; Lost records before that block explain it, and what remains was lost
// with the file itself (a damaged block). Both sum up in Table.Lost, and those of Switch records
// become batches, to be applied to states at their time.

import { allocate, outOfMemory } from "./arena";
import { Batch, newRecordBatch, Rank, sealRecordBatch } from "./batch";
import { BlockHeader } from "./block";
import { cell, decode, Limit, openPayload } from "./columns";
import { BlockType, Encoding, LostColumn } from "./format";
import { loseSwitches } from "./losses";
import { newSparse, Sparse } from "./sparse";
import { newTally, Tally } from "./tally";
import { beginsInside, isOutside, windowStartNs } from "./window";

/** `reason` of a loss that no record explains. */
const ReasonDamage: u32 = 0;

const NoBatch: Batch = changetype<Batch>(0);

/** By cpu, stream and reason: x records, y first and z last moment touched. */
export const lostRows: Tally = newTally();

@unmanaged
class Stream {
  /** Ordinal that the next block should begin with. */
  nextSeq: u64;
  lastNs: u64;
  /** Records that Lost records since the last block speak of. */
  explained: u64;
  /** Whether the block before, or else the stream's beginning, lies in the window. */
  inWindow: bool;
}

const EventTypes: u32 = 4;

/** Streams by `event type << 16 | cpu`, the first event type being 0. */
const streams: Sparse = newSparse((EventTypes << 16) - 1);
@inline
export function isEventStream(type: u32): bool {
  return type - BlockType.Switch < 3 || type == BlockType.Arguments;
}

/** Event types from 0 on. */
@inline
function ordinalOf(type: u32): u32 {
  return type == BlockType.Arguments ? 3 : type - BlockType.Switch;
}

function streamOf(type: u32, cpu: u32): Stream {
  const id = (ordinalOf(type) << 16) | cpu;
  const known = streams.get(id);
  if (known != 0) return changetype<Stream>(known as usize);
  const stream = changetype<Stream>(allocate(offsetof<Stream>()));
  stream.lastNs = windowStartNs;
  stream.inWindow = !beginsInside;
  streams.set(id, changetype<usize>(stream) as u32);
  return stream;
}

function addLost(cpu: u32, stream: u32, reason: u32, count: u64, fromNs: u64, toNs: u64): void {
  const known = lostRows.rows.length;
  const row = lostRows.at(cpu, stream, reason);
  row.y = lostRows.rows.length > known ? fromNs : min(row.y, fromNs);
  row.z = max(row.z, toNs);
  row.x += count;
}

/** A loss of switches at a moment: record of a Loss batch. */
@unmanaged
class LossRecord {
  timeNs: u64;
  cpu: u32;
}

/** The columns of a Lost block. False if it is malformed. */
export function openLost(from: usize, to: usize, records: u32): bool {
  return (
    openPayload(from, to, LostColumn.Count + 1) &&
    decode(LostColumn.Cpu, records, Encoding.Unsigned, Limit.Cpu) &&
    decode(LostColumn.Stream, records, Encoding.Unsigned, Limit.U32) &&
    decode(LostColumn.Reason, records, Encoding.Unsigned, Limit.U32) &&
    decode(LostColumn.From, records, Encoding.Delta, Limit.None) &&
    decode(LostColumn.Span, records, Encoding.Unsigned, Limit.None) &&
    decode(LostColumn.Count, records, Encoding.Unsigned, Limit.None)
  );
}

/** Counts the open Lost block; those of switches as a batch, or a null reference if there are none. */
export function lostBatch(header: BlockHeader): Batch {
  let ofSwitches: u32 = 0;
  for (let i: u32 = 0; i < header.records && !outOfMemory; i++) {
    const cpu = cell(LostColumn.Cpu, i) as u32;
    const type = cell(LostColumn.Stream, i) as u32;
    const count = cell(LostColumn.Count, i);
    if (isEventStream(type)) streamOf(type, cpu).explained += count;
    if (isOutside(cell(LostColumn.From, i), lostAtNs(i))) continue;
    addLost(cpu, type, cell(LostColumn.Reason, i) as u32, count, cell(LostColumn.From, i), lostAtNs(i));
    if (type == BlockType.Switch) ofSwitches++;
  }
  if (ofSwitches == 0 || outOfMemory) return NoBatch; // without memory not all of them were counted
  const batch = newRecordBatch(Rank.Loss, header.cpu, ofSwitches, offsetof<LossRecord>());
  if (batch == NoBatch) return NoBatch;
  let at = batch.keys;
  for (let i: u32 = 0; i < header.records; i++) {
    if (cell(LostColumn.Stream, i) != BlockType.Switch) continue;
    if (isOutside(cell(LostColumn.From, i), lostAtNs(i))) continue;
    const loss = changetype<LossRecord>(load<usize>(at));
    loss.timeNs = lostAtNs(i);
    loss.cpu = cell(LostColumn.Cpu, i) as u32;
    at += 4;
  }
  sealRecordBatch(batch);
  return batch;
}

/** End of a loss; one that would be beyond 2^64 is there. */
@inline
function lostAtNs(row: u32): u64 {
  const fromNs = cell(LostColumn.From, row);
  const atNs = fromNs + cell(LostColumn.Span, row);
  return atNs < fromNs ? u64.MAX_VALUE : atNs;
}

/** Follows a stream to its next block; the loss in between as a batch, if it has to be applied. */
export function gapBefore(header: BlockHeader): Batch {
  const type = header.type;
  const cpu = header.cpu;
  const stream = streamOf(type, cpu);
  const fromNs = stream.lastNs;
  // What a part of a recording lacks before its first block is not known to be lost in it.
  const nextSeq = stream.inWindow ? stream.nextSeq : header.firstSeq;
  const gap = header.firstSeq - min(nextSeq, header.firstSeq);
  const missing = gap - min(stream.explained, gap);
  stream.nextSeq = header.firstSeq + header.records;
  stream.lastNs = header.lastNs;
  stream.explained = 0;
  stream.inWindow = true;
  if (missing == 0) return NoBatch;
  addLost(cpu, type, ReasonDamage, missing, fromNs, header.firstNs);
  if (type != BlockType.Switch) return NoBatch;
  const batch = newRecordBatch(Rank.Loss, cpu, 1, offsetof<LossRecord>());
  if (batch == NoBatch) return NoBatch;
  const loss = changetype<LossRecord>(load<usize>(batch.keys));
  loss.timeNs = header.firstNs;
  loss.cpu = cpu;
  sealRecordBatch(batch);
  return batch;
}

/** Follows a stream to a block outside the window: no gap beside it counts. */
export function leaveWindow(header: BlockHeader): void {
  const stream = streamOf(header.type, header.cpu);
  stream.explained = 0;
  stream.inWindow = false;
}

/** A record of a Loss batch, at its time. */
@inline
export function takeLoss(at: usize): void {
  loseSwitches(changetype<LossRecord>(at).cpu);
}
