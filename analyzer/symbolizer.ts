// Names for addresses: drives the symbolizer (build/symbols.wasm), which beside the engine is the
// only WebAssembly that the library runs. One instance holds one object, with the debug files that
// belong to it, for as long as its SymbolFile is kept. Bytes come from the caller: what is where on
// which host is not known here. Views of wasm memory are made anew for every access and never kept.

import { ColumnType } from "../assembly/tables.js";
import {
  AddressColumn,
  AddressesMax,
  AddressSpace,
  Fact,
  FrameColumn,
  Part,
  SectionKind,
  SymbolStatus,
  SymbolStringColumn,
  SymbolTable,
  SymbolWarningColumn,
} from "../assembly/symbols/tables.js";
import { buildIdText } from "./build-id.js";
import { FormatError } from "./errors.js";
import { joinFrames, SymbolFrames } from "./symbol-frames.js";
import { symbolWarningSentence } from "./symbol-warnings.js";

export { SymbolFrames } from "./symbol-frames.js";
export type { NameSourceName, SymbolFrame } from "./symbol-frames.js";

/** The symbolizer, compiled: cheap to share between objects and threads. */
export type CompiledSymbolizer = WebAssembly.Module;

/** Where the symbolizer lies beside the built library. Written so that bundlers see the asset. */
export const symbolizerUrl: URL = new URL("../symbols.wasm", import.meta.url);

/** A file of which some parts are not needed: they read as zeros. */
export interface FileInParts {
  readonly lengthBytes: number;
  readonly parts: readonly { readonly offset: number; readonly bytes: Uint8Array }[];
}

/** An object and what belongs to it, each a file; at least one of them. */
export interface ObjectFiles {
  /** The object that was mapped: an executable, a library, a module, vmlinux. */
  readonly object?: Uint8Array | FileInParts;
  /** What was split off it (`debugLink` names it). */
  readonly debug?: Uint8Array | FileInParts;
  /** What several debug files share (`altLink` of the debug file names it). */
  readonly alternate?: Uint8Array | FileInParts;
  /** `packedDebugData`, unpacked. */
  readonly debugData?: Uint8Array;
}

/** Sections of an object, uncompressed, where the whole file is not there: as a recording may embed them. */
export interface ObjectSections {
  readonly elfHeader?: Uint8Array;
  readonly programHeaders?: Uint8Array;
  readonly symtab?: Uint8Array;
  readonly strtab?: Uint8Array;
  readonly dynsym?: Uint8Array;
  readonly dynstr?: Uint8Array;
  readonly debugInfo?: Uint8Array;
  readonly debugAbbrev?: Uint8Array;
  readonly debugStr?: Uint8Array;
  readonly debugLineStr?: Uint8Array;
  readonly debugStrOffsets?: Uint8Array;
  readonly debugAddr?: Uint8Array;
  readonly debugRanges?: Uint8Array;
  readonly debugRnglists?: Uint8Array;
  readonly debugAranges?: Uint8Array;
  readonly debugLine?: Uint8Array;
  /** `packedDebugData`, unpacked. */
  readonly debugData?: Uint8Array;
}

export interface DebugLink {
  readonly name: string;
  /** CRC-32 of the file that is meant. */
  readonly crc: number;
}

export interface AltLink {
  readonly name: string;
  readonly buildId: string;
}

export interface SymbolOptions {
  /** What the object is called in messages: usually its path. */
  readonly name?: string;
  /** Ceiling of the memory used; 4 GiB without it. */
  readonly memoryBytesMax?: number;
}

interface SymbolizerExports {
  readonly memory: WebAssembly.Memory;
  reserve(lengthBytes: number): number;
  loadFile(part: number, lengthBytes: number): number;
  loadSection(kind: number, lengthBytes: number): number;
  factPointer(part: number, fact: number): number;
  factBytes(part: number, fact: number): number;
  sectionAddress(nameBytes: number): bigint;
  lookup(count: number, space: number): number;
  rowCount(table: number): number;
  columnPointer(table: number, column: number): number;
  columnLength(table: number, column: number): number;
  columnType(table: number, column: number): number;
  setMemoryMax(lengthBytes: number): void;
}

