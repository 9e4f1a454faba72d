// What must hold between the answers of different passes over one recording, tried on generated ones:
// a pass read slice by slice ends in the tables of one that was not, its events add up to them,
// intervals add up to the whole, the parts of calls to the calls, and no table changes because
// another one was asked for as well. A failing recording is named by its seed (see properties.test.ts).

import { test } from "uvu";
import * as assert from "uvu/assert";
import { readAnalysis, type Analysis } from "../../analyzer/analysis.js";
import type { EventBatch } from "../../analyzer/event-batch.js";
import { readEvents } from "../../analyzer/events.js";
import { analyzeIntervals } from "../../analyzer/intervals.js";
import type { PassOptions } from "../../analyzer/pass-options.js";
import { Edge, EventKind } from "../../assembly/tables.js";
import { generateRecording } from "../recordings/generate.js";
import { rowsOfAnalysis } from "./rows.js";
import { analyzeWithEngine, compiledEngine, runPass } from "./run-engine.js";

const recordings = 260;
const firstSeed = Number(process.env["SEED"] ?? "1");
console.log(`seeds ${firstSeed} to ${firstSeed + recordings - 1}`);

const everything: PassOptions = { latencies: true, calls: true, wakerDepth: 3 };

function analyzeAsked(bytes: Uint8Array, options: PassOptions): Analysis {
  return readAnalysis(runPass(bytes, options), "a test");
}

function total(values: Iterable<bigint | number>): bigint {
  let sum = 0n;
  for (const value of values) sum += BigInt(value);
  return sum;
}

/** Tries a property on every recording; it says what is wrong, or nothing. */
async function each(property: (bytes: Uint8Array, seed: number) => string | undefined | Promise<string | undefined>) {
  const found: string[] = [];
  for (let seed = firstSeed; seed < firstSeed + recordings; seed++) {
    const complaint = await property(generateRecording(seed), seed);
    if (complaint !== undefined) found.push(`SEED=${seed} ${complaint}`);
  }
  assert.ok(found.length === 0, found.slice(0, 10).join("\n"));
}

/** What a pass that is read as it goes on says like any other: its stacks are named as far as is known then. */
function stacklessText(analysis: Analysis): string {
  const { threads, syscalls, lost, recording } = rowsOfAnalysis(analysis);
  return text({ threads, syscalls, lost, recording });
}

/** All tables but the warnings: who asks for more stacks meets more that are not defined. */
function tablesText(analysis: Analysis): string {
  return text({ ...rowsOfAnalysis(analysis), warnings: [] });
}

function text(sections: object): string {
  return JSON.stringify(sections, (_, value) => (typeof value === "bigint" ? String(value) : value));
}

test("asking for more changes no other table", () =>
  each((bytes) => {
    const asked = tablesText(analyzeAsked(bytes, everything));
    return asked === tablesText(analyzeWithEngine(bytes)) ? undefined : "tables differ";
  }));

test("a pass read slice by slice ends in the same tables, and its events add up to them", () =>
  each(async (bytes) => {
    const { batches, analysis } = await eventsOf(bytes);
    const whole = analyzeWithEngine(bytes);
    const { offcpu, syscalls } = whole;
    if (stacklessText(analysis) !== stacklessText(whole)) return "tables differ";
    const periods = countOf(batches, EventKind.Period, () => 1n);
    const calls = countOf(batches, EventKind.Syscall, () => 1n);
    const periodNs = countOf(batches, EventKind.Period, ({ events }, row) => BigInt(events.durationNs[row]!));
    const callNs = countOf(batches, EventKind.Syscall, ({ events }, row) =>
      events.durationNs[row]! < 0 ? 0n : BigInt(events.durationNs[row]!),
    );
    if (periods !== total(offcpu.periods)) return `${periods} periods of ${total(offcpu.periods)}`;
    if (calls !== total(syscalls.count)) return `${calls} calls of ${total(syscalls.count)}`;
    const expectedNs = total(offcpu.blockedNs) + total(offcpu.runnableNs) + total(offcpu.preemptedNs);
    if (isExact(expectedNs) && periodNs !== expectedNs) return `${periodNs} ns of periods, not ${expectedNs}`;
    const expectedCallNs = total(syscalls.totalNs);
    return isExact(expectedCallNs) && callNs !== expectedCallNs ? `${callNs} ns of calls, not ${expectedCallNs}` : undefined;
  }));

/** Events are f64: beyond 2^53 they are not exact. */
function isExact(ns: bigint): boolean {
  return ns < 2n ** 53n;
}

async function eventsOf(bytes: Uint8Array): Promise<{ batches: EventBatch[]; analysis: Analysis }> {
  const reading = readEvents(bytes, { engine: compiledEngine });
  const batches: EventBatch[] = [];
  for (;;) {
    const next = await reading.next();
    if (next.done === true) return { batches, analysis: next.value };
    batches.push(next.value);
  }
}

function countOf(
  batches: readonly EventBatch[],
  kind: EventKind,
  weight: (batch: EventBatch, row: number) => bigint,
): bigint {
  let sum = 0n;
  for (const batch of batches) {
    for (let row = 0; row < batch.events.length; row++) {
      if (batch.events.kind[row] === kind) sum += weight(batch, row);
    }
  }
  return sum;
}

test("intervals add up to the whole", () =>
  each((bytes) => {
    const lengthNs = lengthOf(analyzeWithEngine(bytes));
    if (lengthNs === 0 || lengthNs > 1e12) return undefined;
    return whatDoesNotAddUp(bytes, {}, Math.ceil(lengthNs / 7));
  }));

