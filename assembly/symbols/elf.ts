// One loaded ELF object: its header, its sections by kind, its segments. Both classes (32 and 64
// bits) are read into the same fields; nothing behind this file knows the difference but the symbols'
// own layout. Every range handed out lies inside the loaded bytes.

import { allocate } from "../arena";
import { newRangeMap, RangeMap } from "./range-map";
import { isText, newReader, Reader, startsWith } from "./reader";
import { Part, SectionKind, SymbolStatus, SymbolWarning } from "./tables";
import { warn } from "./warnings";

export enum ObjectType {
  Relocatable = 1,
  Executable = 2,
  Shared = 3,
}

export enum Machine {
  X86 = 3,
  Arm = 40,
  X86_64 = 62,
  Aarch64 = 183,
}

export enum SectionType {
  Symtab = 2,
  Rela = 4,
  Note = 7,
  NoBits = 8,
  Rel = 9,
  Dynsym = 11,
}

export enum SectionFlag {
  Alloc = 2,
  Code = 4,
  Compressed = 0x800,
}

enum SegmentType {
  Load = 1,
  Note = 4,
}

/** How the bytes of a section are packed. */
export enum Packing {
  None,
  /** SHF_COMPRESSED: a compression header, then the stream. */
  Elf,
  /** .zdebug_: "ZLIB", the length as eight bytes big-endian, then the stream. */
  Gnu,
}

/** Section kinds that have a slot in every object. */
export const SectionKinds: u32 = 16;

/** The bytes of a section; none where `at` is 0. */
@unmanaged
export class Section {
  at: usize;
  lengthBytes: usize;
  packing: Packing;
  /** Its number among the section headers. */
  index: u32;
}

/** A section header, whatever its class. */
@unmanaged
export class SectionHeader {
  nameAt: usize;
  type: u32;
  link: u32;
  info: u32;
  flags: u64;
  address: u64;
  offset: u64;
  lengthBytes: u64;
  entryBytes: u64;
  alignment: u64;
  /** Where its bytes are, inside the file; 0 where they are not (NOBITS, cut off). */
  at: usize;
}

@unmanaged
export class ElfObject {
  part: Part;
  at: usize;
  end: usize;
  is64: bool;
  type: u32;
  machine: u32;
  headersAt: usize;
  headers: u32;
  headerBytes: usize;
  namesAt: usize;
  namesEnd: usize;
  segmentsAt: usize;
  segments: u32;
  segmentBytes: usize;
  sections: usize;
  /** Sections with code: header index + 1 by address. */
  code: RangeMap;
  /** Of a relocatable object: where each of its sections is laid out, u64 by section number. */
  layout: usize;
  /** See `mayScan`. */
  scansLeft: u64;

  @inline
  section(kind: u32): Section {
    return changetype<Section>(this.sections + (kind as usize) * offsetof<Section>());
  }

  @inline
  get isRelocatable(): bool {
    return this.type == ObjectType.Relocatable;
  }

  /**
   * To be asked before the bytes of a section that headers name are gone through, for any number of
   * headers may name the same bytes: in all, a file is gone through a few times.
   */
  mayScan(lengthBytes: u64): bool {
    if (lengthBytes > this.scansLeft) return false;
    this.scansLeft -= lengthBytes;
    return true;
  }

  /** Program headers that came without their file. */
  setSegments(at: usize, lengthBytes: usize): void {
    this.segmentBytes = this.is64 ? 56 : 32;
    this.segmentsAt = at;
    this.segments = min((lengthBytes / this.segmentBytes) as u32, SegmentsMax);
  }

  /** Address at which the sections of a relocatable object are laid out; 0 of all others. */
  layoutOf(section: u32): u64 {
    return this.layout == 0 || section >= this.headers ? 0 : load<u64>(this.layout + ((section as usize) << 3));
  }
}

const NoObject: ElfObject = changetype<ElfObject>(0);
const reader: Reader = newReader();
/** The header that `readHeader` read last. */
export const header: SectionHeader = changetype<SectionHeader>(allocate(offsetof<SectionHeader>()));

