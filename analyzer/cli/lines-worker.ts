// A worker thread that makes lines of batches of events, which it is sent one after the other. A batch
// that it cannot make lines of it sends back: whoever asked tries it in its place among the others,
// and meets the error.

import { parentPort, workerData } from "node:worker_threads";
import type { SelectionOptions } from "../views/selection.js";
import { BatchReceiver } from "./event-message.js";
import type { BatchMessage } from "./event-message.js";
import { LineMaker, shownIn } from "./lines-task.js";
import type { LinesTask, MadeLines } from "./lines-task.js";
import { buffersOf } from "../transfer.js";

export interface LinesQuestion {
  readonly task: LinesTask;
  readonly selection: SelectionOptions;
}

export type FromLinesWorker = MadeLines | BatchMessage;

const port = parentPort;
if (port !== null) {
  const { task, selection } = workerData as LinesQuestion;
  const begun = shownIn(task, selection).then((show) => new LineMaker(task, show));
  const receiver = new BatchReceiver();
  const answer = (maker: LineMaker, message: BatchMessage): FromLinesWorker => {
    const batch = receiver.batchOf(message);
    try {
      return maker.made(batch, selection);
    } catch {
      return { ...message, names: undefined };
    }
  };
  port.on("message", async (message: BatchMessage) => {
    const made = answer(await begun, message);
    port.postMessage(made, buffersOf(made));
  });
}
