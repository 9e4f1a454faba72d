// What is due, a slice of time at a time, for passes that are read while they go on: so much that a
// slice has about SliceRows events, however fast the recording's go by.

import { handOutEvents, pendingEvents } from "./event-rows";
import { dueBeforeNs, earliestWaitingNs, takeThrough } from "./merge";
import { Progress } from "./tables";
import { after, recordingStartNs, takenThroughNs } from "./window";

const SliceRows: u32 = 16384;
const SliceNsMin: u64 = 1 << 12;
const SliceNsMax: u64 = 1 << 40;

let sliceNs: u64 = 1 << 20;

/** Until when what is due has been taken. */
export let takenBeforeNs: u64 = 0;

/** Takes a slice of what is due before `beforeNs` after the recording's start. */
export function takeSlice(beforeNs: u64): Progress {
  // A recording that keeps too much waiting may have been taken from while it was read.
  if (pendingEvents() != 0) {
    handOutEvents();
    return Progress.Taken;
  }
  const limitNs = min(dueBeforeNs, after(recordingStartNs, beforeNs));
  if (limitNs == 0 || earliestWaitingNs >= limitNs || earliestWaitingNs > takenThroughNs) {
    takenBeforeNs = max(takenBeforeNs, limitNs);
    return Progress.Idle;
  }
  const throughNs = min(limitNs - 1, after(earliestWaitingNs, sliceNs));
  takeThrough(throughNs);
  takenBeforeNs = throughNs + 1;
  const rows = pendingEvents();
  if (rows > SliceRows && sliceNs > SliceNsMin) sliceNs >>= 1;
  else if (rows < SliceRows / 4 && sliceNs < SliceNsMax) sliceNs <<= 1;
  handOutEvents();
  return Progress.Taken;
}
