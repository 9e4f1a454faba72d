// What a person should know about a recording before believing an answer, or look at first: loss,
// contradictions, waits in D state that took over a second, calls that mostly fail, threads that have
// been blocked since before the recording, stacks that are missing.

import { OffcpuClass } from "../../assembly/format.js";
import type { Analysis } from "../analysis.js";
import type { Completeness, LossRow } from "./completeness.js";
import { kernelPlaces } from "./kernel-places.js";
import { isOpenAtEnd, isSelected, periodSyscall } from "./periods.js";
import type { PeriodOptions } from "./periods.js";
import type { ThreadsView } from "./thread-times.js";
import type { ErrorFinding, TopCalls } from "./top-calls.js";
import { warningRows } from "./warnings.js";

export type Oddity =
  | { readonly kind: "loss"; readonly lost: readonly LossRow[]; readonly unknownNs: number }
  | { readonly kind: "damage"; readonly warnings: number; readonly first: string }
  | { readonly kind: "contradictions"; readonly contradictions: number; readonly backwards: number }
  | {
      readonly kind: "longUninterruptible";
      readonly comm: string;
      readonly tid: number;
      readonly syscall: string;
      readonly place: string;
      /** Its longest wait in D state. */
      readonly maxNs: number;
      /** Whether the recording ended meanwhile. */
      readonly isOpen: boolean;
      /** Other threads with such a wait. */
      readonly others: number;
    }
  | ({ readonly kind: "failing" } & ErrorFinding)
  | { readonly kind: "stillBlocked"; readonly threads: number; readonly comms: readonly string[] }
  | { readonly kind: "fewStacks"; readonly kernelNs: number; readonly blockedNs: number };

/** A wait in D state that is as long as this is odd: nothing can interrupt it. */
const LongUninterruptibleNs = 1_000_000_000n;
/** Calls of which most fail, and enough of them. */
const FailingCallsMin = 100;
/** Errors by which a call says "not now": event loops are made of them. */
const ordinaryErrors = new Set(["EAGAIN", "EINTR", "EINPROGRESS", "ETIMEDOUT", "ERESTARTSYS", "ERESTART_RESTARTBLOCK"]);
const CommsNamed = 5;

export function oddities(
  analyses: readonly Analysis[],
  completeness: Completeness,
  calls: TopCalls,
  threads: ThreadsView,
  options: PeriodOptions,
): Oddity[] {
  return [
    ...loss(completeness),
    ...damage(analyses),
    ...contradictions(analyses),
    ...longUninterruptible(analyses, options),
    ...failing(calls),
    ...stillBlocked(threads),
    ...fewStacks(completeness),
  ];
}

function loss({ lost, unknownNs, lowerBound }: Completeness): Oddity[] {
  return lowerBound ? [{ kind: "loss", lost, unknownNs }] : [];
}

function damage(analyses: readonly Analysis[]): Oddity[] {
  const rows = analyses.flatMap(warningRows);
  const first = rows[0];
  return first === undefined ? [] : [{ kind: "damage", warnings: rows.length, first: `${first.source} ${first.problem}` }];
}

function contradictions(analyses: readonly Analysis[]): Oddity[] {
  const sum = (pick: (analysis: Analysis) => bigint) => Number(analyses.reduce((total, one) => total + pick(one), 0n));
  const odd = sum(({ recording }) => recording.contradictions[0]!);
  const backwards = sum(({ recording }) => recording.backwards[0]!);
  return odd + backwards === 0 ? [] : [{ kind: "contradictions", contradictions: odd, backwards }];
}

/** Open ones included: the wait that has not ended is the one that an incident is about. */
function longUninterruptible(analyses: readonly Analysis[], options: PeriodOptions): Oddity[] {
  const threads = new Set<string>();
  let longest: { analysis: Analysis; row: number } | undefined;
  for (const analysis of analyses) {
    const { offcpu } = analysis;
    for (let row = 0; row < offcpu.length; row++) {
      if (offcpu.class[row] !== OffcpuClass.Uninterruptible || offcpu.maxNs[row]! < LongUninterruptibleNs) continue;
      if (!isSelected(analysis, row, { ...options, open: true })) continue;
      threads.add(`${analysis.source} ${offcpu.thread[row]}`);
      if (longest === undefined || offcpu.maxNs[row]! > longest.analysis.offcpu.maxNs[longest.row]!) longest = { analysis, row };
    }
  }
  if (longest === undefined) return [];
  const { analysis, row } = longest;
  const { offcpu } = analysis;
  return [
    {
      kind: "longUninterruptible",
      comm: analysis.string(offcpu.comm[row]!),
      tid: analysis.threads.tid[offcpu.thread[row]!]!,
      syscall: periodSyscall(analysis, row),
      place: kernelPlaces(analysis)(offcpu.kernelStack[row]!),
      maxNs: Number(offcpu.maxNs[row]!),
      isOpen: isOpenAtEnd(offcpu.edge[row]!),
      others: threads.size - 1,
    },
  ];
}

/** The call that fails most, if most of its calls do. */
function failing({ byErrors }: TopCalls): Oddity[] {
  const found = byErrors.find(
    ({ error, count, calls }) => count >= FailingCallsMin && count * 2 > calls && !ordinaryErrors.has(error),
  );
  return found === undefined ? [] : [{ kind: "failing", ...found }];
}

function stillBlocked({ rows }: ThreadsView): Oddity[] {
  // Kernel threads without work are everywhere, and nobody waits for them.
  const blocked = rows.filter((row) => row.stillBlocked && !row.kernelThread);
  const comms = [...new Set(blocked.map((row) => row.comm))].sort().slice(0, CommsNamed);
  return blocked.length === 0 ? [] : [{ kind: "stillBlocked", threads: blocked.length, comms }];
}

function fewStacks({ coverage: { kernelNs, blockedNs } }: Completeness): Oddity[] {
  return kernelNs * 2 < blockedNs ? [{ kind: "fewStacks", kernelNs, blockedNs }] : [];
}
