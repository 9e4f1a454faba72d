// The scopes of a unit: functions and the functions inlined into them, by address. One walk over
// the unit's entries finds all that have addresses; names and call sites are read of those that are
// asked for. Entries lie in the order of a tree walk, so of the scopes that cover an address the one
// met last is the innermost.
//
//   subprogram  a [--------------------------]
//     inlined   b      [-------]                      b in a
//       inlined c         [--]                        c in b in a

import { allocate, outOfMemory } from "../arena";
import { newVector, Vector } from "../vector";
import { Abbreviation, skipAttributes } from "./abbreviations";
import { Attribute, Tag } from "./dwarf";
import { readValue, skipValue, value, ValueClass } from "./forms";
import { newRangeMap, RangeMap } from "./range-map";
import { ranges, readRanges } from "./ranges";
import { newReader, Reader } from "./reader";
import { SymbolWarning } from "./tables";
import { Unit } from "./units";
import { warn } from "./warnings";

@unmanaged
export class Scopes {
  /** Number of the innermost scope by address. */
  map: RangeMap;
  /** Where the entry of each scope is; numbers begin with 1. */
  entries: Vector<usize>;
  /** Twice the number of the scope around it, plus one where it is inlined into that. */
  parents: Vector<u32>;

  @inline
  entryOf(scope: u32): usize {
    return this.entries.get(scope - 1);
  }

  @inline
  parentOf(scope: u32): u32 {
    return this.parents.get(scope - 1) >> 1;
  }

  @inline
  isInlined(scope: u32): bool {
    return (this.parents.get(scope - 1) & 1) != 0;
  }
}

const reader: Reader = newReader();
/** The scope that the children of each open entry are in. */
const open: Vector<u32> = newVector<u32>();

/** The scopes of a unit, read when they are first asked for. */
export function scopesOf(unit: Unit): Scopes {
  if (unit.scopes != 0) return changetype<Scopes>(unit.scopes);
  const scopes = changetype<Scopes>(allocate(offsetof<Scopes>()));
  scopes.map = newRangeMap();
  scopes.entries = newVector<usize>();
  scopes.parents = newVector<u32>();
  unit.scopes = changetype<usize>(scopes);
  if (!walk(unit, scopes)) warn(SymbolWarning.UnitDamaged, unit.dwarf.object.part, 0);
  scopes.map.seal(true);
  return scopes;
}

/** False where the unit is malformed; then what was found before is kept. */
function walk(unit: Unit, scopes: Scopes): bool {
  const end = unit.end;
  let at = unit.rootAt;
  let scope: u32 = 0;
  open.length = 0;
  while (at < end && !outOfMemory) {
    const entryAt = at;
    let code: u64 = load<u8>(at++);
    if (code == 0) {
      if (open.length <= 1) return true;
      open.length--;
      scope = open.get(open.length - 1);
      continue;
    }
    if (code >= 0x80) {
      reader.start(entryAt, end);
      code = reader.uleb();
      at = reader.at;
    }
    const entry: Abbreviation = unit.abbreviations.find(code);
    if (changetype<usize>(entry) == 0) return false;
    let inside = scope;
    const isFunction = entry.tag == Tag.Subprogram;
    if (entry.hasAddresses && (isFunction || entry.tag == Tag.InlinedSubroutine)) {
      at = readAddresses(unit, entry, at);
      if (ranges.length != 0) inside = addScope(scopes, entryAt, scope, !isFunction);
      else if (isFunction) inside = 0;
    } else {
      at = skipAttributes(entry, at, end);
      if (isFunction) inside = 0;
    }
    if (at == 0) return false;
    if (entry.hasChildren) {
      open.push(inside);
      scope = inside;
    } else if (open.length == 0) return true;
  }
  return !outOfMemory;
}

function addScope(scopes: Scopes, entryAt: usize, parent: u32, isInlined: bool): u32 {
  scopes.entries.push(entryAt);
  scopes.parents.push((parent << 1) | u32(isInlined));
  const scope = scopes.entries.length;
  for (let i: u32 = 0; i < ranges.length; i += 2) scopes.map.add(ranges.get(i), ranges.get(i + 1), scope);
  return scope;
}

/** Leaves the entry's addresses in `ranges`; where its attributes end, 0 if they do not. */
function readAddresses(unit: Unit, entry: Abbreviation, at: usize): usize {
  let lowClass = ValueClass.None;
  let low: u64 = 0;
  let highClass = ValueClass.None;
  let high: u64 = 0;
  let listClass = ValueClass.None;
  let list: u64 = 0;
  reader.start(at, unit.end);
  for (let i: u32 = 0; i < entry.attributeCount; i++) {
    const spec = entry.attribute(i);
    switch (spec.name as u32) {
      case Attribute.LowPc:
        lowClass = readValue(unit, reader, spec);
        low = value;
        break;
      case Attribute.HighPc:
        highClass = readValue(unit, reader, spec);
        high = value;
        break;
      case Attribute.Ranges:
        listClass = readValue(unit, reader, spec);
        list = value;
        break;
      default:
        skipValue(reader, spec);
    }
  }
  const after: usize = reader.failed ? 0 : reader.at;
  if (after != 0) readRanges(unit, lowClass, low, highClass, high, listClass, list);
  else ranges.length = 0;
  return after;
}
