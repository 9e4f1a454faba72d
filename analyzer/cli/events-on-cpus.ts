// The events of a large recording on two CPUs: a worker reads them while this thread looks at those
// before. They come as the library's readEvents gives them, in the same batches. Small recordings,
// and what can be read only once, are read here.

import { Worker } from "node:worker_threads";
import { fromParts } from "../analysis.js";
import type { Analysis } from "../analysis.js";
import type { EventBatch } from "../event-batch.js";
import type { EventOptions } from "../events.js";
import { localEngine, readEvents } from "../on-node.js";
import type { NodeSource } from "../on-node.js";
import { BatchReceiver } from "./event-message.js";
import type { EventTask, FromEventWorker } from "./event-worker.js";
import { BytesWorthThreads, fileBytes } from "./on-cpus.js";

type Events = AsyncGenerator<EventBatch, Analysis, undefined>;

/** Batches between the two threads: enough that neither waits for the other's slowest one. */
const BatchesAhead = 4;

/** What `readEvents` gives. */
export async function* readEventsOnCpus(source: NodeSource, options: EventOptions, cpus: number): Events {
  let taken = 0;
  if (cpus > 1 && typeof source === "string" && (await fileBytes(source)) >= BytesWorthThreads) {
    const events = new EventsElsewhere(source, options, await localEngine());
    try {
      for (let next = await events.next(); next !== undefined; next = await events.next()) {
        if ("analysis" in next) return next.analysis;
        yield next.batch;
        taken++;
      }
    } finally {
      await events.end();
    }
  }
  return yield* behind(taken, readEvents(source, options));
}

/** The batches behind the first `taken` ones, which were taken before reading them elsewhere failed. */
async function* behind(taken: number, events: Events): Events {
  try {
    for (let at = 0; ; at++) {
      const { done, value } = await events.next();
      if (done === true) return value;
      if (at >= taken) yield value;
    }
  } finally {
    await events.return(undefined as never); // closes the file
  }
}

type Next = { readonly batch: EventBatch } | { readonly analysis: Analysis };

class EventsElsewhere {
  readonly #worker: Worker;
  readonly #receiver = new BatchReceiver();
  readonly #arrived: Next[] = [];
  #isOver = false;
  #awaited: (() => void) | undefined;

  constructor(file: string, { onProgress, ...options }: EventOptions, engine: EventOptions["engine"]) {
    const workerData: EventTask = { file, options: { ...options, engine: engine! }, ahead: BatchesAhead };
    this.#worker = new Worker(new URL("./event-worker.js", import.meta.url), { workerData })
      .on("message", (message: FromEventWorker) => {
        if (message.kind === "read") return onProgress?.(message.bytes);
        if (message.kind === "batch") this.#arrived.push({ batch: this.#receiver.batchOf(message.batch) });
        else if (message.kind === "end") this.#arrived.push({ analysis: fromParts(message.analysis) });
        this.#wake(message.kind === "failed");
      })
      .on("error", () => this.#wake(true))
      .on("exit", () => this.#wake(true));
  }

  /** Undefined where it failed. */
  async next(): Promise<Next | undefined> {
    while (this.#arrived.length === 0) {
      if (this.#isOver) return undefined;
      await new Promise<void>((resolve) => (this.#awaited = resolve));
    }
    this.#worker.postMessage("taken");
    return this.#arrived.shift();
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #wake(isOver: boolean): void {
    this.#isOver ||= isOver;
    this.#awaited?.();
  }
}
