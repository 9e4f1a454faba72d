// The symbolizer's wasm boundary: its only exports. One instance serves one object:
//
//   reserve(n) -> pointer, copy n bytes there, loadFile(part, n)           a whole file, or several that belong together
//   reserve(n) -> pointer, copy n bytes there, loadSection(kind, n)      or sections one by one
//   factPointer, factBytes                                               what else belongs to it
//   reserve(8 n) -> pointer, copy n addresses there, lookup(n, space)    as often as wanted
//   rowCount, columnPointer, columnLength, columnType                    the answer, each column copied out once
//
// There are no imports and nothing here traps: what is wrong with the bytes is a SymbolStatus or a
// row of SymbolTable.Warnings. Any call may grow memory, so views of it are made anew after every
// call. What was loaded stays; units of debug information are read when an address first needs
// them, and stay then. Dropping the instance frees everything.
//
//   bytes -> parts -> symbols by address -------------------.
//              \----> units by address -> scopes, lines -----+-> frames -> tables
//                     once               per unit, lazily

import { allocate, borrow, giveBack, limitMemory, outOfMemory } from "../arena";
import { findColumn, tableRows } from "../table";
import { buildAnswers, clearAnswers } from "./answers";
import { addressOfSection } from "./elf";
import { factBytes as bytesOfFact, factPointer as pointerOfFact } from "./facts";
import { lookUp, prepare } from "./lookup";
import { layoutPart, loadLooseSection, loadPart } from "./parts";
import { AddressesMax, AddressSpace, Fact, Part, SectionKind, SymbolStatus, SymbolTable } from "./tables";

/** Larger requests are files, which stay: they get no size class, which could cost a fifth more. */
const FileBytesMin: u32 = 1 << 20;

let reservedAt: usize = 0;
let reservedBytes: u32 = 0;
let answering: bool = false;
let answered: bool = false;

/** Where to put the next `lengthBytes` bytes; 0 if there is no memory for them. */
export function reserve(lengthBytes: u32): usize {
  forgetReserved();
  reservedAt = lengthBytes >= FileBytesMin ? allocate(lengthBytes) : borrow(max<u32>(lengthBytes, 1));
  reservedBytes = reservedAt == 0 ? 0 : lengthBytes;
  return reservedAt;
}

function forgetReserved(): void {
  if (reservedAt != 0 && reservedBytes < FileBytesMin) giveBack(reservedAt, max<u32>(reservedBytes, 1));
  reservedAt = 0;
  reservedBytes = 0;
}

/** What was reserved belongs to a part now. */
function keepReserved(): usize {
  const at = reservedAt;
  reservedAt = 0;
  reservedBytes = 0;
  return at;
}

/** A whole file of `lengthBytes` bytes put where `reserve` said; before the first lookup. */
export function loadFile(part: Part, lengthBytes: u32): SymbolStatus {
  if (answering || reservedAt == 0 || lengthBytes > reservedBytes) return SymbolStatus.Misuse;
  const status = loadPart(part, keepReserved(), lengthBytes);
  return outOfMemory ? SymbolStatus.OutOfMemory : status;
}

/** One section of the object, as `loadFile`; not beside a file of the object itself. */
export function loadSection(kind: SectionKind, lengthBytes: u32): SymbolStatus {
  if (answering || reservedAt == 0 || lengthBytes > reservedBytes) return SymbolStatus.Misuse;
  const status = loadLooseSection(kind, keepReserved(), lengthBytes);
  return outOfMemory ? SymbolStatus.OutOfMemory : status;
}

/** Where the bytes of a fact are, 0 where the part does not say. */
export function factPointer(part: Part, fact: Fact): usize {
  return pointerOfFact(part, fact);
}

export function factBytes(part: Part, fact: Fact): u32 {
  return bytesOfFact(part, fact);
}

/**
 * Address of the section whose name is the `nameBytes` bytes put where `reserve` said, as lookups take
 * it, also of relocatable objects; u64.MAX_VALUE where there is none.
 */
export function sectionAddress(nameBytes: u32): u64 {
  const object = layoutPart();
  if (reservedAt == 0 || nameBytes > reservedBytes || changetype<usize>(object) == 0) return u64.MAX_VALUE;
  return addressOfSection(object, reservedAt, nameBytes);
}

/** Looks up `count` (at most AddressesMax) u64 addresses put where `reserve` said. */
export function lookup(count: u32, space: AddressSpace): SymbolStatus {
  if (count > (AddressesMax as u32) || reservedAt == 0 || count << 3 > reservedBytes) return SymbolStatus.Misuse;
  answering = true;
  answered = false;
  clearAnswers();
  if (!outOfMemory) prepare();
  for (let i: u32 = 0; i < count && !outOfMemory; i++) lookUp(loadAddress(i), space);
  buildAnswers();
  forgetReserved();
  answered = !outOfMemory;
  return answered ? SymbolStatus.Ok : SymbolStatus.OutOfMemory;
}

@inline
function loadAddress(index: u32): u64 {
  return load<u64>(reservedAt + ((index as usize) << 3));
}

/** Rows of a table, 0 before `lookup` answered Ok. */
export function rowCount(table: SymbolTable): u32 {
  return answered ? tableRows(table) : 0;
}

/** Where the values of a column are, 0 if there is no such column. */
export function columnPointer(table: SymbolTable, column: u32): usize {
  const found = findColumn(table, column);
  return answered && changetype<usize>(found) != 0 ? found.at : 0;
}

/** Values of a column: the table's rows, but for the two columns of SymbolTable.Strings. */
export function columnLength(table: SymbolTable, column: u32): u32 {
  const found = findColumn(table, column);
  return answered && changetype<usize>(found) != 0 ? found.length : 0;
}

/** ColumnType of a column, -1 if there is no such column. */
export function columnType(table: SymbolTable, column: u32): i32 {
  const found = findColumn(table, column);
  return answered && changetype<usize>(found) != 0 ? found.type : -1;
}

/** Lowers the ceiling under which memory may grow (4 GiB): beyond it calls answer OutOfMemory. */
export function setMemoryMax(lengthBytes: f64): void {
  limitMemory(lengthBytes as u64);
}
