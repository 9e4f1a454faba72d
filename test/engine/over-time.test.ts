// What threads did over time (Table.Timeline) and when what ended that was how long (Table.Heat),
// against the oracle's periods and calls put into bins one by one, on generated recordings and on
// real ones, in bins of many lengths. A failing recording is named by its seed.

import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { OffcpuClass } from "../../assembly/format.js";
import { Edge, EventKind } from "../../assembly/tables.js";
import { readAnalysis, type Analysis } from "../../analyzer/analysis.js";
import { analyzeRecording, type Answer, type EventAnswer } from "../oracle/analyze.js";
import { generateRecording } from "../recordings/generate.js";
import { Random } from "../recordings/random.js";
import { runPass } from "./run-engine.js";

const seeds = 150;
const firstSeed = Number(process.env["SEED"] ?? "1");
console.log(`seeds ${firstSeed} to ${firstSeed + seeds - 1}`);

const states = ["onCpuNs", "sleepingNs", "uninterruptibleNs", "runnableNs", "preemptedNs"] as const;
type State = (typeof states)[number];

interface Tried {
  name: string;
  bytes: Uint8Array;
  answer: Answer;
  binNs: number;
  fromNs: number;
}

function* recordings(): Generator<Tried> {
  const data = join(import.meta.dirname, "../data");
  for (const file of readdirSync(data).filter((name) => name.endsWith(".offcut"))) {
    const bytes = readFileSync(join(data, file));
    const answer = analyzeRecording(bytes, { events: true });
    yield { name: file, bytes, answer, binNs: 20_000_000, fromNs: 0 };
  }
  for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
    const random = new Random(seed);
    const bytes = generateRecording(seed);
    const whole = analyzeRecording(bytes, {});
    const lengthNs = Number(whole.end - whole.header.startMonotonicNs);
    const fromNs = random.chance(0.3) ? random.between(1, Math.max(1, lengthNs >> 1)) : 0;
    const binNs = random.pick([1 + (lengthNs >> 2), 1 + (lengthNs >> 5), 1 + (lengthNs >> 9), lengthNs + 1, 1000]);
    const answer = analyzeRecording(bytes, { events: true, from: BigInt(fromNs) });
    yield { name: `SEED=${seed}`, bytes, answer, binNs, fromNs };
  }
}

/** "thread bin state" -> ns, by the rows of the table. */
function drawnTimes({ timeline }: Analysis): Map<string, number> {
  const times = new Map<string, number>();
  for (let row = 0; row < timeline.length; row++) {
    for (let bin = timeline.firstBin[row]!; bin < timeline.firstBin[row]! + timeline.bins[row]!; bin++) {
      for (const state of states) {
        const ns = timeline[state][row]!;
        const key = `${timeline.thread[row]} ${bin} ${state}`;
        if (ns > 0) times.set(key, (times.get(key) ?? 0) + ns);
      }
    }
  }
  return times;
}

/** The same, by the oracle's periods; of what threads did between them it has no events. */
function periodTimes({ answer, binNs, fromNs }: Tried): Map<string, number> {
  const times = new Map<string, number>();
  const add = (life: number, state: State, from: number, to: number): void => {
    for (let at = from; at < to; ) {
      const bin = Math.floor(at / binNs);
      const until = Math.min(to, (bin + 1) * binNs);
      const key = `${life} ${bin} ${state}`;
      times.set(key, (times.get(key) ?? 0) + until - at);
      at = until;
    }
  };
  for (const row of answer.eventRows) {
    if (row.kind !== EventKind.Period) continue;
    const end = Number(row.time) - fromNs;
    const since = end - Number(row.duration);
    const woken = since + Number(row.blocked);
    const isUninterruptible = row.class === OffcpuClass.Uninterruptible;
    if (row.class === OffcpuClass.Preempted) add(row.life, "preemptedNs", since, end);
    else {
      add(row.life, isUninterruptible ? "uninterruptibleNs" : "sleepingNs", since, woken);
      add(row.life, "runnableNs", woken, end);
    }
  }
  return times;
}

