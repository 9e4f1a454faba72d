// Stacks that another tool measured, dropped or pasted as text: as a flame graph, by function, by stack.
// No filters and no commands, because nothing is known of them but their weights.

import { useMemo, useState } from "preact/hooks";
import type { WeightedStack, WeightedStacks } from "../index.js";
import type { Statement } from "../exports/labelled-text.js";
import { printable } from "../exports/style.js";
import { countOf, countText, shareText } from "../exports/units.js";
import { FlameBuilder } from "../views/flame-tree.js";
import { stackNode } from "../views/folded-lines.js";
import { Answer } from "./answer.js";
import { Choice } from "./choice.js";
import type { Column } from "./columns.js";
import { h } from "./element.js";
import type { ComponentChild } from "./element.js";
import { FlameCanvas } from "./flame-canvas.js";
import { useSortedRows } from "./sorted-rows.js";
import { Table } from "./table.js";

type By = "flame" | "function" | "stack";

interface FunctionRow {
  readonly name: string;
  /** Of stacks that end in it. */
  readonly self: number;
  /** Of stacks that it is anywhere in, once each. */
  readonly total: number;
}

export function StacksPage({
  stacks,
  onClose,
}: {
  readonly stacks: WeightedStacks;
  readonly onClose: () => void;
}): ComponentChild {
  const [by, setBy] = useState<By>("flame");
  const choices = h(Choice<By>, {
    label: "As",
    words: [
      ["flame", "flame graph"],
      ["function", "function"],
      ["stack", "stack"],
    ],
    chosen: by,
    onChoose: setBy,
  });
  const fileName = stacks.source.replace(/\.[a-z]+$/, "").replace(/[^\w.-]/g, "_");
  return h("div", { class: "app" }, [
    h("header", { class: "top" }, [
      h("h1", { class: "brand" }, "offcut"),
      h(
        "div",
        { class: "recordings" },
        h("span", { class: "recording" }, [
          h("span", { class: "recording-name" }, stacks.source),
          h("small", null, stacks.format),
        ]),
      ),
      h("button", { type: "button", onClick: onClose }, "Close"),
    ]),
    h("main", { class: "stage" }, [
      h(
        Answer,
        {
          statements: statementsOf(stacks),
          choices,
          exports: [{ title: "Folded", ending: ".folded", text: () => foldedLines(stacks) }],
          fileName,
          filter: () => undefined,
        },
        by === "flame" ? h(Flames, { stacks }) : by === "function" ? h(Functions, { stacks }) : h(Stacks, { stacks }),
      ),
    ]),
  ]);
}

function statementsOf(stacks: WeightedStacks): Statement[] {
  const { unit, totalWeight, unreadLines, firstUnreadLine, cutStacks, format } = stacks;
  const what =
    unit === ""
      ? `a weight of ${countText(totalWeight)}, in a unit that folded text does not say`
      : `${countText(totalWeight)} ${unit}`;
  const statements: Statement[] = [
    { label: "stacks", text: `${countText(stacks.stacks.length)} different ones, ${what}` },
  ];
  statements.push({
    label: "from",
    text: `${format} text of another tool: no recording, so that there are no threads, states or times to ask about`,
  });
  if (unreadLines > 0) {
    statements.push({
      label: "unread",
      text: `${countOf(unreadLines, "line")} that ${unreadLines === 1 ? "is" : "are"} no stack, the first being line ${firstUnreadLine}`,
      isAlert: true,
    });
  }
  if (cutStacks > 0)
    statements.push({
      label: "cut",
      text: `${countOf(cutStacks, "stack")} too deep: the innermost frames are left out`,
      isAlert: true,
    });
  return statements;
}

function* foldedLines({ stacks }: WeightedStacks): Generator<string, void, undefined> {
  for (const { frames, weight } of stacks) yield `${frames.map(foldedName).join(";")} ${weight}\n`;
}

/** A frame as folded text can hold it. */
function foldedName(frame: string): string {
  return frame.replace(/;/g, ":");
}

const flameColors = { palette: "kind", delta: undefined } as const;

