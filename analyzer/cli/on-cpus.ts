// Recordings analyzed on as many CPUs as may be used: several at a time, and where there are fewer than
// CPUs each divided by its threads (merge-parts.ts), to the last byte as one CPU would have answered.
// Each worker reads the file itself. Small recordings, for which threads cost more than they give, and
// what cannot be divided are left to the caller.

import { stat } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { fromParts } from "../analysis.js";
import type { Analysis, AnalysisParts } from "../analysis.js";
import { mergeParts } from "../merge-parts.js";
import { localEngine } from "../on-node.js";
import { isDivisible } from "../pass-options.js";
import { answerTask } from "./analyze-task.js";
import type { AnalyzeJob, AnalyzeOutcome, AnalyzeTask, TaskAnswer } from "./analyze-task.js";
import type { Arguments, OptionDefinition } from "./arguments.js";
import type { PartOfThreads } from "./moments.js";
import { runJobs } from "./worker-pool.js";

/** Of several recordings, together: below, threads cost more than they give. */
export const BytesWorthThreads = 8 * 1024 * 1024;
/** Of one: a worker is started in the time in which 5 MB are analyzed, and every part reads all blocks. */
const BytesWorthParts = 24 * 1024 * 1024;
/** Beyond, what every part does (reading and decoding all blocks) is most of what it does. */
const PartsMax = 8;

export const jobsOption: OptionDefinition = {
  flags: "-j, --jobs <N>",
  description: "CPUs that work on large recordings (all)",
};

/** How many CPUs may work on the recordings. */
export function readJobs(args: Arguments): number {
  return args.count("jobs", 1, availableParallelism());
}

/** By place in `jobs`; a place stays empty where that recording is still to be analyzed, alone. */
export async function analyzeOnCpus(
  jobs: readonly AnalyzeJob[],
  cpus: number,
): Promise<readonly (Analysis | undefined)[]> {
  if (cpus < 2 || jobs.length === 0 || jobs.some(({ file }) => file === "-")) return [];
  const sizes = await Promise.all(jobs.map(({ file }) => fileBytes(file)));
  const tasks = jobs.flatMap((job, at) => tasksOf(job, sizes[at]!, Math.floor(cpus / jobs.length)));
  if (tasks.length === 1 || sizes.reduce((sum, size) => sum + size, 0) < BytesWorthThreads) return [];
  const engine = await localEngine();
  const outcomes = await answerTasks<AnalyzeTask, TaskAnswer>(tasks, {
    cpus,
    here: (task) => answerTask(task, engine),
    start: () => new Worker(new URL("./analyze-worker.js", import.meta.url), { workerData: engine }),
  });
  return jobs.map((job) => wholeOf(tasks.flatMap((task, at) => (task.job === job ? [outcomes[at]] : []))));
}

/** 0 for what is no file: a pipe can be read only once, and what is missing is for its reader to say. */
export async function fileBytes(file: string): Promise<number> {
  return stat(file).then(
    (found) => (found.isFile() ? found.size : 0),
    () => 0,
  );
}

/** A recording as one task, or, where it is worth it, as one for each of its parts. */
function tasksOf(job: AnalyzeJob, sizeBytes: number, cpus: number): AnalyzeTask[] {
  const parts = isDivisible(job.pass) ? partsFor(sizeBytes, cpus) : [];
  return parts.length === 0 ? [{ job }] : parts.map((part) => ({ job, part }));
}

/** The parts into which a recording of that size is divided; none where it is not worth it. */
export function partsFor(sizeBytes: number, cpus: number): PartOfThreads[] {
  const parts = Math.min(cpus, PartsMax);
  if (parts < 2 || sizeBytes < BytesWorthParts) return [];
  return Array.from({ length: parts }, (_, part) => ({ part, parts }));
}

/** How tasks are answered, each by whichever thread is free. */
export interface Answering<Task, Answer> {
  readonly cpus: number;
  /** By this thread, which has nothing else to do than the first one. */
  readonly here: (task: Task) => Promise<Answer>;
  /** A worker that answers with undefined what it fails at. */
  readonly start: () => Worker;
}

/** By place in `tasks`: the answer, or undefined where there is none. */
export async function answerTasks<Task, Answer>(
  tasks: readonly Task[],
  { cpus, here, start }: Answering<Task, Answer>,
): Promise<(Answer | undefined)[]> {
  const outcomes: (Answer | undefined)[] = tasks.map(() => undefined);
  const [first, ...elsewhere] = tasks;
  const others = runJobs<Task, Answer | undefined>(elsewhere, {
    workers: cpus - 1,
    start,
    onOutcome: async (task, outcome) => {
      outcomes[tasks.indexOf(task)] = outcome;
    },
    onDeath: () => undefined,
  });
  outcomes[0] = await here(first!).catch(() => undefined);
  await others;
  return outcomes;
}

/** Undefined where a task failed, or parts cannot be put together: there one CPU has to answer. */
function wholeOf(outcomes: readonly AnalyzeOutcome[]): Analysis | undefined {
  const parts = outcomes.flatMap((outcome) => outcome?.part ?? []);
  const whole: AnalysisParts | undefined =
    parts.length > 0 && parts.length === outcomes.length ? mergeParts(parts) : outcomes[0]?.whole;
  return whole === undefined ? undefined : fromParts(whole);
}
