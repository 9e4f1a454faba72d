// How complete an answer is: what was lost and so makes it a lower bound, what share of the blocked
// time has a stack, and which periods the window cut off. Every view carries it, because a total
// whose gaps are not stated is a wrong total.

import { BlockType, LostReason } from "../../assembly/format.js";
import { Edge } from "../../assembly/tables.js";
import type { Analysis } from "../analysis.js";
import { isBlocked } from "./classes.js";
import { defaultIdleRules } from "./default-idle-rules.js";
import { idleRuleOf, isIdleLeftOut, isOpenAtEnd, isSelected, totalNs } from "./periods.js";
import type { PeriodOptions } from "./periods.js";
import { isKernelThread } from "./threads.js";

/** Records of one kind that are missing for one reason. */
export interface LossRow {
  readonly stream: LossStream;
  readonly reason: LossReason;
  /** Records; 0 where the file's damage hides how many. */
  readonly count: number;
}

export type LossStream =
  | "context switches"
  | "wakeups"
  | "system calls"
  | "stacks"
  | "task events"
  | "mappings"
  | "other records";

export type LossReason =
  | "damaged file"
  | "ring full"
  | "recursion"
  | "perf ring full"
  | "no task storage"
  | "stack refused"
  | "write error"
  | "limit reached"
  | "stack budget"
  | "unknown reason";

/** Off-CPU time of blocked threads, and how much of it has a stack. */
export interface StackCoverage {
  readonly blockedNs: number;
  readonly kernelNs: number;
  /** Blocked time of threads that have a user space. */
  readonly userBlockedNs: number;
  readonly userNs: number;
  /** Thresholds of the recordings, as recorded: microseconds, or "off". */
  readonly stackMinUs: readonly string[];
}

/** Periods that an answer leaves out, or marks where it was asked for them. */
export interface CutOff {
  readonly periods: number;
  readonly totalNs: number;
}

/** What is left out as idling, or as not idling where only that was asked for. */
export interface IdleCut extends CutOff {
  /** By the rule that it was idle by, the largest first; empty where the rest was left out. */
  readonly byRule: readonly { readonly rule: string; readonly totalNs: number }[];
}

export interface Completeness {
  /** Whether totals can only be larger than shown. */
  readonly lowerBound: boolean;
  readonly lost: readonly LossRow[];
  /** Thread time of which nothing is known, because of loss. */
  readonly unknownNs: number;
  readonly coverage: StackCoverage;
  readonly openAtStart: CutOff;
  readonly openAtEnd: CutOff;
  readonly idle: IdleCut;
}

export function completeness(
  analyses: readonly Analysis[],
  options: PeriodOptions = {},
): Completeness {
  const lost = lossRows(analyses);
  let unknownNs = 0n;
  for (const analysis of analyses) unknownNs += analysis.recording.unknownNs[0]!;
  return {
    lowerBound: lost.length > 0,
    lost,
    unknownNs: Number(unknownNs),
    coverage: stackCoverage(analyses, options),
    openAtStart: openCut(analyses, options, Edge.Start),
    openAtEnd: openCut(analyses, options, Edge.End),
    idle: idleCut(analyses, options),
  };
}

/** The completeness of an answer that sums answers over several recordings. */
export function mergeCompleteness(parts: readonly Completeness[]): Completeness {
  const sum = (pick: (part: Completeness) => number) =>
    parts.reduce((total, part) => total + pick(part), 0);
  const cutOffSum = (pick: (part: Completeness) => CutOff): CutOff => ({
    periods: sum((part) => pick(part).periods),
    totalNs: sum((part) => pick(part).totalNs),
  });
  const thresholds = new Set(parts.flatMap((part) => part.coverage.stackMinUs));
  return {
    lowerBound: parts.some((part) => part.lowerBound),
    lost: mergeLost(parts.flatMap((part) => part.lost)),
    unknownNs: sum((part) => part.unknownNs),
    coverage: {
      blockedNs: sum((part) => part.coverage.blockedNs),
      kernelNs: sum((part) => part.coverage.kernelNs),
      userBlockedNs: sum((part) => part.coverage.userBlockedNs),
      userNs: sum((part) => part.coverage.userNs),
      stackMinUs: [...thresholds].sort(),
    },
    openAtStart: cutOffSum((part) => part.openAtStart),
    openAtEnd: cutOffSum((part) => part.openAtEnd),
    idle: {
      ...cutOffSum((part) => part.idle),
      byRule: sumByRule(parts.flatMap((part) => part.idle.byRule)),
    },
  };
}

/** Loss of all recordings, the largest first; only of `streams` where given. */
export function lossRows(
  analyses: readonly Analysis[],
  streams?: readonly BlockType[],
): LossRow[] {
  const rows: LossRow[] = [];
  for (const { lost } of analyses) {
    for (let row = 0; row < lost.length; row++) {
      const stream: BlockType = lost.stream[row]!;
      if (streams !== undefined && !streams.includes(stream)) continue;
      rows.push({
        stream: streamName(stream),
        reason: reasonName(lost.reason[row]!),
        count: Number(lost.count[row]!),
      });
    }
  }
  return mergeLost(rows);
}

