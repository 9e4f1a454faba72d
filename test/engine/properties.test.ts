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
const recordingsCut = 100;
const recordingsCutEverywhere = 20;
const firstSeed = Number(process.env["SEED"] ?? "1");
console.log(`seeds ${firstSeed} to ${firstSeed + recordings - 1}`);

/** A property answers with what is wrong; empty if it holds. */
type Property = (analysis: Analysis, bytes: Uint8Array, seed: number) => readonly string[];

/** Every recording is generated and analyzed once, and all properties are tried on it. */
function failuresOf(properties: { readonly [name: string]: Property }): Map<string, string[]> {
  const failures = new Map<string, string[]>();
  const note = (name: string, seed: number, found: readonly string[]): void => {
    if (found.length > 0)
      failures.set(name, [...(failures.get(name) ?? []), `SEED=${seed}`, ...found.slice(0, 8)]);
  };
  for (let seed = firstSeed; seed < firstSeed + recordings; seed++) {
    const bytes = generateRecording(seed);
    const analysis = analyzeWithEngine(bytes);
    for (const [name, property] of Object.entries(properties))
      note(name, seed, property(analysis, bytes, seed));
  }
  return failures;
}

const properties = {
  "the engine answers as the oracle does": (analysis, bytes) =>
    differences(rowsOfAnalysis(analysis), rowsOfAnswer(analyzeRecording(bytes))),

  "any split equals no split": (analysis, bytes, seed) => {
    if (seed >= firstSeed + recordingsCut) return [];
    const random = new Random(seed);
    const cuts = Array.from({ length: random.between(1, 40) }, () => random.between(0, bytes.length)).sort(
      (a, b) => a - b,
    );
    const same = tablesText(analyzeWithEngine(bytes, cuts)) === tablesText(analysis);
    return same ? [] : [`cut at ${cuts.join(" ")}`];
  },

  "one byte at a time equals no split": (analysis, bytes, seed) => {
    if (seed >= firstSeed + recordingsCutEverywhere) return [];
    return tablesText(analyzeWithEngine(bytes, bytes.keys())) === tablesText(analysis)
      ? []
      : ["cut everywhere"];
  },

  "time is conserved: the parts of a thread's time add up to the time it was observed": ({ threads }) => {
    const parts = ["onCpuNs", "blockedNs", "runnableNs", "preemptedNs", "unknownNs"] as const;
    return Array.from(threads.tid).flatMap((tid, row) => {
      const sum = parts.reduce((total, part) => total + threads[part][row]!, 0n);
      const observed = threads.endNs[row]! - threads.beginNs[row]!;
      return sum === observed ? [] : [`thread ${tid}: ${sum} ns of ${observed} ns`];
    });
  },

  // Runnable time is left out: a new thread that waits for its first run has it without a period.
  "the off-CPU table adds up to the threads' off-CPU time": ({ threads, offcpu }) => {
    const left = Array.from(threads.blockedNs, (blocked, row) => blocked + threads.preemptedNs[row]!);
    for (let row = 0; row < offcpu.length; row++) {
      left[offcpu.thread[row]!]! -= offcpu.blockedNs[row]! + offcpu.preemptedNs[row]!;
    }
    return left.flatMap((ns, row) =>
      ns === 0n ? [] : [`thread ${threads.tid[row]}: ${ns} ns without a row`],
    );
  },

  "rows are distinct and the largest come first": (analysis) => [
    ...offcpuDisorder(analysis),
    ...syscallDisorder(analysis),
  ],
} satisfies { [name: string]: Property };

let failures: Map<string, string[]> | undefined;
for (const name of Object.keys(properties)) {
  test(name, () => {
    failures ??= failuresOf(properties);
    const found = failures.get(name) ?? [];
    assert.ok(found.length === 0, found.slice(0, 20).join("\n"));
  });
}

test("the engine answers as the oracle does on the recordings of real programs", () => {
  const directory = join(import.meta.dirname, "../data");
  const files = readdirSync(directory).filter((file) => file.endsWith(".offcut"));
  if (files.length === 0) console.log("SKIP no recording in test/data");
  for (const file of files) {
    const bytes = readFileSync(join(directory, file));
    const found = differences(
      rowsOfAnalysis(analyzeWithEngine(bytes)),
      rowsOfAnswer(analyzeRecording(bytes)),
    );
    assert.ok(found.length === 0, [file, ...found.slice(0, 20)].join("\n"));
  }
});

function offcpuDisorder(analysis: Analysis): string[] {
  const { offcpu } = analysis;
  const wrong: string[] = [];
  const seen = new Set<string>();
  let before = 2n ** 64n;
  for (let row = 0; row < offcpu.length; row++) {
    const stacks = [offcpu.kernelStack[row]!, offcpu.userStack[row]!].map((node) =>
      stackTextOf(analysis, node),
    );
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
    typeof value === "object" && value !== null && "buffer" in value
      ? (value as Uint8Array).join(",")
      : value;
  return JSON.stringify({ ...tables, rows: rowsOfAnalysis(analysis) }, (_, value) => text(value));
}

test.run();
