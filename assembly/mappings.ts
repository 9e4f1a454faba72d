// Which object was mapped at an address of a process at a moment ("Mappings of a frame" of
// FORMAT.md). Map blocks and the Fork and Exec records of Task blocks only add rows here; once the
// recording has ended they are sorted by process and time and asked, once per distinct frame.

import { allocate, outOfMemory } from "./arena";
import { cell, decode, Limit, openPayload } from "./columns";
import { Encoding, GenerationsMax, MapColumn, ObjectIdMax } from "./format";
import { compareU32, compareU64, sort } from "./sort";
import { newVector, Vector } from "./vector";

/** `parent` of a beginning by Exec: nobody's mappings are inherited. */
export const NoParent: u32 = 0xffffffff;

/** Rows of both kinds begin alike, so that one search serves both. */
@unmanaged
class Moment {
  timeNs: u64;
  pid: u32;
}

@unmanaged
export class Mapping extends Moment {
  objectId: u32;
  start: u64;
  lengthBytes: u64;
  fileOffset: u64;

  @inline
  covers(address: u64): bool {
    return address - this.start < this.lengthBytes && address >= this.start;
  }
}

/** From here on the process has only the mappings it makes, or inherits from its parent. */
@unmanaged
class Beginning extends Moment {
  parent: u32;
}

const mappings: Vector<Mapping> = newVector<Mapping>();
const beginnings: Vector<Beginning> = newVector<Beginning>();

/** A Map block. False if it is malformed; then nothing of it is defined. */
export function defineMappings(from: usize, to: usize, records: u32): bool {
  if (
    !openPayload(from, to, MapColumn.Object + 1) ||
    !decode(MapColumn.Time, records, Encoding.Delta, Limit.None) ||
    !decode(MapColumn.Pid, records, Encoding.Unsigned, Limit.Tid) ||
    !decode(MapColumn.Start, records, Encoding.Delta, Limit.None) ||
    !decode(MapColumn.Length, records, Encoding.Unsigned, Limit.None) ||
    !decode(MapColumn.FileOffset, records, Encoding.Unsigned, Limit.None) ||
    !decode(MapColumn.Object, records, Encoding.Unsigned, Limit.U32, ObjectIdMax)
  ) {
    return false;
  }
  for (let i: u32 = 0; i < records && !outOfMemory; i++) {
    const mapping = changetype<Mapping>(allocate(offsetof<Mapping>()));
    mapping.timeNs = cell(MapColumn.Time, i);
    mapping.pid = cell(MapColumn.Pid, i) as u32;
    mapping.start = cell(MapColumn.Start, i);
    mapping.lengthBytes = cell(MapColumn.Length, i);
    mapping.fileOffset = cell(MapColumn.FileOffset, i);
    mapping.objectId = cell(MapColumn.Object, i) as u32;
    mappings.push(mapping);
  }
  return true;
}

export function addBeginning(pid: u32, timeNs: u64, parent: u32): void {
  const beginning = changetype<Beginning>(allocate(offsetof<Beginning>()));
  beginning.pid = pid;
  beginning.timeNs = timeNs;
  beginning.parent = parent;
  beginnings.push(beginning);
}

function compareMoments(a: usize, b: usize): i32 {
  const left = changetype<Moment>(a);
  const right = changetype<Moment>(b);
  const byPid = compareU32(left.pid, right.pid);
  return byPid != 0 ? byPid : compareU64(left.timeNs, right.timeNs);
}

let sorted: u32 = 0;

/** To be called when everything is defined (or all there is so far), before the questions below. */
export function sortMappings(): void {
  if (sorted == mappings.length + beginnings.length) return;
  sorted = mappings.length + beginnings.length;
  sort(mappings.at, mappings.length, compareMoments);
  sort(beginnings.at, beginnings.length, compareMoments);
}

/** First row behind all of `pid` up to and including `timeNs`. */
function behind(rows: Vector<Mapping>, pid: u32, timeNs: u64): u32 {
  let low: u32 = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const row = rows.get(middle);
    if (row.pid < pid || (row.pid == pid && row.timeNs <= timeNs)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Names what the answers for a process depend on at a moment: while it stays the same, so do they,
 * save for a mapping inherited from a parent, which depends on the beginning alone.
 */
export function epochOf(pid: u32, timeNs: u64): u64 {
  return ((behind(beginningRows(), pid, timeNs) as u64) << 32) | (behind(mappings, pid, timeNs) as u64);
}

/** Both kinds begin with a Moment, and `behind` looks at nothing else. */
@inline
function beginningRows(): Vector<Mapping> {
  return changetype<Vector<Mapping>>(changetype<usize>(beginnings));
}

function beginningOf(pid: u32, timeNs: u64): Beginning {
  const after = behind(beginningRows(), pid, timeNs);
  if (after != 0) {
    const beginning = beginnings.get(after - 1);
    if (beginning.pid == pid) return beginning;
  }
  return changetype<Beginning>(0);
}

/** The mapping covering `address`, as a null reference if there is none. */
export function mappingOf(pid: u32, timeNs: u64, address: u64): Mapping {
  let askedPid = pid;
  let askedNs = timeNs;
  for (let generation = 0; generation < GenerationsMax; generation++) {
    const beginning = beginningOf(askedPid, askedNs);
    const began = changetype<usize>(beginning) != 0;
    const found = latestCovering(askedPid, began ? beginning.timeNs : 0, askedNs, address);
    if (changetype<usize>(found) != 0) return found;
    if (!began || beginning.parent == NoParent) break;
    askedPid = beginning.parent;
    askedNs = beginning.timeNs;
  }
  return earliestCovering(pid, timeNs, address);
}

function latestCovering(pid: u32, fromNs: u64, toNs: u64, address: u64): Mapping {
  for (let i = behind(mappings, pid, toNs); i > 0; i--) {
    const mapping = mappings.get(i - 1);
    if (mapping.pid != pid || mapping.timeNs < fromNs) break;
    if (mapping.covers(address)) return mapping;
  }
  return changetype<Mapping>(0);
}

function earliestCovering(pid: u32, afterNs: u64, address: u64): Mapping {
  for (let i = behind(mappings, pid, afterNs); i < mappings.length; i++) {
    const mapping = mappings.get(i);
    if (mapping.pid != pid) break;
    if (mapping.covers(address)) return mapping;
  }
  return changetype<Mapping>(0);
}
