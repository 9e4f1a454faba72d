// Values of attributes. `readValue` reads one and leaves it in `value`, with what it is; strings and
// references to other entries are answered as pointers, whichever section or file they lie in.

import { AttributeSpec, skipForm } from "./abbreviations";
import { Form } from "./dwarf";
import { unpacked } from "./packed-sections";
import { newReader, Reader, textBytes } from "./reader";
import { SectionKind, SymbolWarning } from "./tables";
import { DwarfFile, Unit } from "./units";
import { warn } from "./warnings";

export enum ValueClass {
  /** Of a form that nobody here asks for, or malformed. */
  None,
  Address,
  /** Before DWARF 4 also an offset. */
  Constant,
  /** An offset in the section that the attribute implies. */
  Offset,
  /** Number of a range list. */
  ListIndex,
  /** Pointer to an entry in `value`, and its file in `valueFile`. */
  Reference,
  /** Pointer and length in `value` and `valueBytes`. */
  Text,
}

export let value: u64 = 0;
export let valueBytes: usize = 0;
export let valueFile: DwarfFile = changetype<DwarfFile>(0);

const indexReader: Reader = newReader();

function constant(number: u64): ValueClass {
  value = number;
  return ValueClass.Constant;
}

function address(number: u64): ValueClass {
  value = number;
  return ValueClass.Address;
}

/** Gets past the value of an attribute; the reader is left behind it, or failed. */
export function skipValue(reader: Reader, spec: AttributeSpec): void {
  if (spec.fixedBytes >= 0) return reader.skip(spec.fixedBytes);
  const after = skipForm(spec.form, reader.at, reader.end);
  if (after == 0) reader.fail();
  else reader.at = after;
}

/** Reads the value of an attribute; the reader is left behind it, or failed. */
export function readValue(unit: Unit, reader: Reader, spec: AttributeSpec): ValueClass {
  const offsetBytes = unit.shape.offsetBytes;
  switch (spec.form as u32) {
    case Form.Address:
      return address(reader.word(unit.shape.addressBytes));
    case Form.Data1:
    case Form.Flag:
      return constant(reader.u8());
    case Form.Data2:
      return constant(reader.u16());
    case Form.Data4:
      return constant(reader.u32());
    case Form.Data8:
      return constant(reader.u64());
    case Form.UnsignedData:
      return constant(reader.uleb());
    case Form.SignedData:
      return constant(reader.sleb() as u64);
    case Form.ImplicitConstant:
      return constant(spec.implicit as u64);
    case Form.SectionOffset:
      value = reader.word(offsetBytes);
      return ValueClass.Offset;
    case Form.RangeListIndex:
      value = reader.uleb();
      return ValueClass.ListIndex;
    default:
      return readOther(unit, reader, spec.form);
  }
}

function readOther(unit: Unit, reader: Reader, form: u32): ValueClass {
  if (form >= (Form.Reference1 as u32) && form <= (Form.ReferenceUnsigned as u32)) return readUnitReference(unit, reader, form);
  switch (form) {
    case Form.ReferenceAddress:
      return reference(unit.dwarf, reader.word(unit.shape.referenceBytes));
    case Form.ReferenceSupplementary4:
      return alternateReference(unit, reader.u32());
    case Form.ReferenceSupplementary8:
      return alternateReference(unit, reader.u64());
    case Form.GnuReferenceAlternate:
      return alternateReference(unit, reader.word(unit.shape.offsetBytes));
    case Form.AddressIndex:
    case Form.GnuAddressIndex:
      return indexedAddress(unit, reader.uleb());
    case Form.AddressIndex1:
    case Form.AddressIndex2:
    case Form.AddressIndex3:
    case Form.AddressIndex4:
      return indexedAddress(unit, indexOf(reader, form - Form.AddressIndex1 + 1));
    default:
      return readText(unit, reader, form);
  }
}

/** A number of 1 to 4 bytes. */
function indexOf(reader: Reader, lengthBytes: u32): u64 {
  if (lengthBytes != 3) return reader.word(lengthBytes);
  const low = reader.u16();
  return low | (reader.u8() << 16);
}

