// Whether the engine and the oracle agree about bytes that may be anything: the same Status, or the
// same rows and warnings, within a second. A trap of the engine is a WebAssembly.RuntimeError here.

import * as assert from "uvu/assert";
import { Status } from "../../assembly/tables.js";
import { analyzeRecording } from "../oracle/analyze.js";
import { RefusedError } from "../oracle/damage.js";
import { differences, rowsOfAnalysis, rowsOfAnswer } from "./rows.js";
import { runEngine, type Outcome } from "./run-engine.js";

export const MillisecondsMax = 1000;

/** Measured in CPU time, not by the clock: other tests run beside this one. */
export function runEngineTimed(bytes: Uint8Array): { outcome: Outcome; milliseconds: number } {
  const begun = process.cpuUsage();
  const outcome = runEngine(bytes);
  const { user, system } = process.cpuUsage(begun);
  return { outcome, milliseconds: (user + system) / 1000 };
}

/** How the two differ on these bytes; empty if they do not. */
function compare(bytes: Uint8Array, what: string): string[] {
  const { outcome, milliseconds } = runEngineTimed(bytes);
  if (milliseconds > MillisecondsMax) return [`${what}: the engine took ${Math.round(milliseconds)} ms`];
  const { analysis, refused } = outcome;
  const oracle = oracleOutcome(bytes);
  if (refused || typeof oracle === "string") {
    const engine = refused ? Status[refused.status] : "Ok";
    const expected = typeof oracle === "string" ? oracle : "Ok";
    return engine === expected ? [] : [`${what}: the engine says ${engine}, the oracle ${expected}`];
  }
  return differences(rowsOfAnalysis(analysis), rowsOfAnswer(oracle)).map((line) => `${what}: ${line}`);
}

function oracleOutcome(bytes: Uint8Array): ReturnType<typeof analyzeRecording> | string {
  try {
    return analyzeRecording(bytes);
  } catch (error) {
    if (error instanceof RefusedError) return error.refusal;
    throw error;
  }
}

export function assertAgree(cases: Iterable<readonly [Uint8Array, string]>): void {
  const found: string[] = [];
  for (const [bytes, what] of cases) {
    found.push(...compare(bytes, what));
    if (found.length > 10) break;
  }
  assert.ok(found.length === 0, found.slice(0, 10).join("\n"));
}

/** A copy with one byte changed. */
export function changed(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const copy = bytes.slice();
  copy[at] = value;
  return copy;
}
