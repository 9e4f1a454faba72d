// One screen about a recording: what a person would want first. Puts together what other views found,
// and says for each finding which command shows more of it. Idling is left out unless it is asked for.

import type { Analysis } from "../analysis.js";
import { completeness } from "./completeness.js";
import type { Completeness } from "./completeness.js";
import { oddities } from "./oddities.js";
import type { Oddity } from "./oddities.js";
import type { PeriodOptions } from "./periods.js";
import { runQueue } from "./run-queue.js";
import type { RunQueue } from "./run-queue.js";
import { recordsSyscalls } from "./syscalls.js";
import { threadsView } from "./thread-times.js";
import type { ThreadsView } from "./thread-times.js";
import { topCalls } from "./top-calls.js";
import type { CallFinding, ErrorFinding } from "./top-calls.js";
import { topWaits } from "./top-waits.js";
import type { WaitFinding } from "./top-waits.js";

/** A finding, and the words of the command that shows more of it; the recordings' names follow them. */
export type Followed<Finding> = Finding & { readonly next: readonly string[] };

export interface ReportView {
  readonly recorded: {
    readonly durationNs: number;
    readonly events: number;
    readonly threads: number;
    readonly cpus: number;
    readonly syscalls: boolean;
  };
  readonly completeness: Completeness;
  readonly waits: readonly Followed<WaitFinding>[];
  /** Findings that are not among `waits`. */
  readonly moreWaits: number;
  readonly calls: {
    readonly byTime: readonly CallFinding[];
    readonly byErrors: readonly ErrorFinding[];
    readonly totals: { readonly calls: number; readonly errors: number };
    readonly next: readonly string[];
    readonly errorsNext: readonly string[];
  };
  readonly runQueue: Followed<RunQueue>;
  readonly oddities: readonly Followed<Oddity>[];
}

const WaitsShown = 5;
const CallsShown = 4;
const PidsNamedMax = 8;

export function reportView(analyses: readonly Analysis[], asked: PeriodOptions = {}): ReportView {
  const options: PeriodOptions = { ...asked, idle: asked.idle ?? "hide" };
  const whole = completeness(analyses, options);
  const waits = topWaits(analyses, options);
  const calls = topCalls(analyses, options);
  const threads = threadsView(analyses, { selection: options.selection });
  return {
    recorded: recorded(analyses, threads),
    completeness: whole,
    waits: waits.slice(0, WaitsShown).map((wait) => ({ ...wait, next: waitCommand(wait) })),
    moreWaits: Math.max(0, waits.length - WaitsShown),
    calls: {
      byTime: calls.byTime.slice(0, CallsShown),
      byErrors: calls.byErrors.slice(0, CallsShown),
      totals: calls.totals,
      next: ["waits", "--idle", options.idle ?? "hide", "--group-by", "syscall"],
      errorsNext: errorsCommand(calls.byErrors),
    },
    runQueue: { ...runQueue(analyses, threads, options), next: ["threads", "--sort", "runnable"] },
    oddities: oddities(analyses, whole, calls, threads, options).map((oddity) => ({
      ...oddity,
      next: oddityCommand(oddity),
    })),
  };
}

function recorded(analyses: readonly Analysis[], { totals }: ThreadsView): ReportView["recorded"] {
  const sum = (pick: (analysis: Analysis) => number) => analyses.reduce((total, one) => total + pick(one), 0);
  return {
    durationNs: sum(({ recording }) => Number(recording.endNs[0]! - recording.startNs[0]!)),
    events: sum(({ recording }) => Number(recording.events[0]!)),
    threads: totals.threads,
    cpus: analyses.reduce((most, { recording }) => Math.max(most, recording.cpus[0]!), 0),
    syscalls: analyses.some(recordsSyscalls),
  };
}

function waitCommand(wait: WaitFinding): string[] {
  const words = ["offcpu", "-p", wait.pids.slice(0, PidsNamedMax).join(",")];
  if (wait.syscall !== "") words.push("--syscall", callWord(wait.syscall));
  if (wait.class === "uninterruptible") words.push("--state", "D");
  return words;
}

/** A call as filters take it: its name, or the number of one without. */
function callWord(name: string): string {
  return /^\[unknown: (\d+)\]/.exec(name)?.[1] ?? name.replace(/ .*/, "");
}

function errorsCommand([most]: readonly ErrorFinding[]): string[] {
  return most === undefined ? [] : ["waits", "--errno", most.error, "--group-by", "process"];
}

function oddityCommand(oddity: Oddity): string[] {
  switch (oddity.kind) {
    case "longUninterruptible":
      return ["offcpu", "-t", String(oddity.tid), "--state", "D", ...(oddity.isOpen ? ["--open"] : [])];
    case "failing":
      return ["waits", "--syscall", callWord(oddity.name), "--errno", oddity.error, "--stacks"];
    case "stillBlocked":
      return ["threads", "--sort", "unknown"];
    default:
      return ["info"];
  }
}
