// What Node adds to the library: recordings by path, and recording. The only file of the library proper
// that uses Node's modules. A file is read a chunk at a time, the next chunk while
// the engine works on this one; "-" is standard input, answered from when it ends.

import { open, readFile } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { analyze as analyzeBytes, analyzePart as analyzePartOfBytes } from "./analyze.js";
import type { AnalyzeOptions } from "./analyze.js";
import type { Analysis } from "./analysis.js";
import { loadDemangler } from "./demangle.js";
import type { Demangler } from "./demangle.js";
import { compileEngine, engineUrl } from "./engine.js";
import type { CompiledEngine } from "./engine.js";
import { CaptureError } from "./errors.js";
import { readEvents as readEventsOfBytes, readPartEvents as readPartEventsOfBytes } from "./events.js";
import type { EventBatch } from "./event-batch.js";
import type { EventOptions } from "./events.js";
import { analyzeIntervals as analyzeIntervalsOfBytes } from "./intervals.js";
import type { Interval, IntervalOptions } from "./intervals.js";
import { analyzeWithEvents as analyzeBytesWithEvents } from "./kept-events.js";
import type { AnalysisWithEvents } from "./kept-events.js";
import { startWithWords, wordsOf } from "./recorder.js";
import type { CaptureAddon, Recording, RecordOptions } from "./recorder.js";
import type { RecordingPart } from "./recording-part.js";
import type { SeekableSource, Source } from "./source.js";
import { compileSymbolizer, symbolizerUrl } from "./symbolizer.js";
import type { CompiledSymbolizer } from "./symbolizer.js";

/** What is read from the file system at once: large enough that a read costs little beside a pass. */
const ReadBytes = 1024 * 1024;

/** A recording: a path, "-" for standard input, a file URL, or bytes as in browsers. */
export type NodeSource = Source | string | URL;

/**
 * Analyzes a recording.
 *
 * Throws FormatError where there is nothing to answer from, and the system's error where the file
 * cannot be read. A recording that was cut off or damaged in places is answered as far as it goes.
 */
export async function analyze(source: NodeSource, options: AnalyzeOptions = {}): Promise<Analysis> {
  const opened = await openSource(source, options);
  try {
    return await analyzeBytes(opened.source, opened.options);
  } finally {
    await opened.close();
  }
}

/** Analyzes one part of a recording's threads, to be put together by mergeParts. Throws as `analyze` does. */
export async function analyzePart(
  source: NodeSource,
  part: number,
  parts: number,
  options: AnalyzeOptions = {},
): Promise<RecordingPart> {
  const opened = await openSource(source, options);
  try {
    return await analyzePartOfBytes(opened.source, part, parts, opened.options);
  } finally {
    await opened.close();
  }
}

/** Analyzes a recording and keeps its events where they are few. Throws as `analyze` does. */
export async function analyzeWithEvents(
  source: NodeSource,
  eventsMax: number,
  options: AnalyzeOptions = {},
): Promise<AnalysisWithEvents> {
  const opened = await openSource(source, options);
  try {
    return await analyzeBytesWithEvents(opened.source, eventsMax, opened.options);
  } finally {
    await opened.close();
  }
}

/** The events of a recording, in order of time, and at last its analysis. Throws as `analyze` does. */
export async function* readEvents(
  source: NodeSource,
  options: EventOptions = {},
): AsyncGenerator<EventBatch, Analysis, undefined> {
  const opened = await openSource(source, options, true);
  try {
    return yield* readEventsOfBytes(opened.source, opened.options);
  } finally {
    await opened.close();
  }
}

/** The events of one part of a recording's threads, and at last that part's analysis. Throws as `analyze` does. */
export async function* readPartEvents(
  source: NodeSource,
  part: number,
  parts: number,
  options: EventOptions = {},
): AsyncGenerator<EventBatch, RecordingPart, undefined> {
  const opened = await openSource(source, options, true);
  try {
    return yield* readPartEventsOfBytes(opened.source, part, parts, opened.options);
  } finally {
    await opened.close();
  }
}

/** The intervals of a recording, each as soon as it is whole. Throws as `analyze` does. */
export async function* analyzeIntervals(
  source: NodeSource,
  options: IntervalOptions,
): AsyncGenerator<Interval, void, undefined> {
  const opened = await openSource(source, options, true);
  try {
    yield* analyzeIntervalsOfBytes(opened.source, opened.options);
  } finally {
    await opened.close();
  }
}

/** A source as the library takes it everywhere, with the engine and a name for messages. */
interface OpenedSource<Options> {
  readonly source: Source;
  readonly options: Options;
  close(): Promise<void>;
}

