// A flame graph to look around in: zooms by click, wheel and keys, pans, searches, says what is under
// the pointer, and offers what can be done with a box. Draws any tree; whose stacks they are, and what
// a choice means for the rest of the page, its owner knows. Beside the picture stands the same as a
// tree of elements around the chosen box, for those who cannot see it.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { maxDelta } from "../exports/flame-colors.js";
import type { FlameColors } from "../exports/flame-colors.js";
import { boxText, weightText } from "../exports/flame-words.js";
import { shareText } from "../exports/units.js";
import { FlameLayout } from "../views/flame-layout.js";
import { searchPattern, searchTree } from "../views/flame-search.js";
import type { FlameUnit } from "../views/flame-stacks.js";
import type { FlameTree } from "../views/flame-tree.js";
import { copyText } from "./answer.js";
import { Canvas } from "./canvas.js";
import type { Colour, Size } from "./canvas.js";
import { h } from "./element.js";
import type { ComponentChild } from "./element.js";
import { BoxHeight, drawFlames } from "./flame-drawing.js";
import { childrenOf, choose, flameListeners, sightOf, widestChild, zoomTo } from "./flame-hands.js";
import type { FlameDrag, FlameHands, FlameMenu } from "./flame-hands.js";
import { nameOf, pathTo, stackText } from "./flame-names.js";

export interface FlameAction {
  readonly title: string;
  readonly act: () => void;
}

export interface FlameCanvasProps {
  readonly label: string;
  readonly tree: FlameTree;
  readonly unit: FlameUnit;
  readonly colors: FlameColors;
  readonly isUpright: boolean;
  readonly search: string;
  /** What the owner offers for a box beside zooming and copying. */
  readonly actions: (row: number) => readonly FlameAction[];
  /** Height of the picture as CSS says it. */
  readonly height?: string;
}

/** Boxes narrower than this are merged with their neighbours. */
const MinPx = 0.7;
/** Callees of the chosen box that the tree of elements lists. */
const ListedMax = 30;

export function FlameCanvas({ label, tree, unit, colors, isUpright, search, actions, height }: FlameCanvasProps): ComponentChild {
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  const [sight, setSight] = useState(() => sightOf(tree, 0));
  const [current, setCurrent] = useState(-1);
  const [menu, setMenu] = useState<FlameMenu | undefined>(undefined);
  const drag = useRef<FlameDrag | undefined>(undefined);
  const layout = useMemo(() => new FlameLayout(), []);
  useEffect(() => {
    setSight(sightOf(tree, 0));
    setCurrent(-1);
    setMenu(undefined);
  }, [tree]);
  const shown = sight.zoom < tree.length ? sight : sightOf(tree, 0); // a tree that was just replaced
  const matches = useMemo(() => (search === "" ? undefined : searchTree(tree, searchPattern(search, true))), [tree, search]);
  const deltaMax = useMemo(() => (colors.delta === undefined ? 0 : maxDelta(tree, colors.delta)), [tree, colors.delta]);
  const draw = useMemo(
    () => (context: CanvasRenderingContext2D, area: Size, colour: Colour) => {
      const { zoom, from, to, scrolled } = shown;
      const depthFrom = Math.max(0, Math.floor(scrolled / BoxHeight));
      const depthTo = Math.ceil((scrolled + area.height) / BoxHeight);
      const boxes = layout.boxes(tree, { zoom, from, to, widthPx: area.width, minPx: MinPx, depthFrom, depthTo });
      drawFlames(context, area, colour, { tree, boxes, colors, deltaMax, found: matches?.frames, current, zoomDepth: tree.depth[zoom]!, scrolled, isUpright });
    },
    [tree, shown, colors, deltaMax, matches, current, isUpright],
  );

  const hands: FlameHands = { tree, size, isUpright, sight: shown, current, menu, drag, setSight, setCurrent, setMenu };
  const zoom = (row: number) => zoomTo(hands, row);
  const chosen = current >= 0 && current < tree.length ? current : shown.zoom;
  const said = boxText(tree, chosen, { unit, delta: colors.delta });
  return h("div", { class: "flames" }, [
    h(Crumbs, { tree, row: shown.zoom, zoomTo: zoom }),
    h("p", { class: "said-line" }, [
      h("span", { class: "flame-details" }, said),
      matches !== undefined && h("span", { class: "flame-matched", role: "status" }, `Matched: ${shareText(matches.weight, tree.total[0]!)} (${weightText(matches.weight, unit)})`),
    ]),
    h("div", { class: "flame-area", style: height === undefined ? {} : { height } }, [
      h(Canvas, { class: "flame-canvas", draw, onSize: setSize, tabindex: 0, role: "application", "aria-label": `${label}; arrows walk, Enter zooms, Escape goes back, M offers more`, ...flameListeners(hands) }),
      menu !== undefined && h(Menu, { menu, items: [{ title: "Zoom here", act: () => zoom(menu.row) }, { title: "Copy the stack", act: () => void copyText(stackText(tree, menu.row)) }, ...actions(menu.row)], close: () => setMenu(undefined) }),
    ]),
    h(Outline, { label, tree, row: chosen, unit, choose: (row) => choose(hands, row), zoomTo: zoom }),
  ]);
}

