// --symbols: analyses -> the same with the names that files give (symbol-files.ts) to what their
// recordings leave unnamed. Each file is read once for all recordings. Without the option nothing is
// looked for, and the answer is what the recordings say. A file that cannot be read is a sentence on
// standard error and names nothing.

import { readFile } from "node:fs/promises";
import type { Analysis } from "../analysis.js";
import { compileSymbolizer, openSymbols, symbolizerUrl } from "../symbolizer.js";
import type { CompiledSymbolizer, DebugLink, ObjectFiles, SymbolFile } from "../symbolizer.js";
import { namesOf } from "../symbol-sources/object-names.js";
import type { ObjectNames, SymbolAnswers } from "../symbol-sources/object-names.js";
import { ProgramHeaders } from "../symbol-sources/program-headers.js";
import { wantedOffsets } from "../symbol-sources/unnamed.js";
import { withSymbols } from "../symbol-sources/with-symbols.js";
import type { Arguments, OptionDefinition } from "./arguments.js";
import { note } from "./output.js";
import { readSymbolFile, SymbolFiles } from "./symbol-files.js";
import type { SymbolPaths } from "./symbol-files.js";

export const symbolsOption: OptionDefinition = {
  flags: "--symbols <LIST>",
  description: "Name functions by these ELF files and directories; local: this host's, debuginfod: its servers'",
};

/** The analyses, named as far as --symbols says; themselves without it. */
export async function namedBySymbols(args: Arguments, analyses: readonly Analysis[]): Promise<Analysis[]> {
  const files = symbolFilesOf(args);
  if (files === undefined) return [...analyses];
  const { answers } = await findNames(files, analyses);
  return analyses.map((analysis) => withSymbols(analysis, answers));
}

/** Where --symbols looks; undefined where it is not given. */
export function symbolFilesOf(args: Arguments): SymbolFiles | undefined {
  return args.has("symbols") ? new SymbolFiles(args.values("symbols"), debugLinkOf) : undefined;
}

export interface FoundSymbols {
  readonly answers: SymbolAnswers;
  /** By build id: files that were read for it. */
  readonly paths: ReadonlyMap<string, SymbolPaths>;
}

/** Looks for what any of the analyses lacks. */
export async function findNames(files: SymbolFiles, analyses: readonly Analysis[]): Promise<FoundSymbols> {
  const answers = new Map<string, ObjectNames>();
  const paths = new Map<string, SymbolPaths>();
  for (const [buildId, { path, offsets }] of wantedOfAll(analyses)) {
    const found = await files.find(buildId, path);
    if (found.object === undefined && found.debug === undefined) continue;
    const names = await namesIn(files, found, offsets).catch((error: Error) => note(`${error.message}: not used`));
    if (names === undefined) continue;
    paths.set(buildId, found);
    answers.set(buildId, names);
  }
  return { answers, paths };
}

interface Wanted {
  readonly path: string;
  readonly offsets: BigUint64Array;
}

function wantedOfAll(analyses: readonly Analysis[]): ReadonlyMap<string, Wanted> {
  const all = new Map<string, { path: string; offsets: Set<bigint> }>();
  for (const analysis of analyses) {
    const paths = pathsByBuildId(analysis);
    for (const [buildId, offsets] of wantedOffsets(analysis)) {
      const known = all.get(buildId) ?? { path: paths.get(buildId) ?? "", offsets: new Set<bigint>() };
      all.set(buildId, known);
      for (const offset of offsets) known.offsets.add(offset);
    }
  }
  return new Map(
    [...all].map(([buildId, { path, offsets }]) => [buildId, { path, offsets: BigUint64Array.from(offsets).sort() }]),
  );
}

function pathsByBuildId({ objects, string }: Analysis): ReadonlyMap<string, string> {
  return new Map(Array.from(objects.buildId, (buildId, row) => [string(buildId), string(objects.path[row]!)]));
}

async function namesIn(files: SymbolFiles, paths: SymbolPaths, offsets: BigUint64Array): Promise<ObjectNames | undefined> {
  const bytes = {
    ...(paths.object === undefined ? {} : { object: await readSymbolFile(paths.object) }),
    ...(paths.debug === undefined ? {} : { debug: await readSymbolFile(paths.debug) }),
  };
  const name = paths.object ?? paths.debug!;
  const headers = ProgramHeaders.of(bytes.object ?? bytes.debug!);
  if (headers === undefined) {
    note(`${name} has no program headers: where its code was mapped is not known: not used`);
    return undefined;
  }
  const opened = await openWithShared(files, bytes, name);
  const names = namesOf(opened, headers, offsets);
  for (const warning of opened.warnings) note(`warning: ${warning}`);
  return names;
}

/** With the supplementary file that the debug information refers to, where there is one. */
async function openWithShared(files: SymbolFiles, bytes: ObjectFiles, name: string): Promise<SymbolFile> {
  const compiled = await localSymbolizer();
  const opened = openSymbols(compiled, bytes, { name });
  const { altLink } = opened;
  const shared = altLink && (await files.findShared(altLink.buildId));
  return shared === undefined ? opened : openSymbols(compiled, { ...bytes, alternate: await readSymbolFile(shared) }, { name });
}

async function debugLinkOf(path: string): Promise<DebugLink | undefined> {
  try {
    return openSymbols(await localSymbolizer(), await readSymbolFile(path), { name: path }).debugLink;
  } catch {
    return undefined; // what is wrong with it is said when it is opened for its names
  }
}

let compiled: Promise<CompiledSymbolizer> | undefined;

function localSymbolizer(): Promise<CompiledSymbolizer> {
  return (compiled ??= readFile(symbolizerUrl).then(compileSymbolizer));
}
