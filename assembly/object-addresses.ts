// From an offset in a mapped file to the object's own address, by its program headers.

import { SectionKind } from "./format";
import { NoSection, sectionOf } from "./sections";

// Of Elf64_Phdr.
const HeaderBytes: u32 = 56;
const TypeLoad: u32 = 1;

/** The address that `findObjectAddress` found. */
export let foundAddress: u64 = 0;

/** Looks for the address of an offset in an object. False if it is not known. */
export function findObjectAddress(objectId: u32, offset: u64): bool {
  const headers = sectionOf(objectId, SectionKind.ProgramHeaders);
  if (headers == NoSection) return false;
  for (let from: u32 = 0; from + HeaderBytes <= headers.totalBytes; from += HeaderBytes) {
    const header = headers.bytesAt(from, HeaderBytes);
    if (header == 0 || load<u32>(header) != TypeLoad) continue;
    const begin = load<u64>(header, 8);
    if (offset < begin || offset - begin >= load<u64>(header, 32)) continue;
    foundAddress = offset - begin + load<u64>(header, 16);
    return true;
  }
  return false;
}
