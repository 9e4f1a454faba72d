// Stable merge sort of pointers (or any words) by a comparison. Stable and total, so that the same
// recording gives the same rows in the same order, and without recursion on hostile input.

import { borrow, giveBack } from "./arena";

/** Below, at or above 0 as `a` comes before, with or after `b`. */
export type Comparison = (a: usize, b: usize) => i32;

/** Sorts `count` words at `words`. Leaves them as they are where memory is refused. */
export function sort(words: usize, count: u32, compare: Comparison): void {
  if (inOrder(words, count, compare)) return;
  const lengthBytes = (count as usize) << 2;
  const buffer = borrow(lengthBytes);
  if (buffer == 0) return;
  let from = words;
  let to = buffer;
  for (let run: usize = 4; run < lengthBytes; run <<= 1) {
    for (let left: usize = 0; left < lengthBytes; left += run << 1) {
      mergeRuns(from, to, left, min(left + run, lengthBytes), min(left + (run << 1), lengthBytes), compare);
    }
    const swapped = from;
    from = to;
    to = swapped;
  }
  if (from != words) memory.copy(words, from, lengthBytes);
  giveBack(buffer, lengthBytes);
}

function inOrder(words: usize, count: u32, compare: Comparison): bool {
  for (let i: u32 = 1; i < count; i++) {
    const at = words + ((i as usize) << 2);
    if (compare(load<usize>(at - 4), load<usize>(at)) > 0) return false;
  }
  return true;
}

function mergeRuns(from: usize, to: usize, left: usize, middle: usize, right: usize, compare: Comparison): void {
  let a = left;
  let b = middle;
  for (let at = left; at < right; at += 4) {
    const takeLeft = a < middle && (b >= right || compare(load<usize>(from + a), load<usize>(from + b)) <= 0);
    store<usize>(to + at, load<usize>(from + (takeLeft ? a : b)));
    if (takeLeft) a += 4;
    else b += 4;
  }
}

@inline
export function compareU32(a: u32, b: u32): i32 {
  return i32(a > b) - i32(a < b);
}

@inline
export function compareI32(a: i32, b: i32): i32 {
  return i32(a > b) - i32(a < b);
}

@inline
export function compareU64(a: u64, b: u64): i32 {
  return i32(a > b) - i32(a < b);
}
