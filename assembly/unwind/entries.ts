// The entries of an object's .eh_frame: which FDE, with its CIE, says how to unwind at an address. A
// table is made once per object, when first asked for (and again if parts of sections came since).
// An entry that breaks a rule is as if it were not there.
//
//   part    | length | 0         | CIE: augmentation, alignments, instructions ... |
//           | length | distance back to its CIE | FDE: first address, length, instructions ... |

import { allocate, borrow, giveBack, outOfMemory } from "../arena";
import { Cursor, newCursor } from "../cursor";
import { ObjectIdMax, SectionKind } from "../format";
import { NoSection, Part, Section, sectionOf } from "../sections";
import { newSparse, Sparse } from "../sparse";
import { EntryBytes, radixSort } from "../symbols/radix-sort";
import { newRangeMap, RangeMap } from "../symbols/range-map";
import { newVector, Vector } from "../vector";
import { AbsolutePointer, encodedPointer, OmittedPointer, plainNumber } from "./pointers";

@unmanaged
export class Cie {
  dataAlignment: i64;
  codeAlignment: u64;
  /** Where its entry begins in the section. */
  offset: u64;
  /** Its instructions. */
  from: usize;
  end: usize;
  returnRegister: u32;
  pointerEncoding: u32;
  hasAugmentation: bool;
  isSignalFrame: bool;
}

@unmanaged
export class Fde {
  address: u64;
  lengthBytes: u64;
  /** Its instructions, and where the first of them would be in the object. */
  from: usize;
  end: usize;
  cie: Cie;
  instructionsAddress: u64;
}

export const NoFde: Fde = changetype<Fde>(0);
const NoCie: Cie = changetype<Cie>(0);

@unmanaged
class Table {
  /** Parts of the section that it was made of. */
  partsMet: u32;
  byAddress: RangeMap;
  cies: Vector<Cie>;
  fdes: Vector<Fde>;
}

const tables: Sparse = newSparse(ObjectIdMax);
const cursor: Cursor = newCursor();

/** Grows with every part of the object's .eh_frame; 0: there is none. */
@inline
export function sectionVersion(objectId: u32): u32 {
  const section = sectionOf(objectId, SectionKind.EhFrame);
  return section == NoSection ? 0 : section.met;
}

/** The FDE that covers an address of an object; a null reference if none does. */
export function fdeOf(objectId: u32, address: u64): Fde {
  const section = sectionOf(objectId, SectionKind.EhFrame);
  if (section == NoSection) return NoFde;
  let table = changetype<Table>(tables.get(objectId) as usize);
  if (changetype<usize>(table) == 0 || table.partsMet != section.met) {
    table = makeTable(section);
    tables.set(objectId, changetype<usize>(table) as u32);
  }
  const found = table.byAddress.find(address);
  return found == 0 ? NoFde : table.fdes.get(found - 1);
}

function makeTable(section: Section): Table {
  const table = changetype<Table>(allocate(offsetof<Table>()));
  table.partsMet = section.met;
  table.byAddress = newRangeMap();
  table.cies = newVector<Cie>();
  table.fdes = newVector<Fde>();
  for (let i: u32 = 0; i < section.parts.length; i++) readEntries(table, section, section.parts.get(i), true);
  for (let i: u32 = 0; i < section.parts.length; i++) readEntries(table, section, section.parts.get(i), false);
  addRanges(table);
  table.byAddress.seal();
  return table;
}

/** What begins last holds, of those the first in the section: the map holds what is added first. */
function addRanges(table: Table): void {
  const count = table.fdes.length;
  const lengthBytes = (count as usize) * EntryBytes;
  const entries = borrow(max<usize>(lengthBytes, 1));
  if (entries == 0) return;
  for (let i: u32 = 0; i < count; i++) {
    store<u64>(entries + (i as usize) * EntryBytes, ~table.fdes.get(i).address);
    store<u64>(entries + (i as usize) * EntryBytes, i, 8);
  }
  if (radixSort(entries, count)) {
    for (let i: u32 = 0; i < count; i++) {
      const index = load<u64>(entries + (i as usize) * EntryBytes, 8) as u32;
      const fde = table.fdes.get(index);
      table.byAddress.add(fde.address, fde.address + fde.lengthBytes, index + 1);
    }
  }
  giveBack(entries, max<usize>(lengthBytes, 1));
}

const ExtendedLength: u64 = 0xffffffff;

