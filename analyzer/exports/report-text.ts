// The report as one screen: statements about the recording, then findings in words, each with the
// command that shows more of it. Lines end at 80 columns wherever they go, so that the screen can be
// pasted into a mail; commands are never broken, because they are to be copied.

import type { Analysis } from "../analysis.js";
import type { ClassName } from "../views/classes.js";
import type { Oddity } from "../views/oddities.js";
import type { PeriodOptions } from "../views/periods.js";
import type { Followed, ReportView } from "../views/report.js";
import type { RunQueue } from "../views/run-queue.js";
import type { CallFinding, ErrorFinding } from "../views/top-calls.js";
import type { WaitFinding } from "../views/top-waits.js";
import { completenessStatements, lossText } from "./completeness-text.js";
import { headingLine } from "./heading-text.js";
import { hostMark } from "./host-mark.js";
import { statementLines } from "./labelled-text.js";
import type { Statement } from "./labelled-text.js";
import { shellText } from "./shell-text.js";
import { printable } from "./style.js";
import type { Style } from "./style.js";
import { countOf, countText, durationText, shareText } from "./units.js";

const ScreenWidth = 80;

/** A finding as text, and the words of the command that shows more of it. */
export interface ReportItem {
  readonly text: string;
  readonly next?: readonly string[];
  readonly isAlert?: boolean;
}

export interface ReportSection {
  readonly label: string;
  /** Empty where the recording has nothing of this kind. */
  readonly items: readonly ReportItem[];
}

/** What a report says, before it is laid out: statements about the recordings, then findings. */
export interface ReportSentences {
  readonly statements: readonly Statement[];
  readonly sections: readonly ReportSection[];
}

export function reportSentences(view: ReportView, options: PeriodOptions): ReportSentences {
  const asked = { ...options, idle: options.idle ?? ("hide" as const) };
  return {
    statements: [{ label: "recorded", text: recordedText(view) }, ...completenessStatements(view.completeness, asked)],
    sections: [
      { label: "waits", items: waitItems(view) },
      { label: "CPU", items: runQueueItems(view.runQueue) },
      { label: "calls", items: callItems(view) },
      { label: "odd", items: oddityItems(view.oddities) },
    ],
  };
}

export function reportText(
  analyses: readonly Analysis[],
  view: ReportView,
  options: PeriodOptions,
  terminal: Style,
): string {
  const style = { ...terminal, width: Math.min(terminal.width, ScreenWidth) };
  const files = filesText(analyses);
  const { statements, sections } = reportSentences(view, options);
  const lines = [
    style.bold(headingLine(analyses)),
    "",
    ...statementLines(statements, style),
    ...sections.flatMap((section) => sectionLines(section, files, style)),
  ];
  return `${lines.join("\n")}\n`;
}

function sectionLines({ label, items }: ReportSection, files: string, style: Style): string[] {
  if (items.length === 0) return [];
  return [
    "",
    ...items.flatMap(({ text, next, isAlert }, at) => {
      const statement = { label: at === 0 ? label : "", text: printable(text), isAlert: isAlert ?? false };
      const lines = statementLines([statement], style);
      return next === undefined ? lines : [...lines, style.dim(commandLine(next, files))];
    }),
  ];
}

function commandLine(words: readonly string[], files: string): string {
  return `             $ offcut ${shellText(words)} ${files}`;
}

/** What was given, where that is short enough to be said again. */
function filesText(analyses: readonly Analysis[]): string {
  const sources = analyses.map((analysis) => analysis.source);
  if (sources.length > 2 || sources.includes("standard input")) return sources.length > 1 ? "FILE..." : "FILE";
  return shellText(sources);
}

function recordedText({ recorded, calls }: ReportView): string {
  const what = recorded.syscalls
    ? `, ${countOf(calls.totals.calls, "system call")} of which ${countText(calls.totals.errors)} failed`
    : ", system calls not recorded";
  return (
    `${durationText(recorded.durationNs)} of ${countOf(recorded.threads, "thread")} on ` +
    `${countOf(recorded.cpus, "CPU")}: ${countOf(recorded.events, "event")}${what}`
  );
}

function waitItems({ waits, moreWaits }: ReportView): ReportItem[] {
  const host = hostMark(waits);
  if (waits.length === 0) return [{ text: "nothing waited but what idled, or was cut off by the window" }];
  const items: ReportItem[] = waits.map((wait) => ({ text: waitText(wait, host(wait)), next: wait.next }));
  if (moreWaits > 0) items.push({ text: `and ${countOf(moreWaits, "smaller one")}`, next: ["offcpu", "--idle", "hide"] });
  return items;
}

