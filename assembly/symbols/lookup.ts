// From an address to its frames: the innermost scope of debug information that covers it, the
// functions that one was inlined into, and the symbol they are all in.

import { addFrame, beginAddress } from "./answers";
import { addSymbols, ElfSymbol, sealSymbols, symbolAt, symbolNameBytes } from "./elf-symbols";
import { addressOfOffset } from "./elf";
import { layoutPart, partOf, partWith } from "./parts";
import { AddressSpace, NameSource, Part, SectionKind } from "./tables";
import { textRow } from "./texts";

let prepared: bool = false;

/** Reads what every lookup needs, once all parts are loaded. */
export function prepare(): void {
  if (prepared) return;
  prepared = true;
  prepareSymbols();
}

/** .symtab holds all that .dynsym does, and .gnu_debugdata all that is not in .dynsym. */
function prepareSymbols(): void {
  const layout = layoutPart();
  if (changetype<usize>(layout) == 0) return;
  const withSymtab = partWith(SectionKind.Symtab);
  if (changetype<usize>(withSymtab) != 0) addSymbols(withSymtab, layout, SectionKind.Symtab, NameSource.Symtab);
  else {
    const withDynsym = partWith(SectionKind.Dynsym);
    const debugData = partOf(Part.DebugData);
    if (changetype<usize>(withDynsym) != 0) addSymbols(withDynsym, layout, SectionKind.Dynsym, NameSource.Dynsym);
    if (changetype<usize>(debugData) != 0) addSymbols(debugData, layout, SectionKind.Symtab, NameSource.DebugData);
  }
  sealSymbols(layout);
}

/** Adds the frames of one address, none where nothing is known of it. */
export function lookUp(given: u64, space: AddressSpace): void {
  beginAddress();
  const layout = layoutPart();
  if (changetype<usize>(layout) == 0) return;
  const address = space == AddressSpace.FileOffset ? addressOfOffset(layout, given) : given;
  const symbol = symbolAt(address);
  if (changetype<usize>(symbol) == 0) return;
  const frame = addFrame();
  frame.name = textRow(symbol.nameAt, symbolNameBytes(symbol));
  frame.source = symbol.source;
  frame.symbolStart = symbol.address;
  frame.symbolBytes = symbol.lengthBytes;
}
