// Abbreviation tables (.debug_abbrev): what the entries of a unit look like. Each declaration is
// turned into what the walk over entries needs: which attributes are where, and how to get past the
// entry, as steps:
//
//   DW_FORM_strp, data1, exprloc, ref4   ->   skip 5, then an exprloc, then skip 4
//
// Lengths depend on the unit's sizes (its shape), so a table is read once per offset and shape.

import { allocate, outOfMemory } from "../arena";
import { HashIndex, mix, newHashIndex } from "../hash-index";
import { compareU32, sort } from "../sort";
import { newVector, Vector } from "../vector";
import { ElfObject, Section } from "./elf";
import { Attribute, Form } from "./dwarf";
import { newReader, Reader } from "./reader";
import { Part, SectionKind, SymbolLimit, SymbolWarning } from "./tables";
import { warn } from "./warnings";

/** Sizes that a unit's forms depend on. */
@unmanaged
export class Shape {
  addressBytes: u32;
  offsetBytes: u32;
  /** Of DW_FORM_ref_addr: an address' in DWARF 2, an offset's since. */
  referenceBytes: u32;

  get key(): u32 {
    return this.addressBytes | (this.offsetBytes << 8) | (this.referenceBytes << 16);
  }
}

@unmanaged
export class AttributeSpec {
  name: u16;
  form: u16;
  /** Of all its values; -1 where they differ. */
  fixedBytes: i32;
  /** The value of DW_FORM_implicit_const. */
  implicit: i64;
}

/** Skips `fixedBytes`, then a value of `form`, unless that is 0. */
@unmanaged
export class SkipStep {
  fixedBytes: u32;
  form: u32;
}

@unmanaged
export class Abbreviation {
  code: u32;
  tag: u32;
  hasChildren: bool;
  /** Whether it has DW_AT_low_pc or DW_AT_ranges. */
  hasAddresses: bool;
  attributes: usize;
  attributeCount: u32;
  steps: usize;
  stepCount: u32;

  @inline
  attribute(index: u32): AttributeSpec {
    return changetype<AttributeSpec>(this.attributes + (index as usize) * offsetof<AttributeSpec>());
  }

  @inline
  step(index: u32): SkipStep {
    return changetype<SkipStep>(this.steps + (index as usize) * offsetof<SkipStep>());
  }
}

const NoAbbreviation: Abbreviation = changetype<Abbreviation>(0);

/** Compilers give an entry about thirty. They may take no byte of it, so entries of very many are a trap. */
const AttributesMax: u32 = 256;
const attributesRead: usize = memory.data(4096, 16); // AttributesMax AttributeSpecs

@unmanaged
export class AbbreviationTable {
  hash: u32;
  part: Part;
  section: usize;
  offset: u64;
  shape: Shape;
  /** What is not read yet: tables are read as far as codes were asked for, for most only the root's. */
  at: usize;
  end: usize;
  /** By code - 1 where the codes are 1, 2, 3 ..., else, once all are read, sorted by code. */
  entries: Vector<Abbreviation>;
  isDense: bool;

  @inline
  hasKeyOf(sought: AbbreviationTable): bool {
    return this.section == sought.section && this.offset == sought.offset && this.shape.key == sought.shape.key;
  }

  @inline
  find(code: u64): Abbreviation {
    if (code - 1 < (this.entries.length as u64) && this.isDense) return this.entries.get((code - 1) as u32);
    return this.search(code);
  }

  private search(code: u64): Abbreviation {
    if (this.at != 0) this.readThrough(code);
    if (this.isDense) {
      return code - 1 < (this.entries.length as u64) ? this.entries.get((code - 1) as u32) : NoAbbreviation;
    }
    let low: u32 = 0;
    let high = this.entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const entry = this.entries.get(middle);
      if (entry.code == code) return entry;
      if (entry.code < code) low = middle + 1;
      else high = middle;
    }
    return NoAbbreviation;
  }

  /** Reads on until `code` is there or, where codes have gaps, to the end. */
  private readThrough(code: u64): void {
    reader.start(this.at, this.end);
    while (!outOfMemory && !(this.isDense && code - 1 < (this.entries.length as u64))) {
      const from = reader.at;
      const next = reader.uleb();
      if (next == 0 || next > u32.MAX_VALUE) return this.finishReading();
      const entry = readDeclaration(next as u32, this.shape);
      if (reader.failed) return this.finishReading();
      if (!isWithinLimit(this.part, reader.at - from)) return this.finishReading();
      if ((next as u32) != this.entries.length + 1) this.isDense = false;
      this.entries.push(entry);
    }
    this.at = reader.at;
  }

  private finishReading(): void {
    this.at = 0;
    if (!this.isDense) sort(this.entries.at, this.entries.length, byCode);
  }
}

