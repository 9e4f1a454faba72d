// One LZ4 block -> its bytes (https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md). The input
// is hostile: every length is compared with what is left, and the result is exactly as long as said.

/** `undefined` where the input is not one LZ4 block of `rawBytes` bytes. */
export function decompressLz4(input: Uint8Array, rawBytes: number): Uint8Array | undefined {
  const output = new Uint8Array(rawBytes);
  let from = 0;
  let to = 0;
  const lengthOf = (nibble: number): number => {
    let length = nibble;
    if (nibble < 15) return length;
    for (;;) {
      const byte = input[from++];
      if (byte === undefined) return Infinity;
      length += byte;
      if (byte < 255) return length;
    }
  };
  while (from < input.length) {
    const token = input[from++]!;
    const literals = lengthOf(token >> 4);
    if (literals > input.length - from || literals > rawBytes - to) return undefined;
    output.set(input.subarray(from, from + literals), to);
    from += literals;
    to += literals;
    if (from === input.length) return to === rawBytes ? output : undefined;
    if (input.length - from < 2) return undefined;
    const offset = input[from]! | (input[from + 1]! << 8);
    from += 2;
    const match = lengthOf(token & 15) + 4;
    if (offset === 0 || offset > to || match > rawBytes - to) return undefined;
    // It may overlap what it makes: byte by byte.
    for (let end = to + match; to < end; to++) output[to] = output[to - offset]!;
  }
  return undefined;
}
