// ObjectSymbol blocks: names of functions of mapped files by the objects' own addresses. Blocks add
// rows; per object that is asked for, a table of what covers which address is made (anew if more came
// since): of several symbols the one that begins last, of those the first in the file.

import { allocate, outOfMemory } from "./arena";
import { cell, decode, Limit, openPayload } from "./columns";
import { Encoding, ObjectIdMax, ObjectSymbolColumn, StringIdMax } from "./format";
import { compareU32, compareU64, sort } from "./sort";
import { newSparse, Sparse } from "./sparse";
import { newRangeMap, RangeMap } from "./symbols/range-map";
import { newVector, Vector } from "./vector";

@unmanaged
export class ObjectSymbol {
  address: u64;
  lengthBytes: u64;
  objectId: u32;
  nameId: u32;
  source: u32;
}

const objectSymbols: Vector<ObjectSymbol> = newVector<ObjectSymbol>();

/** An ObjectSymbol block. False if it is malformed; then nothing of it is defined. */
export function defineObjectSymbols(from: usize, to: usize, records: u32): bool {
  if (
    !openPayload(from, to, ObjectSymbolColumn.Source + 1) ||
    !decode(ObjectSymbolColumn.Object, records, Encoding.Unsigned, Limit.U32, ObjectIdMax) ||
    !decode(ObjectSymbolColumn.Address, records, Encoding.Delta, Limit.None) ||
    !decode(ObjectSymbolColumn.Length, records, Encoding.Unsigned, Limit.None) ||
    !decode(ObjectSymbolColumn.Name, records, Encoding.Unsigned, Limit.U32, StringIdMax) ||
    !decode(ObjectSymbolColumn.Source, records, Encoding.Unsigned, Limit.U32)
  ) {
    return false;
  }
  for (let i: u32 = 0; i < records && !outOfMemory; i++) {
    const symbol = changetype<ObjectSymbol>(allocate(offsetof<ObjectSymbol>()));
    symbol.address = cell(ObjectSymbolColumn.Address, i);
    symbol.lengthBytes = cell(ObjectSymbolColumn.Length, i);
    symbol.objectId = cell(ObjectSymbolColumn.Object, i) as u32;
    symbol.nameId = cell(ObjectSymbolColumn.Name, i) as u32;
    symbol.source = cell(ObjectSymbolColumn.Source, i) as u32;
    objectSymbols.push(symbol);
  }
  return true;
}

/** The symbols of one object by address. */
@unmanaged
class Table {
  /** Symbols of all objects that were met when it was made. */
  met: u32;
  byAddress: RangeMap;
}

const tables: Sparse = newSparse(ObjectIdMax);
let sorted: u32 = 0;

/** Symbols of one object stand together, from the last address down, of one address as they came. */
function compareSymbols(a: usize, b: usize): i32 {
  const left = changetype<ObjectSymbol>(a);
  const right = changetype<ObjectSymbol>(b);
  const byObject = compareU32(left.objectId, right.objectId);
  return byObject != 0 ? byObject : compareU64(right.address, left.address);
}

/** The symbol that covers an address of an object; a null reference if none does. */
export function objectSymbolOf(objectId: u32, address: u64): ObjectSymbol {
  if (objectSymbols.length == 0) return changetype<ObjectSymbol>(0);
  let table = changetype<Table>(tables.get(objectId) as usize);
  if (changetype<usize>(table) == 0 || table.met != objectSymbols.length) {
    table = makeTable(objectId);
    tables.set(objectId, changetype<usize>(table) as u32);
  }
  const found = table.byAddress.find(address);
  return found == 0 ? changetype<ObjectSymbol>(0) : objectSymbols.get(found - 1);
}

function makeTable(objectId: u32): Table {
  if (sorted != objectSymbols.length) sort(objectSymbols.at, objectSymbols.length, compareSymbols);
  sorted = objectSymbols.length;
  const table = changetype<Table>(allocate(offsetof<Table>()));
  table.met = objectSymbols.length;
  table.byAddress = newRangeMap();
  for (let i = firstOf(objectId); i < objectSymbols.length; i++) {
    const symbol = objectSymbols.get(i);
    if (symbol.objectId != objectId) break;
    const lengthBytes = min(symbol.lengthBytes, u64.MAX_VALUE - symbol.address);
    table.byAddress.add(symbol.address, symbol.address + lengthBytes, i + 1);
  }
  table.byAddress.seal();
  return table;
}

function firstOf(objectId: u32): u32 {
  let low: u32 = 0;
  let high = objectSymbols.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (objectSymbols.get(middle).objectId < objectId) low = middle + 1;
    else high = middle;
  }
  return low;
}