function Flames({ stacks }: { readonly stacks: WeightedStacks }): ComponentChild {
  const tree = useMemo(() => {
    const builder = new FlameBuilder();
    for (const { frames, weight } of stacks.stacks) builder.add(stackNode(builder, frames.map(foldedName)), weight);
    return builder.tree();
  }, [stacks]);
  const label = `Flame graph of ${stacks.source}`;
  return h(FlameCanvas, {
    label,
    tree,
    unit: "count",
    colors: flameColors,
    isUpright: false,
    search: "",
    actions: () => [],
  });
}

function Functions({ stacks }: { readonly stacks: WeightedStacks }): ComponentChild {
  const [sort, setSort] = useState<string | undefined>(undefined);
  const all = useMemo(() => functionRows(stacks), [stacks]);
  const columns = useMemo((): readonly Column<FunctionRow>[] => {
    const { totalWeight } = stacks;
    const mostSelf = all[0]!.self;
    const mostTotal = all.reduce((most, { total }) => Math.max(most, total), 0);
    return [
      { id: "name", title: "Function", text: (row) => printable(row.name), grows: true },
      {
        id: "self",
        title: "Self",
        term: "weight",
        text: (row) => countText(row.self),
        value: (row) => row.self,
        bar: (row) => row.self / mostSelf,
      },
      { id: "selfShare", title: "Share", text: (row) => shareText(row.self, totalWeight), value: (row) => row.self },
      {
        id: "total",
        title: "With callees",
        text: (row) => countText(row.total),
        value: (row) => row.total,
        bar: (row) => row.total / mostTotal,
      },
      { id: "totalShare", title: "Share", text: (row) => shareText(row.total, totalWeight), value: (row) => row.total },
    ];
  }, [stacks, all]);
  const table = useSortedRows(all, columns, sort, setSort);
  return h(Table<FunctionRow>, { ...table, label: "Functions", onFilter: () => undefined });
}

/** Largest self weight first. */
function functionRows({ stacks }: WeightedStacks): readonly FunctionRow[] {
  const sums = new Map<string, { self: number; total: number }>();
  for (const { frames, weight } of stacks) {
    for (const name of new Set(frames)) {
      const sum = sums.get(name);
      if (sum === undefined) sums.set(name, { self: 0, total: weight });
      else sum.total += weight;
    }
    sums.get(frames.at(-1)!)!.self += weight;
  }
  const rows = [...sums].map(([name, sum]) => ({ name, ...sum }));
  return rows.sort((a, b) => b.self - a.self || b.total - a.total || (a.name < b.name ? -1 : 1));
}

const FramesInCell = 5;

function Stacks({ stacks }: { readonly stacks: WeightedStacks }): ComponentChild {
  const [sort, setSort] = useState<string | undefined>(undefined);
  const columns = useMemo((): readonly Column<WeightedStack>[] => {
    const { totalWeight } = stacks;
    return [
      {
        id: "where",
        title: "Where",
        term: "stack",
        text: ({ frames }) => printable(frames.slice(-FramesInCell).reverse().join(" < ")),
        grows: true,
      },
      { id: "root", title: "Root", text: ({ frames }) => printable(frames[0]!) },
      {
        id: "frames",
        title: "Frames",
        text: ({ frames }) => countText(frames.length),
        value: ({ frames }) => frames.length,
      },
      {
        id: "weight",
        title: "Weight",
        term: "weight",
        text: ({ weight }) => countText(weight),
        value: ({ weight }) => weight,
        bar: ({ weight }) => weight / stacks.stacks[0]!.weight,
      },
      {
        id: "share",
        title: "Share",
        text: ({ weight }) => shareText(weight, totalWeight),
        value: ({ weight }) => weight,
      },
    ];
  }, [stacks]);
  const table = useSortedRows(stacks.stacks, columns, sort, setSort);
  const details = ({ frames }: WeightedStack) => [
    h("h3", null, "Innermost first"),
    h(
      "ol",
      { class: "frames" },
      [...frames]
        .reverse()
        .slice(0, FramesListedMax)
        .map((frame, at) => h("li", { key: at }, printable(frame))),
    ),
    frames.length > FramesListedMax &&
      h("p", { class: "note" }, `and ${countOf(frames.length - FramesListedMax, "frame")} more`),
  ];
  return h(Table<WeightedStack>, { ...table, label: "Stacks", onFilter: () => undefined, details });
}

/** Nobody reads more, and each is an element. */
const FramesListedMax = 500;
