// Bytes in, whole blocks out. Chunks are appended to a carry buffer; whatever forms a whole block
// (magic, length, checksum) goes to blocks.ts, the rest waits for the next chunk. What is decided
// depends on the bytes alone, never on where chunks end. Damage costs what lies between two whole
// blocks, no more: see "Damage" of FORMAT.md.

import { borrow, giveBack, outOfMemory } from "./arena";
import { BlockHeader, isIntact } from "./block";
import { isOutsideWindow, passOver, takeBlock } from "./blocks";
import { CrcStart, extendCrc, finishCrc } from "./crc32c";
import { dealAhead, isDealt } from "./dealing";
import {
  BlockHeaderBytes,
  BlockHeaderOffset,
  BlockMagic,
  BlockStoredBytesMax,
  Ended,
  FileHeaderBytes,
  FileHeaderOffset,
  FileMagicHigh,
  FileMagicLow,
  TrailerBytes,
  TrailerMagicLow,
  TrailerOffset,
  VersionMajor,
} from "./format";
import { Lz4Slack } from "./lz4";
import { mustTakeFirst } from "./merge";
import { startRegisters } from "./registers";
import { startStreams } from "./streams";
import { checksBlock, isDivided } from "./parts";
import { Status, Warning } from "./tables";
import { isTrailerIntact, TrailerMagic } from "./trailer";
import { warn } from "./warnings";
import { startWindow } from "./window";

/** The largest chunk taken at once. */
const ChunkBytesMax: u32 = 64 << 20;

// Candidates for the next whole block are tried by their checksum. A hostile file may offer one
// every four bytes, each of 4 MiB; what trying costs is bounded by what has been skipped so far.
const ResyncTrialBytes: u64 = 64 << 20;
const ResyncTrialBytesPerByte: u64 = 16;

/** Of a block's beginning these say how long it is. */
const SizedBytes: usize = (BlockHeaderOffset.StoredBytes as usize) + 4;

enum Found {
  Nothing,
  Block,
  /** A block of events outside the window: nothing of it but its header is looked at. */
  BlockOutside,
  Trailer,
  /** What is there may become a block or the trailer with more bytes. */
  Beginning,
}

// The carry buffer: bytes [start, end) are not yet consumed, `offset` is where `start` is in the file.
let buffer: usize = 0;
let capacity: usize = 0;
let start: usize = 0;
let end: usize = 0;
let offset: u64 = 0;
let reserved: u32 = 0;

/** Bytes of a block outside the window that are still to come, and need not. */
let passing: u64 = 0;

let noMoreBytes: bool = false;
let readToTheEnd: bool = false;

let headerTaken: bool = false;
let trailerTaken: bool = false;

// While looking for the next whole block: where the last one should have been, and what was there.
let skipping: bool = false;
let skippedFrom: u64 = 0;
let skippedMagic: bool = false;
let skippedSequence: u32 = 0;
/** Bytes that what was there lacks to be whole, if it is the recording's truncated end. */
let skippedMissing: u64 = 0;
let trialBytes: u64 = 0;

/** The file header, copied: valid once `headerTaken`. */
export const fileHeader: usize = memory.data(FileHeaderBytes, 8);
/** An Ended of the trailer, 0 without one. */
export let ended: u32 = 0;
export let fileBytes: u64 = 0;
/** Where and with which detail the reading was refused. */
export let errorAt: u64 = 0;
export let errorDetail: u64 = 0;

/** Where to put the next chunk of up to `lengthBytes`; 0 if that is refused. */
export function reserveChunk(lengthBytes: u32): usize {
  if (lengthBytes > ChunkBytesMax) return 0;
  const carried = end - start;
  const needed = carried + lengthBytes + Lz4Slack;
  if (needed > capacity) {
    const grown = borrow(needed + (needed >> 2));
    if (grown == 0) return 0;
    memory.copy(grown, start, carried);
    giveBack(buffer, capacity);
    buffer = grown;
    capacity = needed + (needed >> 2);
    start = grown;
  } else if (end + lengthBytes + Lz4Slack > buffer + capacity) {
    memory.copy(buffer, start, carried);
    start = buffer;
  }
  end = start + carried;
  reserved = lengthBytes;
  return end;
}

/** Consumes a chunk that was put where `reserveChunk` said. */
export function takeChunk(lengthBytes: u32): Status {
  if (lengthBytes > reserved) return Status.Misuse;
  reserved = 0;
  end += lengthBytes;
  fileBytes += lengthBytes;
  return advance(false);
}

