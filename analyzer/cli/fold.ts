// `offcut fold`: recordings to folded stacks, one file or hundreds, many at a time. Summed into one
// output, or with --out-dir one for each. A file that cannot be read is said, and the others are
// still folded; the exit code then is 1.

import { mkdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { Worker } from "node:worker_threads";
import { ExitCode, UsageError } from "../errors.js";
import { foldedText } from "../exports/folded-text.js";
import { countOf } from "../exports/units.js";
import { filterOptionsOf, readFilters } from "../filters/filters.js";
import { isHostAsked, refuseUnknownHost } from "../filters/hosts.js";
import { localEngine } from "../on-node.js";
import { mergeCompleteness } from "../views/completeness.js";
import type { Completeness } from "../views/completeness.js";
import { foldedRows, mergeSums } from "../views/folded.js";
import type { FoldedSums } from "../views/folded.js";
import type { Arguments } from "./arguments.js";
import type { Command } from "./command.js";
import { fold as foldOne } from "./fold-job.js";
import type { FoldAnswer, FoldJob, FoldOutcome } from "./fold-job.js";
import { idleOptions, readIdle } from "./idle.js";
import { annotateOption, namingOptions, readNaming } from "./naming.js";
import { noteCompleteness } from "./notes.js";
import { jobsOption, readJobs } from "./on-cpus.js";
import { note, print, Progress } from "./output.js";
import { awaitEndOfInput, reportWarnings } from "./recordings.js";
import { writeWhole } from "./whole-file.js";
import { runJobs } from "./worker-pool.js";

export const fold: Command = {
  name: "fold",
  operands: "FILE...",
  summary: "Folded stacks of one recording or a batch, many at a time",
  options: [
    { flags: "-o, --out <FILE>", description: "Write the sum of all recordings there, not to standard output" },
    { flags: "--out-dir <DIR>", description: "Write one DIR/NAME.folded for each recording" },
    { flags: "--open", description: "Also periods that the recording's start or end cut off" },
    ...idleOptions,
    ...filterOptionsOf("fold"),
    jobsOption,
    annotateOption,
    ...namingOptions,
  ],
  examples: [
    "offcut fold web1.offcut | flamegraph.pl --color=io > web1.svg",
    "offcut fold --out-dir folded/ *.offcut",
  ],
  run,
};

interface Batch {
  readonly jobs: readonly FoldJob[];
  readonly take: (job: FoldJob, answer: FoldAnswer) => Promise<void>;
  readonly progress: Progress;
  /** Of the recordings that were read. */
  readonly hosts: string[];
  done: number;
  failed: number;
  damaged: number;
}

async function run(args: Arguments): Promise<ExitCode> {
  const files = args.files();
  const outDir = args.value("out-dir");
  const out = args.value("out");
  if (out !== undefined && outDir !== undefined) {
    throw new UsageError("--out makes one file, --out-dir one for each recording; choose one");
  }
  const filters = readFilters(args);
  const frames = { kinds: args.has("annotate") };
  const periods = { open: args.has("open"), ...(await readIdle(args)), selection: filters.selection, frames };
  const naming = readNaming(args);
  const jobs = files.map((path) => ({ path, periods, filters, naming }));
  const workers = readJobs(args);
  return outDir === undefined ? foldTogether(jobs, workers, out) : foldEach(jobs, workers, outDir);
}

/** All recordings into one answer. */
async function foldTogether(
  jobs: readonly FoldJob[],
  workers: number,
  out: string | undefined,
): Promise<ExitCode> {
  const sums: FoldedSums = new Map();
  const parts: Completeness[] = [];
  const exitCode = await foldBatch(jobs, workers, async (_job, answer) => {
    mergeSums(sums, answer.sums);
    parts.push(answer.completeness);
  });
  if (parts.length === 0) return exitCode;
  const text = foldedText(foldedRows(sums));
  if (out === undefined || out === "-") await print(text);
  else await writeWhole(out, text);
  noteCompleteness(mergeCompleteness(parts), jobs[0]!.periods);
  return exitCode;
}

/** Each recording into a file of its own. */
async function foldEach(
  jobs: readonly FoldJob[],
  workers: number,
  outDir: string,
): Promise<ExitCode> {
  const outputs = outputPaths(jobs, outDir);
  await mkdir(outDir, { recursive: true });
  const parts: Completeness[] = [];
  const exitCode = await foldBatch(jobs, workers, async (job, answer) => {
    await writeWhole(outputs.get(job.path)!, foldedText(foldedRows(answer.sums)));
    parts.push(answer.completeness);
  });
  if (parts.length > 0) noteCompleteness(mergeCompleteness(parts), jobs[0]!.periods);
  return exitCode;
}

/** Where each recording's output goes. Two recordings that would write one file are refused. */
function outputPaths(jobs: readonly FoldJob[], outDir: string): Map<string, string> {
  const outputs = new Map<string, string>();
  const takenBy = new Map<string, string>();
  for (const { path } of jobs) {
    const name = path === "-" ? "stdin" : basename(path).replace(/\.offcut$/, "");
    const output = join(outDir, `${name}.folded`);
    const other = takenBy.get(output);
    if (other !== undefined) {
      throw new UsageError(`${other} and ${path} would both become ${output}`);
    }
    takenBy.set(output, path);
    outputs.set(path, output);
  }
  return outputs;
}

async function foldBatch(
  jobs: readonly FoldJob[],
  workers: number,
  take: Batch["take"],
): Promise<ExitCode> {
  const batch: Batch = { jobs, take, progress: new Progress(), hosts: [], done: 0, failed: 0, damaged: 0 };
  const engine = await localEngine();
  const here = jobs.filter(({ path }) => path === "-" || jobs.length === 1 || workers === 1);
  const elsewhere = jobs.filter((job) => !here.includes(job));
  showProgress(batch);
  await runJobs<FoldJob, FoldOutcome>(elsewhere, {
    workers,
    start: () => new Worker(new URL("./fold-worker.js", import.meta.url), { workerData: engine }),
    onOutcome: (job, outcome) => takeOutcome(batch, job, outcome),
    onDeath: (error) => ({ failure: `the worker thread died: ${error.message}`, isMisuse: false }),
  });
  // Standard input belongs to this thread; and a single file is divided, if it is large.
  for (const job of here) {
    if (job.path === "-") awaitEndOfInput();
    await takeOutcome(batch, job, await foldOne(job, engine, workers));
  }
  batch.progress.clear();
  if (batch.hosts.length > 0) refuseUnknownHost(batch.hosts, jobs[0]!.filters);
  if (batch.failed > 0 && jobs.length > 1) {
    note(`${batch.failed} of ${countOf(jobs.length, "recording")} could not be read`);
  }
  return batch.failed + batch.damaged > 0 ? ExitCode.Failed : ExitCode.Answered;
}

async function takeOutcome(batch: Batch, job: FoldJob, outcome: FoldOutcome): Promise<void> {
  batch.done++;
  if ("failure" in outcome) {
    // What is asked cannot be asked of one of the recordings: no other command answers then either.
    if (outcome.isMisuse) throw new UsageError(outcome.failure);
    batch.failed++;
    batch.progress.clear();
    note(outcome.failure);
  } else {
    batch.hosts.push(outcome.host);
    if (!isHostAsked(outcome.host, job.filters)) return showProgress(batch);
    if (outcome.warnings.length > 0) {
      batch.progress.clear();
      reportWarnings(outcome.warnings);
    }
    if (outcome.warnings.some((row) => row.damage)) batch.damaged++;
    await batch.take(job, outcome);
  }
  showProgress(batch);
}

function showProgress({ progress, done, jobs }: Batch): void {
  if (jobs.length > 1) progress.show(() => `${done} of ${countOf(jobs.length, "recording")} folded`);
}
