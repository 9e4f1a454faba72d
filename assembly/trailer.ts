// The recording's last bytes, where they lie in memory.

import { CrcStart, extendCrc, finishCrc } from "./crc32c";
import { TrailerMagicHigh, TrailerMagicLow, TrailerOffset } from "./format";

export const TrailerMagic: u64 = (TrailerMagicLow as u32 as u64) | ((TrailerMagicHigh as u32 as u64) << 32);

/** Whether the checksum of a trailer that is there to its end is right. */
export function isTrailerIntact(at: usize): bool {
  return finishCrc(extendCrc(CrcStart, at, TrailerOffset.Crc32c)) == load<u32>(at, TrailerOffset.Crc32c);
}
