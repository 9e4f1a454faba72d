// Names found for offsets of a file -> what a recording keeps of them: each symbol once, and what debug
// information says of each address. The same names come out of the recording as out of the file.

import type { FoundNames, FoundSource, FoundSymbol } from "../rewriting/embed.js";
import type { ObjectNames } from "./object-names.js";

/** `unnamed`: the offsets for which the recording has no symbol; of others it keeps the one it has. */
export function foundNamesOf(
  { offsets, addresses, frames, programHeaders }: ObjectNames,
  unnamed: ReadonlySet<bigint>,
): FoundNames {
  const symbols = new Map<bigint, FoundSymbol>();
  const sources: FoundSource[] = [];
  addresses.forEach((address, row) => {
    const functions = frames.framesOf(row);
    const outermost = functions.at(-1);
    if (outermost === undefined) return;
    const { name, symbolStart, symbolBytes } = outermost;
    const hasSymbol = symbolStart !== 0n || symbolBytes !== 0n;
    if (unnamed.has(offsets[row]!) && hasSymbol && name !== "" && symbolStart <= address) {
      const reached = address - symbolStart + 1n;
      const before = symbols.get(symbolStart)?.lengthBytes ?? symbolBytes;
      symbols.set(symbolStart, { address: symbolStart, lengthBytes: before > reached ? before : reached, name });
    }
    // A function that only a symbol names needs no more than that.
    if (functions.length === 1 && outermost.nameSource !== "dwarf" && outermost.file === "" && hasSymbol) return;
    const kept = functions.map((one) => ({
      name: one.nameSource === "dwarf" || one.isInlined || !hasSymbol ? one.name : "",
      file: one.file,
      line: one.line,
    }));
    sources.push({ address, functions: kept });
  });
  return { programHeaders, symbols: [...symbols.values()], sources };
}
