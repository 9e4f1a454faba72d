// The recordings that are open, and what passes over them have answered. A question is asked of all
// of them as often as the page is drawn; a pass is made only where none has answered it yet: passes
// that are asked the same of time and periods and filled more tables than are needed serve as well.
// Knows neither panels nor elements; tells whoever listens that something changed.

import { UsageError } from "../index.js";
import type { Analysis, EventsTable, PassOptions, WeightedStacks } from "../index.js";
import type { Question } from "./job.js";
import type { Views } from "./views.js";

/** Something that can be asked as often as needed. */
export interface RecordingSource {
  readonly name: string;
  /** undefined where it is not known, as of an analysis that was handed over. */
  readonly lengthBytes: number | undefined;
  analyze(question: Question, watch: Watch): Promise<Answered>;
}

/** What one pass over a recording found. */
export interface Answered {
  readonly analysis: Analysis;
  /** Its events, where they were asked for and are few; their rows of threads are the analysis's. */
  readonly events?: EventsTable | undefined;
}

export interface Watch {
  readonly signal: AbortSignal;
  readonly onProgress: (bytesRead: number) => void;
}

/** What a pass hands out only where it is asked to. */
export type Tables = Pick<PassOptions, "latencies" | "calls" | "wakerDepth" | "binNs" | "heatBinNs"> &
  Pick<Question, "eventsMax">;

/** A recording of fewer bytes is asked for all tables at once: that costs less than a second pass. */
const AllTablesBytesMax = 64 * 1024 * 1024;
/** Answers kept of each recording; the one asked for longest ago goes first. */
const PassesKeptMax = 4;

interface Pass {
  /** Of time and periods. */
  readonly key: string;
  readonly tables: Tables;
  readonly controller: AbortController;
  bytesRead: number;
  answered: Answered | undefined;
  error: Error | undefined;
}

export interface OpenRecording {
  readonly id: number;
  readonly source: RecordingSource;
  /** Whether the answers are of it too. */
  readonly isIncluded: boolean;
}

interface Kept extends OpenRecording {
  isIncluded: boolean;
  readonly passes: Pass[];
}

/** How far a question is answered. */
export type Answer =
  | { readonly kind: "ready"; readonly answered: readonly Answered[]; readonly analyses: readonly Analysis[] }
  | {
      readonly kind: "reading";
      readonly bytesRead: number;
      readonly lengthBytes: number;
      readonly names: readonly string[];
    }
  | { readonly kind: "failed"; readonly failures: readonly Failure[] };

export interface Failure {
  readonly recording: OpenRecording;
  /** undefined where it was cancelled. */
  readonly sentence: string | undefined;
}

export class Recordings {
  /** Where views of their analyses are made. */
  readonly views: Views;
  readonly #kept: Kept[] = [];
  readonly #listeners = new Set<() => void>();
  #problems: readonly string[] = [];
  #stacks: WeightedStacks | undefined;
  #objects: readonly string[] = [];
  #ids = 0;
  #version = 0;

  constructor(views: Views) {
    this.views = views;
  }

  /** Another number whenever anything changed. */
  get version(): number {
    return this.#version;
  }

  get list(): readonly OpenRecording[] {
    return this.#kept;
  }

  get included(): readonly OpenRecording[] {
    return this.#kept.filter((recording) => recording.isIncluded);
  }

  /** Sentences about what was to be opened last and is no recording. */
  get problems(): readonly string[] {
    return this.#problems;
  }

  /** Stacks of another tool, which are shown instead of recordings until they are closed. */
  get stacks(): WeightedStacks | undefined {
    return this.#stacks;
  }

  showStacks(stacks: WeightedStacks | undefined): void {
    this.#stacks = stacks;
    this.#tell();
  }

  /** Opens what is a recording; `problems` are about the rest. */
  add(sources: readonly RecordingSource[], problems: readonly string[] = []): void {
    this.#problems = problems;
    for (const source of sources) this.#kept.push({ id: ++this.#ids, source, isIncluded: true, passes: [] });
    this.#tell();
  }

