// Prints the lines of batches of events, in their order, made on as many CPUs as may be used: by
// workers that are sent a batch each, and by this thread where all of them have enough to do.
//
//   batch      1    2    3    4    5    6      a turn each: printed as soon as it is made and those
//   made by   here  w1   w1  here  w1   ...    before are printed
//
// Workers are started when the first batches have been printed: few events need none, and nobody
// waits for the first line longer than for one thread.

import { setImmediate } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import type { EventBatch } from "../event-batch.js";
import { BatchReceiver, BatchSender } from "./event-message.js";
import type { LineMaker, MadeLines } from "./lines-task.js";
import type { FromLinesWorker, LinesQuestion } from "./lines-worker.js";
import { print } from "./output.js";
import { buffersOf } from "../transfer.js";

/** As many are printed in about the time in which a worker starts. */
const BatchesBeforeWorkers = 4;
/** Batches that a worker has: the one it is at, and the next. */
const BatchesPerWorker = 2;
/** Batches that are not printed yet, by CPU. */
const TurnsPerCpu = 3;

/** What becomes of a batch: its lines, or itself where only this thread can make them, in its turn. */
type Outcome = MadeLines | EventBatch;

export class LinePrinter {
  readonly #question: LinesQuestion;
  readonly #cpus: number;
  /** Makes the lines of the batch whose turn it is. */
  readonly #inOrder: LineMaker;
  /** Makes those of batches whose turn is still to come. */
  readonly #ahead: LineMaker;
  /** Batches that are not printed yet, until they are. */
  readonly #turns: Promise<void>[] = [];
  #workers: LinesElsewhere[] = [];
  #batches = 0;

  constructor(inOrder: LineMaker, ahead: LineMaker, question: LinesQuestion, cpus: number) {
    this.#question = question;
    this.#cpus = cpus;
    this.#inOrder = inOrder;
    this.#ahead = ahead;
  }

  /** Prints the lines of `batch`, behind all those before: now, or when they are made. */
  async take(batch: EventBatch): Promise<void> {
    if (this.#cpus > 1 && this.#batches++ === BatchesBeforeWorkers) this.#startWorkers();
    if (this.#workers.length > 0) await setImmediate(); // for what workers have made
    const worker = this.#workers.find((one) => one.batches < BatchesPerWorker);
    if (worker !== undefined) this.#add(worker.made(batch));
    else if (this.#turns.length > 0) this.#add(this.#madeAhead(batch));
    else await this.#print(batch);
    while (this.#turns.length > TurnsPerCpu * this.#cpus) await this.#turns[0];
  }

  /** Until all is printed. */
  async finish(): Promise<void> {
    await this.#turns.at(-1);
  }

  /** Also where something went wrong. */
  async end(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.end()));
  }

  #startWorkers(): void {
    this.#workers = Array.from({ length: this.#cpus - 1 }, () => new LinesElsewhere(this.#question));
  }

  #add(outcome: Outcome | Promise<Outcome>): void {
    const before = this.#turns.at(-1);
    const made = Promise.resolve(outcome);
    const turn = (async () => {
      await before;
      await this.#print(await made);
      this.#turns.shift();
    })();
    // Whoever waits for the first turn meets its error, and those behind it are not waited for.
    for (const promise of [made, turn]) promise.catch(() => undefined);
    this.#turns.push(turn);
  }

  #madeAhead(batch: EventBatch): Outcome {
    try {
      return this.#ahead.made(batch, this.#question.selection);
    } catch {
      return batch;
    }
  }

  async #print(outcome: Outcome): Promise<void> {
    if ("events" in outcome) return print(this.#inOrder.next(outcome, this.#question.selection));
    this.#inOrder.evaluator.addFound(outcome.found);
    await print(outcome.pieces);
  }
}

interface Asked {
  readonly batch: EventBatch;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: Error) => void;
}

class LinesElsewhere {
  readonly #worker: Worker;
  readonly #sender = new BatchSender();
  readonly #receiver = new BatchReceiver();
  /** What it has not answered yet, in order. */
  readonly #asked: Asked[] = [];
  #died: Error | undefined;

  constructor(workerData: LinesQuestion) {
    this.#worker = new Worker(new URL("./lines-worker.js", import.meta.url), { workerData })
      .on("message", (answer: FromLinesWorker) => this.#take(answer))
      .on("error", (error: Error) => this.#die(error))
      .on("exit", (code) => this.#die(new Error(`it ended (${code})`)));
  }

  /** Batches that it was sent and has not answered. */
  get batches(): number {
    return this.#died === undefined ? this.#asked.length : Infinity;
  }

  /** The lines of `batch`, whose memory is handed over. */
  made(batch: EventBatch): Promise<Outcome> {
    const message = this.#sender.messageOf(batch);
    const { events, argumentTable } = message;
    this.#worker.postMessage(message, buffersOf({ events, argumentTable })); // names are others' too
    return new Promise((resolve, reject) => this.#asked.push({ batch, resolve, reject }));
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #take(answer: FromLinesWorker): void {
    const { batch, resolve } = this.#asked.shift()!;
    if ("pieces" in answer) resolve(answer);
    else resolve(this.#receiver.batchOf({ ...answer, names: batch.names }));
  }

  #die(error: Error): void {
    this.#died ??= error;
    for (const { reject } of this.#asked.splice(0)) reject(new Error(`a worker thread died: ${error.message}`));
  }
}
