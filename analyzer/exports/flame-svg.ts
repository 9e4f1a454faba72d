// A flame graph as a picture that is a program too: SVG of boxes where flamegraph.pl would draw them,
// with zoom, search and details for whoever opens it in a browser (flame-script.ts), readable without
// one. Everything that comes from a recording is escaped; what is too narrow to draw is said.

import type { FlameUnit } from "../views/flame-stacks.js";
import { FlameLayout, wholeView } from "../views/flame-layout.js";
import type { FlameTree } from "../views/flame-tree.js";
import { boxColor, colorLegend, cssColor, maxDelta } from "./flame-colors.js";
import type { FlameColors } from "./flame-colors.js";
import { flameScript } from "./flame-script.js";
import { boxText, fittingText, shownName } from "./flame-words.js";
import { countOf, shareText } from "./units.js";

export interface FlameSvgOptions extends FlameColors {
  readonly title: string;
  readonly subtitle?: string | undefined;
  readonly unit: FlameUnit;
  /** Of the picture; DefaultWidthPx if not given. */
  readonly widthPx?: number | undefined;
  /** Of a box. */
  readonly frameHeightPx?: number | undefined;
  /** Boxes narrower than this are not drawn. */
  readonly minWidth?: { readonly px: number } | { readonly percent: number } | undefined;
  readonly fontFamily?: string | undefined;
  readonly fontSizePx?: number | undefined;
  /** The root on top. */
  readonly inverted?: boolean | undefined;
  /** Lines at the bottom. */
  readonly notes?: readonly string[] | undefined;
}

export interface FlameSvg {
  readonly svg: string;
  /** The program inside it, for the hash that lets a page run it. */
  readonly script: string;
  readonly style: string;
  readonly dropped: DroppedFrames;
}

/** Frames too narrow to draw, and the weight that has no box at its own depth. */
export interface DroppedFrames {
  readonly frames: number;
  /** Of the widest ones that were dropped, each with all that it holds. */
  readonly weight: number;
  readonly share: string;
}

export const DefaultWidthPx = 1200;
const DefaultFrameHeightPx = 16;
const DefaultFontSizePx = 12;
const DefaultMinPx = 0.1;
const SidePx = 10;
/** Between boxes that lie one on the other. */
const GapPx = 1;

/** Where everything goes. Distances are those of flamegraph.pl's pictures. */
interface Geometry {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly fontSizePx: number;
  readonly frameHeightPx: number;
  readonly topPx: number;
  readonly bottomPx: number;
  readonly inverted: boolean;
}

export function flameSvg(tree: FlameTree, options: FlameSvgOptions): FlameSvg {
  const { widthPx = DefaultWidthPx, fontSizePx = DefaultFontSizePx } = options;
  const innerPx = Math.max(1, widthPx - 2 * SidePx);
  const { boxes, dropped, depthMax } = drawnBoxes(tree, innerPx, options);
  const notes = [...(options.notes ?? []), ...(dropped.frames > 0 ? [droppedText(dropped)] : [])];
  const lines = (colorLegend(tree, options).length > 0 ? 1 : 0) + notes.length;
  const topPx = fontSizePx * (options.subtitle === undefined ? 3 : 5);
  const bottomPx = fontSizePx * 2 + 10 + lines * fontSizePx * 1.5;
  const frameHeightPx = options.frameHeightPx ?? DefaultFrameHeightPx;
  const heightPx = (depthMax + 1) * frameHeightPx + topPx + bottomPx;
  const geometry: Geometry = { widthPx, heightPx, fontSizePx, frameHeightPx, topPx, bottomPx, inverted: options.inverted === true };
  const script = flameScript({ fontSizePx, leftPx: SidePx, widthPx: innerPx });
  const style = styleText(fontSizePx, options.fontFamily ?? "Verdana, \"DejaVu Sans\", sans-serif");
  const size = `width="${widthPx}" height="${round(heightPx)}" viewBox="0 0 ${widthPx} ${round(heightPx)}"`;
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" version="1.1" ${size} role="img" aria-labelledby="title">`,
    `<style>${style}</style>`,
    `<rect class="background" width="100%" height="100%"/>`,
    ...headingLines(options, geometry),
    `<g id="frames">`,
    ...boxes.map((box) => boxLine(tree, box, options, geometry)),
    `</g>`,
    ...footerLines(tree, options, notes, geometry),
    `<script><![CDATA[${script}]]></script>`,
    `</svg>`,
  ];
  return { svg: `${svg.join("\n")}\n`, script, style, dropped };
}

interface Box {
  readonly row: number;
  readonly left: number;
  readonly width: number;
  readonly depth: number;
  readonly color: string;
}

/** The boxes of the whole tree that are wide enough. */
function drawnBoxes(
  tree: FlameTree,
  innerPx: number,
  options: FlameSvgOptions,
): { readonly boxes: readonly Box[]; readonly dropped: DroppedFrames; readonly depthMax: number } {
  const { minWidth = { px: DefaultMinPx } } = options;
  const minPx = "px" in minWidth ? minWidth.px : (minWidth.percent / 100) * innerPx;
  const { length, rows, lefts, widths, depths, merged } = new FlameLayout().boxes(tree, wholeView(tree, innerPx, minPx));
  const deltaMax = options.delta === undefined ? 0 : maxDelta(tree, options.delta);
  const boxes: Box[] = [];
  for (let at = 0; at < length; at++) {
    if (merged[at] === 1) continue;
    const row = rows[at]!;
    const color = cssColor(boxColor(tree, row, options, deltaMax));
    boxes.push({ row, left: SidePx + lefts[at]!, width: widths[at]!, depth: depths[at]!, color });
  }
  const depthMax = boxes.reduce((max, { depth }) => Math.max(max, depth), 0);
  return { boxes, dropped: droppedFrames(tree, (minPx * tree.total[0]!) / innerPx), depthMax };
}