  remove(id: number): void {
    const at = this.#kept.findIndex((recording) => recording.id === id);
    if (at < 0) return;
    for (const pass of this.#kept[at]!.passes) pass.controller.abort();
    this.#kept.splice(at, 1);
    this.#tell();
  }

  /** What is known so far of any of them. */
  get analyses(): readonly Analysis[] {
    return this.#kept.flatMap(({ passes }) => passes.flatMap(({ answered }) => answered?.analysis ?? []));
  }

  /** Object files that name frames, as they are called. */
  get objects(): readonly string[] {
    return this.#objects;
  }

  /** Frames have other names from now on, by these files: asked again, passes are made anew. */
  nameBy(objects: readonly string[]): void {
    this.#objects = objects;
    for (const { passes } of this.#kept) drop(passes, () => true);
    this.#tell();
  }

  /** Adds sentences, each once, to what is said of what was opened. */
  say(problems: readonly string[]): void {
    const added = problems.filter((problem) => !this.#problems.includes(problem));
    if (added.length === 0) return;
    this.#problems = [...this.#problems, ...added];
    this.#tell();
  }

  forgetProblems(): void {
    this.#problems = [];
    this.#tell();
  }

  include(id: number, isIncluded: boolean): void {
    const recording = this.#kept.find((one) => one.id === id);
    if (recording !== undefined) recording.isIncluded = isIncluded;
    this.#tell();
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Ends all passes that are under way; a recording that has answered nothing yet is closed. */
  cancel(): void {
    for (const recording of [...this.#kept]) {
      for (const pass of recording.passes) {
        if (pass.answered !== undefined || pass.error !== undefined) continue;
        pass.error = new DOMException("cancelled", "AbortError");
        pass.controller.abort();
      }
      if (!recording.passes.some((pass) => pass.answered !== undefined)) this.remove(recording.id);
    }
  }

  /** Asks the failed ones again. */
  retry(): void {
    for (const { passes } of this.#kept) {
      drop(passes, ({ error }) => error !== undefined);
    }
    this.#tell();
  }

  /** The answer of all recordings that are included, as far as it is known; begins passes that it takes. */
  ask(question: Question, tables: Tables): Answer {
    const asked = this.#kept.filter((recording) => recording.isIncluded);
    const passes = asked.map(
      (recording) => passOf(recording, question, tables) ?? this.#begin(recording, question, tables),
    );
    const failures = asked.flatMap((recording, at) => failureOf(recording, passes[at]!.error) ?? []);
    if (failures.length > 0) return { kind: "failed", failures };
    const answered = passes.flatMap((pass) => pass.answered ?? []);
    if (answered.length === passes.length) return { kind: "ready", answered, analyses: answered.map(({ analysis }) => analysis) };
    return {
      kind: "reading",
      bytesRead: passes.reduce((sum, { bytesRead }) => sum + bytesRead, 0),
      lengthBytes: asked.reduce((sum, { source }) => sum + (source.lengthBytes ?? 0), 0),
      names: asked.filter((_, at) => passes[at]!.answered === undefined).map(({ source }) => source.name),
    };
  }

  #begin(recording: Kept, question: Question, tables: Tables): Pass {
    const { source, passes } = recording;
    const isSmall = (source.lengthBytes ?? 0) <= AllTablesBytesMax;
    const drawsTime = tables.binNs !== undefined || tables.heatBinNs !== undefined;
    const filled: Tables =
      isSmall && !drawsTime ? { latencies: true, calls: true, wakerDepth: tables.wakerDepth ?? 1 } : tables;
    const { eventsMax, ...options } = filled;
    const controller = new AbortController();
    const pass: Pass = {
      key: keyOf(question),
      tables: filled,
      controller,
      bytesRead: 0,
      answered: undefined,
      error: undefined,
    };
    // What was begun for a question that nobody asks any more would hold up this one.
    drop(passes, ({ answered }) => answered === undefined);
    passes.unshift(pass);
    passes.splice(PassesKeptMax);
    const onProgress = (bytesRead: number) => {
      pass.bytesRead = bytesRead;
      this.#tell();
    };
    void source
      .analyze({ ...question, pass: { ...question.pass, ...options }, eventsMax }, { signal: controller.signal, onProgress })
      .then(
        (answered) => {
          pass.answered = answered;
          pass.bytesRead = source.lengthBytes ?? 0;
          this.#tell();
        },
        (error: Error) => {
          pass.error ??= error;
          this.#tell();
        },
      );
    return pass;
  }

  #tell(): void {
    this.#version++;
    for (const listener of this.#listeners) listener();
  }
}

/** Ends and forgets those of which `isDropped` holds. */
function drop(passes: Pass[], isDropped: (pass: Pass) => boolean): void {
  for (const pass of passes.filter(isDropped)) {
    pass.controller.abort();
    passes.splice(passes.indexOf(pass), 1);
  }
}

function keyOf({ when, pass }: Question): string {
  const { periodNsMin, periodNsMax, stateMask } = pass;
  return JSON.stringify([when, periodNsMin, periodNsMax, stateMask], (_, value: unknown) =>
    typeof value === "bigint" ? String(value) : value,
  );
}

/** The pass that answers the question, which is then the one asked for last. */
function passOf({ passes }: Kept, question: Question, tables: Tables): Pass | undefined {
  const key = keyOf(question);
  const at = passes.findIndex((pass) => pass.key === key && holds(pass.tables, tables));
  if (at < 0) return undefined;
  const [pass] = passes.splice(at, 1);
  passes.unshift(pass!);
  return pass;
}

function holds(has: Tables, needs: Tables): boolean {
  return (
    (needs.latencies !== true || has.latencies === true) &&
    (needs.calls !== true || has.calls === true) &&
    (needs.wakerDepth === undefined || has.wakerDepth === needs.wakerDepth) &&
    (needs.eventsMax === undefined || has.eventsMax === needs.eventsMax) &&
    (needs.binNs === undefined || has.binNs === needs.binNs) &&
    (needs.heatBinNs === undefined || has.heatBinNs === needs.heatBinNs)
  );
}

function failureOf(recording: OpenRecording, error: Error | undefined): Failure | undefined {
  if (error === undefined) return undefined;
  return { recording, sentence: error.name === "AbortError" ? undefined : sentenceOf(error) };
}

/** What a person is told; the message of our own errors is a sentence that names the recording. */
export function sentenceOf(error: Error): string {
  const isOurs = error instanceof UsageError || /^(FormatError|UsageError)$/.test(error.name);
  return isOurs ? error.message : `offcut failed: ${error.message}`;
}