const tables: HashIndex<AbbreviationTable> = newHashIndex<AbbreviationTable>();
const sought: AbbreviationTable = changetype<AbbreviationTable>(allocate(offsetof<AbbreviationTable>()));
const reader: Reader = newReader();
/** Bytes of tables that may still be read. Tables of one section do not overlap, but where somebody means harm. */
let bytesLeft: u64 = 0;
/** Units of one table have two or three shapes at most. */
const ReadingsMax: u64 = 4;

/** To be called once for every part, before its tables are read. */
export function allowAbbreviations(section: Section): void {
  bytesLeft += (section.lengthBytes as u64) * ReadingsMax;
}

function isWithinLimit(part: Part, lengthBytes: usize): bool {
  if ((lengthBytes as u64) > bytesLeft) {
    warn(SymbolWarning.TooMuch, part, SymbolLimit.AbbreviationBytes);
    return false;
  }
  bytesLeft -= lengthBytes;
  return true;
}

/** The table at an offset of an unpacked .debug_abbrev, as far as it is well-formed. */
export function abbreviationsAt(object: ElfObject, offset: u64, shape: Shape): AbbreviationTable {
  const section = object.section(SectionKind.DebugAbbrev);
  sought.hash = mix(mix(mix(section.at as u32, offset as u32), (offset >> 32) as u32), shape.key);
  sought.part = object.part;
  sought.section = section.at;
  sought.offset = offset;
  sought.shape = shape;
  const known = tables.find(sought);
  if (changetype<usize>(known) != 0) return known;
  const table = changetype<AbbreviationTable>(allocate(offsetof<AbbreviationTable>()));
  memory.copy(changetype<usize>(table), changetype<usize>(sought), offsetof<AbbreviationTable>());
  table.entries = newVector<Abbreviation>();
  table.isDense = true;
  tables.add(table);
  if (offset < (section.lengthBytes as u64)) {
    table.at = section.at + (offset as usize);
    table.end = section.at + section.lengthBytes;
  }
  return table;
}

function byCode(a: usize, b: usize): i32 {
  return compareU32(changetype<Abbreviation>(a).code, changetype<Abbreviation>(b).code);
}

function readDeclaration(code: u32, shape: Shape): Abbreviation {
  const entry = changetype<Abbreviation>(allocate(offsetof<Abbreviation>()));
  entry.code = code;
  entry.tag = min<u64>(reader.uleb(), u32.MAX_VALUE) as u32;
  entry.hasChildren = reader.u8() != 0;
  const count = readAttributes();
  if (reader.failed) return entry;
  const attributesBytes = (count as usize) * offsetof<AttributeSpec>();
  // At most a step per attribute, and one behind the last.
  entry.attributes = allocate(attributesBytes);
  entry.steps = allocate(((count as usize) + 1) * offsetof<SkipStep>());
  if (entry.attributes == 0 || entry.steps == 0) return entry;
  memory.copy(entry.attributes, attributesRead, attributesBytes);
  entry.attributeCount = count;
  makeSteps(entry, shape);
  return entry;
}

/** Leaves the attributes that the reader is at in `attributesRead`, and answers how many. */
function readAttributes(): u32 {
  let count: u32 = 0;
  while (true) {
    const name = reader.uleb();
    const form = reader.uleb();
    const implicit: i64 = form == Form.ImplicitConstant ? reader.sleb() : 0;
    if (name == 0 && form == 0) return count;
    if (count == AttributesMax) reader.fail();
    if (reader.failed) return count;
    const spec = changetype<AttributeSpec>(attributesRead + (count++ as usize) * offsetof<AttributeSpec>());
    spec.name = min<u64>(name, 0xffff) as u16;
    spec.form = min<u64>(form, 0xffff) as u16;
    spec.implicit = implicit;
  }
}

