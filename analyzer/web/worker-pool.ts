// The page's workers. Tasks wait in line; each worker has one at a time and is made when it is first
// needed. Knows nothing of what tasks are about: reading.ts divides recordings among workers, views.ts
// asks one of them for views. A worker that dies fails its task and is replaced.

import { buffersOf } from "../index.js";
import type { CompiledEngine } from "../index.js";
import type { FromWorker, Kind, Outcome, Task, ToWorker } from "./job.js";

export interface PoolOptions {
  /** Tasks worked on at a time. */
  readonly workers: number;
  readonly engine: Promise<CompiledEngine>;
  readonly start: () => Worker;
}

export interface RunOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (bytesRead: number) => void;
  /** Memory that is handed over to the worker, and gone here. */
  readonly handedOver?: object;
}

interface Job {
  readonly number: number;
  readonly task: Task;
  readonly options: RunOptions;
  readonly resolve: (outcome: Outcome<Kind>) => void;
  readonly reject: (error: Error) => void;
}

export class WorkerPool {
  readonly #options: PoolOptions;
  readonly #waiting: Job[] = [];
  readonly #idle: Worker[] = [];
  #workers = 0;
  #jobs = 0;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** Tasks worked on at a time. */
  get workers(): number {
    return this.#options.workers;
  }

  /** Rejects with an Error whose name is AbortError where the signal ended it. */
  run<K extends Kind>(task: Task & { readonly kind: K }, options: RunOptions = {}): Promise<Outcome<K>> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ number: this.#jobs++, task, options, resolve: resolve as Job["resolve"], reject });
      void this.#next();
    });
  }

  /** Makes a worker before there is a task for it, so that the first one need not wait for that. */
  async prepare(): Promise<void> {
    if (this.#workers > 0) return;
    try {
      this.#idle.push(await this.#start());
    } catch {
      this.#workers--; // whoever needs one meets the error
    }
    return this.#next();
  }

  async #next(): Promise<void> {
    if (this.#waiting.length === 0) return;
    if (this.#idle.length === 0 && this.#workers >= this.#options.workers) return;
    const job = this.#waiting.shift()!;
    if (job.options.signal?.aborted === true) {
      job.reject(aborted());
      return this.#next();
    }
    let worker: Worker | undefined;
    try {
      worker = this.#idle.pop() ?? (await this.#start());
      job.resolve(await request(worker, job));
    } catch (error) {
      if (error instanceof WorkerDeath) {
        worker = undefined;
        this.#workers--;
      }
      job.reject(error as Error);
    }
    if (worker !== undefined) this.#idle.push(worker);
    return this.#next();
  }

  async #start(): Promise<Worker> {
    this.#workers++;
    try {
      const engine = await this.#options.engine;
      const worker = this.#options.start();
      worker.postMessage({ kind: "engine", engine } satisfies ToWorker);
      return worker;
    } catch (error) {
      throw new WorkerDeath(`the engine could not be started: ${(error as Error).message}`);
    }
  }
}

class WorkerDeath extends Error {}

function aborted(): Error {
  return new DOMException("cancelled", "AbortError");
}

/** Sends one task and awaits how it ends. */
function request(worker: Worker, { number, task, options }: Job): Promise<Outcome<Kind>> {
  const { signal, onProgress, handedOver = {} } = options;
  return new Promise((resolve, reject) => {
    const cancel = () => worker.postMessage({ kind: "cancel", job: number } satisfies ToWorker);
    const settle = (then: () => void) => {
      worker.onmessage = worker.onerror = worker.onmessageerror = null;
      signal?.removeEventListener("abort", cancel);
      then();
    };
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if (data.job !== number) return;
      if (data.kind === "progress") onProgress?.(data.bytesRead);
      else if (data.kind === "outcome") settle(() => resolve(data.outcome));
      else settle(() => reject(Object.assign(new Error(data.message), { name: data.name })));
    };
    const died = (message: string) => settle(() => reject(new WorkerDeath(`${subjectOf(task)}: ${message}`)));
    worker.onerror = (event) => died(`the worker died: ${event.message ?? "out of memory?"}`);
    worker.onmessageerror = () => died("the answer could not be handed over: out of memory?");
    signal?.addEventListener("abort", cancel);
    worker.postMessage({ kind: "task", job: number, task } satisfies ToWorker, buffersOf(handedOver));
  });
}

/** What is said to have failed. */
function subjectOf(task: Task): string {
  return "name" in task ? task.name : "the page";
}
