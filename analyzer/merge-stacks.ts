// The call trees of a recording's parts as the one tree that a single instance would have made: a node
// is a caller's node, a frame and how its stack was found, and nodes are in order of (the least id of the recording's stacks
// that they are on the way to, how far they are from the root). Frames are in the order in which nodes
// first name them.

import type { RecordingPart } from "./recording-part.js";
import type { Strings } from "./analysis.js";
import type { FramesTable, StacksTable } from "./tables.js";
import { gather } from "./merge-tables.js";
import { commonStrings, StringAppender, stringAt } from "./merge-strings.js";

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

/** What StackHow may be: four bits. */
const Hows = 16;

/** Nodes of all parts, numbered as they are met. A caller's node is met before those it calls. */
class Nodes {
  readonly prefix: number[] = [];
  readonly frame: number[] = [];
  readonly flags: number[] = [];
  readonly how: number[] = [];
  readonly id: number[] = [];
  readonly depth: number[] = [];
  readonly #numbers = new Map<number, number>();

  /** `frames`: how many there are at most. */
  constructor(readonly frames: number) {}

  numberOf(prefix: number, frame: number, how: number, isEmpty: boolean): number {
    // Below 2^53 with fewer than 2^24 of the one and 2^25 of the other, which 4 GiB hold.
    const key = isEmpty ? -1 : (prefix * this.frames + frame) * Hows + how;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.prefix.length;
    this.#numbers.set(key, number);
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
  const { frameOf, places } = internFrames(parts);
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
function internFrames(parts: readonly RecordingPart[]) {
  const strings = parts.map(({ analysis }) => analysis.strings);
  const common = commonStrings(strings);
  const symbolKey = (part: number, row: number) => (row < common ? row : `"${stringAt(strings[part]!, row)}`);
  const numbers = new Map<string, number>();
  const places: FrameOfPart[] = [];
  const frameOf = parts.map(({ analysis }, part) => {
    const { length, kind, address, object, offset, symbol, symbolOffset, source, file, line, inlined } = analysis.frames;
    const numberOf = new Uint32Array(length);
    for (let row = 0; row < length; row++) {
      const place = `${kind[row]} ${address[row]} ${object[row]} ${offset[row]}`;
      const name = `${symbolKey(part, symbol[row]!)} ${symbolOffset[row]} ${source[row]} ${file[row]} ${line[row]} ${inlined[row]}`;
      const key = `${place} ${name}`;
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

/** Table.Frames of the whole, and its strings: the names of frames stand behind all others. */
export function framesOf({ frameParts }: MergedStacks, parts: readonly RecordingPart[]): { frames: FramesTable; strings: Strings } {
  const frames = gather(
    parts.map(({ analysis }) => analysis.frames),
    {
      part: Uint8Array.from(frameParts, ({ part }) => part),
      row: Uint32Array.from(frameParts, ({ row }) => row),
    },
  );
  const strings = parts.map(({ analysis }) => analysis.strings);
  const whole = new StringAppender(strings[0]!, commonStrings(strings));
  const symbol = frames.symbol.map((row, frame) => whole.rowOf(strings[frameParts[frame]!.part]!, row));
  return { frames: { ...frames, symbol }, strings: whole.strings() };
}
