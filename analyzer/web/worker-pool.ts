// The page's workers. Jobs wait in line; each worker has one at a time and is made when it is first
// needed. Asked for one recording, one worker works; whoever splits a recording into parts asks for
// the parts as jobs of their own and merges their analyses. A worker that dies fails its job and is
// replaced.

import { fromParts } from "../index.js";
import type { CompiledEngine } from "../index.js";
import type { Bytes, FromWorker, Question, ToWorker } from "./job.js";
import type { Answered } from "./recordings.js";

export interface PoolOptions {
  /** Jobs worked on at a time. */
  readonly workers: number;
  readonly engine: Promise<CompiledEngine>;
  readonly start: () => Worker;
}

interface Job {
  readonly number: number;
  readonly name: string;
  readonly bytes: Bytes;
  readonly question: Question;
  readonly signal: AbortSignal;
  readonly onProgress: (bytesRead: number) => void;
  readonly resolve: (answered: Answered) => void;
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

  /** Rejects with an Error whose name is AbortError where `signal` ended it. */
  analyze(
    name: string,
    bytes: Bytes,
    question: Question,
    { signal, onProgress }: { readonly signal: AbortSignal; readonly onProgress: (bytesRead: number) => void },
  ): Promise<Answered> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ number: this.#jobs++, name, bytes, question, signal, onProgress, resolve, reject });
      void this.#next();
    });
  }

  async #next(): Promise<void> {
    if (this.#waiting.length === 0) return;
    if (this.#idle.length === 0 && this.#workers >= this.#options.workers) return;
    const job = this.#waiting.shift()!;
    if (job.signal.aborted) {
      job.reject(aborted());
      return this.#next();
    }
    let worker: Worker | undefined;
    try {
      worker = this.#idle.pop() ?? (await this.#start());
      const { parts, events } = await request(worker, job);
      job.resolve({ analysis: fromParts(parts), events });
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

/** Sends one job and awaits how it ends. */
function request(worker: Worker, job: Job) {
  return new Promise<FromWorker & { readonly kind: "analysis" }>((resolve, reject) => {
    const cancel = () => worker.postMessage({ kind: "cancel", job: job.number } satisfies ToWorker);
    const settle = (then: () => void) => {
      worker.onmessage = worker.onerror = worker.onmessageerror = null;
      job.signal.removeEventListener("abort", cancel);
      then();
    };
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if (data.job !== job.number) return;
      if (data.kind === "progress") job.onProgress(data.bytesRead);
      else if (data.kind === "analysis") settle(() => resolve(data));
      else settle(() => reject(Object.assign(new Error(data.message), { name: data.name })));
    };
    const died = (message: string) => settle(() => reject(new WorkerDeath(message)));
    worker.onerror = (event) => died(`${job.name}: the worker died: ${event.message ?? "out of memory?"}`);
    worker.onmessageerror = () => died(`${job.name}: the answer could not be handed over: out of memory?`);
    job.signal.addEventListener("abort", cancel);
    const { number, name, bytes, question } = job;
    worker.postMessage({ kind: "analyze", job: number, name, bytes, question } satisfies ToWorker);
  });
}
