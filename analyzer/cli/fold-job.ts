// One recording of a batch, folded: what a worker thread does, and what it hands back. Everything in
// an answer can be copied between threads, so errors and analyses are reduced to text and sums here.

import type { Filters } from "../filters/filters.js";
import { localEngine } from "../node.js";
import type { EngineSource } from "../engine.js";
import { UsageError } from "../errors.js";
import { completeness } from "../views/completeness.js";
import type { Completeness } from "../views/completeness.js";
import { foldedSums } from "../views/folded.js";
import type { FoldedSums } from "../views/folded.js";
import type { PeriodOptions } from "../views/periods.js";
import { hostName } from "../views/threads.js";
import { warningRows } from "../views/warnings.js";
import type { WarningRow } from "../views/warnings.js";
import { failureText } from "./failure.js";
import { analyzeWithin } from "./moments.js";

export interface FoldJob {
  readonly path: string;
  readonly periods: PeriodOptions;
  readonly filters: Filters;
}

export interface FoldAnswer {
  readonly sums: FoldedSums;
  readonly completeness: Completeness;
  readonly warnings: readonly WarningRow[];
  readonly host: string;
}

/** An answer, or why there is none. */
export type FoldOutcome = FoldAnswer | FoldFailure;

export interface FoldFailure {
  readonly failure: string;
  /** Of the caller, not of the recording. */
  readonly isMisuse: boolean;
}

/** Never throws: a file that cannot be folded must not end the batch. */
export async function fold(job: FoldJob, engine?: EngineSource): Promise<FoldOutcome> {
  try {
    const { pass, when } = job.filters;
    const analysis = await analyzeWithin(job.path, when, { ...pass, engine: engine ?? (await localEngine()) });
    return {
      sums: foldedSums([analysis], job.periods),
      completeness: completeness([analysis], job.periods),
      warnings: warningRows(analysis),
      host: hostName(analysis),
    };
  } catch (error) {
    return { failure: failureText(error), isMisuse: error instanceof UsageError };
  }
}
