// A recording -> the same without what tells whose it is: names of threads, paths, hosts, strings that
// system calls were given, names of functions. Each becomes another of the same kind, always the
// same for the same, so that every question has the same answer as before under other names; times,
// numbers, stacks and kernel functions stay. Blocks that hold no names are passed on as they are.

import { BlockRawBytesMax, BlockType, CgroupColumn, KernelSymbolColumn, MetaColumn, ObjectColumn, ObjectSymbolColumn, ProcessSymbolColumn, SectionColumn, SectionKind, SourceFrameColumn, StringArgumentColumn, StringColumn, TaskColumn, TaskFlag } from "../../assembly/format.js";
import type { SeekableSource } from "../source.js";
import { payloadOfBlock, RecordingBlocks } from "./blocks.js";
import type { RecordingEnd, StoredBlock } from "./blocks.js";
import { bytesColumn, columnsOf, joined, payloadOf, unsignedColumn, unsignedValues } from "./payload.js";
import type { PayloadColumn } from "./payload.js";
import { RecordingWriter } from "./recording-writer.js";
import type { Put } from "./recording-writer.js";

/** What can be replaced, in the order in which a string of several kinds is taken for one. */
export const redactedKinds = ["arguments", "paths", "comms", "symbols", "hosts"] as const;
export type RedactedKind = (typeof redactedKinds)[number];

export interface RedactOptions {
  readonly name: string;
  /** What is replaced. */
  readonly kinds: ReadonlySet<RedactedKind>;
  /** The same text of a kind must become the same, and nobody may tell from it what it was. */
  readonly rename: (kind: RedactedKind, text: string) => string;
}

export interface Redacted extends RecordingEnd {
  readonly stringsReplaced: number;
  /** Parts of files, and stacks with all their bytes, that were left out because names may be in them. */
  readonly blocksLeftOut: number;
}

/** Kinds of use that are nobody's secret. */
type Use = RedactedKind | "public";

/** Writes the redacted recording to `put`. Throws FormatError where the bytes are no recording. */
export async function redact(source: SeekableSource, put: Put, options: RedactOptions): Promise<Redacted> {
  const uses = await findUses(await RecordingBlocks.open(source, options.name));
  const blocks = await RecordingBlocks.open(source, options.name);
  const writer = new RecordingWriter(put);
  await writer.fileHeader(blocks.fileHeader);
  const redaction = new Redaction(uses, options);
  for await (const block of blocks) {
    const replaced = redaction.block(block);
    if (replaced === "leave out") continue;
    if (replaced === "as it is") await writer.copy(block);
    else await writer.replace(block, replaced);
  }
  await writer.end(blocks.end.ended);
  return { ...blocks.end, stringsReplaced: redaction.stringsReplaced, blocksLeftOut: redaction.blocksLeftOut };
}

/** Which columns name strings, and what these are. */
const stringColumns: Readonly<Record<number, readonly (readonly [column: number, use: Use])[]>> = {
  [BlockType.Object]: [[ObjectColumn.Path, "paths"]],
  [BlockType.Cgroup]: [[CgroupColumn.Path, "paths"]],
  [BlockType.StringArgument]: [[StringArgumentColumn.Text, "arguments"]],
  [BlockType.KernelSymbol]: [[KernelSymbolColumn.Name, "public"]],
  [BlockType.ObjectSymbol]: [[ObjectSymbolColumn.Name, "symbols"]],
  [BlockType.ProcessSymbol]: [[ProcessSymbolColumn.Name, "symbols"]],
  [BlockType.SourceFrame]: [
    [SourceFrameColumn.Name, "symbols"],
    [SourceFrameColumn.File, "paths"],
  ],
};

/** By string id: what it is used for. Those of kernel threads are public. */
async function findUses(blocks: RecordingBlocks): Promise<ReadonlyMap<number, ReadonlySet<Use>>> {
  const uses = new Map<number, Set<Use>>();
  const add = (id: number, use: Use) => {
    const known = uses.get(id);
    if (known === undefined) uses.set(id, new Set([use]));
    else known.add(use);
  };
  for await (const block of blocks) {
    const columns = block.type === BlockType.Task ? readColumns(block) : stringColumns[block.type] && readColumns(block);
    if (columns === undefined) continue;
    for (const [column, use] of stringColumns[block.type] ?? []) {
      for (const id of values(columns[column])) add(id, use);
    }
    if (block.type !== BlockType.Task) continue;
    const flags = values(columns[TaskColumn.Flags]);
    values(columns[TaskColumn.Comm]).forEach((id, record) => {
      add(id, (flags[record]! & TaskFlag.KernelThread) !== 0 ? "public" : "comms");
    });
  }
  return uses;
}

function readColumns(block: StoredBlock): PayloadColumn[] | undefined {
  const payload = payloadOfBlock(block);
  return payload && columnsOf(payload);
}

function values(column: PayloadColumn | undefined): readonly number[] {
  return (column && unsignedValues(column)) ?? [];
}

/** Keys of Meta that say whose the recording is. */
const metaKinds: Readonly<Record<string, RedactedKind>> = { host: "hosts", command: "arguments", options: "arguments", filter: "arguments" };

const secretSections: ReadonlySet<number> = new Set([SectionKind.Symtab, SectionKind.Strtab, SectionKind.Dynsym, SectionKind.Dynstr, SectionKind.GnuDebugdata]);

