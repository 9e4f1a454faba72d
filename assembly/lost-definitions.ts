// References to definitions that the recording does not hold (their block was damaged), each once.
// They become warnings when the analysis ends, in order of kind and id.

import { BlockType } from "./format";
import { Interned, mix, newInterned } from "./hash-index";
import { compareU32, sort } from "./sort";
import { Warning } from "./tables";
import { Vector } from "./vector";
import { warn } from "./warnings";

/** Missing definitions told apart; of a recording with more, the first ones met. */
const LostDefinitionsMax: u32 = 1024;

@unmanaged
class LostDefinition {
  hash: u32;
  kind: u32;
  id: u32;
  warned: bool;

  @inline
  hasKeyOf(sought: LostDefinition): bool {
    return this.kind == sought.kind && this.id == sought.id;
  }
}

const interned: Interned<LostDefinition> = newInterned<LostDefinition>();
const rows: Vector<LostDefinition> = interned.rows;

/** Notes that definition `id` of a kind was asked for and is missing. */
export function lostDefinition(kind: BlockType, id: u32): void {
  if (rows.length == LostDefinitionsMax) return;
  const sought = interned.sought;
  sought.hash = mix(mix(0, kind), id);
  sought.kind = kind;
  sought.id = id;
  interned.intern();
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
