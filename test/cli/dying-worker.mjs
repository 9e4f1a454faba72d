// A worker thread for test/cli/worker-pool.test.ts: answers with twice the number, and dies of 13.

import { parentPort } from "node:worker_threads";

parentPort.on("message", (number) => {
  if (number === 13) throw new Error("unlucky");
  if (number === 14) process.exit(3);
  setTimeout(() => parentPort.postMessage(2 * number), number % 5);
});