const SectionHeadersExtended: u32 = 0xffff;
/** Segments that are looked at: linkers make about a dozen. */
const SegmentsMax: u32 = 1024;
/** Notes may be found twice, by section and by segment; all else is gone through once. */
const ScansMax: u64 = 3;

export function newObject(part: Part): ElfObject {
  const object = changetype<ElfObject>(allocate(offsetof<ElfObject>()));
  object.part = part;
  object.is64 = true;
  object.type = ObjectType.Shared;
  object.sections = allocate((SectionKinds as usize) * offsetof<Section>());
  object.code = newRangeMap();
  return object;
}

/** Why the object cannot be read at all. */
export let refusal: SymbolStatus = SymbolStatus.Ok;

/** A whole file; a null reference and `refusal` where it is not one that can be read. */
export function readObject(part: Part, at: usize, lengthBytes: usize): ElfObject {
  const object = newObject(part);
  object.at = at;
  object.end = at + lengthBytes;
  object.scansLeft = (lengthBytes as u64) * ScansMax;
  refusal = readElfHeader(object, at, object.end);
  if (refusal != SymbolStatus.Ok) return NoObject;
  findSegments(object);
  findSections(object);
  return object;
}

/** Reads the header at `at`; where the headers of segments and sections are is left for `find…`. */
export function readElfHeader(object: ElfObject, at: usize, end: usize): SymbolStatus {
  if (end - at < 4 || load<u32>(at) != 0x464c457f) return SymbolStatus.NotElf;
  if (end - at < 52) return SymbolStatus.Damaged;
  const elfClass = load<u8>(at, 4);
  if (load<u8>(at, 5) == 2) return SymbolStatus.BigEndian;
  if (elfClass < 1 || elfClass > 2 || load<u8>(at, 5) != 1) return SymbolStatus.Damaged;
  object.is64 = elfClass == 2;
  if (object.is64 && end - at < 64) return SymbolStatus.Damaged;
  object.type = load<u16>(at, 16);
  object.machine = load<u16>(at, 18);
  return SymbolStatus.Ok;
}

function isInside(object: ElfObject, offset: u64, lengthBytes: u64): bool {
  const all = (object.end - object.at) as u64;
  return offset <= all && lengthBytes <= all - offset;
}

function findSegments(object: ElfObject): void {
  const at = object.at;
  const offset = object.is64 ? load<u64>(at, 32) : load<u32>(at, 28);
  const entryBytes: u32 = object.is64 ? load<u16>(at, 54) : load<u16>(at, 42);
  const count: u32 = object.is64 ? load<u16>(at, 56) : load<u16>(at, 44);
  if (entryBytes < (object.is64 ? 56 : 32) || !isInside(object, offset, (entryBytes as u64) * count)) return;
  object.segmentsAt = at + (offset as usize);
  object.segments = min(count, SegmentsMax);
  object.segmentBytes = entryBytes;
}

function findSections(object: ElfObject): void {
  const at = object.at;
  const offset = object.is64 ? load<u64>(at, 40) : load<u32>(at, 32);
  const entryBytes: u32 = object.is64 ? load<u16>(at, 58) : load<u16>(at, 46);
  let count: u64 = object.is64 ? load<u16>(at, 60) : load<u16>(at, 48);
  let names: u32 = object.is64 ? load<u16>(at, 62) : load<u16>(at, 50);
  if (offset == 0) return;
  const isWhole = entryBytes >= (object.is64 ? 64 : 40) && isInside(object, offset, entryBytes);
  if (!isWhole) return warn(SymbolWarning.SectionHeadersDamaged, object.part, 0);
  object.headersAt = at + (offset as usize);
  object.headerBytes = entryBytes;
  object.headers = 1;
  readHeader(object, 0);
  // Too many for 16 bits: section 0 says how many there are, and which has their names.
  if (count == 0) count = header.lengthBytes;
  if (names == SectionHeadersExtended) names = header.link;
  if (count > u32.MAX_VALUE || !isInside(object, offset, count * entryBytes)) {
    object.headers = 0;
    return warn(SymbolWarning.SectionHeadersDamaged, object.part, 0);
  }
  object.headers = count as u32;
  if (!readHeader(object, names) || header.at == 0) {
    if (count > 1) warn(SymbolWarning.SectionHeadersDamaged, object.part, 0);
  } else {
    object.namesAt = header.at;
    object.namesEnd = header.at + (header.lengthBytes as usize);
  }
  takeSections(object);
}

