// An analysis -> what it lacks names for: the files whose frames have no function, how much blocked
// time names would explain, and which offsets of each file are to be looked up. Knows nothing of where
// files are found, nor how they are read.

import { ObjectKind } from "../../assembly/format.js";
import { Edge } from "../../assembly/tables.js";
import type { Analysis, Names } from "../analysis.js";

/** A file with frames of which no function is known. */
export interface UnnamedObject {
  /** Row in objects. */
  readonly object: number;
  /** Lower-case hexadecimal; empty where none was recorded, so that nothing can be found by it. */
  readonly buildId: string;
  readonly path: string;
  readonly kind: "file" | "vdso";
  /** Distinct frames. */
  readonly frames: number;
  /**
   * Blocked time of the rows of off-CPU periods that began and ended in the window and whose user stack
   * holds at least one of the frames: each row counts once for an object, and once for every object.
   */
  readonly blockedNs: bigint;
}

/** The unnamed files of an analysis, most blocked time first, then by path and row. */
export function unnamedObjects(analysis: Analysis): UnnamedObject[] {
  const { frames, objects, offcpu, stacks } = analysis;
  const framesOf = new Map<number, number>();
  for (const frame of new Set(stacks.frame)) {
    const object = frames.object[frame]!;
    if (isUnnamed(analysis, frame)) framesOf.set(object, (framesOf.get(object) ?? 0) + 1);
  }
  const blocked = new Map<number, bigint>();
  const objectsOf = unnamedOfStacks(analysis);
  for (let row = 0; row < offcpu.length; row++) {
    if ((offcpu.edge[row] as Edge) !== Edge.None) continue;
    for (const object of objectsOf(offcpu.userStack[row]!)) {
      blocked.set(object, (blocked.get(object) ?? 0n) + offcpu.blockedNs[row]!);
    }
  }
  return [...framesOf]
    .map(([object, count]) => ({
      object,
      buildId: analysis.string(objects.buildId[object]!),
      path: analysis.string(objects.path[object]!),
      kind: (objects.kind[object] as ObjectKind) === ObjectKind.Vdso ? ("vdso" as const) : ("file" as const),
      frames: count,
      blockedNs: blocked.get(object) ?? 0n,
    }))
    .sort(byBlockedTime);
}

function byBlockedTime(a: UnnamedObject, b: UnnamedObject): number {
  if (a.blockedNs !== b.blockedNs) return a.blockedNs > b.blockedNs ? -1 : 1;
  return a.path < b.path ? -1 : a.path > b.path ? 1 : a.object - b.object;
}

/** Whether a frame is in a file, and its function is not known. */
export function isUnnamed({ frames, objects, string }: Names, frame: number): boolean {
  const kind: ObjectKind = objects.kind[frames.object[frame]!]!;
  return (kind === ObjectKind.File || kind === ObjectKind.Vdso) && string(frames.symbol[frame]!) === "";
}

/** The unnamed objects of a stack, each once. Stacks share their callers, and the sets of these. */
function unnamedOfStacks(analysis: Names): (stack: number) => readonly number[] {
  const { stacks, frames } = analysis;
  const sets: (readonly number[])[] = [[]];
  for (let node = 1; node < stacks.length; node++) {
    const before = sets[stacks.prefix[node]!]!;
    const frame = stacks.frame[node]!;
    const object = frames.object[frame]!;
    sets.push(isUnnamed(analysis, frame) && !before.includes(object) ? [...before, object] : before);
  }
  return (stack) => sets[stack] ?? [];
}

/** Of each build id, what is to be looked up: offsets in the mapped file, ascending. */
export type WantedOffsets = ReadonlyMap<string, BigUint64Array>;

/**
 * What to look up to name the frames of an analysis that have no name: of frames that stacks end with
 * the offset itself, of all others, which are return addresses, the one before it.
 */
export function wantedOffsets(names: Names): WantedOffsets {
  const { stacks, frames, objects, string } = names;
  const wanted = new Map<string, Set<bigint>>();
  const lookedUp = lookedUpOffsets(names);
  for (let node = 1; node < stacks.length; node++) {
    const frame = stacks.frame[node]!;
    if (!isUnnamed(names, frame)) continue;
    const buildId = string(objects.buildId[frames.object[frame]!]!);
    if (buildId === "") continue;
    const offsets = wanted.get(buildId) ?? new Set<bigint>();
    wanted.set(buildId, offsets.add(lookedUp(node)));
  }
  return new Map([...wanted].map(([buildId, offsets]) => [buildId, BigUint64Array.from(offsets).sort()]));
}

/**
 * The offset in its file by which the frame of a node is looked up. A node that has callees holds a
 * return address; so does one, rarely, at which another stack happens to end, and then both get the
 * name of the call. What a signal interrupted cannot be told apart here.
 */
export function lookedUpOffsets({ stacks, frames }: Names): (node: number) => bigint {
  const callers = new Uint8Array(stacks.length);
  for (let node = 1; node < stacks.length; node++) callers[stacks.prefix[node]!] = 1;
  return (node) => {
    const offset = frames.offset[stacks.frame[node]!]!;
    return callers[node] === 1 && offset > 0n ? offset - 1n : offset;
  };
}
