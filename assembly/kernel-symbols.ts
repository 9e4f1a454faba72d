// Names of the kernel's functions by address. KernelSymbol blocks add rows; once the recording has
// ended they are sorted and asked, once per distinct kernel address.

import { allocate, outOfMemory } from "./arena";
import { cell, decode, Limit, openPayload } from "./columns";
import { Encoding, KernelSymbolColumn, ObjectIdMax, StringIdMax } from "./format";
import { compareU64, sort } from "./sort";
import { newVector, Vector } from "./vector";

@unmanaged
export class KernelSymbol {
  address: u64;
  lengthBytes: u64;
  /** The largest address that this symbol or, in order, one before it covers. */
  lastByteBefore: u64;
  nameId: u32;
  objectId: u32;
}

const symbols: Vector<KernelSymbol> = newVector<KernelSymbol>();

/** A KernelSymbol block. False if it is malformed; then nothing of it is defined. */
export function defineKernelSymbols(from: usize, to: usize, records: u32): bool {
  if (
    !openPayload(from, to, KernelSymbolColumn.Object + 1) ||
    !decode(KernelSymbolColumn.Address, records, Encoding.Delta, Limit.None) ||
    !decode(KernelSymbolColumn.Length, records, Encoding.Unsigned, Limit.None) ||
    !decode(KernelSymbolColumn.Name, records, Encoding.Unsigned, Limit.U32, StringIdMax) ||
    !decode(KernelSymbolColumn.Object, records, Encoding.Unsigned, Limit.U32, ObjectIdMax)
  ) {
    return false;
  }
  for (let i: u32 = 0; i < records && !outOfMemory; i++) {
    const symbol = changetype<KernelSymbol>(allocate(offsetof<KernelSymbol>()));
    symbol.address = cell(KernelSymbolColumn.Address, i);
    symbol.lengthBytes = cell(KernelSymbolColumn.Length, i);
    symbol.nameId = cell(KernelSymbolColumn.Name, i) as u32;
    symbol.objectId = cell(KernelSymbolColumn.Object, i) as u32;
    symbols.push(symbol);
  }
  return true;
}

function compareSymbols(a: usize, b: usize): i32 {
  return compareU64(changetype<KernelSymbol>(a).address, changetype<KernelSymbol>(b).address);
}

let sorted: u32 = 0;

/** To be called when everything is defined (or all there is so far), before the question below. */
export function sortKernelSymbols(): void {
  if (sorted == symbols.length) return;
  sorted = symbols.length;
  sort(symbols.at, symbols.length, compareSymbols);
  let lastByte: u64 = 0;
  for (let i: u32 = 0; i < symbols.length; i++) {
    const symbol = symbols.get(i);
    const left = u64.MAX_VALUE - symbol.address;
    if (symbol.lengthBytes != 0) lastByte = max(lastByte, symbol.address + min(symbol.lengthBytes - 1, left));
    symbol.lastByteBefore = lastByte;
  }
}

/** The symbol covering `address` that begins last, the first defined of several; or a null reference. */
export function kernelSymbolOf(address: u64): KernelSymbol {
  let low: u32 = 0;
  let high = symbols.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (symbols.get(middle).address <= address) low = middle + 1;
    else high = middle;
  }
  let found = changetype<KernelSymbol>(0);
  for (; low > 0; low--) {
    const symbol = symbols.get(low - 1);
    if (symbol.lastByteBefore < address) break; // nothing from here down reaches the address
    if (changetype<usize>(found) != 0 && symbol.address != found.address) break;
    if (address - symbol.address < symbol.lengthBytes) found = symbol;
  }
  return found;
}
