// The picture of the timeline: lines of threads under an axis of time, states in colour and below them
// system calls. In a bin that holds several states they are stacked by how long each was; sleep is drawn
// low, so that what runs, waits for a CPU or is stuck in D state stands out. Only what is in sight is
// drawn.

import { rowAtBin, timelineStates } from "../views/timeline.js";
import type { Lane, TimelineState } from "../views/timeline.js";
import { axisTicks, secondsText } from "./canvas.js";
import type { Colour, Size } from "./canvas.js";
import { drawArrows } from "./timeline-arrows.js";
import { drawCalls } from "./timeline-calls.js";
import type { Drawn } from "./timeline-drawn.js";
import { linesOfThreads, placeAt, StatesHeight } from "./timeline-lines.js";
import type { Line } from "./timeline-lines.js";
import { LabelWidth, TimeScale } from "./timeline-scale.js";
import type { Sight } from "./timeline-scale.js";

export const AxisHeight = 22;

const colours: { readonly [State in TimelineState]: string } = {
  onCpuNs: "on-cpu",
  runnableNs: "runnable",
  preemptedNs: "preempted",
  uninterruptibleNs: "disk",
  sleepingNs: "asleep",
};

export interface Picture {
  readonly drawn: Drawn;
  readonly lines: readonly Line[];
  readonly sight: Sight;
  /** Pixels scrolled down. */
  readonly scrolled: number;
  /** Line that is pointed at or chosen. */
  readonly current: Line | undefined;
  /** Of it, the event that is pointed at or chosen: its row. */
  readonly event: number | undefined;
  /** Being brushed. */
  readonly brushed: Sight | undefined;
}

export function drawTimeline(context: CanvasRenderingContext2D, size: Size, colour: Colour, picture: Picture): void {
  const { drawn, lines, scrolled, current, event, sight } = picture;
  const scale = new TimeScale(sight, size.width);
  const origin = AxisHeight - scrolled;
  context.font = `12px ${colour("sans")}`;
  context.textBaseline = "middle";
  drawAxis(context, size, colour, scale);
  context.save();
  context.beginPath();
  context.rect(0, AxisHeight, size.width, size.height - AxisHeight);
  context.clip();
  for (let at = placeAt(lines, scrolled); at < lines.length; at++) {
    const line = lines[at]!;
    if (origin + line.top > size.height) break;
    if (line === current) {
      context.fillStyle = colour("accent");
      context.globalAlpha = 0.08;
      context.fillRect(0, origin + line.top, size.width, line.height);
      context.globalAlpha = 1;
    }
    drawLine(context, size, colour, drawn, scale, line, origin + line.top);
  }
  if (current?.kind === "thread") {
    if (event !== undefined) drawChosen(context, colour, drawn, scale, event, origin + current.top, current.height);
    drawArrows(context, colour, { drawn, scale, woken: current, event, lines: linesOfThreads(lines), origin });
  }
  context.restore();
  if (picture.brushed !== undefined) drawBrush(context, size, colour, scale, picture.brushed);
}

function drawLine(context: CanvasRenderingContext2D, size: Size, colour: Colour, drawn: Drawn, scale: TimeScale, line: Line, y: number): void {
  const isProcess = line.kind === "process";
  context.fillStyle = colour(isProcess ? "ink" : "faint");
  const label = isProcess
    ? `${line.isOpen ? "▾" : "▸"} ${line.process.comm} (${line.process.pid})`
    : `    ${line.lane.comm} ${line.lane.tid}`;
  context.fillText(cutTo(context, label, LabelWidth - 12), 6, y + StatesHeight / 2);
  if (line.kind === "thread") {
    drawStates(context, colour, drawn, scale, line.lane, y);
    drawCalls(context, colour, drawn, scale, line.lane, y + StatesHeight);
  } else if (line.isOpen) {
    context.fillStyle = colour("line");
    context.fillRect(LabelWidth, y + StatesHeight / 2, size.width - LabelWidth, 1);
  } else {
    // Threads laid over each other, each with its part of the ink.
    context.globalAlpha = Math.max(0.15, Math.min(1, 2 / line.process.lanes.length));
    for (const lane of line.process.lanes) drawStates(context, colour, drawn, scale, lane, y);
    context.globalAlpha = 1;
  }
}

function drawStates(context: CanvasRenderingContext2D, colour: Colour, { analysis, startNs, binNs }: Drawn, scale: TimeScale, lane: Lane, y: number): void {
  const { timeline } = analysis;
  const fills = timelineStates.map((state) => colour(colours[state]));
  const height = StatesHeight - 4;
  for (let row = rowAtBin(timeline, lane.states, Math.floor((scale.fromNs - startNs) / binNs)); row < lane.states.endRow; row++) {
    const fromNs = startNs + timeline.firstBin[row]! * binNs;
    if (fromNs >= scale.toNs) break;
    const x = scale.toX(fromNs);
    const across = Math.max(0.5, scale.toX(fromNs + timeline.bins[row]! * binNs) - x);
    let bottom = y + StatesHeight - 2;
    timelineStates.forEach((state, at) => {
      const ns = timeline[state][row]!;
      if (ns === 0) return;
      const isSleep = state === "sleepingNs";
      const tall = (ns / binNs) * height * (isSleep ? 0.3 : 1);
      context.fillStyle = fills[at]!;
      context.fillRect(x, bottom - tall, across, tall);
      bottom -= tall;
    });
  }
}

/** A frame around the chosen event: a call in the lower part of its line, a wait in the upper one. */
function drawChosen(context: CanvasRenderingContext2D, colour: Colour, { events }: Drawn, scale: TimeScale, row: number, y: number, height: number): void {
  if (events === undefined) return;
  const x = scale.toX(Math.max(scale.fromNs, events.beginNs(row)));
  const across = Math.max(2, scale.toX(events.events.timeNs[row]!) - x);
  const isCall = events.isCall(row);
  context.strokeStyle = colour("ink");
  context.lineWidth = 1;
  if (isCall) context.strokeRect(x - 0.5, y + StatesHeight - 0.5, across, height - StatesHeight - 1);
  else context.strokeRect(x - 0.5, y + 0.5, across, StatesHeight - 1);
}

function drawAxis(context: CanvasRenderingContext2D, size: Size, colour: Colour, scale: TimeScale): void {
  const { stepNs, ticks } = axisTicks(scale.fromNs, scale.toNs, Math.max(2, (size.width - LabelWidth) / 110));
  for (const tick of ticks) {
    const x = scale.toX(tick);
    context.fillStyle = colour("line");
    context.fillRect(Math.round(x), AxisHeight - 6, 1, size.height);
    context.fillStyle = colour("faint");
    context.fillText(secondsText(tick, stepNs), Math.min(x + 3, size.width - 60), AxisHeight / 2);
  }
}

function drawBrush(context: CanvasRenderingContext2D, size: Size, colour: Colour, scale: TimeScale, { fromNs, toNs }: Sight): void {
  context.globalAlpha = 0.25;
  context.fillStyle = colour("accent");
  context.fillRect(scale.toX(fromNs), AxisHeight, scale.toX(toNs) - scale.toX(fromNs), size.height - AxisHeight);
  context.globalAlpha = 1;
}

function cutTo(context: CanvasRenderingContext2D, text: string, width: number): string {
  if (context.measureText(text).width <= width) return text;
  let length = text.length;
  while (length > 1 && context.measureText(`${text.slice(0, length)}…`).width > width) length--;
  return `${text.slice(0, length)}…`;
}
