// ProcessSymbol blocks: names that a runtime gave to code it made itself, by process and address.
// Blocks add rows; what covers an address is asked once everything is defined (or all there is so far).

import { allocate, outOfMemory } from "./arena";
import { cell, decode, Limit, openPayload } from "./columns";
import { Encoding, ProcessSymbolColumn, StringIdMax } from "./format";
import { newVector, Vector } from "./vector";

@unmanaged
export class ProcessSymbol {
  timeNs: u64;
  address: u64;
  lengthBytes: u64;
  pid: u32;
  nameId: u32;
}

export const processSymbols: Vector<ProcessSymbol> = newVector<ProcessSymbol>();

/** A ProcessSymbol block. False if it is malformed; then nothing of it is defined. */
export function defineProcessSymbols(from: usize, to: usize, records: u32): bool {
  if (
    !openPayload(from, to, ProcessSymbolColumn.Name + 1) ||
    !decode(ProcessSymbolColumn.Pid, records, Encoding.Unsigned, Limit.Tid) ||
    !decode(ProcessSymbolColumn.Time, records, Encoding.Delta, Limit.None) ||
    !decode(ProcessSymbolColumn.Address, records, Encoding.Delta, Limit.None) ||
    !decode(ProcessSymbolColumn.Length, records, Encoding.Unsigned, Limit.None) ||
    !decode(ProcessSymbolColumn.Name, records, Encoding.Unsigned, Limit.U32, StringIdMax)
  ) {
    return false;
  }
  for (let i: u32 = 0; i < records && !outOfMemory; i++) {
    const symbol = changetype<ProcessSymbol>(allocate(offsetof<ProcessSymbol>()));
    symbol.pid = cell(ProcessSymbolColumn.Pid, i) as u32;
    symbol.timeNs = cell(ProcessSymbolColumn.Time, i);
    symbol.address = cell(ProcessSymbolColumn.Address, i);
    symbol.lengthBytes = cell(ProcessSymbolColumn.Length, i);
    symbol.nameId = cell(ProcessSymbolColumn.Name, i) as u32;
    processSymbols.push(symbol);
  }
  return true;
}
