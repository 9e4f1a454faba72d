// Who woke whom, and who had woken the waker: chains of wakers as a tree whose nodes are (who had
// woken it, kind, life), rows of Table.Wakers. What they ended is summed in wakeups.ts.
//
//   wakeups      A -> B ............ B -> C ............ B -> C            time -->
//   node of C's  (depth 1)           B                   B
//                (depth 2)           A;B                 A;B      as A is who woke B last

import { allocate } from "./arena";
import { HashIndex, mix, newHashIndex } from "./hash-index";
import { Life, Thread } from "./life";
import { lifeOf } from "./lives";
import { optionValue } from "./options";
import { EventKind, PassOption, WakerKind } from "./tables";
import { newVector, Vector } from "./vector";

@unmanaged
export class Waker {
  hash: u32;
  prefix: u32;
  kind: u32;
  /** Row of the life, of kind Thread. */
  life: u32;
  depth: u32;
  row: u32;
}

export const wakers: Vector<Waker> = newVector<Waker>();
const index: HashIndex = newHashIndex();

function wakerRow(prefix: u32, kind: WakerKind, life: u32): u32 {
  const hash = mix(mix(mix(0, prefix), kind), life);
  for (let slot = index.first(hash); ; slot = index.after(slot)) {
    const waker = changetype<Waker>(load<usize>(slot));
    if (changetype<usize>(waker) == 0) break;
    if (waker.hash == hash && waker.prefix == prefix && waker.kind == kind && waker.life == life) return waker.row;
  }
  const waker = changetype<Waker>(allocate(offsetof<Waker>()));
  waker.hash = hash;
  waker.prefix = prefix;
  waker.kind = kind;
  waker.life = life;
  waker.row = wakers.length;
  waker.depth = waker.row == 0 ? 0 : wakers.get(prefix).depth + 1;
  wakers.push(waker);
  index.add(changetype<usize>(waker), hash);
  return waker.row;
}

wakerRow(0, WakerKind.None, 0); // row 0: nobody

/** How many wakers are followed back; 0: none. */
export function wakerDepth(): u32 {
  const asked = min(optionValue(PassOption.WakerDepth), WakerDepthMax as u64) as u32;
  const isShown = (optionValue(PassOption.Events) >> EventKind.Period) & 1;
  return max(asked, isShown as u32);
}

/** More hops than any chain that a person reads; each costs a look-up per wakeup. */
const WakerDepthMax: u32 = 32;

/** The node of a wakeup by `waker` (a null reference: the idle thread or nobody recorded). */
export function wakerOf(waker: Thread, isIdle: bool, isInterrupt: bool, depth: u32): u32 {
  if (isIdle) return wakerRow(0, WakerKind.Idle, 0);
  if (isInterrupt) return wakerRow(0, WakerKind.Interrupt, 0);
  if (changetype<usize>(waker) == 0) return 0;
  const life = lifeOf(waker);
  return wakerRow(nearest(life.waker, depth - 1), WakerKind.Thread, life.row);
}

/** The last `depth` links of a chain. */
function nearest(row: u32, depth: u32): u32 {
  if (depth == 0 || row == 0) return 0;
  const waker = wakers.get(row);
  if (waker.depth <= depth) return row;
  return wakerRow(nearest(waker.prefix, depth - 1), waker.kind as WakerKind, waker.life);
}
