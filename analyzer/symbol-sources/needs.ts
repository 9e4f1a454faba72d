// An analysis -> what names could still be found for: its mapped files, how many of their frames have
// no function, how much blocked time names would explain, and which offsets of each file to look up.
// Knows nothing of where files are found, nor how they are read.

import { ObjectKind } from "../../assembly/format.js";
import { Edge } from "../../assembly/tables.js";
import type { Analysis, Names } from "../analysis.js";

/** What the frames in one mapped file have, and lack. */
export interface SymbolNeed {
  /** Row in objects. */
  readonly object: number;
  /** Lower-case hexadecimal; empty where none was recorded, so that nothing can be found by it. */
  readonly buildId: string;
  readonly path: string;
  readonly kind: "file" | "vdso";
  /** Distinct frames that are on stacks. */
  readonly frames: number;
  /** Of them, those of which no function is known. */
  readonly unnamed: number;
  /** Of them, those of which the source line is known. */
  readonly withLines: number;
  /**
   * Blocked time of the rows of off-CPU periods that began and ended in the window and whose user stack
   * holds at least one of the unnamed frames: each row counts once for an object, and once for every object.
   */
  readonly blockedNs: bigint;
}

/** Needs of all files that occur in stacks: most blocked time without names first, then by path and row. */
export function symbolNeeds(analysis: Analysis): SymbolNeed[] {
  const { frames, objects, string } = analysis;
  const sums = new Map<number, { frames: number; unnamed: number; withLines: number }>();
  for (const frame of new Set(analysis.stacks.frame)) {
    if (!isInFile(analysis, frame) || frames.inlined[frame] === 1) continue;
    const object = frames.object[frame]!;
    const sum = sums.get(object) ?? { frames: 0, unnamed: 0, withLines: 0 };
    sums.set(object, sum);
    sum.frames++;
    if (isUnnamed(analysis, frame)) sum.unnamed++;
    if (hasLine(analysis, frame)) sum.withLines++;
  }
  const blockedNs = unnamedTimes(analysis);
  return [...sums]
    .map(([object, sum]) => ({
      object,
      buildId: string(objects.buildId[object]!),
      path: string(objects.path[object]!),
      kind: (objects.kind[object] as ObjectKind) === ObjectKind.Vdso ? ("vdso" as const) : ("file" as const),
      ...sum,
      blockedNs: blockedNs.get(object) ?? 0n,
    }))
    .sort(byBlockedTime);
}

function byBlockedTime(a: SymbolNeed, b: SymbolNeed): number {
  if (a.blockedNs !== b.blockedNs) return a.blockedNs > b.blockedNs ? -1 : 1;
  return a.path < b.path ? -1 : a.path > b.path ? 1 : a.object - b.object;
}

/** Whether a frame is in a file, and its function is not known. */
export function isUnnamed(names: Names, frame: number): boolean {
  return isInFile(names, frame) && names.frames.symbol[frame] === 0;
}

/** Whether files can tell more of a frame than is known: a function, or where in the source it is. */
export function isNameable(names: Names, frame: number): boolean {
  const isBare = names.frames.inlined[frame] === 0 && !hasLine(names, frame);
  return isBare && isInFile(names, frame) && buildIdOf(names, frame) !== "";
}

function isInFile({ frames, objects }: Names, frame: number): boolean {
  const kind: ObjectKind = objects.kind[frames.object[frame]!]!;
  return kind === ObjectKind.File || kind === ObjectKind.Vdso;
}

function hasLine({ frames }: Names, frame: number): boolean {
  return frames.file[frame] !== 0 || frames.line[frame] !== 0;
}

/** Of the object that a frame is in. */
export function buildIdOf({ frames, objects, string }: Names, frame: number): string {
  return string(objects.buildId[frames.object[frame]!]!);
}

function unnamedTimes(analysis: Analysis): ReadonlyMap<number, bigint> {
  const { offcpu } = analysis;
  const times = new Map<number, bigint>();
  const objectsOf = unnamedOfStacks(analysis);
  for (let row = 0; row < offcpu.length; row++) {
    if ((offcpu.edge[row] as Edge) !== Edge.None) continue;
    for (const object of objectsOf(offcpu.userStack[row]!)) {
      times.set(object, (times.get(object) ?? 0n) + offcpu.blockedNs[row]!);
    }
  }
  return times;
}

/** The objects with unnamed frames of a stack, each once. Stacks share their callers, and the sets of these. */
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
 * What to look up for the frames of an analysis that files can tell more of, or of those only for which
 * `isWanted` holds: of frames that stacks end with the offset itself, of all others, which are return
 * addresses, the one before it.
 */
export function wantedOffsets(names: Names, isWanted: (names: Names, frame: number) => boolean = isNameable): WantedOffsets {
  const { stacks } = names;
  const wanted = new Map<string, Set<bigint>>();
  const lookedUp = lookedUpOffsets(names);
  for (let node = 1; node < stacks.length; node++) {
    const frame = stacks.frame[node]!;
    if (!isNameable(names, frame) || !isWanted(names, frame)) continue;
    const buildId = buildIdOf(names, frame);
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
