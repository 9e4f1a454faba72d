// What the symbolizer says of addresses beside what its peers say, and how they differ.

import { execFileSync } from "node:child_process";
import type { SymbolFile } from "../../analyzer/symbolizer.js";
import { drawAddresses, elfutilsFrames, llvmFrames } from "./oracles.js";
import type { OracleFrame } from "./oracles.js";

/** How many are as who has them. */
export interface Kinds {
  "as both": number;
  /** eu-addr2line names functions of C by symbols without their versions, and reads some lines otherwise. */
  "as llvm-symbolizer alone": number;
  "as eu-addr2line alone": number;
  /** Several symbols stand at one address: another of them was chosen, all else is as a peer has it. */
  "by another alias": number;
  /** Files and lines as llvm-symbolizer has them, a function's name as eu-addr2line. */
  "as the two together": number;
}

type Named = Pick<OracleFrame, "name" | "file" | "line">;

export interface Comparison {
  readonly compared: number;
  /** Addresses in at least one inlined function. */
  readonly inlined: number;
  readonly kinds: Kinds;
  /** In text: what all three say. */
  readonly unexplained: readonly string[];
}

export function compareNames(symbols: SymbolFile, file: string, count: number, seed = 7): Comparison {
  const addresses = drawAddresses(file, count, seed);
  const [llvm, elfutils] = [llvmFrames(file, addresses), elfutilsFrames(file, addresses)];
  const ours = symbols.lookup(addresses);
  const aliases = aliasesOf(file);
  const kinds: Kinds = { "as both": 0, "as llvm-symbolizer alone": 0, "as eu-addr2line alone": 0, "by another alias": 0, "as the two together": 0 };
  const unexplained: string[] = [];
  let inlined = 0;
  addresses.forEach((address, at) => {
    const mine = ours.framesOf(at);
    if (mine.length > 1) inlined++;
    const text = textOf(mine);
    const theirs = [textOf(llvm[at]!), textOf(elfutils[at]!)];
    const [isLlvm, isElfutils] = theirs.map((one) => one === text);
    if (isLlvm && isElfutils) kinds["as both"]++;
    else if (isLlvm) kinds["as llvm-symbolizer alone"]++;
    else if (isElfutils) kinds["as eu-addr2line alone"]++;
    else if (theirs.some((one) => withAliases(one, aliases) === withAliases(text, aliases))) kinds["by another alias"]++;
    else if (isOfBoth(mine, llvm[at]!, elfutils[at]!)) kinds["as the two together"]++;
    else unexplained.push(`0x${address.toString(16)}: ours ${text} | llvm ${theirs[0]} | elfutils ${theirs[1]}`);
  });
  return { compared: addresses.length, inlined, kinds, unexplained };
}

/**
 * Functions innermost first, with lines; of files the last part, since peers put directories before them
 * differently. Line 0 says that code is of no line: some name the file all the same.
 */
function textOf(frames: readonly Named[]): string {
  const placeOf = (file: string, line: number) => (line === 0 ? "" : `${file.slice(file.lastIndexOf("/") + 1)}:${line}`);
  return frames.map(({ name, file, line }) => `${name} ${placeOf(file, line)}`).join(" < ");
}

function isOfBoth(mine: readonly Named[], llvm: readonly Named[], elfutils: readonly Named[]): boolean {
  const nameless = (frames: readonly Named[]) => textOf(frames.map(({ file, line }) => ({ name: "", file, line })));
  const isNamed = ({ name }: Named, at: number) => name === llvm[at]?.name || elfutils.some((one) => one.name === name);
  return nameless(mine) === nameless(llvm) && mine.every(isNamed);
}

/** Of names that several symbols of one place have, one that stands for all. */
function aliasesOf(file: string): ReadonlyMap<string, string> {
  const symbols = execFileSync("nm", ["--defined-only", file], { encoding: "utf8", maxBuffer: 2 ** 30 });
  const byAddress = new Map<string, string>();
  const aliases = new Map<string, string>();
  for (const line of symbols.split("\n")) {
    const [address, , name] = line.split(" ");
    if (name === undefined) continue;
    const first = byAddress.get(address!) ?? name;
    byAddress.set(address!, first);
    aliases.set(name, first);
    aliases.set(name.replace(/@.*/, ""), first);
  }
  return aliases;
}

function withAliases(text: string, aliases: ReadonlyMap<string, string>): string {
  return text.replace(/(^|< )(\S+)/g, (_, before: string, name: string) => before + (aliases.get(name) ?? name));
}
