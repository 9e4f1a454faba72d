// What must hold of every recording, tried on a thousand generated ones: the engine answers as the
// oracle does, time is conserved for every thread, and no cut of the input changes anything. A
// failing recording is named by its seed:
//
//   SEED=123 npx tsx test/engine/properties.test.ts     tries 1000 seeds from 123 on
//   npx tsx test/recordings/generate-file.ts 123 FILE   writes that recording, for dump.ts

import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Analysis } from "../../analyzer/analysis.js";
import { analyzeRecording } from "../oracle/analyze.js";
import { generateRecording } from "../recordings/generate.js";
import { Random } from "../recordings/random.js";
import { differences, rowsOfAnalysis, rowsOfAnswer, stackTextOf } from "./rows.js";
import { analyzeWithEngine } from "./run-engine.js";

const recordings = 1000;
const firstSeed = Number(process.env["SEED"] ?? "1");
console.log(`seeds ${firstSeed} to ${firstSeed + recordings - 1}`);

/** Runs `check` on each generated recording and shows the first few that fail. */
function onGenerated(count: number, check: (bytes: Uint8Array, seed: number) => readonly string[]): void {
  const failures: string[] = [];
  for (let seed = firstSeed; seed < firstSeed + count && failures.length < 3; seed++) {
    let found: readonly string[];
    try {
      found = check(generateRecording(seed), seed);
    } catch (error) {
      found = [error instanceof Error ? (error.stack ?? error.message) : String(error)];
    }
    if (found.length > 0) failures.push(`SEED=${seed}\n${found.slice(0, 8).join("\n")}`);
  }
  assert.ok(failures.length === 0, failures.join("\n\n"));
}

test("any split equals no split", () => {
  onGenerated(100, (bytes, seed) => {
    const whole = tablesText(analyzeWithEngine(bytes));
    const random = new Random(seed);
    const cuts = Array.from({ length: random.between(1, 40) }, () => random.between(0, bytes.length));
    const cut = tablesText(analyzeWithEngine(bytes, cuts.sort((a, b) => a - b)));
    return cut === whole ? [] : [`cut at ${cuts.join(" ")}`];
  });
});

test("one byte at a time equals no split", () => {
  onGenerated(20, (bytes) => {
    const whole = tablesText(analyzeWithEngine(bytes));
    const cut = tablesText(analyzeWithEngine(bytes, bytes.keys()));
    return cut === whole ? [] : ["cut everywhere"];
  });
});

test("the engine answers as the oracle does", () => {
  onGenerated(recordings, (bytes) =>
    differences(rowsOfAnalysis(analyzeWithEngine(bytes)), rowsOfAnswer(analyzeRecording(bytes))),
  );
});

test("the engine answers as the oracle does on the recordings of real programs", () => {
  const directory = join(import.meta.dirname, "../data");
  const files = readdirSync(directory).filter((file) => file.endsWith(".offcut"));
  if (files.length === 0) console.log("SKIP no recording in test/data");
  for (const file of files) {
    const bytes = readFileSync(join(directory, file));
    const found = differences(rowsOfAnalysis(analyzeWithEngine(bytes)), rowsOfAnswer(analyzeRecording(bytes)));
    assert.equal(found, [], file);
  }
});

test("time is conserved: the parts of a thread's time add up to the time it was observed", () => {
  onGenerated(recordings, (bytes) => {
    const { threads } = analyzeWithEngine(bytes);
    const parts = ["onCpuNs", "blockedNs", "runnableNs", "preemptedNs", "unknownNs"] as const;
    const wrong: string[] = [];
    for (let row = 0; row < threads.length; row++) {
      const sum = parts.reduce((total, part) => total + threads[part][row]!, 0n);
      const observed = threads.endNs[row]! - threads.beginNs[row]!;
      if (sum !== observed) wrong.push(`thread ${row}: ${sum} ns of ${observed} ns`);
    }
    return wrong;
  });
});

test("the off-CPU table adds up to the threads' off-CPU time", () => {
  onGenerated(recordings, (bytes) => {
    const { threads, offcpu } = analyzeWithEngine(bytes);
    const left = Array.from({ length: threads.length }, (_, row) => threads.blockedNs[row]! + threads.preemptedNs[row]!);
    for (let row = 0; row < offcpu.length; row++) {
      left[offcpu.thread[row]!]! -= offcpu.blockedNs[row]! + offcpu.preemptedNs[row]!;
    }
    // Runnable time is left out: a new thread that waits for its first run has it without a period.
    return left.flatMap((ns, row) => (ns === 0n ? [] : [`thread ${row}: ${ns} ns without a row`]));
  });
});

test("rows are distinct and the largest come first", () => {
  onGenerated(200, (bytes) => {
    const analysis = analyzeWithEngine(bytes);
    return [...offcpuDisorder(analysis), ...syscallDisorder(analysis)];
  });
});

function offcpuDisorder(analysis: Analysis): string[] {
  const { offcpu } = analysis;
  const wrong: string[] = [];
  const seen = new Set<string>();
  let before = 2n ** 64n;
  for (let row = 0; row < offcpu.length; row++) {
    const stacks = [offcpu.kernelStack[row]!, offcpu.userStack[row]!].map((node) => stackTextOf(analysis, node));
    const keys = ["thread", "comm", "class", "nr", "compat", "edge"] as const;
    const key = [...keys.map((name) => offcpu[name][row]!), ...stacks].join(" | ");
    if (seen.has(key)) wrong.push(`off-CPU row ${row} again: ${key}`);
    seen.add(key);
    const total = offcpu.blockedNs[row]! + offcpu.runnableNs[row]! + offcpu.preemptedNs[row]!;
    if (total > before) wrong.push(`off-CPU row ${row} is larger than the row before`);
    before = total;
  }
  return wrong;
}

function syscallDisorder({ syscalls }: Analysis): string[] {
  const wrong: string[] = [];
  const seen = new Set<string>();
  for (let row = 0; row < syscalls.length; row++) {
    const key = (["thread", "nr", "compat", "errno"] as const).map((name) => syscalls[name][row]!).join(" ");
    if (seen.has(key)) wrong.push(`system call row ${row} again: ${key}`);
    seen.add(key);
    const larger = row > 0 && syscalls.totalNs[row]! > syscalls.totalNs[row - 1]!;
    if (larger) wrong.push(`system call row ${row} is larger than the row before`);
  }
  return wrong;
}

/** Every table to the last element, as text. */
function tablesText(analysis: Analysis): string {
  const { recording, threads, stacks, frames, objects, offcpu, syscalls, lost, blocks, warnings } = analysis;
  const tables = { recording, threads, stacks, frames, objects, offcpu, syscalls, lost, blocks, warnings };
  const text = (value: unknown): unknown =>
    typeof value === "object" && value !== null && "buffer" in value ? (value as Uint8Array).join(",") : value;
  return JSON.stringify({ ...tables, rows: rowsOfAnalysis(analysis) }, (_, value) => text(value));
}

test.run();
