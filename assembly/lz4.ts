// One LZ4 block, decompressed to an exact length. A block is a row of sequences:
//
//   token  [literal length…]  literals  offset u16  [match length…]
//   LLLLMMMM                            \_ none of this in the last sequence _/
//
// Every length is compared with what is left of input and output before it is used. Copies run in
// steps of up to 16 bytes and may write up to `Lz4Slack` bytes beyond the length asked for; the caller
// provides that room behind the output and, for reading, behind the input.

export const Lz4Slack: usize = 32;

const MatchMin: usize = 4;

/** Whether `[from, fromEnd)` is a whole LZ4 block of exactly `toEnd - to` bytes. */
export function decompressLz4(from: usize, fromEnd: usize, to: usize, toEnd: usize): bool {
  const start = to;
  while (from < fromEnd) {
    const token = load<u8>(from++) as usize;
    let literals = token >> 4;
    if (literals == 15) {
      let more: usize;
      do {
        if (from >= fromEnd) return false;
        more = load<u8>(from++) as usize;
        literals += more;
      } while (more == 255);
    }
    if (literals > fromEnd - from || literals > toEnd - to) return false;
    copyForward(to, from, literals);
    from += literals;
    to += literals;
    if (from == fromEnd) return to == toEnd;

    if (fromEnd - from < 2) return false;
    const offset = load<u16>(from) as usize;
    from += 2;
    if (offset == 0 || offset > to - start) return false;
    let match = token & 15;
    if (match == 15) {
      let more: usize;
      do {
        if (from >= fromEnd) return false;
        more = load<u8>(from++) as usize;
        match += more;
      } while (more == 255);
    }
    match += MatchMin;
    if (match > toEnd - to) return false;
    if (offset >= 16) copyForward(to, to - offset, match);
    else repeatForward(to, offset, match);
    to += match;
  }
  return false;
}

/** Copies in whole 16-byte steps; source and destination are at least 16 apart or disjoint. */
@inline
function copyForward(to: usize, from: usize, lengthBytes: usize): void {
  v128.store(to, v128.load(from));
  for (let done: usize = 16; done < lengthBytes; done += 16) v128.store(to + done, v128.load(from + done));
}

// For an offset below 16: lanes i % offset, which turn the last `offset` bytes into a pattern, and
// how much of it is whole repetitions.
const patternLanes: usize = memory.data(256, 16);

function fillPatterns(): void {
  for (let offset: u32 = 1; offset < 16; offset++) {
    for (let lane: u32 = 0; lane < 16; lane++) store<u8>(patternLanes + (offset << 4) + lane, (lane % offset) as u8);
    store<u8>(patternLanes + offset, (16 - (16 % offset)) as u8); // row 0 is free: no offset is 0
  }
}

fillPatterns();

/** The last `offset` (below 16) bytes again and again, as a match that overlaps itself means. */
@inline
function repeatForward(to: usize, offset: usize, lengthBytes: usize): void {
  const pattern = i8x16.swizzle(v128.load(to - offset), v128.load(patternLanes + (offset << 4)));
  const step = load<u8>(patternLanes + offset) as usize;
  for (let done: usize = 0; done < lengthBytes; done += step) v128.store(to + done, pattern);
}
