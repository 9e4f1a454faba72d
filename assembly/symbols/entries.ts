// Entries of debug information (DIEs): reads the attributes of one that anything here asks for into
// `entry`. Values that are indexes are resolved, so the root of a unit, which says where its tables
// begin, is read twice.

import { allocate } from "../arena";
import { Abbreviation } from "./abbreviations";
import { Attribute } from "./dwarf";
import { readValue, skipValue, value, valueBytes, ValueClass, valueFile } from "./forms";
import { newReader, Reader } from "./reader";
import { DwarfFile, Unit } from "./units";

@unmanaged
export class Entry {
  tag: u32;
  lowClass: ValueClass;
  low: u64;
  highClass: ValueClass;
  high: u64;
  rangesClass: ValueClass;
  ranges: u64;
  nameAt: usize;
  nameBytes: usize;
  linkageNameAt: usize;
  linkageNameBytes: usize;
  /** The entry that this one completes (abstract origin or specification), 0 if none. */
  originAt: usize;
  originFile: DwarfFile;
  /** u64.MAX_VALUE where it is not said: 0 is a file from DWARF 5 on. */
  callFile: u64;
  callLine: u64;
  callColumn: u64;
  language: u64;
  hasLines: bool;
  linesOffset: u64;
  directoryAt: usize;
  directoryBytes: usize;
  /** u64.MAX_VALUE where they are not said. */
  stringOffsetsBase: u64;
  addressBase: u64;
  rangeListsBase: u64;
  isSplit: bool;
}

/** What `readEntry` read last. */
export const entry: Entry = changetype<Entry>(allocate(offsetof<Entry>()));

const reader: Reader = newReader();

/** Reads the entry at `at` of `unit`. False where it is malformed. */
export function readEntry(unit: Unit, at: usize): bool {
  reader.start(at, unit.end);
  const code = reader.uleb();
  const abbreviation: Abbreviation = unit.abbreviations.find(code);
  memory.fill(changetype<usize>(entry), 0, offsetof<Entry>());
  entry.callFile = u64.MAX_VALUE;
  entry.stringOffsetsBase = u64.MAX_VALUE;
  entry.addressBase = u64.MAX_VALUE;
  entry.rangeListsBase = u64.MAX_VALUE;
  if (reader.failed || code == 0 || changetype<usize>(abbreviation) == 0) return false;
  entry.tag = abbreviation.tag;
  for (let i: u32 = 0; i < abbreviation.attributeCount && !reader.failed; i++) {
    const spec = abbreviation.attribute(i);
    if (isWanted(spec.name)) take(spec.name, readValue(unit, reader, spec));
    else skipValue(reader, spec);
  }
  return !reader.failed;
}

function isWanted(name: u32): bool {
  switch (name) {
    case Attribute.Name:
    case Attribute.StatementList:
    case Attribute.LowPc:
    case Attribute.HighPc:
    case Attribute.Language:
    case Attribute.CompilationDirectory:
    case Attribute.AbstractOrigin:
    case Attribute.Specification:
    case Attribute.Ranges:
    case Attribute.CallColumn:
    case Attribute.CallFile:
    case Attribute.CallLine:
    case Attribute.LinkageName:
    case Attribute.StringOffsetsBase:
    case Attribute.AddressBase:
    case Attribute.RangeListsBase:
    case Attribute.DwoName:
    case Attribute.MipsLinkageName:
    case Attribute.GnuDwoName:
      return true;
    default:
      return false;
  }
}

function take(name: u32, what: ValueClass): void {
  switch (name) {
    case Attribute.LowPc:
      entry.lowClass = what;
      entry.low = value;
      break;
    case Attribute.HighPc:
      entry.highClass = what;
      entry.high = value;
      break;
    case Attribute.Ranges:
      entry.rangesClass = what;
      entry.ranges = value;
      break;
    case Attribute.StatementList:
      entry.hasLines = what != ValueClass.None;
      entry.linesOffset = value;
      break;
    case Attribute.AbstractOrigin:
    case Attribute.Specification:
      if (what != ValueClass.Reference) break;
      entry.originAt = value as usize;
      entry.originFile = valueFile;
      break;
    case Attribute.DwoName:
    case Attribute.GnuDwoName:
      entry.isSplit = true;
      break;
    default:
      if (what == ValueClass.Text) takeText(name);
      else if (what != ValueClass.None) takeNumber(name);
  }
}

function takeText(name: u32): void {
  const at = value as usize;
  if (name == Attribute.Name) {
    entry.nameAt = at;
    entry.nameBytes = valueBytes;
  } else if (name == Attribute.CompilationDirectory) {
    entry.directoryAt = at;
    entry.directoryBytes = valueBytes;
  } else if (name == Attribute.LinkageName || name == Attribute.MipsLinkageName) {
    entry.linkageNameAt = at;
    entry.linkageNameBytes = valueBytes;
  }
}

function takeNumber(name: u32): void {
  if (name == Attribute.CallFile) entry.callFile = value;
  else if (name == Attribute.CallLine) entry.callLine = value;
  else if (name == Attribute.CallColumn) entry.callColumn = value;
  else if (name == Attribute.Language) entry.language = value;
  else if (name == Attribute.StringOffsetsBase) entry.stringOffsetsBase = value;
  else if (name == Attribute.AddressBase) entry.addressBase = value;
  else if (name == Attribute.RangeListsBase) entry.rangeListsBase = value;
}
