// What the page and its workers say to each other. Plain data, since it crosses threads: a task goes
// out, recordings being named as a Blob, which is a name of bytes and no copy of them, or as an address;
// back come how far it is and, once, how it ended.

import type { AnalysisParts, CompiledEngine, EventsTable, Moments, PassOptions, RecordingPart } from "../index.js";
import type { AskedOf, MadeOf, ViewName } from "./view-makers.js";

/** Bytes that a worker can read a slice at a time. */
export type Bytes = Blob | { readonly url: string; readonly lengthBytes: number };

export interface Question {
  /** From when, and until when; what a clock shows means something only once a recording is opened. */
  readonly when: Moments;
  readonly pass: PassOptions;
  /** Single events are wanted too, where they are at most so many. */
  readonly eventsMax?: number | undefined;
}

interface Reading {
  readonly name: string;
  readonly bytes: Bytes;
  readonly question: Question;
}

/** An ELF file that a person gave. */
export interface ObjectFile {
  readonly name: string;
  readonly buildId: string;
  /** Without code: only what was split off it. */
  readonly isDebugOnly: boolean;
  readonly bytes: Blob;
}

/** WebAssembly that naming takes, as the page holds it: see name-frames.ts. */
export interface Modules {
  readonly symbolizer: Blob;
  readonly demangler: Blob;
}

export interface GivenNames {
  readonly files: readonly ObjectFile[];
  readonly modules: Modules;
}

export interface NamedParts {
  readonly parts: AnalysisParts;
  /** Sentences about files that could not be read, or not in full. */
  readonly problems: readonly string[];
}

/** An analysis that a worker is to remember by a number, or, without `parts`, that it remembers. */
export interface Remembered {
  readonly id: number;
  readonly parts?: AnalysisParts;
}

/** What a worker can be asked, and what it answers, by kind. */
export interface Tasks {
  readonly analyze: { readonly task: Reading & { readonly given: GivenNames }; readonly outcome: AnalyzedParts };
  /** One part of a recording's threads. */
  readonly part: { readonly task: Reading & { readonly part: number; readonly parts: number }; readonly outcome: RecordingPart };
  /** undefined where they cannot be put together. */
  readonly merge: {
    readonly task: { readonly parts: readonly RecordingPart[]; readonly given: GivenNames };
    readonly outcome: NamedParts | undefined;
  };
  /** Of `analyses`; it forgets all others. */
  readonly view: {
    readonly task: { readonly view: ViewName; readonly analyses: readonly Remembered[]; readonly asked: AskedOf<ViewName> };
    readonly outcome: MadeOf<ViewName>;
  };
}

export interface AnalyzedParts extends NamedParts {
  readonly events: EventsTable | undefined;
}

export type Kind = keyof Tasks;
export type Task = { readonly [K in Kind]: { readonly kind: K } & Tasks[K]["task"] }[Kind];
export type Outcome<K extends Kind> = Tasks[K]["outcome"];

export type ToWorker =
  | { readonly kind: "engine"; readonly engine: CompiledEngine }
  | { readonly kind: "task"; readonly job: number; readonly task: Task }
  | { readonly kind: "cancel"; readonly job: number };

export type FromWorker =
  | { readonly kind: "progress"; readonly job: number; readonly bytesRead: number }
  | { readonly kind: "outcome"; readonly job: number; readonly outcome: Outcome<Kind> }
  | { readonly kind: "failure"; readonly job: number; readonly name: string; readonly message: string };
