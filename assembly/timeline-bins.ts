// The bins of the timelines (timeline.ts, call-timeline.ts), and what of a span of time lies in which: a
// head that begins within a bin, bins that it fills from end to end, and a tail that ends within one.

import { optionValue } from "./options";
import { PassOption } from "./tables";
import { windowStartNs } from "./window";

/** So that a time within a bin fits its column. */
const BinNsMax: u64 = u32.MAX_VALUE;
const BinsMax: u64 = u32.MAX_VALUE;

/** Length of a bin, 0 where none are asked for. */
export let timelineBinNs: u64 = 0;

/** Whether the pass is asked for it. */
@inline
export function drawsTimeline(): bool {
  return timelineBinNs != 0;
}

/** To be called when the options are set. */
export function startTimeline(): void {
  timelineBinNs = min(optionValue(PassOption.BinNs), BinNsMax);
}

// Of the span that was divided last. Where a length is 0 there is no such part.
export let headBin: u32 = 0;
export let headNs: u64 = 0;
export let wholeBin: u32 = 0;
export let wholeBins: u32 = 0;
export let tailBin: u32 = 0;
export let tailNs: u64 = 0;

/** Divides what is between two times of the window. False where that is beyond the last bin. */
export function divide(fromNs: u64, toNs: u64): bool {
  const from = fromNs - windowStartNs;
  const to = toNs - windowStartNs;
  const first = from / timelineBinNs;
  const last = to / timelineBinNs;
  if (last >= BinsMax) return false;
  const begunNs = from - first * timelineBinNs;
  headBin = first as u32;
  tailBin = last as u32;
  if (first == last) {
    headNs = to - from;
    wholeBins = 0;
    tailNs = 0;
    return true;
  }
  headNs = begunNs == 0 ? 0 : timelineBinNs - begunNs;
  wholeBin = (begunNs == 0 ? first : first + 1) as u32;
  wholeBins = (last as u32) - wholeBin;
  tailNs = to - last * timelineBinNs;
  return true;
}
