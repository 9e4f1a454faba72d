// What threads did over time: a line a thread, states in colour and system calls below them, from the
// whole recording down to microseconds. Another sight asks for another pass over that part alone, in
// bins as wide as a pixel, and until it is there the one before is drawn. Where few enough events are
// in sight the same pass hands them out one by one: then calls have names, and waits have wakers.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { callNsBetween, csvText, timelineLanes, timesBetween } from "../index.js";
import type { Analysis, TimelineTimes } from "../index.js";
import { printable } from "../exports/style.js";
import { durationText, shareText } from "../exports/units.js";
import { Answer, pictureExport } from "./answer.js";
import { Canvas } from "./canvas.js";
import type { Colour, Size } from "./canvas.js";
import { h } from "./element.js";
import type { ComponentChild } from "./element.js";
import type { Panel, PanelProps } from "./panel.js";
import { Legend, partsText } from "./time-parts.js";
import type { Part } from "./time-parts.js";
import { useChoice } from "./timeline-choice.js";
import { AxisHeight, drawTimeline } from "./timeline-drawing.js";
import { useDrawn } from "./timeline-drawn.js";
import type { Drawn } from "./timeline-drawn.js";
import { heightOf, linesOf } from "./timeline-lines.js";
import type { Line } from "./timeline-lines.js";
import { saidOfEvent, TimelineList } from "./timeline-list.js";
import { LabelWidth } from "./timeline-scale.js";
import type { Sight } from "./timeline-scale.js";
import { useSight } from "./timeline-sight.js";
import { nameOfLine } from "./timeline-spot.js";

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

function View(props: PanelProps): ComponentChild {
  const { analyses, filters, filter, fileName } = props;
  const extent = useMemo(() => extentOf(analyses[0]!), [analyses]);
  const [size, setSize] = useState<Size>({ width: 1000, height: 0 });
  const view = useSight(extent, size.width);
  const { sight } = view;
  const drawn = useDrawn(props, extent, view.settled, Math.max(64, size.width - LabelWidth));
  const processes = useMemo(() => (drawn === undefined ? [] : timelineLanes(drawn.analysis, filters.selection)), [drawn, filters.selection]);
  const [closed, setClosed] = useState<ReadonlySet<number>>(new Set());
  const lines = useMemo(() => linesOf(processes, closed), [processes, closed]);
  const [scrolled, setScrolled] = useState(0);
  const open = (line: Line) => {
    if (line.kind === "process") setClosed(toggled(closed, line.process.pid));
    else filter({ tid: String(line.lane.tid) });
  };
  const choice = useChoice({ lines, events: drawn?.events, sight, scrolled, open });
  const { line: current, event } = choice.shown;
  const area = useRef<HTMLDivElement>(null);
  useScrollTo(area, choice.chosen.line);
  const draw = useMemo(
    () => (context: CanvasRenderingContext2D, area: Size, colour: Colour) => {
      if (drawn !== undefined) drawTimeline(context, area, colour, { drawn, lines, sight, scrolled, current, event, brushed: view.brushed });
    },
    [drawn, lines, sight, view.brushed, scrolled, current, event],
  );
  const brush = (part: Sight) => filter({ from: seconds(part.fromNs), to: seconds(part.toNs) });
  const exports = [{ title: "CSV", ending: ".timeline.csv", text: () => csvText(laneFields, laneRows(drawn, lines, sight)) }, pictureExport(".timeline")];
  return h(Answer, { statements: [], choices: [h(Legend, { shown: parts }), h(CallLegend, null)], exports, fileName, filter }, [
    h("p", { class: "hint" }, "The wheel, + and − zoom (over the names it scrolls), a drag moves, Shift and a drag (or B) selects a part for all views, a double click on a thread shows only it, a click on a wait who ended it."),
    h("p", { class: "said-line", role: "status" }, saidOf(drawn, current, event, sight)),
    h("div", { class: "timeline", ref: area, onScroll: (scroll: Event) => setScrolled((scroll.currentTarget as HTMLElement).scrollTop) }, [
      h("div", { class: "timeline-space", style: { height: `${AxisHeight + heightOf(lines)}px` } }, [
        h(Canvas, {
          class: "timeline-canvas",
          tabindex: 0,
          role: "application",
          "aria-label": `Timeline of ${processes.length} processes; arrows move, Shift and arrows choose a wait, + and − zoom, Enter opens`,
          draw,
          onSize: setSize,
          ...view.listeners({ ...choice.listeners, onBrush: brush }),
        }),
      ]),
    ]),
    drawn !== undefined && h(TimelineList, { drawn, sight, chosen: choice.chosen, choose: choice.choose, goTo: choice.goTo }),
  ]);
}

/** Brings a line into sight once it is chosen, by whichever way. */
function useScrollTo(area: { readonly current: HTMLDivElement | null }, line: Line | undefined): void {
  useEffect(() => {
    const element = area.current;
    if (element === null || line === undefined) return;
    const room = element.clientHeight - AxisHeight;
    element.scrollTop = Math.min(line.top, Math.max(element.scrollTop, line.top + line.height - room));
  }, [line && nameOfLine(line)]);
}

function CallLegend(): ComponentChild {
  return h("div", { class: "legend" }, [
    h("span", null, [h("i", { class: "part-call" }), "in a system call"]),
    h("span", null, [h("i", { class: "part-call-failed" }), "that failed"]),
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

function binsOf({ startNs, binNs }: Drawn, sight: Sight): { from: number; to: number } {
  return { from: Math.max(0, Math.floor((sight.fromNs - startNs) / binNs)), to: Math.ceil((sight.toNs - startNs) / binNs) };
}

function saidOf(drawn: Drawn | undefined, line: Line | undefined, event: number | undefined, sight: Sight): string {
  if (drawn === undefined) return "Reading…";
  const inSight = `${durationText(sight.toNs - sight.fromNs)} in sight`;
  if (line === undefined) return inSight;
  const name = line.kind === "process" ? `${line.process.comm} (${line.process.pid}), ${line.process.lanes.length} threads` : `${line.lane.comm} ${line.lane.tid}`;
  if (event !== undefined) return printable(`${name} ${saidOfEvent(drawn, event)}; ${inSight}`);
  const lanes = line.kind === "process" ? line.process.lanes : [line.lane];
  const { from, to } = binsOf(drawn, sight);
  const sum = lanes.map((lane) => timesBetween(drawn.analysis, lane, from, to)).reduce(added);
  const callNs = lanes.reduce((ns, lane) => ns + callNsBetween(drawn.analysis, lane, from, to), 0);
  const { sleepingNs, ...others } = sum;
  const inCalls = shareText(callNs, Math.max(callNs, lanes.length * (sight.toNs - sight.fromNs)));
  return printable(`${name}: ${partsText({ ...others, interruptibleNs: sleepingNs }, parts)}; ${inCalls} in system calls; ${inSight}`);
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

const laneFields = {
  comm: true,
  pid: true,
  tid: true,
  onCpuNs: true,
  runnableNs: true,
  preemptedNs: true,
  uninterruptibleNs: true,
  sleepingNs: true,
  callNs: true,
} as const;

function laneRows(drawn: Drawn | undefined, lines: readonly Line[], sight: Sight) {
  if (drawn === undefined) return [];
  const { from, to } = binsOf(drawn, sight);
  return lines.flatMap((line) => {
    if (line.kind === "process") return [];
    const { comm, pid, tid } = line.lane;
    const { analysis } = drawn;
    return [{ comm, pid, tid, ...timesBetween(analysis, line.lane, from, to), callNs: callNsBetween(analysis, line.lane, from, to) }];
  });
}
