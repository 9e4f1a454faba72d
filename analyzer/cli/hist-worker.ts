// A worker thread of `offcut hist`: is sent parts of recordings, answers each. What goes wrong is only said
// to have gone wrong: whoever asked answers for the whole recording then, and meets the error itself.

import { parentPort, workerData } from "node:worker_threads";
import { readArguments } from "./arguments.js";
import { hist } from "./hist.js";
import { readHistQuestions } from "./hist-questions.js";
import { answerHistTask } from "./hist-task.js";
import type { HistTask, HistWords } from "./hist-task.js";
import { buffersOf } from "../transfer.js";

const port = parentPort;
if (port !== null) {
  const { words, engine } = workerData as HistWords;
  const asked = readHistQuestions(readArguments(hist, words));
  port.on("message", (task: HistTask) => {
    void answerHistTask(task, asked, engine).then(
      (answer) => port.postMessage(answer, buffersOf(answer.part)),
      () => port.postMessage(undefined),
    );
  });
}
