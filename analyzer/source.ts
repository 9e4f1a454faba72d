// Where a recording's bytes come from, made one thing: an async sequence of chunks. Takes what
// browsers and Node both have (bytes, Blob, ReadableStream, any async iterable); files and standard
// input are node.ts's business. Chunks are passed on as they come, except that large ones are cut
// to ChunkBytesMax, so that the engine's input buffer stays small whatever the caller gives.

/** A recording that can be read in any order: where only a part of it is asked for, the rest is not. */
export interface SeekableSource {
  readonly lengthBytes: number;
  /** Bytes from `from` on, at most `lengthBytes` of them and at least one. */
  read(from: number, lengthBytes: number): Promise<Uint8Array>;
}

/** A recording: all of its bytes, or something that yields them in order. */
export type Source =
  | SeekableSource
  | Uint8Array
  | ArrayBuffer
  | Blob
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>;

/** Largest piece handed to the engine at once. */
export const ChunkBytesMax = 4 * 1024 * 1024;

/** After a leap so much is read at first: the headers of a block or two, then twice as much each time. */
const ReadBytesMin = 4096;
const ReadBytesMax = 1024 * 1024;

/** `lengthBytes` bytes from `from` on; fewer where the source ends, or became shorter. */
export async function readUpTo(source: SeekableSource, from: number, lengthBytes: number): Promise<Uint8Array> {
  const wanted = Math.min(lengthBytes, Math.max(0, source.lengthBytes - from));
  const whole = new Uint8Array(wanted);
  let at = 0;
  while (at < wanted) {
    const chunk = await source.read(from + at, wanted - at);
    if (chunk.length === 0) return whole.subarray(0, at);
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

/** The source as one that can be read in any order, if it is one. */
export function seekable(source: Blob): SeekableSource;
export function seekable(source: Source): SeekableSource | undefined;
export function seekable(source: Source): SeekableSource | undefined {
  if (source instanceof Blob) {
    const read = async (from: number, lengthBytes: number) =>
      new Uint8Array(await source.slice(from, from + lengthBytes).arrayBuffer());
    return { lengthBytes: source.size, read };
  }
  return "lengthBytes" in source ? source : undefined;
}

/**
 * The chunks of `source` in order, none empty, none longer than {@link ChunkBytesMax}. `skip` is
 * asked after each one how many bytes are to be left out before the next; a source that cannot leap
 * is not asked.
 */
export async function* chunksOf(
  source: Source,
  skip: () => number = () => 0,
): AsyncGenerator<Uint8Array, void, undefined> {
  const leaping = seekable(source);
  if (leaping !== undefined) yield* chunksWithLeaps(leaping, skip);
  else yield* chunksInOrder(source as Exclude<Source, SeekableSource | Blob>);
}

async function* chunksWithLeaps(
  source: SeekableSource,
  skip: () => number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let readBytes = ReadBytesMax;
  for (let at = 0; at < source.lengthBytes; ) {
    const chunk = await source.read(at, Math.min(readBytes, source.lengthBytes - at));
    if (chunk.length === 0) return; // it became shorter
    yield chunk;
    const leapBytes = skip();
    readBytes = leapBytes > 0 ? ReadBytesMin : Math.min(readBytes * 2, ReadBytesMax);
    at += chunk.length + leapBytes;
  }
}

async function* chunksInOrder(
  source: Exclude<Source, SeekableSource | Blob>,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (source instanceof Uint8Array) {
    yield* cut(source);
  } else if (source instanceof ArrayBuffer) {
    yield* cut(new Uint8Array(source));
  } else {
    for await (const chunk of iterate(source)) yield* cut(chunk);
  }
}

function* cut(bytes: Uint8Array): Generator<Uint8Array, void, undefined> {
  for (let at = 0; at < bytes.length; at += ChunkBytesMax) {
    yield bytes.subarray(at, at + ChunkBytesMax);
  }
}

function iterate(stream: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  return Symbol.asyncIterator in stream ? stream : readerOf(stream);
}

/** Safari's ReadableStream is not async iterable. */
async function* readerOf(
  stream: ReadableStream<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    reader.releaseLock();
  }
}
