// The parts of an ELF file that a recording keeps of it, as records of a Section block. For tests:
// the recorder has its own reader.

import * as format from "../../oracle/format.js";

export interface SectionInput {
  object: number;
  kind: number;
  address: bigint;
  total: number;
  offset: number;
  bytes: Uint8Array;
}

const kindOfName: { readonly [name: string]: number } = {
  ".eh_frame": format.SectionKind.EhFrame,
  ".symtab": format.SectionKind.Symtab,
  ".strtab": format.SectionKind.Strtab,
  ".dynsym": format.SectionKind.Dynsym,
  ".dynstr": format.SectionKind.Dynstr,
};
/** What a block holds at most, with room for its other columns. */
const sectionBytesMax = format.blockRawBytesMax - 4096;

/** Of a 64-bit little-endian file; sections that no block could hold are left out. */
export function sectionsOfElf(object: number, file: Uint8Array): SectionInput[] {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const number = (at: number): number => Number(view.getBigUint64(at, true));
  const whole = (kind: number, address: bigint, offset: number, total: number): SectionInput => {
    return { object, kind, address, total, offset: 0, bytes: file.subarray(offset, offset + total) };
  };
  const sections = [
    whole(format.SectionKind.ProgramHeaders, 0n, number(32), view.getUint16(54, true) * view.getUint16(56, true)),
  ];
  const headers = Array.from({ length: view.getUint16(60, true) }, (_, i) => number(40) + i * view.getUint16(58, true));
  const names = number(headers[view.getUint16(62, true)]! + 24);
  for (const header of headers) {
    const from = names + view.getUint32(header, true);
    const kind = kindOfName[Buffer.from(file.subarray(from, file.indexOf(0, from))).toString("latin1")];
    const total = number(header + 32);
    const isInFile = view.getUint32(header + 4, true) !== 8; // SHT_NOBITS
    if (kind === undefined || !isInFile || total > sectionBytesMax) continue;
    sections.push(whole(kind, view.getBigUint64(header + 16, true), number(header + 24), total));
  }
  return sections;
}
