// A worker thread that analyzes recordings: is sent jobs, answers each with the parts of an analysis.
// What goes wrong is only said to have gone wrong: whoever asked analyzes that recording anew, and
// meets the error itself. The engine comes compiled from the thread that started it.

import { parentPort, workerData } from "node:worker_threads";
import { partsOf } from "../analysis.js";
import type { AnalysisParts } from "../analysis.js";
import type { EngineSource } from "../engine.js";
import type { Moments } from "../filters/moments.js";
import type { PassOptions } from "../pass-options.js";
import { analyzeWithin } from "./moments.js";

export interface AnalyzeJob {
  readonly file: string;
  readonly when: Moments;
  readonly pass: PassOptions;
}

/** Undefined where it failed. */
export type AnalyzeOutcome = AnalysisParts | undefined;

const port = parentPort;
if (port !== null) {
  port.on("message", ({ file, when, pass }: AnalyzeJob) => {
    void analyzeWithin(file, when, { ...pass, engine: workerData as EngineSource }).then(
      (analysis) => port.postMessage(partsOf(analysis)),
      () => port.postMessage(undefined),
    );
  });
}
