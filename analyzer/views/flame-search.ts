// Frames of a flame graph by name: which match, and how much of the graph they hold. A frame that
// matches inside another that does is not counted twice (flamegraph.pl: "Matched: 12.3%").

import type { FlameTree } from "./flame-tree.js";

export interface FlameMatches {
  /** 1 by row of frames. */
  readonly frames: Uint8Array;
  /** Boxes that match, those within others too. */
  readonly rows: number;
  /** Weight of all that they hold. */
  readonly weight: number;
}

/** What is searched for: a regular expression, or, where it is none, the text itself. */
export function searchPattern(text: string, ignoreCase = false): RegExp {
  const flags = ignoreCase ? "i" : "";
  try {
    return new RegExp(text, flags);
  } catch {
    return new RegExp(text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"), flags);
  }
}

/** The root is never found. `pattern` has neither g nor y. */
export function searchTree(tree: FlameTree, pattern: RegExp): FlameMatches {
  const { frame, end, total } = tree;
  const frames = Uint8Array.from(tree.frames.names, (name) => (pattern.test(name) ? 1 : 0));
  let weight = 0;
  let rows = 0;
  let countedTo = 0;
  for (let row = 1; row < tree.length; row++) {
    if (frames[frame[row]!] !== 1) continue;
    rows++;
    if (row < countedTo) continue;
    weight += total[row]!;
    countedTo = end[row]!;
  }
  return { frames, rows, weight };
}
