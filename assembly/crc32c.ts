// CRC32C (Castagnoli, reflected), eight bytes a step: table k holds the remainder of a byte followed
// by k zero bytes, so eight lookups advance by eight bytes without waiting for one another.

const Polynomial: u32 = 0x82f63b78;
const tables: usize = memory.data(8192, 16); // 8 tables of 256 words

function fillTables(): void {
  for (let byte: u32 = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ ((crc & 1) * Polynomial);
    store<u32>(tables + (byte << 2), crc);
  }
  for (let word: usize = 256; word < 2048; word++) {
    const before = load<u32>(tables + ((word - 256) << 2));
    store<u32>(tables + (word << 2), (before >>> 8) ^ load<u32>(tables + ((before & 255) << 2)));
  }
}

fillTables();

/** Checksum of nothing; `extend` it over each piece and `finish` it. */
export const CrcStart: u32 = 0xffffffff;

export function extendCrc(crc: u32, from: usize, lengthBytes: usize): u32 {
  const end = from + lengthBytes;
  const end8 = from + (lengthBytes & ~7);
  for (; from < end8; from += 8) {
    const word = load<u64>(from) ^ (crc as u64);
    crc =
      load<u32>(tables + (((word & 255) as usize) << 2), 7168) ^
      load<u32>(tables + ((((word >> 8) & 255) as usize) << 2), 6144) ^
      load<u32>(tables + ((((word >> 16) & 255) as usize) << 2), 5120) ^
      load<u32>(tables + ((((word >> 24) & 255) as usize) << 2), 4096) ^
      load<u32>(tables + ((((word >> 32) & 255) as usize) << 2), 3072) ^
      load<u32>(tables + ((((word >> 40) & 255) as usize) << 2), 2048) ^
      load<u32>(tables + ((((word >> 48) & 255) as usize) << 2), 1024) ^
      load<u32>(tables + (((word >> 56) as usize) << 2));
  }
  for (; from < end; from++) {
    crc = (crc >>> 8) ^ load<u32>(tables + (((crc ^ load<u8>(from)) & 255) << 2));
  }
  return crc;
}

@inline
export function finishCrc(crc: u32): u32 {
  return crc ^ 0xffffffff;
}
