// What threads did over time: a lane a thread, states in colour, from the whole recording down to
// microseconds. Far and near are the same picture: another sight asks for another pass over that part
// alone, in bins as wide as a pixel, and until it is there the one before is drawn.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { csvText, timelineLanes, timesBetween } from "../index.js";
import type { Analysis, TimelineTimes } from "../index.js";
import { printable } from "../exports/style.js";
import { durationText } from "../exports/units.js";
import { Answer } from "./answer.js";
import { Canvas } from "./canvas.js";
import type { Colour, Size } from "./canvas.js";
import { h } from "./element.js";
import type { ComponentChild } from "./element.js";
import type { Panel, PanelProps } from "./panel.js";
import { Legend, partsText } from "./time-parts.js";
import type { Part } from "./time-parts.js";
import { AxisHeight, drawTimeline, LabelWidth, LaneHeight } from "./timeline-drawing.js";
import type { Drawn, Line, Sight } from "./timeline-drawing.js";
import { useSight } from "./timeline-sight.js";

const parts: readonly Part[] = ["onCpuNs", "runnableNs", "preemptedNs", "uninterruptibleNs", "interruptibleNs"];

export const timeline: Panel = {
  id: "timeline",
  title: "Timeline",
  answer: "threads",
  extras: () => [],
  tables: () => ({}),
  command: () => [],
  View,
};

/** Of a recording: where the part that is asked for begins and ends, ns after its start. */
function extentOf({ recording, threads }: Analysis): Sight {
  const startNs = recording.startNs[0]!;
  const begins = threads.beginNs.reduce((least, ns) => (ns < least ? ns : least), recording.endNs[0]!);
  const fromNs = Number(begins - startNs);
  return { fromNs, toNs: Math.max(fromNs + 1, Number(recording.endNs[0]! - startNs)) };
}

/** The last answer that there was, for as long as the next one is awaited. */
function useDrawn({ more, filters }: PanelProps, sight: Sight, bins: number): Drawn | undefined {
  const last = useRef<Drawn | undefined>(undefined);
  const lengthNs = Math.max(1, Math.ceil(sight.toNs) - Math.floor(sight.fromNs));
  const binNs = Math.min(2 ** 32 - 1, Math.max(1, Math.ceil(lengthNs / bins)));
  const startNs = Math.max(0, Math.floor(sight.fromNs));
  const when = { from: { sinceStartNs: startNs }, to: { sinceStartNs: startNs + lengthNs } };
  const answer = more({ when, pass: filters.pass }, { binNs });
  if (answer.kind === "ready") {
    const analysis = answer.analyses[0]!;
    if (last.current?.analysis !== analysis) last.current = { analysis, startNs, binNs };
  }
  return last.current;
}

function View(props: PanelProps): ComponentChild {
  const { analyses, filters, filter, fileName } = props;
  const extent = useMemo(() => extentOf(analyses[0]!), [analyses]);
  const [size, setSize] = useState<Size>({ width: 1000, height: 0 });
  const view = useSight(extent, size.width - LabelWidth);
  const drawn = useDrawn(props, view.settled, Math.max(64, size.width - LabelWidth));
  const processes = useMemo(() => (drawn === undefined ? [] : timelineLanes(drawn.analysis, filters.selection)), [drawn, filters.selection]);
  const [closed, setClosed] = useState<ReadonlySet<number>>(new Set());
  const lines = useMemo(() => linesOf(processes, closed), [processes, closed]);
  const [scrolled, setScrolled] = useState(0);
  const [current, setCurrent] = useState(-1);
  // Other filters, other lines.
  useEffect(() => setCurrent(-1), [filters]);
  const draw = useMemo(
    () => (context: CanvasRenderingContext2D, area: Size, colour: Colour) => {
      if (drawn !== undefined) drawTimeline(context, area, colour, { drawn, lines, sight: view.sight, scrolled, current, brushed: view.brushed });
    },
    [drawn, lines, view.sight, view.brushed, scrolled, current],
  );
  const lineAt = (y: number) => Math.floor((y - AxisHeight + scrolled) / LaneHeight);
  const toggle = (line: Line | undefined) => {
    if (line?.kind === "process") setClosed(toggled(closed, line.process.pid));
    else if (line !== undefined) filter({ tid: String(line.lane.tid) });
  };
  const brush = (part: Sight) => filter({ from: seconds(part.fromNs), to: seconds(part.toNs) });
  const exports = [{ title: "CSV", ending: ".timeline.csv", text: () => csvText(laneFields, laneRows(drawn, lines, view.sight)) }];
  return h(Answer, { statements: [], choices: h(Legend, { shown: parts }), exports, fileName, filter }, [
    h("p", { class: "hint" }, "The wheel, + and − zoom (over the names it scrolls), a drag moves, Shift and a drag (or B) selects a part for all views, a click on a thread shows only it."),
    h("p", { class: "said-line", role: "status" }, saidOf(drawn, lines[current], view.sight)),
    h("div", { class: "timeline", onScroll: (event: Event) => setScrolled((event.currentTarget as HTMLElement).scrollTop) }, [
      h("div", { class: "timeline-space", style: { height: `${AxisHeight + lines.length * LaneHeight}px` } }, [
        h(Canvas, {
          class: "timeline-canvas",
          tabindex: 0,
          role: "application",
          "aria-label": `Timeline of ${processes.length} processes; arrows move, + and − zoom, Enter opens`,
          draw,
          onSize: setSize,
          ...view.listeners({
            onPoint: (y) => setCurrent(lineAt(y)),
            onClick: (y) => toggle(lines[lineAt(y)]),
            onLine: (by) => setCurrent(Math.min(lines.length - 1, Math.max(0, current + by))),
            onEnter: () => toggle(lines[current]),
            onBrush: brush,
          }),
        }),
      ]),
    ]),
  ]);
}

