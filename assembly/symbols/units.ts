// The units of .debug_info: found by hopping from header to header, their root entries read at most
// once. A unit knows its sections, its bases (where its indexed strings, addresses and range lists
// begin), and what was made of it: scopes and lines, when an address first needs them.
//
//   .debug_info | unit: header, root entry, its children ... | unit ... |

import { allocate, outOfMemory } from "../arena";
import { newVector, Vector } from "../vector";
import { abbreviationsAt, AbbreviationTable, allowAbbreviations, Shape } from "./abbreviations";
import { UnitType } from "./dwarf";
import { ElfObject } from "./elf";
import { unpacked } from "./packed-sections";
import { newReader, Reader } from "./reader";
import { SectionKind, SymbolWarning } from "./tables";
import { warn } from "./warnings";

@unmanaged
export class Unit {
  dwarf: DwarfFile;
  /** Its number among the file's units. */
  index: u32;
  at: usize;
  end: usize;
  rootAt: usize;
  version: u32;
  type: UnitType;
  shape: Shape;
  abbreviations: AbbreviationTable;
  isRootRead: bool;
  /** Whether the root entry could be read. */
  isWhole: bool;
  isPartial: bool;
  /** Whether .debug_aranges has addresses of it. */
  isInAddressSets: bool;
  language: u32;
  stringOffsetsBase: u64;
  addressBase: u64;
  rangeListsBase: u64;
  lowPc: u64;
  /** Whether the root says which addresses are the unit's. */
  hasRanges: bool;
  hasLines: bool;
  linesOffset: u64;
  nameAt: usize;
  nameBytes: usize;
  directoryAt: usize;
  directoryBytes: usize;
  /** A Scopes, once read: scopes.ts. */
  scopes: usize;
  /** A LineTable, once read: line-tables.ts. */
  lines: usize;
}

/** The debug information of one part. */
@unmanaged
export class DwarfFile {
  object: ElfObject;
  units: Vector<Unit>;
  /** The file whose entries and strings this one names, or a null reference. */
  alternate: DwarfFile;
  infoAt: usize;
  infoEnd: usize;
  /** Entries of range lists that may still be read: lists may be shared, so a small file could have very many. */
  rangesLeft: u64;
}

/** A range takes two bytes somewhere, so one per byte is more than compilers make. */
function rangesMax(object: ElfObject): u64 {
  const old = unpacked(object, SectionKind.DebugRanges).lengthBytes as u64;
  const lists = unpacked(object, SectionKind.DebugRnglists).lengthBytes as u64;
  return (object.section(SectionKind.DebugInfo).lengthBytes as u64) + old + lists;
}

const NoUnit: Unit = changetype<Unit>(0);
const NoDwarf: DwarfFile = changetype<DwarfFile>(0);
const reader: Reader = newReader();

/** The units of a part; a null reference where it has no debug information. */
export function newDwarfFile(object: ElfObject): DwarfFile {
  const info = unpacked(object, SectionKind.DebugInfo);
  const abbreviations = unpacked(object, SectionKind.DebugAbbrev);
  if (info.at == 0 || abbreviations.at == 0) return NoDwarf;
  allowAbbreviations(abbreviations);
  const dwarf = changetype<DwarfFile>(allocate(offsetof<DwarfFile>()));
  dwarf.object = object;
  dwarf.units = newVector<Unit>();
  dwarf.infoAt = info.at;
  dwarf.infoEnd = info.at + info.lengthBytes;
  dwarf.rangesLeft = rangesMax(object);
  let at = dwarf.infoAt;
  while (at < dwarf.infoEnd && !outOfMemory) at = readUnit(dwarf, at);
  return dwarf;
}

/** Reads the unit header at `at`; where the next one is. */
function readUnit(dwarf: DwarfFile, at: usize): usize {
  const part = dwarf.object.part;
  reader.start(at, dwarf.infoEnd);
  let lengthBytes: u64 = reader.u32();
  let offsetBytes: u32 = 4;
  if (lengthBytes == 0xffffffff) {
    lengthBytes = reader.u64();
    offsetBytes = 8;
  }
  const begin = reader.at;
  if (reader.failed || lengthBytes > ((dwarf.infoEnd - begin) as u64)) {
    warn(SymbolWarning.UnitDamaged, part, 0);
    return dwarf.infoEnd;
  }
  const end = begin + (lengthBytes as usize);
  reader.end = end;
  const version = reader.u16();
  if (version < 2 || version > 5) {
    warn(SymbolWarning.DwarfVersion, part, version);
    return end;
  }
  const unit = changetype<Unit>(allocate(offsetof<Unit>()));
  unit.type = version < 5 ? UnitType.Compile : reader.u8();
  const addressBytesFirst = version < 5 ? 0 : reader.u8();
  const abbreviationsOffset = reader.word(offsetBytes);
  const addressBytes = version < 5 ? reader.u8() : addressBytesFirst;
  if (unit.type == UnitType.Skeleton || unit.type == UnitType.SplitCompile) reader.skip(8);
  if (unit.type == UnitType.Type || unit.type == UnitType.SplitType) {
    warn(SymbolWarning.TypeUnit, part, 0);
    return end;
  }
  if (reader.failed || (addressBytes != 4 && addressBytes != 8)) {
    warn(SymbolWarning.UnitDamaged, part, 0);
    return end;
  }
  unit.dwarf = dwarf;
  unit.index = dwarf.units.length;
  unit.at = at;
  unit.end = end;
  unit.rootAt = reader.at;
  unit.version = version;
  unit.shape = changetype<Shape>(allocate(offsetof<Shape>()));
  unit.shape.addressBytes = addressBytes;
  unit.shape.offsetBytes = offsetBytes;
  unit.shape.referenceBytes = version == 2 ? addressBytes : offsetBytes;
  unit.abbreviations = abbreviationsAt(dwarf.object, abbreviationsOffset, unit.shape);
  dwarf.units.push(unit);
  return end;
}

/** The unit that the entry at `at` is in, or a null reference. */
export function unitAt(dwarf: DwarfFile, at: usize): Unit {
  let low: u32 = 0;
  let high = dwarf.units.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (dwarf.units.get(middle).at <= at) low = middle + 1;
    else high = middle;
  }
  if (low == 0) return NoUnit;
  const unit = dwarf.units.get(low - 1);
  return at >= unit.rootAt && at < unit.end ? unit : NoUnit;
}

/** The unit whose header is at an offset of .debug_info, or a null reference. */
export function unitOfHeader(dwarf: DwarfFile, offset: u64): Unit {
  if (offset >= ((dwarf.infoEnd - dwarf.infoAt) as u64)) return NoUnit;
  const at = dwarf.infoAt + (offset as usize);
  let low: u32 = 0;
  let high = dwarf.units.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const unit = dwarf.units.get(middle);
    if (unit.at == at) return unit;
    if (unit.at < at) low = middle + 1;
    else high = middle;
  }
  return NoUnit;
}
