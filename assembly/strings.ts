// Interned strings: rows of Table.Strings, equal text once. Row 0 is the empty string. Rows are made
// by String blocks, which name theirs by id, and by the engine itself (keys, build ids).

import { allocate, outOfMemory } from "./arena";
import { cell, columnFrom, decode, decodeBytes, Limit, openPayload, sumOf } from "./columns";
import { BlockType, Encoding, StringBytesMax, StringColumn, StringIdMax } from "./format";
import { Interned, mix, newInterned } from "./hash-index";
import { lostDefinition } from "./lost-definitions";
import { newSparse, Sparse } from "./sparse";
import { Vector } from "./vector";

@unmanaged
export class StringRow {
  hash: u32;
  at: usize;
  lengthBytes: u32;
  row: u32;

  @inline
  hasKeyOf(sought: StringRow): bool {
    return this.lengthBytes == sought.lengthBytes && memory.compare(this.at, sought.at, this.lengthBytes) == 0;
  }
}

const interned: Interned<StringRow> = newInterned<StringRow>();
export const strings: Vector<StringRow> = interned.rows;
const rowPlusOneOfId: Sparse = newSparse(StringIdMax);

// Bytes of the strings are kept in pages, so that a comm of 5 bytes does not cost a line of its own.
const PageBytes: usize = 4096;
let pageAt: usize = 0;
let pageLeft: usize = 0;

function keep(from: usize, lengthBytes: u32): usize {
  if ((lengthBytes as usize) > pageLeft) {
    pageAt = allocate(PageBytes);
    pageLeft = PageBytes;
  }
  const at = pageAt;
  memory.copy(at, from, lengthBytes);
  pageAt += lengthBytes;
  pageLeft -= lengthBytes;
  return at;
}

function hashBytes(from: usize, lengthBytes: u32): u32 {
  let hash = lengthBytes;
  for (let i: usize = 0; i < (lengthBytes as usize); i++) hash = mix(hash, load<u8>(from + i));
  return hash;
}

/** Row of a string of at most StringBytesMax bytes. */
export function intern(from: usize, lengthBytes: u32): u32 {
  const sought = interned.sought;
  sought.hash = hashBytes(from, lengthBytes);
  sought.at = from;
  sought.lengthBytes = lengthBytes;
  sought.row = strings.length;
  const row = interned.intern();
  if (row.row == sought.row) row.at = keep(from, lengthBytes);
  return row.row;
}

intern(0, 0); // row 0

// "[lost def]", which stands for every definition that is missing.
const lostText: usize = memory.data<u8>([0x5b, 0x6c, 0x6f, 0x73, 0x74, 0x20, 0x64, 0x65, 0x66, 0x5d]);
const LostTextBytes: u32 = 10;

export function lostRow(): u32 {
  return intern(lostText, LostTextBytes);
}

lostRow(); // row 1, whether or not it is asked for: so that rows do not depend on what is

/** Row of a string id of the recording; a missing one is noted as lost. */
export function stringRow(id: u32): u32 {
  if (id == 0) return 0;
  const rowPlusOne = rowPlusOneOfId.get(id);
  if (rowPlusOne != 0) return rowPlusOne - 1;
  lostDefinition(BlockType.String, id);
  return lostRow();
}

/** A String block. False if it is malformed; then nothing of it is defined. */
export function defineStrings(from: usize, to: usize, records: u32): bool {
  if (
    !openPayload(from, to, StringColumn.Bytes + 1) ||
    !decode(StringColumn.FirstId, 1, Encoding.Unsigned, Limit.U32, StringIdMax) ||
    !decode(StringColumn.Length, records, Encoding.Unsigned, Limit.U32, StringBytesMax) ||
    !decodeBytes(StringColumn.Bytes, sumOf(StringColumn.Length, records))
  ) {
    return false;
  }
  const firstId = cell(StringColumn.FirstId, 0) as u32;
  if (records > 0 && firstId + records - 1 > (StringIdMax as u32)) return false;
  let at = columnFrom(StringColumn.Bytes);
  for (let i: u32 = 0; i < records && !outOfMemory; i++) {
    const lengthBytes = cell(StringColumn.Length, i) as u32;
    const row = intern(at, lengthBytes);
    const id = firstId + i;
    if (id != 0 && rowPlusOneOfId.get(id) == 0) rowPlusOneOfId.set(id, row + 1);
    at += lengthBytes;
  }
  return true;
}
