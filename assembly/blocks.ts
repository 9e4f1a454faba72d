// A whole block, its checksum verified, to those who know its type: definitions are defined at once,
// records of streams wait for the merge, a Sync starts it. A block that breaks a rule of the format
// is left out as if it were not there and named in a warning.

import { borrow, giveBack, outOfMemory } from "./arena";
import { argumentsBatch, openStringArguments, stringArgumentBatch } from "./arguments";
import { Batch } from "./batch";
import { BlockHeader, isWithinLimits } from "./block";
import { learnMore } from "./call-tree";
import { defineCgroups } from "./cgroups";
import { decode, Limit, openPayload } from "./columns";
import { addOffcpuCounts, addSyscallCounts, addTotals } from "./counters";
import {
  BlockHeaderBytes,
  BlockType,
  Codec,
  Encoding,
  IndexColumn,
} from "./format";
import { gapBefore, isEventStream, leaveWindow, lostBatch, openLost } from "./gaps";
import { defineKernelSymbols } from "./kernel-symbols";
import { decompressLz4, Lz4Slack } from "./lz4";
import { defineMappings } from "./mappings";
import { addBatch, takeBefore } from "./merge";
import { defineClocks, defineMeta } from "./meta";
import { defineObjectSymbols } from "./object-symbols";
import { defineObjects } from "./objects";
import { leaveOutOthers } from "./own-rows";
import { defineProcessSymbols } from "./process-symbols";
import { defineSections } from "./sections";
import { openSnapshots, snapshotBatch } from "./snapshots";
import { defineSourceFrames } from "./source-frames";
import { defineStacks } from "./stacks";
import { switchBatch, syscallBatch, wakeBatch } from "./streams";
import { defineStrings } from "./strings";
import { defineUserDumps } from "./dumps";
import { Warning } from "./tables";
import { openTasks, taskBatch } from "./tasks";
import { newVector, Vector } from "./vector";
import { warn } from "./warnings";
import { isOutside, takenFromNs, takenThroughNs } from "./window";

/** What the file holds of one block type: a row of Table.Blocks where `blocks` is not 0. */
@unmanaged
export class BlockCount {
  blocks: u64;
  records: u64;
  rawBytes: u64;
  fileBytes: u64;
}

export const BlockTypes: u32 = 256;
const counts: usize = memory.data(8192, 16);

@inline
export function blockCount(type: u32): BlockCount {
  return changetype<BlockCount>(counts + (type as usize) * offsetof<BlockCount>());
}

/** Records of event streams in whole blocks. */
export let eventsRead: u64 = 0;
/** The latest Sync's time or end of an event stream's block. */
export let lastNs: u64 = 0;

// One block's payload at a time, decompressed; the buffer is as large as was ever needed.
let raw: usize = 0;
let rawCapacity: usize = 0;

function countBlock(header: BlockHeader): void {
  const count = blockCount(header.type);
  count.blocks++;
  count.records += header.records;
  count.rawBytes += header.rawBytes;
  count.fileBytes += BlockHeaderBytes + (header.storedBytes as u64);
}

/** The block at `header`, `offset` bytes into the file. */
export function takeBlock(header: BlockHeader, offset: u64): void {
  const type = header.type;
  const known = type >= (BlockType.Meta as u32) && type <= (BlockType.SourceFrame as u32);
  if (!known) warn(Warning.UnknownBlock, offset, type, 0);
  const blockBytes = BlockHeaderBytes + (header.storedBytes as u64);
  if (known && !wasTakenAhead(offset) && !takeKnown(header)) {
    if (!outOfMemory) warn(Warning.DamagedBlock, offset, header.sequence, blockBytes);
    return;
  }
  countBlock(header);
}

/** Blocks taken before the recording was read as far: where they are in it, ascending. */
const takenAhead: Vector<u64> = newVector<u64>();
let aheadNext: u32 = 0;

/** Takes a whole block of definitions, `offset` bytes into the file, before those in front of it. */
export function takeAhead(header: BlockHeader, offset: u64): void {
  if (takeKnown(header)) takenAhead.push(offset);
}

function wasTakenAhead(offset: u64): bool {
  while (aheadNext < takenAhead.length && takenAhead.get(aheadNext) < offset) aheadNext++;
  return aheadNext < takenAhead.length && takenAhead.get(aheadNext) == offset;
}

