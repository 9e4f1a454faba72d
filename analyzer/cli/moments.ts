// Recordings opened where --from and --to (filters/moments.ts) may ask for a part of them: as a file
// that is read in leaps, or, where a clock's time is asked for, as a stream whose first bytes are
// analyzed alone first, because they say when it began.

import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { Analysis } from "../analysis.js";
import { HeadBytes, momentOptions, needsStart, startOf } from "../filters/moments.js";
import type { Moments, RecordingStart } from "../filters/moments.js";
import { analyze, analyzePart } from "../on-node.js";
import type { AnalyzeOptions } from "../analyze.js";
import type { NodeSource } from "../on-node.js";
import type { RecordingPart } from "../recording-part.js";
import type { PassOptions } from "../pass-options.js";

/** Read at once, where a file is read as a stream. */
const ReadBytes = 1024 * 1024;

/** A recording to be read, and what the pass over it is asked. */
export interface Opened {
  readonly source: NodeSource;
  readonly name: string;
  readonly pass: PassOptions;
}

/** The `part`th of `parts` parts of a recording's threads. */
export interface PartOfThreads {
  readonly part: number;
  readonly parts: number;
}

/**
 * `file`, "-" being standard input, to be read once. By its path a file is read ahead while the engine
 * works, and in leaps where only a part of it is asked for; a pipe whose beginning had to be read to know
 * what is asked goes on from there.
 */
export async function openWithin(file: string, when: Moments): Promise<Opened> {
  const name = file === "-" ? "standard input" : file;
  if (!needsStart(when)) return { source: file, name, pass: momentOptions(when) };
  const chunks = file === "-" ? process.stdin : createReadStream(file, { highWaterMark: ReadBytes });
  const { start, source } = await readStart(chunks, name);
  const pass = momentOptions(when, start);
  if (file === "-" || !(await stat(file)).isFile()) return { source, name, pass };
  chunks.destroy();
  return { source: file, name, pass };
}

/** Analyzes `file`, "-" being standard input, as far as `when` says. */
export async function analyzeWithin(file: string, when: Moments, options: AnalyzeOptions): Promise<Analysis> {
  const { source, name, pass } = await openWithin(file, when);
  return analyze(source, { ...options, ...pass, name });
}

/** The same for one part of its threads. */
export async function analyzePartWithin(
  file: string,
  when: Moments,
  { part, parts }: PartOfThreads,
  options: AnalyzeOptions,
): Promise<RecordingPart> {
  const { source, name, pass } = await openWithin(file, when);
  return analyzePart(source, part, parts, { ...options, ...pass, name });
}

/**
 * Reads as much of `chunks` as says when the recording began. What was read comes again in
 * `source`, because a pipe can be read only once.
 */
export async function readStart(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
): Promise<{ readonly start: RecordingStart; readonly source: AsyncIterable<Uint8Array> }> {
  const iterator = chunks[Symbol.asyncIterator]();
  const head: Uint8Array[] = [];
  let headBytes = 0;
  while (headBytes < HeadBytes) {
    const { done, value } = await iterator.next();
    if (done === true) break;
    // Copied: a chunk may be valid only until the next one is asked for.
    head.push(value.slice());
    headBytes += value.length;
  }
  const start = startOf(await analyze(Buffer.concat(head).subarray(0, HeadBytes), { name }));
  return { start, source: continued(head, iterator) };
}

async function* continued(
  head: readonly Uint8Array[],
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* head;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}
