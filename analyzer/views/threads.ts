// Who a row is about: the names and numbers of a thread, and which host it ran on. Rows of several
// recordings are the same thread only if they are of the same boot of the same host.

import { TaskFlag } from "../../assembly/format.js";
import type { Analysis } from "../analysis.js";

/** Tells boots of hosts apart: the same for all recordings made between two reboots of a host. */
export function bootId(analysis: Analysis): string {
  const { bootId0, bootId1, bootId2, bootId3 } = analysis.recording;
  const words = [bootId0[0]!, bootId1[0]!, bootId2[0]!, bootId3[0]!];
  // Unknown ids are not equal ids: such a recording is its own host.
  if (words.every((word) => word === 0)) return analysis.source;
  return words.map((word) => word.toString(16).padStart(8, "0")).join("");
}

export function hostName(analysis: Analysis): string {
  return analysis.meta.get("host") ?? "";
}

export function isKernelThread(analysis: Analysis, thread: number): boolean {
  return (analysis.threads.flags[thread]! & TaskFlag.KernelThread) !== 0;
}
