// Recordings analyzed on as many CPUs as may be used: several at a time, and where there are fewer than
// CPUs each divided by its threads (merge-parts.ts), to the last byte as one CPU would have answered.
// Each worker reads the file itself. Small recordings, for which threads cost more than they give, and
// what cannot be divided are left to the caller.

import { stat } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { fromParts } from "../analysis.js";
import type { Analysis, AnalysisParts } from "../analysis.js";
import type { CompiledEngine } from "../engine.js";
import { mergeParts } from "../merge-parts.js";
import { localEngine } from "../node.js";
import { isDivisible } from "../pass-options.js";
import { answerTask } from "./analyze-task.js";
import type { AnalyzeJob, AnalyzeOutcome, AnalyzeTask } from "./analyze-task.js";
import type { Arguments, OptionDefinition } from "./arguments.js";
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
  const outcomes = await answerTasks(tasks, cpus);
  return jobs.map((job) => wholeOf(tasks.flatMap((task, at) => (task.job === job ? [outcomes[at]] : []))));
}

/** 0 for what is no file: a pipe can be read only once, and what is missing is for its reader to say. */
export async function fileBytes(file: string): Promise<number> {
  return stat(file).then(
    (found) => (found.isFile() ? found.size : 0),
    () => 0,
  );
}

/** A recording as one task, or, where it is worth it, as one for each of `parts` parts. */
function tasksOf(job: AnalyzeJob, sizeBytes: number, cpus: number): AnalyzeTask[] {
  const parts = Math.min(cpus, PartsMax);
  if (parts < 2 || sizeBytes < BytesWorthParts || !isDivisible(job.pass)) return [{ job }];
  return Array.from({ length: parts }, (_, part) => ({ job, part: { part, parts } }));
}

/** The first task is answered by this thread, which has nothing else to do. */
async function answerTasks(tasks: readonly AnalyzeTask[], cpus: number): Promise<AnalyzeOutcome[]> {
  const engine = await localEngine();
  const outcomes: AnalyzeOutcome[] = tasks.map(() => undefined);
  const [here, ...elsewhere] = tasks;
  const others = runJobs<AnalyzeTask, AnalyzeOutcome>(elsewhere, {
    workers: cpus - 1,
    start: () => startWorker(engine),
    onOutcome: async (task, outcome) => {
      outcomes[tasks.indexOf(task)] = outcome;
    },
    onDeath: () => undefined,
  });
  outcomes[0] = await answerTask(here!, engine).catch(() => undefined);
  await others;
  return outcomes;
}

function startWorker(engine: CompiledEngine): Worker {
  return new Worker(new URL("./analyze-worker.js", import.meta.url), { workerData: engine });
}

/** Undefined where a task failed, or parts cannot be put together: there one CPU has to answer. */
function wholeOf(outcomes: readonly AnalyzeOutcome[]): Analysis | undefined {
  const parts = outcomes.flatMap((outcome) => outcome?.part ?? []);
  const whole: AnalysisParts | undefined =
    parts.length > 0 && parts.length === outcomes.length ? mergeParts(parts) : outcomes[0]?.whole;
  return whole === undefined ? undefined : fromParts(whole);
}
