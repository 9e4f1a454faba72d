// Rows of a flame graph's tree as names: one box, the way to it, its stack.

import { shownName } from "../exports/flame-words.js";
import type { FlameTree } from "../views/flame-tree.js";

export function nameOf(tree: FlameTree, row: number): string {
  return shownName(tree.frames.names[tree.frame[row]!]!) || '""';
}

/** From the root's callee to `row`. */
export function pathTo(tree: FlameTree, row: number): number[] {
  const path: number[] = [];
  for (let at = row; at !== 0; at = tree.parent[at]!) path.unshift(at);
  return path;
}

/** As folded text has it, without a weight. */
export function stackText(tree: FlameTree, row: number): string {
  return pathTo(tree, row).map((at) => nameOf(tree, at)).join(";");
}
