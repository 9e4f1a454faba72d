// Folded text, line by line: `root;child;leaf weight`, as stackcollapse scripts, bcc's -f and offcut
// itself write it. Of a line with two weights, which is a comparison, the second one counts: it is what
// was measured last.

import { weightAtEnd } from "../views/folded-lines.js";
import type { StackSums } from "./weighted-stacks.js";

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
  const last = weightAtEnd(line);
  if (last === undefined) return undefined;
  const { rest } = weightAtEnd(last.rest) ?? last;
  return rest === "" ? undefined : { stack: rest, weight: last.value };
}
