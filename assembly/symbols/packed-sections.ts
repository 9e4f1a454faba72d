// The bytes of a section as they were before packing: sections may be compressed, each on its own,
// and are unpacked when they are first asked for. Zlib only: zstd is named in a warning.
//
//   ELF64 header  type u32 | reserved u32 | length u64 | alignment u64
//   ELF32 header  type u32 | length u32 | alignment u32
//   .zdebug_      "ZLIB" | length u64, big-endian

import { allocate } from "../arena";
import { ElfObject, Packing, Section } from "./elf";
import { inflateZlib } from "./inflate";
import { startsWith } from "./reader";
import { SectionKind, SymbolWarning } from "./tables";
import { warn } from "./warnings";

const MethodZlib: u32 = 1;
/** What a byte of DEFLATE can become at most is 1,032 bytes: whoever claims more lies. */
const GrowthMax: u64 = 1032;

/** A section, unpacked; its `at` is 0 where there is none, or it cannot be unpacked. */
export function unpacked(object: ElfObject, kind: SectionKind): Section {
  const section = object.section(kind);
  if (section.packing == Packing.None || section.at == 0) return section;
  const headerBytes: usize = section.packing == Packing.Gnu ? 12 : object.is64 ? 24 : 12;
  const from = section.at + headerBytes;
  const end = section.at + section.lengthBytes;
  const lengthBytes = from <= end ? unpackedBytes(object, section) : 0;
  section.packing = Packing.None;
  section.at = 0;
  if (lengthBytes == 0) {
    warn(SymbolWarning.UnpackingFailed, object.part, kind);
    return section;
  }
  if (lengthBytes == u64.MAX_VALUE) return section;
  const isPossible = lengthBytes <= ((end - from) as u64) * GrowthMax && lengthBytes < u32.MAX_VALUE;
  const to = isPossible ? allocate(lengthBytes as usize) : 0;
  if (to != 0 && inflateZlib(from, end, to, lengthBytes as usize)) {
    section.at = to;
    section.lengthBytes = lengthBytes as usize;
  } else warn(SymbolWarning.UnpackingFailed, object.part, kind);
  return section;
}

/** The length that a packed section claims: 0 if it is malformed, u64.MAX_VALUE if its method is unknown. */
function unpackedBytes(object: ElfObject, section: Section): u64 {
  const at = section.at;
  if (section.packing == Packing.Gnu) {
    return startsWith(at, at + section.lengthBytes, "ZLIB") ? bswap<u64>(load<u64>(at, 4)) : 0;
  }
  const method = load<u32>(at);
  if (method == MethodZlib) return object.is64 ? load<u64>(at, 8) : load<u32>(at, 4);
  warn(SymbolWarning.CompressionUnknown, object.part, method);
  return u64.MAX_VALUE;
}
