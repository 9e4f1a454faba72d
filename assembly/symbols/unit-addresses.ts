// Which unit an address belongs to. .debug_aranges says so for the units it covers; of all others the
// root entries are read, and where not even those say, the functions below them.
//
//   .debug_aranges  set: length | version 2 | offset of the unit | sizes | (address, length) ... (0, 0)

import { outOfMemory } from "../arena";
import { Tag, UnitType } from "./dwarf";
import { entry, readEntry } from "./entries";
import { ValueClass } from "./forms";
import { unpacked } from "./packed-sections";
import { layoutPart } from "./parts";
import { newRangeMap, RangeMap } from "./range-map";
import { ranges, readRanges } from "./ranges";
import { newReader, Reader } from "./reader";
import { scopesOf } from "./scopes";
import { SectionKind, SymbolWarning } from "./tables";
import { DwarfFile, Unit, unitOfHeader } from "./units";
import { warn } from "./warnings";

/** Number of the unit + 1 by address. */
const byAddress: RangeMap = newRangeMap();
const reader: Reader = newReader();

/** The unit of an address, or a null reference. */
export function unitOfAddress(dwarf: DwarfFile, address: u64): Unit {
  const found = byAddress.find(address);
  return found == 0 ? changetype<Unit>(0) : dwarf.units.get(found - 1);
}

/** Finds the addresses of all units; once. */
export function findUnitAddresses(dwarf: DwarfFile): void {
  readAddressSets(dwarf);
  for (let i: u32 = 0; i < dwarf.units.length && !outOfMemory; i++) {
    const unit = dwarf.units.get(i);
    if (!unit.isInAddressSets) addFromRoot(unit);
  }
  byAddress.seal();
}

function readAddressSets(dwarf: DwarfFile): void {
  const section = unpacked(dwarf.object, SectionKind.DebugAranges);
  let at = section.at;
  const end = at + section.lengthBytes;
  while (at < end && !outOfMemory) {
    reader.start(at, end);
    let lengthBytes: u64 = reader.u32();
    const offsetBytes: u32 = lengthBytes == 0xffffffff ? 8 : 4;
    if (offsetBytes == 8) lengthBytes = reader.u64();
    if (reader.failed || lengthBytes > ((end - reader.at) as u64)) {
      return warn(SymbolWarning.SectionDamaged, dwarf.object.part, SectionKind.DebugAranges);
    }
    const next = reader.at + (lengthBytes as usize);
    reader.end = next;
    readAddressSet(dwarf, at, offsetBytes);
    at = next;
  }
}

function readAddressSet(dwarf: DwarfFile, from: usize, offsetBytes: u32): void {
  if (reader.u16() != 2) return;
  const unit = unitOfHeader(dwarf, reader.word(offsetBytes));
  const addressBytes = reader.u8();
  const segmentBytes = reader.u8();
  if (changetype<usize>(unit) == 0 || segmentBytes != 0 || (addressBytes != 4 && addressBytes != 8)) return;
  const pairBytes: usize = addressBytes << 1;
  reader.skip((pairBytes - ((reader.at - from) % pairBytes)) % pairBytes);
  while (true) {
    const low = reader.word(addressBytes);
    const lengthBytes = reader.word(addressBytes);
    if (reader.failed || (low == 0 && lengthBytes == 0)) return;
    const code = layoutPart().code;
    if (code.cells != 0 ? code.find(low) == 0 : low == 0) continue;
    byAddress.add(low, low + lengthBytes, unit.index + 1);
    unit.isInAddressSets = true;
  }
}

function addFromRoot(unit: Unit): void {
  readRoot(unit);
  if (!unit.isWhole || unit.isPartial) return;
  readRanges(unit, entry.lowClass, entry.low, entry.highClass, entry.high, entry.rangesClass, entry.ranges);
  if (ranges.length == 0 && !unit.hasRanges) {
    const scopes = scopesOf(unit);
    return byAddress.addAll(scopes.map, unit.index + 1);
  }
  for (let i: u32 = 0; i < ranges.length; i += 2) byAddress.add(ranges.get(i), ranges.get(i + 1), unit.index + 1);
}

/** Reads what the root entry says of the whole unit; at its first call leaves it in `entry`. */
export function readRoot(unit: Unit): void {
  if (unit.isRootRead) return;
  unit.isRootRead = true;
  setBases(unit);
  // Twice: what is indexed can be resolved once it is known where the tables begin.
  if (!readEntry(unit, unit.rootAt)) return warn(SymbolWarning.UnitDamaged, unit.dwarf.object.part, 0);
  if (entry.stringOffsetsBase != u64.MAX_VALUE) unit.stringOffsetsBase = entry.stringOffsetsBase;
  if (entry.addressBase != u64.MAX_VALUE) unit.addressBase = entry.addressBase;
  if (entry.rangeListsBase != u64.MAX_VALUE) unit.rangeListsBase = entry.rangeListsBase;
  if (unit.version >= 5 && !readEntry(unit, unit.rootAt)) return;
  unit.isWhole = true;
  unit.isPartial = entry.tag == Tag.PartialUnit || unit.type == UnitType.Partial;
  unit.lowPc = entry.lowClass == ValueClass.Address ? entry.low : 0;
  unit.hasRanges = entry.highClass != ValueClass.None || entry.rangesClass != ValueClass.None;
  unit.language = entry.language as u32;
  unit.hasLines = entry.hasLines;
  unit.linesOffset = entry.linesOffset;
  unit.nameAt = entry.nameAt;
  unit.nameBytes = entry.nameBytes;
  unit.directoryAt = entry.directoryAt;
  unit.directoryBytes = entry.directoryBytes;
  if (entry.isSplit || unit.type == UnitType.Skeleton) warn(SymbolWarning.SplitUnit, unit.dwarf.object.part, 0);
}

/** Where tables begin for units that do not say it: behind the header of the first. */
function setBases(unit: Unit): void {
  if (unit.version < 5) return;
  const headerBytes: u64 = unit.shape.offsetBytes == 8 ? 16 : 8;
  unit.stringOffsetsBase = headerBytes;
  unit.addressBase = headerBytes;
  unit.rangeListsBase = headerBytes + 4;
}
