// The picture of a flame graph on a canvas as large as what is in sight: boxes of a layout, their names
// as far as they fit, what was found and what is chosen. Draws what it is given and remembers nothing.

import { boxColor, cssColor } from "../exports/flame-colors.js";
import type { FlameColors } from "../exports/flame-colors.js";
import { fittingText, shownName } from "../exports/flame-words.js";
import type { FlameBoxes } from "../views/flame-layout.js";
import type { FlameTree } from "../views/flame-tree.js";
import type { Colour, Size } from "./canvas.js";

export const BoxHeight = 20;
const FontPx = 12;

export interface FlamePicture {
  readonly tree: FlameTree;
  readonly boxes: FlameBoxes;
  readonly colors: FlameColors;
  readonly deltaMax: number;
  /** 1 by row of frames: found by the search; undefined where nothing is searched for. */
  readonly found: Uint8Array | undefined;
  /** Rows that are pointed at, or chosen by keyboard; -1 none. */
  readonly current: number;
  /** Depth of the row that is zoomed into: those above hold it. */
  readonly zoomDepth: number;
  /** Pixels scrolled away from the root. */
  readonly scrolled: number;
  /** Whether the root is at the bottom. */
  readonly isUpright: boolean;
}

/** Where a depth's boxes are. */
export function topOf(depth: number, { height }: Size, { scrolled, isUpright }: Pick<FlamePicture, "scrolled" | "isUpright">): number {
  const away = depth * BoxHeight - scrolled;
  return isUpright ? height - BoxHeight - away : away;
}

/** The depth whose boxes are at `y`. */
export function depthAt(y: number, { height }: Size, { scrolled, isUpright }: Pick<FlamePicture, "scrolled" | "isUpright">): number {
  return Math.floor(((isUpright ? height - y : y) + scrolled) / BoxHeight);
}

export function drawFlames(context: CanvasRenderingContext2D, size: Size, colour: Colour, picture: FlamePicture): void {
  const { tree, boxes, colors, deltaMax, found, current, zoomDepth } = picture;
  const accent = colour("accent");
  const mark = colour("flame-found");
  context.font = `${FontPx}px ${colour("sans")}`;
  context.textBaseline = "middle";
  let fill = "";
  for (let at = 0; at < boxes.length; at++) {
    const row = boxes.rows[at]!;
    const depth = boxes.depths[at]!;
    const top = topOf(depth, size, picture);
    if (top + BoxHeight <= 0 || top >= size.height) continue;
    const left = Math.max(-1, boxes.lefts[at]!);
    const width = Math.min(size.width + 1, boxes.lefts[at]! + boxes.widths[at]!) - left;
    const isFound = found !== undefined && found[tree.frame[row]!] === 1;
    const wanted = isFound ? mark : cssColor(boxColor(tree, row, colors, deltaMax));
    if (wanted !== fill) context.fillStyle = fill = wanted;
    context.globalAlpha = depth < zoomDepth ? 0.55 : found !== undefined && !isFound ? 0.6 : 1;
    // A pixel between neighbours, but never one that would leave nothing of a box.
    context.fillRect(left, top, width > 2 ? width - 1 : width, BoxHeight - 1);
    if (width > 24 && boxes.merged[at] === 0) {
      const text = fittingText(shownName(tree.frames.names[tree.frame[row]!]!), width - 6, FontPx);
      context.globalAlpha = 1;
      context.fillStyle = "#111111"; // every palette is light enough for it
      context.fillText(text, left + 4, top + BoxHeight / 2);
      fill = "";
    }
    if (row === current && boxes.merged[at] === 0) {
      context.globalAlpha = 1;
      context.strokeStyle = accent;
      context.lineWidth = 2;
      context.strokeRect(left + 1, top + 1, Math.max(1, width - 3), BoxHeight - 3);
    }
  }
  context.globalAlpha = 1;
}
