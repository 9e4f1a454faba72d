// The colours of flame graphs: of one hue by name, as flamegraph.pl's palettes are called and look; by
// kind of frame; by what threads waited for; by what a comparison found. The same name has the same
// colour in every picture. Colours that carry a meaning come from Okabe and Ito's set, which people who
// confuse red and green can tell apart, and differ in lightness too. Text on all of them is black.

import { FrameKind, WaitReason } from "../views/flame-tree.js";
import type { FlameTree } from "../views/flame-tree.js";

/** Red, green, blue: 0 to 255. */
export type Rgb = readonly [red: number, green: number, blue: number];

export const flamePalettes = [
  "kind",
  "reason",
  "hot",
  "mem",
  "io",
  "wakeup",
  "chain",
  "java",
  "red",
  "green",
  "blue",
  "yellow",
  "purple",
  "aqua",
  "orange",
] as const;

export type FlamePalette = (typeof flamePalettes)[number];

/** What colours say of a comparison: what changed in stacks that end in a frame, or in all that it holds. */
export type FlameDelta = "self" | "total";

export interface FlameColors {
  readonly palette: FlamePalette;
  /** Of a comparison; the palette is then not used. */
  readonly delta?: FlameDelta | undefined;
  /** Blue for what grew, red for what shrank. */
  readonly negate?: boolean | undefined;
}

/** Lowest value and span of each channel; `by` says which of a name's three fractions moves it. */
interface Hue {
  readonly low: Rgb;
  readonly span: Rgb;
  readonly by: readonly [number, number, number];
}

const one = [0, 0, 0] as const;

/** The ranges of flamegraph.pl's palettes, so that pictures of both are read alike. */
const hues = {
  hot: { low: [205, 0, 0], span: [50, 230, 55], by: [2, 0, 1] },
  mem: { low: [0, 190, 0], span: [0, 50, 210], by: [0, 1, 0] },
  io: { low: [80, 80, 190], span: [60, 60, 55], by: [0, 0, 1] },
  red: { low: [200, 50, 50], span: [55, 80, 80], by: one },
  green: { low: [50, 200, 50], span: [60, 55, 60], by: one },
  blue: { low: [80, 80, 205], span: [60, 60, 50], by: one },
  yellow: { low: [175, 175, 50], span: [55, 55, 20], by: one },
  purple: { low: [190, 80, 190], span: [65, 60, 65], by: one },
  aqua: { low: [50, 165, 165], span: [60, 55, 55], by: one },
  orange: { low: [190, 90, 0], span: [65, 65, 0], by: one },
} satisfies Readonly<Record<string, Hue>>;

const Grey: Rgb = [200, 200, 200];
const DarkGrey: Rgb = [160, 160, 160];

/** By FrameKind. */
const kindColors: readonly Rgb[] = [
  Grey,
  [189, 189, 189], // Thread
  [118, 190, 236], // User
  [176, 222, 240], // Inlined
  [84, 190, 156], // Jit
  [236, 168, 74], // Kernel
  [222, 120, 70], // Syscall
  [216, 154, 192], // Waker
  [238, 230, 190], // Marker
  DarkGrey, // Separator
];

/** By WaitReason. */
const reasonColors: readonly Rgb[] = [
  Grey,
  [120, 182, 228], // Asleep
  [226, 116, 62], // Uninterruptible
  [240, 228, 90], // Runnable
  [208, 132, 178], // Preempted
  [70, 178, 138], // OnCpu
  [178, 168, 146], // Other
];

/** The colour of a box. `deltaMax` is the largest change of the tree, as maxDelta finds it. */
export function boxColor(tree: FlameTree, row: number, colors: FlameColors, deltaMax = 0): Rgb {
  const frame = tree.frame[row]!;
  const kind = tree.frames.kinds[frame]!;
  if (kind === FrameKind.Separator) return tree.frames.names[frame] === "--" ? DarkGrey : Grey;
  if (colors.delta !== undefined) return deltaColor(deltaOf(tree, row, colors.delta), deltaMax, colors.negate === true);
  if (colors.palette === "reason") return shaded(reasonColors[tree.reason[row]!]!, nameFractions(tree, frame)[0]);
  if (kind === FrameKind.Root) return Grey;
  if (colors.palette === "kind") return shaded(kindColors[kind]!, nameFractions(tree, frame)[0]);
  return hued(hues[hueOf(colors.palette, kind, tree.frames.names[frame]!)], nameFractions(tree, frame));
}

/** After less before, of what `delta` says; of a tree that compares nothing 0. */
export function deltaOf(tree: FlameTree, row: number, delta: FlameDelta): number {
  return tree.other === undefined ? 0 : tree[delta][row]! - tree.other[delta][row]!;
}

/** The largest change, up or down, of any box but the root. */
export function maxDelta(tree: FlameTree, delta: FlameDelta): number {
  let max = 0;
  for (let row = 1; row < tree.length; row++) max = Math.max(max, Math.abs(deltaOf(tree, row, delta)));
  return max;
}

