// What is said of a box of a flame graph: its name as it may be shown, its weight, its share, how it
// changed, what it is. One line, the same in a picture and on a page.

import type { FlameUnit } from "../views/flame-stacks.js";
import { FrameKind } from "../views/flame-tree.js";
import type { FlameTree } from "../views/flame-tree.js";
import { deltaOf, kindWords, reasonWords } from "./flame-colors.js";
import type { FlameDelta } from "./flame-colors.js";
import { countText, durationText, shareText } from "./units.js";

/**
 * Without what XML cannot hold, what moves a terminal's cursor, and what turns the direction of text
 * around, so that a name cannot look like another.
 */
export function shownName(name: string): string {
  return name
    .replace(/[\ud800-\udfff]/gu, "?") // halves of characters alone
    .replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffe\uffff]/g, "?");
}

/** `1.23 s`, `45,678`. */
export function weightText(weight: number, unit: FlameUnit): string {
  return unit === "ns" ? durationText(weight) : countText(Math.round(weight));
}

export interface BoxWordsOptions {
  readonly unit: FlameUnit;
  /** Of a comparison: what its colours say. */
  readonly delta?: FlameDelta | undefined;
}

/** `name (1.23 s, 12.3 %; kernel, asleep (S))`: the last pair of parentheses is never the name's. */
export function boxText(tree: FlameTree, row: number, options: BoxWordsOptions): string {
  const frame = tree.frame[row]!;
  const name = shownName(tree.frames.names[frame]!) || '""';
  return `${name} (${boxWeightText(tree, row, options)})`;
}

function boxWeightText(tree: FlameTree, row: number, { unit, delta }: BoxWordsOptions): string {
  const weight = tree.total[row]!;
  const parts = [`${weightText(weight, unit)}, ${shareText(weight, tree.total[0]!)}`];
  if (delta !== undefined && tree.other !== undefined) parts.push(changeText(tree, row, unit, delta));
  const kind = tree.frames.kinds[tree.frame[row]!]! as FrameKind;
  const words = [kindWords[kind]!, tree.reason[row] === 0 ? "" : `mostly ${reasonWords[tree.reason[row]!]!.replace(/ \(.\)/, "")}`];
  const said = words.filter((word) => word !== "").join(", ");
  return [...parts, ...(said === "" ? [] : [said])].join("; ");
}

/** `+1.20 s, +34.5 %`: the percentage is of the whole, as flamegraph.pl's is. */
function changeText(tree: FlameTree, row: number, unit: FlameUnit, delta: FlameDelta): string {
  const change = deltaOf(tree, row, delta);
  if (change === 0) return delta === "self" ? "no change of its own" : "no change";
  const sign = change > 0 ? "+" : "-";
  const share = tree.total[0] === 0 ? "" : `, ${sign}${((100 * Math.abs(change)) / tree.total[0]!).toFixed(1)} %`;
  return `${sign}${weightText(Math.abs(change), unit)}${share}${delta === "self" ? " of its own" : ""}`;
}

/** Average width of a character, relative to the font's size: of Verdana, and more than of most others. */
export const CharacterWidth = 0.59;

/** Of `name`, what fits into `widthPx`, its end cut off as `..`; "" where not even a letter does. */
export function fittingText(name: string, widthPx: number, fontSizePx: number): string {
  const room = Math.floor(widthPx / (fontSizePx * CharacterWidth));
  if (room < 3) return "";
  if (name.length <= room) return name;
  const characters = [...name]; // not to cut a character of two halves in two
  return characters.length <= room ? name : `${characters.slice(0, room - 2).join("")}..`;
}
