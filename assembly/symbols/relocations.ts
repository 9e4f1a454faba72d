// Relocatable objects (.o, kernel modules): their debug information has holes where addresses and
// offsets of sections belong, and relocations that say what belongs there. They are filled in place, in
// the loaded bytes, by where elf.ts laid the sections out. Sections of debug information begin at 0.
//
//   .rela.debug_info (info: the section)   offset | type, symbol | addend     ->  symbol + addend at offset

import { ElfObject, header, Machine, readHeader, SectionType } from "./elf";
import { unpacked } from "./packed-sections";
import { SectionKind, SymbolWarning } from "./tables";
import { warn } from "./warnings";

const RelaBytes: usize = 24;
const SymbolBytes: usize = 24;
const FirstDebugSection: u32 = SectionKind.DebugInfo;
const LastDebugSection: u32 = SectionKind.DebugLine;

enum X86Type {
  Absolute64 = 1,
  Absolute32 = 10,
  SignedAbsolute32 = 11,
}

enum ArmType {
  Absolute64 = 257,
  Absolute32 = 258,
}

/** Fills the holes of a relocatable object's debug information; once, before it is read. */
export function relocate(object: ElfObject): void {
  if (!object.isRelocatable) return;
  const isKnown = object.is64 && (object.machine == Machine.X86_64 || object.machine == Machine.Aarch64);
  for (let i: u32 = 1; i < object.headers; i++) {
    readHeader(object, i);
    if ((header.type != SectionType.Rela && header.type != SectionType.Rel) || header.at == 0) continue;
    const kind = debugSectionAt(object, header.info);
    if (kind == 0) continue;
    if (isKnown && header.type == SectionType.Rela) {
      if (!object.mayScan(header.lengthBytes)) return;
      fill(object, kind, header.at, header.at + (header.lengthBytes as usize));
      continue;
    }
    // Read as it is it would be wrong, not only incomplete.
    warn(SymbolWarning.RelocationsUnknown, object.part, object.machine);
    object.section(SectionKind.DebugInfo).at = 0;
    return;
  }
}

/** Kind of the debug section with a number; 0 where it is none. */
function debugSectionAt(object: ElfObject, index: u32): u32 {
  for (let kind = FirstDebugSection; kind <= LastDebugSection; kind++) {
    const section = object.section(kind);
    if (section.at != 0 && section.index == index) return kind;
  }
  return 0;
}

function fill(object: ElfObject, kind: SectionKind, from: usize, end: usize): void {
  const section = unpacked(object, kind);
  if (section.at == 0) return;
  for (let at = from; end - at >= RelaBytes; at += RelaBytes) {
    const holeBytes = bytesOf(object.machine, load<u32>(at, 8));
    const offset = load<u64>(at);
    const lengthBytes = section.lengthBytes as u64;
    if (holeBytes == 0 || offset > lengthBytes || lengthBytes - offset < (holeBytes as u64)) continue;
    const value = valueOf(object, load<u32>(at, 12)) + load<u64>(at, 16);
    const hole = section.at + (offset as usize);
    if (holeBytes == 8) store<u64>(hole, value);
    else store<u32>(hole, value as u32);
  }
}

/** Width of the hole that a relocation of this type fills; 0 of those that stay as they are (of TLS, None). */
function bytesOf(machine: u32, type: u32): u32 {
  if (machine == Machine.Aarch64) return type == ArmType.Absolute64 ? 8 : type == ArmType.Absolute32 ? 4 : 0;
  if (type == X86Type.Absolute64) return 8;
  return type == X86Type.Absolute32 || type == X86Type.SignedAbsolute32 ? 4 : 0;
}

function valueOf(object: ElfObject, symbol: u32): u64 {
  const table = object.section(SectionKind.Symtab);
  if (table.at == 0 || (symbol as usize) >= table.lengthBytes / SymbolBytes) return 0;
  const at = table.at + (symbol as usize) * SymbolBytes;
  return load<u64>(at, 8) + object.layoutOf(load<u16>(at, 6));
}
