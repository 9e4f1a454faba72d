// A time and what it is made of, as one bar of coloured parts; the numbers stand beside it as text.

import { durationText, shareText } from "../exports/units.js";
import { h } from "./element.js";
import type { ComponentChild } from "./element.js";
import { Explain } from "./glossary.js";
import type { Term } from "./glossary.js";

/** The name of a part says its colour: styles.css, `.part-…`. */
export type Part =
  | "onCpuNs"
  | "blockedNs"
  | "interruptibleNs"
  | "uninterruptibleNs"
  | "otherNs"
  | "runnableNs"
  | "preemptedNs"
  | "unknownNs";

export type Parts = { readonly [Name in Part]?: number };

const names: { readonly [Name in Part]: string } = {
  onCpuNs: "on a CPU",
  blockedNs: "blocked",
  interruptibleNs: "asleep (S)",
  uninterruptibleNs: "in D state",
  otherNs: "stopped",
  runnableNs: "runnable",
  preemptedNs: "preempted",
  unknownNs: "unknown",
};

/** The parts as words: `62.0 % asleep (S), 38.0 % on a CPU`. */
export function partsText(parts: Parts, shown: readonly Part[]): string {
  const allNs = shown.reduce((sum, name) => sum + (parts[name] ?? 0), 0);
  const some = shown.filter((name) => (parts[name] ?? 0) > 0).sort((a, b) => parts[b]! - parts[a]!);
  return some.map((name) => `${shareText(parts[name]!, allNs)} ${names[name]}`).join(", ");
}

export function PartsBar({ parts, shown }: { readonly parts: Parts; readonly shown: readonly Part[] }): ComponentChild {
  const allNs = shown.reduce((sum, name) => sum + (parts[name] ?? 0), 0);
  return h(
    "span",
    { class: "parts", role: "img", "aria-label": partsText(parts, shown) },
    allNs > 0 &&
      shown
        .filter((name) => (parts[name] ?? 0) > 0)
        .map((name) =>
          h("span", {
            key: name,
            class: `part-${name}`,
            title: `${names[name]}: ${durationText(parts[name]!)}`,
            style: { width: `${(100 * parts[name]!) / allNs}%` },
          }),
        ),
  );
}

const meanings: { readonly [Name in Part]: Term } = {
  onCpuNs: "on-CPU",
  blockedNs: "blocked",
  interruptibleNs: "asleep",
  uninterruptibleNs: "D state",
  otherNs: "other",
  runnableNs: "runnable",
  preemptedNs: "preempted",
  unknownNs: "unknown",
};

/** What the parts are called; with `rows`, only of those parts that any of them has. */
export function Legend({
  rows,
  shown,
}: {
  readonly rows?: readonly Parts[];
  readonly shown: readonly Part[];
}): ComponentChild {
  const named = shown.filter((name) => rows === undefined || rows.some((row) => (row[name] ?? 0) > 0));
  return h(
    "div",
    { class: "legend" },
    named.map((name) =>
      h("span", { key: name }, [
        h("i", { class: `part-${name}` }),
        names[name],
        h(Explain, { term: meanings[name], id: `part-${name}` }),
      ]),
    ),
  );
}
