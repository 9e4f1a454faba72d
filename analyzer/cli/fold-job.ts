// One recording of a batch, folded: what a worker thread does, and what it hands back. Everything in
// an answer can be copied between threads, so errors and analyses are reduced to text and sums here.

import type { Analysis } from "../analysis.js";
import type { Filters } from "../filters/filters.js";
import type { EngineSource } from "../engine.js";
import { UsageError } from "../errors.js";
import { completeness } from "../views/completeness.js";
import type { Completeness } from "../views/completeness.js";
import { foldedSums } from "../views/folded.js";
import type { FoldedOptions, FoldedSums } from "../views/folded.js";
import { hostName } from "../views/threads.js";
import { warningRows } from "../views/warnings.js";
import type { WarningRow } from "../views/warnings.js";
import { failureText } from "./failure.js";
import { analyzeWithin } from "./moments.js";
import { named } from "./naming.js";
import type { Naming } from "./naming.js";
import { analyzeOnCpus } from "./on-cpus.js";

export interface FoldJob {
  readonly path: string;
  readonly periods: FoldedOptions;
  readonly filters: Filters;
  readonly naming: Naming;
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
export async function fold({ path, filters, periods, naming }: FoldJob, engine: EngineSource, cpus = 1): Promise<FoldOutcome> {
  try {
    const { pass, when } = filters;
    const [divided] = await analyzeOnCpus([{ file: path, when, pass }], cpus);
    const bare = divided ?? (await analyzeWithin(path, when, { ...pass, engine }));
    const [analysis] = (await named([bare], naming)) as [Analysis];
    return {
      sums: foldedSums([analysis], periods),
      completeness: completeness([analysis], periods),
      warnings: warningRows(analysis),
      host: hostName(analysis),
    };
  } catch (error) {
    return { failure: failureText(error), isMisuse: error instanceof UsageError };
  }
}
