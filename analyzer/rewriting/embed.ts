// A recording and names that were found for its files -> the same recording with these names in it, so
// that it needs nothing else from then on. All blocks are passed on as they are; behind the last one,
// before the index, come the strings, program headers, symbols and source frames that are new. Objects
// are told by build id. Embedding what is there already changes no answer: of several the first holds.

import { BlockRecordsMax, BlockType, InlineDepthMax, ObjectColumn, SectionColumn, SectionKind, StringBytesMax, StringColumn, StringIdMax, SymbolSource } from "../../assembly/format.js";
import { BlockHeaderOffset, FileHeaderOffset } from "../../assembly/format.js";
import { FormatError } from "../errors.js";
import type { SeekableSource } from "../source.js";
import { payloadOfBlock, RecordingBlocks, viewOf } from "./blocks.js";
import type { RecordingEnd, StoredBlock } from "./blocks.js";
import { crc32c } from "./crc32c.js";
import { bytesColumn, columnsOf, deltaColumn, deltaValues, joined, payloadOf, unsignedColumn, unsignedValues, wideColumn } from "./payload.js";
import { RecordingWriter } from "./recording-writer.js";
import type { Put } from "./recording-writer.js";

/** A function's symbol, at the object's own address. */
export interface FoundSymbol {
  readonly address: bigint;
  readonly lengthBytes: bigint;
  readonly name: string;
}

/** The functions at one address of an object, innermost first; empty and 0 where not known. */
export interface FoundSource {
  readonly address: bigint;
  readonly functions: readonly { readonly name: string; readonly file: string; readonly line: number }[];
}

export interface FoundNames {
  /** Elf64_Phdr entries. */
  readonly programHeaders: Uint8Array;
  readonly symbols: readonly FoundSymbol[];
  readonly sources: readonly FoundSource[];
}

export interface Embedded extends RecordingEnd {
  readonly symbols: number;
  readonly sources: number;
}

/** What the recording defines already, as far as new blocks must know it. */
interface Known {
  nextString: number;
  /** Ids of objects by build id; several may have one. */
  readonly objects: Map<string, number[]>;
  /** Objects whose program headers are there. */
  readonly withHeaders: Set<number>;
  timeNs: bigint;
}

/** Records of one block: small enough that no payload comes near its limit. */
const RecordsPerBlock = 4096;

/** Writes the recording to `put` with `found` (by build id) in it. Throws FormatError where it is none. */
export async function embed(
  source: SeekableSource,
  put: Put,
  found: ReadonlyMap<string, FoundNames>,
  name: string,
): Promise<Embedded> {
  const known = await knownOf(await RecordingBlocks.open(source, name));
  const blocks = await RecordingBlocks.open(source, name);
  const writer = new RecordingWriter(put);
  await writer.fileHeader(ofMinorVersion(blocks.fileHeader, MinorOfSymbols));
  for await (const block of blocks) if (block.type !== BlockType.Index) await writer.copy(block);
  const addition = new Addition(writer, known, name);
  for (const [buildId, names] of found) {
    for (const object of known.objects.get(buildId) ?? []) await addition.object(object, names);
  }
  await writer.end(blocks.end.ended);
  return { ...blocks.end, symbols: addition.symbols, sources: addition.sources };
}

/** In which these blocks came. */
const MinorOfSymbols = 2;

function ofMinorVersion(fileHeader: Uint8Array, minor: number): Uint8Array {
  const changed = fileHeader.slice();
  const view = viewOf(changed);
  view.setUint16(FileHeaderOffset.VersionMinor, Math.max(minor, view.getUint16(FileHeaderOffset.VersionMinor, true)), true);
  view.setUint32(FileHeaderOffset.Crc32c, crc32c(changed.subarray(0, FileHeaderOffset.Crc32c)), true);
  return changed;
}

async function knownOf(blocks: RecordingBlocks): Promise<Known> {
  const known: Known = { nextString: 1, objects: new Map(), withHeaders: new Set(), timeNs: 0n };
  for await (const block of blocks) {
    if (block.type === BlockType.String) learnStrings(known, block);
    else if (block.type === BlockType.Object) learnObjects(known, block);
    else if (block.type === BlockType.Section) learnSections(known, block);
    if (known.timeNs === 0n) known.timeNs = viewOf(block.header).getBigUint64(BlockHeaderOffset.FirstNs, true);
  }
  return known;
}

function columnsOfBlock(block: StoredBlock) {
  const payload = payloadOfBlock(block);
  return payload && columnsOf(payload);
}

function learnStrings(known: Known, block: StoredBlock): void {
  const first = columnsOfBlock(block)?.[StringColumn.FirstId];
  const [firstId] = (first && unsignedValues(first)) ?? [];
  const records = viewOf(block.header).getUint32(BlockHeaderOffset.Records, true);
  if (firstId !== undefined) known.nextString = Math.max(known.nextString, firstId + records);
}

