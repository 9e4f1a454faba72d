// Frames of the addresses looked up, collected and then written as the tables of tables.ts. A
// lookup's answer replaces the one before.

import { allocate, outOfMemory } from "../arena";
import { addColumn, addColumns, beginTable, canFill, columnStart, put } from "../table";
import { ColumnType } from "../tables";
import { newVector, Vector } from "../vector";
import {
  AddressColumn,
  FrameColumn,
  NameSource,
  SymbolStringColumn,
  SymbolTable,
  SymbolWarningColumn,
} from "./tables";
import { clearTexts, texts } from "./texts";
import { warnings } from "./warnings";

@unmanaged
export class Frame {
  name: u32;
  file: u32;
  line: u32;
  column: u32;
  isInlined: bool;
  source: NameSource;
  symbolStart: u64;
  symbolBytes: u64;
}

const frames: Vector<Frame> = newVector<Frame>();
/** Frames that were made for an earlier answer. */
const made: Vector<Frame> = newVector<Frame>();
const firstFrames: Vector<u32> = newVector<u32>();

export function clearAnswers(): void {
  frames.length = 0;
  firstFrames.length = 0;
  clearTexts();
}

/** The frames added from now on are the next address'. */
export function beginAddress(): void {
  firstFrames.push(frames.length);
}

/** Frames of the address since `beginAddress`. */
export function framesOfAddress(): u32 {
  return frames.length - firstFrames.get(firstFrames.length - 1);
}

export function frameOfAddress(index: u32): Frame {
  return frames.get(firstFrames.get(firstFrames.length - 1) + index);
}

/** Another frame of the address, all zero. */
export function addFrame(): Frame {
  const index = frames.length;
  let frame: Frame;
  if (index < made.length) {
    frame = made.get(index);
    memory.fill(changetype<usize>(frame), 0, offsetof<Frame>());
  } else {
    frame = changetype<Frame>(allocate(offsetof<Frame>()));
    made.push(frame);
  }
  frames.push(frame);
  return frame;
}

/** Makes the tables. */
export function buildAnswers(): void {
  if (outOfMemory) return;
  firstFrames.push(frames.length);
  beginTable(SymbolTable.Addresses, firstFrames.length);
  addColumn(AddressColumn.FirstFrame, ColumnType.U32);
  if (canFill()) memory.copy(columnStart(AddressColumn.FirstFrame), firstFrames.at, (firstFrames.length as usize) << 2);
  buildFrames();
  buildTexts();
  buildWarnings();
}

function buildFrames(): void {
  beginTable(SymbolTable.Frames, frames.length);
  addColumns(FrameColumn.Name, FrameColumn.Column, ColumnType.U32);
  addColumn(FrameColumn.Inlined, ColumnType.U8);
  addColumn(FrameColumn.NameSource, ColumnType.U8);
  addColumn(FrameColumn.SymbolStart, ColumnType.U64);
  addColumn(FrameColumn.SymbolBytes, ColumnType.U64);
  if (!canFill()) return;
  for (let i: u32 = 0; i < frames.length; i++) {
    const frame = frames.get(i);
    put(FrameColumn.Name, i, frame.name);
    put(FrameColumn.File, i, frame.file);
    put(FrameColumn.Line, i, frame.line);
    put(FrameColumn.Column, i, frame.column);
    put(FrameColumn.Inlined, i, frame.isInlined ? 1 : 0);
    put(FrameColumn.NameSource, i, frame.source);
    put(FrameColumn.SymbolStart, i, frame.symbolStart);
    put(FrameColumn.SymbolBytes, i, frame.symbolBytes);
  }
}

function buildTexts(): void {
  let lengthBytes: u64 = 0;
  for (let i: u32 = 0; i < texts.length; i++) lengthBytes += texts.get(i).lengthBytes;
  beginTable(SymbolTable.Strings, texts.length);
  addColumn(SymbolStringColumn.Bytes, ColumnType.U8, min<u64>(lengthBytes, u32.MAX_VALUE) as u32);
  addColumn(SymbolStringColumn.Offset, ColumnType.U32, texts.length + 1);
  if (!canFill() || lengthBytes > u32.MAX_VALUE) return;
  const bytes = columnStart(SymbolStringColumn.Bytes);
  let offset: u32 = 0;
  for (let i: u32 = 0; i < texts.length; i++) {
    const text = texts.get(i);
    put(SymbolStringColumn.Offset, i, offset);
    memory.copy(bytes + offset, text.at, text.lengthBytes);
    offset += text.lengthBytes;
  }
  put(SymbolStringColumn.Offset, texts.length, offset);
}

function buildWarnings(): void {
  beginTable(SymbolTable.Warnings, warnings.length);
  addColumns(SymbolWarningColumn.Code, SymbolWarningColumn.Count, ColumnType.U32);
  if (!canFill()) return;
  for (let i: u32 = 0; i < warnings.length; i++) {
    const row = warnings.get(i);
    put(SymbolWarningColumn.Code, i, row.code);
    put(SymbolWarningColumn.Part, i, row.part);
    put(SymbolWarningColumn.DetailA, i, row.detail);
    put(SymbolWarningColumn.Count, i, row.count);
  }
}
