// Paths of control groups by their ids: rows of Table.Cgroups.

import { allocate, outOfMemory } from "./arena";
import { cell, decode, Limit, openPayload } from "./columns";
import { CgroupColumn, Encoding, StringIdMax } from "./format";
import { newVector, Vector } from "./vector";

@unmanaged
export class Cgroup {
  id: u64;
  pathId: u32;
}

export const cgroups: Vector<Cgroup> = newVector<Cgroup>();

/** A Cgroup block. False if it is malformed; then nothing of it is defined. */
export function defineCgroups(from: usize, to: usize, records: u32): bool {
  if (
    !openPayload(from, to, CgroupColumn.Path + 1) ||
    !decode(CgroupColumn.Cgroup, records, Encoding.Unsigned, Limit.None) ||
    !decode(CgroupColumn.Path, records, Encoding.Unsigned, Limit.U32, StringIdMax)
  ) {
    return false;
  }
  for (let i: u32 = 0; i < records && !outOfMemory; i++) {
    const cgroup = changetype<Cgroup>(allocate(offsetof<Cgroup>()));
    cgroup.id = cell(CgroupColumn.Cgroup, i);
    cgroup.pathId = cell(CgroupColumn.Path, i) as u32;
    cgroups.push(cgroup);
  }
  return true;
}
