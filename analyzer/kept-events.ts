// A part of a recording as its analysis and, where they are few, its system calls and off-CPU periods
// one by one: for pictures that show sums as long as they are far and single events once they are near.

import { EventKind } from "../assembly/tables.js";
import type { AnalyzeOptions } from "./analyze.js";
import type { Analysis } from "./analysis.js";
import { readEvents } from "./events.js";
import { joinedColumns } from "./joined-columns.js";
import type { Source } from "./source.js";
import type { EventsTable } from "./tables.js";

export interface AnalysisWithEvents {
  readonly analysis: Analysis;
  /** In order of time; undefined where there are more than were asked for, or none. */
  readonly events: EventsTable | undefined;
}

/**
 * Analyzes a recording and keeps its calls and periods if they are at most `eventsMax`. Their rows of
 * threads and strings are the analysis's; rows of stacks, which are other ones by then, are 0. Throws
 * as `analyze` does.
 */
export async function analyzeWithEvents(
  source: Source,
  eventsMax: number,
  options: AnalyzeOptions = {},
): Promise<AnalysisWithEvents> {
  const kinds = [EventKind.Syscall, EventKind.Period];
  const batches = readEvents(source, { ...options, kinds });
  const kept: EventsTable[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await batches.next();
    if (done === true) return { analysis: value, events: joined(kept) };
    length += value.events.length;
    if (length <= eventsMax) kept.push(value.events);
    else kept.length = 0;
  }
}

function joined(tables: readonly EventsTable[]): EventsTable | undefined {
  const [first] = tables;
  if (first === undefined) return undefined;
  const length = tables.reduce((sum, table) => sum + table.length, 0);
  const columns: Record<string, unknown> = { length };
  for (const name of Object.keys(first) as (keyof EventsTable)[]) {
    if (name !== "length") columns[name] = joinedColumns(tables.map((table) => table[name]));
  }
  return { ...(columns as unknown as EventsTable), kernelStack: new Uint32Array(length), userStack: new Uint32Array(length) };
}
