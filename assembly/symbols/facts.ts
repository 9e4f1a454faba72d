// What an object says of itself and of the files that belong to it: build id, .gnu_debuglink,
// .gnu_debugaltlink, .gnu_debugdata. Each fact is a range of the loaded bytes, copied out as it is.
//
//   note              nameBytes u32 | contentBytes u32 | type u32 | name, padded | content, padded
//   .gnu_debuglink    name, 0, padded to 4 | crc u32
//   .gnu_debugaltlink name, 0 | build id

import { ElfObject, header, isNamed, isNotes, readHeader, readSegment, SectionType, segment } from "./elf";
import { textBytes } from "./reader";
import { Fact, Part } from "./tables";

const Facts: u32 = 6;
const Parts: u32 = 4;
/** Pointer and length by part and fact. */
const places: usize = memory.data(192, 16); // Parts * Facts * 8

const NoteBuildId: u32 = 3;
const BuildIdBytesMax: u32 = 64;

@inline
function placeOf(part: Part, fact: Fact): usize {
  return places + (((part as u32) * Facts + (fact as u32)) << 3);
}

export function factPointer(part: Part, fact: Fact): usize {
  return (part as u32) < Parts && (fact as u32) < Facts ? load<usize>(placeOf(part, fact)) : 0;
}

export function factBytes(part: Part, fact: Fact): u32 {
  return (part as u32) < Parts && (fact as u32) < Facts ? load<u32>(placeOf(part, fact), 4) : 0;
}

function setFact(part: Part, fact: Fact, at: usize, lengthBytes: usize): void {
  store<usize>(placeOf(part, fact), at);
  store<u32>(placeOf(part, fact), lengthBytes as u32, 4);
}

/** Whether two facts are the same bytes. */
export function isSameFact(part: Part, fact: Fact, otherPart: Part, otherFact: Fact): bool {
  const lengthBytes = factBytes(part, fact);
  if (lengthBytes != factBytes(otherPart, otherFact)) return false;
  return memory.compare(factPointer(part, fact), factPointer(otherPart, otherFact), lengthBytes) == 0;
}

/** Notes what a part says. */
export function readFacts(object: ElfObject): void {
  const part = object.part;
  for (let fact: u32 = 0; fact < Facts; fact++) setFact(part, fact, 0, 0);
  for (let i: u32 = 1; i < object.headers; i++) {
    readHeader(object, i);
    if (header.at == 0) continue;
    const end = header.at + (header.lengthBytes as usize);
    if (header.type == SectionType.Note) readNotes(object, header.at, end);
    else if (isNamed(object, ".gnu_debuglink")) readDebugLink(part, header.at, end);
    else if (isNamed(object, ".gnu_debugaltlink")) readAltLink(part, header.at, end);
    else if (isNamed(object, ".gnu_debugdata")) setFact(part, Fact.PackedDebugData, header.at, end - header.at);
  }
  if (factBytes(part, Fact.BuildId) == 0) readNoteSegments(object);
}

function readNoteSegments(object: ElfObject): void {
  for (let i: u32 = 0; i < object.segments; i++) {
    readSegment(object, i);
    const all = (object.end - object.at) as u64;
    if (!isNotes() || segment.offset > all || segment.fileBytes > all - segment.offset) continue;
    const at = object.at + (segment.offset as usize);
    readNotes(object, at, at + (segment.fileBytes as usize));
  }
}

function readNotes(object: ElfObject, from: usize, end: usize): void {
  if (!object.mayScan((end - from) as u64)) return;
  let at = from;
  while (end - at >= 12) {
    const nameBytes = load<u32>(at);
    const contentBytes = load<u32>(at, 4);
    const type = load<u32>(at, 8);
    at += 12;
    const namePadded = ((nameBytes as u64) + 3) & ~3;
    if (namePadded > ((end - at) as u64)) return;
    const name = at;
    at += namePadded as usize;
    if (contentBytes > ((end - at) as u32)) return;
    const isGnu = nameBytes == 4 && load<u32>(name) == 0x554e47;
    if (isGnu && type == NoteBuildId && contentBytes != 0 && contentBytes <= BuildIdBytesMax) {
      return setFact(object.part, Fact.BuildId, at, contentBytes);
    }
    at += min<usize>((((contentBytes as u64) + 3) & ~3) as usize, end - at);
  }
}

function readDebugLink(part: Part, at: usize, end: usize): void {
  const nameBytes = textBytes(at, end);
  const crc = (nameBytes + 4) & ~3;
  if (crc + 4 > end - at) return;
  setFact(part, Fact.DebugLinkName, at, nameBytes);
  setFact(part, Fact.DebugLinkCrc, at + crc, 4);
}

function readAltLink(part: Part, at: usize, end: usize): void {
  const nameBytes = textBytes(at, end);
  if (nameBytes + 1 >= end - at) return;
  setFact(part, Fact.AltLinkName, at, nameBytes);
  setFact(part, Fact.AltLinkBuildId, at + nameBytes + 1, end - at - nameBytes - 1);
}
