// Line tables (.debug_line): the header, with its directories and files, and the rows that its
// program makes (line-program.ts). One table may serve several units; each is read once, when an
// address first needs it.
//
//   header: length | version | sizes | lengths of opcodes | directories | files     program ...

import { allocate, outOfMemory } from "../arena";
import { HashIndex, mix, newHashIndex } from "../hash-index";
import { newVector, Vector } from "../vector";
import { AttributeSpec, fixedBytesOf, Shape } from "./abbreviations";
import { LineContent } from "./dwarf";
import { readValue, skipValue, value, valueBytes, ValueClass } from "./forms";
import { beginProgram, definedFileAt, definedFileEnd, LineHeader, ProgramEnd, runProgram } from "./line-program";
import { newRows, Rows } from "./line-rows";
import { unpacked } from "./packed-sections";
import { newReader, Reader, textBytes } from "./reader";
import { SectionKind, SymbolLimit, SymbolWarning } from "./tables";
import { Unit } from "./units";
import { warn } from "./warnings";

/** A directory or a file, as the table names it. */
@unmanaged
export class FileEntry {
  at: usize;
  lengthBytes: usize;
  directory: u64;
  /** Its whole path, once made: file-paths.ts. */
  pathAt: usize;
  pathBytes: usize;
}

@unmanaged
export class LineTable {
  hash: u32;
  sectionAt: usize;
  offset: u64;
  version: u32;
  directories: Vector<FileEntry>;
  files: Vector<FileEntry>;
  rows: Rows;

  @inline
  hasKeyOf(sought: LineTable): bool {
    return this.sectionAt == sought.sectionAt && this.offset == sought.offset;
  }
}

const tables: HashIndex<LineTable> = newHashIndex<LineTable>();
const sought: LineTable = changetype<LineTable>(allocate(offsetof<LineTable>()));
const reader: Reader = newReader();
/** Of a file that a program names, while it is run. */
const definition: Reader = newReader();
const header: LineHeader = changetype<LineHeader>(allocate(offsetof<LineHeader>()));
/** Bytes of tables read. They do not overlap, but where somebody means harm. */
let bytesRead: u64 = 0;
const ReadingsMax: u64 = 4;
/** Fields of an entry of a version 5 table: path, directory, time, size, MD5 are what exists. */
const FieldsMax: u32 = 16;
const fields: usize = memory.data(512, 16); // FieldsMax AttributeSpecs

/** The line table of a unit, or a null reference. */
export function linesOf(unit: Unit): LineTable {
  if (unit.lines != 0) return changetype<LineTable>(unit.lines);
  const section = unpacked(unit.dwarf.object, SectionKind.DebugLine);
  if (!unit.hasLines || section.at == 0 || unit.linesOffset >= (section.lengthBytes as u64)) {
    return changetype<LineTable>(0);
  }
  sought.hash = mix(mix(section.at as u32, unit.linesOffset as u32), (unit.linesOffset >> 32) as u32);
  sought.sectionAt = section.at;
  sought.offset = unit.linesOffset;
  const known = tables.find(sought);
  if (changetype<usize>(known) != 0) {
    unit.lines = changetype<usize>(known);
    return known;
  }
  const table = changetype<LineTable>(allocate(offsetof<LineTable>()));
  memory.copy(changetype<usize>(table), changetype<usize>(sought), offsetof<LineTable>());
  table.directories = newVector<FileEntry>();
  table.files = newVector<FileEntry>();
  table.rows = newRows();
  tables.add(table);
  unit.lines = changetype<usize>(table);
  reader.start(section.at + (unit.linesOffset as usize), section.at + section.lengthBytes);
  readTable(unit, table, section.lengthBytes);
  return table;
}

function readTable(unit: Unit, table: LineTable, sectionBytes: usize): void {
  const part = unit.dwarf.object.part;
  const from = reader.at;
  if (bytesRead > (sectionBytes as u64) * ReadingsMax) {
    return warn(SymbolWarning.TooMuch, part, SymbolLimit.LineProgramBytes);
  }
  if (!readHeader(unit, table) || !runWhole(table)) warn(SymbolWarning.LineTableDamaged, part, table.version);
  table.rows.seal();
  bytesRead += reader.end - from;
}

/** Runs the table's program to its end. False where it is malformed; rows made before that are kept. */
function runWhole(table: LineTable): bool {
  beginProgram();
  while (true) {
    const end = runProgram(header, reader, table.rows);
    if (end != ProgramEnd.DefinesFile) return end == ProgramEnd.Whole;
    addDefinedFile(table, definedFileAt, definedFileEnd);
  }
}

