// A worker thread that analyzes recordings, or parts of their threads: is sent tasks, answers each with
// tables, whose memory is handed over and not copied. What goes wrong is only said to have gone wrong:
// whoever asked analyzes that recording anew, and meets the error itself. The engine comes compiled
// from the thread that started it.

import { parentPort, workerData } from "node:worker_threads";
import type { EngineSource } from "../engine.js";
import { answerTask } from "./analyze-task.js";
import type { AnalyzeTask } from "./analyze-task.js";
import { buffersOf } from "../transfer.js";

const port = parentPort;
if (port !== null) {
  port.on("message", (task: AnalyzeTask) => {
    void answerTask(task, workerData as EngineSource).then(
      (answer) => port.postMessage(answer, buffersOf(answer)),
      () => port.postMessage(undefined),
    );
  });
}
