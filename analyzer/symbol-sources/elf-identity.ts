// Whose file this is, without reading all of it: an ELF file's build id, and whether it holds code or
// only what was split off it. Reads notes by section headers, and by program headers where there are
// none of the former. Offsets and lengths of the file are hostile.

import { buildIdText } from "../build-id.js";
import type { SeekableSource } from "../source.js";

export type ReadBytes = SeekableSource["read"];

export interface ElfIdentity {
  /** Lower-case hexadecimal. */
  readonly buildId: string;
  /** Without code: a file of debug information. */
  readonly isDebugOnly: boolean;
}

/** Headers read at most: an object of ten thousand functions in sections of their own has that many. */
const TableBytesMax = 4 * 1024 * 1024;
const NoteBytesMax = 64 * 1024;
const BuildIdBytesMax = 32;
const NoteSection = 7;
const NoteSegment = 4;
const NoBits = 8;
const Executable = 4n;
const GnuBuildId = 3;

/** undefined where it is no little-endian ELF file with a build id. */
export async function elfIdentity(read: ReadBytes): Promise<ElfIdentity | undefined> {
  const header = await headerOf(read);
  if (header === undefined) return undefined;
  const isWide = header.getUint8(4) === 2;
  const sections = await sectionsOf(read, header, isWide);
  const segments = await noteSegmentsOf(read, header, isWide);
  const notes = [...sections.filter(({ type }) => type === NoteSection), ...segments];
  for (const { offset, lengthBytes } of notes) {
    if (lengthBytes > NoteBytesMax) continue;
    const buildId = buildIdIn(await read(offset, lengthBytes));
    if (buildId === undefined) continue;
    const code = sections.filter(({ flags }) => (flags & Executable) !== 0n);
    return { buildId, isDebugOnly: code.length > 0 && code.every(({ type }) => type === NoBits) };
  }
  return undefined;
}

/** Its sections, as far as their headers can be read; none of what is no little-endian ELF file. */
export async function sectionsIn(read: ReadBytes): Promise<readonly Extent[]> {
  const header = await headerOf(read);
  return header === undefined ? [] : sectionsOf(read, header, header.getUint8(4) === 2);
}

async function headerOf(read: ReadBytes): Promise<DataView | undefined> {
  const head = await read(0, 64);
  const header = viewOf(head);
  const isElf = head.length === 64 && header.getUint32(0, false) === 0x7f454c46 && head[5] === 1;
  return isElf && (head[4] === 1 || head[4] === 2) ? header : undefined;
}

/** Of a section or segment: what ELF calls its type and flags, and where its bytes are. */
export interface Extent {
  readonly type: number;
  readonly flags: bigint;
  readonly offset: number;
  readonly lengthBytes: number;
}

async function sectionsOf(read: ReadBytes, header: DataView, isWide: boolean): Promise<Extent[]> {
  const at = isWide ? Number(header.getBigUint64(40, true)) : header.getUint32(32, true);
  const [entryBytes, entries] = isWide ? [64, header.getUint16(60, true)] : [40, header.getUint16(48, true)];
  if (header.getUint16(isWide ? 58 : 46, true) !== entryBytes) return [];
  const table = await tableOf(read, at, entries, entryBytes);
  return Array.from({ length: Math.floor(table.byteLength / entryBytes) }, (_, entry) => {
    const from = entry * entryBytes;
    const type = table.getUint32(from + 4, true);
    if (!isWide) {
      const word = (index: number) => table.getUint32(from + index * 4, true);
      return { type, flags: BigInt(word(2)), offset: word(4), lengthBytes: word(5) };
    }
    const wide = (index: number) => table.getBigUint64(from + index * 8, true);
    return { type, flags: wide(1), offset: Number(wide(3)), lengthBytes: Number(wide(4)) };
  });
}

async function noteSegmentsOf(read: ReadBytes, header: DataView, isWide: boolean): Promise<Extent[]> {
  const at = isWide ? Number(header.getBigUint64(32, true)) : header.getUint32(28, true);
  const [entryBytes, entries] = isWide ? [56, header.getUint16(56, true)] : [32, header.getUint16(44, true)];
  if (header.getUint16(isWide ? 54 : 42, true) !== entryBytes) return [];
  const table = await tableOf(read, at, entries, entryBytes);
  const found: Extent[] = [];
  for (let from = 0; from + entryBytes <= table.byteLength; from += entryBytes) {
    if (table.getUint32(from, true) !== NoteSegment) continue;
    const [offset, lengthBytes] = isWide
      ? [Number(table.getBigUint64(from + 8, true)), Number(table.getBigUint64(from + 32, true))]
      : [table.getUint32(from + 4, true), table.getUint32(from + 16, true)];
    found.push({ type: NoteSection, flags: 0n, offset, lengthBytes });
  }
  return found;
}

async function tableOf(read: ReadBytes, at: number, entries: number, entryBytes: number): Promise<DataView> {
  const lengthBytes = entries * entryBytes;
  const isSane = lengthBytes <= TableBytesMax && Number.isSafeInteger(at);
  return viewOf(isSane && lengthBytes > 0 ? await read(at, lengthBytes) : new Uint8Array(0));
}

/** Of notes one behind the other: name and description lengths, type, both padded to 4 bytes. */
function buildIdIn(notes: Uint8Array): string | undefined {
  const view = viewOf(notes);
  for (let at = 0; at + 12 <= notes.length; ) {
    const [nameBytes, lengthBytes] = [view.getUint32(at, true), view.getUint32(at + 4, true)];
    const isGnu = nameBytes === 4 && at + 16 <= notes.length && view.getUint32(at + 12, false) === 0x474e5500;
    const from = at + 12 + padded(nameBytes);
    if (isGnu && view.getUint32(at + 8, true) === GnuBuildId && lengthBytes <= BuildIdBytesMax && from + lengthBytes <= notes.length) {
      return buildIdText(notes.subarray(from, from + lengthBytes));
    }
    at = from + padded(lengthBytes);
  }
  return undefined;
}

function padded(lengthBytes: number): number {
  return Math.ceil(lengthBytes / 4) * 4;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
