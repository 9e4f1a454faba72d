// Which boxes of a flame graph are visible, and where: a tree and a view of it in, rectangles in pixels
// out. What is narrower than a pixel or so is not entered; siblings that thin are merged into one
// box as long as they touch, so that the work follows the pixels, not the tree.

import type { FlameTree } from "./flame-tree.js";

/** A part of a tree in a viewport. */
export interface FlameView {
  /** The row whose subtree is shown; those that hold it are shown over the whole width. */
  readonly zoom: number;
  /** The part of the tree's weight that the viewport shows, from left to right. */
  readonly from: number;
  readonly to: number;
  readonly widthPx: number;
  /** Boxes narrower than this are merged. */
  readonly minPx: number;
  /** Depths that are visible. */
  readonly depthFrom: number;
  readonly depthTo: number;
}

/** Boxes, callers before callees. Columns may be longer than `length`. */
export interface FlameBoxes {
  length: number;
  /** Row of the tree; of merged boxes the first one of them. */
  rows: Uint32Array;
  /** In pixels; may begin and end outside the viewport. */
  lefts: Float64Array;
  widths: Float64Array;
  depths: Uint32Array;
  /** 1: of several rows, none of which is wide enough. */
  merged: Uint8Array;
}

/** The view of all of `tree`. */
export function wholeView(tree: FlameTree, widthPx: number, minPx: number): FlameView {
  return { zoom: 0, from: 0, to: tree.total[0]!, widthPx, minPx, depthFrom: 0, depthTo: tree.depthMax };
}

/** Merged boxes end where a gap wider than this begins: what rounding leaves between neighbours is less. */
const TouchPx = 1e-3;

/** Lays out again and again, in the same memory. */
export class FlameLayout {
  readonly #boxes: FlameBoxes = emptyBoxes(1024);
  /** By depth: the merged box that may still grow: its first row, and where it begins and ends. */
  #thinRow = new Uint32Array(0);
  #thinFrom = new Float64Array(0);
  #thinTo = new Float64Array(0);

  /** The boxes of `view`, until the next call. */
  boxes(tree: FlameTree, view: FlameView): FlameBoxes {
    this.#boxes.length = 0;
    if (!(view.to > view.from)) return this.#boxes;
    if (this.#thinRow.length <= tree.depthMax) {
      this.#thinRow = new Uint32Array(tree.depthMax + 1);
      this.#thinFrom = new Float64Array(tree.depthMax + 1);
      this.#thinTo = new Float64Array(tree.depthMax + 1);
    }
    this.#thinFrom.fill(NaN);
    this.#holders(tree, view);
    this.#subtree(tree, view);
    return this.#boxes;
  }

  /** The rows that hold the zoomed one, from the root. */
  #holders(tree: FlameTree, { zoom, widthPx, depthFrom, depthTo }: FlameView): void {
    const rows: number[] = [];
    for (let row = zoom; row !== 0; row = tree.parent[row]!) rows.push(tree.parent[row]!);
    for (const row of rows.reverse()) {
      const depth = tree.depth[row]!;
      if (depth >= depthFrom && depth <= depthTo) this.#push(row, 0, widthPx, depth, 0);
    }
  }

  #subtree(tree: FlameTree, { zoom, from, to, widthPx, minPx, depthFrom, depthTo }: FlameView): void {
    const { start, total, depth, end } = tree;
    const pxPerWeight = widthPx / (to - from);
    const last = end[zoom]!;
    for (let row = zoom; row < last; ) {
      const left = (start[row]! - from) * pxPerWeight;
      const width = total[row]! * pxPerWeight;
      const level = depth[row]!;
      if (left >= widthPx || left + width <= 0 || level > depthTo || width === 0) {
        row = end[row]!;
      } else if (width < minPx) {
        if (level >= depthFrom) this.#thin(row, left, width, level, minPx);
        row = end[row]!;
      } else {
        if (level >= depthFrom) this.#push(row, left, width, level, 0);
        row++;
      }
    }
    for (let level = depthFrom; level <= depthTo && level <= tree.depthMax; level++) this.#endThin(level, minPx);
  }

  /** Adds to the merged box of this depth, or begins one. */
  #thin(row: number, left: number, width: number, level: number, minPx: number): void {
    if (Math.abs(left - this.#thinTo[level]!) > TouchPx || Number.isNaN(this.#thinFrom[level]!)) {
      this.#endThin(level, minPx);
      this.#thinRow[level] = row;
      this.#thinFrom[level] = left;
    }
    this.#thinTo[level] = left + width;
  }

  /** Draws the merged box of this depth, if it came to be wide enough. */
  #endThin(level: number, minPx: number): void {
    const left = this.#thinFrom[level]!;
    const width = this.#thinTo[level]! - left;
    if (width >= minPx) this.#push(this.#thinRow[level]!, left, width, level, 1);
    this.#thinFrom[level] = NaN;
  }

  #push(row: number, left: number, width: number, depth: number, merged: number): void {
    const boxes = this.#boxes;
    if (boxes.length === boxes.rows.length) growBoxes(boxes);
    const at = boxes.length++;
    boxes.rows[at] = row;
    boxes.lefts[at] = left;
    boxes.widths[at] = width;
    boxes.depths[at] = depth;
    boxes.merged[at] = merged;
  }
}

function emptyBoxes(capacity: number): FlameBoxes {
  return {
    length: 0,
    rows: new Uint32Array(capacity),
    lefts: new Float64Array(capacity),
    widths: new Float64Array(capacity),
    depths: new Uint32Array(capacity),
    merged: new Uint8Array(capacity),
  };
}

function growBoxes(boxes: FlameBoxes): void {
  const { rows, lefts, widths, depths, merged } = boxes;
  Object.assign(boxes, emptyBoxes(rows.length * 2), { length: boxes.length });
  boxes.rows.set(rows);
  boxes.lefts.set(lefts);
  boxes.widths.set(widths);
  boxes.depths.set(depths);
  boxes.merged.set(merged);
}

/** The row below a point: `weight` from the left of the tree, in the subtree of `zoom`; -1 where there is none. */
export function rowAt(tree: FlameTree, zoom: number, weight: number, depth: number): number {
  const { start, total, end } = tree;
  if (depth < 0) return -1;
  if (depth < tree.depth[zoom]!) {
    let holder = zoom;
    while (tree.depth[holder]! > depth) holder = tree.parent[holder]!;
    return holder;
  }
  for (let row = zoom; row < tree.length; ) {
    if (weight < start[row]! || weight >= start[row]! + total[row]!) {
      row = end[row]!;
      if (row >= end[zoom]!) return -1;
    } else if (tree.depth[row] === depth) return row;
    else row++;
  }
  return -1;
}
