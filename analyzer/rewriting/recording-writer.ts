// Blocks -> a recording: numbers them anew, and ends it with an index and a trailer if the one they
// came from had them. Passes bytes on as they come; a recording larger than memory is none to it.

import { BlockHeaderBytes, BlockHeaderOffset, BlockMagic, BlockRecordsMax, BlockType, Codec, CpuNone, TrailerBytes, TrailerMagicHigh, TrailerMagicLow, TrailerOffset } from "../../assembly/format.js";
import { viewOf } from "./blocks.js";
import type { StoredBlock } from "./blocks.js";
import { crc32c } from "./crc32c.js";
import { deltaColumn, payloadOf, unsignedColumn } from "./payload.js";

export type Put = (bytes: Uint8Array) => Promise<void> | void;

interface IndexRow {
  readonly type: number;
  readonly cpu: number;
  readonly offset: number;
  readonly firstNs: bigint;
  readonly lastNs: bigint;
}

/** Rows of the index kept; a recording of more blocks has none, as the document allows. */
const IndexRowsMax = 2 ** 20;

export class RecordingWriter {
  #offset = 0;
  #blocks = 0;
  readonly #index: IndexRow[] = [];

  constructor(private readonly put: Put) {}

  async fileHeader(bytes: Uint8Array): Promise<void> {
    await this.#put(bytes);
  }

  /** The same block at its new place. */
  async copy({ header, stored }: StoredBlock): Promise<void> {
    await this.#block(header.slice(), stored);
  }

  /** The block with another payload, of as many records or, where given, of `records`. */
  async replace({ header }: StoredBlock, payload: Uint8Array, records?: number): Promise<void> {
    const changed = header.slice();
    const view = viewOf(changed);
    changed[BlockHeaderOffset.Codec] = Codec.Raw;
    view.setUint32(BlockHeaderOffset.RawBytes, payload.length, true);
    view.setUint32(BlockHeaderOffset.StoredBytes, payload.length, true);
    if (records !== undefined) view.setUint32(BlockHeaderOffset.Records, records, true);
    await this.#block(changed, payload);
  }

  /** A block of definitions, of no cpu, that is not in the recording yet. */
  async add(type: BlockType, payload: Uint8Array, records: number, timeNs: bigint): Promise<void> {
    const header = new Uint8Array(BlockHeaderBytes);
    const view = viewOf(header);
    view.setUint32(BlockHeaderOffset.Magic, BlockMagic, true);
    header[BlockHeaderOffset.Type] = type;
    header[BlockHeaderOffset.Codec] = Codec.Raw;
    view.setUint16(BlockHeaderOffset.Cpu, CpuNone, true);
    view.setUint32(BlockHeaderOffset.Records, records, true);
    view.setUint32(BlockHeaderOffset.RawBytes, payload.length, true);
    view.setUint32(BlockHeaderOffset.StoredBytes, payload.length, true);
    view.setBigUint64(BlockHeaderOffset.FirstNs, timeNs, true);
    view.setBigUint64(BlockHeaderOffset.LastNs, timeNs, true);
    await this.#block(header, payload);
  }

  /** Ends the recording as `ended` says; undefined: it was cut off, and stays so. */
  async end(ended: number | undefined): Promise<void> {
    if (ended === undefined) return;
    const isIndexed = this.#index.length <= IndexRowsMax;
    const indexOffset = isIndexed ? this.#offset : 0;
    const rows = isIndexed ? [...this.#index] : [];
    for (let from = 0; from < rows.length; from += BlockRecordsMax) {
      const some = rows.slice(from, from + BlockRecordsMax);
      await this.add(BlockType.Index, indexPayload(some), some.length, some[0]!.firstNs);
    }
    const trailer = new Uint8Array(TrailerBytes);
    const view = viewOf(trailer);
    view.setUint32(0, TrailerMagicLow, true);
    view.setUint32(4, TrailerMagicHigh, true);
    view.setBigUint64(TrailerOffset.IndexOffset, BigInt(indexOffset), true);
    view.setUint32(TrailerOffset.Blocks, this.#blocks, true);
    view.setUint32(TrailerOffset.Ended, ended, true);
    view.setUint32(TrailerOffset.Crc32c, crc32c(trailer.subarray(0, TrailerOffset.Crc32c)), true);
    await this.#put(trailer);
  }

  async #block(header: Uint8Array, stored: Uint8Array): Promise<void> {
    const view = viewOf(header);
    view.setUint32(BlockHeaderOffset.Sequence, this.#blocks++, true);
    view.setUint32(BlockHeaderOffset.Crc32c, crc32c(header.subarray(0, BlockHeaderOffset.Crc32c), stored), true);
    if (this.#index.length <= IndexRowsMax) {
      this.#index.push({
        type: header[BlockHeaderOffset.Type]!,
        cpu: view.getUint16(BlockHeaderOffset.Cpu, true),
        offset: this.#offset,
        firstNs: view.getBigUint64(BlockHeaderOffset.FirstNs, true),
        lastNs: view.getBigUint64(BlockHeaderOffset.LastNs, true),
      });
    }
    await this.#put(header);
    await this.#put(stored);
  }

  async #put(bytes: Uint8Array): Promise<void> {
    this.#offset += bytes.length;
    await this.put(bytes);
  }
}

function indexPayload(rows: readonly IndexRow[]): Uint8Array {
  return payloadOf([
    unsignedColumn(rows.map(({ type }) => type)),
    unsignedColumn(rows.map(({ cpu }) => cpu)),
    deltaColumn(rows.map(({ offset }) => BigInt(offset))),
    deltaColumn(rows.map(({ firstNs }) => firstNs)),
    unsignedColumn(rows.map(({ firstNs, lastNs }) => Number(lastNs - firstNs))),
  ]);
}
