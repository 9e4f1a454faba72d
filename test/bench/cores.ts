// What does a second core give to who asks about one recording? A generated recording of many threads
// on four CPUs (test/recordings/big.ts), asked on one core and on two, next to each other in time and
// in changing order; the answers must be the same to the last byte. A recording in which one thread
// has nearly all events gains nothing: a thread is never divided.

import { mkdirSync, rmSync, statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { buildDirectory } from "../host.js";
import { writeBigRecording } from "../recordings/big.js";
import { median, rounded, type Answer } from "./answer.js";
import { ask } from "./command-cost.js";

const Events = 60_000_000;
const Pairs = 5;
/** What is left is what every core does: reading, checking and decoding all blocks. */
const RatioMin = 1.3;

const questions: readonly (readonly string[])[] = [
  ["threads", "--all"],
  ["report"],
  ["syscalls"],
  ["fold"],
  ["hist", "-C", "*:comm,nr,ret"],
  ["hist", "read:ret"],
  ["events", "--to", "2"],
  ["events", "--where", "latency > 39ms && ret == 0"],
];

export async function cores(progress: (text: string) => void): Promise<Answer> {
  const directory = join(buildDirectory, "bench");
  mkdirSync(directory, { recursive: true });
  const file = join(directory, "cores.offcut");
  const question = "cores";
  if (availableParallelism() < 2) {
    console.log("SKIP cores: this machine has one");
    return { question, method: "skipped: one core", rows: [], verdicts: [] };
  }
  progress(`writing ${Events} events`);
  const events = writeBigRecording(Events, file);
  const fileMb = rounded(statSync(file).size / 1e6, 0);
  const rows = [];
  for (const words of questions) {
    progress(`asking ${words.join(" ")}`);
    rows.push({ words, ...(await measure(words, file)) });
  }
  rmSync(file);
  return {
    question,
    method: `${events} events (${fileMb} MB) of 240 threads, wall time, median of ${Pairs} pairs in both orders`,
    rows: rows.map(({ words, one, two, ratio }) => ({
      question: words.join(" "),
      "one core, s": rounded(one, 2),
      "two cores, s": rounded(two, 2),
      "times as fast": rounded(ratio, 2),
    })),
    verdicts: rows.map(({ words, ratio }) => ({
      what: `${words.join(" ")}, one core's time over two cores'`,
      measured: rounded(ratio, 2),
      target: RatioMin,
      direction: "at least",
    })),
  };
}

async function measure(words: readonly string[], file: string) {
  const one: number[] = [];
  const two: number[] = [];
  for (let pair = 0; pair < Pairs; pair++) {
    const answers = new Set<string>();
    for (const jobs of pair % 2 === 0 ? [1, 2] : [2, 1]) {
      const { cost, stdout } = await ask([...words, "--jobs", String(jobs), file], "0-1");
      (jobs === 1 ? one : two).push(cost.wallSeconds);
      answers.add(stdout);
    }
    if (answers.size !== 1) throw new Error(`${words.join(" ")}: two cores gave another answer than one`);
  }
  return { one: median(one), two: median(two), ratio: median(one.map((seconds, pair) => seconds / two[pair]!)) };
}