/** Compiles the symbolizer; without an argument it is fetched from beside the library. */
export async function compileSymbolizer(
  source?: Uint8Array | ArrayBuffer | CompiledSymbolizer,
): Promise<CompiledSymbolizer> {
  if (source instanceof WebAssembly.Module) return source;
  if (source !== undefined) return WebAssembly.compile(source as BufferSource);
  const response = await fetch(symbolizerUrl);
  if (!response.ok) throw new Error(`the symbolizer ${symbolizerUrl.href}: HTTP ${response.status}`);
  return WebAssembly.compile(await response.arrayBuffer());
}

/**
 * Opens an object: the bytes of its file, or several files that belong together, or sections.
 *
 * Throws FormatError where one of them is not a little-endian ELF object. What is odd in a file that
 * can be read is in `warnings` after a lookup.
 */
export function openSymbols(
  compiled: CompiledSymbolizer,
  source: Uint8Array | ObjectFiles | ObjectSections,
  options: SymbolOptions = {},
): SymbolFile {
  const symbols = new WebAssembly.Instance(compiled, {}).exports as unknown as SymbolizerExports;
  if (options.memoryBytesMax !== undefined) symbols.setMemoryMax(options.memoryBytesMax);
  const name = options.name ?? "the object";
  const parts: ObjectFiles & ObjectSections = source instanceof Uint8Array ? { object: source } : source;
  for (const [key, kind] of sectionKeys) {
    const bytes = parts[key];
    if (bytes !== undefined) load(symbols, bytes, name, (length) => symbols.loadSection(kind, length));
  }
  for (const [key, part, partName] of partKeys) {
    const bytes = parts[key];
    const called = part === Part.Object ? name : `${partName} of ${name}`;
    if (bytes !== undefined) load(symbols, bytes, called, (length) => symbols.loadFile(part, length));
  }
  return new SymbolFile(symbols, name);
}

const partKeys = [
  ["object", Part.Object, "the object"],
  ["debug", Part.Debug, "the debug file"],
  ["alternate", Part.Alternate, "the alternate debug file"],
  ["debugData", Part.DebugData, "the .gnu_debugdata"],
] as const;

/** The header first: it says how the others are to be read. */
const sectionKeys = [
  ["elfHeader", SectionKind.ElfHeader],
  ["programHeaders", SectionKind.ProgramHeaders],
  ["symtab", SectionKind.Symtab],
  ["strtab", SectionKind.Strtab],
  ["dynsym", SectionKind.Dynsym],
  ["dynstr", SectionKind.Dynstr],
  ["debugInfo", SectionKind.DebugInfo],
  ["debugAbbrev", SectionKind.DebugAbbrev],
  ["debugStr", SectionKind.DebugStr],
  ["debugLineStr", SectionKind.DebugLineStr],
  ["debugStrOffsets", SectionKind.DebugStrOffsets],
  ["debugAddr", SectionKind.DebugAddr],
  ["debugRanges", SectionKind.DebugRanges],
  ["debugRnglists", SectionKind.DebugRnglists],
  ["debugAranges", SectionKind.DebugAranges],
  ["debugLine", SectionKind.DebugLine],
] as const;

function load(
  symbols: SymbolizerExports,
  file: Uint8Array | FileInParts,
  name: string,
  take: (lengthBytes: number) => SymbolStatus,
): void {
  const whole = file instanceof Uint8Array ? { lengthBytes: file.length, parts: [{ offset: 0, bytes: file }] } : file;
  put(symbols, whole, name);
  const status = take(whole.lengthBytes);
  if (status !== SymbolStatus.Ok) throw refusal(status, name);
}

/** Puts bytes where the symbolizer takes them from next. */
function put(symbols: SymbolizerExports, { lengthBytes, parts }: FileInParts, name: string): void {
  const pointer = symbols.reserve(lengthBytes) >>> 0;
  if (pointer === 0) throw refusal(SymbolStatus.OutOfMemory, name);
  const memory = new Uint8Array(symbols.memory.buffer, pointer, lengthBytes);
  for (const { offset, bytes } of parts) memory.set(bytes, offset);
}

