// When waits or calls of which length ended, and what happens every so often: two heat maps. A part
// brushed with the mouse, or marked by keyboard, becomes a filter that every other view follows.

import { useEffect, useMemo, useState } from "preact/hooks";
import { bucketStartNs, csvText, lengthHeatMap, offsetHeatMap } from "../index.js";
import type { Analysis, HeatMap, TimelineState } from "../index.js";
import { countText, durationText } from "../exports/units.js";
import { Answer, pictureExport } from "./answer.js";
import { Canvas } from "./canvas.js";
import type { Colour, Size } from "./canvas.js";
import { Choice } from "./choice.js";
import { h } from "./element.js";
import type { ComponentChild } from "./element.js";
import { cellAt, drawHeatMap } from "./heat-drawing.js";
import type { Cell } from "./heat-drawing.js";
import type { Panel, PanelProps } from "./panel.js";
import type { Sight } from "./timeline-scale.js";
import type { Changes, Words } from "./words.js";

type By = "waits" | "calls" | "offset";

const bys: readonly (readonly [By, string])[] = [
  ["waits", "length of waits"],
  ["calls", "length of system calls"],
  ["offset", "part of the second"],
];

const weights: readonly (readonly ["count" | "time", string])[] = [
  ["count", "how many"],
  ["time", "their time"],
];

const states: readonly (readonly [TimelineState, string])[] = [
  ["onCpuNs", "on a CPU"],
  ["runnableNs", "runnable"],
  ["preemptedNs", "preempted"],
  ["uninterruptibleNs", "in D state"],
  ["sleepingNs", "asleep (S)"],
];

export const heatMap: Panel = {
  id: "heat",
  title: "Heat map",
  answer: "offcpu",
  extras: () => [],
  tables: () => ({}),
  command: () => [],
  View: (props) => (byOf(props.own) === "offset" ? h(ByOffset, props) : h(ByLength, props)),
};

function byOf(own: Words): By {
  return bys.find(([by]) => by === own.value("by"))?.[0] ?? "waits";
}

function Kinds({ own, change }: Pick<PanelProps, "own" | "change">): ComponentChild {
  return h(Choice<By>, { label: "By", words: bys, chosen: byOf(own), onChoose: (by) => change({ by: by === "waits" ? undefined : by }) });
}

const Columns = 200;

/** Of the part of the recording that is asked for, ns after its start. */
function timeOf({ recording, threads }: Analysis): Sight {
  const startNs = recording.startNs[0]!;
  const begins = threads.beginNs.reduce((least, ns) => (ns < least ? ns : least), recording.endNs[0]!);
  const fromNs = Number(begins - startNs);
  return { fromNs, toNs: Math.max(fromNs + 1, Number(recording.endNs[0]! - startNs)) };
}

function whenOf({ fromNs, toNs }: Sight) {
  return { from: { sinceStartNs: fromNs }, to: { sinceStartNs: toNs } };
}

function ByLength({ analyses, filters, own, more, change, filter, fileName }: PanelProps): ComponentChild {
  const time = useMemo(() => timeOf(analyses[0]!), [analyses]);
  const binNs = Math.max(1, Math.ceil((time.toNs - time.fromNs) / Columns));
  const answer = more({ when: whenOf(time), pass: filters.pass }, { heatBinNs: binNs });
  const analysis = answer.kind === "ready" ? answer.analyses[0]! : undefined;
  const isCalls = byOf(own) === "calls";
  const weight = own.value("weight") === "time" ? "time" : "count";
  const map = useMemo(
    () => analysis && lengthHeatMap(analysis, Columns, { of: isCalls ? "calls" : "waits", weight, selection: filters.selection }),
    [analysis, isCalls, weight, filters.selection],
  );
  const rowText = (row: number) => durationText(bucketStartNs((map?.firstBucket ?? 0) + row));
  const valueText = (value: number) => (weight === "time" ? durationText(value) : countText(value));
  const brush = (from: Cell, to: Cell) => {
    const first = map!.firstBucket;
    const us = (bucket: number) => String(Math.floor(bucketStartNs(bucket) / 1000));
    filter({
      ...columnsFilter(time, binNs, from.column, to.column),
      ...(isCalls ? {} : { "min-block-time": us(first + from.row), "max-block-time": us(first + to.row + 1) }),
    });
  };
  const choices = [
    h(Kinds, { own, change }),
    h(Choice<"count" | "time">, { label: "Shows", words: weights, chosen: weight, onChoose: (word) => change({ weight: word === "count" ? undefined : word }) }),
  ];
  return h(Shown, { map, time, binNs, rowText, valueText, brush, choices, fileName, filter, noun: isCalls ? "system calls" : "waits" });
}

