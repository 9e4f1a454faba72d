// Asks the bench's questions one after the other (all, or those named as arguments), prints what
// was measured and how it stands against its target, and writes the same to build/bench.json.
// Exits 1 if a target was missed, 2 for a question that does not exist.

import { writeFileSync } from "node:fs";
import { cpus, release } from "node:os";
import { join } from "node:path";
import { becomeRoot, buildDirectory, missingForRecording } from "../host.js";
import { analysis } from "./analysis.js";
import { holds, type Answer, type Question, type Verdict } from "./answer.js";
import { argumentsCost } from "./arguments.js";
import { completeStacks } from "./complete-stacks.js";
import { bytesPerEvent } from "./bytes-per-event.js";
import { everyStack } from "./every-stack.js";
import { cores } from "./cores.js";
import { idleCost } from "./idle-cost.js";
import { page } from "./page.js";
import { questionCost } from "./questions.js";
import { switchStorm } from "./switch-storm.js";
import { symbols } from "./symbols.js";
import { syscallStorm } from "./syscall-storm.js";
import { webServer } from "./web-server.js";
import { mountTracefs } from "../tracefs.js";

const questions: Record<string, Question> = {
  "switch-storm": switchStorm,
  "syscall-storm": syscallStorm,
  "every-stack": everyStack,
  "bytes-per-event": bytesPerEvent,
  arguments: argumentsCost,
  analysis,
  questions: questionCost,
  cores,
  "idle-cost": idleCost,
  "complete-stacks": completeStacks,
  page,
  symbols,
  "web-server": webServer,
};

async function main(names: readonly string[]): Promise<number> {
  const unknown = names.find((name) => !(name in questions));
  if (unknown !== undefined) {
    console.error(`no question ${unknown}; there are: ${Object.keys(questions).join(", ")}`);
    return 2;
  }
  const missing = missingForRecording() ?? becomeRoot();
  if (missing !== undefined) {
    console.error(`bench: ${missing}`);
    return 1;
  }
  const answers: Answer[] = [];
  const unmount = mountTracefs();
  try {
    for (const name of names.length > 0 ? names : Object.keys(questions)) {
      const answer = await questions[name]!(showProgress);
      showProgress("");
      printAnswer(answer);
      answers.push(answer);
    }
  } finally {
    unmount();
  }
  const file = join(buildDirectory, "bench.json");
  const host = { kernel: release(), cpu: cpus()[0]?.model, cpus: cpus().length };
  writeFileSync(file, JSON.stringify({ host, answers }, null, 2) + "\n");
  console.log(`written to ${file}`);
  return answers.flatMap((answer) => answer.verdicts).every(holds) ? 0 : 1;
}

function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
  else if (text !== "") process.stderr.write(`${text}\n`);
}

function printAnswer(answer: Answer): void {
  console.log(`\n${answer.question}: ${answer.method}\n`);
  printTable(answer.rows);
  console.log();
  for (const verdict of answer.verdicts) console.log(`  ${verdictLine(verdict)}`);
}

function printTable(rows: readonly Record<string, string | number>[]): void {
  const names = Object.keys(rows[0] ?? {});
  const cells = [names, ...rows.map((row) => names.map((name) => String(row[name] ?? "")))];
  const widths = names.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  for (const row of cells) {
    const padded = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!),
    );
    console.log(`  ${padded.join("  ")}`);
  }
}

function verdictLine(verdict: Verdict): string {
  const mark = holds(verdict) ? "holds " : "MISSED";
  return `${mark} ${verdict.what}: ${verdict.measured}, ${verdict.direction} ${verdict.target}`;
}

process.exitCode = await main(process.argv.slice(2));
