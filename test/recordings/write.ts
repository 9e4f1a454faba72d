// Frames blocks into a recording: file header, block headers with checksums, index, trailer. Goes
// to any sink, piece by piece, so that recordings larger than memory can be written. What is in
// the blocks is the caller's business (see build.ts for typed records).

import { crc32c } from "../oracle/bytes.js";
import * as format from "../oracle/format.js";
import { encodePayload, lz4Compress, type ColumnValues, type Value } from "./encode.js";

export interface FileHeaderInput {
  startNs: Value;
  startRealtimeNs?: bigint;
  versionMajor?: number;
  versionMinor?: number;
  arch?: number;
  cpus?: number;
  pageBytes?: number;
  bootId?: Uint8Array;
}

/** Where a block stands: what its header says beside type and payload. */
export interface BlockPlace {
  cpu?: number;
  records: number;
  firstSeq?: Value;
  firstNs: Value;
  lastNs?: Value;
}

export interface BlockInput extends BlockPlace {
  type: format.BlockTypeName;
  columns: { readonly [column: string]: ColumnValues };
  /** Columns of a later minor version. */
  extra?: readonly ColumnValues[];
}

export type Sink = (bytes: Uint8Array) => void;

/** Which blocks are compressed; "smaller" is what a writer should do. */
export type Compression = "never" | "always" | "smaller";

/** A payload as stored. */
export interface PackedPayload {
  codec: number;
  rawBytes: number;
  stored: Uint8Array;
}

export function packPayload(payload: Uint8Array, compression: Compression): PackedPayload {
  const compressed = compression === "never" ? payload : lz4Compress(payload);
  const useLz4 =
    compression === "always" || (compression === "smaller" && compressed.length < payload.length);
  return useLz4
    ? { codec: format.Codec.Lz4, rawBytes: payload.length, stored: compressed }
    : { codec: format.Codec.Raw, rawBytes: payload.length, stored: payload };
}

interface IndexEntry {
  type: number;
  cpu: number;
  offset: number;
  firstNs: bigint;
  span: bigint;
}

export class RecordingWriter {
  private offset = 0;
  private sequence = 0;
  private readonly index: IndexEntry[] = [];

  constructor(
    private readonly sink: Sink,
    header: FileHeaderInput,
    private readonly compression: Compression = "smaller",
  ) {
    this.put(fileHeader(header));
  }

  get bytesWritten(): number {
    return this.offset;
  }

  block(input: BlockInput): void {
    const payload = encodePayload(input.type, input.columns, input.firstNs, input.extra);
    this.rawBlock(format.BlockType[input.type], payload, input);
  }

  /** A block of any type with any payload. */
  rawBlock(type: number, payload: Uint8Array, input: BlockPlace): void {
    this.packedBlock(type, packPayload(payload, this.compression), input);
  }

  /** A payload holds times as differences, so that one may be written at several places in time. */
  packedBlock(type: number, { codec, rawBytes, stored }: PackedPayload, input: BlockPlace): void {
    const firstNs = BigInt(input.firstNs);
    const lastNs = BigInt(input.lastNs ?? input.firstNs);
    const cpu = input.cpu ?? format.cpuNone;
    const header = new DataView(new ArrayBuffer(format.blockHeaderBytes));
    header.setUint32(0, format.blockMagic, true);
    header.setUint8(4, type);
    header.setUint8(5, codec);
    header.setUint16(6, cpu, true);
    header.setUint32(8, input.records, true);
    header.setUint32(12, rawBytes, true);
    header.setUint32(16, stored.length, true);
    header.setUint32(20, this.sequence++, true);
    header.setBigUint64(24, BigInt(input.firstSeq ?? 0), true);
    header.setBigUint64(32, firstNs, true);
    header.setBigUint64(40, lastNs, true);
    const headerBytes = new Uint8Array(header.buffer);
    header.setUint32(52, crc32c(headerBytes.subarray(0, 52), stored), true);
    this.index.push({ type, cpu, offset: this.offset, firstNs, span: lastNs - firstNs });
    this.put(headerBytes);
    this.put(stored);
  }

  /** The index and the trailer. */
  end(ended: number = format.Ended.Duration): void {
    const indexOffset = this.offset;
    const entries = [...this.index];
    for (let from = 0; from < entries.length; from += format.blockRecordsMax) {
      this.indexBlock(entries.slice(from, from + format.blockRecordsMax));
    }
    const trailer = new DataView(new ArrayBuffer(format.trailerBytes));
    trailer.setBigUint64(0, format.trailerMagic, true);
    trailer.setBigUint64(8, BigInt(indexOffset), true);
    trailer.setUint32(16, this.sequence, true);
    trailer.setUint32(20, ended, true);
    const bytes = new Uint8Array(trailer.buffer);
    trailer.setUint32(28, crc32c(bytes.subarray(0, 28)), true);
    this.put(bytes);
  }

  private indexBlock(entries: readonly IndexEntry[]): void {
    this.block({
      type: "Index",
      records: entries.length,
      firstNs: entries[0]?.firstNs ?? 0,
      columns: {
        type: entries.map((entry) => entry.type),
        cpu: entries.map((entry) => entry.cpu),
        offset: entries.map((entry) => entry.offset),
        firstNs: entries.map((entry) => entry.firstNs),
        span: entries.map((entry) => entry.span),
      },
    });
  }

  private put(bytes: Uint8Array): void {
    this.sink(bytes);
    this.offset += bytes.length;
  }
}

function fileHeader(input: FileHeaderInput): Uint8Array {
  const header = new DataView(new ArrayBuffer(format.fileHeaderBytes));
  const bytes = new Uint8Array(header.buffer);
  header.setBigUint64(0, format.fileMagic, true);
  header.setUint16(8, input.versionMajor ?? format.versionMajor, true);
  header.setUint16(10, input.versionMinor ?? format.versionMinor, true);
  header.setUint32(12, format.fileHeaderBytes, true);
  header.setUint16(16, input.arch ?? 1, true);
  header.setUint32(20, input.pageBytes ?? 4096, true);
  header.setBigUint64(24, BigInt(input.startNs), true);
  header.setBigUint64(32, input.startRealtimeNs ?? 0n, true);
  bytes.set(input.bootId ?? new Uint8Array(16), 40);
  header.setUint32(56, input.cpus ?? 2, true);
  header.setUint32(60, crc32c(bytes.subarray(0, 60)), true);
  return bytes;
}

/** A sink that keeps what it gets. */
export class MemorySink {
  private readonly pieces: Uint8Array[] = [];

  readonly put: Sink = (bytes) => {
    this.pieces.push(bytes.slice());
  };

  bytes(): Uint8Array {
    return new Uint8Array(Buffer.concat(this.pieces));
  }
}
