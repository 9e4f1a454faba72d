// `offcut hist` of one large recording on as many CPUs as may be used: its threads are divided, each CPU
// answers for its part of them, and answers and analyses are put together.

import { Worker } from "node:worker_threads";
import { fromParts } from "../analysis.js";
import type { Analysis } from "../analysis.js";
import { mergeParts } from "../merge-parts.js";
import { localEngine } from "../on-node.js";
import { isAskedOfParts } from "../views/merge-answers.js";
import type { ProbeAnswer } from "../views/probe-answers.js";
import type { HistQuestions } from "./hist-questions.js";
import { answerHistTask } from "./hist-task.js";
import type { HistOfPart, HistTask, HistWords } from "./hist-task.js";
import { answerTasks, fileBytes, partsFor } from "./on-cpus.js";

export interface HistInParts {
  /** Of each part. */
  readonly answers: readonly (readonly ProbeAnswer[])[];
  readonly analysis: Analysis;
}

/** Undefined where the recording is to be read whole. `words` are those that `asked` was read from. */
export async function answerInParts(
  file: string,
  asked: HistQuestions,
  words: readonly string[],
  cpus: number,
): Promise<HistInParts | undefined> {
  if (file === "-" || !asked.questions.every(isAskedOfParts)) return undefined;
  const tasks = partsFor(await fileBytes(file), cpus).map((part) => ({ file, part }));
  if (tasks.length === 0) return undefined;
  const engine = await localEngine();
  const workerData: HistWords = { words, engine };
  const outcomes = await answerTasks<HistTask, HistOfPart>(tasks, {
    cpus,
    here: (task) => answerHistTask(task, asked, engine),
    start: () => new Worker(new URL("./hist-worker.js", import.meta.url), { workerData }),
  });
  const parts = outcomes.flatMap((outcome) => outcome ?? []);
  const whole = parts.length === tasks.length ? mergeParts(parts.map(({ part }) => part)) : undefined;
  return whole && { answers: parts.map(({ answers }) => answers), analysis: fromParts(whole) };
}
