// The picture of the timeline: lanes of threads under an axis of time, states in colour. In a bin that
// holds several states they are stacked by how long each was; sleep is drawn low, so that what runs,
// waits for a CPU or is stuck in D state stands out. Only what is in sight is drawn.

import { rowAtBin, timelineStates } from "../views/timeline.js";
import type { Lane, LanesOfProcess, TimelineState } from "../views/timeline.js";
import type { Analysis } from "../index.js";
import { axisTicks, secondsText } from "./canvas.js";
import type { Colour, Size } from "./canvas.js";

export const AxisHeight = 22;
export const LaneHeight = 18;
export const LabelWidth = 190;

/** A line of the picture: a process, or a thread of it. */
export type Line =
  | { readonly kind: "process"; readonly process: LanesOfProcess; readonly isOpen: boolean }
  | { readonly kind: "thread"; readonly lane: Lane };

/** The analysis that is drawn: its bins begin at `startNs` after the recording's start. */
export interface Drawn {
  readonly analysis: Analysis;
  readonly startNs: number;
  readonly binNs: number;
}

/** Part of the recording in sight, ns after its start. */
export interface Sight {
  readonly fromNs: number;
  readonly toNs: number;
}

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
  /** Line that is pointed at or chosen by keyboard; -1 none. */
  readonly current: number;
  /** Being brushed. */
  readonly brushed: Sight | undefined;
}

export function drawTimeline(context: CanvasRenderingContext2D, size: Size, colour: Colour, picture: Picture): void {
  const { lines, scrolled, current } = picture;
  const first = Math.floor(scrolled / LaneHeight);
  const last = Math.min(lines.length, Math.ceil((scrolled + size.height - AxisHeight) / LaneHeight));
  context.font = `12px ${colour("sans")}`;
  context.textBaseline = "middle";
  context.save();
  context.beginPath();
  context.rect(0, AxisHeight, size.width, size.height - AxisHeight);
  context.clip();
  for (let at = first; at < last; at++) {
    const y = AxisHeight + at * LaneHeight - scrolled;
    if (at === current) {
      context.fillStyle = colour("hover");
      context.fillRect(0, y, size.width, LaneHeight);
    }
    drawLine(context, size, colour, picture, lines[at]!, y);
  }
  context.restore();
  drawAxis(context, size, colour, picture.sight);
  if (picture.brushed !== undefined) drawBrush(context, size, colour, picture.sight, picture.brushed);
}

function drawLine(context: CanvasRenderingContext2D, size: Size, colour: Colour, picture: Picture, line: Line, y: number): void {
  const isProcess = line.kind === "process";
  context.fillStyle = colour(isProcess ? "ink" : "faint");
  const label = isProcess
    ? `${line.isOpen ? "▾" : "▸"} ${line.process.comm} (${line.process.pid})`
    : `    ${line.lane.comm} ${line.lane.tid}`;
  context.fillText(cutTo(context, label, LabelWidth - 12), 6, y + LaneHeight / 2);
  if (isProcess && line.isOpen) {
    context.fillStyle = colour("line");
    context.fillRect(LabelWidth, y + LaneHeight / 2, size.width - LabelWidth, 1);
    return;
  }
  const lanes = isProcess ? line.process.lanes : [line.lane];
  for (const lane of lanes) drawLane(context, size, colour, picture, lane, y, 1 / lanes.length, isProcess);
}

/** The states of one thread; those of several laid over each other, each with its part of the ink. */
function drawLane(
  context: CanvasRenderingContext2D,
  size: Size,
  colour: Colour,
  { drawn, sight }: Picture,
  lane: Lane,
  y: number,
  part: number,
  isProcess: boolean,
): void {
  const { analysis, startNs, binNs } = drawn;
  const { timeline } = analysis;
  const width = size.width - LabelWidth;
  const pixelsPerNs = width / (sight.toNs - sight.fromNs);
  const toX = (ns: number) => LabelWidth + Math.min(width, Math.max(0, (ns - sight.fromNs) * pixelsPerNs));
  const fills = timelineStates.map((state) => colour(colours[state]));
  const height = LaneHeight - 4;
  context.globalAlpha = isProcess ? Math.max(0.15, Math.min(1, 2 * part)) : 1;
  for (let row = rowAtBin(analysis, lane, Math.floor((sight.fromNs - startNs) / binNs)); row < lane.endRow; row++) {
    const fromNs = startNs + timeline.firstBin[row]! * binNs;
    if (fromNs >= sight.toNs) break;
    const x = toX(fromNs);
    const across = Math.max(0.5, toX(fromNs + timeline.bins[row]! * binNs) - x);
    let bottom = y + LaneHeight - 2;
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
  context.globalAlpha = 1;
}

function drawAxis(context: CanvasRenderingContext2D, size: Size, colour: Colour, sight: Sight): void {
  const width = size.width - LabelWidth;
  const { stepNs, ticks } = axisTicks(sight.fromNs, sight.toNs, Math.max(2, width / 110));
  for (const tick of ticks) {
    const x = LabelWidth + ((tick - sight.fromNs) / (sight.toNs - sight.fromNs)) * width;
    context.fillStyle = colour("line");
    context.fillRect(Math.round(x), AxisHeight - 6, 1, size.height);
    context.fillStyle = colour("faint");
    context.fillText(secondsText(tick, stepNs), Math.min(x + 3, size.width - 60), AxisHeight / 2);
  }
}

function drawBrush(context: CanvasRenderingContext2D, size: Size, colour: Colour, sight: Sight, brushed: Sight): void {
  const width = size.width - LabelWidth;
  const toX = (ns: number) => LabelWidth + ((ns - sight.fromNs) / (sight.toNs - sight.fromNs)) * width;
  context.globalAlpha = 0.25;
  context.fillStyle = colour("accent");
  context.fillRect(toX(brushed.fromNs), AxisHeight, toX(brushed.toNs) - toX(brushed.fromNs), size.height - AxisHeight);
  context.globalAlpha = 1;
}

function cutTo(context: CanvasRenderingContext2D, text: string, width: number): string {
  if (context.measureText(text).width <= width) return text;
  let length = text.length;
  while (length > 1 && context.measureText(`${text.slice(0, length)}…`).width > width) length--;
  return `${text.slice(0, length)}…`;
}
