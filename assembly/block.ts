// A block's header where it lies in the input: checked reads of its fields by FORMAT.md's offsets.

import { BlockHeaderOffset } from "./format";

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