function refusal(status: SymbolStatus, name: string): Error {
  switch (status) {
    case SymbolStatus.NotElf:
      return new FormatError("is not an ELF object", { offset: 0 }, name);
    case SymbolStatus.BigEndian:
      return new FormatError("is a big-endian ELF object, of which no symbols are read", { offset: 5 }, name);
    case SymbolStatus.Damaged:
      return new FormatError("has a damaged ELF header", { offset: 0 }, name);
    case SymbolStatus.OutOfMemory:
      return new Error(`${name} needs more memory than the symbolizer may use`);
    case SymbolStatus.Misuse:
      return new Error(`${name} cannot be loaded beside what is loaded: a file, or sections, not both`);
    default:
      return new Error(`${name}: the symbolizer answered ${status}, which this library does not know`);
  }
}

/** An opened object. */
export class SymbolFile {
  readonly #symbols: SymbolizerExports;
  readonly #name: string;

  /** Use `openSymbols`. */
  constructor(symbols: SymbolizerExports, name: string) {
    this.#symbols = symbols;
    this.#name = name;
  }

  /** In hexadecimal; undefined where the object has none. Without the object, the debug file's. */
  get buildId(): string | undefined {
    const bytes = this.#fact(Part.Object, Fact.BuildId) ?? this.#fact(Part.Debug, Fact.BuildId);
    return bytes === undefined ? undefined : buildIdText(bytes);
  }

  /** The file that the object's debug information was split off into. */
  get debugLink(): DebugLink | undefined {
    const name = this.#fact(Part.Object, Fact.DebugLinkName);
    const crc = this.#fact(Part.Object, Fact.DebugLinkCrc);
    if (name === undefined || crc === undefined) return undefined;
    return { name: utf8.decode(name), crc: new DataView(crc.buffer).getUint32(0, true) };
  }

  /** The file that the debug information shares with others. */
  get altLink(): AltLink | undefined {
    const part = this.#fact(Part.Debug, Fact.AltLinkName) === undefined ? Part.Object : Part.Debug;
    const name = this.#fact(part, Fact.AltLinkName);
    const buildId = this.#fact(part, Fact.AltLinkBuildId);
    return name === undefined || buildId === undefined
      ? undefined
      : { name: utf8.decode(name), buildId: buildIdText(buildId) };
  }

  /** .gnu_debugdata as it is in the file, packed with xz: `unpackDebugData` makes `debugData` of it. */
  get packedDebugData(): Uint8Array | undefined {
    return this.#fact(Part.Object, Fact.PackedDebugData);
  }

