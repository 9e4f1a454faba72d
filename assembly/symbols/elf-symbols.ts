// The symbols of the loaded parts, by address. Which of several names an address gets is a total
// order, so that the same object always gives the same names:
//
//   1. a symbol with a size that covers the address over one without
//   2. among those with a size: not local over local; the nearest start; global and unique over
//      weak; the shorter one; functions over untyped symbols over data; the first in the table
//   3. without a size: the nearest start, if no symbol with a size ends between it and the address.
//      It reaches to the next symbol or the end of its section.
//
// That is elfutils' order (libdwfl's addrsym), where that is defined.

import { allocate, borrow, giveBack, outOfMemory } from "../arena";
import { ElfObject, Machine } from "./elf";
import { unpacked } from "./packed-sections";
import { EntryBytes, radixSort } from "./radix-sort";
import { newRangeMap, RangeMap } from "./range-map";
import { startsWith, textBytes } from "./reader";
import { NameSource, SectionKind } from "./tables";
import { newVector, Vector } from "../vector";

@unmanaged
export class ElfSymbol {
  address: u64;
  /** 0 where it is not known. */
  lengthBytes: u64;
  nameAt: usize;
  nameEnd: usize;
  source: NameSource;
  type: u8;
  binding: u8;
  /** Position in order, from 1. */
  position: u32;
}

const NoSymbol: ElfSymbol = changetype<ElfSymbol>(0);

enum SymbolType {
  None = 0,
  Data = 1,
  Function = 2,
  IndirectFunction = 10,
}

enum Binding {
  Local = 0,
  Global = 1,
  Weak = 2,
  Unique = 10,
}

/** Symbols of one address that are looked at for a name wanted. */
const AliasesMax: u32 = 64;
const SectionNone: u32 = 0;
const SectionReserved: u32 = 0xff00;
const SectionExtended: u32 = 0xffff;
const SymbolBytes64: usize = 24;
const SymbolBytes32: usize = 16;

/** In order once sealed: from the last address to the first, of one address the preferred first. */
const symbols: Vector<ElfSymbol> = newVector<ElfSymbol>();
const byAddress: RangeMap = newRangeMap();

/** Takes the symbols of a table of `object`; `layout` is the object whose sections say what is code. */
export function addSymbols(object: ElfObject, layout: ElfObject, kind: SectionKind, source: NameSource): void {
  const table = unpacked(object, kind);
  const names = unpacked(object, kind + 1);
  if (table.at == 0 || names.at == 0) return;
  const entryBytes = object.is64 ? SymbolBytes64 : SymbolBytes32;
  const end = table.at + table.lengthBytes - (table.lengthBytes % entryBytes);
  for (let at = table.at + entryBytes; at < end && !outOfMemory; at += entryBytes) {
    const info: u32 = object.is64 ? load<u8>(at, 4) : load<u8>(at, 12);
    const section: u32 = object.is64 ? load<u16>(at, 6) : load<u16>(at, 14);
    const name = load<u32>(at) as usize;
    if (!isCandidate(info & 15, section) || name >= names.lengthBytes) continue;
    let address: u64 = object.is64 ? load<u64>(at, 8) : load<u32>(at, 4);
    if (object.machine == Machine.Arm && (info & 15) == SymbolType.Function) address &= ~1; // the Thumb bit
    if (object.isRelocatable) address += object.layoutOf(section);
    if (layout.code.cells != 0 && layout.code.find(address) == 0) continue;
    const nameAt = names.at + name;
    const nameEnd = names.at + names.lengthBytes;
    if (load<u8>(nameAt) == 0 || isMappingSymbol(object, nameAt, nameEnd)) continue;
    const lengthBytes: u64 = object.is64 ? load<u64>(at, 16) : load<u32>(at, 8);
    const symbol = addSymbol(address, lengthBytes, nameAt, nameEnd, source);
    symbol.type = (info & 15) as u8;
    symbol.binding = (info >> 4) as u8;
  }
}

function isCandidate(type: u32, section: u32): bool {
  if (section == SectionNone || (section >= SectionReserved && section != SectionExtended)) return false;
  return type <= (SymbolType.Function as u32) || type == SymbolType.IndirectFunction;
}

/** "$x", "$d", "$a", "$t", on their own or with a dot: where ARM code and data begin, no names. */
function isMappingSymbol(object: ElfObject, at: usize, end: usize): bool {
  if (object.machine != Machine.Aarch64 && object.machine != Machine.Arm) return false;
  if (!startsWith(at, end, "$") || end - at < 3) return false;
  const after = load<u8>(at, 2);
  return after == 0 || after == 0x2e;
}

/** A symbol that begins as a global function. */
export function addSymbol(address: u64, lengthBytes: u64, nameAt: usize, nameEnd: usize, source: NameSource): ElfSymbol {
  const symbol = changetype<ElfSymbol>(allocate(offsetof<ElfSymbol>()));
  symbol.address = address;
  symbol.lengthBytes = min(lengthBytes, u64.MAX_VALUE - address);
  symbol.nameAt = nameAt;
  symbol.nameEnd = nameEnd;
  symbol.source = source;
  symbol.type = SymbolType.Function as u8;
  symbol.binding = Binding.Global as u8;
  symbols.push(symbol);
  return symbol;
}

