// The checksum by which .gnu_debuglink tells the file it means: CRC-32 as of zlib. Not the one of
// recordings, which is CRC-32C.

const Polynomial = 0xedb88320;

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = (value & 1) !== 0 ? (value >>> 1) ^ Polynomial : value >>> 1;
  return value;
});

/** CRC-32 of all bytes of a debug file. */
export function debugLinkCrc(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ table[(crc ^ byte) & 0xff]!;
  return ~crc >>> 0;
}
