// Where an ELF file's bytes are in the object's own addresses: its PT_LOAD entries, read from the
// file's first bytes, and nothing else of it. The file is hostile: whatever is outside it is not
// there. Symbols and debug information are the symbolizer's business.

import type { FileInParts } from "../symbolizer.js";

/** Bytes of an Elf64_Phdr, which is also how entries are kept in a recording. */
export const ProgramHeaderBytes = 56;
/** More entries are not read: linkers write about a dozen. */
const EntriesMax = 4096;
const LoadType = 1;

interface Load {
  readonly offset: bigint;
  readonly address: bigint;
  readonly fileBytes: bigint;
  readonly memoryBytes: bigint;
  readonly align: bigint;
}

export class ProgramHeaders {
  private constructor(
    /** The table as Elf64_Phdr entries, little-endian. */
    readonly bytes: Uint8Array,
    private readonly loads: readonly Load[],
  ) {}

  /** Of a little-endian ELF file; undefined where it is none, or has no such table. */
  static of(whole: Uint8Array | FileInParts): ProgramHeaders | undefined {
    const file = whole instanceof Uint8Array ? whole : (whole.parts[0]?.bytes ?? new Uint8Array(0));
    const view = new DataView(file.buffer, file.byteOffset, file.length);
    const isElf = file.length >= 64 && view.getUint32(0, false) === 0x7f454c46 && file[5] === 1;
    if (!isElf || (file[4] !== 1 && file[4] !== 2)) return undefined;
    const isWide = file[4] === 2;
    const at = isWide ? Number(view.getBigUint64(32, true)) : view.getUint32(28, true);
    const entryBytes = view.getUint16(isWide ? 54 : 42, true);
    const entries = view.getUint16(isWide ? 56 : 44, true);
    const isWhole = entries > 0 && entries <= EntriesMax && entryBytes === (isWide ? ProgramHeaderBytes : 32);
    if (!isWhole || !(at + entries * entryBytes <= file.length)) return undefined;
    const table = isWide ? file.slice(at, at + entries * entryBytes) : widened(view, at, entries);
    const restored = restoredOffsets(loadsOf(table));
    return new ProgramHeaders(withOffsets(table, restored), restored);
  }

  /** The object address of an offset in the mapped file ("Mappings of a frame" of capture/FORMAT.md). */
  addressOf(offset: bigint): bigint | undefined {
    const load = this.loads.find((one) => one.offset <= offset && offset < one.offset + one.fileBytes);
    return load && offset - load.offset + load.address;
  }
}

/** Elf32_Phdr entries as Elf64_Phdr. */
function widened(view: DataView, at: number, entries: number): Uint8Array {
  const table = new Uint8Array(entries * ProgramHeaderBytes);
  const wide = new DataView(table.buffer);
  for (let entry = 0; entry < entries; entry++) {
    const from = at + entry * 32;
    const to = entry * ProgramHeaderBytes;
    const word = (index: number) => view.getUint32(from + index * 4, true);
    wide.setUint32(to, word(0), true);
    wide.setUint32(to + 4, word(6), true);
    [word(1), word(2), word(3), word(4), word(5), word(7)].forEach((value, field) =>
      wide.setBigUint64(to + 8 + field * 8, BigInt(value), true),
    );
  }
  return table;
}

function loadsOf(table: Uint8Array): Load[] {
  const view = new DataView(table.buffer, table.byteOffset, table.length);
  const loads: Load[] = [];
  for (let at = 0; at < table.length; at += ProgramHeaderBytes) {
    if (view.getUint32(at, true) !== LoadType) continue;
    const field = (index: number) => view.getBigUint64(at + 8 + index * 8, true);
    loads.push({ offset: field(0), address: field(1), fileBytes: field(3), memoryBytes: field(4), align: field(5) });
  }
  return loads;
}

/**
 * objcopy --only-keep-debug empties the segments and moves their offsets; what the mapped file had is
 * found again as linkers lay files out: each segment behind the one before it, at the next offset that
 * is congruent to its address. A file whose segments have bytes is taken by its word (eu-strip keeps
 * the headers as they were).
 */
function restoredOffsets(loads: readonly Load[]): readonly Load[] {
  if (!loads.some(({ fileBytes, memoryBytes }, at) => fileBytes === 0n && memoryBytes > 0n && at > 0)) return loads;
  let end = 0n;
  return loads.map((load) => {
    const align = load.align > 0n ? load.align : 1n;
    const offset = end + BigInt.asUintN(64, load.address - end) % align;
    end = offset + load.memoryBytes;
    return { ...load, offset, fileBytes: load.memoryBytes };
  });
}

function withOffsets(table: Uint8Array, loads: readonly Load[]): Uint8Array {
  const changed = table.slice();
  const view = new DataView(changed.buffer);
  let next = 0;
  for (let at = 0; at < changed.length; at += ProgramHeaderBytes) {
    if (view.getUint32(at, true) !== LoadType) continue;
    const { offset, fileBytes } = loads[next++]!;
    view.setBigUint64(at + 8, offset, true);
    view.setBigUint64(at + 32, fileBytes, true);
  }
  return changed;
}
