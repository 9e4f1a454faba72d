// The strings of an answer: rows of SymbolTable.Strings, equal text once, row 0 empty. A text is
// bytes that lie elsewhere (in a loaded object, or kept by who made them) and stay there.

import { Interned, mix, newInterned } from "../hash-index";
import { Vector } from "../vector";

@unmanaged
export class Text {
  hash: u32;
  at: usize;
  lengthBytes: u32;
  row: u32;

  @inline
  hasKeyOf(sought: Text): bool {
    return this.lengthBytes == sought.lengthBytes && memory.compare(this.at, sought.at, this.lengthBytes) == 0;
  }
}

const interned: Interned<Text> = newInterned<Text>();
export const texts: Vector<Text> = interned.rows;

/** Longer names are cut: compilers have made C++ names of this length, and none that say more. */
const TextBytesMax: usize = 65536;

/** Forgets all texts but the empty one; their rows are used again, for an instance answers many lookups. */
export function clearTexts(): void {
  interned.clear();
  textRow(0, 0);
}

/** Row of a text. */
export function textRow(at: usize, lengthBytes: usize): u32 {
  const length = min(lengthBytes, TextBytesMax) as u32;
  let hash = length;
  let i: u32 = 0;
  for (; i + 4 <= length; i += 4) hash = mix(hash, load<u32>(at + i));
  for (; i < length; i++) hash = mix(hash, load<u8>(at + i));
  const sought = interned.sought;
  sought.hash = hash;
  sought.at = at;
  sought.lengthBytes = length;
  sought.row = texts.length;
  return interned.intern().row;
}
