// Who woke whom, and who had woken the waker: chains of wakers as a tree whose nodes are (who had
// woken it, kind, life), rows of Table.Wakers. What they ended is summed in wakeups.ts.
//
//   wakeups      A -> B ............ B -> C ............ B -> C            time -->
//   node of C's  (depth 1)           B                   B
//                (depth 2)           A;B                 A;B      as A is who woke B last

import { TidOther } from "./format";
import { Interned, mix, newInterned } from "./hash-index";
import { Life, Thread } from "./life";
import { lifeOf } from "./lives";
import { optionValue } from "./options";
import { epoch, place, takenNs, turnOf } from "./parts";
import { EventKind, PassOption, WakerKind } from "./tables";
import { Vector } from "./vector";

@unmanaged
export class Waker {
  hash: u32;
  prefix: u32;
  kind: u32;
  /** Row of the life, of kind Thread. */
  life: u32;
  depth: u32;
  row: u32;
  /** Where in the order of all records it first woke anyone: see parts.ts. */
  firstNs: u64;
  firstPlace: u64;
  firstEpoch: u32;

  @inline
  hasKeyOf(sought: Waker): bool {
    return this.prefix == sought.prefix && this.kind == sought.kind && this.life == sought.life;
  }
}

const interned: Interned<Waker> = newInterned<Waker>();
export const wakers: Vector<Waker> = interned.rows;

function wakerRow(prefix: u32, kind: WakerKind, life: u32): u32 {
  const sought = interned.sought;
  sought.hash = mix(mix(mix(0, prefix), kind), life);
  sought.prefix = prefix;
  sought.kind = kind;
  sought.life = life;
  sought.row = wakers.length;
  sought.depth = wakers.length == 0 ? 0 : wakers.get(prefix).depth + 1;
  return interned.intern().row;
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

/**
 * The node of a wakeup by the thread of `tid`, where several instances divide the recording: a thread
 * is named by its tid and turn, and only one waker is followed back.
 */
export function wakerOfPart(tid: u32, isIdle: bool, isInterrupt: bool): u32 {
  if (!isIdle && !isInterrupt && (tid == 0 || tid == (TidOther as u32))) return 0;
  const kind = isIdle ? WakerKind.Idle : isInterrupt ? WakerKind.Interrupt : WakerKind.Thread;
  const sought = interned.sought;
  sought.prefix = kind == WakerKind.Thread ? turnOf(tid) : 0;
  sought.kind = kind;
  sought.life = kind == WakerKind.Thread ? tid : 0;
  sought.hash = mix(mix(mix(0, sought.prefix), kind), sought.life);
  sought.row = wakers.length;
  sought.depth = 1;
  sought.firstEpoch = epoch;
  sought.firstNs = takenNs;
  sought.firstPlace = place;
  return interned.intern().row;
}

/** The last `depth` links of a chain. */
function nearest(row: u32, depth: u32): u32 {
  if (depth == 0 || row == 0) return 0;
  const waker = wakers.get(row);
  if (waker.depth <= depth) return row;
  return wakerRow(nearest(waker.prefix, depth - 1), waker.kind as WakerKind, waker.life);
}