function learnObjects(known: Known, block: StoredBlock): void {
  const columns = columnsOfBlock(block);
  const ids = columns?.[ObjectColumn.Id] && deltaValues(columns[ObjectColumn.Id]!);
  const lengths = columns?.[ObjectColumn.BuildIdLength] && unsignedValues(columns[ObjectColumn.BuildIdLength]!);
  const bytes = columns?.[ObjectColumn.BuildId]?.bytes;
  if (ids === undefined || lengths === undefined || bytes === undefined) return;
  let at = 0;
  lengths.forEach((length, record) => {
    const buildId = Array.from(bytes.subarray(at, at + length), (byte) => byte.toString(16).padStart(2, "0")).join("");
    at += length;
    const id = ids[record];
    if (id !== undefined && buildId !== "") known.objects.set(buildId, [...(known.objects.get(buildId) ?? []), Number(id)]);
  });
}

function learnSections(known: Known, block: StoredBlock): void {
  const columns = columnsOfBlock(block);
  const kinds = columns?.[SectionColumn.Kind] && unsignedValues(columns[SectionColumn.Kind]!);
  const objects = columns?.[SectionColumn.Object] && unsignedValues(columns[SectionColumn.Object]!);
  kinds?.forEach((kind, record) => {
    if ((kind as SectionKind) === SectionKind.ProgramHeaders) known.withHeaders.add(objects?.[record] ?? 0);
  });
}

class Addition {
  symbols = 0;
  sources = 0;
  readonly #strings = new Map<string, number>();

  constructor(
    private readonly writer: RecordingWriter,
    private readonly known: Known,
    private readonly name: string,
  ) {}

  async object(object: number, { programHeaders, symbols, sources }: FoundNames): Promise<void> {
    const texts = [...symbols, ...sources.flatMap(({ functions }) => functions)].map(({ name }) => name);
    await this.#defineStrings([...texts, ...sources.flatMap(({ functions }) => functions.map(({ file }) => file))]);
    if (!this.known.withHeaders.has(object)) await this.#headers(object, programHeaders);
    for (let from = 0; from < symbols.length; from += RecordsPerBlock) {
      await this.#symbols(object, symbols.slice(from, from + RecordsPerBlock));
    }
    for (let from = 0; from < sources.length; from += RecordsPerBlock) {
      await this.#sources(object, sources.slice(from, from + RecordsPerBlock));
    }
    this.symbols += symbols.length;
    this.sources += sources.length;
  }

  async #defineStrings(texts: readonly string[]): Promise<void> {
    const added = [...new Set(texts)].filter((text) => text !== "" && !this.#strings.has(text));
    for (let from = 0; from < added.length; from += BlockStringsMax) {
      const some = added.slice(from, from + BlockStringsMax);
      const encoded = some.map(utf8UpTo);
      const first = this.known.nextString;
      if (first + some.length > StringIdMax) throw new FormatError("has no string ids left for more names", { offset: 0 }, this.name);
      some.forEach((text, at) => this.#strings.set(text, first + at));
      this.known.nextString += some.length;
      const columns = [unsignedColumn([first]), unsignedColumn(encoded.map(({ length }) => length)), bytesColumn(joined(encoded))];
      await this.#add(BlockType.String, payloadOf(columns), some.length);
    }
  }

  async #headers(object: number, bytes: Uint8Array): Promise<void> {
    const single = (value: number) => unsignedColumn([value]);
    const columns = [single(object), single(SectionKind.ProgramHeaders), single(0), single(bytes.length), single(0), single(bytes.length), bytesColumn(bytes)];
    await this.#add(BlockType.Section, payloadOf(columns), 1);
  }

  async #symbols(object: number, symbols: readonly FoundSymbol[]): Promise<void> {
    const columns = [
      unsignedColumn(symbols.map(() => object)),
      deltaColumn(symbols.map(({ address }) => address)),
      wideColumn(symbols.map(({ lengthBytes }) => lengthBytes)),
      unsignedColumn(symbols.map(({ name }) => this.#id(name))),
      unsignedColumn(symbols.map(() => SymbolSource.DebugFile)),
    ];
    await this.#add(BlockType.ObjectSymbol, payloadOf(columns), symbols.length);
  }

  async #sources(object: number, sources: readonly FoundSource[]): Promise<void> {
    const chains = sources.map(({ functions }) => functions.slice(-InlineDepthMax));
    const functions = chains.flat();
    const columns = [
      unsignedColumn(sources.map(() => object)),
      deltaColumn(sources.map(({ address }) => address)),
      unsignedColumn(chains.map(({ length }) => length)),
      unsignedColumn(functions.map(({ name }) => this.#id(name))),
      unsignedColumn(functions.map(({ file }) => this.#id(file))),
      unsignedColumn(functions.map(({ line }) => line)),
    ];
    await this.#add(BlockType.SourceFrame, payloadOf(columns), sources.length);
  }

  async #add(type: BlockType, payload: Uint8Array, records: number): Promise<void> {
    await this.writer.add(type, payload, records, this.known.timeNs);
  }

  #id(text: string): number {
    return this.#strings.get(text) ?? 0;
  }
}

/** Strings of one block: of the longest ones, fewer bytes than a block may have. */
const BlockStringsMax = Math.min(BlockRecordsMax, 512);

/** A name longer than a string may be is cut: no compiler's tools show it whole either. */
function utf8UpTo(text: string): Uint8Array {
  return new TextEncoder().encode(text).subarray(0, StringBytesMax);
}
