// Bytes of a whole recording -> its header, its undamaged blocks with decoded columns, its trailer
// and what was odd. Follows the sections File, Damage and Limits of capture/FORMAT.md; what the
// records mean is records.ts's and analyze.ts's business. Slow and plain: it sees the whole file
// at once, where the engine sees pieces.

import { crc32c } from "./bytes.js";
import { blockHeaderAt, viewOf, type BlockHeader } from "./block-header.js";
import { decodePayload, type Columns } from "./columns.js";
import { DamagedError, RefusedError } from "./damage.js";
import * as format from "./format.js";

export interface FileHeader {
  versionMinor: number;
  arch: number;
  pageBytes: number;
  startMonotonicNs: bigint;
  startRealtimeNs: bigint;
  bootId: Uint8Array;
  cpus: number;
}

export interface Block extends BlockHeader {
  /** Undefined for a type this version does not know. */
  columns: Columns | undefined;
}

export interface Trailer {
  offset: number;
  indexOffset: bigint;
  blocks: number;
  ended: number;
}

export type WarningKind =
  | "Truncated"
  | "DamagedBlock"
  | "Resynchronized"
  | "Unfinished"
  | "UnknownBlock"
  | "WriteError"
  | "TrailingBytes"
  | "LostDefinition";

/** Byte offset, and what the kind says: sequence, type or bytes missing; bytes skipped or id. */
export interface Warning {
  kind: WarningKind;
  offset: number;
  a: number;
  b: number;
}

export interface Recording {
  header: FileHeader;
  blocks: Block[];
  trailer: Trailer | undefined;
  warnings: Warning[];
  fileBytes: number;
}

export function readRecording(bytes: Uint8Array): Recording {
  const recording: Recording = {
    header: readFileHeader(bytes),
    blocks: [],
    trailer: undefined,
    warnings: [],
    fileBytes: bytes.length,
  };
  let at = format.fileHeaderBytes;
  while (at < bytes.length && recording.trailer === undefined) {
    const block = wholeBlockAt(bytes, at);
    if (block !== undefined) {
      takeBlock(recording, bytes, block);
      at += format.blockHeaderBytes + block.storedBytes;
      continue;
    }
    recording.trailer = trailerAt(bytes, at);
    if (recording.trailer === undefined) at = skipDamage(recording, bytes, at);
  }
  warnOfTheEnd(recording, bytes);
  return recording;
}

function readFileHeader(bytes: Uint8Array): FileHeader {
  if (bytes.length === 0) throw new RefusedError("Empty");
  const magic = new Uint8Array(BigUint64Array.of(format.fileMagic).buffer);
  const present = Math.min(bytes.length, magic.length);
  for (let i = 0; i < present; i++) {
    if (bytes[i] !== magic[i]) throw new RefusedError("NotARecording");
  }
  const version = bytes.length >= 10 ? viewOf(bytes, 8, 2).getUint16(0, true) : format.versionMajor;
  if (version !== format.versionMajor) throw new RefusedError("NewerVersion", version);
  if (bytes.length < format.fileHeaderBytes) throw new RefusedError("HeaderDamaged");
  const view = viewOf(bytes, 0, format.fileHeaderBytes);
  if (view.getUint32(60, true) !== crc32c(bytes.subarray(0, 60))) throw new RefusedError("HeaderDamaged");
  if (view.getUint32(12, true) !== format.fileHeaderBytes) throw new RefusedError("HeaderDamaged");
  return {
    versionMinor: view.getUint16(10, true),
    arch: view.getUint16(16, true),
    pageBytes: view.getUint32(20, true),
    startMonotonicNs: view.getBigUint64(24, true),
    startRealtimeNs: view.getBigUint64(32, true),
    bootId: bytes.slice(40, 56),
    cpus: view.getUint32(56, true),
  };
}

/** Whole: magic, storedBytes and crc32c hold. Its content may still be damaged. */
function wholeBlockAt(bytes: Uint8Array, at: number): BlockHeader | undefined {
  const block = blockHeaderAt(bytes, at);
  if (block === undefined || block.storedBytes > format.blockStoredBytesMax) return undefined;
  const payloadAt = at + format.blockHeaderBytes;
  if (block.storedBytes > bytes.length - payloadAt) return undefined;
  const stored = bytes.subarray(payloadAt, payloadAt + block.storedBytes);
  const expected = viewOf(bytes, at, format.blockHeaderBytes).getUint32(52, true);
  return crc32c(bytes.subarray(at, at + 52), stored) === expected ? block : undefined;
}

