// Names of functions from the symbol tables of a mapped file, as far as the recording holds them
// (Section blocks): for an address of the object, .symtab's symbol that covers it, else .dynsym's.
// Which of several does is said under "Symbols of a frame" of FORMAT.md. A table is made once per
// object, when first asked for (and again if parts of its sections came since).

import { allocate, borrow, giveBack, outOfMemory } from "./arena";
import { ObjectIdMax, SectionKind, StringBytesMax, SymbolSource } from "./format";
import { NoSection, Section, sectionOf } from "./sections";
import { newSparse, Sparse } from "./sparse";
import { EntryBytes, radixSort } from "./symbols/radix-sort";
import { newRangeMap, RangeMap } from "./symbols/range-map";
import { newVector, Vector } from "./vector";

@unmanaged
export class ElfName {
  address: u64;
  lengthBytes: u64;
  nameAt: usize;
  nameBytes: u32;
  /** SymbolSource. */
  source: u32;
  /** Smaller is preferred, of those that cover an address and begin together. */
  preference: u32;
}

@unmanaged
class Table {
  /** Parts of sections that it was made of. */
  partsMet: u32;
  names: Vector<ElfName>;
  symtab: RangeMap;
  dynsym: RangeMap;
}

const NoName: ElfName = changetype<ElfName>(0);
const tables: Sparse = newSparse(ObjectIdMax);

/** The symbol that covers an address of an object; a null reference if none does. */
export function elfNameOf(objectId: u32, address: u64): ElfName {
  const met = partsMetOf(objectId);
  if (met == 0) return NoName;
  let table = changetype<Table>(tables.get(objectId) as usize);
  if (changetype<usize>(table) == 0 || table.partsMet != met) {
    table = makeTable(objectId);
    table.partsMet = met;
    tables.set(objectId, changetype<usize>(table) as u32);
  }
  let found = table.symtab.find(address);
  if (found == 0) found = table.dynsym.find(address);
  return found == 0 ? NoName : table.names.get(found - 1);
}

function partsMetOf(objectId: u32): u32 {
  let met: u32 = 0;
  for (let kind: u32 = SectionKind.Symtab; kind <= (SectionKind.Dynstr as u32); kind++) {
    const section = sectionOf(objectId, kind as SectionKind);
    if (section != NoSection) met += section.met;
  }
  return met;
}

function makeTable(objectId: u32): Table {
  const table = changetype<Table>(allocate(offsetof<Table>()));
  table.names = newVector<ElfName>();
  table.symtab = mapOf(table.names, objectId, SectionKind.Symtab, SymbolSource.Symtab);
  table.dynsym = mapOf(table.names, objectId, SectionKind.Dynsym, SymbolSource.Dynsym);
  return table;
}

const SymbolBytes: u32 = 24;

/** Adds the symbols of a table to `names`; which of them covers an address, as position + 1. */
function mapOf(names: Vector<ElfName>, objectId: u32, kind: SectionKind, source: u32): RangeMap {
  const map = newRangeMap();
  const section = sectionOf(objectId, kind);
  const texts = sectionOf(objectId, (kind + 1) as SectionKind);
  if (section == NoSection || texts == NoSection) return map;
  const first = names.length;
  for (let i: u32 = 0; i < section.parts.length; i++) {
    const part = section.parts.get(i);
    let offset = (part.offset + (SymbolBytes - 1)) / SymbolBytes * SymbolBytes;
    for (; offset + SymbolBytes <= part.end && !outOfMemory; offset += SymbolBytes) {
      addName(names, part.from + ((offset - part.offset) as usize), texts, source);
    }
  }
  if (order(names, first)) {
    addRanges(map, names, first);
    map.seal();
  }
  return map;
}

// Of Elf64_Sym.
enum SymbolType { None = 0, Function = 2, IndirectFunction = 10 }
enum Binding { Local = 0, Weak = 2 }
const Dollar: u32 = 0x24;

function addName(names: Vector<ElfName>, symbol: usize, texts: Section, source: u32): void {
  const type = load<u8>(symbol, 4) & 15;
  const isNamed = type == SymbolType.None || type == SymbolType.Function || type == SymbolType.IndirectFunction;
  if (!isNamed || load<u16>(symbol, 6) == 0) return;
  const offset = load<u32>(symbol);
  const nameAt = texts.bytesAt(offset, 1);
  if (nameAt == 0 || load<u8>(nameAt) == 0 || load<u8>(nameAt) == Dollar) return;
  const nameBytes = textBytes(texts, offset, nameAt);
  const name = changetype<ElfName>(allocate(offsetof<ElfName>()));
  name.address = load<u64>(symbol, 8);
  name.lengthBytes = min(load<u64>(symbol, 16), u64.MAX_VALUE - name.address);
  name.nameAt = nameAt;
  name.nameBytes = nameBytes;
  name.source = source;
  const binding: u32 = load<u8>(symbol, 4) >> 4;
  const byBinding: u32 = binding == Binding.Local ? 2 : binding == Binding.Weak ? 1 : 0;
  name.preference = (u32(name.lengthBytes == 0) << 3) | (u32(type == SymbolType.None) << 2) | byBinding;
  names.push(name);
}

/** Bytes of a name up to its end or that of what is known of it, at most StringBytesMax. */
function textBytes(texts: Section, offset: u32, at: usize): u32 {
  const left = min(texts.bytesBehind(offset), StringBytesMax as u32);
  let lengthBytes: u32 = 0;
  while (lengthBytes < left && load<u8>(at + (lengthBytes as usize)) != 0) lengthBytes++;
  return lengthBytes;
}

/** From the last address down, of one address by preference, of one preference as in the table. */
function order(names: Vector<ElfName>, first: u32): bool {
  const count = names.length - first;
  const lengthBytes = max<usize>((count as usize) * EntryBytes, 1);
  const entries = borrow(lengthBytes);
  if (entries == 0) return false;
  for (let i: u32 = 0; i < count; i++) {
    const name = names.get(first + i);
    store<u64>(entries + (i as usize) * EntryBytes, name.preference);
    store<u64>(entries + (i as usize) * EntryBytes, changetype<usize>(name), 8);
  }
  let sorted = radixSort(entries, count);
  for (let i: u32 = 0; i < count; i++) {
    const entry = entries + (i as usize) * EntryBytes;
    store<u64>(entry, ~changetype<ElfName>(load<u64>(entry, 8) as usize).address);
  }
  sorted = sorted && radixSort(entries, count);
  for (let i: u32 = 0; i < count; i++) {
    const name = load<u64>(entries + (i as usize) * EntryBytes, 8) as usize;
    store<usize>(names.at + (((first + i) as usize) << 2), name);
  }
  giveBack(entries, lengthBytes);
  return sorted;
}

/** A range map holds what is added first. What has no size reaches up to the next symbol, if any begins later. */
function addRanges(map: RangeMap, names: Vector<ElfName>, first: u32): void {
  let nextAddress: u64 = 0;
  let address: u64 = 0;
  for (let i = first; i < names.length; i++) {
    const name = names.get(i);
    if (name.address != address) {
      nextAddress = address;
      address = name.address;
    }
    map.add(address, name.lengthBytes == 0 ? nextAddress : address + name.lengthBytes, i + 1);
  }
}
