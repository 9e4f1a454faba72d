// Where the time went, by stack: `offcut flame`. One recording, or two compared; any weight; the right way
// up, as icicles, leaf first, or around one function.

import { useEffect, useMemo, useState } from "preact/hooks";
import { flamePalettes, colorLegend, cssColor } from "../exports/flame-colors.js";
import type { FlameColors, FlamePalette } from "../exports/flame-colors.js";
import { flameSvg } from "../exports/flame-svg.js";
import { shownName } from "../exports/flame-words.js";
import { calleesOf, callersOf, onlyThrough } from "../views/flame-shapes.js";
import { flamePassOptions, flameUnit, flameWeights } from "../views/flame-stacks.js";
import type { FlameWeight } from "../views/flame-stacks.js";
import { FrameKind } from "../views/flame-tree.js";
import type { FlameTree } from "../views/flame-tree.js";
import { Answer, pictureExport } from "./answer.js";
import type { Export, PictureExport } from "./answer.js";
import { nameFilter } from "./cell-filters.js";
import { Choice } from "./choice.js";
import { h } from "./element.js";
import type { ComponentChild } from "./element.js";
import { FlameCanvas } from "./flame-canvas.js";
import type { FlameAction } from "./flame-canvas.js";
import { isOfCalls } from "./flame-making.js";
import type { FlameAsked } from "./flame-making.js";
import { pathTo } from "./flame-names.js";
import type { Panel, PanelProps } from "./panel.js";
import { useView } from "./views.js";
import type { Words } from "./words.js";

type Shape = "upright" | "icicle" | "leaf";

const shapes: readonly (readonly [Shape, string])[] = [
  ["icicle", "root above"],
  ["upright", "root below"],
  ["leaf", "leaf first"],
];

const weightTitles: { readonly [Weight in FlameWeight]: string } = {
  offcpu: "off-CPU time",
  blocked: "blocked time",
  runqueue: "waiting for a CPU",
  periods: "off-CPU periods",
  syscalls: "time in system calls",
  calls: "system calls",
  wakers: "blocked time, with wakers",
  wakeups: "wakeups",
};

export const flameGraph: Panel = {
  id: "flame",
  title: "Flame graph",
  answer: "flame",
  extras: (own) => (isOfCalls(weightOf(own)) ? ["idle"] : ["idle", "open"]),
  tables: ({ own }) => flamePassOptions(weightOf(own)),
  command: ({ own }) => commandOf(own),
  View,
};

function weightOf(own: Words): FlameWeight {
  return flameWeights.find((weight) => weight === own.value("weight")) ?? "offcpu";
}

function shapeOf(own: Words): Shape {
  return shapes.find(([shape]) => shape === own.value("shape"))?.[0] ?? "icicle";
}

function paletteOf(own: Words): FlamePalette {
  return flamePalettes.find((palette) => palette === own.value("colors")) ?? "kind";
}

function commandOf(own: Words): string[] {
  const words: string[] = [];
  const weight = weightOf(own);
  if (weight !== "offcpu") words.push("--weight", weight);
  if (paletteOf(own) !== "kind") words.push("--colors", paletteOf(own));
  if (shapeOf(own) === "icicle") words.push("--inverted");
  if (shapeOf(own) === "leaf") words.push("--inverted", "--reverse");
  const hidden = own.value("hide");
  if (hidden !== undefined) words.push("--hide", hidden);
  return words;
}

