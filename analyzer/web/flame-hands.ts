// What hands do with a flame graph: wheel, drags, clicks and keys change what is in sight and which box
// is chosen. Pure but for the setters it is given; draws nothing.

import { copyText } from "./answer.js";
import { rowAt } from "../views/flame-layout.js";
import type { FlameTree } from "../views/flame-tree.js";
import type { Size } from "./canvas.js";
import { BoxHeight, depthAt, topOf } from "./flame-drawing.js";
import { stackText } from "./flame-names.js";

const ClickPixelsMax = 4;
/** The smallest part of what is zoomed into that is still shown. */
const PartMin = 1e-9;
/** Of the menu, so that it opens inside of the picture. */
const MenuSize: Size = { width: 260, height: 220 };

/** What is in sight: a subtree, the part of its width, and how far it is scrolled. */
export interface FlameSight {
  readonly zoom: number;
  readonly from: number;
  readonly to: number;
  readonly scrolled: number;
}

/** Where a menu is open, and of which box. */
export interface FlameMenu {
  readonly x: number;
  readonly y: number;
  readonly row: number;
}

export interface FlameDrag {
  readonly x: number;
  readonly y: number;
  readonly from: FlameSight;
  moved: boolean;
}

/** The picture as it is, and how to change it. */
export interface FlameHands {
  readonly tree: FlameTree;
  readonly size: Size;
  readonly isUpright: boolean;
  readonly sight: FlameSight;
  readonly current: number;
  readonly menu: FlameMenu | undefined;
  /** What is held down; the same object from drawing to drawing. */
  readonly drag: { current: FlameDrag | undefined };
  readonly setSight: (sight: FlameSight) => void;
  readonly setCurrent: (row: number) => void;
  readonly setMenu: (menu: FlameMenu | undefined) => void;
}

/** All of the subtree of `row`. */
export function sightOf(tree: FlameTree, row: number, scrolled = 0): FlameSight {
  return { zoom: row, from: tree.start[row]!, to: tree.start[row]! + tree.total[row]!, scrolled };
}

function clamped({ tree, size }: FlameHands, scrolled: number): number {
  const max = Math.max(0, (tree.depthMax + 1) * BoxHeight - size.height);
  return Math.min(max, Math.max(0, scrolled));
}

/** Moved so that it stays inside of what is zoomed into. */
function placed(tree: FlameTree, sight: FlameSight, length: number): FlameSight {
  const whole = sightOf(tree, sight.zoom);
  const from = Math.min(Math.max(sight.from, whole.from), whole.to - length);
  return { ...sight, from, to: from + length };
}

function weightAt({ size }: FlameHands, sight: FlameSight, x: number): number {
  return sight.from + (x / Math.max(1, size.width)) * (sight.to - sight.from);
}

function boxAt(hands: FlameHands, x: number, y: number): number {
  const { tree, size, sight, isUpright } = hands;
  return rowAt(tree, sight.zoom, weightAt(hands, sight, x), depthAt(y, size, { scrolled: sight.scrolled, isUpright }));
}

export function zoomTo(hands: FlameHands, row: number): void {
  const { tree, sight } = hands;
  hands.setSight(sightOf(tree, row, clamped(hands, Math.min(sight.scrolled, tree.depth[row]! * BoxHeight))));
  hands.setCurrent(row);
}

function scale(hands: FlameHands, factor: number, x: number): void {
  const { tree, sight, size } = hands;
  const whole = tree.total[sight.zoom]!;
  const length = Math.min(whole, Math.max(whole * PartMin, (sight.to - sight.from) * factor));
  const from = weightAt(hands, sight, x) - (length * x) / Math.max(1, size.width);
  hands.setSight(placed(tree, { ...sight, from }, length));
}

/** Chooses a box, and scrolls to it where it is out of sight. */
export function choose(hands: FlameHands, row: number): void {
  const { tree, size, sight, isUpright } = hands;
  if (row < 0 || row >= tree.length) return;
  hands.setCurrent(row);
  const top = topOf(tree.depth[row]!, size, { scrolled: sight.scrolled, isUpright });
  const isHidden = top < 0 || top + BoxHeight > size.height;
  if (isHidden) hands.setSight({ ...sight, scrolled: clamped(hands, tree.depth[row]! * BoxHeight - size.height / 2) });
}

function openMenu({ size, setMenu }: FlameHands, row: number, x: number, y: number): void {
  if (row < 0) return;
  setMenu({ row, x: Math.min(x, Math.max(0, size.width - MenuSize.width)), y: Math.min(y, Math.max(0, size.height - MenuSize.height)) });
}