function droppedFrames(tree: FlameTree, weightMin: number): DroppedFrames {
  let frames = 0;
  let weight = 0;
  for (let row = 0; row < tree.length; ) {
    if (tree.total[row]! >= weightMin || tree.total[row] === 0) {
      row++;
      continue;
    }
    frames += tree.end[row]! - row;
    weight += tree.total[row]!;
    row = tree.end[row]!;
  }
  return { frames, weight, share: shareText(weight, tree.total[0]!) };
}

export function droppedText({ frames, share }: DroppedFrames): string {
  return `${countOf(frames, "frame")} too narrow to draw, ${share} of the width in all`;
}

function boxLine(tree: FlameTree, box: Box, options: FlameSvgOptions, geometry: Geometry): string {
  const { fontSizePx, frameHeightPx } = geometry;
  const top = boxTop(box.depth, geometry);
  const name = shownName(tree.frames.names[tree.frame[box.row]!]!);
  const text = fittingText(name, box.width, fontSizePx);
  const height = Math.max(1, frameHeightPx - GapPx);
  return (
    `<g><title>${escaped(boxText(tree, box.row, options))}</title>` +
    `<rect x="${round(box.left)}" y="${round(top)}" width="${round(box.width)}" height="${height}" fill="${box.color}" rx="2"/>` +
    `<text x="${round(box.left + 3)}" y="${round(top + height / 2 + fontSizePx * 0.35)}">${escaped(text)}</text></g>`
  );
}

function boxTop(depth: number, { inverted, topPx, bottomPx, heightPx, frameHeightPx }: Geometry): number {
  return inverted ? topPx + depth * frameHeightPx : heightPx - bottomPx - (depth + 1) * frameHeightPx + GapPx;
}

function headingLines({ title, subtitle }: FlameSvgOptions, { widthPx, fontSizePx }: Geometry): string[] {
  const middle = round(widthPx / 2);
  const line = round(fontSizePx * 2);
  const right = widthPx - SidePx;
  const heading = `<text id="title" x="${middle}" y="${line}">${escaped(shownName(title))}</text>`;
  return [
    heading,
    ...(subtitle === undefined ? [] : [`<text id="subtitle" x="${middle}" y="${round(fontSizePx * 4)}">${escaped(shownName(subtitle))}</text>`]),
    `<text id="unzoom" class="button hide" x="${SidePx}" y="${line}">Reset Zoom</text>`,
    `<text id="search" class="button end" x="${right - 24}" y="${line}">Search</text>`,
    `<text id="ignorecase" class="button end" x="${right}" y="${line}"><title>Ignore case</title>ic</text>`,
  ];
}

/** Details of the box under the pointer, what a search matched, colours and their words, notes. */
function footerLines(tree: FlameTree, options: FlameSvgOptions, notes: readonly string[], geometry: Geometry): string[] {
  const { widthPx, heightPx, fontSizePx, bottomPx } = geometry;
  const linePx = fontSizePx * 1.5;
  let y = heightPx - bottomPx + fontSizePx * 1.9;
  const lines = [
    `<text id="details" x="${SidePx}" y="${round(y)}" aria-live="polite"></text>`,
    `<text id="matched" class="end" x="${widthPx - SidePx}" y="${round(y)}" role="status"></text>`,
  ];
  const legend = colorLegend(tree, options);
  if (legend.length > 0) {
    y += linePx;
    let x = SidePx;
    for (const [color, words] of legend) {
      lines.push(`<rect x="${round(x)}" y="${round(y - fontSizePx * 0.8)}" width="${fontSizePx}" height="${fontSizePx}" fill="${cssColor(color)}"/>`);
      lines.push(`<text class="quiet" x="${round(x + fontSizePx * 1.4)}" y="${round(y)}">${escaped(words)}</text>`);
      x += fontSizePx * (2.8 + words.length * 0.6);
    }
  }
  for (const note of notes) {
    y += linePx;
    lines.push(`<text class="quiet" x="${SidePx}" y="${round(y)}">${escaped(shownName(note))}</text>`);
  }
  return lines;
}

/** Only words of our own and what CSS cannot be broken with. */
function styleText(fontSizePx: number, fontFamily: string): string {
  return [
    `text{font-family:${fontFamily};font-size:${fontSizePx}px;fill:#000;white-space:pre}`,
    `.background{fill:#f8f8f4}`,
    `#title{font-size:${fontSizePx + 5}px;text-anchor:middle}#subtitle{text-anchor:middle}.end{text-anchor:end}`,
    `.button{cursor:pointer;opacity:.7}.button:hover,.button.on{opacity:1;text-decoration:underline}`,
    `#frames text{pointer-events:none}#frames g{cursor:pointer}#frames g:hover rect,#frames g.current rect{stroke:#000;stroke-width:1}`,
    `.hide{display:none}.holder{opacity:.5}.quiet{opacity:.75}`,
    `@media(prefers-color-scheme:dark){.background{fill:#1c1c20}svg>text{fill:#eee}#frames g:hover rect,#frames g.current rect{stroke:#fff}}`,
  ].join("");
}

/** Hundredths of a pixel. */
function round(px: number): number {
  return Math.round(px * 100) / 100;
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => entities[letter]!);
}
