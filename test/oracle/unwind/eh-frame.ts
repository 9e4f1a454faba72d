// The parts of an .eh_frame section that a recording holds -> the entries that describe code. Plain
// search: the FDE of an address is looked for among all of them.

import { DwarfCursor, Encoding, NotDwarfError } from "./dwarf-cursor.js";

export interface Part {
  offset: number;
  bytes: Uint8Array;
}

export interface Cie {
  codeAlignment: bigint;
  dataAlignment: bigint;
  returnAddress: number;
  pointerEncoding: number;
  isSignalFrame: boolean;
  hasAugmentation: boolean;
  instructions: DwarfCursor;
}

export interface Fde {
  cie: Cie;
  begin: bigint;
  end: bigint;
  instructions: DwarfCursor;
}

/** An entry's content behind its length: where it lies in the section. */
interface Entry {
  offset: number;
  cursor: DwarfCursor;
}

export class EhFrame {
  private readonly fdes: Fde[] = [];
  private readonly entries = new Map<number, Entry>();

  /** `address` is the section's in the object. */
  constructor(address: bigint, parts: readonly Part[]) {
    for (const part of parts) this.readEntries(address, part);
    for (const entry of this.entries.values()) {
      const fde = orNothing(() => this.fde(entry));
      if (fde !== undefined) this.fdes.push(fde);
    }
  }

  /** Of several covering the address the one that begins last, of those the first in the section. */
  covering(address: bigint): Fde | undefined {
    return this.fdes
      .filter(({ begin, end }) => begin <= address && address < end)
      .reduce<Fde | undefined>((best, each) => (best && best.begin >= each.begin ? best : each), undefined);
  }

  private readEntries(address: bigint, { offset, bytes }: Part): void {
    let at = 0;
    while (bytes.length - at >= 4) {
      const cursor = new DwarfCursor(bytes, at, bytes.length, address + BigInt(offset));
      let lengthBytes = cursor.unsigned(4);
      if (lengthBytes === 0n) break;
      if (lengthBytes === 0xffffffffn) {
        if (bytes.length - at < 12) break;
        lengthBytes = cursor.unsigned(8);
      }
      if (lengthBytes > BigInt(bytes.length - cursor.at)) break;
      const start = offset + at;
      at = cursor.at + Number(lengthBytes);
      this.entries.set(start, { offset: offset + cursor.at, cursor: cursor.part(lengthBytes) });
    }
  }

  private fde({ offset, cursor: whole }: Entry): Fde | undefined {
    const cursor = copyOf(whole);
    const back = Number(cursor.unsigned(4));
    if (back === 0) return undefined; // a CIE
    const entry = this.entries.get(offset - back);
    const cie = entry && cieOf(copyOf(entry.cursor));
    if (cie === undefined) return undefined;
    const begin = cursor.pointer(cie.pointerEncoding);
    const range = BigInt.asUintN(64, cursor.formatted(cie.pointerEncoding & 0x0f));
    if (cie.hasAugmentation) cursor.skip(cursor.uleb());
    return { cie, begin, end: begin + range, instructions: cursor };
  }
}

function copyOf(cursor: DwarfCursor): DwarfCursor {
  const at = cursor.at;
  const copy = cursor.part(BigInt(cursor.end - at));
  cursor.at = at;
  return copy;
}

function cieOf(cursor: DwarfCursor): Cie | undefined {
  if (cursor.unsigned(4) !== 0n) return undefined;
  const version = cursor.byte();
  if (version !== 1 && version !== 3 && version !== 4) return undefined;
  const augmentation = cursor.text();
  if (version === 4 && (cursor.byte() !== 8 || cursor.byte() !== 0)) return undefined;
  const cie = {
    codeAlignment: cursor.uleb(),
    dataAlignment: cursor.sleb(),
    returnAddress: version === 1 ? cursor.byte() : Number(cursor.uleb()),
    pointerEncoding: Encoding.absolute as number,
    isSignalFrame: false,
    hasAugmentation: augmentation.startsWith("z"),
    instructions: cursor,
  };
  if (augmentation === "") return cie;
  if (!cie.hasAugmentation) return undefined;
  const data = cursor.part(cursor.uleb());
  for (const letter of augmentation.slice(1)) {
    if (letter === "R") cie.pointerEncoding = data.byte();
    else if (letter === "L") data.byte();
    else if (letter === "P") skipPointer(data);
    else if (letter === "S") cie.isSignalFrame = true;
    else if (letter !== "B") return undefined;
  }
  return cie;
}

/** The personality routine's address: not needed, but other things follow it. */
function skipPointer(data: DwarfCursor): void {
  data.formatted(data.byte() & 0x0f);
}

function orNothing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof NotDwarfError) return undefined;
    throw error;
  }
}
