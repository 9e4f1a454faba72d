// What is due, a slice of time at a time, for passes that are read while they go on: so much that a
// slice has about SliceRows events, however fast the recording's go by.

import { outOfMemory } from "./arena";
import { handOutEvents, pendingEvents } from "./event-rows";
import { earliestWaitingNs, endSyncIfTaken, isDueBefore, metBeforeNs, syncNs, takeRest, takeSome } from "./merge";
import { isReadToTheEnd, readBytes, readOn } from "./reader";
import { Progress } from "./tables";
import { after, recordingStartNs } from "./window";

const SliceRows: u32 = 16384;
const SliceNsMin: u64 = 1 << 12;
const SliceNsMax: u64 = 1 << 40;

let sliceNs: u64 = 1 << 20;

/** Until when what is due has been taken. */
export let takenBeforeNs: u64 = 0;

/** Takes a slice of what is due before `beforeNs` after the recording's start; reads on to find it. */
export function takeSlice(beforeNs: u64): Progress {
  const untilNs = after(recordingStartNs, beforeNs);
  while (!outOfMemory) {
    // A recording that keeps too much waiting is taken from while it is read.
    if (pendingEvents() != 0) return handOut();
    if (isDueBefore(untilNs)) {
      takeUpTo(min(min(syncNs, untilNs) - 1, after(earliestWaitingNs, sliceNs)));
      return handOut();
    }
    takenBeforeNs = max(takenBeforeNs, min(metBeforeNs, untilNs));
    endSyncIfTaken();
    if (untilNs <= metBeforeNs && untilNs != u64.MAX_VALUE) break;
    if (!findMore()) break;
  }
  return Progress.Idle;
}

function handOut(): Progress {
  handOutEvents();
  return Progress.Taken;
}

function takeUpTo(throughNs: u64): void {
  takeSome(throughNs);
  takenBeforeNs = after(throughNs, 1);
  const rows = pendingEvents();
  if (rows > SliceRows && sliceNs > SliceNsMin) sliceNs >>= 1;
  else if (rows < SliceRows / 4 && sliceNs < SliceNsMax) sliceNs <<= 1;
}

/** Reads on, if there is anything to read. At the end of the recording everything is due. */
function findMore(): bool {
  const readBefore = readBytes();
  const metBefore = metBeforeNs;
  readOn();
  if (isReadToTheEnd()) takeRest();
  return readBytes() != readBefore || metBeforeNs != metBefore;
}
