// What does each question cost, asked of a recording of more than 20 million events: CPU time on one
// core and memory; how soon does the list of events begin; and what does a second core give to those
// who ask about several recordings, whose answer must be the same to the last byte?

import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { buildDirectory } from "../host.js";
import { EventsMin, storms } from "./analysis.js";
import { median, rounded, type Answer } from "./answer.js";
import { ask } from "./command-cost.js";
import { stormCpu } from "./slow-down.js";
import { recordStorms } from "./storm-recording.js";

const Runs = 3;
const SecondsMax = 3;
const ResidentMbMax = 300;
const FirstEventSecondsMax = 0.3;

/** Each question as it is typed, but for the recording. */
const questions: readonly (readonly string[])[] = [
  ["report"],
  ["offcpu"],
  ["offcpu", "--compat=bcc", "-f"],
  ["offcpu", "--group-by", "syscall"],
  ["offcpu", "-m", "1000"],
  ["syscalls"],
  ["syscalls", "--per-thread"],
  ["syscalls", "-i", "1"],
  ["waits"],
  ["threads"],
  ["wakers", "--depth", "3"],
  ["hist", "read:ret"],
  ["hist", "*:latency"],
  ["hist", "-C", "*:comm,nr,ret"],
  ["hist", "write:ret > 0 && latency > 1us:latency"],
  ["offcpu", "--from", "1", "--to", "2"],
];

interface Row {
  readonly question: string;
  readonly seconds: number;
  readonly mb: number;
}

export async function questionCost(progress: (text: string) => void): Promise<Answer> {
  progress("recording 22 million events");
  const { file, info } = await recordStorms("questions", storms);
  if (info.events < EventsMin) throw new Error(`only ${info.events} events were recorded`);
  const rows: Row[] = [];
  for (const question of questions) {
    progress(`asking ${question.join(" ")}`);
    rows.push(await measure(question, file));
  }
  progress("waiting for the first event");
  const firstSeconds = await firstEvent(file);
  progress("two recordings on one core and on two");
  const { ratio, same } = await twoCores(file);
  rmSync(file);
  if (!same) throw new Error("two cores gave another answer than one");
  const slowest = rows.reduce((worst, row) => (row.seconds > worst.seconds ? row : worst));
  return {
    question: "questions",
    method: `${info.events} events (${rounded(info.fileBytes / 1e6, 1)} MB), CPU time on one core, median of ${Runs}`,
    rows: [
      ...rows.map(({ question, seconds, mb }) => ({ question, "CPU s": rounded(seconds, 2), "MB resident": rounded(mb, 0) })),
      { question: "events | head, until its first line", "CPU s": rounded(firstSeconds, 2), "MB resident": "-" },
    ],
    verdicts: [
      { what: `slowest answer (${slowest.question}), s`, measured: rounded(slowest.seconds, 2), target: SecondsMax, direction: "at most" },
      { what: "MB resident", measured: rounded(Math.max(...rows.map(({ mb }) => mb)), 0), target: ResidentMbMax, direction: "at most" },
      { what: "first event, s", measured: rounded(firstSeconds, 2), target: FirstEventSecondsMax, direction: "at most" },
      { what: "two recordings folded, one core's time over two cores'", measured: rounded(ratio, 2), target: 1, direction: "at least" },
    ],
  };
}

async function measure(question: readonly string[], file: string): Promise<Row> {
  const seconds: number[] = [];
  let mb = 0;
  const [command, ...rest] = question;
  const words = command === "hist" ? [command, file, ...rest] : [...question, file];
  for (let run = 0; run < Runs; run++) {
    const { cost, stdout } = await ask(words, String(stormCpu));
    if (stdout === "") throw new Error(`${question.join(" ")} said nothing`);
    seconds.push(cost.seconds);
    mb = Math.max(mb, cost.residentPeakMb);
  }
  return { question: question.join(" "), seconds: median(seconds), mb };
}

/** Seconds from the start of `offcut events` to its first line, as `head` sees it. */
async function firstEvent(file: string): Promise<number> {
  const seconds: number[] = [];
  const main = join(buildDirectory, "analyzer", "cli", "main.js");
  for (let run = 0; run < Runs; run++) {
    const begun = performance.now();
    const child = spawn(process.execPath, [main, "events", file], { stdio: ["ignore", "pipe", "ignore"] });
    await once(child.stdout, "data");
    seconds.push((performance.now() - begun) / 1000);
    child.stdout.destroy();
    await once(child, "exit");
  }
  return median(seconds);
}

/** Wall time of folding two recordings on one core over that on two, and whether the answers are one. */
async function twoCores(file: string): Promise<{ ratio: number; same: boolean }> {
  const twin = file.replace(".offcut", "-twin.offcut");
  copyFileSync(file, twin);
  const ratios: number[] = [];
  const answers = new Set<string>();
  for (let run = 0; run < Runs; run++) {
    const one = await ask(["fold", "-j", "1", file, twin], String(stormCpu));
    const two = await ask(["fold", "-j", "2", file, twin], "0-1");
    ratios.push(one.cost.wallSeconds / two.cost.wallSeconds);
    answers.add(one.stdout).add(two.stdout);
  }
  rmSync(twin);
  return { ratio: median(ratios), same: answers.size === 1 };
}
