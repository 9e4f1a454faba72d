// --interval: one answer for each interval of a recording, each as soon as the recording is known to
// hold all of it, under the time at which the interval ended. On a pipe from a recorder that is what a
// live tool prints.

import type { Analysis } from "../analysis.js";
import { ExitCode, UsageError } from "../errors.js";
import { clockText } from "../exports/clock-text.js";
import { jsonText } from "../exports/json-text.js";
import type { Filters } from "../filters/filters.js";
import { refuseUnknownHost } from "../filters/hosts.js";
import { analyzeIntervals } from "../on-node.js";
import type { Interval } from "../intervals.js";
import type { PassOptions } from "../pass-options.js";
import { hostName } from "../views/threads.js";
import { warningRows } from "../views/warnings.js";
import type { Arguments, OptionDefinition } from "./arguments.js";
import { openWithin } from "./moments.js";
import { shown } from "./naming.js";
import type { Naming } from "./naming.js";
import { print } from "./output.js";
import { awaitEndOfInput, exitCodeFor, reportWarnings } from "./recordings.js";

export const intervalOption: OptionDefinition = {
  flags: "-i, --interval <SECONDS>",
  description: "An answer for each interval of this length, under the time of its end",
};

/** An answer about one interval: text, or what becomes JSON. */
export type IntervalAnswer = (analysis: Analysis) => string | Iterable<string> | object;

export interface IntervalsAsked {
  readonly intervalNs: number;
  readonly pass: PassOptions;
  readonly filters: Filters;
  readonly naming: Naming;
  /** Whether answers are JSON: one document for each interval, with its beginning and end. */
  readonly json: boolean;
}

const NsPerSecond = 1e9;

/** A length of time above 0, in ns; undefined where the option is not given. */
export function readSeconds(args: Arguments, name: string): number | undefined {
  const text = args.value(name);
  if (text === undefined) return undefined;
  const ns = Math.round(Number(text) * NsPerSecond);
  if (/^\d*\.?\d+$/.test(text) && ns >= 1 && ns <= Number.MAX_SAFE_INTEGER) return ns;
  throw new UsageError(`--${name} takes seconds, not "${text}"`);
}

/** Answers the one recording in `files` interval by interval. */
export async function answerIntervals(
  files: readonly string[],
  asked: IntervalsAsked,
  answer: IntervalAnswer,
): Promise<ExitCode> {
  const [file, ...others] = files;
  if (file === undefined || others.length > 0) throw new UsageError("--interval answers one recording at a time");
  const { filters, intervalNs, naming } = asked;
  if (naming.symbols !== undefined) {
    throw new UsageError("--interval and --symbols do not go together: intervals are answered before it is known what lacks names");
  }
  if (file === "-") awaitEndOfInput();
  const { source, name, pass } = await openWithin(file, filters.when);
  const options = { ...asked.pass, ...filters.pass, ...pass, name, intervalNs };
  let last: Analysis | undefined;
  for await (const { analysis, pieces } of intervalTexts(shownIn(analyzeIntervals(source, options), naming), answer, asked)) {
    if (last === undefined) refuseUnknownHost([hostName(analysis)], filters);
    last = analysis;
    for (const piece of pieces) await print(piece);
  }
  if (last === undefined) return ExitCode.Answered;
  // The last analysis knows the whole recording.
  reportWarnings(warningRows(last));
  return exitCodeFor([last]);
}

async function* shownIn(intervals: AsyncIterable<Interval>, naming: Naming): AsyncGenerator<Interval, void, undefined> {
  for await (const interval of intervals) yield { ...interval, analysis: await shown(interval.analysis, naming) };
}

export interface IntervalText {
  readonly analysis: Analysis;
  readonly pieces: readonly (string | Iterable<string>)[];
}

/** The answer for each of `intervals`, under its time, a blank line before all but the first. */
export async function* intervalTexts(
  intervals: AsyncIterable<Interval>,
  answer: IntervalAnswer,
  { json }: Pick<IntervalsAsked, "json">,
): AsyncGenerator<IntervalText, void, undefined> {
  let separator = "";
  for await (const { fromNs, toNs, analysis } of intervals) {
    const answered = answer(analysis);
    if (json) yield { analysis, pieces: [jsonText({ fromNs, toNs, ...(answered as object) })] };
    else {
      const stamp = `${separator}[${clockText(analysis, toNs)}]\n`;
      yield { analysis, pieces: [stamp, answered as string | Iterable<string>] };
      separator = "\n";
    }
  }
}
