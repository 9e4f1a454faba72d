// What a pass can be asked, asked at random of generated recordings and of real ones: parts of them,
// filters of periods, latencies, calls, wakers and events. The engine must answer as the oracle does,
// row by row and event by event. A failing recording and what it was asked are named by the seed:
//
//   SEED=123 npx tsx test/engine/questions-agree.test.ts   tries 2000 seeds from 123 on

import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { readAnalysis, type Analysis } from "../../analyzer/analysis.js";
import { analyzeRecording, type Answer } from "../oracle/analyze.js";
import { generateRecording } from "../recordings/generate.js";
import { Random } from "../recordings/random.js";
import { drawAsked, textOf, type Asked } from "./ask.js";
import { differences, rowsOfAnalysis, rowsOfAnswer } from "./rows.js";
import { askedRowsOfAnalysis, askedRowsOfAnswer, eventLinesOf, eventLinesOfAnswer } from "./rows-asked.js";
import { runEvents, runPass } from "./run-engine.js";

const seeds = 2000;
const questionsOfRealOnes = 5;
const firstSeed = Number(process.env["SEED"] ?? "1");
console.log(`seeds ${firstSeed} to ${firstSeed + seeds - 1}`);

/** A recording, and what is asked of it. */
interface Tried {
  name: string;
  bytes: Uint8Array;
  asked: Asked;
  /** Always the same numbers for the same recording and questions. */
  random: Random;
}

/** A property answers with what is wrong; empty if it holds. */
const properties: { readonly [name: string]: (tried: Tried) => readonly string[] } = {
  "every table is the oracle's": ({ bytes, asked: { options, questions } }) => {
    const analysis = readAnalysis(runPass(bytes, options), "a test");
    const answer = analyzeRecording(bytes, questions);
    const tables = {
      latencies: options.latencies === true,
      calls: options.calls === true,
      wakers: (options.wakerDepth ?? 0) > 0,
    };
    return [
      ...differences(
        { ...rowsOfAnalysis(analysis), ...askedRowsOfAnalysis(analysis) },
        { ...rowsOfAnswer(answer), ...askedRowsOfAnswer(answer, tables) },
      ),
      ...disorder(analysis),
    ];
  },

  "every event is the oracle's, in its place, however the recording is cut": ({ bytes, asked, random }) => {
    const { options, questions, kinds } = asked;
    const cuts = Array.from({ length: random.between(0, 9) }, () => random.between(0, bytes.length));
    const batches = runEvents(bytes, options, kinds, cuts.sort((a, b) => a - b));
    const { eventRows } = analyzeRecording(bytes, { ...questions, events: true });
    const expected = eventLinesOfAnswer(eventRows.filter(({ kind }) => kinds & (1 << kind)));
    return differences({ events: batches.flatMap(eventLinesOf) }, { events: expected });
  },
};

function* generated(): Generator<Tried> {
  for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
    const bytes = generateRecording(seed);
    yield tried(`SEED=${seed}`, bytes, analyzeRecording(bytes, { events: true }), new Random(seed));
  }
}

function* real(): Generator<Tried> {
  const directory = join(import.meta.dirname, "../data");
  const files = readdirSync(directory).filter((file) => file.endsWith(".offcut"));
  if (files.length === 0) console.log("SKIP no recording in test/data");
  for (const file of files) {
    const bytes = readFileSync(join(directory, file));
    const whole = analyzeRecording(bytes, { events: true });
    for (let i = 0; i < questionsOfRealOnes; i++) yield tried(`${file} ${i}`, bytes, whole, new Random(firstSeed + i));
  }
}

/** `whole`: the oracle's answer about all of the recording, by whose measures the questions are drawn. */
function tried(name: string, bytes: Uint8Array, whole: Answer, random: Random): Tried {
  return { name, bytes, asked: drawAsked(random, whole), random };
}

/** Of some recordings, by property. */
function failuresOf(recordings: Iterable<Tried>): string[] {
  const failures: string[] = [];
  for (const each of recordings) {
    for (const [property, holds] of Object.entries(properties)) {
      const found = holds(each);
      if (found.length > 0) failures.push(`${each.name} ${textOf(each.asked)}: ${property}`, ...found.slice(0, 8));
    }
    if (failures.length > 100) break;
  }
  return failures;
}

for (const [what, recordings] of Object.entries({ generated, real })) {
  test(`${Object.keys(properties).join("; ")}: ${what} recordings`, () => {
    const failures = failuresOf(recordings());
    assert.ok(failures.length === 0, failures.slice(0, 20).join("\n"));
  });
}

/** What is wrong with the order of the rows of the tables that were asked for. */
function disorder({ calls, latencies, callLatencies, wakeups, wakers }: Analysis): string[] {
  const descends = (row: number): boolean => row === 0 || calls.totalNs[row]! <= calls.totalNs[row - 1]!;
  const wrong: string[] = [];
  const note = (table: string, length: number, isRight: (row: number) => boolean): void => {
    const row = Array.from({ length }, (_, i) => i).find((i) => !isRight(i));
    if (row !== undefined) wrong.push(`${table}: row ${row} is out of order`);
  };
  note("calls", calls.length, descends);
  for (const [name, { length, row, bucket }] of Object.entries({ latencies, callLatencies })) {
    note(name, length, (i) => i === 0 || isAscending([row[i - 1]!, bucket[i - 1]!], [row[i]!, bucket[i]!]));
  }
  const wakeup = (row: number): [number, number] => [wakeups.period[row]!, wakeups.waker[row]!];
  note("wakeups", wakeups.length, (row) => row === 0 || isAscending(wakeup(row - 1), wakeup(row)));
  note("wakers", wakers.length, (row) => row === 0 || wakers.prefix[row]! < row);
  const nodes = Array.from(wakers.prefix, (prefix, row) => `${prefix} ${wakers.kind[row]} ${wakers.thread[row]}`);
  note("wakers, distinct", nodes.length, (row) => nodes.indexOf(nodes[row]!) === row);
  return wrong;
}

function isAscending([a, b]: readonly [number, number], [c, d]: readonly [number, number]): boolean {
  return a < c || (a === c && b < d);
}

test.run();
