// A worker thread of `offcut fold`: is sent jobs, answers each. The engine comes compiled from the
// thread that started it.

import { parentPort, workerData } from "node:worker_threads";
import type { EngineSource } from "../engine.js";
import { fold } from "./fold-job.js";
import type { FoldJob } from "./fold-job.js";

const port = parentPort;
if (port === null) throw new Error("fold-worker runs as a worker thread only");

port.on("message", (job: FoldJob) => {
  void fold(job, workerData as EngineSource).then((outcome) => port.postMessage(outcome));
});
