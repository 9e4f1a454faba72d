// What another symbolizer says of an address, beside what ours says: the same, or different for a reason
// that is known. Several symbols may lie at one address, so names are compared by where they lie, as nm
// has it. Each reason is as narrow as it can be: functions and lines that just differ are unexplained.

import { spawnSync } from "node:child_process";
import { withoutCloneSuffix, type Demangler } from "../../analyzer/demangle.js";
import type { OracleFrame } from "./oracles.js";

/** The symbols of a file: where each name lies. */
export class SymbolPlaces {
  readonly #places = new Map<string, Set<string>>();
  readonly #unsized = new Set<string>();

  constructor(file: string) {
    const { stdout } = spawnSync("nm", ["-S", "--defined-only", file], { encoding: "utf8", maxBuffer: 2 ** 30 });
    for (const line of stdout.split("\n")) {
      const [, address, size, name] = /^([0-9a-f]+) (?:([0-9a-f]+) )?\w (.+)$/.exec(line) ?? [];
      if (name === undefined) continue;
      if (size === undefined) this.#unsized.add(name);
      // A name without its version stands for all its versions.
      for (const each of new Set([name, name.replace(/@.*/, "")])) {
        this.#places.set(each, (this.#places.get(each) ?? new Set()).add(address!));
      }
    }
  }

  /** Whether two names are of one address, or the same. */
  areSame(one: string, other: string): boolean {
    if (one === other) return true;
    const [places, others] = [this.#places.get(one), this.#places.get(other)];
    return places !== undefined && others !== undefined && [...places].some((place) => others.has(place));
  }

  /** Whether a symbol is a label: of a name without a length. */
  isLabel(name: string): boolean {
    return this.#unsized.has(name);
  }
}

export interface Compared {
  readonly mine: readonly OracleFrame[];
  readonly theirs: readonly OracleFrame[];
  readonly symbols: SymbolPlaces;
}

/** Why another symbolizer may differ from ours. */
export interface Reason {
  readonly why: string;
  tells(compared: Compared): boolean;
}

const areLinesSame = ({ mine, theirs }: Compared) =>
  mine.length === theirs.length && mine.every(({ file, line }, at) => file === theirs[at]!.file && line === theirs[at]!.line);

/** Whether all is the same but the names for which `isFine` holds. */
const areSameBut = (compared: Compared, isFine: (mine: string, theirs: string) => boolean) =>
  areLinesSame(compared) &&
  compared.mine.every(({ name }, at) => {
    const other = compared.theirs[at]!.name;
    return compared.symbols.areSame(name, other) || isFine(name, other);
  });

export const areEqual = (compared: Compared): boolean => areSameBut(compared, () => false);

const mangled = /^(?:_Z|_R)/;

export const llvmReasons: readonly Reason[] = [
  {
    why: "where no line is known, llvm-symbolizer names the file that the symbol table has before the symbol",
    tells: ({ mine, theirs, symbols }) =>
      mine.length === 1 && theirs.length === 1 && mine[0]!.file === "" && theirs[0]!.line === 0 && symbols.areSame(mine[0]!.name, theirs[0]!.name),
  },
  {
    why: "llvm-symbolizer takes the label of a link-time optimizer's object, which has no length, for a function",
    tells: (compared) => areSameBut(compared, (_, theirs) => compared.symbols.isLabel(theirs)),
  },
];

export const elfutilsReasons = (demangler: Demangler): readonly Reason[] => [
  {
    why: "eu-addr2line calls clones (.cold, .part.0, .lto_priv.0) by the name of their function",
    tells: (compared) =>
      areSameBut(compared, (mine, theirs) => compared.symbols.areSame(withoutCloneSuffix(mine), withoutCloneSuffix(theirs))),
  },
  {
    why: "eu-addr2line calls functions of C++ without a linkage name (in anonymous namespaces) by their last name",
    tells: (compared) =>
      areSameBut(compared, (mine, theirs) => {
        const isLast = demangler.demangle(mine).includes(theirs.replace(/<.*/, ""));
        return mangled.test(mine) && !mangled.test(theirs) && isLast;
      }),
  },
  {
    why: "eu-addr2line follows no inlined function into another unit: it gives the innermost line to the outermost function",
    tells: ({ mine, theirs, symbols }) => {
      const [inner, outer] = [mine[0], mine.at(-1)];
      if (theirs.length !== 1 || mine.length < 2 || inner!.file !== theirs[0]!.file || inner!.line !== theirs[0]!.line) return false;
      return [outer!.name, withoutCloneSuffix(outer!.name)].some((name) => symbols.areSame(name, theirs[0]!.name));
    },
  },
  {
    why: "eu-addr2line leaves out a function that was written in the same line as the one inlined into it",
    tells: ({ mine, theirs, symbols }) => {
      const [called, outer] = [mine.at(-2), mine.at(-1)];
      if (called === undefined || called.file !== outer!.file || called.line !== outer!.line) return false;
      return areEqual({ mine: mine.slice(0, -1), theirs, symbols });
    },
  },
];
