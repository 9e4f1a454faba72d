// Spreads jobs over worker threads: each worker has one job at a time and takes the next when it is
// done, so that one large file does not hold up the others. Answers come in the order in which they
// are ready. A worker that dies (out of memory, most likely) fails its job and is replaced.

import type { Worker } from "node:worker_threads";

export interface PoolOptions<Job, Outcome> {
  readonly workers: number;
  readonly start: () => Worker;
  /** Takes one job's outcome; awaited before that worker's next job. */
  readonly onOutcome: (job: Job, outcome: Outcome) => Promise<void>;
  /** The outcome of a job whose worker died. */
  readonly onDeath: (error: Error) => Outcome;
}

/** Resolves when every job has had its outcome; rejects with the first error of `onOutcome`. */
export async function runJobs<Job, Outcome>(
  jobs: readonly Job[],
  options: PoolOptions<Job, Outcome>,
): Promise<void> {
  const queue = [...jobs];
  const lane = async (): Promise<void> => {
    let worker: Worker | undefined;
    try {
      for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
        worker ??= startSafely(options.start);
        let outcome: Outcome;
        try {
          outcome = await request<Job, Outcome>(worker, job);
        } catch (error) {
          worker = undefined;
          outcome = options.onDeath(error as Error);
        }
        await options.onOutcome(job, outcome);
      }
    } catch (error) {
      queue.length = 0;
      throw error;
    } finally {
      await worker?.terminate();
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.workers, jobs.length) }, lane));
}

/** A dying worker says so twice, by error and by exit: the second must find a listener too. */
function startSafely(start: () => Worker): Worker {
  return start().on("error", () => undefined);
}

/** Sends one job and awaits its answer; rejects if the worker dies instead. */
function request<Job, Outcome>(worker: Worker, job: Job): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number) => settle(() => reject(new Error(`worker ended (${code})`)));
    const onError = (error: Error) => settle(() => reject(error));
    const onMessage = (outcome: Outcome) => settle(() => resolve(outcome));
    const settle = (then: () => void) => {
      worker.off("exit", onExit).off("error", onError).off("message", onMessage);
      then();
    };
    worker.on("exit", onExit).on("error", onError).on("message", onMessage);
    worker.postMessage(job);
  });
}
