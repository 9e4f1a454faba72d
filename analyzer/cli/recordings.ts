// The recordings a command was given, analyzed, with what is odd about them said on standard error.
// Several recordings make one answer, so one that cannot be read fails the command.

import { stat } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { fromParts } from "../analysis.js";
import type { Analysis } from "../analysis.js";
import { ExitCode, UsageError } from "../errors.js";
import { bytesText } from "../exports/units.js";
import type { Filters } from "../filters/filters.js";
import { ofHosts } from "../filters/hosts.js";
import { localEngine } from "../node.js";
import type { PassOptions } from "../pass-options.js";
import { isDamaged, warningRows, warningText } from "../views/warnings.js";
import type { WarningRow } from "../views/warnings.js";
import type { AnalyzeJob, AnalyzeOutcome } from "./analyze-worker.js";
import { analyzeWithin } from "./moments.js";
import { note, Progress } from "./output.js";
import { runJobs } from "./worker-pool.js";

/** Warnings of one recording that are shown; a file of noise would have thousands. */
const WarningsShownMax = 5;

/**
 * Analyzes all `files`, "-" being standard input, and says what is odd about them. `filters` decide
 * which part of them the passes take, and which hosts' recordings are answered from.
 */
export async function readRecordings(
  files: readonly string[],
  pass: PassOptions = {},
  filters?: Filters,
): Promise<Analysis[]> {
  const all = await analyzeAll(files, pass, filters);
  const analyses = filters === undefined ? all : ofHosts(all, filters);
  for (const analysis of analyses) reportWarnings(warningRows(analysis));
  return analyses;
}

/** The same, for answers that hold the warnings themselves. */
export async function analyzeAll(
  files: readonly string[],
  pass: PassOptions = {},
  filters?: Filters,
): Promise<Analysis[]> {
  const jobs = files.map((file) => ({ file, when: filters?.when ?? {}, pass: { ...pass, ...filters?.pass } }));
  const elsewhere = (await areWorthThreads(files)) ? await analyzeElsewhere(jobs) : [];
  const progress = new Progress();
  const analyses: Analysis[] = [];
  try {
    for (const [at, job] of jobs.entries()) analyses.push(elsewhere[at] ?? (await analyzeHere(job, progress)));
  } finally {
    progress.clear();
  }
  return analyses;
}

function analyzeHere({ file, when, pass }: AnalyzeJob, progress: Progress): Promise<Analysis> {
  if (file === "-") awaitEndOfInput();
  const onProgress = (bytes: number) =>
    progress.show(() => `${file === "-" ? "standard input" : file}: ${bytesText(bytes)} read`);
  return analyzeWithin(file, when, { ...pass, onProgress });
}

/** Of smaller recordings threads cost more than they give. */
const BytesWorthThreads = 8 * 1024 * 1024;

/** Whether several recordings are so large that each had better have a thread of its own. */
async function areWorthThreads(files: readonly string[]): Promise<boolean> {
  if (files.length < 2 || files.includes("-") || availableParallelism() < 2) return false;
  const sizes = await Promise.all(files.map((file) => stat(file).then(({ size }) => size, () => 0)));
  return sizes.reduce((sum, size) => sum + size, 0) >= BytesWorthThreads;
}

/** By place in `jobs`; a place stays empty where a thread failed: there it is to be tried here. */
async function analyzeElsewhere(jobs: readonly AnalyzeJob[]): Promise<(Analysis | undefined)[]> {
  const engine = await localEngine();
  const analyses: (Analysis | undefined)[] = jobs.map(() => undefined);
  await runJobs<AnalyzeJob, AnalyzeOutcome>(jobs, {
    workers: availableParallelism(),
    start: () => new Worker(new URL("./analyze-worker.js", import.meta.url), { workerData: engine }),
    onOutcome: async (job, outcome) => {
      if (outcome !== undefined) analyses[jobs.indexOf(job)] = fromParts(outcome);
    },
    onDeath: () => undefined,
  });
  return analyses;
}

/** Answered in full, or as far as damaged files go. */
export function exitCodeFor(analyses: readonly Analysis[]): ExitCode {
  return analyses.some(isDamaged) ? ExitCode.Failed : ExitCode.Answered;
}

export function reportWarnings(rows: readonly WarningRow[]): void {
  for (const row of rows.slice(0, WarningsShownMax)) note(`warning: ${warningText(row)}`);
  if (rows.length > WarningsShownMax) {
    note(`warning: and ${rows.length - WarningsShownMax} more; offcut info --json shows them all`);
  }
}

/**
 * Ctrl-C ends the recorder at the other end of the pipe, which then writes the recording's end: the
 * first one must not end the reader before that. The second one does.
 */
export function awaitEndOfInput(): void {
  if (process.stdin.isTTY) {
    throw new UsageError("standard input is a terminal; pipe a recording into it");
  }
  process.once("SIGINT", () => note("waiting for the recorder to end; Ctrl-C again gives up"));
}
