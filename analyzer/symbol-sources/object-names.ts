// One opened file and the offsets that are wanted of it -> names for them. The file's build id has been
// compared by whoever opened it; what its symbols say is believed.

import type { SymbolFile } from "../symbolizer.js";
import type { SymbolFrames } from "../symbol-frames.js";
import type { ProgramHeaders } from "./program-headers.js";

/** What was found out about offsets of a file. Plain columns: other threads may be sent it. */
export interface ObjectNames {
  /** As they were wanted; ascending. */
  readonly offsets: BigUint64Array;
  /** The object's own address of each; of one that no segment holds `NoAddress`, which has no name. */
  readonly addresses: BigUint64Array;
  /** Of each, innermost first. */
  readonly frames: SymbolFrames;
  /** Elf64_Phdr entries by which the addresses were found. */
  readonly programHeaders: Uint8Array;
}

/** Names by build id. */
export type SymbolAnswers = ReadonlyMap<string, ObjectNames>;

export const NoAddress = 2n ** 64n - 1n;

/** Looks `offsets` up. Throws where the symbolizer runs out of memory. */
export function namesOf(file: SymbolFile, headers: ProgramHeaders, offsets: BigUint64Array): ObjectNames {
  const addresses = BigUint64Array.from(offsets, (offset) => headers.addressOf(offset) ?? NoAddress);
  return { offsets, addresses, frames: file.lookup(addresses), programHeaders: headers.bytes };
}

/** Row of an offset in `names`; -1 where it was not looked up. */
export function rowOfOffset({ offsets }: ObjectNames, offset: bigint): number {
  let low = 0;
  let high = offsets.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (offsets[middle]! < offset) low = middle + 1;
    else high = middle;
  }
  return offsets[low] === offset ? low : -1;
}
