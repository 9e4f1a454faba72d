// Of an ELF file what naming needs: everything but long sections of code and data, which are most of a
// large program. Offsets and lengths of the file are hostile.

import { readUpTo } from "../source.js";
import type { SeekableSource } from "../source.js";
import type { FileInParts } from "../symbolizer.js";
import { sectionsIn } from "./elf-identity.js";

const ProgramBits = 1;
const Allocated = 2n;
/** Shorter ones are read: linkage tables are among them, and two reads cost more. */
const LeftOutBytesMin = 1024 * 1024;

/** Reads it. Without sections that can be left out that is all of the file. */
export async function readNeeded(file: SeekableSource): Promise<FileInParts> {
  const { lengthBytes } = file;
  const parts = [];
  let from = 0;
  for (const { offset, lengthBytes: length } of [...(await leftOut(file)), { offset: lengthBytes, lengthBytes: 0 }]) {
    if (offset > from) parts.push({ offset: from, bytes: await readUpTo(file, from, offset - from) });
    from = Math.max(from, offset + length);
  }
  return { lengthBytes, parts };
}

/** In order of their offsets. */
async function leftOut({ read, lengthBytes: fileBytes }: SeekableSource) {
  const sections = await sectionsIn(read);
  return sections
    .filter(({ type, flags, offset, lengthBytes }) => {
      const isLong = lengthBytes >= LeftOutBytesMin && offset + lengthBytes <= fileBytes;
      return isLong && type === ProgramBits && (flags & Allocated) !== 0n;
    })
    .sort((a, b) => a.offset - b.offset);
}