/** No more chunks will come. */
export function endInput(): Status {
  noMoreBytes = true;
  return fileBytes == 0 ? Status.Empty : readOn();
}

/** Reads on where what was due had to be taken first. */
export function readOn(): Status {
  const status = advance(noMoreBytes);
  if (status == Status.Ok && noMoreBytes && !readToTheEnd && !mustTakeFirst()) endReading();
  return status;
}

/** Bytes that whole blocks were made of, or that were skipped. */
export function readBytes(): u64 {
  return offset;
}

/** Whether all of the recording has been read. */
export function isReadToTheEnd(): bool {
  return readToTheEnd;
}

function endReading(): void {
  readToTheEnd = true;
  if (passing != 0) {
    warn(Warning.Truncated, passedFrom, passing, 0);
  } else if (trailerTaken) {
    if (end != start) warn(Warning.TrailingBytes, offset, 0, fileBytes - offset);
  } else if (skipping && skippedMissing != 0) {
    warn(Warning.Truncated, skippedFrom, skippedMissing, 0);
  } else {
    endSkipping();
    warn(Warning.Unfinished, fileBytes, 0, 0);
  }
}

function advance(final: bool): Status {
  if (!headerTaken) {
    const status = takeFileHeader(final);
    if (status != Status.Ok || !headerTaken) return status;
  }
  if (isDivided && !isDealt && !dealAhead(start, end, final)) return Status.Ok;
  while (!trailerTaken && !outOfMemory && !mustTakeFirst()) {
    if (passing != 0) passOn(min(passing, (end - start) as u64));
    if (passing != 0) break;
    const found = find();
    if (found == Found.BlockOutside) {
      passOverBlock();
      continue;
    }
    if (found == Found.Block || found == Found.Trailer) {
      endSkipping();
      if (found == Found.Block) consumeBlock();
      else consumeTrailer();
      continue;
    }
    if (end == start || (found == Found.Beginning && !final)) break;
    if (!skipping) beginSkipping(found);
    goToCandidate();
  }
  return outOfMemory ? Status.OutOfMemory : Status.Ok;
}

function refuse(status: Status, at: u64, detail: u64): Status {
  errorAt = at;
  errorDetail = detail;
  return status;
}

function takeFileHeader(final: bool): Status {
  const left = end - start;
  const magic = (FileMagicLow as u32 as u64) | ((FileMagicHigh as u32 as u64) << 32);
  const met: u64 = left >= 8 ? u64.MAX_VALUE : ((1 as u64) << ((left as u64) << 3)) - 1;
  if ((load<u64>(start) & met) != (magic & met)) return refuse(Status.NotARecording, 0, 0);
  if (left >= (FileHeaderOffset.VersionMajor as usize) + 2) {
    const version = load<u16>(start, FileHeaderOffset.VersionMajor);
    if (version != VersionMajor) return refuse(Status.NewerVersion, FileHeaderOffset.VersionMajor, version);
  }
  if (left < (FileHeaderBytes as usize)) return final ? refuse(Status.HeaderDamaged, left, 0) : Status.Ok;
  const crc = finishCrc(extendCrc(CrcStart, start, FileHeaderOffset.Crc32c));
  const headerBytes = load<u32>(start, FileHeaderOffset.HeaderBytes);
  if (crc != load<u32>(start, FileHeaderOffset.Crc32c) || headerBytes != FileHeaderBytes) {
    return refuse(Status.HeaderDamaged, 0, 0);
  }
  memory.copy(fileHeader, start, FileHeaderBytes);
  consume(FileHeaderBytes);
  headerTaken = true;
  startRegisters(load<u16>(fileHeader, FileHeaderOffset.Arch));
  startWindow(load<u64>(fileHeader, FileHeaderOffset.StartMonotonicNs));
  startStreams();
  return Status.Ok;
}

@inline
function consume(lengthBytes: usize): void {
  start += lengthBytes;
  offset += lengthBytes;
}

/** Header of the block that is passed over, and where it stands: it counts once it is whole. */
const passedHeader: usize = memory.data(BlockHeaderBytes, 8);
let passedFrom: u64 = 0;

/** Goes on by bytes of a block outside the window. */
@inline
function passOn(lengthBytes: u64): void {
  consume(lengthBytes as usize);
  endPassing(lengthBytes);
}

function endPassing(lengthBytes: u64): void {
  passing -= lengthBytes;
  if (passing == 0) passOver(changetype<BlockHeader>(passedHeader));
}

function passOverBlock(): void {
  memory.copy(passedHeader, start, BlockHeaderBytes);
  passedFrom = offset;
  passing = changetype<BlockHeader>(start).storedBytes;
  consume(BlockHeaderBytes);
  if (passing == 0) endPassing(0);
}

