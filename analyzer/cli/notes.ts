// What an answer lacks, on standard error: for answers whose own format has no room for it, such as
// folded text.

import { completenessStatements, lossStatement } from "../exports/completeness-text.js";
import type { Completeness } from "../views/completeness.js";
import type { PeriodOptions } from "../views/periods.js";
import { note } from "./output.js";

/** That records were lost, if any were; of an answer that is not about stacks. */
export function noteLoss(completeness: Pick<Completeness, "lowerBound" | "lost" | "unknownNs">): void {
  for (const { label, text } of lossStatement(completeness)) note(`${label}: ${text}`);
}

export function noteCompleteness(completeness: Completeness, options: PeriodOptions): void {
  for (const { label, text } of completenessStatements(completeness, options)) {
    note(`${label}: ${text}`);
  }
}
