// Objects that can be mapped: rows of Table.Objects. Row 0 is the unknown object; the row of a
// missing definition is made when first asked for.

import { allocate, outOfMemory } from "./arena";
import { cell, columnFrom, decode, decodeBytes, Limit, openPayload, sumOf } from "./columns";
import { BlockType, BuildIdBytesMax, Encoding, ObjectColumn, ObjectIdMax, StringIdMax } from "./format";
import { lostDefinition } from "./lost-definitions";
import { newSparse, Sparse } from "./sparse";
import { intern, lostRow } from "./strings";
import { newVector, Vector } from "./vector";

@unmanaged
export class ObjectRow {
  device: u64;
  inode: u64;
  kind: u32;
  /** String id until the end of the recording, where it may still be defined. */
  pathId: u32;
  /** Row of the lower-case hexadecimal text. */
  buildId: u32;
  lost: bool;
}

export const objects: Vector<ObjectRow> = newVector<ObjectRow>();
const rowOfId: Sparse = newSparse(ObjectIdMax);
let lostObject: u32 = 0;

function newRow(): ObjectRow {
  const row = changetype<ObjectRow>(allocate(offsetof<ObjectRow>()));
  objects.push(row);
  return row;
}

newRow(); // row 0

/** Row of an object id; a missing one is noted as lost. */
export function objectRow(id: u32): u32 {
  if (id == 0) return 0;
  const row = rowOfId.get(id);
  if (row != 0) return row;
  lostDefinition(BlockType.Object, id);
  if (lostObject == 0) {
    lostObject = objects.length;
    newRow().lost = true;
    lostRow();
  }
  return lostObject;
}

const hexadecimal: usize = memory.data<u8>([
  0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66,
]);
const hexText: usize = memory.data(64); // twice BuildIdBytesMax

function internHexadecimal(from: usize, lengthBytes: u32): u32 {
  for (let i: usize = 0; i < (lengthBytes as usize); i++) {
    const byte = load<u8>(from + i) as usize;
    store<u8>(hexText + i * 2, load<u8>(hexadecimal + (byte >> 4)));
    store<u8>(hexText + i * 2 + 1, load<u8>(hexadecimal + (byte & 15)));
  }
  return intern(hexText, lengthBytes * 2);
}

/** An Object block. False if it is malformed; then nothing of it is defined. */
export function defineObjects(from: usize, to: usize, records: u32): bool {
  if (
    !openPayload(from, to, ObjectColumn.BuildId + 1) ||
    !decode(ObjectColumn.Id, records, Encoding.Delta, Limit.U32, ObjectIdMax) ||
    !decode(ObjectColumn.Kind, records, Encoding.Unsigned, Limit.U32) ||
    !decode(ObjectColumn.Path, records, Encoding.Unsigned, Limit.U32, StringIdMax) ||
    !decode(ObjectColumn.Device, records, Encoding.Unsigned, Limit.None) ||
    !decode(ObjectColumn.Inode, records, Encoding.Unsigned, Limit.None) ||
    !decode(ObjectColumn.BuildIdLength, records, Encoding.Unsigned, Limit.U32, BuildIdBytesMax) ||
    !decodeBytes(ObjectColumn.BuildId, sumOf(ObjectColumn.BuildIdLength, records))
  ) {
    return false;
  }
  let buildId = columnFrom(ObjectColumn.BuildId);
  for (let i: u32 = 0; i < records && !outOfMemory; i++) {
    const lengthBytes = cell(ObjectColumn.BuildIdLength, i) as u32;
    const id = cell(ObjectColumn.Id, i) as u32;
    if (id != 0 && rowOfId.get(id) == 0) {
      rowOfId.set(id, objects.length);
      const row = newRow();
      row.kind = cell(ObjectColumn.Kind, i) as u32;
      row.pathId = cell(ObjectColumn.Path, i) as u32;
      row.device = cell(ObjectColumn.Device, i);
      row.inode = cell(ObjectColumn.Inode, i);
      row.buildId = internHexadecimal(buildId, lengthBytes);
    }
    buildId += lengthBytes;
  }
  return true;
}