function seconds(ns: number): string {
  return (Math.max(0, ns) / 1e9).toFixed(9).replace(/\.?0+$/, "");
}

function toggled(set: ReadonlySet<number>, item: number): ReadonlySet<number> {
  const next = new Set(set);
  if (!next.delete(item)) next.add(item);
  return next;
}

/** Processes of one thread are that thread's lane; the others have a line of their own above. */
function linesOf(processes: ReturnType<typeof timelineLanes>, closed: ReadonlySet<number>): readonly Line[] {
  return processes.flatMap((process): Line[] => {
    const { lanes, pid } = process;
    if (lanes.length === 1) return [{ kind: "thread", lane: lanes[0]! }];
    const isOpen = !closed.has(pid);
    const threads = isOpen ? lanes.map((lane): Line => ({ kind: "thread", lane })) : [];
    return [{ kind: "process", process, isOpen }, ...threads];
  });
}

function binsOf({ startNs, binNs }: Drawn, sight: Sight): { from: number; to: number } {
  return { from: Math.max(0, Math.floor((sight.fromNs - startNs) / binNs)), to: Math.ceil((sight.toNs - startNs) / binNs) };
}

function saidOf(drawn: Drawn | undefined, line: Line | undefined, sight: Sight): string {
  if (drawn === undefined) return "Reading…";
  const inSight = `${durationText(sight.toNs - sight.fromNs)} in sight`;
  if (line === undefined) return inSight;
  const lanes = line.kind === "process" ? line.process.lanes : [line.lane];
  const { from, to } = binsOf(drawn, sight);
  const sum = lanes.map((lane) => timesBetween(drawn.analysis, lane, from, to)).reduce(added);
  const name = line.kind === "process" ? `${line.process.comm} (${line.process.pid}), ${lanes.length} threads` : `${line.lane.comm} ${line.lane.tid}`;
  const { sleepingNs, ...others } = sum;
  return printable(`${name}: ${partsText({ ...others, interruptibleNs: sleepingNs }, parts)}; ${inSight}`);
}

function added(a: TimelineTimes, b: TimelineTimes): TimelineTimes {
  return {
    onCpuNs: a.onCpuNs + b.onCpuNs,
    runnableNs: a.runnableNs + b.runnableNs,
    preemptedNs: a.preemptedNs + b.preemptedNs,
    uninterruptibleNs: a.uninterruptibleNs + b.uninterruptibleNs,
    sleepingNs: a.sleepingNs + b.sleepingNs,
  };
}

const laneFields = { comm: true, pid: true, tid: true, onCpuNs: true, runnableNs: true, preemptedNs: true, uninterruptibleNs: true, sleepingNs: true } as const;

function laneRows(drawn: Drawn | undefined, lines: readonly Line[], sight: Sight) {
  if (drawn === undefined) return [];
  const { from, to } = binsOf(drawn, sight);
  return lines.flatMap((line) =>
    line.kind === "process" ? [] : [{ comm: line.lane.comm, pid: line.lane.pid, tid: line.lane.tid, ...timesBetween(drawn.analysis, line.lane, from, to) }],
  );
}
