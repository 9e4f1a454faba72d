// What a recording holds of a mapped file: where an offset lies in the object's own addresses, the
// unwind information of its code and the names of its functions ("Mappings of a frame" and "Symbols
// of a frame" of capture/FORMAT.md). All by plain search.

import { decodeUtf8, type Definitions, type Section, type SourceFunction } from "./definitions.js";
import * as format from "./format.js";
import { EhFrame, type Fde } from "./unwind/eh-frame.js";

interface Segment {
  offset: bigint;
  address: bigint;
  fileBytes: bigint;
}

interface ElfSymbol {
  name: string;
  start: bigint;
  sizeBytes: bigint;
  type: number;
  binding: number;
}

const headerBytes = 56; // Elf64_Phdr
const symbolBytes = 24; // Elf64_Sym
const SymbolType = { none: 0, function: 2, indirectFunction: 10 } as const;
/** Local, weak, global, and unique, which is a kind of global: by how much they are liked. */
const bindingRank = new Map([[0, 0], [2, 1], [1, 2], [10, 2]]);

export class ObjectCode {
  private readonly ehFrames = new Map<number, EhFrame | undefined>();
  private readonly symbolTables = new Map<string, ElfSymbol[]>();

  constructor(private readonly definitions: Definitions) {}

  fde(object: number, offset: bigint): { fde: Fde; objectAddress: bigint } | undefined {
    const objectAddress = this.objectAddress(object, offset);
    if (objectAddress === undefined) return undefined;
    const fde = this.ehFrame(object)?.covering(objectAddress);
    return fde && { fde, objectAddress };
  }

  symbol(object: number, offset: bigint): string | undefined {
    const address = this.objectAddress(object, offset);
    if (address === undefined) return undefined;
    const covering = (this.definitions.objectSymbols.get(object) ?? []).filter(
      ({ start, end }) => start <= address && address < end,
    );
    if (covering.length > 0) {
      const best = covering.reduce((found, each) => (found.start >= each.start ? found : each));
      return this.definitions.string(best.name);
    }
    const { Symtab, Strtab, Dynsym, Dynstr } = format.SectionKind;
    return this.inTable(object, Symtab, Strtab, address) ?? this.inTable(object, Dynsym, Dynstr, address);
  }

  /** What debug information said of exactly this place: innermost first; empty where nothing did. */
  functions(object: number, offset: bigint): SourceFunction[] {
    const address = this.objectAddress(object, offset);
    return this.definitions.sourceFrames.get(`${object}/${address}`) ?? [];
  }

  private objectAddress(object: number, offset: bigint): bigint | undefined {
    const headers = this.definitions.section(object, format.SectionKind.ProgramHeaders);
    const segment = headers && segmentsOf(whole(headers)).find((each) => {
      return each.offset <= offset && offset < each.offset + each.fileBytes;
    });
    return segment && BigInt.asUintN(64, offset - segment.offset + segment.address);
  }

  private ehFrame(object: number): EhFrame | undefined {
    if (!this.ehFrames.has(object)) {
      const section = this.definitions.section(object, format.SectionKind.EhFrame);
      this.ehFrames.set(object, section && new EhFrame(section.address, section.parts));
    }
    return this.ehFrames.get(object);
  }

  private inTable(object: number, kind: number, namesKind: number, address: bigint): string | undefined {
    const symbols = this.symbols(object, kind, namesKind);
    const covering = symbols.filter((symbol) => {
      const next = (): bigint =>
        symbols.reduce((least, { start }) => (start > symbol.start && start < least ? start : least), 2n ** 64n);
      const end = symbol.sizeBytes === 0n ? next() : symbol.start + symbol.sizeBytes;
      return symbol.start <= address && address < end && end < 2n ** 64n;
    });
    return covering.sort(byPreference)[0]?.name;
  }

  private symbols(object: number, kind: number, namesKind: number): ElfSymbol[] {
    const key = `${object}/${kind}`;
    const known = this.symbolTables.get(key);
    if (known !== undefined) return known;
    const table = this.definitions.section(object, kind);
    const names = this.definitions.section(object, namesKind);
    const symbols = table && names ? symbolsOf(whole(table), whole(names)) : [];
    this.symbolTables.set(key, symbols);
    return symbols;
  }
}

/** Begins last; sized; not without a type; global, weak, local; and the sort keeps the table's order. */
function byPreference(a: ElfSymbol, b: ElfSymbol): number {
  if (a.start !== b.start) return a.start > b.start ? -1 : 1;
  const rank = ({ sizeBytes, type, binding }: ElfSymbol): number =>
    Number(sizeBytes !== 0n) * 100 + Number(type !== SymbolType.none) * 10 + (bindingRank.get(binding) ?? 0);
  return rank(b) - rank(a);
}

/** The section's bytes with zeros where no part is. */
function whole({ parts }: Section): Uint8Array {
  const end = parts.reduce((most, { offset, bytes }) => Math.max(most, offset + bytes.length), 0);
  const bytes = new Uint8Array(end);
  for (const part of parts) bytes.set(part.bytes, part.offset);
  return bytes;
}

function segmentsOf(bytes: Uint8Array): Segment[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const segments: Segment[] = [];
  for (let at = 0; at + headerBytes <= bytes.length; at += headerBytes) {
    if (view.getUint32(at, true) !== 1) continue;
    segments.push({
      offset: view.getBigUint64(at + 8, true),
      address: view.getBigUint64(at + 16, true),
      fileBytes: view.getBigUint64(at + 32, true),
    });
  }
  return segments;
}

function symbolsOf(table: Uint8Array, names: Uint8Array): ElfSymbol[] {
  const view = new DataView(table.buffer, table.byteOffset, table.length);
  const symbols: ElfSymbol[] = [];
  for (let at = 0; at + symbolBytes <= table.length; at += symbolBytes) {
    const type = table[at + 4]! & 15;
    const name = nameAt(names, view.getUint32(at, true));
    const isCode = type === SymbolType.none || type === SymbolType.function || type === SymbolType.indirectFunction;
    if (!isCode || view.getUint16(at + 6, true) === 0 || name === "" || name.startsWith("$")) continue;
    symbols.push({
      name,
      type,
      binding: table[at + 4]! >> 4,
      start: view.getBigUint64(at + 8, true),
      sizeBytes: view.getBigUint64(at + 16, true),
    });
  }
  return symbols;
}

function nameAt(names: Uint8Array, at: number): string {
  const end = names.indexOf(0, at);
  return at >= names.length ? "" : decodeUtf8(names.subarray(at, end < 0 ? names.length : end));
}