/** Bytes behind those given that make no difference: `skip` may stand for them. */
export function skippableBytes(): u64 {
  return passing;
}

/** Instead of the next `lengthBytes` bytes, which are among the skippable ones. */
export function skip(lengthBytes: u64): Status {
  if (lengthBytes > passing || lengthBytes == 0) return Status.Misuse;
  offset += lengthBytes;
  fileBytes += lengthBytes;
  endPassing(lengthBytes);
  return Status.Ok;
}

/** What stands at `start`. */
function find(): Found {
  const left = end - start;
  const met: u32 = left >= 4 ? u32.MAX_VALUE : (1 << ((left as u32) << 3)) - 1;
  const magic = load<u32>(start) & met;
  if (magic == ((BlockMagic as u32) & met)) return findBlock(left);
  if (magic == ((TrailerMagicLow as u32) & met)) return findTrailer(left);
  return Found.Nothing;
}

function findBlock(left: usize): Found {
  if (left < (BlockHeaderBytes as usize)) return Found.Beginning;
  const storedBytes = load<u32>(start, BlockHeaderOffset.StoredBytes);
  if (storedBytes > (BlockStoredBytesMax as u32)) return Found.Nothing;
  // Its checksum is not: damage of a header in the part that nobody asked for is met, if it matters,
  // where the next block should stand.
  if (!skipping && isOutsideWindow(changetype<BlockHeader>(start))) return Found.BlockOutside;
  if (left < (BlockHeaderBytes as usize) + storedBytes) return Found.Beginning;
  if (skipping && trialBytes > ResyncTrialBytes + (offset - skippedFrom) * ResyncTrialBytesPerByte) {
    return Found.Nothing;
  }
  if (!skipping && !checksBlock()) return Found.Block;
  if (isIntact(changetype<BlockHeader>(start))) return Found.Block;
  trialBytes += storedBytes;
  return Found.Nothing;
}

function findTrailer(left: usize): Found {
  const met: u64 = left >= 8 ? u64.MAX_VALUE : ((1 as u64) << ((left as u64) << 3)) - 1;
  if ((load<u64>(start) & met) != (TrailerMagic & met)) return Found.Nothing;
  if (left < (TrailerBytes as usize)) return Found.Beginning;
  return isTrailerIntact(start) ? Found.Trailer : Found.Nothing;
}

/** Bytes that the beginning at `start` lacks; 0 if it cannot become anything. */
function missingBytes(): u64 {
  const left = end - start;
  if (load<u8>(start) == (TrailerMagicLow & 0xff)) return (TrailerBytes as u64) - left;
  const storedBytes = left >= SizedBytes ? load<u32>(start, BlockHeaderOffset.StoredBytes) : 0;
  if (storedBytes > (BlockStoredBytesMax as u32)) return 0;
  return (BlockHeaderBytes as u64) + storedBytes - left;
}

function consumeBlock(): void {
  const header = changetype<BlockHeader>(start);
  takeBlock(header, offset);
  consume((BlockHeaderBytes as usize) + header.storedBytes);
}

function consumeTrailer(): void {
  ended = load<u32>(start, TrailerOffset.Ended);
  if (ended == Ended.WriteError) warn(Warning.WriteError, offset, 0, 0);
  consume(TrailerBytes);
  trailerTaken = true;
}

function beginSkipping(found: Found): void {
  skipping = true;
  skippedFrom = offset;
  skippedMissing = found == Found.Beginning ? missingBytes() : 0;
  skippedMagic = end - start >= 4 && load<u32>(start) == (BlockMagic as u32);
  const whole = end - start >= (BlockHeaderBytes as usize);
  skippedSequence = whole ? load<u32>(start, BlockHeaderOffset.Sequence) : 0;
  trialBytes = 0;
}

/** On to the next place where a magic stands or, at the end of what is here, may begin. */
function goToCandidate(): void {
  let at = start + 1;
  for (; at + 4 <= end; at++) {
    const magic = load<u32>(at);
    if (magic == (BlockMagic as u32) || magic == (TrailerMagicLow as u32)) break;
  }
  consume(at - start);
}

function endSkipping(): void {
  if (!skipping) return;
  skipping = false;
  const skippedBytes = offset - skippedFrom;
  if (skippedMagic) warn(Warning.DamagedBlock, skippedFrom, skippedSequence, skippedBytes);
  else warn(Warning.Resynchronized, skippedFrom, 0, skippedBytes);
}
