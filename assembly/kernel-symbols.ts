// Names of the kernel's functions by address. KernelSymbol blocks add rows; once the recording has
// ended they are sorted and asked, once per distinct kernel address.

import { allocate } from "./arena";
import { cell, decode, Limit, openPayload } from "./columns";
import { Encoding, KernelSymbolColumn, ObjectIdMax, StringIdMax } from "./format";
import { compareU64, sort } from "./sort";
import { newVector, Vector } from "./vector";

@unmanaged
export class KernelSymbol {
  address: u64;
  lengthBytes: u64;
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
  for (let i: u32 = 0; i < records; i++) {
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

/** To be called when everything is defined, before the question below. */
export function sortKernelSymbols(): void {
  sort(symbols.at, symbols.length, compareSymbols);
}

/** The symbol covering `address`, as a null reference if there is none. */
export function kernelSymbolOf(address: u64): KernelSymbol {
  let low: u32 = 0;
  let high = symbols.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (symbols.get(middle).address <= address) low = middle + 1;
    else high = middle;
  }
  // Of several symbols at one address (aliases, or repeated in a later block) the first defined.
  let found = changetype<KernelSymbol>(0);
  for (; low > 0; low--) {
    const symbol = symbols.get(low - 1);
    if (changetype<usize>(found) != 0 && symbol.address != found.address) break;
    if (address - symbol.address < symbol.lengthBytes) found = symbol;
    else if (changetype<usize>(found) == 0) break;
  }
  return found;
}
