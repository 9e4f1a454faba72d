// Who a row is about: the names and numbers of a thread, and which host it ran on. Rows of several
// recordings are the same thread only if they are of the same boot of the same host.

import { TaskFlag } from "../../assembly/format.js";
import type { Names } from "../analysis.js";

/** Tells boots of hosts apart: the same for all recordings made between two reboots of a host. */
export function bootId(names: Names): string {
  const { bootId0, bootId1, bootId2, bootId3 } = names.recording;
  const words = [bootId0[0]!, bootId1[0]!, bootId2[0]!, bootId3[0]!];
  // Unknown ids are not equal ids: such a recording is its own host.
  if (words.every((word) => word === 0)) return names.source;
  return words.map((word) => word.toString(16).padStart(8, "0")).join("");
}

export function hostName(names: Names): string {
  return names.meta.get("host") ?? "";
}

export function isKernelThread(names: Names, thread: number): boolean {
  return (names.threads.flags[thread]! & TaskFlag.KernelThread) !== 0;
}

/** By recording: the paths of its cgroups by their ids. */
const cgroupPaths = new WeakMap<Names, ReadonlyMap<bigint, string>>();

/** The cgroup a thread was in: its path where that is known, else its id; "" where neither is. */
export function cgroupName(names: Names, thread: number): string {
  const id = names.threads.cgroup[thread]!;
  if (id === 0n) return "";
  let paths = cgroupPaths.get(names);
  if (paths === undefined) cgroupPaths.set(names, (paths = readCgroupPaths(names)));
  return paths.get(id) ?? String(id);
}

/** Of several definitions of an id the first holds. */
function readCgroupPaths({ cgroups, string }: Names): ReadonlyMap<bigint, string> {
  const paths = new Map<bigint, string>();
  for (let row = 0; row < cgroups.length; row++) {
    const id = cgroups.id[row]!;
    if (!paths.has(id)) paths.set(id, string(cgroups.path[row]!));
  }
  return paths;
}
