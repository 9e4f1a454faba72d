// The pool: every job has exactly one outcome, whatever its worker does, and no more workers run than
// were asked for.

import { Worker } from "node:worker_threads";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { runJobs } from "../../analyzer/cli/worker-pool.js";

const test = suite("cli/worker-pool");

async function run(jobs: readonly number[], workers: number) {
  const outcomes = new Map<number, unknown>();
  let started = 0;
  let running = 0;
  let runningMax = 0;
  await runJobs<number, unknown>(jobs, {
    workers,
    start: () => {
      started++;
      runningMax = Math.max(runningMax, ++running);
      const worker = new Worker(new URL("./dying-worker.mjs", import.meta.url), { stderr: true });
      return worker.on("exit", () => running--);
    },
    onOutcome: (job, outcome) => {
      assert.not(outcomes.has(job), `a second outcome of ${job}`);
      outcomes.set(job, outcome);
      return Promise.resolve();
    },
    onDeath: (error) => error.message,
  });
  return { outcomes, started, runningMax };
}

test("each job has its own outcome", async () => {
  const jobs = Array.from({ length: 40 }, (_, at) => 100 + at);
  const { outcomes, started } = await run(jobs, 3);
  assert.is(outcomes.size, 40);
  for (const job of jobs) assert.is(outcomes.get(job), 2 * job);
  assert.is(started, 3);
});

test("no more workers than jobs, and none for none", async () => {
  assert.is((await run([1], 8)).started, 1);
  assert.is((await run([], 8)).started, 0);
});

test("a worker that dies fails its job and is replaced; the others go on", async () => {
  const { outcomes, runningMax } = await run([1, 13, 2, 14, 3, 4, 5, 6], 2);
  assert.is(outcomes.size, 8);
  assert.is(outcomes.get(13), "unlucky");
  assert.is(outcomes.get(14), "worker ended (3)");
  assert.equal([1, 2, 3, 4, 5, 6].map((job) => outcomes.get(job)), [2, 4, 6, 8, 10, 12]);
  assert.ok(runningMax <= 3, "a dying worker may overlap with its replacement");
});

test("an error of whoever takes the outcomes ends the batch", async () => {
  const taken: number[] = [];
  const failure = new Error("the disk is full");
  const batch = runJobs<number, unknown>([1, 2, 3, 4, 5, 6, 7, 8], {
    workers: 1,
    start: () => new Worker(new URL("./dying-worker.mjs", import.meta.url)),
    onOutcome: (job) => {
      taken.push(job);
      return job === 2 ? Promise.reject(failure) : Promise.resolve();
    },
    onDeath: (error) => error,
  });
  assert.is(await batch.catch((error: unknown) => error), failure);
  assert.equal(taken, [1, 2]);
});

test.run();
