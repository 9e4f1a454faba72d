// Drives the engine from tests: bytes in, cut as asked, and an Analysis or a Status out. The
// module is compiled once per test file; each run is a fresh instance, as in the library.

import { readFileSync } from "node:fs";
import { PassOption, Progress, Status, Table } from "../../assembly/tables.js";
import { readAnalysis, readNames, type Analysis } from "../../analyzer/analysis.js";
import { EnginePass } from "../../analyzer/engine.js";
import type { EventBatch } from "../../analyzer/event-batch.js";
import { passOptionValues, type PassOptions } from "../../analyzer/pass-options.js";
import { eventArgumentsSpec, eventsSpec, readTable, type EventArgumentsTable } from "../../analyzer/tables.js";

const wasm = new URL("../../build/offcut.wasm", import.meta.url);
export const compiledEngine = new WebAssembly.Module(readFileSync(wasm));

export interface Refused {
  status: Status;
  offset: number;
  detail: number;
}

export type Outcome = { analysis: Analysis; refused?: never } | { analysis?: never; refused: Refused };

/** `cuts` are ascending byte offsets at which the recording is cut into pieces. */
export function runEngine(bytes: Uint8Array, cuts: Iterable<number> = []): Outcome {
  const pass = new EnginePass(compiledEngine);
  let from = 0;
  for (const to of [...cuts, bytes.length]) {
    if (to === from && bytes.length > 0) continue;
    const status = pass.push(bytes.subarray(from, to));
    if (status !== Status.Ok) return refused(pass, status);
    from = to;
  }
  const status = pass.finish();
  return status === Status.Ok ? { analysis: readAnalysis(pass, "a test") } : refused(pass, status);
}

/** A finished pass over a recording that must be answered, asked what `options` say. */
export function runPass(bytes: Uint8Array, options: PassOptions): EnginePass {
  const pass = new EnginePass(compiledEngine, passOptionValues(options));
  for (const status of [pass.push(bytes), pass.finish()]) {
    if (status !== Status.Ok) throw new Error(`the engine refused: ${Status[status]}`);
  }
  return pass;
}

export interface Slice extends EventBatch {
  argumentRows: EventArgumentsTable;
}

/** The events of a recording that must be answered, slice by slice; `kinds` is a mask of EventKind. */
export function runEvents(
  bytes: Uint8Array,
  options: PassOptions,
  kinds: number,
  cuts: Iterable<number> = [],
): Slice[] {
  const asked: [PassOption, bigint][] = [
    [PassOption.Events, BigInt(kinds)],
    [PassOption.Sliced, 1n],
  ];
  const pass = new EnginePass(compiledEngine, [...passOptionValues(options), ...asked]);
  const batches: Slice[] = [];
  const take = (): void => {
    batches.push({
      events: readTable(pass, Table.Events, eventsSpec),
      argumentRows: readTable(pass, Table.EventArguments, eventArgumentsSpec),
      names: readNames(pass, "a test"),
    });
  };
  const go = (status: Status): void => {
    if (status !== Status.Ok) throw new Error(`the engine refused: ${Status[status]}`);
  };
  pass.startAhead(bytes.length); // what is said last of frames, first: as of a file
  for (let wanted = pass.wantedAhead(); wanted.lengthBytes > 0; wanted = pass.wantedAhead()) {
    go(pass.pushAhead(bytes.subarray(wanted.from, wanted.from + wanted.lengthBytes)));
  }
  let from = 0;
  for (const to of [...cuts, bytes.length]) {
    if (to === from) continue;
    go(pass.push(bytes.subarray(from, to)));
    while (pass.advance() === Progress.Taken) take();
    from = to;
  }
  go(pass.endInput());
  while (pass.advance() === Progress.Taken) take();
  go(pass.finish()); // which ends the periods that are still open
  take();
  return batches;
}

/** For recordings that must be answered. */
export function analyzeWithEngine(bytes: Uint8Array, cuts: Iterable<number> = []): Analysis {
  const { analysis, refused } = runEngine(bytes, cuts);
  if (refused) throw new Error(`the engine refused: ${Status[refused.status]} at byte ${refused.offset}`);
  return analysis;
}

function refused(pass: EnginePass, status: Status): Outcome {
  return { refused: { status, ...pass.failure() } };
}
