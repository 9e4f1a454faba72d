// ObjectSymbol blocks: names of functions of mapped files by the objects' own addresses. Blocks add
// rows; what covers an address is asked once everything is defined (or all there is so far).

import { allocate, outOfMemory } from "./arena";
import { cell, decode, Limit, openPayload } from "./columns";
import { Encoding, ObjectIdMax, ObjectSymbolColumn, StringIdMax } from "./format";
import { newVector, Vector } from "./vector";

@unmanaged
export class ObjectSymbol {
  address: u64;
  lengthBytes: u64;
  objectId: u32;
  nameId: u32;
  source: u32;
}

export const objectSymbols: Vector<ObjectSymbol> = newVector<ObjectSymbol>();

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