function View({ analyses, periods, own, views, change, filter, fileName }: PanelProps): ComponentChild {
  const weight = weightOf(own);
  const shape = shapeOf(own);
  const search = own.value("search") ?? "";
  const hidden = own.value("hide");
  const around = own.value("around");
  const isCompared = analyses.length === 2;
  const isLeafFirst = shape === "leaf";
  const asked: FlameAsked = useMemo(() => ({ periods, weight, isCompared, hidden, isLeafFirst }), [periods, weight, isCompared, hidden, isLeafFirst]);
  const { made, isStale } = useView(views, "flame", analyses, asked);
  const colors: FlameColors = useMemo(() => ({ palette: paletteOf(own), delta: made?.tree.other && "self" }), [paletteOf(own), made?.tree.other === undefined]);
  const unit = flameUnit(weight);
  const actions = (of: FlameTree) => (row: number): readonly FlameAction[] => actionsOn(of, row, { change, filter, hidden });
  const exports: readonly (Export | PictureExport)[] = made === undefined ? [] : [
    { title: "Folded", ending: ".folded", text: () => foldedLines(made.tree) },
    { title: "SVG", ending: ".svg", text: () => flameSvg(made.tree, { ...colors, title: titleOf(weight, isCompared), unit, inverted: shape !== "upright", minWidth: { px: 0.1 } }).svg },
    pictureExport(".flame"),
  ];
  const choices = [
    h("label", { class: "choice" }, [
      h("span", { class: "choice-label" }, "Width"),
      h(
        "select",
        { "aria-label": "What widths are", value: weight, onChange: (event: Event) => change({ weight: defaulted((event.currentTarget as HTMLSelectElement).value, "offcpu") }) },
        flameWeights.map((each) => h("option", { key: each, value: each }, weightTitles[each])),
      ),
    ]),
    h(Choice<Shape>, { label: "Shape", words: shapes, chosen: shape, onChoose: (word) => change({ shape: defaulted(word, "icicle") }) }),
    !isCompared && h(Choice<"kind" | "reason">, { label: "Colours", words: [["kind", "kind of code"], ["reason", "why it waited"]], chosen: paletteOf(own) === "reason" ? "reason" : "kind", onChoose: (word) => change({ colors: defaulted(word, "kind") }) }),
    h(SearchField, { search, change }),
  ];
  return h(Answer, { statements: made?.statements ?? [], choices, exports, fileName, isStale, filter }, made !== undefined && [
    h(Legend, { tree: made.tree, colors }),
    hidden !== undefined && h("p", { class: "hint" }, ["Hidden: ", h("code", null, hidden), " ", h("button", { type: "button", class: "inline", onClick: () => change({ hide: undefined }) }, "show again")]),
    made.tree.total[0] === 0
      ? h("p", { class: "sentence" }, "Nothing is selected: the graph is empty.")
      : around === undefined
        ? h(FlameCanvas, { label: titleOf(weight, isCompared), tree: made.tree, unit, colors, isUpright: shape === "upright", search, actions: actions(made.tree) })
        : h(Around, { tree: made.whole, name: around, unit, colors, search, actions, leave: () => change({ around: undefined }) }),
  ]);
}

function defaulted(word: string, byDefault: string): string | undefined {
  return word === byDefault ? undefined : word;
}

function titleOf(weight: FlameWeight, isCompared: boolean): string {
  const title = weightTitles[weight];
  return `${title[0]!.toUpperCase()}${title.slice(1)}${isCompared ? ": what changed" : ""}`;
}

function Legend({ tree, colors }: { readonly tree: FlameTree; readonly colors: FlameColors }): ComponentChild {
  return h(
    "div",
    { class: "legend" },
    colorLegend(tree, colors).map(([color, words]) => h("span", { key: words }, [h("i", { style: { background: cssColor(color) } }), words])),
  );
}

function SearchField({ search, change }: { readonly search: string; readonly change: PanelProps["change"] }): ComponentChild {
  const [typed, setTyped] = useState(search);
  useEffect(() => setTyped(search), [search]);
  const commit = (text: string) => change({ search: text === "" ? undefined : text });
  return h("form", { class: "choice", role: "search", onSubmit: (event: Event) => { event.preventDefault(); commit(typed); } }, [
    h("input", {
      type: "search",
      class: "flame-search",
      placeholder: "Search: a regular expression",
      "aria-label": "Search for frames",
      value: typed,
      onInput: (event: Event) => setTyped((event.currentTarget as HTMLInputElement).value),
      onBlur: () => typed !== search && commit(typed),
    }),
  ]);
}

