// Section blocks: parts of mapped files. They are kept as they came, by object and kind, until
// something asks; then they are put into the order of their offsets, and those that contradict the
// others are left out ("Section" of FORMAT.md).

import { allocate, outOfMemory } from "./arena";
import { cell, columnFrom, decode, decodeBytes, Limit, openPayload, sumOf } from "./columns";
import { Encoding, ObjectIdMax, SectionBytesMax, SectionColumn, SectionKind } from "./format";
import { compareU32, sort } from "./sort";
import { newSparse, Sparse } from "./sparse";
import { newVector, Vector } from "./vector";

/** Followed by its bytes. */
@unmanaged
export class Part {
  offset: u32;
  lengthBytes: u32;

  @inline
  get from(): usize {
    return changetype<usize>(this) + offsetof<Part>();
  }

  @inline
  get end(): u32 {
    return this.offset + this.lengthBytes;
  }
}

@unmanaged
export class Section {
  /** Of the section in the object. */
  address: u64;
  totalBytes: u32;
  /** In order, once asked for; those met since come behind. */
  parts: Vector<Part>;
  ordered: u32;
  /** Parts ever met: what was made of fewer is out of date. */
  met: u32;

  /** Where `lengthBytes` bytes from `offset` on are, in one part; 0 where they are not known. */
  bytesAt(offset: u64, lengthBytes: u32): usize {
    const part = this.partAt(offset);
    if (changetype<usize>(part) == 0 || offset + lengthBytes > part.end) return 0;
    return part.from + ((offset - part.offset) as usize);
  }

  /** Bytes known from `offset` on, in one part. */
  bytesBehind(offset: u64): u32 {
    const part = this.partAt(offset);
    return changetype<usize>(part) == 0 || offset > part.end ? 0 : part.end - (offset as u32);
  }

  /** The part that begins last of those not behind `offset`, or a null reference. */
  private partAt(offset: u64): Part {
    let low: u32 = 0;
    let high = this.parts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.parts.get(middle).offset as u64) <= offset) low = middle + 1;
      else high = middle;
    }
    return low == 0 ? changetype<Part>(0) : this.parts.get(low - 1);
  }
}

export const NoSection: Section = changetype<Section>(0);

/** Kinds that are of use here, from 1 on. */
const KindsKept: u32 = SectionKind.Dynstr;

/** Per object id: a table of KindsKept references to Sections. */
const sectionsOfObject: Sparse = newSparse(ObjectIdMax);

/** A Section block. False if it is malformed; then nothing of it is taken. */
export function defineSections(from: usize, to: usize, records: u32): bool {
  if (
    !openPayload(from, to, SectionColumn.Bytes + 1) ||
    !decode(SectionColumn.Object, records, Encoding.Unsigned, Limit.U32, ObjectIdMax) ||
    !decode(SectionColumn.Kind, records, Encoding.Unsigned, Limit.U32) ||
    !decode(SectionColumn.Address, records, Encoding.Unsigned, Limit.None) ||
    !decode(SectionColumn.Total, records, Encoding.Unsigned, Limit.U32, SectionBytesMax) ||
    !decode(SectionColumn.Offset, records, Encoding.Unsigned, Limit.U32, SectionBytesMax) ||
    !decode(SectionColumn.Length, records, Encoding.Unsigned, Limit.U32, SectionBytesMax) ||
    !decodeBytes(SectionColumn.Bytes, sumOf(SectionColumn.Length, records))
  ) {
    return false;
  }
  for (let i: u32 = 0; i < records; i++) {
    if (cell(SectionColumn.Offset, i) + cell(SectionColumn.Length, i) > cell(SectionColumn.Total, i)) return false;
  }
  let at = columnFrom(SectionColumn.Bytes);
  for (let i: u32 = 0; i < records && !outOfMemory; i++) {
    keepPart(i, at);
    at += cell(SectionColumn.Length, i) as usize;
  }
  return true;
}

function keepPart(row: u32, from: usize): void {
  const kind = cell(SectionColumn.Kind, row) as u32;
  if (kind == 0 || kind > KindsKept) return;
  const section = sectionFor(cell(SectionColumn.Object, row) as u32, kind);
  const address = cell(SectionColumn.Address, row);
  const totalBytes = cell(SectionColumn.Total, row) as u32;
  if (section.parts.length == 0) {
    section.address = address;
    section.totalBytes = totalBytes;
  } else if (section.address != address || section.totalBytes != totalBytes) {
    return;
  }
  const lengthBytes = cell(SectionColumn.Length, row) as u32;
  const part = changetype<Part>(allocate(offsetof<Part>() + lengthBytes));
  if (changetype<usize>(part) == 0) return;
  part.offset = cell(SectionColumn.Offset, row) as u32;
  part.lengthBytes = lengthBytes;
  memory.copy(part.from, from, lengthBytes);
  section.parts.push(part);
  section.met++;
}

function sectionFor(objectId: u32, kind: u32): Section {
  let table = sectionsOfObject.get(objectId) as usize;
  if (table == 0) {
    table = allocate((KindsKept as usize) << 2);
    sectionsOfObject.set(objectId, table as u32);
  }
  const slot = table + (((kind - 1) as usize) << 2);
  let section = changetype<Section>(load<usize>(slot));
  if (section != NoSection) return section;
  section = changetype<Section>(allocate(offsetof<Section>()));
  section.parts = newVector<Part>();
  store<usize>(slot, changetype<usize>(section));
  return section;
}

/** A section of an object, its parts in order; a null reference if nothing of it is there. */
export function sectionOf(objectId: u32, kind: SectionKind): Section {
  const table = sectionsOfObject.get(objectId) as usize;
  if (table == 0) return NoSection;
  const section = changetype<Section>(load<usize>(table + (((kind - 1) as usize) << 2)));
  if (section != NoSection && section.ordered != section.parts.length) order(section);
  return section;
}

function order(section: Section): void {
  const parts = section.parts;
  sort(parts.at, parts.length, compareParts);
  let kept: u32 = 0;
  let end: u32 = 0;
  for (let i: u32 = 0; i < parts.length; i++) {
    const part = parts.get(i);
    if (kept != 0 && part.offset < end) continue;
    store<usize>(parts.at + ((kept as usize) << 2), changetype<usize>(part));
    end = part.end;
    kept++;
  }
  parts.length = kept;
  section.ordered = kept;
}

function compareParts(a: usize, b: usize): i32 {
  return compareU32(changetype<Part>(a).offset, changetype<Part>(b).offset);
}