/** Reads one section header into `header`. False where there is no such section. */
export function readHeader(object: ElfObject, index: u32): bool {
  if (index >= object.headers) return false;
  reader.start(object.headersAt + (index as usize) * object.headerBytes, object.end);
  const wordBytes: u32 = object.is64 ? 8 : 4;
  const name = reader.u32() as usize;
  header.type = reader.u32();
  header.flags = reader.word(wordBytes);
  header.address = reader.word(wordBytes);
  header.offset = reader.word(wordBytes);
  header.lengthBytes = reader.word(wordBytes);
  header.link = reader.u32();
  header.info = reader.u32();
  header.alignment = reader.word(wordBytes);
  header.entryBytes = reader.word(wordBytes);
  header.nameAt = name < object.namesEnd - object.namesAt ? object.namesAt + name : object.namesEnd;
  const hasBytes = header.type != SectionType.NoBits && isInside(object, header.offset, header.lengthBytes);
  header.at = hasBytes ? object.at + (header.offset as usize) : 0;
  return true;
}

/** Whether the section read last is called `name`. */
export function isNamed(object: ElfObject, name: string): bool {
  return isText(header.nameAt, object.namesEnd, name);
}

function takeSections(object: ElfObject): void {
  if (object.isRelocatable) layOutSections(object);
  for (let i: u32 = 1; i < object.headers; i++) {
    readHeader(object, i);
    if ((header.flags & SectionFlag.Alloc) != 0) {
      const address = object.isRelocatable ? object.layoutOf(i) : header.address;
      const end = address + header.lengthBytes;
      if ((header.flags & SectionFlag.Code) != 0) object.code.add(address, end, i + 1);
      continue;
    }
    const kind = kindOfSection(object);
    if (kind < 0) continue;
    setSection(object, kind, i);
    if (header.type == SectionType.Symtab) setLinkedSection(object, SectionKind.Strtab);
  }
  takeDynamicSymbols(object);
  object.code.seal();
}

/**
 * Sections of a relocatable object have no address yet: they are laid out one behind the other, code
 * first, what is thrown away after initialization last of it, which is how Linux lays out modules. So
 * an address in a module's code, less where the module's code begins, is one in this layout.
 */
function layOutSections(object: ElfObject): void {
  object.layout = allocate((object.headers as usize) << 3);
  if (object.layout == 0) return;
  let next: u64 = 0;
  for (let rank: u32 = 0; rank < 3; rank++) {
    for (let i: u32 = 1; i < object.headers; i++) {
      readHeader(object, i);
      if ((header.flags & SectionFlag.Alloc) == 0 || rankOf(object) != rank) continue;
      const alignment = max<u64>(header.alignment, 1);
      next += (alignment - (next % alignment)) % alignment;
      store<u64>(object.layout + ((i as usize) << 3), next);
      next += header.lengthBytes;
    }
  }
}

function rankOf(object: ElfObject): u32 {
  if ((header.flags & SectionFlag.Code) == 0) return 2;
  return startsWith(header.nameAt, object.namesEnd, ".init") || startsWith(header.nameAt, object.namesEnd, ".exit") ? 1 : 0;
}

/** Address of the first section called as the bytes at `nameAt`; u64.MAX_VALUE where there is none. */
export function addressOfSection(object: ElfObject, nameAt: usize, nameBytes: usize): u64 {
  for (let i: u32 = 1; i < object.headers; i++) {
    readHeader(object, i);
    if ((header.flags & SectionFlag.Alloc) == 0 || object.namesEnd - header.nameAt <= nameBytes) continue;
    const isNamed = memory.compare(header.nameAt, nameAt, nameBytes) == 0 && load<u8>(header.nameAt + nameBytes) == 0;
    if (isNamed) return object.isRelocatable ? object.layoutOf(i) : header.address;
  }
  return u64.MAX_VALUE;
}

