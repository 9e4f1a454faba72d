// What an answer lacks, on standard error: for answers whose own format has no room for it, such as
// folded text.

import { coverageLine, leftOutLines, lossLines } from "../exports/completeness-text.js";
import { plainStyle } from "../exports/style.js";
import type { Completeness } from "../views/completeness.js";
import type { PeriodOptions } from "../views/periods.js";
import { note } from "./output.js";

export function noteCompleteness(completeness: Completeness, options: PeriodOptions): void {
  const shown = { open: options.open === true, idle: options.idle === true };
  const lines = [
    coverageLine(completeness.coverage),
    ...leftOutLines(completeness, shown),
    ...lossLines(completeness, plainStyle),
  ];
  for (const line of lines) note(line);
}
