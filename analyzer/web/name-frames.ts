// Names of an analysis, in the worker that made it: what object files that a person gave say of its
// frames, each by its build id, and C++ and Rust names as their source had them. The modules that
// this takes are unpacked and compiled when they are first needed.

import {
  compileSymbolizer,
  fromParts,
  hasMangledSymbols,
  loadDemangler,
  namesOf,
  openSymbols,
  partsOf,
  ProgramHeaders,
  readNeeded,
  seekable,
  wantedOffsets,
  withShownSymbols,
  withSymbols,
} from "../index.js";
import type { Analysis, AnalysisParts, CompiledSymbolizer, Demangler, ObjectNames } from "../index.js";
import { bytesOfBase64, inflated } from "./embedded.js";
import type { GivenNames, NamedParts, ObjectFile } from "./job.js";

let symbolizer: Promise<CompiledSymbolizer> | undefined;
let demangler: Promise<Demangler> | undefined;

export async function nameFrames(parts: AnalysisParts, given: GivenNames): Promise<NamedParts> {
  const problems: string[] = [];
  const named = await namedByFiles(fromParts(parts), given, problems);
  if (!hasMangledSymbols(named)) return { parts: partsOf(named), problems };
  demangler ??= unpacked(given.modules.demangler).then(loadDemangler);
  return { parts: partsOf(withShownSymbols(named, { demangler: await demangler })), problems };
}

async function namedByFiles(analysis: Analysis, given: GivenNames, problems: string[]): Promise<Analysis> {
  if (given.files.length === 0) return analysis;
  const answers = new Map<string, ObjectNames>();
  for (const [buildId, offsets] of wantedOffsets(analysis)) {
    const files = given.files.filter((file) => file.buildId === buildId);
    if (files.length === 0) continue;
    try {
      answers.set(buildId, await namesIn(files, offsets, given, problems));
    } catch (error) {
      problems.push(`${files[0]!.name} names nothing: ${(error as Error).message}`);
    }
  }
  return withSymbols(analysis, answers);
}

async function namesIn(
  files: readonly ObjectFile[],
  offsets: BigUint64Array,
  { files: all, modules }: GivenNames,
  problems: string[],
): Promise<ObjectNames> {
  const contents = async (file: ObjectFile | undefined) => file && readNeeded(seekable(file.bytes));
  const object = await contents(files.find(({ isDebugOnly }) => !isDebugOnly));
  const debug = await contents(files.find(({ isDebugOnly }) => isDebugOnly));
  const headers = ProgramHeaders.of((object ?? debug)!);
  if (headers === undefined) throw new Error("it has no program headers");
  symbolizer ??= unpacked(modules.symbolizer).then(compileSymbolizer);
  const parts = { ...(object && { object }), ...(debug && { debug }) };
  const options = { name: files[0]!.name };
  const opened = openSymbols(await symbolizer, parts, options);
  const alternate = await contents(all.find(({ buildId }) => buildId === opened.altLink?.buildId));
  const whole = alternate === undefined ? opened : openSymbols(await symbolizer, { ...parts, alternate }, options);
  const names = namesOf(whole, headers, offsets);
  problems.push(...whole.warnings);
  return names;
}

/** The bytes of a module, which the page holds compressed and as base64. */
async function unpacked(blob: Blob): Promise<ArrayBuffer> {
  return (await inflated(bytesOfBase64(await blob.text()))).arrayBuffer();
}
