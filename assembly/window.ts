// The observed window: the recording's own, or the part of it that a pass is asked for ("Part of a
// recording" of FORMAT.md). Events outside are passed over as if they had never been recorded.

import { optionValue } from "./options";
import { PassOption } from "./tables";

/** When the recording began. */
export let recordingStartNs: u64 = 0;
export let windowStartNs: u64 = 0;
/** Whether the window begins later than the recording: then events before it are not taken. */
export let beginsInside: bool = false;
/** Events from here on are taken, */
export let takenFromNs: u64 = 0;
/** up to here. */
export let takenThroughNs: u64 = u64.MAX_VALUE;

export function startWindow(startNs: u64): void {
  recordingStartNs = startNs;
  const fromNs = optionValue(PassOption.From);
  const toNs = optionValue(PassOption.To);
  windowStartNs = after(startNs, fromNs);
  takenThroughNs = toNs == 0 ? u64.MAX_VALUE : after(startNs, toNs) - 1;
  beginsInside = fromNs != 0;
  takenFromNs = beginsInside ? windowStartNs : 0;
}

/** `fromNs` plus `ns`; what would be beyond 2^64 is there. */
export function after(fromNs: u64, ns: u64): u64 {
  return fromNs + min(ns, u64.MAX_VALUE - fromNs);
}

/** Whether nothing of the time from `firstNs` to `lastNs` is in the window. */
@inline
export function isOutside(firstNs: u64, lastNs: u64): bool {
  return lastNs < takenFromNs || firstNs > takenThroughNs;
}

/** The end of the window in a recording that goes on until `lastNs`. */
export function windowEnd(lastNs: u64): u64 {
  return max(windowStartNs, min(lastNs, after(takenThroughNs, 1)));
}
