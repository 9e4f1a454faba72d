// The call trees of a recording's parts as the one tree that a single instance would have made: a node
// is a caller's node, a frame and how the stacks that end in it were found, and nodes are in order of (the least id of the recording's stacks
// that they are on the way to, how far they are from the root). Frames are in the order in which nodes
// first name them.

import type { RecordingPart } from "./recording-part.js";
import type { FramesTable, StacksTable } from "./tables.js";
import { gather } from "./merge-tables.js";

export interface MergedStacks {
  readonly stacks: StacksTable;
  /** By part and row of its stacks: the row in the whole. */
  readonly rows: readonly Uint32Array[];
  /** By row of the whole's frames: one of the parts' rows that is this frame. */
  readonly frameParts: readonly FrameOfPart[];
}

interface FrameOfPart {
  readonly part: number;
  readonly row: number;
}

/** Nodes of all parts, numbered as they are met. A caller's node is met before those it calls. */
class Nodes {
  readonly prefix: number[] = [];
  readonly frame: number[] = [];
  readonly flags: number[] = [];
  readonly how: number[] = [];
  readonly id: number[] = [];
  readonly depth: number[] = [];
  /** By StackHow, then by prefix and frame. */
  readonly #numbers: Map<number, number>[] = [];

  /** `frames`: how many there are at most. */
  constructor(readonly frames: number) {}

  numberOf(prefix: number, frame: number, how: number, isEmpty: boolean): number {
    // Below 2^53: there are fewer than 2^26 of either in 4 GiB.
    const key = isEmpty ? -1 : prefix * this.frames + frame;
    const numbers = (this.#numbers[how] ??= new Map());
    const known = numbers.get(key);
    if (known !== undefined) return known;
    const number = this.prefix.length;
    numbers.set(key, number);
    this.prefix.push(prefix);
    this.frame.push(frame);
    this.flags.push(0);
    this.how.push(how);
    this.id.push(Infinity);
    this.depth.push(isEmpty ? 0 : this.depth[prefix]! + 1);
    return number;
  }
}

export function mergeStacks(parts: readonly RecordingPart[]): MergedStacks {
  const { frameOf, places } = internFrames(parts.map(({ analysis }) => analysis.frames));
  const nodes = new Nodes(places.length);
  const numbers = parts.map(({ analysis: { stacks }, stackIds }, part) => {
    const number = new Uint32Array(stacks.length);
    for (let row = 0; row < stacks.length; row++) {
      const frame = frameOf[part]![stacks.frame[row]!]!;
      const node = nodes.numberOf(number[stacks.prefix[row]!]!, frame, stacks.how[row]!, row === 0);
      number[row] = node;
      nodes.flags[node]! |= stacks.flags[row]!;
      nodes.id[node] = Math.min(nodes.id[node]!, stackIds.id[row]!);
    }
    return number;
  });
  const order = Uint32Array.from(nodes.id.keys()).sort(
    (a, b) => nodes.id[a]! - nodes.id[b]! || nodes.depth[a]! - nodes.depth[b]!,
  );
  const rowOf = new Uint32Array(order.length);
  order.forEach((node, row) => (rowOf[node] = row));
  const used = firstUses(order, nodes, places);
  return {
    stacks: {
      length: order.length,
      prefix: order.map((node) => rowOf[nodes.prefix[node]!]!),
      frame: order.map((node) => used.rowOf.get(nodes.frame[node]!)!),
      flags: Uint8Array.from(order, (node) => nodes.flags[node]!),
      how: Uint8Array.from(order, (node) => nodes.how[node]!),
    },
    rows: numbers.map((number) => number.map((node) => rowOf[node]!)),
    frameParts: used.frames,
  };
}

/** Frames in the order in which nodes name them. */
function firstUses(order: Uint32Array, { frame }: Nodes, places: readonly FrameOfPart[]) {
  const rowOf = new Map<number, number>();
  const frames: FrameOfPart[] = [];
  for (const node of order) {
    if (rowOf.has(frame[node]!)) continue;
    rowOf.set(frame[node]!, frames.length);
    frames.push(places[frame[node]!]!);
  }
  return { rowOf, frames };
}

/** Equal frames of all parts under one number. */
function internFrames(tables: readonly FramesTable[]) {
  const numbers = new Map<string, number>();
  const places: FrameOfPart[] = [];
  const frameOf = tables.map(({ length, ...columns }, part) => {
    const numberOf = new Uint32Array(length);
    const values = Object.values(columns);
    for (let row = 0; row < length; row++) {
      const key = values.map((column) => column[row]).join(" ");
      let number = numbers.get(key);
      if (number === undefined) {
        number = places.length;
        numbers.set(key, number);
        places.push({ part, row });
      }
      numberOf[row] = number;
    }
    return numberOf;
  });
  return { frameOf, places };
}

/** Table.Frames of the whole. */
export function framesOf({ frameParts }: MergedStacks, parts: readonly RecordingPart[]): FramesTable {
  return gather(
    parts.map(({ analysis }) => analysis.frames),
    {
      part: Uint8Array.from(frameParts, ({ part }) => part),
      row: Uint32Array.from(frameParts, ({ row }) => row),
    },
  );
}
