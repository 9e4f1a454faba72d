// Folded text: `root;child;leaf weight`, a line for each stack, as stackcollapse scripts, bcc's -f and
// offcut itself write it. As flamegraph.pl reads it: frames may hold blanks, weights may have decimals,
// and of a line with two weights, which is a difference, the second one is what was measured last.

import type { StackSums } from "./weighted-stacks.js";

/** One weight, or two. The stack is what is left of them, so that no pattern walks it twice. */
const Weights = /\s+(?:(\d{1,20}(?:\.\d{0,9})?)\s+)?(\d{1,20}(?:\.\d{0,9})?)\s*$/;
/** Longer than two weights and the blanks around them. */
const WeightsCharactersMax = 80;

/** Whether `line` is one of folded text. */
export function isFoldedLine(line: string): boolean {
  return readFolded(line) !== undefined;
}

/** Adds a line; blank ones and comments are none. */
export function addFoldedLine(sums: StackSums, line: string, lineNumber: number): void {
  if (line.trim() === "" || line.startsWith("#")) return;
  const read = readFolded(line);
  if (read === undefined) sums.unread(lineNumber);
  else sums.add(read.stack.split(";"), read.weight);
}

function readFolded(line: string): { readonly stack: string; readonly weight: number } | undefined {
  const end = line.slice(-WeightsCharactersMax);
  const found = Weights.exec(end);
  if (found === null) return undefined;
  const stack = line.slice(0, line.length - end.length + found.index);
  return stack.trim() === "" ? undefined : { stack, weight: Number(found[2]) };
}
