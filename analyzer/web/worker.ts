// A worker: is sent an engine once, then jobs, and answers each with an analysis or a sentence. Bytes
// are read a slice at a time, so that a recording of any size takes the memory of one slice; between
// slices the worker hears that a job is cancelled. Several jobs may be under way in one worker, though
// the page gives it one at a time.

import {
  analyze,
  analyzeWithEvents,
  HeadBytes,
  momentOptions,
  needsStart,
  partsOf,
  startOf,
  UsageError,
} from "../index.js";
import type { AnalyzeOptions, CompiledEngine, PassOptions, SeekableSource } from "../index.js";
import type { Bytes, FromWorker, Question, ToWorker } from "./job.js";
import type { Answered } from "./recordings.js";

/** The part of a worker's global scope that is used here; the types of pages know another one. */
interface Scope {
  postMessage(message: FromWorker, transfer?: Transferable[]): void;
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
}

const scope = self as unknown as Scope;
const running = new Map<number, AbortController>();
let engine: CompiledEngine | undefined;

scope.onmessage = ({ data }) => {
  switch (data.kind) {
    case "engine":
      engine = data.engine;
      break;
    case "cancel":
      running.get(data.job)?.abort();
      break;
    case "analyze":
      void run(data.job, data.name, data.bytes, data.question);
  }
};

async function run(job: number, name: string, bytes: Bytes, question: Question): Promise<void> {
  const controller = new AbortController();
  running.set(job, controller);
  try {
    const source = bytes instanceof Blob ? sliced(bytes) : fetched(bytes.url, bytes.lengthBytes);
    const part = await partAsked(source, name, question);
    const { analysis, events } = await answerOf(readAhead(source), question, {
      ...question.pass,
      ...part,
      name,
      ...(engine === undefined ? {} : { engine }),
      signal: controller.signal,
      onProgress: (bytesRead) => scope.postMessage({ kind: "progress", job, bytesRead }),
    });
    const parts = partsOf(analysis);
    scope.postMessage({ kind: "analysis", job, parts, events }, buffersOf({ parts, events }));
  } catch (error) {
    scope.postMessage({ kind: "failure", job, ...failureOf(name, error) });
  } finally {
    running.delete(job);
  }
}

async function answerOf(source: SeekableSource, { eventsMax }: Question, options: AnalyzeOptions): Promise<Answered> {
  return eventsMax === undefined
    ? { analysis: await analyze(source, options) }
    : analyzeWithEvents(source, eventsMax, options);
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

function sliced(blob: Blob): SeekableSource {
  const read = async (from: number, length: number) =>
    new Uint8Array(await blob.slice(from, from + length).arrayBuffer());
  return { lengthBytes: blob.size, read };
}

/** The same, its next bytes being fetched while the engine works on those before. */
function readAhead(source: SeekableSource): SeekableSource {
  let ahead: { readonly from: number; readonly length: number; readonly bytes: Promise<Uint8Array> } | undefined;
  const read = (from: number, length: number): Promise<Uint8Array> => {
    const isAhead = ahead?.from === from && ahead.length === length;
    const bytes = isAhead ? ahead!.bytes : source.read(from, length);
    const next = Math.min(length, source.lengthBytes - from - length);
    ahead = next > 0 ? { from: from + length, length: next, bytes: source.read(from + length, next) } : undefined;
    // Whoever asks for them meets the error; perhaps nobody does.
    ahead?.bytes.catch(() => undefined);
    return bytes;
  };
  return { lengthBytes: source.lengthBytes, read };
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

/** The memory of all columns, to be handed over and not copied. */
function buffersOf(parts: object, into = new Set<ArrayBuffer>()): Transferable[] {
  for (const value of Object.values(parts)) {
    if (ArrayBuffer.isView(value)) into.add(value.buffer as ArrayBuffer);
    else if (typeof value === "object" && value !== null && !(value instanceof Map)) buffersOf(value as object, into);
  }
  return [...into];
}
