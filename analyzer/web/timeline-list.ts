// The chosen thread of the timeline in words: its waits, each with who ended it, and its system calls,
// one below the other as the picture has them side by side. For those who cannot see the arrows, and to
// copy from.

import { useState } from "preact/hooks";
import { eventText } from "../exports/event-text.js";
import { printable } from "../exports/style.js";
import { countText } from "../exports/units.js";
import { secondsText } from "./canvas.js";
import { h } from "./element.js";
import type { ComponentChild } from "./element.js";
import type { Choice, Chosen } from "./timeline-choice.js";
import type { Drawn } from "./timeline-drawn.js";
import type { Sight } from "./timeline-scale.js";

/** More is a list that nobody reads; zoom in instead. */
const ListedMax = 200;

export interface TimelineListProps {
  readonly drawn: Drawn;
  readonly sight: Sight;
  readonly chosen: Chosen;
  readonly choose: Choice["choose"];
  readonly goTo: Choice["goTo"];
}

export function TimelineList(props: TimelineListProps): ComponentChild {
  const [isOpen, setOpen] = useState(false);
  if (!isOpen) return h("button", { type: "button", class: "outline-button", onClick: () => setOpen(true) }, "As a list");
  return h("div", { class: "outline" }, [
    h("button", { type: "button", class: "outline-button", onClick: () => setOpen(false) }, "Hide the list"),
    h(Listed, props),
  ]);
}

function Listed({ drawn, sight, chosen, choose, goTo }: TimelineListProps): ComponentChild {
  const { events } = drawn;
  const { line, event } = chosen;
  if (line?.kind !== "thread") {
    return h("p", { class: "hint" }, "Choose a thread, by a click or with the arrow keys: its waits and system calls are listed here, and who woke it.");
  }
  const { comm, tid, thread } = line.lane;
  if (events === undefined) return h("p", { class: "hint" }, printable(`What ${comm} ${tid} did one by one is not known from so far: zoom in.`));
  const rows = (["periods", "calls"] as const).flatMap((track) => [...events.between(thread, track, sight.fromNs, sight.toNs)]);
  rows.sort((a, b) => events.beginNs(a) - events.beginNs(b) || b - a);
  const title = printable(`${comm} ${tid}: waits and system calls in sight`);
  return [
    h("p", { class: "hint" }, `${title}, ${countText(rows.length)}`),
    h(
      "ul",
      { "aria-label": title },
      rows.slice(0, ListedMax).map((row) => {
        const waker = events.wakeOf(row)?.waker;
        const go = waker === undefined ? undefined : goTo(waker);
        return h("li", { key: row, "aria-current": row === event ? "true" : undefined }, [
          h("button", { type: "button", class: "inline", onClick: () => choose(line, row) }, saidOfEvent(drawn, row)),
          go !== undefined && h("button", { type: "button", class: "inline", onClick: go }, "go to its waker"),
        ]);
      }),
    ),
    rows.length > ListedMax && h("p", { class: "hint" }, `and ${countText(rows.length - ListedMax)} more: zoom in`),
  ];
}

/** `at 0.512345678 s: off-CPU 1.20 ms, interruptible in futex, woken by nginx (123)` */
export function saidOfEvent({ analysis, events }: Drawn, row: number): string {
  if (events === undefined) return "";
  const beginNs = events.beginNs(row);
  const when = beginNs === -Infinity ? "" : `at ${secondsText(beginNs, 1)}: `;
  return `${when}${eventText({ events: events.events, names: analysis }, row)}`;
}
