// What an answer says about its own gaps: what share has a stack, what was left out, what was lost.
// Sentences with the numbers in them; each view shows them all, so that no total stands alone.

import type { Completeness, CutOff, IdleCut, LossRow, StackCoverage } from "../views/completeness.js";
import type { PeriodOptions } from "../views/periods.js";
import type { Statement } from "./labelled-text.js";
import { countOf, countText, durationText, shareText } from "./units.js";

/** All of it, for an answer about off-CPU time that was asked with `options`. */
export function completenessStatements(
  completeness: Completeness,
  options: PeriodOptions,
): Statement[] {
  return [
    { label: "stacks", text: coverageText(completeness.coverage) },
    ...openStatement(completeness, options),
    ...idleStatement(completeness.idle, options),
    ...lossStatement(completeness),
  ];
}

/** `1,200 context switches (ring full), 3 stacks (stack refused)` */
export function lossText(lost: readonly LossRow[]): string {
  return lost
    .map(({ stream, reason, count }) => {
      const howMany = count === 0 ? "an unknown number of" : countText(count);
      return `${howMany} ${stream} (${reason})`;
    })
    .join(", ");
}

function coverageText(coverage: StackCoverage): string {
  const thresholds = coverage.stackMinUs.map(thresholdText);
  return (
    `kernel for ${shareText(coverage.kernelNs, coverage.blockedNs)}, ` +
    `user for ${shareText(coverage.userNs, coverage.userBlockedNs)} of blocked time${howText(coverage)}; ` +
    thresholds.join(", ")
  );
}

/** Of stacks that were dumped and unwound: ` (its stacks: 90% complete, 8% by frame pointers, 2% truncated)`. */
function howText({ userNs, userHow }: StackCoverage): string {
  const { completeNs, framePointersNs, truncatedNs, brokenNs } = userHow;
  if (completeNs === 0 && brokenNs === 0) return ""; // all were walked by frame pointers when recorded
  const parts = [`${shareText(completeNs, userNs)} complete`];
  if (framePointersNs > 0) parts.push(`${shareText(framePointersNs, userNs)} by frame pointers`);
  if (truncatedNs > 0) parts.push(`${shareText(truncatedNs, userNs)} truncated`);
  if (brokenNs > 0) parts.push(`${shareText(brokenNs, userNs)} broken`);
  return ` (its stacks: ${parts.join(", ")})`;
}

function thresholdText(stackMinUs: string): string {
  if (stackMinUs === "off") return "not recorded";
  if (!/^\d+$/.test(stackMinUs)) return "recorded from an unknown length on";
  return `recorded for waits of ${stackMinUs} us and over`;
}

function openStatement(completeness: Completeness, options: PeriodOptions): Statement[] {
  const ends = [
    cutOffText(completeness.openAtStart, "when the recording began"),
    cutOffText(completeness.openAtEnd, "when it ended"),
  ].filter((text) => text !== "");
  if (ends.length === 0) return [];
  const fate = options.open === true ? "marked as such below" : "not counted here; --open adds them";
  return [{ label: "open", text: `${ends.join(", ")}: ${fate}` }];
}

function cutOffText({ periods, totalNs }: CutOff, when: string): string {
  if (periods === 0) return "";
  return `${countOf(periods, "period")} under way ${when} (${durationText(totalNs)})`;
}

function idleStatement(idle: IdleCut, options: PeriodOptions): Statement[] {
  if (idle.periods === 0) return [];
  return [{ label: "idle", text: idleText(idle, options.idle) }];
}

/** Rules that are named in a statement. */
const RulesNamedMax = 3;
/** Of a rule, as much as tells it from the others. */
const RuleCharactersMax = 32;

/** `1.20 s of idling: …`: what was left out, by which rules. */
export function idleText(idle: IdleCut, mode: PeriodOptions["idle"]): string {
  const time = durationText(idle.totalNs);
  if (mode === "only") return `only idling is counted here; ${time} of other waiting is not`;
  if (mode === undefined) {
    return `${time} of kernel threads without work: not counted here; --idle show adds them`;
  }
  const named = idle.byRule
    .slice(0, RulesNamedMax)
    .map(({ rule, totalNs }) => `${shareText(totalNs, idle.totalNs)} by "${shortRule(rule)}"`);
  return `${time} of idling (${named.join(", ")}): not counted here; --idle show adds it`;
}

function shortRule(rule: string): string {
  return rule.length <= RuleCharactersMax ? rule : `${rule.slice(0, RuleCharactersMax - 2)}..`;
}

/** Loss; nothing where nothing was lost. */
export function lossStatement(
  completeness: Pick<Completeness, "lowerBound" | "lost" | "unknownNs">,
): Statement[] {
  if (!completeness.lowerBound) return [];
  const unknown =
    completeness.unknownNs === 0
      ? ""
      : `; what threads did in ${durationText(completeness.unknownNs)} is not known`;
  return [
    { label: "lost", text: `lower bound: ${lossText(completeness.lost)}${unknown}`, isAlert: true },
  ];
}