/** What a box's menu offers for the rest of the page. */
function actionsOn(tree: FlameTree, row: number, { change, filter, hidden }: Pick<PanelProps, "change" | "filter"> & { readonly hidden: string | undefined }): FlameAction[] {
  const name = tree.frames.names[tree.frame[row]!]!;
  const kind = tree.frames.kinds[tree.frame[row]!]! as FrameKind;
  if (kind === FrameKind.Root || kind === FrameKind.Separator) return [];
  if (kind === FrameKind.Thread) {
    const named = nameFilter("comm", name);
    return named === undefined ? [] : [{ title: "Only threads of this name", act: () => filter(named) }];
  }
  if (kind === FrameKind.Syscall) return [{ title: "Only this system call", act: () => filter({ syscall: name }) }];
  const thread = pathTo(tree, row).find((at) => tree.frames.kinds[tree.frame[at]!] === FrameKind.Thread);
  const comm = thread === undefined ? undefined : nameFilter("comm", tree.frames.names[tree.frame[thread]!]!);
  const pattern = nameFilter("stack", name)?.["stack"];
  return [
    { title: "Callers and callees", act: () => change({ around: name }) },
    { title: "Only stacks with it", act: () => filter({ stack: pattern }) },
    { title: "Without stacks with it", act: () => filter({ "not-stack": pattern }) },
    ...(hidden === undefined ? [{ title: "Hide it in stacks", act: () => change({ hide: pattern }) }] : []),
    ...(comm === undefined ? [] : [{ title: "Only threads of this name", act: () => filter(comm) }]),
  ];
}

interface AroundProps {
  readonly tree: FlameTree;
  readonly name: string;
  readonly unit: "ns" | "count";
  readonly colors: FlameColors;
  readonly search: string;
  readonly actions: (tree: FlameTree) => (row: number) => readonly FlameAction[];
  readonly leave: () => void;
}

/** One function: who calls it above, what it calls below. */
function Around({ tree, name, unit, colors, search, actions, leave }: AroundProps): ComponentChild {
  const trees = useMemo(() => {
    const frames = tree.frames.names.flatMap((each, frame) => (each === name ? [frame] : []));
    const [frame] = frames;
    if (frame === undefined) return undefined;
    const through = onlyThrough(tree, Uint8Array.from(tree.frames.names, (each) => (each === name ? 1 : 0)));
    const inThrough = through.frames.names.indexOf(name);
    return inThrough < 0 ? undefined : { callers: callersOf(through, inThrough), callees: calleesOf(through, inThrough) };
  }, [tree, name]);
  return h("div", { class: "around" }, [
    h("p", { class: "hint" }, [h("strong", null, shownName(name)), ": its callers above, what it calls below. ", h("button", { type: "button", class: "inline", onClick: leave }, "Back to all")]),
    trees === undefined
      ? h("p", { class: "sentence" }, "No stack that is selected has it.")
      : [
          h(FlameCanvas, { key: "callers", label: `Callers of ${name}`, tree: trees.callers, unit, colors, isUpright: true, search, actions: actions(trees.callers), height: "34vh" }),
          h(FlameCanvas, { key: "callees", label: `What ${name} calls`, tree: trees.callees, unit, colors, isUpright: false, search, actions: actions(trees.callees), height: "34vh" }),
        ],
  ]);
}

function* foldedLines(tree: FlameTree): Generator<string> {
  const path: string[] = [];
  for (let row = 1; row < tree.length; row++) {
    path.length = tree.depth[row]! - 1;
    path.push(shownName(tree.frames.names[tree.frame[row]!]!).replaceAll(";", ":"));
    if (tree.self[row]! > 0) yield `${path.join(";")} ${Math.round(tree.self[row]!)}\n`;
  }
}