function readUnitReference(unit: Unit, reader: Reader, form: u32): ValueClass {
  let offset: u64;
  if (form == Form.ReferenceUnsigned) offset = reader.uleb();
  else offset = reader.word(1 << (form - Form.Reference1));
  return reference(unit.dwarf, offset + ((unit.at - unit.dwarf.infoAt) as u64));
}

function reference(dwarf: DwarfFile, offset: u64): ValueClass {
  if (offset >= ((dwarf.infoEnd - dwarf.infoAt) as u64)) return ValueClass.None;
  value = dwarf.infoAt + (offset as usize);
  valueFile = dwarf;
  return ValueClass.Reference;
}

function alternateReference(unit: Unit, offset: u64): ValueClass {
  const alternate = unit.dwarf.alternate;
  if (changetype<usize>(alternate) != 0) return reference(alternate, offset);
  warn(SymbolWarning.AlternateMissing, unit.dwarf.object.part, 0);
  return ValueClass.None;
}

function indexedAddress(unit: Unit, index: u64): ValueClass {
  const bytes = unit.shape.addressBytes;
  const found = tableEntry(unit, SectionKind.DebugAddr, unit.addressBase, index, bytes);
  return found ? address(value) : ValueClass.None;
}

/** The address with a number in the unit's table, for range lists. False where there is none. */
export function readIndexedAddress(unit: Unit, index: u64): bool {
  return tableEntry(unit, SectionKind.DebugAddr, unit.addressBase, index, unit.shape.addressBytes);
}

/** Leaves entry `index` of the table at `base` in `value`. */
export function tableEntry(unit: Unit, kind: SectionKind, base: u64, index: u64, entryBytes: u32): bool {
  const section = unpacked(unit.dwarf.object, kind);
  const lengthBytes = section.lengthBytes as u64;
  if (section.at == 0 || base > lengthBytes || index >= (lengthBytes - base) / entryBytes) return false;
  const at = section.at + ((base + index * entryBytes) as usize);
  indexReader.start(at, at + entryBytes);
  value = indexReader.word(entryBytes);
  return true;
}

function readText(unit: Unit, reader: Reader, form: u32): ValueClass {
  const offsetBytes = unit.shape.offsetBytes;
  switch (form) {
    case Form.String:
      value = reader.text();
      valueBytes = reader.failed ? 0 : reader.at - 1 - (value as usize);
      return ValueClass.Text;
    case Form.StringPointer:
      return textOf(unit.dwarf, SectionKind.DebugStr, reader.word(offsetBytes));
    case Form.LineStringPointer:
      return textOf(unit.dwarf, SectionKind.DebugLineStr, reader.word(offsetBytes));
    case Form.StringSupplementary:
    case Form.GnuStringAlternate:
      return alternateText(unit, reader.word(offsetBytes));
    case Form.StringIndex:
    case Form.GnuStringIndex:
      return indexedText(unit, reader.uleb());
    case Form.StringIndex1:
    case Form.StringIndex2:
    case Form.StringIndex3:
    case Form.StringIndex4:
      return indexedText(unit, indexOf(reader, form - Form.StringIndex1 + 1));
    default:
      reader.fail();
      return ValueClass.None;
  }
}

/** The string at an offset of a section of strings. */
export function textOf(dwarf: DwarfFile, kind: SectionKind, offset: u64): ValueClass {
  const section = unpacked(dwarf.object, kind);
  if (section.at == 0 || offset >= (section.lengthBytes as u64)) return ValueClass.None;
  const at = section.at + (offset as usize);
  value = at;
  valueBytes = textBytes(at, section.at + section.lengthBytes);
  return ValueClass.Text;
}

function alternateText(unit: Unit, offset: u64): ValueClass {
  const alternate = unit.dwarf.alternate;
  if (changetype<usize>(alternate) != 0) return textOf(alternate, SectionKind.DebugStr, offset);
  warn(SymbolWarning.AlternateMissing, unit.dwarf.object.part, 0);
  return ValueClass.None;
}

function indexedText(unit: Unit, index: u64): ValueClass {
  const bytes = unit.shape.offsetBytes;
  if (!tableEntry(unit, SectionKind.DebugStrOffsets, unit.stringOffsetsBase, index, bytes)) return ValueClass.None;
  return textOf(unit.dwarf, SectionKind.DebugStr, value);
}