/** Sums by stream and reason, the largest first. */
function mergeLost(rows: readonly LossRow[]): LossRow[] {
  const sums = new Map<string, LossRow>();
  for (const row of rows) {
    const key = `${row.stream} ${row.reason}`;
    sums.set(key, { ...row, count: row.count + (sums.get(key)?.count ?? 0) });
  }
  return [...sums.entries()]
    .sort(([keyA, a], [keyB, b]) => b.count - a.count || (keyA < keyB ? -1 : 1))
    .map(([, row]) => row);
}

function stackCoverage(analyses: readonly Analysis[], options: PeriodOptions): StackCoverage {
  let blockedNs = 0n;
  let kernelNs = 0n;
  let userBlockedNs = 0n;
  let userNs = 0n;
  const stackMinUs = new Set<string>();
  for (const analysis of analyses) {
    stackMinUs.add(analysis.meta.get("stackMinUs") ?? "unknown");
    const { offcpu } = analysis;
    for (let row = 0; row < offcpu.length; row++) {
      if (offcpu.edge[row] !== Edge.None || !isBlocked(offcpu.class[row]!)) continue;
      if (!isSelected(analysis, row, options)) continue;
      const ns = totalNs(analysis, row);
      blockedNs += ns;
      if (offcpu.kernelStack[row] !== 0) kernelNs += ns;
      if (isKernelThread(analysis, offcpu.thread[row]!)) continue;
      userBlockedNs += ns;
      if (offcpu.userStack[row] !== 0) userNs += ns;
    }
  }
  return {
    blockedNs: Number(blockedNs),
    kernelNs: Number(kernelNs),
    userBlockedNs: Number(userBlockedNs),
    userNs: Number(userNs),
    stackMinUs: [...stackMinUs].sort(),
  };
}

function cutOff(
  analyses: readonly Analysis[],
  belongs: (analysis: Analysis, row: number) => boolean,
): CutOff {
  let periods = 0n;
  let sumNs = 0n;
  for (const analysis of analyses) {
    for (let row = 0; row < analysis.offcpu.length; row++) {
      if (!belongs(analysis, row)) continue;
      periods += analysis.offcpu.periods[row]!;
      sumNs += totalNs(analysis, row);
    }
  }
  return { periods: Number(periods), totalNs: Number(sumNs) };
}

/** Whether they idle is not asked: what a period would have become is not known. */
function openCut(analyses: readonly Analysis[], { selection }: PeriodOptions, edge: Edge): CutOff {
  const asked: PeriodOptions = { open: true, idle: "show", selection };
  return cutOff(
    analyses,
    (analysis, row) => isOpenAt(analysis.offcpu.edge[row]!, edge) && isSelected(analysis, row, asked),
  );
}

/** One open at both ends is counted once, as one that did not end. */
function isOpenAt(found: Edge, edge: Edge): boolean {
  return edge === Edge.End ? isOpenAtEnd(found) : found === edge;
}

function idleCut(analyses: readonly Analysis[], options: PeriodOptions): IdleCut {
  const shown: PeriodOptions = { ...options, idle: "show" };
  const isLeftOut = (analysis: Analysis, row: number) =>
    isIdleLeftOut(analysis, row, options) && isSelected(analysis, row, shown);
  const byRule: { rule: string; totalNs: number }[] = [];
  for (const analysis of options.idle === "only" ? [] : analyses) {
    for (let row = 0; row < analysis.offcpu.length; row++) {
      if (!isLeftOut(analysis, row)) continue;
      byRule.push({ rule: ruleText(analysis, row, options), totalNs: Number(totalNs(analysis, row)) });
    }
  }
  return { ...cutOff(analyses, isLeftOut), byRule: sumByRule(byRule) };
}

function ruleText(analysis: Analysis, row: number, options: PeriodOptions): string {
  if (options.idle === undefined) return "state idle";
  return (options.idleRules ?? defaultIdleRules)[idleRuleOf(analysis, row, options)]!.text;
}

function sumByRule(rows: IdleCut["byRule"]): IdleCut["byRule"] {
  const sums = new Map<string, number>();
  for (const { rule, totalNs } of rows) sums.set(rule, (sums.get(rule) ?? 0) + totalNs);
  return [...sums]
    .map(([rule, totalNs]) => ({ rule, totalNs }))
    .sort((a, b) => b.totalNs - a.totalNs || (a.rule < b.rule ? -1 : 1));
}

function streamName(stream: BlockType): LossStream {
  switch (stream) {
    case BlockType.Switch:
      return "context switches";
    case BlockType.Wake:
      return "wakeups";
    case BlockType.Syscall:
      return "system calls";
    case BlockType.Stack:
      return "stacks";
    case BlockType.Task:
      return "task events";
    case BlockType.Map:
      return "mappings";
    default:
      return "other records";
  }
}

function reasonName(reason: LostReason | 0): LossReason {
  switch (reason) {
    case 0:
      return "damaged file";
    case LostReason.RingFull:
      return "ring full";
    case LostReason.Recursion:
      return "recursion";
    case LostReason.PerfRingFull:
      return "perf ring full";
    case LostReason.TaskStorage:
      return "no task storage";
    case LostReason.StackRefused:
      return "stack refused";
    case LostReason.WriteError:
      return "write error";
    case LostReason.LimitReached:
      return "limit reached";
    case LostReason.StackBudget:
      return "stack budget";
    default:
      return "unknown reason";
  }
}