  /**
   * Frames of addresses: of the object's own (virtual, before relocation), or offsets in its file.
   * Addresses of a relocatable object (.o, a kernel module) count from its code, as if loaded at 0: those
   * of a module's code less where Linux loaded that code. See `sectionAddress` for its other sections.
   *
   * Throws where there is not enough memory for the debug information that they need.
   */
  lookup(
    addresses: BigUint64Array | readonly (bigint | number)[],
    space: "virtual" | "file" = "virtual",
  ): SymbolFrames {
    const all = addresses instanceof BigUint64Array ? addresses : BigUint64Array.from(addresses, BigInt);
    const parts: SymbolFrames[] = [];
    for (let from = 0; from === 0 || from < all.length; from += AddressesMax) {
      parts.push(this.#lookupSome(all.subarray(from, from + AddressesMax), space));
    }
    return parts.length === 1 ? parts[0]! : joinFrames(parts);
  }

  /** Address of a section (".text", ".init.text"); undefined where there is none, or it is not loaded. */
  sectionAddress(name: string): bigint | undefined {
    const bytes = new TextEncoder().encode(name);
    put(this.#symbols, { lengthBytes: Math.max(bytes.length, 1), parts: [{ offset: 0, bytes }] }, this.#name);
    const address = BigInt.asUintN(64, this.#symbols.sectionAddress(bytes.length));
    return address === 2n ** 64n - 1n ? undefined : address;
  }

  /** What was odd in what has been read so far, in sentences; empty before the first lookup. */
  get warnings(): string[] {
    const column = (index: SymbolWarningColumn) => this.#column(SymbolTable.Warnings, index) as Uint32Array;
    if (this.#symbols.rowCount(SymbolTable.Warnings) === 0) return [];
    const [codes, parts] = [column(SymbolWarningColumn.Code), column(SymbolWarningColumn.Part)];
    const [details, counts] = [column(SymbolWarningColumn.DetailA), column(SymbolWarningColumn.Count)];
    return Array.from(codes, (code, row) => {
      const partName = parts[row] === Part.Object ? this.#name : `${partKeys[parts[row]!]![2]} of ${this.#name}`;
      return symbolWarningSentence(code, partName, details[row]!, counts[row]!);
    });
  }

  #lookupSome(addresses: BigUint64Array, space: "virtual" | "file"): SymbolFrames {
    const symbols = this.#symbols;
    const bytes = new Uint8Array(addresses.buffer, addresses.byteOffset, addresses.byteLength);
    put(symbols, { lengthBytes: Math.max(bytes.length, 8), parts: [{ offset: 0, bytes }] }, this.#name);
    const spaceNumber = space === "file" ? AddressSpace.FileOffset : AddressSpace.Virtual;
    const status = symbols.lookup(addresses.length, spaceNumber);
    if (status !== SymbolStatus.Ok) throw refusal(status, this.#name);
    return this.#answer();
  }

  #answer(): SymbolFrames {
    const frame = <T>(column: FrameColumn) => this.#column(SymbolTable.Frames, column) as T;
    const columns = {
      name: frame<Uint32Array>(FrameColumn.Name),
      file: frame<Uint32Array>(FrameColumn.File),
      line: frame<Uint32Array>(FrameColumn.Line),
      column: frame<Uint32Array>(FrameColumn.Column),
      isInlined: frame<Uint8Array>(FrameColumn.Inlined),
      nameSource: frame<Uint8Array>(FrameColumn.NameSource),
      symbolStart: frame<BigUint64Array>(FrameColumn.SymbolStart),
      symbolBytes: frame<BigUint64Array>(FrameColumn.SymbolBytes),
    };
    const firstFrame = this.#column(SymbolTable.Addresses, AddressColumn.FirstFrame) as Uint32Array;
    const bytes = this.#column(SymbolTable.Strings, SymbolStringColumn.Bytes) as Uint8Array;
    const offsets = this.#column(SymbolTable.Strings, SymbolStringColumn.Offset) as Uint32Array;
    const strings = Array.from({ length: offsets.length - 1 }, (_, row) =>
      utf8.decode(bytes.subarray(offsets[row], offsets[row + 1])),
    );
    return new SymbolFrames(firstFrame, columns, strings);
  }

  #column(table: SymbolTable, column: number): Uint8Array | Uint32Array | BigUint64Array {
    const symbols = this.#symbols;
    const type: ColumnType = symbols.columnType(table, column);
    const length = symbols.columnLength(table, column) >>> 0;
    const from = symbols.columnPointer(table, column) >>> 0;
    const elementBytes = type === ColumnType.U8 ? 1 : type === ColumnType.U64 ? 8 : 4;
    const copy = symbols.memory.buffer.slice(from, from + length * elementBytes);
    if (type === ColumnType.U8) return new Uint8Array(copy);
    return type === ColumnType.U64 ? new BigUint64Array(copy) : new Uint32Array(copy);
  }

  #fact(part: Part, fact: Fact): Uint8Array | undefined {
    const from = this.#symbols.factPointer(part, fact) >>> 0;
    const length = this.#symbols.factBytes(part, fact) >>> 0;
    return from === 0 ? undefined : new Uint8Array(this.#symbols.memory.buffer.slice(from, from + length));
  }
}

const utf8 = new TextDecoder();
