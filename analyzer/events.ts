// A recording as a stream of its events, in order of time: a batch for each slice of time, with the
// tables that name what the events refer to. Memory follows threads and distinct stacks, never
// events, and the first batch comes as soon as the recording's first second has been read.

import { EventKind, PassOption, Progress, Table } from "../assembly/tables.js";
import { beginPass, check, feedNamesFirst, nameOf, readPart } from "./analyze.js";
import type { AnalyzeOptions } from "./analyze.js";
import { readAnalysis, readNames } from "./analysis.js";
import type { Analysis, Names } from "./analysis.js";
import type { EnginePass } from "./engine.js";
import { RecordedArguments } from "./event-arguments.js";
import type { EventBatch } from "./event-batch.js";
import { partOptionValues } from "./pass-options.js";
import type { RecordingPart } from "./recording-part.js";
import type { Source } from "./source.js";
import { eventArgumentsSpec, eventsSpec, readTable } from "./tables.js";

export interface EventOptions extends AnalyzeOptions {
  /** Which events; all of them if not given. */
  readonly kinds?: readonly EventKind[];
}

const allKinds = [EventKind.Syscall, EventKind.Period, EventKind.Wakeup];

/**
 * The events of a recording, and at last its analysis, which says what was lost and what is odd.
 * Throws as `analyze` does.
 */
export async function* readEvents(
  source: Source,
  options: EventOptions = {},
): AsyncGenerator<EventBatch, Analysis, undefined> {
  const pass = yield* finishedPass(source, options, []);
  return readAnalysis(pass, nameOf(options));
}

/**
 * The events of the `part`th of `parts` parts of a recording's threads, and at last what mergeParts makes
 * the analysis of. Who woke whom is known only of the whole. Throws as `analyze` does.
 */
export async function* readPartEvents(
  source: Source,
  part: number,
  parts: number,
  options: EventOptions = {},
): AsyncGenerator<EventBatch, RecordingPart, undefined> {
  const pass = yield* finishedPass(source, options, partOptionValues(part, parts));
  return readPart(pass, options);
}

async function* finishedPass(
  source: Source,
  options: EventOptions,
  more: readonly (readonly [PassOption, bigint])[],
): AsyncGenerator<EventBatch, EnginePass, undefined> {
  const kinds = (options.kinds ?? allKinds).reduce((mask, kind) => mask | (1 << kind), 0);
  const pass = await beginPass(options, [
    [PassOption.Events, BigInt(kinds)],
    [PassOption.Sliced, 1n],
    ...more,
  ]);
  const names = namesOf(pass, options);
  for await (const _bytesRead of feedNamesFirst(pass, source, options)) yield* slices(pass, names);
  check(pass, pass.endInput(), options);
  yield* slices(pass, names);
  check(pass, pass.finish(), options); // which ends the periods that are still open
  yield* batchOf(pass, names);
  return pass;
}

function* slices(pass: EnginePass, names: () => Names): Generator<EventBatch, void, undefined> {
  while (pass.advance() === Progress.Taken) yield* batchOf(pass, names);
}

function* batchOf(pass: EnginePass, names: () => Names): Generator<EventBatch, void, undefined> {
  if (pass.rowCount(Table.Events) === 0) return;
  const batch = { events: readTable(pass, Table.Events, eventsSpec), names: names() };
  if (pass.rowCount(Table.EventArguments) === 0) yield batch;
  else {
    const table = readTable(pass, Table.EventArguments, eventArgumentsSpec);
    yield { ...batch, arguments: new RecordedArguments(table, batch.events.length, batch.names) };
  }
}

/** The pass's names, copied out anew only where they changed. */
function namesOf(pass: EnginePass, options: EventOptions): () => Names {
  let version = -1;
  let names: Names | undefined;
  return () => {
    const current = pass.namesVersion();
    if (names === undefined || current !== version) names = readNames(pass, nameOf(options));
    version = current;
    return names;
  };
}
