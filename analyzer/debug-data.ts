// .gnu_debugdata: the symbol table that distributions leave in stripped objects (Fedora's
// "MiniDebugInfo"), an ELF object packed with xz. Unpacked here to what openSymbols takes as
// `debugData`. The decompressor is loaded when there is something to unpack, which on most systems
// there never is. It checks no checksum but CRC-32, and xz's own is CRC-64: what was damaged may come
// out as an object with the wrong names, just as a damaged .symtab does, which has no checksum at all.

import { FormatError } from "./errors.js";

/** Unpacked, the largest libraries' have a few tens of megabytes: what grows on is made to do harm. */
export const DebugDataBytesMax = 256 * 1024 * 1024;

/**
 * Unpacks the `packedDebugData` of an object that messages call `name`.
 *
 * Throws FormatError where it is not xz, is damaged, or would come to more than `bytesMax` bytes.
 */
export async function unpackDebugData(
  packed: Uint8Array,
  name = "the object",
  bytesMax = DebugDataBytesMax,
): Promise<Uint8Array> {
  const refusal = (problem: string) => new FormatError(`has a .gnu_debugdata that ${problem}`, { offset: 0 }, name);
  const reader = new (await decompressor())(streamOf(packed)).getReader();
  const chunks: Uint8Array[] = [];
  let lengthBytes = 0;
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      chunks.push(next.value);
      lengthBytes += next.value.length;
      if (lengthBytes > bytesMax) break;
    }
  } catch {
    throw refusal("does not unpack"); // why, the package says in numbers
  }
  if (lengthBytes > bytesMax) {
    await reader.cancel();
    throw refusal(`unpacks to more than ${bytesMax} bytes`);
  }
  return joined(chunks, lengthBytes);
}

/** A CommonJS package: Node finds its names in the default export, bundlers find them outside. */
async function decompressor() {
  const module = await import("xz-decompress");
  return (module.default ?? module).XzReadableStream;
}

function streamOf(bytes: Uint8Array): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(bytes);
      controller.close();
    },
  });
}

function joined(chunks: readonly Uint8Array[], lengthBytes: number): Uint8Array {
  const whole = new Uint8Array(lengthBytes);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
