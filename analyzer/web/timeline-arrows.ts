// Who woke whom on the timeline: arrows from the line of the waker to that of the thread that was woken,
// at the moment of the wakeup. Of the chosen thread all in sight, thin; of its chosen wait a thick one
// with the waker's name. Who has no line, because filters leave it out, and interrupts have a short
// arrow from above.

import type { Colour } from "./canvas.js";
import type { Drawn } from "./timeline-drawn.js";
import { StatesHeight } from "./timeline-lines.js";
import type { Line, ThreadLine } from "./timeline-lines.js";
import type { TimeScale } from "./timeline-scale.js";

/** Arrows closer together are one. */
const ApartPx = 3;
const StubPx = 12;
const HeadPx = 5;

export interface Arrows {
  readonly drawn: Drawn;
  readonly scale: TimeScale;
  /** The line whose thread was woken. */
  readonly woken: ThreadLine;
  /** The chosen wait: its row in events. */
  readonly event: number | undefined;
  readonly lines: ReadonlyMap<number, Line>;
  /** Where a line's `top` 0 is. */
  readonly origin: number;
}

export function drawArrows(context: CanvasRenderingContext2D, colour: Colour, arrows: Arrows): void {
  const { drawn, scale, woken, event } = arrows;
  const { events } = drawn;
  if (events === undefined) return;
  context.strokeStyle = context.fillStyle = colour("accent");
  context.globalAlpha = 0.6;
  let lastX = -Infinity;
  for (const row of events.between(woken.lane.thread, "periods", scale.fromNs, scale.toNs)) {
    const wake = events.wakeOf(row);
    if (wake === undefined || row === event || !scale.isInSight(wake.atNs)) continue;
    const x = Math.round(scale.toX(wake.atNs));
    if (x - lastX < ApartPx) continue;
    lastX = x;
    drawArrow(context, x, arrows, wake.waker, 1);
  }
  context.globalAlpha = 1;
  const chosen = event === undefined ? undefined : events.wakeOf(event);
  if (chosen === undefined || !scale.isInSight(chosen.atNs)) return;
  const x = Math.round(scale.toX(chosen.atNs));
  const from = drawArrow(context, x, arrows, chosen.waker, 2);
  drawWakerName(context, colour, wakerName(drawn, chosen.waker), x, from);
}

/** Returns where it begins. */
function drawArrow(context: CanvasRenderingContext2D, x: number, { woken, lines, origin }: Arrows, waker: number | undefined, width: number): number {
  const line = waker === undefined ? undefined : lines.get(waker);
  const isBelow = line !== undefined && line.top > woken.top;
  const to = origin + woken.top + (isBelow ? StatesHeight : 2);
  const from = line === undefined || line === woken ? to - StubPx : origin + line.top + Math.min(StatesHeight, line.height) / 2;
  const back = isBelow ? HeadPx : -HeadPx;
  context.lineWidth = width;
  context.beginPath();
  context.moveTo(x, from);
  context.lineTo(x, to + back / 2);
  context.stroke();
  context.beginPath();
  context.moveTo(x, to);
  context.lineTo(x - HeadPx / 2 - width / 2, to + back);
  context.lineTo(x + HeadPx / 2 + width / 2, to + back);
  context.fill();
  if (line !== undefined) {
    context.beginPath();
    context.arc(x, from, 1 + width, 0, 2 * Math.PI);
    context.fill();
  }
  return from;
}

function wakerName({ analysis }: Drawn, waker: number | undefined): string {
  if (waker === undefined) return "an interrupt";
  const { comm, tid } = analysis.threads;
  return `${analysis.string(comm[waker]!)} ${tid[waker]}`;
}

/** On paper, since it stands over whatever is drawn there. */
function drawWakerName(context: CanvasRenderingContext2D, colour: Colour, name: string, x: number, y: number): void {
  const { width } = context.measureText(name);
  const left = x + 6;
  context.fillStyle = colour("paper");
  context.fillRect(left - 2, y - 8, width + 4, 16);
  context.fillStyle = colour("accent");
  context.fillText(name, left, y);
}
