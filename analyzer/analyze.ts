// One recording through one pass of the engine: chunks in, Analysis out, and the engine's Status
// made an error that says what was expected and what was found. Knows neither files nor what is
// asked of the analysis.

import { Status, Table } from "../assembly/tables.js";
import type { PassOption } from "../assembly/tables.js";
import { VersionMajor } from "../assembly/format.js";
import { partsOf, readAnalysis } from "./analysis.js";
import type { Analysis } from "./analysis.js";
import { compileEngine, EnginePass } from "./engine.js";
import type { EngineSource } from "./engine.js";
import { FormatError } from "./errors.js";
import type { RecordingPart } from "./recording-part.js";
import { partOptionValues, passOptionValues } from "./pass-options.js";
import type { PassOptions } from "./pass-options.js";
import { chunksOf, readUpTo, seekable } from "./source.js";
import type { SeekableSource, Source } from "./source.js";
import { birthsSpec, readTable, stackIdsSpec } from "./tables.js";

export interface AnalyzeOptions extends PassOptions {
  /** What to call the recording in messages; its path, where it is a file. */
  readonly name?: string;
  /** The engine, where it is not to be found beside this library. */
  readonly engine?: EngineSource;
  /** Called after each chunk with the number of bytes read so far. */
  readonly onProgress?: (bytesRead: number) => void;
  /** Ends the analysis early; its reason is thrown. */
  readonly signal?: AbortSignal;
}

/** First bytes of a file, kept for the error that shows them. */
const HeadBytesMax = 8;

/**
 * Reads a recording and analyzes it, holding neither the whole file nor its events in memory.
 *
 * A recording that was cut off or is damaged in places is answered as far as it goes; see
 * {@link Analysis.warnings}. Throws {@link FormatError} where there is nothing to answer from.
 */
export async function analyze(source: Source, options: AnalyzeOptions = {}): Promise<Analysis> {
  const pass = await beginPass(options);
  for await (const _chunk of feed(pass, source, options)) continue;
  check(pass, pass.finish(), options);
  return readAnalysis(pass, nameOf(options));
}

/**
 * Reads a recording and analyzes only the `part`th of `parts` parts of its threads. mergeParts makes
 * the analysis of the whole of all of them, which `isDivisible` says is possible. Throws as `analyze`
 * does.
 */
export async function analyzePart(
  source: Source,
  part: number,
  parts: number,
  options: AnalyzeOptions = {},
): Promise<RecordingPart> {
  const pass = await beginPass(options, partOptionValues(part, parts));
  for await (const _chunk of feed(pass, source, options)) continue;
  check(pass, pass.finish(), options);
  return readPart(pass, options);
}

/** What a finished pass made of its part. */
export function readPart(pass: EnginePass, options: AnalyzeOptions): RecordingPart {
  return {
    analysis: partsOf(readAnalysis(pass, nameOf(options))),
    births: readTable(pass, Table.Births, birthsSpec),
    stackIds: readTable(pass, Table.StackIds, stackIdsSpec),
  };
}

/** A pass that is asked what `options` say. */
export async function beginPass(
  options: AnalyzeOptions,
  more: Iterable<readonly [PassOption, bigint]> = [],
): Promise<EnginePass> {
  return new EnginePass(await compileEngine(options.engine), [...passOptionValues(options), ...more]);
}

/** What the recording is called in messages. */
export function nameOf(options: AnalyzeOptions): string {
  return options.name ?? "the recording";
}

/**
 * The same for a pass that is read while it goes on: what the recording says at its end of frames that
 * occur from its beginning on is fed first, where the source can be read in any order.
 */
export async function* feedNamesFirst(
  pass: EnginePass,
  source: Source,
  options: AnalyzeOptions,
): AsyncGenerator<number, void, undefined> {
  const whole = seekable(source);
  if (whole !== undefined) await feedAhead(pass, whole, options);
  yield* feed(pass, source, options);
}

async function feedAhead(pass: EnginePass, source: SeekableSource, options: AnalyzeOptions): Promise<void> {
  pass.startAhead(source.lengthBytes);
  for (let wanted = pass.wantedAhead(); wanted.lengthBytes > 0; wanted = pass.wantedAhead()) {
    options.signal?.throwIfAborted();
    const bytes = await readUpTo(source, wanted.from, wanted.lengthBytes);
    check(pass, pass.pushAhead(bytes), options);
  }
}

/** Feeds the recording to the pass; yields after each chunk that was taken, with the bytes so far. */
export async function* feed(
  pass: EnginePass,
  source: Source,
  options: AnalyzeOptions,
): AsyncGenerator<number, void, undefined> {
  let bytesRead = 0;
  let head = new Uint8Array(0);
  const skip = (): number => {
    const skippedBytes = Math.min(pass.skippableBytes(), remainingBytes(source, bytesRead));
    if (skippedBytes > 0) check(pass, pass.skip(skippedBytes), options);
    bytesRead += skippedBytes;
    return skippedBytes;
  };
  for await (const chunk of chunksOf(source, skip)) {
    options.signal?.throwIfAborted();
    if (head.length < HeadBytesMax) head = appendHead(head, chunk);
    check(pass, pass.push(chunk), options, head);
    bytesRead += chunk.length;
    options.onProgress?.(bytesRead);
    yield bytesRead;
  }
}

/** Of a source that is known to end. */
function remainingBytes(source: Source, bytesRead: number): number {
  return (seekable(source)?.lengthBytes ?? 0) - bytesRead;
}

/** Throws what a Status other than Ok means. `head` is the recording's beginning, to be shown. */
export function check(pass: EnginePass, status: Status, options: AnalyzeOptions, head = new Uint8Array(0)): void {
  if (status !== Status.Ok) throw statusError(status, pass, nameOf(options), head);
}

function appendHead(head: Uint8Array, chunk: Uint8Array): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(Math.min(HeadBytesMax, head.length + chunk.length));
  joined.set(head);
  joined.set(chunk.subarray(0, joined.length - head.length), head.length);
  return joined;
}

function statusError(status: Status, pass: EnginePass, name: string, head: Uint8Array): Error {
  const { offset, detail } = pass.failure();
  switch (status) {
    case Status.Empty:
      return new FormatError("is empty", { offset: 0, expected: "an offcut recording" }, name);
    case Status.NotARecording:
      return new FormatError(
        "is not an offcut recording",
        { offset, expected: "89 4f 46 46 43 55 54 0a", found: hex(head) },
        name,
      );
    case Status.NewerVersion:
      return new FormatError(
        "was written in another version of the format; use the offcut that matches its recorder",
        { offset, expected: `version ${VersionMajor}`, found: `version ${detail}` },
        name,
      );
    case Status.HeaderDamaged:
      return new FormatError(
        "has a damaged file header",
        { offset, expected: "64 bytes with a valid checksum" },
        name,
      );
    case Status.OutOfMemory:
      return new FormatError(
        "holds more distinct stacks or threads than fit into the engine's 4 GiB of memory",
        { offset },
        name,
      );
    default:
      return new Error(`${name}: the engine answered ${Status[status] ?? status} (byte ${offset})`);
  }
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}
