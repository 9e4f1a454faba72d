// A recording, or a part of its threads, to be analyzed by whichever thread is free: what is asked and
// what is answered, both of which can be sent to another thread.

import { partsOf } from "../analysis.js";
import type { AnalysisParts } from "../analysis.js";
import type { EngineSource } from "../engine.js";
import type { Moments } from "../filters/moments.js";
import type { RecordingPart } from "../recording-part.js";
import type { PassOptions } from "../pass-options.js";
import { analyzePartWithin, analyzeWithin } from "./moments.js";
import type { PartOfThreads } from "./moments.js";

export interface AnalyzeJob {
  readonly file: string;
  readonly when: Moments;
  readonly pass: PassOptions;
}

/** A job, or a part of one. */
export interface AnalyzeTask {
  readonly job: AnalyzeJob;
  readonly part?: PartOfThreads;
}

export type TaskAnswer =
  | { readonly whole: AnalysisParts; readonly part?: never }
  | { readonly part: RecordingPart; readonly whole?: never };

/** Undefined where it failed. */
export type AnalyzeOutcome = TaskAnswer | undefined;

export async function answerTask({ job, part }: AnalyzeTask, engine: EngineSource): Promise<TaskAnswer> {
  const options = { ...job.pass, engine };
  if (part !== undefined) return { part: await analyzePartWithin(job.file, job.when, part, options) };
  return { whole: partsOf(await analyzeWithin(job.file, job.when, options)) };
}