/** Reads the CIEs of a part, or its FDEs. */
function readEntries(table: Table, section: Section, part: Part, ofCies: bool): void {
  const partEnd = part.from + part.lengthBytes;
  let at = part.from;
  while (at < partEnd && !outOfMemory) {
    cursor.start(at, partEnd);
    let lengthBytes = cursor.fixed(4);
    if (lengthBytes == ExtendedLength) lengthBytes = cursor.fixed(8);
    const idAt = cursor.at;
    cursor.skip(lengthBytes);
    if (cursor.failed || lengthBytes == 0) return;
    const end = cursor.at;
    if (lengthBytes >= 4) {
      cursor.start(idAt + 4, end);
      const id = load<u32>(idAt);
      const offset = (part.offset as u64) + ((at - part.from) as u64);
      if (id == 0 && ofCies) readCie(table, offset);
      const idOffset = (part.offset as u64) + ((idAt - part.from) as u64);
      const address = section.address + idOffset + 4;
      if (id != 0 && !ofCies) readFde(table, idOffset - (id as u64), address);
    }
    at = end;
  }
}

/** At the cursor: what follows a CIE's id. */
function readCie(table: Table, offset: u64): void {
  const version = cursor.fixed(1) as u32;
  const augmentation = cursor.at;
  while (cursor.fixed(1) != 0) continue; // a failed cursor answers 0
  const augmentationBytes = cursor.at - augmentation;
  if (version == 4 && cursor.fixed(2) != 8) return; // addresses of 8 bytes, no segments
  if (version != 1 && version != 3 && version != 4) return;
  const cie = changetype<Cie>(allocate(offsetof<Cie>()));
  cie.offset = offset;
  cie.codeAlignment = cursor.varint();
  cie.dataAlignment = cursor.signedLeb();
  const returnRegister = version == 1 ? cursor.fixed(1) : cursor.varint();
  cie.returnRegister = min<u64>(returnRegister, u32.MAX_VALUE) as u32;
  cie.pointerEncoding = AbsolutePointer;
  if (!readAugmentation(cie, augmentation, augmentationBytes - 1) || cursor.failed) return;
  cie.from = cursor.at;
  cie.end = cursor.end;
  table.cies.push(cie);
}

/** At the cursor: a CIE's augmentation data. False if the augmentation is not known. */
function readAugmentation(cie: Cie, letters: usize, lettersBytes: usize): bool {
  if (lettersBytes == 0) return true;
  if (load<u8>(letters) != 0x7a) return false; // z
  cie.hasAugmentation = true;
  const dataBytes = cursor.varint();
  const data = cursor.skip(dataBytes);
  if (cursor.failed) return false;
  const behind = cursor.at;
  const end = cursor.end;
  cursor.start(data, behind);
  for (let i: usize = 1; i < lettersBytes; i++) {
    switch (load<u8>(letters + i)) {
      case 0x52: // R
        cie.pointerEncoding = cursor.fixed(1) as u32;
        break;
      case 0x50: { // P
        const encoding = cursor.fixed(1) as u32;
        if (encoding != OmittedPointer) plainNumber(cursor, encoding);
        break;
      }
      case 0x4c: // L
        cursor.fixed(1);
        break;
      case 0x53: // S
        cie.isSignalFrame = true;
        break;
      case 0x42: // B
        break;
      default:
        return false;
    }
  }
  const failed = cursor.failed;
  cursor.start(behind, end);
  return !failed;
}

/** At the cursor, which is at `address` in the object: what follows an FDE's distance to its CIE. */
function readFde(table: Table, cieOffset: u64, address: u64): void {
  const cie = cieAt(table.cies, cieOffset);
  if (cie == NoCie) return;
  const from = cursor.at;
  const begin = encodedPointer(cursor, cie.pointerEncoding, address);
  const lengthBytes = plainNumber(cursor, cie.pointerEncoding);
  if (cie.hasAugmentation) cursor.skip(cursor.varint());
  if (cursor.failed || lengthBytes == 0 || lengthBytes > u64.MAX_VALUE - begin) return;
  const fde = changetype<Fde>(allocate(offsetof<Fde>()));
  fde.address = begin;
  fde.lengthBytes = lengthBytes;
  fde.from = cursor.at;
  fde.end = cursor.end;
  fde.cie = cie;
  fde.instructionsAddress = address + ((cursor.at - from) as u64);
  table.fdes.push(fde);
}

/** CIEs were read in order of their offsets. */
function cieAt(cies: Vector<Cie>, offset: u64): Cie {
  let low: u32 = 0;
  let high = cies.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cies.get(middle).offset < offset) low = middle + 1;
    else high = middle;
  }
  return low < cies.length && cies.get(low).offset == offset ? cies.get(low) : NoCie;
}
