// What hands choose on the timeline: a pointer points at a spot, a click or key chooses one, which stays.
// Where both are, what is pointed at is shown.

import { useState } from "preact/hooks";
import type { ThreadEvents } from "../views/thread-events.js";
import { AxisHeight } from "./timeline-drawing.js";
import { linesOfThreads, placeAt, StatesHeight } from "./timeline-lines.js";
import type { Line, ThreadLine } from "./timeline-lines.js";
import type { Sight } from "./timeline-scale.js";
import type { Place, SightEvents } from "./timeline-sight.js";
import { allOf, besideSpot, eventAt, lineOfSpot, nameOfLine, spotOfEvent } from "./timeline-spot.js";
import type { Spot } from "./timeline-spot.js";

/** A line, and the event of it that is meant, by its row. */
export interface Chosen {
  readonly line: Line | undefined;
  readonly event: number | undefined;
}

export interface Choice {
  readonly shown: Chosen;
  readonly chosen: Chosen;
  choose(line: ThreadLine, event: number): void;
  /** To the line of a thread, by its row; undefined where it has none. */
  goTo(thread: number): (() => void) | undefined;
  readonly listeners: Omit<SightEvents, "onBrush">;
}

export interface Choices {
  readonly lines: readonly Line[];
  readonly events: ThreadEvents | undefined;
  readonly sight: Sight;
  readonly scrolled: number;
  /** A process is opened or closed, a thread becomes a filter. */
  readonly open: (line: Line) => void;
}

export function useChoice({ lines, events, sight, scrolled, open }: Choices): Choice {
  const [pointed, setPointed] = useState<Spot | undefined>(undefined);
  const [kept, setKept] = useState<Spot | undefined>(undefined);
  const chosenAt = (spot: Spot | undefined): Chosen => {
    const line = lineOfSpot(lines, spot);
    return { line, event: eventAt(line, spot, events) };
  };
  const keep = (spot: Spot | undefined) => {
    setPointed(undefined);
    setKept(spot);
  };
  const spotAt = (place: Place | undefined) => place && spotOf(lines, place, scrolled);
  const chosen = chosenAt(kept);
  const { line } = chosen;
  return {
    shown: pointed === undefined ? chosen : chosenAt(pointed),
    chosen,
    choose: (line, event) => keep(spotOfEvent(line, events!, event)),
    goTo: (thread) => {
      const to = linesOfThreads(lines).get(thread);
      return to && (() => keep(allOf(to)));
    },
    listeners: {
      onPoint: (place) => setPointed(spotAt(place)),
      onClick: (place) => {
        keep(spotAt(place));
        const clicked = lineOfSpot(lines, spotAt(place));
        if (clicked?.kind === "process") open(clicked);
      },
      onDoubleClick: (place) => {
        const clicked = lineOfSpot(lines, spotAt(place));
        if (clicked?.kind === "thread") open(clicked);
      },
      onLine: (by) => {
        const at = line === undefined ? -1 : lines.indexOf(line);
        const next = lines[Math.min(lines.length - 1, Math.max(0, at + by))];
        if (next !== undefined) keep(allOf(next));
      },
      onEvent: (by) => {
        if (line !== undefined && kept !== undefined && events !== undefined) keep(besideSpot(line, kept, events, sight, by));
      },
      onEnter: () => line !== undefined && open(line),
    },
  };
}

function spotOf(lines: readonly Line[], { y, atNs }: Place, scrolled: number): Spot | undefined {
  const inLines = y - AxisHeight + scrolled;
  const line = y < AxisHeight ? undefined : lines[placeAt(lines, inLines)];
  return line && { line: nameOfLine(line), atNs, track: inLines - line.top < StatesHeight ? "periods" : "calls" };
}