const BinsPerSecond = 50;
const SecondNs = 1e9;
/** More is a pass over them all at a resolution that no screen has. */
const SecondsMax = 3600;

function ByOffset({ analyses, filters, own, more, change, filter, fileName }: PanelProps): ComponentChild {
  const time = useMemo(() => {
    const { fromNs, toNs } = timeOf(analyses[0]!);
    const firstNs = Math.floor(fromNs / SecondNs) * SecondNs;
    const seconds = Math.min(SecondsMax, Math.ceil((toNs - firstNs) / SecondNs));
    return { fromNs: firstNs, toNs: firstNs + seconds * SecondNs };
  }, [analyses]);
  const seconds = (time.toNs - time.fromNs) / SecondNs;
  const binNs = SecondNs / BinsPerSecond;
  const answer = more({ when: whenOf(time), pass: filters.pass }, { binNs });
  const analysis = answer.kind === "ready" ? answer.analyses[0]! : undefined;
  const state = states.find(([word]) => word === own.value("state"))?.[0] ?? "onCpuNs";
  const map = useMemo(
    () => analysis && offsetHeatMap(analysis, seconds, { state, binsPerSecond: BinsPerSecond, selection: filters.selection }),
    [analysis, seconds, state, filters.selection],
  );
  const brush = (from: Cell, to: Cell) => {
    // From the first marked part of the first second to the last one of the last.
    const start = time.fromNs + from.column * SecondNs + from.row * binNs;
    const end = time.fromNs + to.column * SecondNs + (to.row + 1) * binNs;
    filter({ from: secondsWord(start), to: secondsWord(Math.max(end, start + binNs)) });
  };
  const choices = [
    h(Kinds, { own, change }),
    h(Choice<TimelineState>, { label: "Threads", words: states, chosen: state, onChoose: (word) => change({ state: word === "onCpuNs" ? undefined : word }) }),
  ];
  const rowText = (row: number) => `${((row * 1000) / BinsPerSecond).toFixed(0)} ms`;
  return h(Shown, { map, time, binNs: SecondNs, rowText, valueText: durationText, brush, choices, fileName, filter, noun: "thread time" });
}

function columnsFilter(time: Sight, binNs: number, first: number, last: number): Changes {
  return { from: secondsWord(time.fromNs + first * binNs), to: secondsWord(Math.min(time.toNs, time.fromNs + (last + 1) * binNs)) };
}

function secondsWord(ns: number): string {
  return (ns / SecondNs).toFixed(9).replace(/\.?0+$/, "");
}

interface ShownProps {
  readonly map: HeatMap | undefined;
  readonly time: Sight;
  /** A column's. */
  readonly binNs: number;
  readonly rowText: (row: number) => string;
  readonly valueText: (value: number) => string;
  readonly brush: (from: Cell, to: Cell) => void;
  readonly choices: ComponentChild;
  readonly fileName: string;
  readonly filter: (changes: Changes) => void;
  readonly noun: string;
}

/** Cells at two corners, as the lower left and the upper right one. */
function ordered(a: Cell, b: Cell): [Cell, Cell] {
  return [
    { column: Math.min(a.column, b.column), row: Math.min(a.row, b.row) },
    { column: Math.max(a.column, b.column), row: Math.max(a.row, b.row) },
  ];
}

