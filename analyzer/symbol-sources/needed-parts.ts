// Of an ELF file what naming needs: everything but long sections of code and data, which are most of a
// large program. Offsets and lengths of the file are hostile.

import type { FileInParts } from "../symbolizer.js";
import { sectionsIn } from "./elf-identity.js";
import type { ReadBytes } from "./elf-identity.js";

const ProgramBits = 1;
const Allocated = 2n;
/** Shorter ones are read: linkage tables are among them, and two reads cost more. */
const LeftOutBytesMin = 1024 * 1024;

/** Reads it; `lengthBytes` of the whole file. Without sections that can be left out that is all of it. */
export async function readNeeded(read: ReadBytes, lengthBytes: number): Promise<FileInParts> {
  const parts = [];
  let from = 0;
  for (const { offset, lengthBytes: length } of [...(await leftOut(read, lengthBytes)), { offset: lengthBytes, lengthBytes: 0 }]) {
    if (offset > from) parts.push({ offset: from, bytes: await readWhole(read, from, offset - from) });
    from = Math.max(from, offset + length);
  }
  return { lengthBytes, parts };
}

/** In order of their offsets. */
async function leftOut(read: ReadBytes, fileBytes: number) {
  const sections = await sectionsIn(read);
  return sections
    .filter(({ type, flags, offset, lengthBytes }) => {
      const isLong = lengthBytes >= LeftOutBytesMin && offset + lengthBytes <= fileBytes;
      return isLong && type === ProgramBits && (flags & Allocated) !== 0n;
    })
    .sort((a, b) => a.offset - b.offset);
}

/** Fewer bytes only where the file became shorter. */
async function readWhole(read: ReadBytes, from: number, lengthBytes: number): Promise<Uint8Array> {
  const bytes = await read(from, lengthBytes);
  if (bytes.length === lengthBytes || bytes.length === 0) return bytes;
  const rest = await readWhole(read, from + bytes.length, lengthBytes - bytes.length);
  const whole = new Uint8Array(bytes.length + rest.length);
  whole.set(bytes);
  whole.set(rest, bytes.length);
  return whole;
}
