// The questions of `offcut hist` about one part of a recording's threads, answered by whichever thread
// is free.

import { Evaluator } from "../expressions/evaluator.js";
import { readPartEvents } from "../on-node.js";
import type { EngineSource } from "../engine.js";
import type { RecordingPart } from "../recording-part.js";
import { ProbeRun } from "../views/probe-answers.js";
import type { ProbeAnswer } from "../views/probe-answers.js";
import { selectorOf } from "./event-reading.js";
import type { HistQuestions } from "./hist-questions.js";
import { openWithin } from "./moments.js";
import type { PartOfThreads } from "./moments.js";
import { asWritten, looksForFrames, showerOf } from "./naming.js";

/** What a worker is told. */
export interface HistWords {
  /** All that stand behind the command's name. */
  readonly words: readonly string[];
  readonly engine: EngineSource;
}

export interface HistTask {
  readonly file: string;
  readonly part: PartOfThreads;
}

export interface HistOfPart {
  readonly answers: readonly ProbeAnswer[];
  readonly part: RecordingPart;
}

export async function answerHistTask(
  { file, part: { part, parts } }: HistTask,
  { questions, options, kinds, filters }: HistQuestions,
  engine: EngineSource,
): Promise<HistOfPart> {
  const { source, name, pass } = await openWithin(file, filters.when);
  const run = new ProbeRun(new Evaluator(), questions, options);
  const events = readPartEvents(source, part, parts, { name, kinds, engine, ...filters.pass, ...pass });
  const show = await showerOf(asWritten, looksForFrames(filters.selection));
  for (;;) {
    const { done, value } = await events.next();
    if (done === true) return { answers: run.answers(), part: value };
    run.take(value, 0, value.events.length, selectorOf({ ...value, names: show(value.names) }, filters.selection));
  }
}