/** What the colours mean: a colour and the words for it, of those that occur in `tree`. */
export function colorLegend(tree: FlameTree, colors: FlameColors): readonly (readonly [Rgb, string])[] {
  if (colors.delta !== undefined) {
    const [grew, shrank] = [deltaColor(1, 1, colors.negate === true), deltaColor(-1, 1, colors.negate === true)];
    return [[grew, "more than before"], [shrank, "less"], [deltaColor(0, 1, false), "the same"]];
  }
  if (colors.palette === "reason") return legendOf(tree.reason, reasonColors, reasonWords);
  if (colors.palette !== "kind") return [];
  const kinds = Uint8Array.from(tree.frame, (frame) => tree.frames.kinds[frame]!);
  return legendOf(kinds, kindColors, kindWords).filter(([, words]) => words !== "");
}

function legendOf(values: Uint8Array, colors: readonly Rgb[], words: readonly string[]): (readonly [Rgb, string])[] {
  const present = new Set(values);
  return colors.flatMap((color, value) => (present.has(value) ? [[color, words[value]!] as const] : []));
}

/** By FrameKind; "" where the frame's name says it. */
export const kindWords: readonly string[] = Object.values({
  [FrameKind.Root]: "",
  [FrameKind.Thread]: "thread",
  [FrameKind.User]: "user",
  [FrameKind.Inlined]: "inlined",
  [FrameKind.Jit]: "made at run time",
  [FrameKind.Kernel]: "kernel",
  [FrameKind.Syscall]: "system call",
  [FrameKind.Waker]: "waker",
  [FrameKind.Marker]: "remark",
  [FrameKind.Separator]: "",
} satisfies Record<FrameKind, string>);

/** By WaitReason. */
export const reasonWords: readonly string[] = Object.values({
  [WaitReason.Unknown]: "not known",
  [WaitReason.Asleep]: "asleep (S)",
  [WaitReason.Uninterruptible]: "uninterruptible (D)",
  [WaitReason.Runnable]: "waiting for a CPU",
  [WaitReason.Preempted]: "preempted",
  [WaitReason.OnCpu]: "on the CPU",
  [WaitReason.Other]: "stopped or without work",
} satisfies Record<WaitReason, string>);

export function cssColor([red, green, blue]: Rgb): string {
  return `rgb(${red},${green},${blue})`;
}

function hueOf(palette: Exclude<FlamePalette, "kind" | "reason">, kind: FrameKind, name: string): keyof typeof hues {
  switch (palette) {
    case "wakeup":
      return "aqua";
    case "chain":
      return kind === FrameKind.Waker ? "aqua" : "blue";
    case "java":
      return javaHue(kind, name);
    default:
      return palette;
  }
}

/** Java green, what is inlined aqua, C++ yellow, the kernel orange, other code of the system red. */
function javaHue(kind: FrameKind, name: string): keyof typeof hues {
  if (kind === FrameKind.Inlined) return "aqua";
  if (kind === FrameKind.Kernel) return "orange";
  if (kind === FrameKind.Jit || /^L?(?:java|javax|jdk|net|org|com|io|sun)\//.test(name)) return "green";
  return name.includes("::") ? "yellow" : "red";
}

function hued({ low, span, by }: Hue, fractions: readonly number[]): Rgb {
  const channel = (at: 0 | 1 | 2) => Math.floor(low[at] + span[at] * fractions[by[at]]!);
  return [channel(0), channel(1), channel(2)];
}

/** Neighbours of one colour are told apart by a little more or less of it. */
function shaded(color: Rgb, fraction: number): Rgb {
  const factor = 0.93 + 0.12 * fraction;
  const channel = (value: number) => Math.min(255, Math.round(value * factor));
  return [channel(color[0]), channel(color[1]), channel(color[2])];
}

/** From white to red where there is more, to blue where there is less. */
function deltaColor(delta: number, deltaMax: number, negate: boolean): Rgb {
  if (delta === 0 || deltaMax === 0) return [245, 245, 245];
  const rest = Math.round(225 - 145 * Math.min(1, Math.abs(delta) / deltaMax));
  return delta > 0 !== negate ? [255, rest, rest] : [rest, rest, 255];
}

/** By frames, then by row of frames: a name is hashed once, however often it is drawn. */
const fractionsOfFrames = new WeakMap<object, (readonly [number, number, number] | undefined)[]>();

function nameFractions({ frames }: FlameTree, frame: number): readonly [number, number, number] {
  let known = fractionsOfFrames.get(frames);
  if (known === undefined) fractionsOfFrames.set(frames, (known = []));
  return (known[frame] ??= fractionsOf(frames.names[frame]!));
}

/** Three numbers from 0 to 1 that depend on the name alone: FNV-1a, and its bits spread. */
function fractionsOf(name: string): readonly [number, number, number] {
  let hash = 0x811c9dc5;
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  const spread = (seed: number): number => {
    let bits = Math.imul(hash ^ seed, 0x9e3779b1);
    bits = Math.imul(bits ^ (bits >>> 15), 0x85ebca6b);
    return ((bits ^ (bits >>> 13)) >>> 0) / 2 ** 32;
  };
  return [spread(1), spread(2), spread(3)];
}
