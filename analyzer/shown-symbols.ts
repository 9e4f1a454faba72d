// How functions are called where they are shown: C++ and Rust names as their source had them, variants
// that a compiler made of a function as themselves or as that function. Engine and files keep the names
// of the objects; this changes them in what was copied out of the engine.

import { AddedStrings } from "./added-strings.js";
import { fromParts } from "./analysis.js";
import type { Names } from "./analysis.js";
import { isMangled, withoutCloneSuffix } from "./demangle.js";
import type { Demangler } from "./demangle.js";

export interface ShownSymbolsOptions {
  /** Without one, names are shown as they are in the file. */
  readonly demangler?: Demangler | undefined;
  /** Whether `f.cold` and `f.isra.0` are shown as `f`, and so counted as one with it. */
  readonly mergeClones?: boolean;
}

/** The same names, with functions called as `options` say; themselves where that changes none. */
export function withShownSymbols<Named extends Names>(names: Named, options: ShownSymbolsOptions): Named {
  const { frames, string } = names;
  const show = symbolShower(options);
  const added = new AddedStrings(names.strings);
  const rows = new Map<number, number>();
  let isChanged = false;
  for (const row of new Set(frames.symbol)) {
    const symbol = string(row);
    const shown = show(symbol);
    isChanged ||= shown !== symbol;
    rows.set(row, shown === symbol ? row : added.row(shown));
  }
  if (!isChanged) return names;
  const symbol = frames.symbol.map((row) => rows.get(row)!);
  return fromParts({ ...names, strings: added.strings(), frames: { ...frames, symbol } });
}

function symbolShower({ demangler, mergeClones }: ShownSymbolsOptions): (symbol: string) => string {
  const written = (symbol: string) => demangler?.demangle(symbol) ?? symbol;
  return mergeClones === true ? (symbol) => withoutCloneSuffix(written(symbol)) : written;
}

/** Whether any function has a name that a demangler would show differently. */
export function hasMangledSymbols({ frames, string }: Names): boolean {
  return [...new Set(frames.symbol)].some((row) => isMangled(string(row)));
}
