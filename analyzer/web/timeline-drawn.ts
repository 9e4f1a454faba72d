// What the timeline draws, and how it is asked for: an answer about the part in sight and as much again
// on either side, in bins as wide as a pixel. What goes on at an edge of sight is known by what is
// beyond it, and a hand that moves on finds it drawn. If that part can be expected to hold few enough
// events, they are asked for too.

import { useMemo, useRef } from "preact/hooks";
import { ThreadEvents } from "../index.js";
import type { Analysis } from "../index.js";
import type { PanelProps } from "./panel.js";
import type { Sight } from "./timeline-scale.js";

/** Of an analysis the bins begin at `startNs` after the recording's start. */
export interface Drawn {
  readonly analysis: Analysis;
  readonly startNs: number;
  readonly binNs: number;
  /** Its events one by one, where they are few. */
  readonly events: ThreadEvents | undefined;
}

/** So many events in sight are handed out one by one: more are told apart by no eye. */
const EventsMax = 20_000;

/** How many calls and periods an analysis has seen. */
function eventsIn({ threads, syscalls }: Analysis): number {
  const switches = threads.switches.reduce((sum, count) => sum + count, 0n);
  return Number(syscalls.count.reduce((sum, count) => sum + count, switches));
}

interface Counted {
  readonly of: Sight;
  readonly events: number;
}

/** How many there are in a part, if they are as dense in it as in all that was counted. */
function expectedIn(part: Sight, { of, events }: Counted): number {
  return (events * (part.toNs - part.fromNs)) / (of.toNs - of.fromNs);
}

function isWithin(part: Sight, { fromNs, toNs }: Sight): boolean {
  return part.fromNs >= fromNs && part.toNs <= toNs;
}

/** The last answer that there was for `sight`, for as long as the next one is awaited. */
export function useDrawn({ more, filters, analyses }: PanelProps, extent: Sight, sight: Sight, bins: number): Drawn | undefined {
  const last = useRef<{ readonly drawn: Drawn; readonly counted: Counted } | undefined>(undefined);
  const whole: Counted = useMemo(() => ({ of: extent, events: eventsIn(analyses[0]!) }), [analyses, extent]);
  const lengthNs = sight.toNs - sight.fromNs;
  const binNs = Math.min(2 ** 32 - 1, Math.max(1, Math.ceil(lengthNs / bins)));
  const part: Sight = {
    fromNs: Math.max(0, Math.floor(Math.max(extent.fromNs, sight.fromNs - lengthNs))),
    toNs: Math.ceil(Math.min(extent.toNs, sight.toNs + lengthNs)),
  };
  const around = last.current?.counted;
  const isNear = expectedIn(part, around !== undefined && isWithin(part, around.of) ? around : whole) <= EventsMax;
  const when = { from: { sinceStartNs: part.fromNs }, to: { sinceStartNs: part.toNs } };
  const answer = more({ when, pass: filters.pass }, { binNs, ...(isNear ? { wakerDepth: 1, eventsMax: EventsMax } : {}) });
  if (answer.kind === "ready") {
    const { analysis, events } = answer.answered[0]!;
    if (last.current?.drawn.analysis !== analysis) {
      const each = events && new ThreadEvents(events, analysis.threads.length);
      last.current = { drawn: { analysis, startNs: part.fromNs, binNs, events: each }, counted: { of: part, events: eventsIn(analysis) } };
    }
  }
  return last.current?.drawn;
}