class Redaction {
  stringsReplaced = 0;
  blocksLeftOut = 0;
  #keepsStackBytes = false;
  readonly #decoder = new TextDecoder();
  readonly #encoder = new TextEncoder();

  constructor(
    private readonly uses: ReadonlyMap<number, ReadonlySet<Use>>,
    private readonly options: RedactOptions,
  ) {}

  block(block: StoredBlock): Uint8Array | "as it is" | "leave out" {
    switch (block.type) {
      case BlockType.String:
        return this.#changed(block, (columns) => this.#strings(columns));
      case BlockType.Meta:
        return this.#changed(block, (columns) => this.#meta(columns));
      case BlockType.Section:
        return this.options.kinds.has("symbols") ? this.#changed(block, (columns) => this.#sections(columns)) : "as it is";
      case BlockType.UserDump:
        if (!this.#keepsStackBytes) return "as it is";
        this.blocksLeftOut++;
        return "leave out";
      case BlockType.Index:
        return "leave out"; // written anew
      default:
        return "as it is";
    }
  }

  /** A block that cannot be read is left out: nobody knows what is in it. */
  #changed(block: StoredBlock, change: (columns: PayloadColumn[]) => PayloadColumn[] | undefined): Uint8Array | "leave out" {
    const columns = readColumns(block);
    const changed = columns && change(columns);
    const payload = changed && payloadOf(changed);
    if (payload !== undefined && payload.length <= BlockRawBytesMax) return payload;
    this.blocksLeftOut++;
    return "leave out";
  }

  #strings(columns: PayloadColumn[]): PayloadColumn[] | undefined {
    const [firstId] = values(columns[StringColumn.FirstId]);
    const texts = piecesOf(columns[StringColumn.Length], columns[StringColumn.Bytes]);
    if (firstId === undefined || texts === undefined) return undefined;
    const replaced = texts.map((text, i) => this.#string(firstId + i, text));
    const changed = [...columns];
    changed[StringColumn.Length] = unsignedColumn(replaced.map(({ length }) => length));
    changed[StringColumn.Bytes] = bytesColumn(joined(replaced));
    return changed;
  }

  #string(id: number, bytes: Uint8Array): Uint8Array {
    const kind = this.#kindOf(id);
    if (kind === undefined) return bytes;
    this.stringsReplaced++;
    return this.#renamed(kind, bytes);
  }

  /** What a string is replaced as; undefined: it stays. One that nothing refers to may be anything. */
  #kindOf(id: number): RedactedKind | undefined {
    const uses = this.uses.get(id);
    const { kinds } = this.options;
    if (uses === undefined) return kinds.has("arguments") ? "arguments" : undefined;
    return redactedKinds.find((kind) => uses.has(kind) && kinds.has(kind));
  }

  #renamed(kind: RedactedKind, bytes: Uint8Array): Uint8Array {
    const text = this.#decoder.decode(bytes);
    // A path that a call was given stays the one under which a file is mapped.
    const isPath = kind === "paths" || (kind === "arguments" && text.startsWith("/"));
    return this.#encoder.encode(isPath ? this.#path(text) : this.options.rename(kind, text));
  }

  /** Part by part, so that what lay in one directory still does. `[vdso]` and the like are no names. */
  #path(path: string): string {
    if (/^\[.*\]$/.test(path)) return path;
    return path
      .split("/")
      .map((part) => (part === "" ? "" : this.options.rename("paths", part)))
      .join("/");
  }

  #meta(columns: PayloadColumn[]): PayloadColumn[] | undefined {
    const keys = piecesOf(columns[MetaColumn.KeyLength], columns[MetaColumn.Key]);
    const texts = piecesOf(columns[MetaColumn.ValueLength], columns[MetaColumn.Value]);
    if (keys === undefined || texts === undefined) return undefined;
    const replaced = texts.map((text, i) => {
      const key = this.#decoder.decode(keys[i]);
      if (key === "stackBytesKept") this.#keepsStackBytes = true;
      const kind = metaKinds[key];
      return kind !== undefined && this.options.kinds.has(kind) && text.length > 0 ? this.#renamed(kind, text) : text;
    });
    const changed = [...columns];
    changed[MetaColumn.ValueLength] = unsignedColumn(replaced.map(({ length }) => length));
    changed[MetaColumn.Value] = bytesColumn(joined(replaced));
    return changed;
  }

  /** Tables of symbols hold names by the thousand: a block with a part of one is left out. */
  #sections(columns: PayloadColumn[]): PayloadColumn[] | undefined {
    return values(columns[SectionColumn.Kind]).some((kind) => secretSections.has(kind)) ? undefined : columns;
  }
}

/** Bytes that stand one behind the other, by their lengths; undefined where these do not fit. */
function piecesOf(lengths: PayloadColumn | undefined, bytes: PayloadColumn | undefined): Uint8Array[] | undefined {
  if (lengths === undefined || bytes === undefined) return undefined;
  const pieces: Uint8Array[] = [];
  let at = 0;
  for (const length of unsignedValues(lengths) ?? []) {
    pieces.push(bytes.bytes.subarray(at, at + length));
    at += length;
  }
  return at === bytes.bytes.length && pieces.length === lengths.values ? pieces : undefined;
}
