// What the files that --symbols leads to say of the frames of analyses. Each file is read once for all
// recordings. One that cannot be read is a sentence on standard error and names nothing.

import type { Analysis } from "../analysis.js";
import { unpackDebugData } from "../debug-data.js";
import { localSymbolizer } from "../on-node.js";
import { namesOf } from "../symbol-sources/object-names.js";
import type { ObjectNames, SymbolAnswers } from "../symbol-sources/object-names.js";
import { ProgramHeaders } from "../symbol-sources/program-headers.js";
import { wantedOffsets } from "../symbol-sources/needs.js";
import { openSymbols } from "../symbolizer.js";
import type { ObjectFiles, SymbolFile } from "../symbolizer.js";
import { note } from "./output.js";
import { readSymbolParts } from "./symbol-files.js";
import type { SymbolFiles, SymbolPaths } from "./symbol-files.js";

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
    ...(paths.object === undefined ? {} : { object: await readSymbolParts(paths.object) }),
    ...(paths.debug === undefined ? {} : { debug: await readSymbolParts(paths.debug) }),
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

/**
 * With what the object's debug information refers to (a supplementary file) or, where it was stripped and
 * nothing was split off it, with the symbols that it has packed.
 */
async function openWithShared(files: SymbolFiles, bytes: ObjectFiles, name: string): Promise<SymbolFile> {
  const compiled = await localSymbolizer();
  const opened = openSymbols(compiled, bytes, { name });
  const { altLink, packedDebugData } = opened;
  const shared = altLink && (await files.findShared(altLink.buildId));
  if (shared !== undefined) return openSymbols(compiled, { ...bytes, alternate: await readSymbolParts(shared) }, { name });
  if (packedDebugData === undefined || bytes.debug !== undefined) return opened;
  return openSymbols(compiled, { ...bytes, debugData: await unpackDebugData(packedDebugData, name) }, { name });
}
