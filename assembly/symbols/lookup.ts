// From an address to its frames: the innermost scope of debug information that covers it, the
// functions that one was inlined into, and the symbol they are all in.

import { addFrame, beginAddress, Frame } from "./answers";
import { isPlainLanguage } from "./dwarf";
import { addSymbols, aliasCalled, ElfSymbol, sealSymbols, symbolAt, symbolNameBytes } from "./elf-symbols";
import { addressOfOffset, ElfObject } from "./elf";
import { entry, readEntry } from "./entries";
import { pathRow } from "./file-paths";
import { functionNameAt, functionNameBytes, isLinkageName, readFunctionName } from "./function-names";
import { LineTable, linesOf } from "./line-tables";
import { layoutPart, partOf, partWith } from "./parts";
import { addLinkageSymbols } from "./plt";
import { relocate } from "./relocations";
import { Scopes, scopesOf } from "./scopes";
import { AddressSpace, NameSource, Part, SectionKind } from "./tables";
import { textRow } from "./texts";
import { findUnitAddresses, readRoot, unitOfAddress } from "./unit-addresses";
import { DwarfFile, newDwarfFile, Unit } from "./units";

const NoDwarf: DwarfFile = changetype<DwarfFile>(0);

/** Functions inlined into one another at one address: compilers stop long before. */
const InlineDepthMax: u32 = 256;

let prepared: bool = false;
let dwarf: DwarfFile = NoDwarf;

/** Reads what every lookup needs, once all parts are loaded. */
export function prepare(): void {
  if (prepared) return;
  prepared = true;
  prepareSymbols();
  prepareDwarf();
}

/** Debug information is in the debug file or in the object itself; what files share is beside it. */
function prepareDwarf(): void {
  const part: ElfObject = partWith(SectionKind.DebugInfo);
  if (changetype<usize>(part) == 0) return;
  relocate(part);
  dwarf = newDwarfFile(part);
  if (dwarf == NoDwarf) return;
  const alternate = partOf(Part.Alternate);
  if (changetype<usize>(alternate) != 0) dwarf.alternate = newDwarfFile(alternate);
  findUnitAddresses(dwarf);
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
  const object = partOf(Part.Object);
  if (changetype<usize>(object) != 0) addLinkageSymbols(object);
  sealSymbols(layout);
}

/** Adds the frames of one address, none where nothing is known of it. */
export function lookUp(given: u64, space: AddressSpace): void {
  beginAddress();
  const layout = layoutPart();
  if (changetype<usize>(layout) == 0) return;
  const address = space == AddressSpace.FileOffset ? addressOfOffset(layout, given) : given;
  const symbol = symbolAt(address);
  if (dwarf != NoDwarf && addSourceFrames(address, symbol)) return;
  if (changetype<usize>(symbol) == 0) return;
  const frame = addFrame();
  setSymbol(frame, symbol);
  frame.name = textRow(symbol.nameAt, symbolNameBytes(symbol));
  frame.source = symbol.source;
}

function setSymbol(frame: Frame, symbol: ElfSymbol): void {
  if (changetype<usize>(symbol) == 0) return;
  frame.symbolStart = symbol.address;
  frame.symbolBytes = symbol.lengthBytes;
}

/** The frames that debug information knows of an address. False: it knows none. */
function addSourceFrames(address: u64, symbol: ElfSymbol): bool {
  const unit: Unit = unitOfAddress(dwarf, address);
  if (changetype<usize>(unit) == 0) return false;
  readRoot(unit);
  const lines: LineTable = linesOf(unit);
  const hasLines = changetype<usize>(lines) != 0;
  const row = hasLines ? lines.rows.find(address) : 0;
  const scopes: Scopes = scopesOf(unit);
  let scope = scopes.map.find(address);
  if (scope == 0 && row == 0) return false;
  let file: u32 = 0;
  let line: u32 = 0;
  let column: u32 = 0;
  if (row != 0) {
    file = pathRow(unit, lines, lines.rows.fileOf(row - 1));
    line = lines.rows.lineOf(row - 1);
    column = lines.rows.columnOf(row - 1);
  }
  if (scope == 0) {
    addNamedBySymbol(symbol, file, line, column);
    return true;
  }
  for (let depth: u32 = 0; scope != 0 && depth < InlineDepthMax; depth++) {
    const isInlined = scopes.isInlined(scope);
    const frame = addFrame();
    setSymbol(frame, symbol);
    frame.isInlined = isInlined;
    frame.file = file;
    frame.line = line;
    frame.column = column;
    nameFrame(frame, unit, scopes.entryOf(scope), isInlined, symbol);
    if (!isInlined) break;
    // Where it was called is where the function around it is.
    if (readEntry(unit, scopes.entryOf(scope))) {
      file = hasLines && entry.callFile != u64.MAX_VALUE ? pathRow(unit, lines, entry.callFile) : 0;
      line = entry.callLine as u32;
      column = entry.callColumn as u32;
    }
    scope = scopes.parentOf(scope);
  }
  return true;
}

/** Code that has lines and no function, as assembler has: the symbol says what it is called. */
function addNamedBySymbol(symbol: ElfSymbol, file: u32, line: u32, column: u32): void {
  const frame = addFrame();
  setSymbol(frame, symbol);
  frame.file = file;
  frame.line = line;
  frame.column = column;
  if (changetype<usize>(symbol) == 0) return;
  frame.name = textRow(symbol.nameAt, symbolNameBytes(symbol));
  frame.source = symbol.source;
}

/**
 * A function is called what its linkage name says. Of one without, in a language whose names need no
 * mangling, its own; in others the symbol's, which has the classes and namespaces that the name lacks.
 */
function nameFrame(frame: Frame, unit: Unit, entryAt: usize, isInlined: bool, symbol: ElfSymbol): void {
  readFunctionName(unit, entryAt);
  const hasName = functionNameBytes != 0;
  frame.source = NameSource.Dwarf;
  if (!isInlined && changetype<usize>(symbol) != 0 && !(hasName && (isLinkageName || isPlainLanguage(unit.language)))) {
    frame.name = textRow(symbol.nameAt, symbolNameBytes(symbol));
    frame.source = symbol.source;
    return;
  }
  if (!hasName) return;
  const at = functionNameAt;
  const lengthBytes = functionNameBytes;
  // A clone (`name.cold`, `name.part.0`) is called as its symbol is.
  const alias: ElfSymbol = isInlined || changetype<usize>(symbol) == 0 ? changetype<ElfSymbol>(0) : aliasCalled(symbol, at, lengthBytes);
  if (changetype<usize>(alias) == 0) frame.name = textRow(at, lengthBytes);
  else frame.name = textRow(alias.nameAt, symbolNameBytes(alias));
}
