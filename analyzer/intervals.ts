// A recording as a row of analyses, one for each interval of its time: what a live view prints, for
// a live view is only a pipe. A period or call belongs to the interval in which it ended, as in the
// tools that print interval tables; states go on from one interval to the next.

import { PassOption, Progress } from "../assembly/tables.js";
import { beginPass, check, feedNamesFirst, nameOf } from "./analyze.js";
import type { AnalyzeOptions } from "./analyze.js";
import { readAnalysis } from "./analysis.js";
import type { Analysis } from "./analysis.js";
import type { EnginePass } from "./engine.js";
import type { Source } from "./source.js";

export interface IntervalOptions extends AnalyzeOptions {
  /** Length of an interval, ns, counted from the beginning of the time asked for. */
  readonly intervalNs: number;
}

export interface Interval {
  /** Its beginning and end, ns since the recording's start. */
  readonly fromNs: number;
  readonly toNs: number;
  readonly analysis: Analysis;
}

/**
 * The intervals of a recording, each as soon as the recording is known to go on behind it. The last
 * one ends with the recording and holds the periods that were still open.
 */
export async function* analyzeIntervals(
  source: Source,
  options: IntervalOptions,
): AsyncGenerator<Interval, void, undefined> {
  const pass = await beginPass(options, [[PassOption.Sliced, 1n]]);
  const clock = { toNs: (options.fromNs ?? 0) + options.intervalNs };
  for await (const _bytesRead of feedNamesFirst(pass, source, options)) yield* intervalsDue(pass, clock, options);
  check(pass, pass.endInput(), options);
  yield* intervalsDue(pass, clock, options);
  check(pass, pass.finish(), options);
  const analysis = readAnalysis(pass, nameOf(options));
  const { startNs, endNs } = analysis.recording;
  yield { fromNs: clock.toNs - options.intervalNs, toNs: Number(endNs[0]! - startNs[0]!), analysis };
}

/** Takes what is due, and cuts where an interval is whole. */
function* intervalsDue(
  pass: EnginePass,
  clock: { toNs: number },
  options: IntervalOptions,
): Generator<Interval, void, undefined> {
  const partToNs = options.toNs ?? Infinity;
  while (clock.toNs < partToNs) {
    while (pass.advance(BigInt(clock.toNs)) === Progress.Taken) continue;
    // One that ends with the recording is the last one: what follows it would be of no length.
    if (pass.knownUntilNs() <= clock.toNs) return;
    check(pass, pass.snapshot(), options);
    const fromNs = clock.toNs - options.intervalNs;
    yield { fromNs, toNs: clock.toNs, analysis: readAnalysis(pass, nameOf(options)) };
    clock.toNs += options.intervalNs;
  }
  // The interval in which the time asked for ends is the last one, which `finish` cuts. What is due in
  // it is taken all the same: the engine reads no further before that, it would keep the rest of the recording.
  while (pass.advance() === Progress.Taken) continue;
}