/** False if the block breaks a rule, or memory is refused. */
function takeKnown(header: BlockHeader): bool {
  if (!isWithinLimits(header)) return false;
  if (header.lastNs < header.firstNs) return false;
  if (isOutsideWindow(header)) {
    noteEventsOutside(header);
    return true;
  }
  const from = payloadOf(header);
  if (from == 0) return false;
  const to = from + header.rawBytes;
  if (isEventStream(header.type)) return takeEvents(header, from, to);
  const records = header.records;
  switch (header.type) {
    case BlockType.Meta:
      return defineMeta(from, to, records);
    case BlockType.Clock:
      return defineClocks(from, to, records);
    case BlockType.String:
      return defineStrings(from, to, records);
    case BlockType.Task:
      if (!openTasks(from, to, records)) return false;
      addKept(taskBatch(header), 0);
      return true;
    case BlockType.StringArgument:
      if (!openStringArguments(from, to, records)) return false;
      addKept(stringArgumentBatch(header), takenFromNs);
      return true;
    case BlockType.Cgroup:
      return defineCgroups(from, to, records);
    case BlockType.Object:
      return defineObjects(from, to, records);
    case BlockType.Map:
      return defineMappings(from, to, records);
    case BlockType.Stack:
      return defineStacks(from, to, records);
    case BlockType.KernelSymbol:
      return defineKernelSymbols(from, to, records);
    case BlockType.UserDump:
      return defineUserDumps(from, to, records);
    case BlockType.Snapshot:
      if (!openSnapshots(from, to, records)) return false;
      addKept(snapshotBatch(header), takenFromNs);
      return true;
    case BlockType.Section:
    case BlockType.ObjectSymbol:
    case BlockType.ProcessSymbol:
    case BlockType.SourceFrame:
      return defineNames(header.type, from, to, records);
    case BlockType.SyscallCount:
      return addSyscallCounts(from, to, records);
    case BlockType.OffcpuCount:
      return addOffcpuCounts(from, to, records);
    case BlockType.Lost:
      if (!openLost(from, to, records)) return false;
      addBatch(lostBatch(header));
      return true;
    case BlockType.Sync:
      return takeSync(header, from, to);
    case BlockType.Totals:
      return addTotals(from, to, records);
    default:
      return checkIndex(from, to, records);
  }
}

/** What tells more of frames, which may have been shown by now. */
function defineNames(type: u32, from: usize, to: usize, records: u32): bool {
  learnMore();
  if (type == BlockType.Section) return defineSections(from, to, records);
  if (type == BlockType.ObjectSymbol) return defineObjectSymbols(from, to, records);
  if (type == BlockType.ProcessSymbol) return defineProcessSymbols(from, to, records);
  return defineSourceFrames(from, to, records);
}

/** Where the payload is, decompressed; 0 if it cannot be. Loads may go `Lz4Slack` beyond its end. */
export function payloadOf(header: BlockHeader): usize {
  const stored = changetype<usize>(header) + BlockHeaderBytes;
  const rawBytes = header.rawBytes as usize;
  if (header.codec == Codec.Raw) return header.storedBytes == header.rawBytes ? stored : 0;
  if (header.codec != Codec.Lz4) return 0;
  if (rawBytes + Lz4Slack > rawCapacity) {
    giveBack(raw, rawCapacity);
    raw = borrow(rawBytes + Lz4Slack);
    rawCapacity = raw == 0 ? 0 : rawBytes + Lz4Slack;
    if (raw == 0) return 0;
  }
  return decompressLz4(stored, stored + header.storedBytes, raw, raw + rawBytes) ? raw : 0;
}

function takeEvents(header: BlockHeader, from: usize, to: usize): bool {
  const type = header.type;
  let batch: Batch;
  if (type == BlockType.Switch) batch = switchBatch(header, from, to);
  else if (type == BlockType.Arguments) batch = argumentsBatch(header, from, to);
  else if (type == BlockType.Wake) batch = wakeBatch(header, from, to);
  else batch = syscallBatch(header, from, to);
  if (changetype<usize>(batch) == 0) return false;
  batch.keep(takenFromNs, takenThroughNs);
  leaveOutOthers(batch);
  addBatch(gapBefore(header)); // before the block's own records: it is lost before they are taken
  addBatch(batch);
  noteEvents(header);
  return true;
}

/** Lets the records of a batch from `fromNs` to the window's end wait for their turn. */
function addKept(batch: Batch, fromNs: u64): void {
  if (changetype<usize>(batch) == 0) return;
  batch.keep(fromNs, takenThroughNs);
  addBatch(batch);
}

@inline
function noteEvents(header: BlockHeader): void {
  eventsRead += header.records;
  lastNs = max(lastNs, header.lastNs);
}

@inline
function noteEventsOutside(header: BlockHeader): void {
  leaveWindow(header);
  noteEvents(header);
}

/** Whether a block of events has nothing to do with the window: then its payload is not looked at. */
export function isOutsideWindow(header: BlockHeader): bool {
  return (
    isEventStream(header.type) && header.lastNs >= header.firstNs && isOutside(header.firstNs, header.lastNs)
  );
}

/** Counts a block of events outside the window, of which only the header is known. */
export function passOver(header: BlockHeader): void {
  noteEventsOutside(header);
  countBlock(header);
}

function takeSync(header: BlockHeader, from: usize, to: usize): bool {
  if (header.records != 0 || header.firstNs != header.lastNs || !openPayload(from, to, 0)) return false;
  lastNs = max(lastNs, header.firstNs);
  takeBefore(header.firstNs);
  return true;
}

/** Makes the records of a whole Index block readable by `cell`. */
export function openIndex(header: BlockHeader): bool {
  if (!isWithinLimits(header)) return false;
  const from = payloadOf(header);
  return from != 0 && checkIndex(from, from + header.rawBytes, header.records);
}

/** Who reads from the front needs no index; but damage of it is damage. */
function checkIndex(from: usize, to: usize, records: u32): bool {
  return (
    openPayload(from, to, IndexColumn.Span + 1) &&
    decode(IndexColumn.Type, records, Encoding.Unsigned, Limit.U32) &&
    decode(IndexColumn.Cpu, records, Encoding.Unsigned, Limit.Cpu) &&
    decode(IndexColumn.Offset, records, Encoding.Delta, Limit.None) &&
    decode(IndexColumn.FirstNs, records, Encoding.Delta, Limit.None) &&
    decode(IndexColumn.Span, records, Encoding.Unsigned, Limit.None)
  );
}
