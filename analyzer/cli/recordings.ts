// The recordings a command was given, analyzed, with what is odd about them said on standard error.
// Several recordings make one answer, so one that cannot be read fails the command.

import type { Analysis } from "../analysis.js";
import { ExitCode, UsageError } from "../errors.js";
import { bytesText } from "../exports/units.js";
import type { Filters } from "../filters/filters.js";
import { ofHosts } from "../filters/hosts.js";
import type { PassOptions } from "../pass-options.js";
import { isDamaged, warningRows, warningText } from "../views/warnings.js";
import type { WarningRow } from "../views/warnings.js";
import type { AnalyzeJob } from "./analyze-task.js";
import { analyzeWithin } from "./moments.js";
import { analyzeOnCpus } from "./on-cpus.js";
import { note, Progress } from "./output.js";

/** Warnings of one recording that are shown; a file of noise would have thousands. */
const WarningsShownMax = 5;

/**
 * Analyzes all `files`, "-" being standard input, and says what is odd about them. `filters` decide
 * which part of them the passes take, and which hosts' recordings are answered from; `cpus` is how many
 * may work on them (see on-cpus.ts).
 */
export async function readRecordings(
  files: readonly string[],
  cpus: number,
  pass: PassOptions = {},
  filters?: Filters,
): Promise<Analysis[]> {
  const all = await analyzeAll(files, cpus, pass, filters);
  const analyses = filters === undefined ? all : ofHosts(all, filters);
  for (const analysis of analyses) reportWarnings(warningRows(analysis));
  return analyses;
}

/** The same, for answers that hold the warnings themselves. */
export async function analyzeAll(
  files: readonly string[],
  cpus: number,
  pass: PassOptions = {},
  filters?: Filters,
): Promise<Analysis[]> {
  const jobs = files.map((file) => ({ file, when: filters?.when ?? {}, pass: { ...pass, ...filters?.pass } }));
  const elsewhere = await analyzeOnCpus(jobs, cpus);
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