function Shown({ map, time, binNs, rowText, valueText, brush, choices, fileName, filter, noun }: ShownProps): ComponentChild {
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  const [current, setCurrent] = useState<Cell | undefined>(undefined);
  const [held, setHeld] = useState<Cell | undefined>(undefined);
  // Another map has other cells.
  useEffect(() => {
    setCurrent(undefined);
    setHeld(undefined);
  }, [map]);
  const isEmpty = map !== undefined && map.rows === 0;
  const draw = useMemo(
    () => (context: CanvasRenderingContext2D, area: Size, colour: Colour) => {
      if (map === undefined || map.rows === 0) return;
      const brushed = held !== undefined && current !== undefined ? { from: held, to: current } : undefined;
      drawHeatMap(context, area, colour, { map, time, rowText, current, brushed });
    },
    [map, time, current, held],
  );
  const at = (event: PointerEvent) => (map === undefined || isEmpty ? undefined : cellAt(size, map, event.offsetX, event.offsetY));
  const finish = (from: Cell | undefined, to: Cell | undefined) => {
    if (from !== undefined && to !== undefined) brush(...ordered(from, to));
    setHeld(undefined);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const steps: { readonly [key: string]: readonly [number, number] } = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    const step = steps[event.key];
    if (map === undefined || isEmpty) return;
    if (step !== undefined) {
      if (event.shiftKey && held === undefined) setHeld(current);
      const { column, row } = current ?? { column: 0, row: 0 };
      setCurrent({ column: Math.min(map.columns - 1, Math.max(0, column + step[0])), row: Math.min(map.rows - 1, Math.max(0, row + step[1])) });
    } else if (event.key === "Enter") finish(held ?? current, current);
    else if (event.key === "Escape") setHeld(undefined);
    else return;
    event.preventDefault();
  };
  const exports = [{ title: "CSV", ending: ".heat.csv", text: () => csvText({ fromNs: true, row: true, value: true }, cellRows(map, time, binNs, rowText)) }, pictureExport(".heat")];
  return h(Answer, { statements: [], choices, exports, fileName, filter }, [
    h("p", { class: "hint" }, "Drag over a part, or mark it with Shift and the arrow keys and press Enter: every view then shows that part."),
    h("p", { class: "said-line", role: "status" }, saidOf({ map, time, binNs, rowText, valueText, noun }, current)),
    h("div", { class: "heat-area" }, [
      h(Canvas, {
        draw,
        onSize: setSize,
        tabindex: 0,
        role: "application",
        "aria-label": `Heat map of ${noun} over time; arrows choose a cell, Shift marks, Enter filters`,
        onPointerDown: (event: PointerEvent) => {
          (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
          setHeld(at(event));
        },
        onPointerMove: (event: PointerEvent) => setCurrent(at(event)),
        onPointerUp: (event: PointerEvent) => finish(held, at(event)),
        onKeyDown,
      }),
    ]),
  ]);
}

function saidOf({ map, time, binNs, rowText, valueText, noun }: Omit<ShownProps, "brush" | "choices" | "fileName" | "filter">, cell: Cell | undefined): string {
  if (map === undefined) return "Reading…";
  if (map.rows === 0) return `No ${noun} match.`;
  if (cell === undefined) return `${valueText(map.total)} of ${noun}, at most ${valueText(map.max)} in a cell`;
  const value = map.values[cell.row * map.columns + cell.column]!;
  const fromNs = time.fromNs + cell.column * binNs;
  return `from ${secondsWord(fromNs)} s for ${durationText(binNs)}, ${rowText(cell.row)} to ${rowText(cell.row + 1)}: ${valueText(value)}`;
}

function cellRows(map: HeatMap | undefined, time: Sight, binNs: number, rowText: (row: number) => string) {
  if (map === undefined) return [];
  return Array.from(map.values, (value, at) => ({ fromNs: time.fromNs + (at % map.columns) * binNs, row: rowText(Math.floor(at / map.columns)), value })).filter(
    ({ value }) => value > 0,
  );
}