/** .dynsym and .dynstr are parts of what is mapped. */
function takeDynamicSymbols(object: ElfObject): void {
  for (let i: u32 = 1; i < object.headers; i++) {
    readHeader(object, i);
    if (header.type != SectionType.Dynsym) continue;
    setSection(object, SectionKind.Dynsym, i);
    return setLinkedSection(object, SectionKind.Dynstr);
  }
}

function setLinkedSection(object: ElfObject, kind: SectionKind): void {
  const link = header.link;
  if (readHeader(object, link)) setSection(object, kind, link);
}

/** The header read last, as the section of a kind. Of several (a hostile or relocatable object) the first. */
function setSection(object: ElfObject, kind: SectionKind, index: u32): void {
  const section = object.section(kind);
  if (section.at != 0 || header.type == SectionType.NoBits || header.lengthBytes == 0) return;
  if (header.at == 0) return warn(SymbolWarning.SectionDamaged, object.part, kind);
  section.at = header.at;
  section.lengthBytes = header.lengthBytes as usize;
  section.index = index;
  if ((header.flags & SectionFlag.Compressed) != 0) section.packing = Packing.Elf;
  else if (startsWith(header.nameAt, object.namesEnd, ".z")) section.packing = Packing.Gnu;
}

/** SectionKind of the header read last, -1 if it is none that is read. */
function kindOfSection(object: ElfObject): i32 {
  if (header.type == SectionType.Symtab) return SectionKind.Symtab;
  let name = header.nameAt;
  const end = object.namesEnd;
  if (startsWith(name, end, ".debug_")) name += 7;
  else if (startsWith(name, end, ".zdebug_")) name += 8;
  else return -1;
  if (isText(name, end, "info")) return SectionKind.DebugInfo;
  if (isText(name, end, "abbrev")) return SectionKind.DebugAbbrev;
  if (isText(name, end, "str")) return SectionKind.DebugStr;
  if (isText(name, end, "line_str")) return SectionKind.DebugLineStr;
  if (isText(name, end, "str_offsets")) return SectionKind.DebugStrOffsets;
  if (isText(name, end, "addr")) return SectionKind.DebugAddr;
  if (isText(name, end, "ranges")) return SectionKind.DebugRanges;
  if (isText(name, end, "rnglists")) return SectionKind.DebugRnglists;
  if (isText(name, end, "aranges")) return SectionKind.DebugAranges;
  return isText(name, end, "line") ? SectionKind.DebugLine : -1;
}

/** A segment, whatever the class. */
@unmanaged
export class Segment {
  type: u32;
  flags: u32;
  offset: u64;
  address: u64;
  fileBytes: u64;
  memoryBytes: u64;
}

export const segment: Segment = changetype<Segment>(allocate(offsetof<Segment>()));

/** Reads one program header into `segment`. */
export function readSegment(object: ElfObject, index: u32): void {
  const at = object.segmentsAt + (index as usize) * object.segmentBytes;
  segment.type = load<u32>(at);
  segment.flags = object.is64 ? load<u32>(at, 4) : load<u32>(at, 24);
  segment.offset = object.is64 ? load<u64>(at, 8) : load<u32>(at, 4);
  segment.address = object.is64 ? load<u64>(at, 16) : load<u32>(at, 8);
  segment.fileBytes = object.is64 ? load<u64>(at, 32) : load<u32>(at, 16);
  segment.memoryBytes = object.is64 ? load<u64>(at, 40) : load<u32>(at, 20);
}

/** Whether what `readSegment` read is mapped from the file. */
@inline
export function isLoaded(): bool {
  return segment.type == SegmentType.Load && segment.fileBytes != 0;
}

@inline
export function isNotes(): bool {
  return segment.type == SegmentType.Note;
}

/** Address of a byte of the file, u64.MAX_VALUE where it is not mapped. */
export function addressOfOffset(object: ElfObject, offset: u64): u64 {
  for (let i: u32 = 0; i < object.segments; i++) {
    readSegment(object, i);
    if (isLoaded() && offset - segment.offset < segment.fileBytes && offset >= segment.offset) {
      return offset - segment.offset + segment.address;
    }
  }
  return u64.MAX_VALUE;
}
