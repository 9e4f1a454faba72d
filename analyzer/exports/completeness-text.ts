// The lines under or over every answer that say what it does not contain. Words, with the numbers in
// them: a reader who skips them should have had to skip a sentence.

import type { Completeness, CutOff, LossRow, StackCoverage } from "../views/completeness.js";
import type { Style } from "./style.js";
import { countOf, countText, durationText, shareText } from "./units.js";

/** Loss; empty where nothing was lost. */
export function lossLines(
  completeness: Pick<Completeness, "lowerBound" | "lost" | "unknownNs">,
  style: Style,
): string[] {
  if (!completeness.lowerBound) return [];
  const unknown =
    completeness.unknownNs === 0
      ? ""
      : `; what threads did in ${durationText(completeness.unknownNs)} is not known`;
  return [style.alert(`lower bound: lost ${lossText(completeness.lost)}${unknown}`)];
}

/** `1,200 context switches (ring full), 3 stacks (stack refused)` */
export function lossText(lost: readonly LossRow[]): string {
  return lost
    .map(({ stream, reason, count }) =>
      `${count === 0 ? "an unknown number of" : countText(count)} ${stream} (${reason})`,
    )
    .join(", ");
}

/** What share of the blocked time has a stack. */
export function coverageLine(coverage: StackCoverage): string {
  const thresholds = coverage.stackMinUs.map((value) =>
    value === "off" ? "not recorded" : `taken from ${value} us on`,
  );
  return (
    `stacks: kernel for ${shareText(coverage.kernelNs, coverage.blockedNs)}, ` +
    `user for ${shareText(coverage.userNs, coverage.userBlockedNs)} of blocked time ` +
    `(${thresholds.join("; ")})`
  );
}

/** Periods that the window cut off, and idle kernel threads: left out, or where `shown` marked. */
export function leftOutLines(
  completeness: Completeness,
  shown: { readonly open: boolean; readonly idle: boolean },
): string[] {
  const lines: string[] = [];
  const { openAtStart, openAtEnd, idle } = completeness;
  const open = [
    cutOffText(openAtStart, "under way at the start"),
    cutOffText(openAtEnd, "at the end"),
  ].filter((text) => text !== "");
  if (open.length > 0) {
    const fate = shown.open ? "as rows of their own" : "not in the rows; --open adds them";
    lines.push(`open: ${open.join(", ")} of the recording: ${fate}`);
  }
  if (idle.periods > 0 && !shown.idle) {
    lines.push(
      `idle: kernel threads without work, ${durationText(idle.totalNs)}: ` +
        "not in the rows; --idle adds them",
    );
  }
  return lines;
}

function cutOffText({ periods, totalNs }: CutOff, when: string): string {
  return periods === 0 ? "" : `${countOf(periods, "period")} ${when} (${durationText(totalNs)})`;
}
