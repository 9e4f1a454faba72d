// What an answer lacks, on standard error: for answers whose own format has no room for it, such as
// folded text.

import { completenessStatements } from "../exports/completeness-text.js";
import type { Completeness } from "../views/completeness.js";
import type { PeriodOptions } from "../views/periods.js";
import { note } from "./output.js";

export function noteCompleteness(completeness: Completeness, options: PeriodOptions): void {
  for (const { label, text } of completenessStatements(completeness, options)) {
    note(`${label}: ${text}`);
  }
}
