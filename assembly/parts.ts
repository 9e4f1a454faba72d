// A recording divided among several instances (PassOption.Parts): each reads every block, so that
// strings, objects and stacks have the same ids in all of them, but follows only threads of its own.
// Which are its own is decided the same in every instance: dealing.ts deals those that the recording's
// beginning speaks of, and later ones go round in the order in which they are met.
//
// Says also where in the order of all records the one being taken stands, so that lives of several
// instances can be put into the order of one that follows them all:
//
//   epoch  which call took it (a record that comes late is taken late)   u32
//   time                                                                 u64
//   place  rank | cpu | block, in order of the file | row | first or second thread of the record
//            3     16          28                      16                1                        bits

import { TidMax } from "./format";
import { optionValue } from "./options";
import { newSparse, Sparse } from "./sparse";
import { PassOption } from "./tables";

const BlocksMax: u32 = 1 << 28;

/** Whether this instance is one of several. */
export let isDivided: bool = false;
export let parts: u32 = 1;
let part: u32 = 0;
let tidsMet: u32 = 0;

/** To be called when the options are set. */
export function startParts(): void {
  parts = max(optionValue(PassOption.Parts), 1) as u32;
  part = optionValue(PassOption.Part) as u32;
  isDivided = parts > 1;
  if (!isDivided) return;
  turns = newSparse(TidMax);
  dealt = newSparse(TidMax);
}

/** Who follows the thread of a tid, plus one. */
let dealt: Sparse = changetype<Sparse>(0);

export function deal(tid: u32, toPart: u32): void {
  dealt.set(tid, toPart + 1);
}

/** Whether the thread of a tid that is met for the first time is followed here. */
export function isOwn(tid: u32): bool {
  if (!isDivided) return true;
  const owner = dealt.get(tid);
  return (owner != 0 ? owner - 1 : tidsMet++ % parts) == part;
}

let blocksMet: u32 = 0;

/**
 * Whether the checksum of the next block is verified here. Every block's is by one of the instances:
 * where that one finds damage, which the others took for data, the parts are worth nothing, and one
 * instance has to read the recording anew (merge-parts.ts).
 */
export function checksBlock(): bool {
  return blocksMet++ % parts == part;
}

export let epoch: u32 = 0;
export let takenNs: u64 = 0;
export let place: u64 = 0;
let blocks: u32 = 0;

/** All that is taken from now on is taken later than anything before. */
export function beginEpoch(): void {
  epoch++;
}

/** The place of the first record of the next block. */
export function placeOfBlock(rank: u32, cpu: u32): u64 {
  blocks = min(blocks + 1, BlocksMax);
  return ((((rank << 16) | cpu) as u64) << 45) | ((min(blocks, BlocksMax - 1) as u64) << 17);
}

/** Whether there were more blocks than places tell apart: then the order of lives is not known. */
export function hasLostCount(): bool {
  return blocks == BlocksMax;
}

/** The record that is being taken. */
@inline
export function comeTo(timeNs: u64, placeOfRecord: u64): void {
  takenNs = timeNs;
  place = placeOfRecord;
}

/** Of its two threads, the second. */
@inline
export function comeToSecond(): void {
  place |= 1;
}

// Another instance's threads have no lives here, but whom one of them wakes may be our own. Every life
// ends with a record that all instances take, whosever thread it is, so that a tid and the count of
// such records so far name one life; which one is found out when the parts are put together.

let turns: Sparse = changetype<Sparse>(0);

/** Where `isDivided`: the life of `tid` may end. */
export function takeTurn(tid: u32): void {
  if (tid <= (TidMax as u32)) turns.set(tid, turns.get(tid) + 1); // TidOther is nobody's
}

/** Where `isDivided`: how often that was. */
export function turnOf(tid: u32): u32 {
  return turns.get(tid);
}
