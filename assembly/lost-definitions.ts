// References to definitions that the recording does not hold (their block was damaged), each once.
// They become warnings when the analysis ends, in order of kind and id.

import { allocate } from "./arena";
import { BlockType } from "./format";
import { HashIndex, mix, newHashIndex } from "./hash-index";
import { compareU32, sort } from "./sort";
import { Warning } from "./tables";
import { newVector, Vector } from "./vector";
import { warn } from "./warnings";

/** Missing definitions told apart; of a recording with more, the first ones met. */
const LostDefinitionsMax: u32 = 1024;

@unmanaged
class LostDefinition {
  hash: u32;
  kind: u32;
  id: u32;
  warned: bool;
}

const rows: Vector<LostDefinition> = newVector<LostDefinition>();
const index: HashIndex = newHashIndex();

/** Notes that definition `id` of a kind was asked for and is missing. */
export function lostDefinition(kind: BlockType, id: u32): void {
  if (rows.length == LostDefinitionsMax) return;
  const hash = mix(mix(0, kind), id);
  for (let slot = index.first(hash); ; slot = index.after(slot)) {
    const row = changetype<LostDefinition>(load<usize>(slot));
    if (changetype<usize>(row) == 0) break;
    if (row.kind == (kind as u32) && row.id == id) return;
  }
  const row = changetype<LostDefinition>(allocate(offsetof<LostDefinition>()));
  row.hash = hash;
  row.kind = kind;
  row.id = id;
  rows.push(row);
  index.add(changetype<usize>(row), hash);
}

function compare(a: usize, b: usize): i32 {
  const left = changetype<LostDefinition>(a);
  const right = changetype<LostDefinition>(b);
  const byKind = compareU32(left.kind, right.kind);
  return byKind != 0 ? byKind : compareU32(left.id, right.id);
}

/** Warns of those that were not warned of yet: tables may be made more than once. */
export function warnLostDefinitions(): void {
  sort(rows.at, rows.length, compare);
  for (let i: u32 = 0; i < rows.length; i++) {
    const row = rows.get(i);
    if (!row.warned) warn(Warning.LostDefinition, 0, row.kind, row.id);
    row.warned = true;
  }
}
