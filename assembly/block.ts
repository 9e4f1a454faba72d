// A block's header where it lies in the input: checked reads of its fields by FORMAT.md's offsets.

import { CrcStart, extendCrc, finishCrc } from "./crc32c";
import { BlockHeaderBytes, BlockHeaderOffset, BlockMagic, BlockStoredBytesMax } from "./format";

@unmanaged
export class BlockHeader {
  @inline get type(): u32 { return load<u8>(changetype<usize>(this), BlockHeaderOffset.Type); }
  @inline get codec(): u32 { return load<u8>(changetype<usize>(this), BlockHeaderOffset.Codec); }
  @inline get cpu(): u32 { return load<u16>(changetype<usize>(this), BlockHeaderOffset.Cpu); }
  @inline get records(): u32 { return load<u32>(changetype<usize>(this), BlockHeaderOffset.Records); }
  @inline get rawBytes(): u32 { return load<u32>(changetype<usize>(this), BlockHeaderOffset.RawBytes); }
  @inline get storedBytes(): u32 { return load<u32>(changetype<usize>(this), BlockHeaderOffset.StoredBytes); }
  @inline get sequence(): u32 { return load<u32>(changetype<usize>(this), BlockHeaderOffset.Sequence); }
  @inline get firstSeq(): u64 { return load<u64>(changetype<usize>(this), BlockHeaderOffset.FirstSeq); }
  @inline get firstNs(): u64 { return load<u64>(changetype<usize>(this), BlockHeaderOffset.FirstNs); }
  @inline get lastNs(): u64 { return load<u64>(changetype<usize>(this), BlockHeaderOffset.LastNs); }
}

/** Whether the checksum of a block that is there to its end is right. */
export function isIntact(header: BlockHeader): bool {
  const at = changetype<usize>(header);
  const crc = extendCrc(CrcStart, at, BlockHeaderOffset.Crc32c);
  return finishCrc(extendCrc(crc, at + BlockHeaderBytes, header.storedBytes)) == load<u32>(at, BlockHeaderOffset.Crc32c);
}

/** Whether a whole block, its checksum right, begins the `lengthBytes` bytes at `at`. */
export function isWhole(at: usize, lengthBytes: usize): bool {
  if (lengthBytes < (BlockHeaderBytes as usize) || load<u32>(at) != (BlockMagic as u32)) return false;
  const header = changetype<BlockHeader>(at);
  if (header.storedBytes > (BlockStoredBytesMax as u32)) return false;
  return lengthBytes - (BlockHeaderBytes as usize) >= (header.storedBytes as usize) && isIntact(header);
}
