// The blocks of a recording one after the other, as they are stored ("Block" and "Damage" of
// capture/FORMAT.md): for those who pass them on. What is damaged is left out and counted.

import { BlockHeaderBytes, BlockHeaderOffset, BlockMagic, BlockRawBytesMax, BlockStoredBytesMax, Codec, FileHeaderBytes, FileHeaderOffset, FileMagicHigh, FileMagicLow, TrailerBytes, TrailerMagicHigh, TrailerMagicLow, TrailerOffset, VersionMajor } from "../../assembly/format.js";
import { FormatError } from "../errors.js";
import { readUpTo } from "../source.js";
import type { SeekableSource } from "../source.js";
import { crc32c } from "./crc32c.js";
import { decompressLz4 } from "./lz4.js";

export interface StoredBlock {
  readonly type: number;
  /** 56 bytes. */
  readonly header: Uint8Array;
  readonly stored: Uint8Array;
}

export interface RecordingEnd {
  /** An Ended; undefined where the recording has no trailer. */
  readonly ended: number | undefined;
  /** Bytes that were no whole block. */
  readonly skippedBytes: number;
}

export class RecordingBlocks {
  #at = FileHeaderBytes;
  #ended: number | undefined;
  #skippedBytes = 0;

  private constructor(
    private readonly source: SeekableSource,
    /** 64 bytes. */
    readonly fileHeader: Uint8Array,
  ) {}

  /** Throws FormatError where the bytes are no recording of this version. */
  static async open(source: SeekableSource, name: string): Promise<RecordingBlocks> {
    const header = await readUpTo(source, 0, FileHeaderBytes);
    const view = viewOf(header);
    const isRecording = header.length >= 8 && view.getUint32(0, true) === FileMagicLow && view.getUint32(4, true) === FileMagicHigh;
    if (!isRecording) throw new FormatError("is not an offcut recording", { offset: 0, expected: "89 4f 46 46 43 55 54 0a" }, name);
    const isWhole = header.length === FileHeaderBytes && view.getUint32(FileHeaderOffset.Crc32c, true) === crc32c(header.subarray(0, FileHeaderOffset.Crc32c));
    if (!isWhole) throw new FormatError("has a damaged file header", { offset: 0, expected: "64 bytes with a valid checksum" }, name);
    const version = view.getUint16(FileHeaderOffset.VersionMajor, true);
    if (version !== VersionMajor) {
      throw new FormatError("was written in another version of the format", { offset: 8, expected: `version ${VersionMajor}`, found: `version ${version}` }, name);
    }
    return new RecordingBlocks(source, header);
  }

  /** What is known once all blocks have been read. */
  get end(): RecordingEnd {
    return { ended: this.#ended, skippedBytes: this.#skippedBytes };
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<StoredBlock, void, undefined> {
    for (this.#at = FileHeaderBytes, this.#skippedBytes = 0; this.#at < this.source.lengthBytes; ) {
      const block = await this.#blockAt(this.#at);
      if (block !== undefined) {
        this.#at += BlockHeaderBytes + block.stored.length;
        yield block;
        continue;
      }
      const trailer = await readUpTo(this.source, this.#at, TrailerBytes);
      this.#ended = endedOf(trailer);
      if (this.#ended !== undefined) return;
      const next = await this.#nextMagic(this.#at + 1);
      this.#skippedBytes += next - this.#at;
      this.#at = next;
    }
  }

  async #blockAt(at: number): Promise<StoredBlock | undefined> {
    const header = await readUpTo(this.source, at, BlockHeaderBytes);
    if (header.length < BlockHeaderBytes) return undefined;
    const view = viewOf(header);
    const storedBytes = view.getUint32(BlockHeaderOffset.StoredBytes, true);
    if (view.getUint32(BlockHeaderOffset.Magic, true) !== BlockMagic || storedBytes > BlockStoredBytesMax) return undefined;
    const stored = await readUpTo(this.source, at + BlockHeaderBytes, storedBytes);
    if (stored.length < storedBytes) return undefined;
    const crc = crc32c(header.subarray(0, BlockHeaderOffset.Crc32c), stored);
    if (view.getUint32(BlockHeaderOffset.Crc32c, true) !== crc) return undefined;
    return { type: header[BlockHeaderOffset.Type]!, header, stored };
  }

  /** Where the next block or the trailer may begin. */
  async #nextMagic(from: number): Promise<number> {
    for (let at = from; at < this.source.lengthBytes; ) {
      const bytes = await readUpTo(this.source, at, SearchBytes);
      const view = viewOf(bytes);
      for (let i = 0; i + 4 <= bytes.length; i++) {
        const word = view.getUint32(i, true);
        if (word === BlockMagic || word === TrailerMagicLow) return at + i;
      }
      at += Math.max(1, bytes.length - 3);
    }
    return this.source.lengthBytes;
  }
}

const SearchBytes = 65536;

/** The payload, decompressed; undefined where it is damaged. */
export function payloadOfBlock({ header, stored }: StoredBlock): Uint8Array | undefined {
  const view = viewOf(header);
  const rawBytes = view.getUint32(BlockHeaderOffset.RawBytes, true);
  if (rawBytes > BlockRawBytesMax) return undefined;
  const codec: Codec = header[BlockHeaderOffset.Codec]!;
  if (codec === Codec.Lz4) return decompressLz4(stored, rawBytes);
  return codec === Codec.Raw && stored.length === rawBytes ? stored : undefined;
}

function endedOf(trailer: Uint8Array): number | undefined {
  if (trailer.length < TrailerBytes) return undefined;
  const view = viewOf(trailer);
  const isTrailer = view.getUint32(0, true) === TrailerMagicLow && view.getUint32(4, true) === TrailerMagicHigh;
  if (!isTrailer || view.getUint32(TrailerOffset.Crc32c, true) !== crc32c(trailer.subarray(0, TrailerOffset.Crc32c))) return undefined;
  return view.getUint32(TrailerOffset.Ended, true);
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
