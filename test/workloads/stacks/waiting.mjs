// SPDX-License-Identifier: MIT
// Node with a worker that waits inside compiled JavaScript (Atomics.wait), timers that make the event
// loop sleep, and work for the thread pool.
//
// usage: node waiting.mjs SECONDS

import { pbkdf2 } from "node:crypto";
import { readFile } from "node:fs";
import { Worker, isMainThread } from "node:worker_threads";

function waitInside(depth, cell) {
  return depth === 0 ? Atomics.wait(cell, 0, 0, 3) : waitInside(depth - 1, cell);
}

if (isMainThread) {
  const seconds = Number(process.argv[2] ?? "5");
  const worker = new Worker(new URL(import.meta.url));
  const timers = [
    setInterval(() => readFile(process.execPath, { length: 1 }, () => {}), 50),
    setInterval(() => pbkdf2("a", "b", 1000, 32, "sha256", () => {}), 5),
  ];
  setTimeout(() => {
    timers.forEach(clearInterval);
    void worker.terminate();
  }, seconds * 1000);
} else {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  for (;;) waitInside(10, cell);
}
