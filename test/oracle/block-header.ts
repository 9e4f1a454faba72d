// The fixed fields in front of every block of a recording, as numbers. Whether they make sense is
// for the reader (read.ts) and for the decoder of payloads (columns.ts) to say.

import * as format from "./format.js";

export interface BlockHeader {
  offset: number;
  type: number;
  codec: number;
  cpu: number;
  records: number;
  rawBytes: number;
  storedBytes: number;
  sequence: number;
  firstSeq: bigint;
  firstNs: bigint;
  lastNs: bigint;
}

export function viewOf(bytes: Uint8Array, at: number, lengthBytes: number): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset + at, lengthBytes);
}

/** The header's fields, whatever they are; undefined where there is no room for a header. */
export function blockHeaderAt(bytes: Uint8Array, at: number): BlockHeader | undefined {
  if (bytes.length - at < format.blockHeaderBytes) return undefined;
  const view = viewOf(bytes, at, format.blockHeaderBytes);
  if (view.getUint32(0, true) !== format.blockMagic) return undefined;
  return {
    offset: at,
    type: view.getUint8(4),
    codec: view.getUint8(5),
    cpu: view.getUint16(6, true),
    records: view.getUint32(8, true),
    rawBytes: view.getUint32(12, true),
    storedBytes: view.getUint32(16, true),
    sequence: view.getUint32(20, true),
    firstSeq: view.getBigUint64(24, true),
    firstNs: view.getBigUint64(32, true),
    lastNs: view.getBigUint64(40, true),
  };
}