function makeSteps(entry: Abbreviation, shape: Shape): void {
  let fixedBytes: u32 = 0;
  for (let i: u32 = 0; i < entry.attributeCount; i++) {
    const spec = entry.attribute(i);
    const form: u32 = spec.form;
    const formBytes = fixedBytesOf(form, shape);
    spec.fixedBytes = formBytes;
    if (spec.name == (Attribute.LowPc as u16) || spec.name == (Attribute.Ranges as u16)) entry.hasAddresses = true;
    if (formBytes >= 0) {
      fixedBytes += formBytes;
      continue;
    }
    const step = entry.step(entry.stepCount++);
    step.fixedBytes = fixedBytes;
    step.form = form;
    fixedBytes = 0;
  }
  if (fixedBytes != 0) entry.step(entry.stepCount++).fixedBytes = fixedBytes;
}

/** Bytes of every value of a form; -1 where they differ, or the form is unknown. */
export function fixedBytesOf(form: u32, shape: Shape): i32 {
  switch (form) {
    case Form.FlagPresent:
    case Form.ImplicitConstant:
      return 0;
    case Form.Data1:
    case Form.Flag:
    case Form.Reference1:
    case Form.StringIndex1:
    case Form.AddressIndex1:
      return 1;
    case Form.Data2:
    case Form.Reference2:
    case Form.StringIndex2:
    case Form.AddressIndex2:
      return 2;
    case Form.StringIndex3:
    case Form.AddressIndex3:
      return 3;
    case Form.Data4:
    case Form.Reference4:
    case Form.ReferenceSupplementary4:
    case Form.StringIndex4:
    case Form.AddressIndex4:
      return 4;
    case Form.Data8:
    case Form.Reference8:
    case Form.ReferenceSignature:
    case Form.ReferenceSupplementary8:
      return 8;
    case Form.Data16:
      return 16;
    case Form.Address:
      return shape.addressBytes;
    case Form.ReferenceAddress:
      return shape.referenceBytes;
    case Form.StringPointer:
    case Form.LineStringPointer:
    case Form.SectionOffset:
    case Form.StringSupplementary:
    case Form.GnuReferenceAlternate:
    case Form.GnuStringAlternate:
      return shape.offsetBytes;
    default:
      return -1;
  }
}

/** Gets past the attributes of an entry at `at`; 0 where they do not end before `end`. */
@inline
export function skipAttributes(entry: Abbreviation, at: usize, end: usize): usize {
  for (let i: u32 = 0; i < entry.stepCount; i++) {
    const step = entry.step(i);
    if ((step.fixedBytes as usize) > end - at) return 0;
    at += step.fixedBytes;
    if (step.form == 0) continue;
    at = skipForm(step.form, at, end);
    if (at == 0) return 0;
  }
  return at;
}

const skipper: Reader = newReader();

/** Gets past a value whose length is in it. */
export function skipForm(form: u32, at: usize, end: usize): usize {
  skipper.start(at, end);
  switch (form) {
    case Form.String:
      skipper.text();
      break;
    case Form.Block1:
      skipper.skip(skipper.u8());
      break;
    case Form.Block2:
      skipper.skip(skipper.u16());
      break;
    case Form.Block4:
      skipper.skip(skipper.u32());
      break;
    case Form.Block:
    case Form.Expression:
      skipper.skip(skipper.uleb());
      break;
    case Form.SignedData:
    case Form.UnsignedData:
    case Form.ReferenceUnsigned:
    case Form.StringIndex:
    case Form.AddressIndex:
    case Form.RangeListIndex:
    case Form.LocationListIndex:
    case Form.GnuAddressIndex:
    case Form.GnuStringIndex:
      skipper.uleb();
      break;
    default:
      return 0;
  }
  return skipper.failed ? 0 : skipper.at;
}
