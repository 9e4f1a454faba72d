// Batches of events made by hand, without recording or engine: events as objects, put into the columns
// that the engine would have answered. What an event does not say is what its kind has there by
// default; names come from an analysis made by hand.

import { EventKind, Table } from "../../assembly/tables.js";
import type { Column } from "../../analyzer/engine.js";
import type { EventArguments, EventBatch } from "../../analyzer/event-batch.js";
import { eventsSpec, readTable } from "../../analyzer/tables.js";
import { buildAnalysis, twoThreads } from "./build-analysis.js";
import type { AnalysisParts } from "./build-analysis.js";

/** An event: its columns by name, text as it is, and the arguments of a system call. */
export type EventParts = { readonly [Name in keyof typeof eventsSpec]?: number | string } & {
  /** By position; what is not given was not recorded. */
  readonly arguments?: readonly (number | string)[];
};

export function syscallEvent(parts: EventParts): EventParts {
  return { kind: EventKind.Syscall, ...parts };
}

export function periodEvent(parts: EventParts): EventParts {
  return { kind: EventKind.Period, nr: -1, ...parts };
}

export function wakeupEvent(parts: EventParts): EventParts {
  return { kind: EventKind.Wakeup, nr: -1, ...parts };
}

/** A batch of them; names are of twoThreads unless `parts` say otherwise. */
export function buildEvents(events: readonly EventParts[], parts: AnalysisParts = {}): EventBatch {
  const texts = new Set(events.flatMap((event) => Object.values(event).filter((value) => typeof value === "string")));
  // The analysis interns what its meta says, so that every text of an event has a row.
  const meta = Object.fromEntries([...texts].map((text, at) => [`text${at}`, text]));
  const names = buildAnalysis({ threads: twoThreads, ...parts, meta: { ...parts.meta, ...meta } });
  const rows = new Map<string, number>();
  for (let row = 0; [...texts].some((text) => !rows.has(text)); row++) rows.set(names.string(row), row);
  const columns = new Map<number, Column>();
  for (const [name, { index, elements }] of Object.entries(eventsSpec)) {
    const values = events.map((event) => event[name as keyof typeof eventsSpec] ?? 0);
    const numbers = values.map((value) => (typeof value === "string" ? rows.get(value)! : value));
    columns.set(index, Reflect.construct(elements, [numbers]) as Column);
  }
  const source = { rowCount: () => events.length, column: (_table: Table, index: number) => columns.get(index)! };
  const batch = { events: readTable(source, Table.Events, eventsSpec), names };
  const hasArguments = events.some((event) => event.arguments !== undefined);
  return hasArguments ? { ...batch, arguments: argumentsOf(events) } : batch;
}

function argumentsOf(events: readonly EventParts[]): EventArguments {
  return {
    argument(index) {
      if (!events.some((event) => event.arguments?.[index] !== undefined)) return undefined;
      return Float64Array.from(events, (event) => numberOf(event.arguments?.[index]));
    },
    string(index, row) {
      const value = events[row]!.arguments?.[index];
      return typeof value === "string" ? value : undefined;
    },
  };
}

/** Of text the pointer is recorded too. */
function numberOf(value: number | string | undefined): number {
  if (value === undefined) return NaN;
  return typeof value === "string" ? 0x7ffd0000 : value;
}