const timesOfThreads = {
  onCpuNs: ["onCpuNs"],
  blockedNs: ["sleepingNs", "uninterruptibleNs"],
  runnableNs: ["runnableNs"],
  preemptedNs: ["preemptedNs"],
} as const;

/** The table's rows must add up to what the threads did, and be in order, apart and no fuller than a bin. */
function complaintsOf(analysis: Analysis, binNs: number): string[] {
  const { timeline, threads } = analysis;
  const complaints: string[] = [];
  for (const [column, parts] of Object.entries(timesOfThreads)) {
    const sums = new Array<bigint>(threads.length).fill(0n);
    for (let row = 0; row < timeline.length; row++) {
      const ns = parts.reduce((sum, part) => sum + timeline[part][row]!, 0);
      sums[timeline.thread[row]!]! += BigInt(ns) * BigInt(timeline.bins[row]!);
    }
    const expected = threads[column as keyof typeof timesOfThreads];
    sums.forEach((sum, life) => {
      if (sum !== expected[life]) complaints.push(`thread ${life}: ${column} ${sum}, not ${expected[life]}`);
    });
  }
  for (let row = 0; row < timeline.length; row++) {
    const inBin = states.map((state) => timeline[state][row]!);
    const filled = inBin.reduce((sum, ns) => sum + ns, 0);
    if (filled > binNs || filled === 0) complaints.push(`row ${row}: ${filled} ns in a bin of ${binNs}`);
    if (timeline.bins[row]! > 1 && !inBin.includes(binNs)) complaints.push(`row ${row}: bins told together`);
    if (row === 0) continue;
    const sameThread = timeline.thread[row] === timeline.thread[row - 1];
    const after = timeline.firstBin[row - 1]! + timeline.bins[row - 1]!;
    const isInOrder = sameThread ? timeline.firstBin[row]! >= after : timeline.thread[row]! > timeline.thread[row - 1]!;
    if (!isInOrder) complaints.push(`row ${row}: out of order`);
  }
  return complaints;
}

interface Called {
  ns: number;
  /** The most that one call had of it, and which one. */
  longestNs: number;
  nr: number;
  compat: number;
}

/** "thread bin" -> calls, by the oracle's calls, and of those that have not ended by its periods. */
function calledTimes({ answer, binNs, fromNs }: Tried): Map<string, Called> {
  const bins = new Map<string, Called>();
  const untilNs = new Map<number, number>();
  for (const row of answer.eventRows) {
    const isCall = row.kind === EventKind.Syscall && row.duration >= 0n;
    const isOpen = row.kind === EventKind.Period && row.edge !== Edge.None && row.nr !== -1;
    if (!isCall && !isOpen) continue;
    const to = Number(row.time) - fromNs;
    let at = Math.max(to - Number(row.duration), 0, untilNs.get(row.life) ?? 0);
    untilNs.set(row.life, Math.max(to, untilNs.get(row.life) ?? 0));
    while (at < to) {
      const bin = Math.floor(at / binNs);
      const until = Math.min(to, (bin + 1) * binNs);
      const key = `${row.life} ${bin}`;
      const called = bins.get(key) ?? { ns: 0, longestNs: 0, nr: 0, compat: 0 };
      bins.set(key, called);
      called.ns += until - at;
      if (until - at > called.longestNs) {
        Object.assign(called, { longestNs: until - at, nr: row.nr, compat: Number(row.compat) });
      }
      at = until;
    }
  }
  return bins;
}

/** Rows in order and apart, and each bin with the time of its calls and the one that had most of it. */
function complaintsOfCalls({ callTimeline: table }: Analysis, tried: Tried): string[] {
  const complaints: string[] = [];
  const drawn = new Map<string, string>();
  for (let row = 0; row < table.length; row++) {
    const [thread, first, bins] = [table.thread[row]!, table.firstBin[row]!, table.bins[row]!];
    if (bins > 1 && table.callNs[row] !== tried.binNs) complaints.push(`row ${row}: bins told together`);
    const before = row === 0 ? -1 : table.thread[row - 1]!;
    const isInOrder = thread > before || (thread === before && first >= table.firstBin[row - 1]! + table.bins[row - 1]!);
    if (!isInOrder) complaints.push(`row ${row}: out of order`);
    for (let bin = first; bin < first + bins; bin++) drawn.set(`${thread} ${bin}`, `${table.callNs[row]} ${table.nr[row]} ${table.compat[row]}`);
  }
  for (const [key, { ns, nr, compat }] of calledTimes(tried)) {
    if (drawn.get(key) !== `${ns} ${nr} ${compat}`) complaints.push(`${key}: ${drawn.get(key)}, not ${ns} ${nr} ${compat}`);
    drawn.delete(key);
  }
  return [...complaints, ...[...drawn.keys()].map((key) => `${key}: a call too many`)];
}