/** What a key does; undefined: nothing. */
export function keyAction(hands: FlameHands, key: string): (() => void) | undefined {
  const { tree, sight, size, isUpright, current, menu } = hands;
  const row = current < 0 ? sight.zoom : current;
  const outward = () => choose(hands, tree.parent[row]!);
  const inward = () => choose(hands, widestChild(tree, row));
  const keys: { readonly [key: string]: () => void } = {
    ArrowUp: isUpright ? inward : outward,
    ArrowDown: isUpright ? outward : inward,
    ArrowLeft: () => choose(hands, sibling(tree, row, -1)),
    ArrowRight: () => choose(hands, sibling(tree, row, 1)),
    Enter: () => zoomTo(hands, row),
    Escape: () => (menu === undefined ? zoomTo(hands, 0) : hands.setMenu(undefined)),
    Backspace: () => zoomTo(hands, tree.parent[sight.zoom]!),
    "+": () => scale(hands, 0.5, size.width / 2),
    "=": () => scale(hands, 0.5, size.width / 2),
    "-": () => scale(hands, 2, size.width / 2),
    m: () => openMenu(hands, row, size.width / 3, 60),
    c: () => void copyText(stackText(tree, row)),
  };
  return keys[key];
}

/** Listeners of the canvas. */
export function flameListeners(hands: FlameHands): object {
  const { sight, isUpright, drag } = hands;
  return {
    onWheel: (event: WheelEvent) => {
      const isAcross = Math.abs(event.deltaX) > Math.abs(event.deltaY);
      if (event.shiftKey) hands.setSight({ ...sight, scrolled: clamped(hands, sight.scrolled + (isUpright ? -event.deltaY : event.deltaY)) });
      else if (isAcross) moveTo(hands, { x: 0, y: 0, from: sight, moved: true }, -event.deltaX, 0);
      else scale(hands, 2 ** (event.deltaY / 300), event.offsetX);
      event.preventDefault();
    },
    onPointerDown: (event: PointerEvent) => {
      if (event.button !== 0) return;
      (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
      drag.current = { x: event.offsetX, y: event.offsetY, from: sight, moved: false };
      hands.setMenu(undefined);
    },
    onPointerMove: (event: PointerEvent) => {
      const held = drag.current;
      if (held === undefined) return hands.setCurrent(boxAt(hands, event.offsetX, event.offsetY));
      const [dx, dy] = [event.offsetX - held.x, event.offsetY - held.y];
      if (Math.abs(dx) + Math.abs(dy) > ClickPixelsMax) held.moved = true;
      if (held.moved) moveTo(hands, held, dx, dy);
    },
    onPointerUp: (event: PointerEvent) => {
      const held = drag.current;
      drag.current = undefined;
      if (held === undefined || held.moved) return;
      const row = boxAt(hands, event.offsetX, event.offsetY);
      if (row >= 0) zoomTo(hands, row);
    },
    onPointerLeave: () => hands.setCurrent(-1),
    onContextMenu: (event: MouseEvent) => {
      openMenu(hands, boxAt(hands, event.offsetX, event.offsetY), event.offsetX, event.offsetY);
      event.preventDefault();
    },
    onKeyDown: (event: KeyboardEvent) => {
      const act = keyAction(hands, event.key);
      if (act === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
      act();
      event.preventDefault();
    },
  };
}

/** As far from where it was taken hold of. */
function moveTo(hands: FlameHands, { from: before }: FlameDrag, dx: number, dy: number): void {
  const { tree, size, isUpright } = hands;
  const { from, to, scrolled } = before;
  const moved = placed(tree, { ...before, from: from - (dx / Math.max(1, size.width)) * (to - from) }, to - from);
  hands.setSight({ ...moved, scrolled: clamped(hands, scrolled + (isUpright ? dy : -dy)) });
}

export function childrenOf(tree: FlameTree, row: number): number[] {
  const children: number[] = [];
  for (let at = row + 1; at < tree.end[row]!; at = tree.end[at]!) children.push(at);
  return children;
}

/** -1 where it has none. */
export function widestChild(tree: FlameTree, row: number): number {
  return childrenOf(tree, row).reduce((widest, child) => (widest < 0 || tree.total[child]! > tree.total[widest]! ? child : widest), -1);
}

function sibling(tree: FlameTree, row: number, by: number): number {
  const siblings = childrenOf(tree, tree.parent[row]!);
  return siblings[siblings.indexOf(row) + by] ?? -1;
}
