// System calls on the timeline, below the states of their thread: how much of each bin was spent in
// them, and, where single ones are known, each one with its name, those that failed in another colour.

import { syscallAbi, syscallName } from "../index.js";
import type { Names } from "../index.js";
import { fittingText } from "../exports/flame-words.js";
import { rowAtBin } from "../views/timeline.js";
import type { Lane } from "../views/timeline.js";
import type { Colour } from "./canvas.js";
import type { Drawn } from "./timeline-drawn.js";
import { CallsHeight } from "./timeline-lines.js";
import type { TimeScale } from "./timeline-scale.js";

const FontPx = 9;
/** For three letters and a little paper around them. */
const NamedPx = 20;
/** Narrower than this, the next one is not drawn over it. */
const ApartPx = 0.5;
const ErrnoMax = 4095;

export function drawCalls(context: CanvasRenderingContext2D, colour: Colour, drawn: Drawn, scale: TimeScale, lane: Lane, top: number): void {
  context.fillStyle = colour("call");
  drawSums(context, drawn, scale, lane, top);
  if (drawn.events !== undefined) drawEach(context, colour, drawn, drawn.events, scale, lane, top);
}

function drawSums(context: CanvasRenderingContext2D, { analysis, startNs, binNs, events }: Drawn, scale: TimeScale, lane: Lane, top: number): void {
  const { callTimeline: table } = analysis;
  const height = CallsHeight - 2;
  for (let row = rowAtBin(table, lane.calls, Math.floor((scale.fromNs - startNs) / binNs)); row < lane.calls.endRow; row++) {
    const fromNs = startNs + table.firstBin[row]! * binNs;
    if (fromNs >= scale.toNs) break;
    const isOneCall = table.bins[row]! > 1;
    // Where each call is drawn by itself, of the sums only those say more whose call has not ended.
    if (events !== undefined && !isOneCall) continue;
    const x = scale.toX(fromNs);
    const across = Math.max(ApartPx, scale.toX(fromNs + table.bins[row]! * binNs) - x);
    const tall = height * (table.callNs[row]! / binNs);
    context.fillRect(x, top + height - tall, across, tall);
    if (isOneCall && across >= NamedPx) drawName(context, nameOf(analysis, table.nr[row]!, table.compat[row]!), x, across, top);
  }
}

function drawEach(context: CanvasRenderingContext2D, colour: Colour, { analysis }: Drawn, events: NonNullable<Drawn["events"]>, scale: TimeScale, lane: Lane, top: number): void {
  const { timeNs, result, nr, compat } = events.events;
  const [call, failed, paper] = [colour("call"), colour("call-failed"), colour("paper")];
  let drawnTo = -Infinity;
  for (const row of events.between(lane.thread, "calls", scale.fromNs, scale.toNs)) {
    const x = scale.toX(Math.max(scale.fromNs, events.beginNs(row)));
    const end = scale.toX(timeNs[row]!);
    const isFailed = result[row]! < 0 && result[row]! >= -ErrnoMax;
    if (end - drawnTo < ApartPx && !isFailed) continue;
    drawnTo = end;
    const across = Math.max(1, end - x);
    context.fillStyle = isFailed ? failed : call;
    context.fillRect(x, top, across, CallsHeight - 2);
    if (across >= NamedPx) drawName(context, nameOf(analysis, nr[row]!, compat[row]!), x, across, top);
    if (across < 3) continue;
    context.fillStyle = paper;
    context.fillRect(x + across - 1, top, 1, CallsHeight - 2); // so that two are not taken for one
  }
}

function drawName(context: CanvasRenderingContext2D, name: string, x: number, across: number, top: number): void {
  const fill = context.fillStyle;
  context.fillStyle = "#111111"; // both colours are light enough for it
  const font = context.font;
  context.font = font.replace(/^\d+px/, `${FontPx}px`);
  context.fillText(fittingText(name, across - 4, FontPx), x + 2, top + (CallsHeight - 2) / 2 + 0.5);
  context.font = font;
  context.fillStyle = fill;
}

function nameOf({ recording }: Names, nr: number, compat: number): string {
  return syscallName(syscallAbi(recording.arch[0]!, compat === 1), nr);
}
