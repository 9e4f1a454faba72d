// A source whose next bytes are fetched while the engine works on those before. Asking a browser for
// bytes costs more than the bytes do: as long as they are read one after the other they are fetched in
// blocks that grow, and only what is asked for where a reader leaps.
//
//   asked for   |1|1|1|1|1|1|1|        leap        |.|1|1|1|
//   fetched     |1|2..|4......|8......             |.|1|2..|4

import type { SeekableSource } from "../index.js";

/** Larger ones are no faster (test/bench/page.ts), and two of each worker are in memory. */
const BlockBytesMax = 8 * 1024 * 1024;

interface Block {
  readonly from: number;
  readonly lengthBytes: number;
  readonly bytes: Promise<Uint8Array>;
}

export function readAhead(source: SeekableSource): SeekableSource {
  const fetch = (from: number, lengthBytes: number): Block => {
    const bytes = source.read(from, lengthBytes);
    bytes.catch(() => undefined); // whoever asks for them meets the error; perhaps nobody does
    return { from, lengthBytes, bytes };
  };
  /** As large as there are bytes for; undefined at the end. */
  const following = ({ from, lengthBytes }: Block): Block | undefined => {
    const next = from + lengthBytes;
    const wanted = Math.min(2 * lengthBytes, BlockBytesMax, source.lengthBytes - next);
    return wanted > 0 ? fetch(next, wanted) : undefined;
  };
  let block: Block | undefined;
  let ahead: Block | undefined;
  const read = async (from: number, lengthBytes: number): Promise<Uint8Array> => {
    if (block === undefined || !holds(block, from)) {
      block = ahead !== undefined && holds(ahead, from) ? ahead : fetch(from, lengthBytes);
      ahead = following(block);
    }
    const at = from - block.from;
    return (await block.bytes).subarray(at, at + lengthBytes);
  };
  return { lengthBytes: source.lengthBytes, read };
}

function holds(block: Block, from: number): boolean {
  return from >= block.from && from < block.from + block.lengthBytes;
}
