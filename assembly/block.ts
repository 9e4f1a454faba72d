// A block's header where it lies in the input: checked reads of its fields by FORMAT.md's offsets.

import { CrcStart, extendCrc, finishCrc } from "./crc32c";
import {
  BlockHeaderBytes,
  BlockHeaderOffset,
  BlockMagic,
  BlockRawBytesMax,
  BlockRecordsMax,
  BlockStoredBytesMax,
} from "./format";

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

/** Whether a block's header begins the `lengthBytes` bytes at `at`. */
export function hasHeader(at: usize, lengthBytes: usize): bool {
  if (lengthBytes < (BlockHeaderBytes as usize) || load<u32>(at) != (BlockMagic as u32)) return false;
  return changetype<BlockHeader>(at).storedBytes <= (BlockStoredBytesMax as u32);
}

/** Whether a block that is there to its end begins them. */
export function isComplete(at: usize, lengthBytes: usize): bool {
  return hasHeader(at, lengthBytes) && lengthBytes >= blockBytes(changetype<BlockHeader>(at));
}

/** Whether a complete block, its checksum right, begins them. */
export function isWhole(at: usize, lengthBytes: usize): bool {
  return isComplete(at, lengthBytes) && isIntact(changetype<BlockHeader>(at));
}

/** With its header. */
@inline
export function blockBytes(header: BlockHeader): usize {
  return (BlockHeaderBytes as usize) + header.storedBytes;
}

/** Whether a block claims no more than a block may have. */
@inline
export function isWithinLimits(header: BlockHeader): bool {
  return header.records <= (BlockRecordsMax as u32) && header.rawBytes <= (BlockRawBytesMax as u32);
}