function Crumbs({ tree, row, zoomTo }: { readonly tree: FlameTree; readonly row: number; readonly zoomTo: (row: number) => void }): ComponentChild {
  const path = [0, ...pathTo(tree, row)];
  const shown = path.length > 8 ? [path[0]!, ...path.slice(-6)] : path;
  return h(
    "nav",
    { class: "crumbs", "aria-label": "Zoomed into" },
    shown.map((at, index) => [
      index > 0 && h("span", { "aria-hidden": "true" }, index === 1 && shown.length < path.length ? " › … › " : " › "),
      h("button", { key: at, type: "button", class: "inline", "aria-current": at === row ? "true" : undefined, onClick: () => zoomTo(at) }, nameOf(tree, at)),
    ]),
  );
}

function Menu({ menu, items, close }: { readonly menu: { x: number; y: number }; readonly items: readonly FlameAction[]; readonly close: () => void }): ComponentChild {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => (list.current?.querySelector("button") as HTMLElement | null)?.focus(), []);
  const onKeyDown = (event: KeyboardEvent) => {
    const buttons = [...list.current!.querySelectorAll("button")];
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (event.key === "Escape") close();
    else if (step !== 0) buttons[(buttons.indexOf(document.activeElement as HTMLButtonElement) + step + buttons.length) % buttons.length]?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return h(
    "div",
    { class: "flame-menu", ref: list, role: "menu", style: { left: `${menu.x}px`, top: `${menu.y}px` }, onKeyDown },
    items.map(({ title, act }) =>
      h("button", { key: title, type: "button", role: "menuitem", onClick: () => { close(); act(); } }, title),
    ),
  );
}

/** The chosen box, what it lies in and what lies in it, as a tree that can be walked and read out. */
function Outline({ label, tree, row, unit, choose, zoomTo }: { readonly label: string; readonly tree: FlameTree; readonly row: number; readonly unit: FlameUnit; readonly choose: (row: number) => void; readonly zoomTo: (row: number) => void }): ComponentChild {
  const [isOpen, setOpen] = useState(false);
  if (!isOpen) return h("button", { type: "button", class: "outline-button", onClick: () => setOpen(true) }, "As a list");
  const children = childrenOf(tree, row).sort((a, b) => tree.total[b]! - tree.total[a]!).slice(0, ListedMax);
  const items = [0, ...pathTo(tree, row), ...children];
  return h("div", { class: "outline" }, [
    h("button", { type: "button", class: "outline-button", onClick: () => setOpen(false) }, "Hide the list"),
    h(
      "ul",
      { role: "tree", "aria-label": label },
      items.map((at) =>
        h(
          "li",
          {
            key: at,
            role: "treeitem",
            tabindex: at === row ? 0 : -1,
            "aria-level": tree.depth[at]! + 1,
            "aria-selected": at === row,
            style: { paddingLeft: `${Math.min(40, tree.depth[at]!) * 8}px` },
            onClick: () => choose(at),
            onKeyDown: (event: KeyboardEvent) => {
              if (event.key === "Enter") zoomTo(at);
              else if (event.key === "ArrowRight") choose(widestChild(tree, at));
              else if (event.key === "ArrowLeft") choose(tree.parent[at]!);
              else return;
              event.preventDefault();
            },
          },
          boxText(tree, at, { unit }),
        ),
      ),
    ),
  ]);
}