/** Puts the symbols in order, after the last was added; `layout` as in `addSymbols`. */
export function sealSymbols(layout: ElfObject): void {
  if (symbols.length == 0 || outOfMemory || !order()) return;
  addSized(false);
  addSized(true);
  addUnsized(layout);
  byAddress.seal();
}

/** What is preferred of one address comes first: see above. */
function preference(symbol: ElfSymbol): u64 {
  const binding: u64 = symbol.binding == Binding.Local ? 2 : symbol.binding == Binding.Weak ? 1 : 0;
  const type: u64 = symbol.type >= (SymbolType.Function as u8) ? 0 : symbol.type == SymbolType.None ? 1 : 2;
  return (binding << 62) | (min<u64>(symbol.lengthBytes, (1 << 58) - 1) << 4) | type;
}

function order(): bool {
  const lengthBytes = (symbols.length as usize) * EntryBytes;
  const entries = borrow(lengthBytes);
  if (entries == 0) return false;
  for (let i: u32 = 0; i < symbols.length; i++) {
    const symbol = symbols.get(i);
    store<u64>(entries + (i as usize) * EntryBytes, preference(symbol));
    store<u64>(entries + (i as usize) * EntryBytes, changetype<usize>(symbol), 8);
  }
  let sorted = radixSort(entries, symbols.length);
  for (let at = entries; at < entries + lengthBytes; at += EntryBytes) {
    store<u64>(at, ~changetype<ElfSymbol>(load<u64>(at, 8) as usize).address);
  }
  sorted = sorted && radixSort(entries, symbols.length);
  for (let i: u32 = 0; sorted && i < symbols.length; i++) {
    const symbol = changetype<ElfSymbol>(load<u64>(entries + (i as usize) * EntryBytes, 8) as usize);
    symbol.position = i + 1;
    store<usize>(symbols.at + ((i as usize) << 2), changetype<usize>(symbol));
  }
  giveBack(entries, lengthBytes);
  return sorted;
}

function addSized(local: bool): void {
  for (let i: u32 = 0; i < symbols.length; i++) {
    const symbol = symbols.get(i);
    if ((symbol.binding == Binding.Local) != local || symbol.lengthBytes == 0) continue;
    byAddress.add(symbol.address, symbol.address + symbol.lengthBytes, i + 1);
  }
}

/** Groups of one address, from the first address on. */
function addUnsized(layout: ElfObject): void {
  let sizedEnd: u64 = 0;
  let nextAddress: u64 = 0;
  for (let end = symbols.length; end > 0; ) {
    const address = symbols.get(end - 1).address;
    let begin = end;
    for (; begin > 0 && symbols.get(begin - 1).address == address; begin--) {
      sizedEnd = max(sizedEnd, address + symbols.get(begin - 1).lengthBytes);
    }
    nextAddress = begin > 0 ? symbols.get(begin - 1).address : endOfCode(layout, address);
    if (address >= sizedEnd) {
      const reach = layout.code.find(address) != 0 ? min(nextAddress, layout.code.foundEnd()) : nextAddress;
      for (let i = begin; i < end; i++) byAddress.add(address, reach, i + 1);
    }
    end = begin;
  }
}

/** Where nothing is known of sections nor of a next symbol, a symbol without a size is its first byte. */
function endOfCode(layout: ElfObject, address: u64): u64 {
  return layout.code.find(address) != 0 ? layout.code.foundEnd() : address + 1;
}

/** The symbol of an address, or a null reference. */
export function symbolAt(address: u64): ElfSymbol {
  const position = byAddress.find(address);
  return position == 0 ? NoSymbol : symbols.get(position - 1);
}

/** Of the symbols of `symbol`'s address the one that is called so, clone suffix or version aside; or null. */
export function aliasCalled(symbol: ElfSymbol, nameAt: usize, nameBytes: usize): ElfSymbol {
  let i = symbol.position - 1;
  for (let looked: u32 = 0; i > 0 && looked < AliasesMax && symbols.get(i - 1).address == symbol.address; looked++) i--;
  let called = NoSymbol;
  for (let looked: u32 = 0; looked < AliasesMax && i < symbols.length; looked++, i++) {
    const alias = symbols.get(i);
    if (alias.address != symbol.address) break;
    if (alias.nameEnd - alias.nameAt < nameBytes || memory.compare(alias.nameAt, nameAt, nameBytes) != 0) continue;
    const after = nameBytes == alias.nameEnd - alias.nameAt ? 0 : load<u8>(alias.nameAt + nameBytes);
    if (after == 0) return alias;
    if ((after == 0x2e || after == 0x40) && changetype<usize>(called) == 0) called = alias;
  }
  return called;
}

@inline
export function symbolNameBytes(symbol: ElfSymbol): usize {
  return textBytes(symbol.nameAt, symbol.nameEnd);
}
