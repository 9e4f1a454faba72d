// What the page and its workers say to each other. Plain data, since it crosses threads: a job goes
// out with the bytes as a Blob, which is a name of bytes and no copy of them, or as an address; back
// come how far it is and, once, how it ended.

import type { AnalysisParts, CompiledEngine, EventsTable, Moments, PassOptions } from "../index.js";

/** Bytes that a worker can read a slice at a time. */
export type Bytes = Blob | { readonly url: string; readonly lengthBytes: number };

export interface Question {
  /** From when, and until when; what a clock shows means something only once a recording is opened. */
  readonly when: Moments;
  readonly pass: PassOptions;
  /** Single events are wanted too, where they are at most so many. */
  readonly eventsMax?: number | undefined;
}

export type ToWorker =
  | { readonly kind: "engine"; readonly engine: CompiledEngine }
  | {
      readonly kind: "analyze";
      readonly job: number;
      readonly name: string;
      readonly bytes: Bytes;
      readonly question: Question;
    }
  | { readonly kind: "cancel"; readonly job: number };

export type FromWorker =
  | { readonly kind: "progress"; readonly job: number; readonly bytesRead: number }
  | { readonly kind: "analysis"; readonly job: number; readonly parts: AnalysisParts; readonly events: EventsTable | undefined }
  | { readonly kind: "failure"; readonly job: number; readonly name: string; readonly message: string };
