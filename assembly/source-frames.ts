// SourceFrame blocks: the functions an address of an object is in, inlined ones too, and their source
// lines. Blocks add rows; addresses are asked once everything is defined (or all there is so far).

import { allocate, borrow, giveBack, outOfMemory } from "./arena";
import { cell, decode, decodeWide, Limit, openPayload, sumOf } from "./columns";
import { Encoding, InlineDepthMax, ObjectIdMax, SourceFrameColumn, StringIdMax } from "./format";
import { compareU32, compareU64, sort } from "./sort";
import { newVector, Vector } from "./vector";

@unmanaged
export class SourceFunction {
  nameId: u32;
  fileId: u32;
  line: u32;
}

/** Followed by `depth` SourceFunctions, innermost first. */
@unmanaged
export class SourceFrame {
  address: u64;
  objectId: u32;
  depth: u32;

  @inline
  functionAt(index: u32): SourceFunction {
    const from = changetype<usize>(this) + offsetof<SourceFrame>();
    return changetype<SourceFunction>(from + (index as usize) * offsetof<SourceFunction>());
  }
}

const sourceFrames: Vector<SourceFrame> = newVector<SourceFrame>();

/** A SourceFrame block. False if it is malformed; then nothing of it is defined. */
export function defineSourceFrames(from: usize, to: usize, records: u32): bool {
  if (
    !openPayload(from, to, SourceFrameColumn.Line + 1) ||
    !decode(SourceFrameColumn.Object, records, Encoding.Unsigned, Limit.U32, ObjectIdMax) ||
    !decode(SourceFrameColumn.Address, records, Encoding.Delta, Limit.None) ||
    !decode(SourceFrameColumn.Depth, records, Encoding.Unsigned, Limit.U32, InlineDepthMax)
  ) {
    return false;
  }
  for (let i: u32 = 0; i < records; i++) if (cell(SourceFrameColumn.Depth, i) == 0) return false;
  // Three columns of at most BlockRecordsMax * InlineDepthMax values: too much to keep as scratch.
  const functions = sumOf(SourceFrameColumn.Depth, records) as u32;
  const columnBytes = (functions as usize) << 3;
  const names = borrow(max<usize>(columnBytes * 3, 8));
  if (names == 0) return true; // out of memory, which ends the analysis and is not damage
  const files = names + columnBytes;
  const lines = files + columnBytes;
  const whole =
    decodeWide(SourceFrameColumn.Name, functions, Encoding.Unsigned, Limit.U32, StringIdMax, names) &&
    decodeWide(SourceFrameColumn.File, functions, Encoding.Unsigned, Limit.U32, StringIdMax, files) &&
    decodeWide(SourceFrameColumn.Line, functions, Encoding.Unsigned, Limit.U32, u64.MAX_VALUE, lines);
  if (whole) keepFrames(records, names, columnBytes);
  giveBack(names, max<usize>(columnBytes * 3, 8));
  return whole;
}

function keepFrames(records: u32, at: usize, columnBytes: usize): void {
  for (let i: u32 = 0; i < records && !outOfMemory; i++) {
    const depth = cell(SourceFrameColumn.Depth, i) as u32;
    const frame = changetype<SourceFrame>(
      allocate(offsetof<SourceFrame>() + (depth as usize) * offsetof<SourceFunction>()),
    );
    frame.objectId = cell(SourceFrameColumn.Object, i) as u32;
    frame.address = cell(SourceFrameColumn.Address, i);
    frame.depth = depth;
    for (let index: u32 = 0; index < depth; index++, at += 8) {
      const source = frame.functionAt(index);
      source.nameId = load<u64>(at) as u32;
      source.fileId = load<u64>(at + columnBytes) as u32;
      source.line = load<u64>(at + columnBytes * 2) as u32;
    }
    sourceFrames.push(frame);
  }
}

let sorted: u32 = 0;

function compareFrames(a: usize, b: usize): i32 {
  return compareKeys(changetype<SourceFrame>(a), changetype<SourceFrame>(b).objectId, changetype<SourceFrame>(b).address);
}

function compareKeys(frame: SourceFrame, objectId: u32, address: u64): i32 {
  const byObject = compareU32(frame.objectId, objectId);
  return byObject != 0 ? byObject : compareU64(frame.address, address);
}

/** The functions of exactly this address of an object, of several the first defined; or a null reference. */
export function sourceFrameOf(objectId: u32, address: u64): SourceFrame {
  if (sorted != sourceFrames.length) {
    sorted = sourceFrames.length;
    sort(sourceFrames.at, sourceFrames.length, compareFrames);
  }
  let low: u32 = 0;
  let high = sourceFrames.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareKeys(sourceFrames.get(middle), objectId, address) < 0) low = middle + 1;
    else high = middle;
  }
  if (low == sourceFrames.length) return changetype<SourceFrame>(0);
  const found = sourceFrames.get(low);
  return compareKeys(found, objectId, address) == 0 ? found : changetype<SourceFrame>(0);
}
