// A recording read by the workers of the page: by one, or, where it is large, divided by its threads among
// several and put together again to the last byte (mergeParts), which a worker does, too. Small
// recordings, for which threads cost more than they give, and what cannot be divided are one task.

import { fromParts, isDivisible } from "../index.js";
import type { RecordingPart } from "../index.js";
import type { Bytes, GivenNames, NamedParts, Question } from "./job.js";
import type { Answered, Watch } from "./recordings.js";
import type { WorkerPool } from "./worker-pool.js";

/** Below, every part reading all blocks costs more than a second worker gives. */
const BytesWorthParts = 24 * 1024 * 1024;
/** Every part has an engine with memory of its own, and reads all blocks: more give little and take much. */
const PartsMax = 3;

export interface Recorded {
  readonly name: string;
  readonly bytes: Bytes;
}

export interface Read extends Answered {
  /** Sentences about files that were to name its frames. */
  readonly problems: readonly string[];
}

/** Rejects with an Error whose name is AbortError where the signal of `watch` ended it. */
export async function read(
  pool: WorkerPool,
  { name, bytes }: Recorded,
  question: Question,
  given: GivenNames,
  watch: Watch,
): Promise<Read> {
  const lengthBytes = bytes instanceof Blob ? bytes.size : bytes.lengthBytes;
  const isWorthParts = pool.workers > 1 && lengthBytes >= BytesWorthParts && question.eventsMax === undefined && isDivisible(question.pass);
  if (isWorthParts) {
    const merged = await readInParts(pool, { name, bytes }, question, given, watch);
    if (merged !== undefined) return { analysis: fromParts(merged.parts), problems: merged.problems };
  }
  const { parts, events, problems } = await pool.run({ kind: "analyze", name, bytes, question, given }, watch);
  return { analysis: fromParts(parts), events, problems };
}

/** undefined where the parts cannot be put together: one instance has to answer then. */
async function readInParts(
  pool: WorkerPool,
  recorded: Recorded,
  question: Question,
  given: GivenNames,
  watch: Watch,
): Promise<NamedParts | undefined> {
  const count = Math.min(pool.workers, PartsMax);
  const bytesRead = new Array<number>(count).fill(0);
  // Where one of them fails the others need not go on.
  const failing = new AbortController();
  const signal = AbortSignal.any([watch.signal, failing.signal]);
  const partOf = (part: number): Promise<RecordingPart> => {
    const onProgress = (read: number) => {
      bytesRead[part] = read;
      watch.onProgress(bytesRead.reduce((sum, each) => sum + each, 0) / count);
    };
    return pool.run({ kind: "part", ...recorded, question, part, parts: count }, { signal, onProgress });
  };
  try {
    const parts = await Promise.all(bytesRead.map((_, part) => partOf(part)));
    return await pool.run({ kind: "merge", parts, given }, { signal, handedOver: parts });
  } catch (error) {
    failing.abort();
    throw error;
  }
}
