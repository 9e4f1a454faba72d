// A block's payload, decompressed, as columns: `openPayload` finds where each begins and ends, the
// other functions decode one, checking every rule the format has for it. Definitions are decoded
// wide, 64 bits a value, into scratch memory shared by all blocks; the record columns of the event
// streams have a narrow form of their own (narrow.ts).

import { borrow, giveBack } from "./arena";
import { Cursor, newCursor, unzigzag } from "./cursor";
import { CpuMax, CpuNone, ColumnsMax, Encoding, TidMax, TidOther } from "./format";

/** The largest value a column may hold, and one beyond it that it may hold nevertheless. */
export enum Limit {
  None,
  U32,
  I32,
  Tid,
  Cpu,
}

// Directory of the open payload: per column values u32, flags u32, from usize, to usize.
const DirectoryBytes: usize = 16;
const directory: usize = memory.data(512, 16);
let columnCount: u32 = 0;

// Scratch for wide columns, by index: buffer usize, lengthBytes usize. As large as was ever needed.
const wide: usize = memory.data(256, 16); // ColumnsMax entries: whatever a type's columns are

const cursor: Cursor = newCursor();

@inline
function entryOf(index: u32): usize {
  return directory + (index as usize) * DirectoryBytes;
}

/** Values of a column as the payload says; compare before use. */
@inline
export function columnValues(index: u32): u32 {
  return load<u32>(entryOf(index));
}

@inline
export function columnIsConstant(index: u32): bool {
  return load<u32>(entryOf(index), 4) != 0;
}

@inline
export function columnFrom(index: u32): usize {
  return load<usize>(entryOf(index), 8);
}

@inline
export function columnTo(index: u32): usize {
  return load<usize>(entryOf(index), 12);
}

/** Reads the columns' framing. False if it is malformed or has fewer than `columnsMin` columns. */
export function openPayload(from: usize, to: usize, columnsMin: u32): bool {
  cursor.start(from, to);
  const count = cursor.varint();
  if (cursor.failed || count > (ColumnsMax as u64) || count < (columnsMin as u64)) return false;
  columnCount = count as u32;
  for (let index: u32 = 0; index < columnCount; index++) {
    const values = cursor.varint();
    const lengthAndConstant = cursor.varint();
    const at = cursor.skip(lengthAndConstant >> 1);
    if (cursor.failed) return false;
    const entry = entryOf(index);
    // A newer column's count may be anything; none that is known comes near 2^32.
    store<u32>(entry, min<u64>(values, u32.MAX_VALUE) as u32);
    store<u32>(entry, (lengthAndConstant & 1) as u32, 4);
    store<usize>(entry, at, 8);
    store<usize>(entry, cursor.at, 12);
  }
  return cursor.at == to;
}

@inline
function within(value: u64, limit: Limit): bool {
  switch (limit) {
    case Limit.U32:
      return value <= u32.MAX_VALUE;
    case Limit.I32:
      return ((value as i64) as i32 as i64) == (value as i64);
    case Limit.Tid:
      return value <= (TidMax as u64) || value == (TidOther as u32 as u64);
    case Limit.Cpu:
      return value <= (CpuMax as u64) || value == CpuNone;
    default:
      return true;
  }
}

/** Decodes a column of `count` values to `to`, 64 bits each; all of them at most `valueMax` and within `limit`. */
export function decodeWide(index: u32, count: u32, encoding: Encoding, limit: Limit, valueMax: u64, to: usize): bool {
  if (columnValues(index) != count) return false;
  const constant = columnIsConstant(index);
  cursor.start(columnFrom(index), columnTo(index));
  if (count == 0) return !constant && cursor.at == cursor.end;
  let stored = constant ? cursor.varint() : 0;
  let before: u64 = 0;
  const end = to + ((count as usize) << 3);
  for (; to < end; to += 8) {
    if (!constant) stored = cursor.varint();
    let value = stored;
    if (encoding == Encoding.Signed) value = unzigzag(stored) as u64;
    else if (encoding == Encoding.Delta) value = before + (unzigzag(stored) as u64);
    if (value > valueMax || !within(value, limit)) return false;
    store<u64>(to, value);
    before = value;
  }
  return !cursor.failed && cursor.at == cursor.end;
}

/** Decodes a column into scratch memory of its own: read it with `cell`, until the next block. */
export function decode(index: u32, count: u32, encoding: Encoding, limit: Limit, valueMax: u64 = u64.MAX_VALUE): bool {
  const slot = wide + ((index as usize) << 3);
  const lengthBytes = (count as usize) << 3;
  if (lengthBytes > load<usize>(slot, 4)) {
    giveBack(load<usize>(slot), load<usize>(slot, 4));
    store<usize>(slot, borrow(lengthBytes));
    store<usize>(slot, lengthBytes, 4);
  }
  const to = load<usize>(slot);
  if (to == 0) store<usize>(slot, 0, 4);
  return (to != 0 || count == 0) && decodeWide(index, count, encoding, limit, valueMax, to);
}

/** Value of a column decoded by `decode`. */
@inline
export function cell(index: u32, row: u32): u64 {
  return load<u64>(load<usize>(wide + ((index as usize) << 3)) + ((row as usize) << 3));
}

/** Whether a Bytes column holds exactly `count` bytes; they begin at `columnFrom`. */
export function decodeBytes(index: u32, count: u64): bool {
  return (
    !columnIsConstant(index) &&
    (columnValues(index) as u64) == count &&
    ((columnTo(index) - columnFrom(index)) as u64) == count
  );
}

/** Sum of a decoded column. */
export function sumOf(index: u32, count: u32): u64 {
  let sum: u64 = 0;
  for (let row: u32 = 0; row < count; row++) sum += cell(index, row);
  return sum;
}
