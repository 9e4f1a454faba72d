// How functions are called where they are shown: C++ and Rust names as their source had them, variants
// that a compiler made of a function as themselves or as that function. Tables keep the names of the
// files, so that what is found by them stays found.

import type { Names } from "./analysis.js";
import { isMangled, withoutCloneSuffix } from "./demangle.js";
import type { Demangler } from "./demangle.js";

export interface ShownSymbolsOptions {
  /** Without one, names are shown as they are in the file. */
  readonly demangler?: Demangler | undefined;
  /** Whether `f.cold` and `f.isra.0` are shown as `f`, and so counted as one with it. */
  readonly mergeClones?: boolean;
}

/** The same names, with functions called as `options` say in every view of them. */
export function withShownSymbols<Named extends Names>(names: Named, options: ShownSymbolsOptions): Named {
  return { ...names, shownSymbol: symbolShower(options) };
}

function symbolShower({ demangler, mergeClones }: ShownSymbolsOptions): (symbol: string) => string {
  const written = (symbol: string) => demangler?.demangle(symbol) ?? symbol;
  return mergeClones === true ? (symbol) => withoutCloneSuffix(written(symbol)) : written;
}

/** Whether any function has a name that a demangler would show differently. */
export function hasMangledSymbols({ frames, string }: Names): boolean {
  return [...new Set(frames.symbol)].some((row) => isMangled(string(row)));
}
