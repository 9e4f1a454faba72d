// Where a recording's bytes come from, made one thing: an async sequence of chunks. Takes what
// browsers and Node both have (bytes, Blob, ReadableStream, any async iterable); files and standard
// input are node.ts's business. Chunks are passed on as they come, except that large ones are cut
// to ChunkBytesMax, so that the engine's input buffer stays small whatever the caller gives.

/** A recording: all of its bytes, or something that yields them in order. */
export type Source =
  | Uint8Array
  | ArrayBuffer
  | Blob
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>;

/** Largest piece handed to the engine at once. */
export const ChunkBytesMax = 4 * 1024 * 1024;

/** The chunks of `source`, none empty, none longer than {@link ChunkBytesMax}. */
export async function* chunksOf(source: Source): AsyncGenerator<Uint8Array, void, undefined> {
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

function iterate(source: Exclude<Source, Uint8Array | ArrayBuffer>): AsyncIterable<Uint8Array> {
  const stream = source instanceof Blob ? source.stream() : source;
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
