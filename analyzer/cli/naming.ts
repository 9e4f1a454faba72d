// What functions are called in answers: names that files give where --symbols says to look for them
// (symbol-files.ts), C++ and Rust names as their source had them. Without --symbols nothing is looked
// for, and the names are those that the recordings hold: an answer does not depend on where it is asked.

import type { Analysis, Names } from "../analysis.js";
import type { Filters } from "../filters/filters.js";
import { localDemangler } from "../on-node.js";
import type { PassOptions } from "../pass-options.js";
import { hasMangledSymbols, withShownSymbols } from "../shown-symbols.js";
import { withSymbols } from "../symbol-sources/with-symbols.js";
import type { SelectionOptions } from "../views/selection.js";
import type { Arguments, OptionDefinition } from "./arguments.js";
import { readJobs } from "./on-cpus.js";
import { readRecordings } from "./recordings.js";
import { findNames } from "./symbol-answers.js";
import { SymbolFiles } from "./symbol-files.js";

export const symbolsOption: OptionDefinition = {
  flags: "--symbols <LIST>",
  description: "Name functions by these ELF files and directories; local: this host's, debuginfod: its servers'",
};

/** Of folded text, mostly. */
export const annotateOption: OptionDefinition = {
  flags: "-a, --annotate",
  description: "Behind names _[k] of the kernel, _[i] inlined, _[j] made at run time, as flamegraph.pl colours",
};

/** How functions are called, whichever names are known. */
export const shownNameOptions: readonly OptionDefinition[] = [
  { flags: "--mangled", description: "C++ and Rust names as they are in the object files" },
  { flags: "--merge-clones", description: "What compilers made of a function (f.cold, f.isra.0) as the function (f)" },
];

export const namingOptions: readonly OptionDefinition[] = [symbolsOption, ...shownNameOptions];

/** What is asked of names. Plain data: worker threads are sent it. */
export interface Naming {
  /** Where to look; undefined: nowhere. */
  readonly symbols: readonly string[] | undefined;
  readonly isMangled: boolean;
  readonly mergeClones: boolean;
}

/** Names as their recordings have them, shown as their source had them. */
export const asWritten: Naming = { symbols: undefined, isMangled: false, mergeClones: false };

/** Throws UsageError. */
export function readNaming(args: Arguments): Naming {
  const symbols = args.has("symbols") ? SymbolFiles.wordsOf(args.values("symbols")) : undefined;
  return { ...readShownNaming(args), symbols };
}

/** Of commands that show names as they come. */
export function readShownNaming(args: Arguments): Naming {
  return { symbols: undefined, isMangled: args.has("mangled"), mergeClones: args.has("merge-clones") };
}

/** Analyzes the recordings (see readRecordings), with functions called as the options say. */
export async function readNamedRecordings(
  args: Arguments,
  files: readonly string[],
  pass: PassOptions = {},
  filters?: Filters,
): Promise<Analysis[]> {
  const naming = readNaming(args);
  return named(await readRecordings(files, readJobs(args), pass, filters), naming);
}

/** The analyses with functions called as was asked. Each file of symbols is read once for all of them. */
export async function named(analyses: readonly Analysis[], naming: Naming): Promise<Analysis[]> {
  const withNames = naming.symbols === undefined ? analyses : await namedByFiles(analyses, naming.symbols);
  return Promise.all(withNames.map((analysis) => shown(analysis, naming)));
}

async function namedByFiles(analyses: readonly Analysis[], places: readonly string[]): Promise<Analysis[]> {
  const { answers } = await findNames(filesIn(places), analyses);
  return analyses.map((analysis) => withSymbols(analysis, answers));
}

const lookedIn = new Map<string, SymbolFiles>();

/** The files of these places, which are looked through once, however many recordings ask. */
function filesIn(places: readonly string[]): SymbolFiles {
  const key = places.join("\0");
  const files = lookedIn.get(key) ?? new SymbolFiles(places);
  lookedIn.set(key, files);
  return files;
}

/** With names as they are to be shown: all that can be done for what is still being read. */
export async function shown(analysis: Analysis, { isMangled, mergeClones }: Naming): Promise<Analysis> {
  const isWritten = !isMangled && hasMangledSymbols(analysis);
  return withShownSymbols(analysis, { demangler: isWritten ? await localDemangler() : undefined, mergeClones });
}

/** Changes how names are shown. */
export type ShowNames = <Named extends Names>(names: Named) => Named;

/** The same for names that come with each batch of events. Stacks are seldom asked for: `isAsked`. */
export async function showerOf({ isMangled, mergeClones }: Naming, isAsked: boolean): Promise<ShowNames> {
  if (!isAsked) return (names) => names;
  const options = { demangler: isMangled ? undefined : await localDemangler(), mergeClones };
  let last: { readonly names: Names; readonly shown: Names } | undefined; // most batches have those of the one before
  return (names) => {
    if (last?.names !== names) last = { names, shown: withShownSymbols(names, options) };
    return last.shown as typeof names;
  };
}

/** Whether frames are looked for by name. */
export function looksForFrames({ stack, notStack }: SelectionOptions): boolean {
  return stack !== undefined || notStack !== undefined;
}