test("intervals of a part add up to it", () =>
  each((bytes, seed) => {
    const lengthNs = lengthOf(analyzeWithEngine(bytes));
    if (lengthNs < 2 || lengthNs > 1e12) return undefined;
    const part = { fromNs: seed % 2 === 0 ? 0 : Math.floor(lengthNs / 4), toNs: Math.ceil((2 * lengthNs) / 3) };
    return whatDoesNotAddUp(bytes, part, Math.ceil(lengthNs / 7));
  }));

function lengthOf({ recording }: Analysis): number {
  return Number(recording.endNs[0]! - recording.startNs[0]!);
}

/** Compares the intervals of a part with a pass over all of it: their sums, and what the last one says of threads. */
async function whatDoesNotAddUp(bytes: Uint8Array, part: PassOptions, intervalNs: number): Promise<string | undefined> {
  const whole = analyzeAsked(bytes, part);
  const sums = { periods: 0n, ns: 0n, calls: 0n };
  let endNs = part.fromNs ?? 0;
  let last = whole;
  for await (const interval of analyzeIntervals(bytes, { ...part, engine: compiledEngine, intervalNs })) {
    const { analysis, fromNs, toNs } = interval;
    if (fromNs !== endNs) return `an interval from ${fromNs} behind one to ${endNs}`;
    endNs = toNs;
    last = analysis;
    sums.periods += total(analysis.offcpu.periods);
    sums.ns += total(analysis.offcpu.blockedNs);
    sums.calls += total(analysis.syscalls.count);
  }
  const { offcpu, syscalls } = whole;
  const expected = { periods: total(offcpu.periods), ns: total(offcpu.blockedNs), calls: total(syscalls.count) };
  if (text(sums) !== text(expected)) return `${text(sums)}, not ${text(expected)}`;
  return threadsText(last) === threadsText(whole) ? undefined : "threads differ";
}

function threadsText(analysis: Analysis): string {
  const { threads, lost, recording } = rowsOfAnalysis(analysis);
  return text({ threads, lost, recording });
}

test("a recording of a whole number of intervals has that number of them", () =>
  each(async (bytes) => {
    const lengthNs = Number(total(analyzeWithEngine(bytes).recording.endNs) - total(analyzeWithEngine(bytes).recording.startNs));
    if (lengthNs === 0 || lengthNs > 1e12) return undefined;
    const parts = [4, 3, 2, 1].find((count) => lengthNs % count === 0)!;
    const spans: string[] = [];
    const options = { engine: compiledEngine, intervalNs: lengthNs / parts };
    for await (const { fromNs, toNs } of analyzeIntervals(bytes, options)) spans.push(`${fromNs}-${toNs}`);
    const expected = Array.from({ length: parts }, (_, at) => `${(at * lengthNs) / parts}-${((at + 1) * lengthNs) / parts}`);
    return spans.join(" ") === expected.join(" ") ? undefined : spans.join(" ");
  }));

test("the parts of calls add up to them, and histograms to the calls they are of", () =>
  each((bytes) => {
    const { calls, callLatencies, syscalls, latencies } = analyzeAsked(bytes, everything);
    const parts = ["onCpuNs", "interruptibleNs", "uninterruptibleNs", "otherNs", "runnableNs", "preemptedNs", "unknownNs"] as const;
    for (let row = 0; row < calls.length; row++) {
      const sum = parts.reduce((before, part) => before + calls[part][row]!, 0n);
      if (sum !== calls.totalNs[row]) return `row ${row}: parts of ${sum} ns, ${calls.totalNs[row]} in all`;
    }
    const keys = Array.from(calls.thread, (thread, row) =>
      [thread, ...(["nr", "compat", "errno", "kernelStack", "userStack"] as const).map((name) => calls[name][row])].join(" "),
    );
    if (new Set(keys).size !== keys.length) return "rows of calls come twice";
    const timed = total(syscalls.count) - total(syscalls.noEnter);
    if (total(calls.count) !== timed) return `${total(calls.count)} calls joined of ${timed}`;
    if (total(callLatencies.count) !== timed) return "callLatencies";
    return total(latencies.count) === timed ? undefined : "latencies";
  }));

test("wakeups are no more than the periods they ended, row by row", () =>
  each((bytes) => {
    const { offcpu, wakeups } = analyzeAsked(bytes, everything);
    const woken = Array.from(offcpu.woken, (periods, row) => (offcpu.edge[row] === Edge.End ? 0n : periods));
    for (let row = 0; row < wakeups.length; row++) woken[wakeups.period[row]!]! -= wakeups.periods[row]!;
    const wrong = woken.findIndex((left) => left !== 0n);
    return wrong < 0 ? undefined : `row ${wrong}: ${woken[wrong]} wakeups missing`;
  }));

test("a part of a recording is what a pass over those events alone would say", () =>
  each((bytes) => {
    const whole = analyzeWithEngine(bytes);
    const lengthNs = Number(whole.recording.endNs[0]! - whole.recording.startNs[0]!);
    if (lengthNs < 2) return undefined;
    const options = { fromNs: Math.floor(lengthNs / 3), toNs: Math.ceil((2 * lengthNs) / 3) };
    const { recording, threads } = analyzeAsked(bytes, options);
    const windowNs = Number(recording.endNs[0]! - recording.startNs[0]!);
    if (windowNs > options.toNs) return `ends ${windowNs} ns in, asked for ${options.toNs}`;
    for (let row = 0; row < threads.length; row++) {
      const observed = threads.endNs[row]! - threads.beginNs[row]!;
      if (observed > BigInt(options.toNs - options.fromNs)) return `thread ${threads.tid[row]} observed for ${observed} ns`;
    }
    return undefined;
  }));

test.run();