/** `inAnyOrder`: whether more is asked of a file than its bytes from the first to the last. */
async function openSource<Options extends AnalyzeOptions>(
  source: NodeSource,
  options: Options,
  inAnyOrder = options.fromNs !== undefined || options.toNs !== undefined,
): Promise<OpenedSource<Options>> {
  const engine = options.engine ?? (await localEngine());
  const withName = (name: string): Options => ({ name, ...options, engine });
  const nothing = async (): Promise<void> => {};
  if (source === "-") return { source: process.stdin, options: withName("standard input"), close: nothing };
  if (typeof source !== "string" && !(source instanceof URL)) {
    return { source, options: { ...options, engine }, close: nothing };
  }
  const path = typeof source === "string" ? source : fileURLToPath(source);
  const file = inAnyOrder ? await openFile(path) : undefined;
  if (file === undefined) return { source: fileChunks(path), options: withName(path), close: nothing };
  return { source: file.source, options: withName(path), close: () => file.handle.close() };
}

/** A regular file of which any part can be read; undefined where it is none. */
async function openFile(path: string): Promise<{ source: SeekableSource; handle: FileHandle } | undefined> {
  const handle = await open(path, "r");
  const { size } = await handle.stat().catch(() => ({ size: 0 }));
  if (size === 0) {
    await handle.close(); // a pipe, a device: it has no other place than the next one
    return undefined;
  }
  const read = async (from: number, lengthBytes: number): Promise<Uint8Array> => {
    const buffer = new Uint8Array(lengthBytes);
    const { bytesRead } = await handle.read(buffer, 0, lengthBytes, from).catch((error: Error) => {
      throw Object.assign(error, { path });
    });
    return buffer.subarray(0, bytesRead);
  };
  return { source: { lengthBytes: size, read }, handle };
}

let compiled: Promise<CompiledEngine> | undefined;

/** The engine from beside this library, read and compiled once per process. */
export function localEngine(): Promise<CompiledEngine> {
  return (compiled ??= readModule(engineUrl).then(compileEngine));
}

let compiledSymbolizer: Promise<CompiledSymbolizer> | undefined;

/** The symbolizer from beside this library, read and compiled once per process. */
export function localSymbolizer(): Promise<CompiledSymbolizer> {
  return (compiledSymbolizer ??= readModule(symbolizerUrl).then(compileSymbolizer));
}

let demangler: Promise<Demangler> | undefined;

/** The demangler, of its package's module: read and compiled once per process. */
export function localDemangler(): Promise<Demangler> {
  const require = createRequire(import.meta.url);
  return (demangler ??= readFile(require.resolve("gecko-profiler-demangle/index_bg.wasm")).then(loadDemangler));
}

/** In the package modules are beside build/analyzer; run from source, as tests do, one directory further. */
async function readModule(url: URL): Promise<Uint8Array> {
  try {
    return await readFile(url);
  } catch (error) {
    return readFile(new URL(`../build/${url.pathname.split("/").at(-1)}`, import.meta.url)).catch(() => {
      throw error;
    });
  }
}

/**
 * Starts recording in this process (Linux, with the privileges that `offcut doctor` names) and
 * resolves once every event is recorded. Throws UsageError for options that do not go together,
 * CaptureError where recording is not possible here.
 */
export async function startRecording(options: RecordOptions = {}): Promise<Recording> {
  const addon = loadCaptureAddon();
  if (addon === undefined) {
    throw new CaptureError(
      `the recorder is not installed for ${process.platform}-${process.arch}`,
      'Build it with "npm run build:addon" in the source tree, or record with offcut-capture.',
    );
  }
  return startWithWords(addon, wordsOf(options), options.onNotice);
}

/** The recorder as an addon, from the source tree or the per-platform package, where it is built. */
export function loadCaptureAddon(): CaptureAddon | undefined {
  const require = createRequire(import.meta.url);
  const packaged = `offcut-capture-${process.platform}-${process.arch}/offcut-capture.node`;
  for (const path of ["../offcut-capture.node", "../build/offcut-capture.node", packaged]) {
    try {
      return require(path) as CaptureAddon;
    } catch (error) {
      // Absent is what it may be; there but not to be loaded is an error that must be seen.
      if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
    }
  }
  return undefined;
}

/** The bytes of a file in order. A chunk is valid until the next one is asked for. */
async function* fileChunks(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  const file = await open(path, "r");
  let pending: Promise<{ bytesRead: number; buffer: Uint8Array }> | undefined;
  try {
    const buffers = [new Uint8Array(ReadBytes), new Uint8Array(ReadBytes)] as const;
    // Position null: read on from where the last read ended, so that pipes and devices work too.
    const read = (turn: number) => file.read(buffers[turn & 1]!, 0, ReadBytes, null);
    pending = read(0);
    for (let turn = 1; ; turn++) {
      const { bytesRead, buffer } = await pending.catch((error: Error) => {
        throw Object.assign(error, { path }); // which the system names for open alone
      });
      pending = undefined;
      if (bytesRead === 0) return;
      pending = read(turn);
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await pending?.catch(() => undefined);
    await file.close();
  }
}
