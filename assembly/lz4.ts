// One LZ4 block, decompressed to an exact length. A block is a row of sequences:
//
//   token  [literal length…]  literals  offset u16  [match length…]
//   LLLLMMMM                            \_ none of this in the last sequence _/
//
// Every length is compared with what is left of input and output before it is used. Copies run in
// steps of 16 bytes and may write up to `Lz4Slack` bytes beyond the length asked for; the caller
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

/** The last `offset` (below 16) bytes again and again, as a match that overlaps itself means. */
@inline
function repeatForward(to: usize, offset: usize, lengthBytes: usize): void {
  if (offset >= 8) {
    for (let done: usize = 0; done < lengthBytes; done += 8) store<u64>(to + done, load<u64>(to + done - offset));
  } else {
    for (let done: usize = 0; done < lengthBytes; done++) store<u8>(to + done, load<u8>(to + done - offset));
  }
}
