// One part of a recording's threads, analyzed (PassOption.Part): all tables, and what is needed beyond
// them to put several parts together. Can be sent to another thread.

import type { AnalysisParts } from "./analysis.js";
import type { BirthsTable, StackIdsTable } from "./tables.js";

/** What one instance made of its part of a recording. */
export interface RecordingPart {
  readonly analysis: AnalysisParts;
  readonly births: BirthsTable;
  readonly stackIds: StackIdsTable;
}