test("time in bins is where the periods and calls were, and adds up to the threads' times", () => {
  let rowsOfCalls = 0;
  for (const tried of recordings()) {
    const { bytes, binNs, fromNs, name } = tried;
    const analysis = readAnalysis(runPass(bytes, { binNs, fromNs }), name);
    assert.equal(complaintsOf(analysis, binNs), [], name);
    assert.equal(complaintsOfCalls(analysis, tried), [], name);
    rowsOfCalls += analysis.callTimeline.length;
    const drawn = drawnTimes(analysis);
    const expected = periodTimes(tried);
    for (const [key, ns] of expected) {
      // A thread that was forked is runnable before it runs first, which is no period.
      if (key.endsWith("runnableNs")) assert.ok((drawn.get(key) ?? 0) >= ns, `${name}: ${key}`);
      else assert.is(drawn.get(key), ns, `${name}: ${key}`);
    }
    for (const key of drawn.keys()) {
      if (!key.endsWith("runnableNs") && !key.endsWith("onCpuNs")) assert.ok(expected.has(key), `${name}: ${key}`);
    }
  }
  assert.ok(rowsOfCalls > 1000, `only ${rowsOfCalls} rows of calls`);
});

/** Four to a power of two; below 16 every four. */
function bucketOf(ns: bigint): number {
  if (ns < 16n) return Number(ns >> 2n);
  const exponent = ns.toString(2).length - 1;
  return 4 * (exponent - 3) + Number(ns >> BigInt(exponent - 2)) - 4;
}

function isHot({ kind, duration }: EventAnswer): boolean {
  return kind === EventKind.Period || (kind === EventKind.Syscall && duration >= 0n);
}

function heatLines({ answer, binNs, fromNs }: Tried): string[] {
  const cells = new Map<string, { count: bigint; totalNs: bigint }>();
  for (const row of answer.eventRows.filter(isHot)) {
    const bin = Math.floor((Number(row.time) - fromNs) / binNs);
    const what = row.kind === EventKind.Period ? row.class : row.nr + (row.compat ? 65536 : 0);
    const key = `${bin} ${bucketOf(row.duration)} ${row.life} ${row.kind} ${what}`;
    const cell = cells.get(key) ?? { count: 0n, totalNs: 0n };
    cells.set(key, { count: cell.count + 1n, totalNs: cell.totalNs + row.duration });
  }
  return [...cells].map(([key, { count, totalNs }]) => `${key}: ${count} ${totalNs}`);
}

test("cells of the heat map count the calls and periods that ended in them", () => {
  for (const tried of recordings()) {
    const { heat } = readAnalysis(runPass(tried.bytes, { heatBinNs: tried.binNs, fromNs: tried.fromNs }), tried.name);
    const keys = Array.from({ length: heat.length }, (_, row) =>
      [heat.bin, heat.bucket, heat.thread, heat.kind, heat.what].map((column) => column[row]!),
    );
    const lines = keys.map((key, row) => `${key.join(" ")}: ${heat.count[row]} ${heat.totalNs[row]}`);
    assert.equal([...lines].sort(), heatLines(tried).sort(), tried.name);
    const sorted = [...keys].sort((a, b) => a.map((value, i) => value - b[i]!).find((order) => order !== 0) ?? 0);
    assert.equal(keys, sorted, tried.name);
  }
});

test("bins longer than their columns can hold are refused", () => {
  assert.throws(
    () => runPass(new Uint8Array(0), { binNs: 2 ** 32 }),
    (error: Error) => error.message === "bins of a timeline are shorter than 2^32 ns, not 4294967296",
  );
});

test.run();