/** `mysqld: 12 threads waited 34.0 % of their time in fsync (D state, ext4 journal), longest 23.0 ms` */
function waitText(wait: WaitFinding, host: string): string {
  const who = `${wait.process || "[unnamed]"}${host}`;
  const whose = wait.threads === 1 ? "its" : "their";
  const call = wait.syscall === "" ? "" : ` in ${wait.syscall}`;
  // Nearly all of it is all of it: what is missing was too short to have a stack.
  const share = wait.placeNs * 20 >= wait.blockedNs * 19 ? "" : `${shareText(wait.placeNs, wait.blockedNs)} `;
  const why = wait.place === "" ? stateText(wait.class) : `${stateText(wait.class)}, ${share}${wait.place}`;
  const untilRun = wait.maxNs > wait.blockedNs ? " until it ran again" : "";
  // A slow disk and a busy host look alike from the outside.
  const queued = wait.runnableNs * 5 >= wait.blockedNs ? `, then ${durationText(wait.runnableNs)} waiting for a CPU` : "";
  const times = wait.periods === 1 ? "once" : `longest ${durationText(wait.maxNs)}${untilRun}`;
  return (
    `${who}: ${countOf(wait.threads, "thread")} waited ${shareText(wait.blockedNs, wait.observedNs)} of ${whose} time` +
    `${call} (${why}): ${durationText(wait.blockedNs)}, ${times}${queued}`
  );
}

function stateText(state: ClassName): string {
  switch (state) {
    case "uninterruptible":
      return "D state";
    case "interruptible":
      return "asleep";
    case "other":
      return "stopped";
    case "unknown":
      return "not known why";
    default:
      return state;
  }
}

function runQueueItems(queue: Followed<RunQueue>): ReportItem[] {
  const { observedNs } = queue;
  if (observedNs === 0) return [];
  const worst = queue.worst === null ? "" : `, at most ${durationText(queue.worst.latencyNs)} (${queue.worst.comm} ${queue.worst.tid})`;
  const latency =
    queue.wakeups === 0
      ? "no wakeup was seen"
      : `${durationText(queue.averageNs)} on average from wakeup to CPU, ${countOf(queue.wakeups, "time")}${worst}`;
  const threads = queue.threads.map(
    (one) => `${one.comm} (${one.tid}) ${shareText(one.runnableNs + one.preemptedNs, one.observedNs)}`,
  );
  const most = threads.length === 0 ? "" : `; of single threads' time: ${threads.join(", ")}`;
  return [
    {
      text:
        `${latency}; threads spent ${shareText(queue.runnableNs, observedNs)} of their time woken and waiting for a CPU, ` +
        `${shareText(queue.preemptedNs, observedNs)} preempted${most}`,
      next: queue.next,
    },
  ];
}

function callItems({ calls, recorded }: ReportView): ReportItem[] {
  if (!recorded.syscalls) return [];
  const items: ReportItem[] = [];
  if (calls.byTime.length > 0) {
    items.push({ text: `most time: ${calls.byTime.map(callText).join("; ")}`, next: calls.next });
  }
  if (calls.byErrors.length > 0) {
    items.push({ text: `most errors: ${calls.byErrors.map(errorText).join("; ")}`, next: calls.errorsNext });
  }
  return items.length === 0 ? [{ text: "none that did not idle" }] : items;
}

function callText(call: CallFinding): string {
  return (
    `${call.name} ${durationText(call.totalNs)} in ${countOf(call.count, "call")}` +
    ` (${shareText(call.offcpuNs, call.totalNs)} off the CPU, longest ${durationText(call.maxNs)})`
  );
}

function errorText({ name, error, count, calls }: ErrorFinding): string {
  return `${name} ${error} ${countText(count)} of ${countText(calls)}`;
}

function oddityItems(found: readonly Followed<Oddity>[]): ReportItem[] {
  if (found.length === 0) return [{ text: "nothing" }];
  return found.map((oddity) => ({
    text: oddityText(oddity),
    next: oddity.next,
    isAlert: oddity.kind === "loss" || oddity.kind === "damage",
  }));
}

function oddityText(oddity: Oddity): string {
  switch (oddity.kind) {
    case "loss":
      return `records were lost, so that times are lower bounds: ${lossText(oddity.lost)}`;
    case "damage":
      return `${oddity.first}${oddity.warnings === 1 ? "" : `; and ${countText(oddity.warnings - 1)} more`}`;
    case "contradictions":
      return (
        `${countOf(oddity.contradictions, "state")} contradicted by the next record, ` +
        `${countOf(oddity.backwards, "record")} out of order`
      );
    case "longUninterruptible": {
      const place = [oddity.syscall, oddity.place].filter((word) => word !== "").join(", ");
      const end = oddity.isOpen ? " and had not ended" : "";
      const others = oddity.others === 0 ? "" : `; so did ${countOf(oddity.others, "other thread")}`;
      return `${oddity.comm} (${oddity.tid}) was in D state for ${durationText(oddity.maxNs)}${end}${place === "" ? "" : ` (${place})`}${others}`;
    }
    case "failing":
      return `${oddity.name} mostly fails: ${oddity.error} ${countText(oddity.count)} of ${countText(oddity.calls)} times`;
    case "stillBlocked": {
      const more = oddity.threads > oddity.comms.length ? ", .." : "";
      return `${countOf(oddity.threads, "thread")} never ran, blocked since before the recording: ${oddity.comms.join(", ")}${more}`;
    }
    case "fewStacks":
      return `only ${shareText(oddity.kernelNs, oddity.blockedNs)} of blocked time has a kernel stack`;
  }
}