function trailerAt(bytes: Uint8Array, at: number): Trailer | undefined {
  if (bytes.length - at < format.trailerBytes) return undefined;
  const view = viewOf(bytes, at, format.trailerBytes);
  if (view.getBigUint64(0, true) !== format.trailerMagic) return undefined;
  if (view.getUint32(28, true) !== crc32c(bytes.subarray(at, at + 28))) return undefined;
  return {
    offset: at,
    indexOffset: view.getBigUint64(8, true),
    blocks: view.getUint32(16, true),
    ended: view.getUint32(20, true),
  };
}

/** Decodes a whole block into the recording, or leaves it out with a warning. */
function takeBlock(recording: Recording, bytes: Uint8Array, block: BlockHeader): void {
  const name = format.blockTypeName(block.type);
  if (name === undefined) {
    recording.warnings.push({ kind: "UnknownBlock", offset: block.offset, a: block.type, b: 0 });
    recording.blocks.push({ ...block, columns: undefined });
    return;
  }
  const payloadAt = block.offset + format.blockHeaderBytes;
  const stored = bytes.subarray(payloadAt, payloadAt + block.storedBytes);
  try {
    recording.blocks.push({ ...block, columns: decodePayload(name, block, stored) });
  } catch (error) {
    if (!(error instanceof DamagedError)) throw error;
    const skipped = format.blockHeaderBytes + block.storedBytes;
    recording.warnings.push({ kind: "DamagedBlock", offset: block.offset, a: block.sequence, b: skipped });
  }
}

/** Where reading goes on behind bytes that are neither a whole block nor the trailer. */
function skipDamage(recording: Recording, bytes: Uint8Array, at: number): number {
  let next = at + 1;
  while (next < bytes.length && !wholeBlockAt(bytes, next) && !trailerAt(bytes, next)) next++;
  const missing = next === bytes.length ? bytesMissingAt(bytes, at) : 0;
  if (missing > 0) {
    recording.warnings.push({ kind: "Truncated", offset: at, a: missing, b: 0 });
    return next;
  }
  const begunAsBlock = agreesWith(bytes, at, format.blockMagic, 4) && bytes.length - at >= 4;
  const sequence = begunAsBlock ? (blockHeaderAt(bytes, at)?.sequence ?? 0) : 0;
  const kind = begunAsBlock ? "DamagedBlock" : "Resynchronized";
  recording.warnings.push({ kind, offset: at, a: sequence, b: next - at });
  return next;
}

/** How much of a block or of the trailer is missing behind the file's end; 0 if neither begins here. */
function bytesMissingAt(bytes: Uint8Array, at: number): number {
  const left = bytes.length - at;
  if (agreesWith(bytes, at, format.blockMagic, 4)) {
    if (left < format.blockHeaderBytes) {
      const stored = left >= 20 ? viewOf(bytes, at + 16, 4).getUint32(0, true) : 0;
      return stored > format.blockStoredBytesMax ? 0 : format.blockHeaderBytes + stored - left;
    }
    const { storedBytes } = blockHeaderAt(bytes, at)!;
    if (storedBytes > format.blockStoredBytesMax) return 0;
    return Math.max(0, format.blockHeaderBytes + storedBytes - left);
  }
  const trailerBegins = agreesWith(bytes, at, format.trailerMagic, 8);
  return trailerBegins && left < format.trailerBytes ? format.trailerBytes - left : 0;
}

/** Whether the bytes at `at`, as far as there are any, are those of a magic number. */
function agreesWith(bytes: Uint8Array, at: number, magic: number | bigint, magicBytes: number): boolean {
  const expected = new Uint8Array(BigUint64Array.of(BigInt(magic)).buffer);
  const present = Math.min(magicBytes, bytes.length - at);
  for (let i = 0; i < present; i++) {
    if (bytes[at + i] !== expected[i]) return false;
  }
  return true;
}

function warnOfTheEnd(recording: Recording, bytes: Uint8Array): void {
  const { trailer, warnings } = recording;
  if (trailer === undefined) {
    const truncated = warnings.some((warning) => warning.kind === "Truncated");
    if (!truncated) warnings.push({ kind: "Unfinished", offset: bytes.length, a: 0, b: 0 });
    return;
  }
  if (trailer.ended === format.Ended.WriteError) {
    warnings.push({ kind: "WriteError", offset: trailer.offset, a: 0, b: 0 });
  }
  const trailing = bytes.length - trailer.offset - format.trailerBytes;
  if (trailing > 0) {
    warnings.push({ kind: "TrailingBytes", offset: bytes.length - trailing, a: 0, b: trailing });
  }
}
