// The strings of an answer: rows of SymbolTable.Strings, equal text once, row 0 empty. A text is
// bytes that lie elsewhere (in a loaded object, or kept by who made them) and stay there.

import { allocate } from "../arena";
import { HashIndex, mix, newHashIndex } from "../hash-index";
import { newVector, Vector } from "../vector";

@unmanaged
export class Text {
  hash: u32;
  at: usize;
  lengthBytes: u32;
  row: u32;
}

export const texts: Vector<Text> = newVector<Text>();
const index: HashIndex = newHashIndex();
/** Texts of answers before, to be used again: an instance answers many lookups. */
const made: Vector<Text> = newVector<Text>();

/** Longer names are cut: compilers have made C++ names of this length, and none that say more. */
const TextBytesMax: usize = 65536;

/** Forgets all texts but the empty one. */
export function clearTexts(): void {
  texts.length = 0;
  index.clear();
  textRow(0, 0);
}

/** Row of a text. */
export function textRow(at: usize, lengthBytes: usize): u32 {
  const length = min(lengthBytes, TextBytesMax) as u32;
  let hash = length;
  let i: u32 = 0;
  for (; i + 4 <= length; i += 4) hash = mix(hash, load<u32>(at + i));
  for (; i < length; i++) hash = mix(hash, load<u8>(at + i));
  for (let slot = index.first(hash); ; slot = index.after(slot)) {
    const row = changetype<Text>(load<usize>(slot));
    if (changetype<usize>(row) == 0) break;
    if (row.hash == hash && row.lengthBytes == length && memory.compare(row.at, at, length) == 0) return row.row;
  }
  const text = textToFill(texts.length);
  text.hash = hash;
  text.at = at;
  text.lengthBytes = length;
  text.row = texts.length;
  texts.push(text);
  index.add(changetype<usize>(text), hash);
  return text.row;
}

function textToFill(row: u32): Text {
  if (row < made.length) return made.get(row);
  const text = changetype<Text>(allocate(offsetof<Text>()));
  made.push(text);
  return text;
}
