// The addresses of an entry: a pair of bounds, or a list in .debug_ranges (DWARF 2 to 4) or
// .debug_rnglists (5). What linkers left of code they threw away (a range at 0, or at -1, outside
// every section of code) is left out.

import { newVector, Vector } from "../vector";
import { RangeEntry } from "./dwarf";
import { readIndexedAddress, tableEntry, value, ValueClass } from "./forms";
import { unpacked } from "./packed-sections";
import { layoutPart } from "./parts";
import { newReader, Reader } from "./reader";
import { SectionKind, SymbolLimit, SymbolWarning } from "./tables";
import { DwarfFile, Unit } from "./units";
import { warn } from "./warnings";

/** Ranges of the entry read last: low and high, by turns. */
export const ranges: Vector<u64> = newVector<u64>();

const reader: Reader = newReader();

/** Leaves the addresses of an entry in `ranges`. */
export function readRanges(
  unit: Unit,
  lowClass: ValueClass,
  low: u64,
  highClass: ValueClass,
  high: u64,
  rangesClass: ValueClass,
  list: u64,
): void {
  ranges.length = 0;
  if (rangesClass != ValueClass.None) return readList(unit, rangesClass, list);
  if (lowClass != ValueClass.Address || highClass == ValueClass.None) return;
  addRange(unit, low, highClass == ValueClass.Address ? high : low + high);
}

function addRange(unit: Unit, low: u64, high: u64): void {
  if (low >= high) return;
  const code = layoutPart().code;
  if (code.cells != 0 ? code.find(low) == 0 : low == 0) return;
  ranges.push(low);
  ranges.push(high);
}

function readList(unit: Unit, what: ValueClass, list: u64): void {
  const isOld = unit.version < 5;
  const kind = isOld ? SectionKind.DebugRanges : SectionKind.DebugRnglists;
  const section = unpacked(unit.dwarf.object, kind);
  let offset = list;
  if (what == ValueClass.ListIndex) {
    if (!tableEntry(unit, kind, unit.rangeListsBase, list, unit.shape.offsetBytes)) return;
    offset = unit.rangeListsBase + value;
  }
  if (section.at == 0 || offset >= (section.lengthBytes as u64)) return;
  reader.start(section.at + (offset as usize), section.at + section.lengthBytes);
  if (isOld) readPairs(unit);
  else readEntries(unit);
}

/** Whether another entry of a list may be read, be it of code or not. */
function isWithinLimit(dwarf: DwarfFile): bool {
  if (dwarf.rangesLeft == 0) {
    warn(SymbolWarning.TooMuch, dwarf.object.part, SymbolLimit.Ranges);
    return false;
  }
  dwarf.rangesLeft--;
  return true;
}

/** Pairs of addresses, which are relative to a base that a pair beginning with -1 sets. */
function readPairs(unit: Unit): void {
  const bytes = unit.shape.addressBytes;
  const setsBase: u64 = bytes == 8 ? u64.MAX_VALUE : u32.MAX_VALUE;
  let base = unit.lowPc;
  while (isWithinLimit(unit.dwarf)) {
    const low = reader.word(bytes);
    const high = reader.word(bytes);
    if (reader.failed || (low == 0 && high == 0)) return;
    if (low == setsBase) base = high;
    else addRange(unit, base + low, base + high);
  }
}

function readEntries(unit: Unit): void {
  const bytes = unit.shape.addressBytes;
  let base = unit.lowPc;
  while (!reader.failed && isWithinLimit(unit.dwarf)) {
    const kind = reader.u8();
    let low: u64;
    switch (kind) {
      case RangeEntry.OffsetPair:
        low = base + reader.uleb();
        addRange(unit, low, base + reader.uleb());
        break;
      case RangeEntry.StartLength:
        low = reader.word(bytes);
        addRange(unit, low, low + reader.uleb());
        break;
      case RangeEntry.StartEnd:
        low = reader.word(bytes);
        addRange(unit, low, reader.word(bytes));
        break;
      case RangeEntry.Base:
        base = reader.word(bytes);
        break;
      case RangeEntry.BaseIndex:
        base = indexed(unit, reader.uleb());
        break;
      case RangeEntry.StartIndexLength:
        low = indexed(unit, reader.uleb());
        addRange(unit, low, low + reader.uleb());
        break;
      case RangeEntry.StartIndexEndIndex:
        low = indexed(unit, reader.uleb());
        addRange(unit, low, indexed(unit, reader.uleb()));
        break;
      default:
        return; // the end, or something unknown, whose length is not known either
    }
  }
}

function indexed(unit: Unit, index: u64): u64 {
  return readIndexedAddress(unit, index) ? value : 0;
}
