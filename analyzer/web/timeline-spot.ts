// A spot of the timeline: what is pointed at, or chosen by click or key. A line, by what it shows and
// not by its place, so that it is the same one after every zoom; and a moment of it, where there is
// one. From it follows the event that was going on there, if single events are known.

import type { ThreadEvents, Track } from "../views/thread-events.js";
import type { Line } from "./timeline-lines.js";
import type { Sight } from "./timeline-scale.js";

export interface Spot {
  readonly line: LineName;
  /** Since the recording's start; undefined: all of the line that is in sight. */
  readonly atNs: number | undefined;
  readonly track: Track;
}

/** `thread 12`, by its tid; `process 10`. */
export type LineName = string;

export function nameOfLine(line: Line): LineName {
  return line.kind === "process" ? `process ${line.process.pid}` : `thread ${line.lane.tid}`;
}

export function lineOfSpot(lines: readonly Line[], spot: Spot | undefined): Line | undefined {
  return spot && lines.find((line) => nameOfLine(line) === spot.line);
}

export function allOf(line: Line): Spot {
  return { line: nameOfLine(line), atNs: undefined, track: "periods" };
}

/** The row of the event that was going on there. */
export function eventAt(line: Line | undefined, spot: Spot | undefined, events: ThreadEvents | undefined): number | undefined {
  if (line?.kind !== "thread" || spot?.atNs === undefined) return undefined;
  return events?.at(line.lane.thread, spot.track, spot.atNs);
}

/** Near the end of an event, where it is the only one of its kind. */
export function spotOfEvent(line: Line, events: ThreadEvents, row: number): Spot {
  const atNs = Math.max(events.beginNs(row), events.events.timeNs[row]! - 1);
  return { line: nameOfLine(line), atNs, track: events.isCall(row) ? "calls" : "periods" };
}

/** The event before or after the one that is chosen; where none is, or out of sight, the first or last one in sight. */
export function besideSpot(line: Line, spot: Spot, events: ThreadEvents, { fromNs, toNs }: Sight, by: 1 | -1): Spot {
  if (line.kind !== "thread") return spot;
  const { atNs, track } = spot;
  const { thread } = line.lane;
  const isInSight = atNs !== undefined && atNs >= fromNs && atNs <= toNs;
  const row = !isInSight ? events.between(thread, track, fromNs, toNs).at(by === 1 ? 0 : -1) : events.beside(thread, track, atNs, by);
  return row === undefined ? spot : spotOfEvent(line, events, row);
}
