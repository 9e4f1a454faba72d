// A worker: is sent an engine once, then tasks, and answers each with an outcome or a sentence. Bytes are
// read a slice at a time, so that a recording of any size takes the memory of one slice; between slices
// the worker hears that a task is cancelled. Several may be under way in one worker, though the page
// gives it one at a time.

import {
  analyze,
  analyzePart,
  analyzeWithEvents,
  buffersOf,
  fromParts,
  HeadBytes,
  mergeParts,
  momentOptions,
  needsStart,
  partsOf,
  seekable,
  startOf,
  UsageError,
} from "../index.js";
import type { Analysis, AnalyzeOptions, CompiledEngine, PassOptions, SeekableSource } from "../index.js";
import type { AnalyzedParts, FromWorker, Kind, Outcome, Question, Remembered, Task, ToWorker } from "./job.js";
import { nameFrames } from "./name-frames.js";
import { readAhead } from "./read-ahead.js";
import { makers } from "./view-makers.js";
import type { AskedOf, MadeOf, ViewName } from "./view-makers.js";

/** The part of a worker's global scope that is used here; the types of pages know another one. */
interface Scope {
  postMessage(message: FromWorker, transfer?: Transferable[]): void;
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
}

/** Any of them: which one is asked, and what of it, come together. */
type Maker = (analyses: readonly Analysis[], asked: AskedOf<ViewName>) => MadeOf<ViewName>;

const scope = self as unknown as Scope;
/** By job. */
const running = new Map<number, AbortController>();
/** By the number that the page gave it. */
const remembered = new Map<number, Analysis>();
let engine: CompiledEngine | undefined;

scope.onmessage = ({ data }) => {
  switch (data.kind) {
    case "engine":
      engine = data.engine;
      break;
    case "cancel":
      running.get(data.job)?.abort();
      break;
    case "task":
      void run(data.job, data.task);
  }
};

async function run(job: number, task: Task): Promise<void> {
  const controller = new AbortController();
  running.set(job, controller);
  try {
    const onProgress = (bytesRead: number) => scope.postMessage({ kind: "progress", job, bytesRead });
    const outcome = await outcomeOf(task, { signal: controller.signal, onProgress });
    scope.postMessage({ kind: "outcome", job, outcome }, outcome === undefined ? [] : buffersOf(outcome));
  } catch (error) {
    scope.postMessage({ kind: "failure", job, ...failureOf("name" in task ? task.name : "the recording", error) });
  } finally {
    running.delete(job);
  }
}

async function outcomeOf(task: Task, watch: AnalyzeOptions): Promise<Outcome<Kind>> {
  switch (task.kind) {
    case "merge": {
      const merged = mergeParts(task.parts);
      return merged && nameFrames(merged, task.given);
    }
    case "view":
      return (makers[task.view] as Maker)(remember(task.analyses), task.asked);
    case "analyze":
    case "part": {
      const { name, bytes, question } = task;
      const source = bytes instanceof Blob ? seekable(bytes) : fetched(bytes.url, bytes.lengthBytes);
      const part = await partAsked(source, name, question);
      const options = { ...question.pass, ...part, ...watch, name, ...(engine === undefined ? {} : { engine }) };
      if (task.kind === "part") return analyzePart(readAhead(source), task.part, task.parts, options);
      const { parts, events } = await analyzed(readAhead(source), question, options);
      return { ...(await nameFrames(parts, task.given)), events };
    }
  }
}

async function analyzed(source: SeekableSource, { eventsMax }: Question, options: AnalyzeOptions): Promise<Omit<AnalyzedParts, "problems">> {
  if (eventsMax === undefined) return { parts: partsOf(await analyze(source, options)), events: undefined };
  const { analysis, events } = await analyzeWithEvents(source, eventsMax, options);
  return { parts: partsOf(analysis), events };
}

/** Those sent now and those kept from the last time, of which no others are kept. */
function remember(analyses: readonly Remembered[]): readonly Analysis[] {
  const before = new Map(remembered);
  remembered.clear();
  return analyses.map(({ id, parts }) => {
    const analysis = parts === undefined ? before.get(id) : fromParts(parts);
    if (analysis === undefined) throw new Error("this worker does not remember the analysis");
    remembered.set(id, analysis);
    return analysis;
  });
}

/** What is said of a job that failed: our own errors are sentences, the browser's are made one. */
function failureOf(recording: string, error: unknown): { readonly name: string; readonly message: string } {
  if (error instanceof DOMException && error.name !== "AbortError") {
    return {
      name: "FormatError",
      message: `${recording} cannot be read any more: was it moved or changed? Open it again`,
    };
  }
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return { name, message };
}

/** What `when` means for this recording, whose first bytes say when it began. */
async function partAsked(source: SeekableSource, name: string, { when }: Question): Promise<PassOptions> {
  if (!needsStart(when)) return momentOptions(when);
  const head = await source.read(0, Math.min(HeadBytes, source.lengthBytes));
  return momentOptions(when, startOf(await analyze(head, { name, ...(engine === undefined ? {} : { engine }) })));
}

/** A recording on the server that the page came from. */
function fetched(url: string, lengthBytes: number): SeekableSource {
  const read = async (from: number, length: number): Promise<Uint8Array> => {
    const headers = { Range: `bytes=${from}-${from + length - 1}` };
    const response = await fetch(url, { headers }).catch(() => undefined);
    if (response?.status !== 206) throw new UsageError("offcut view does not answer; is it still running?");
    return new Uint8Array(await response.arrayBuffer());
  };
  return { lengthBytes, read };
}
