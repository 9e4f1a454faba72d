// Definitions that a recorder writes last (the symbols and unwind information of mapped files, what
// was found later), taken before the first event: a pass that is read while it goes on would otherwise
// show frames without names. Where a recording can be read in any order, its driver asks which bytes
// are wanted and brings them, before the first chunk: the trailer, then the index, then the blocks. What is
// odd with any of it is left for the reader to say, who comes to the same bytes later.

import { borrow, giveBack } from "./arena";
import { blockBytes, BlockHeader, isWhole } from "./block";
import { openIndex, takeAhead } from "./blocks";
import { cell } from "./columns";
import {
  BlockHeaderBytes,
  BlockStoredBytesMax,
  BlockType,
  IndexColumn,
  TrailerBytes,
  TrailerOffset,
} from "./format";
import { isTrailerIntact, TrailerMagic } from "./trailer";
import { newVector, Vector } from "./vector";

enum Stage {
  Trailer,
  Index,
  Blocks,
  Done,
}

/** An index of more bytes is not read ahead: 16 MiB tell of some million blocks. */
const IndexBytesMax: u64 = 16 << 20;
/** Bytes asked for at once: at least one block. */
const BytesAtOnce: u64 = (BlockHeaderBytes as u64) + (BlockStoredBytesMax as u64);
/** Runs of blocks that are read; a recorder's last words are one or two. */
const RunsMax: u32 = 4096;

let stage: Stage = Stage.Done;
let fileBytes: u64 = 0;
let indexFrom: u64 = 0;

// Runs of definitions: from, to, from, to, … in the file; `run` is the one being read, from `at` on.
const runs: Vector<u64> = newVector<u64>();
let run: u32 = 0;
let at: u64 = 0;

let buffer: usize = 0;
let bufferBytes: usize = 0;

/** The whole recording has `lengthBytes` bytes, any of which can be had. */
export function startAhead(lengthBytes: u64): void {
  fileBytes = lengthBytes;
  stage = lengthBytes > (TrailerBytes as u64) ? Stage.Trailer : Stage.Done;
}

/** Where the bytes that are wanted begin in the file. */
export function aheadFrom(): u64 {
  switch (stage) {
    case Stage.Trailer:
      return fileBytes - (TrailerBytes as u64);
    case Stage.Index:
      return indexFrom;
    default:
      return at;
  }
}

/** How many bytes are wanted from there; 0: no more. */
export function aheadBytes(): u64 {
  switch (stage) {
    case Stage.Trailer:
      return TrailerBytes;
    case Stage.Index:
      return fileBytes - (TrailerBytes as u64) - indexFrom;
    case Stage.Blocks:
      return min(runs.get(run * 2 + 1) - at, BytesAtOnce);
    default:
      return 0;
  }
}

/** Where to put them; 0 if there is no memory. */
export function reserveAhead(): usize {
  const wanted = aheadBytes() as usize;
  if (wanted > bufferBytes) {
    giveBack(buffer, bufferBytes);
    buffer = borrow(wanted);
    bufferBytes = buffer == 0 ? 0 : wanted;
  }
  return buffer;
}

/** Takes the first `lengthBytes` of them, which were put there. */
export function takeAheadBytes(lengthBytes: usize): void {
  if (lengthBytes > (aheadBytes() as usize) || lengthBytes > bufferBytes) return endAhead();
  const to = buffer + lengthBytes;
  if (stage == Stage.Trailer) takeTrailer(lengthBytes);
  else if (stage == Stage.Index) takeIndex(to);
  else takeBlocks(to);
}

function endAhead(): void {
  stage = Stage.Done;
  giveBack(buffer, bufferBytes);
  buffer = 0;
  bufferBytes = 0;
}

function takeTrailer(lengthBytes: usize): void {
  if (lengthBytes != (TrailerBytes as usize) || load<u64>(buffer) != TrailerMagic) return endAhead();
  indexFrom = load<u64>(buffer, TrailerOffset.IndexOffset);
  const end = fileBytes - (TrailerBytes as u64);
  const isThere = indexFrom != 0 && indexFrom < end && end - indexFrom <= IndexBytesMax;
  if (!isTrailerIntact(buffer) || !isThere) return endAhead();
  stage = Stage.Index;
}

/** The block at `from`, of those that end at `to`; a null reference if it is not whole. */
function blockAt(from: usize, to: usize): BlockHeader {
  return isWhole(from, to - from) ? changetype<BlockHeader>(from) : changetype<BlockHeader>(0);
}

function takeIndex(to: usize): void {
  let from: u64 = 0; // of the run that is open, 0 where none is
  let before: u64 = 0;
  for (let here = buffer; here < to; ) {
    const header = blockAt(here, to);
    if (changetype<usize>(header) == 0 || header.type != BlockType.Index || !openIndex(header)) break;
    for (let i: u32 = 0; i < header.records; i++) {
      const offset = cell(IndexColumn.Offset, i);
      if (offset <= before || offset >= indexFrom) return startBlocks(); // hostile: they ascend
      before = offset;
      const isWanted = isLastWord(cell(IndexColumn.Type, i) as u32);
      if (isWanted && from == 0) from = offset;
      if (!isWanted && from != 0) {
        addRun(from, offset);
        from = 0;
      }
    }
    here += blockBytes(header);
  }
  if (from != 0) addRun(from, indexFrom);
  startBlocks();
}

function addRun(from: u64, to: u64): void {
  if (runs.length >= RunsMax * 2) return;
  runs.push(from);
  runs.push(to);
}

function startBlocks(): void {
  run = 0;
  if (runs.length < 2) return endAhead();
  at = runs.get(0);
  stage = Stage.Blocks;
}

/** Whether blocks of this type say something of what was met before them, and hold for all time. */
function isLastWord(type: u32): bool {
  return (
    type == BlockType.String ||
    type == BlockType.Section ||
    type == BlockType.ObjectSymbol ||
    type == BlockType.ProcessSymbol ||
    type == BlockType.SourceFrame
  );
}

function takeBlocks(to: usize): void {
  let here = buffer;
  for (let header = blockAt(here, to); changetype<usize>(header) != 0; header = blockAt(here, to)) {
    if (isLastWord(header.type)) takeAhead(header, at);
    here += blockBytes(header);
    at += blockBytes(header);
  }
  // What is not whole was damaged, or the index is wrong: the rest of this run is not looked at.
  if (here == buffer || at >= runs.get(run * 2 + 1)) nextRun();
}

function nextRun(): void {
  run++;
  if (run * 2 >= runs.length) return endAhead();
  at = runs.get(run * 2);
}
