// A drawing (see ../engine/timeline.ts) asked a question, as its tests read: names of threads instead
// of lives, whole milliseconds instead of times.

import * as assert from "uvu/assert";
import { millisecond, timeline, type TimelineOptions } from "../engine/timeline.js";
import { analyzeRecording, type Answer } from "../oracle/analyze.js";
import { callParts } from "../oracle/calls.js";
import type { Questions } from "../oracle/questions.js";
import { WakerKind, type Chain, type Link } from "../oracle/wakers.js";

/** Questions with times as columns of the drawing. */
export interface DrawnQuestions extends Omit<Questions, "from" | "to" | "periodMin" | "periodMax"> {
  from?: number;
  to?: number;
  periodMin?: number;
  periodMax?: number;
}

export function ask(drawing: string, drawn: DrawnQuestions, options: TimelineOptions = {}): Answer {
  const { from = 0, to = 0, periodMin = 0, periodMax = 0, ...others } = drawn;
  const { bytes } = timeline(drawing, options);
  const answer = analyzeRecording(bytes, {
    ...others,
    from: ns(from),
    to: ns(to),
    periodMin: ns(periodMin),
    periodMax: ns(periodMax),
  });
  assert.equal(answer.warnings, []);
  return answer;
}

function ns(milliseconds: number): bigint {
  return BigInt(milliseconds) * BigInt(millisecond);
}

export function inMs(time: bigint): number {
  return Number(time) / millisecond;
}

/** A life by its thread's letter, a second one of the same as "A2". */
export function nameOf({ threads }: Answer, life: number): string {
  const { tid } = threads[life]!;
  const earlier = threads.slice(0, life).filter((thread) => thread.tid === tid).length;
  return String.fromCharCode(tid) + (earlier > 0 ? earlier + 1 : "");
}

/** "A 0-10: on 1 b 2 r 3 p 4 ? 0", each life with what it was seen to do. */
export function livesText(answer: Answer): string[] {
  const { startMonotonicNs } = answer.header;
  return answer.threads.map((thread, life) => {
    const from = inMs(thread.begin - startMonotonicNs);
    const to = inMs(thread.end - startMonotonicNs);
    const { onCpu, blocked, runnable, preempted, unknown } = thread;
    const [on, b, r, p, u] = [onCpu, blocked, runnable, preempted, unknown].map(inMs);
    return `${nameOf(answer, life)} ${from}-${to}: on ${on} b ${b} r ${r} p ${p} ? ${u}`;
  });
}

/** "A S none: 2 x, 5 ms", each row of the off-CPU table by thread, class and edge. */
export function offcpuText(answer: Answer): string[] {
  return answer.offcpu.map((row) => {
    const total = inMs(row.blocked + row.runnable + row.preempted);
    const edge = ["none", "start", "end"][row.edge];
    return `${nameOf(answer, row.life)} class ${row.class} ${edge}: ${row.periods} x, ${total} ms`;
  });
}

/** "nr 1: 1 x, 9 ms = onCpu 4 + interruptible 5; stack 7", by the column of the kernel stack. */
export function callsText(answer: Answer): string[] {
  return answer.calls.map((row) => {
    const parts = (["onCpu", ...callParts] as const).filter((part) => row[part] !== 0n);
    const sum = parts.map((part) => `${part} ${inMs(row[part])}`).join(" + ");
    const stack = row.kernelStack.frames.map(({ address }) => Number(address & 0xffffn)).join(";");
    return `nr ${row.nr} errno ${row.errno}: ${row.count} x, ${inMs(row.total)} ms = ${sum}; stack ${stack || "none"}`;
  });
}

/** "A: B<C 1 x, blocked 3, runnable 2, longest 2" */
export function wakeupsText(answer: Answer): string[] {
  return answer.offcpu.flatMap((row) =>
    [...row.wakeups.values()].map(({ chain, periods, blocked, runnable, runnableMax }) => {
      const sums = `${periods} x, blocked ${inMs(blocked)}, runnable ${inMs(runnable)}, longest ${inMs(runnableMax)}`;
      return `${nameOf(answer, row.life)} by ${chainText(answer, chain)}: ${sums}`;
    }),
  );
}

function chainText(answer: Answer, chain: Chain): string {
  return chain.length === 0 ? "nobody" : chain.map((link) => linkText(answer, link)).join("<");
}

function linkText(answer: Answer, { kind, life }: Link): string {
  if (kind === WakerKind.Thread) return nameOf(answer, life);
  return kind === WakerKind.Idle ? "idle" : "interrupt";
}

const kindNames = ["call", "period", "wakeup"] as const;
const edgeNames = ["none", "start", "end"] as const;

/** "6 period A cpu 0: 3 ms, class 5 none nr 1, blocked 2 runnable 1, by B", in the answer's order. */
export function eventsText(answer: Answer): string[] {
  return answer.eventRows.map((row) => {
    const who = `${inMs(row.time)} ${kindNames[row.kind]} ${nameOf(answer, row.life)} cpu ${row.cpu}`;
    const by = row.wakerKind === WakerKind.None ? "nobody" : linkText(answer, { kind: row.wakerKind, life: row.waker });
    if (row.kind === 2) return `${who}: by ${by}`;
    const length = row.duration < 0n ? "?" : inMs(row.duration);
    if (row.kind === 0) return `${who}: ${length} ms, nr ${row.nr} result ${row.result} offcpu ${inMs(row.offcpu)}`;
    const split = `blocked ${inMs(row.blocked)} runnable ${inMs(row.runnable)}`;
    return `${who}: ${length} ms, class ${row.class} ${edgeNames[row.edge]} nr ${row.nr}, ${split}, by ${by}`;
  });
}
