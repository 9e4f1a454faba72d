// A worker thread that reads the events of one recording and sends them, batch by batch, as many ahead
// as it is allowed, to the thread that looks at them (events-on-cpus.ts). What goes wrong is only said
// to have gone wrong: whoever asked reads the recording itself, and meets the error.

import { parentPort, workerData } from "node:worker_threads";
import type { MessagePort } from "node:worker_threads";
import { partsOf } from "../analysis.js";
import type { AnalysisParts } from "../analysis.js";
import type { EventOptions } from "../events.js";
import { readEvents } from "../on-node.js";
import { BatchSender } from "./event-message.js";
import type { BatchMessage } from "./event-message.js";
import { buffersOf } from "../transfer.js";

export interface EventTask {
  readonly file: string;
  readonly options: EventOptions;
  /** Batches that may be on their way; each that is looked at makes room for another one. */
  readonly ahead: number;
}

export type FromEventWorker =
  | { readonly kind: "read"; readonly bytes: number }
  | { readonly kind: "batch"; readonly batch: BatchMessage }
  | { readonly kind: "end"; readonly analysis: AnalysisParts }
  | { readonly kind: "failed" };

async function send(to: MessagePort, { file, options, ahead }: EventTask): Promise<void> {
  const post = (message: FromEventWorker) => to.postMessage(message, buffersOf(message));
  const room = new Room(to, ahead);
  const sender = new BatchSender();
  const onProgress = (bytes: number) => post({ kind: "read", bytes });
  const events = readEvents(file, { ...options, onProgress });
  for (;;) {
    const { done, value } = await events.next();
    if (done === true) return post({ kind: "end", analysis: partsOf(value) });
    await room.taken();
    post({ kind: "batch", batch: sender.messageOf(value) });
  }
}

/** For batches on their way. */
class Room {
  #left: number;
  #awaited: (() => void) | undefined;

  constructor(port: MessagePort, places: number) {
    this.#left = places;
    port.on("message", () => {
      this.#left++;
      this.#awaited?.();
    });
  }

  /** Takes a place, as soon as there is one. */
  async taken(): Promise<void> {
    while (this.#left === 0) await new Promise<void>((resolve) => (this.#awaited = resolve));
    this.#left--;
  }
}

// Behind the class, which is not there before it has been defined.
const port = parentPort;
if (port !== null) void send(port, workerData as EventTask).catch(() => port.postMessage({ kind: "failed" }));