/** Leaves the reader at the program, and ending where it does. */
function readHeader(unit: Unit, table: LineTable): bool {
  let lengthBytes: u64 = reader.u32();
  const offsetBytes: u32 = lengthBytes == 0xffffffff ? 8 : 4;
  if (offsetBytes == 8) lengthBytes = reader.u64();
  if (reader.failed || lengthBytes > ((reader.end - reader.at) as u64)) return false;
  reader.end = reader.at + (lengthBytes as usize);
  table.version = reader.u16();
  if (table.version < 2 || table.version > 5) return false;
  // A unit of its own, because the table's sizes need not be those of the unit that uses it.
  const sizes = changetype<Unit>(allocate(offsetof<Unit>()));
  sizes.dwarf = unit.dwarf;
  sizes.stringOffsetsBase = unit.stringOffsetsBase;
  sizes.version = table.version;
  sizes.shape = changetype<Shape>(allocate(offsetof<Shape>()));
  sizes.shape.offsetBytes = offsetBytes;
  sizes.shape.addressBytes = table.version >= 5 ? reader.u8() : unit.shape.addressBytes;
  sizes.shape.referenceBytes = offsetBytes;
  if (table.version >= 5) reader.u8(); // length of a segment selector
  const headerBytes = reader.word(offsetBytes);
  if (reader.failed || headerBytes > ((reader.end - reader.at) as u64)) return false;
  const programAt = reader.at + (headerBytes as usize);
  const programEnd = reader.end;
  reader.end = programAt;
  readSizes(table.version);
  const isRead = table.version >= 5 ? readEntryTables(sizes, table) : readLists(table);
  if (!isRead || header.lineRange == 0) return false;
  reader.start(programAt, programEnd);
  return true;
}

function readSizes(version: u32): void {
  header.instructionBytes = reader.u8();
  header.operationsMax = version >= 4 ? max<u32>(reader.u8(), 1) : 1;
  reader.u8(); // whether rows begin as statements
  header.lineBase = reader.u8() as i8 as i32;
  header.lineRange = reader.u8();
  header.opcodeBase = reader.u8();
  header.operandCounts = reader.at;
  reader.skip(max<u32>(header.opcodeBase, 1) - 1);
}

/** Versions 2 to 4: directories, then files, each list ending with an empty name. */
function readLists(table: LineTable): bool {
  while (!outOfMemory) {
    const at = reader.text();
    if (reader.failed) return false;
    if (reader.at - at == 1) break;
    addEntry(table.directories, at, reader.at - 1 - at, 0);
  }
  while (!outOfMemory) {
    const at = reader.text();
    if (reader.failed) return false;
    if (reader.at - at == 1) return true;
    const lengthBytes = reader.at - 1 - at;
    addEntry(table.files, at, lengthBytes, reader.uleb());
    reader.uleb(); // time
    reader.uleb(); // size
  }
  return false;
}

/** A file that the program itself names (versions 2 to 4). */
function addDefinedFile(table: LineTable, from: usize, end: usize): void {
  const lengthBytes = textBytes(from, end);
  if (lengthBytes == end - from) return;
  definition.start(from + lengthBytes + 1, end);
  addEntry(table.files, from, lengthBytes, definition.uleb());
}

function addEntry(entries: Vector<FileEntry>, at: usize, lengthBytes: usize, directory: u64): void {
  const entry = changetype<FileEntry>(allocate(offsetof<FileEntry>()));
  entry.at = at;
  entry.lengthBytes = lengthBytes;
  entry.directory = directory;
  entries.push(entry);
}

/** Version 5: both tables say which fields their entries have. */
function readEntryTables(sizes: Unit, table: LineTable): bool {
  return readEntryTable(sizes, table.directories) && readEntryTable(sizes, table.files);
}

function readEntryTable(sizes: Unit, entries: Vector<FileEntry>): bool {
  const fieldCount = reader.u8();
  if (fieldCount > FieldsMax) return false;
  for (let i: u32 = 0; i < fieldCount; i++) {
    const field = fieldAt(i);
    field.name = min<u64>(reader.uleb(), 0xffff) as u16;
    field.form = min<u64>(reader.uleb(), 0xffff) as u16;
    field.fixedBytes = fixedBytesOf(field.form, sizes.shape);
  }
  const count = reader.uleb();
  // An entry takes a byte at least, or the count is a lie.
  if (reader.failed || count > ((reader.end - reader.at) as u64)) return false;
  for (let i: u64 = 0; i < count && !outOfMemory; i++) {
    let at: usize = 0;
    let lengthBytes: usize = 0;
    let directory: u64 = 0;
    for (let j: u32 = 0; j < fieldCount; j++) {
      const field = fieldAt(j);
      if (field.name == (LineContent.Path as u16)) {
        if (readValue(sizes, reader, field) != ValueClass.Text) continue;
        at = value as usize;
        lengthBytes = valueBytes;
      } else if (field.name == (LineContent.DirectoryIndex as u16)) {
        if (readValue(sizes, reader, field) == ValueClass.Constant) directory = value;
      } else skipValue(reader, field);
    }
    if (reader.failed) return false;
    addEntry(entries, at, lengthBytes, directory);
  }
  return true;
}

@inline
function fieldAt(index: u32): AttributeSpec {
  return changetype<AttributeSpec>(fields + (index as usize) * offsetof<AttributeSpec>());
}
