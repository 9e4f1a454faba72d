// Whether a stack holds a frame of a certain name. Stacks are paths of a tree that share their
// beginnings, so that each frame's name and each node of the tree is judged once, when first met.

import type { Names } from "../analysis.js";
import { frameName } from "./frame-names.js";
import { withoutState } from "./text-match.js";

enum Verdict {
  Open = 0,
  No = 1,
  Yes = 2,
}

export class StackMatch {
  readonly #names: Names;
  readonly #pattern: RegExp;
  /** Verdict by row of frames, and of stacks. */
  readonly #frames: Uint8Array;
  readonly #nodes: Uint8Array;

  constructor(names: Names, pattern: RegExp) {
    this.#names = names;
    this.#pattern = withoutState(pattern);
    this.#frames = new Uint8Array(names.frames.length);
    this.#nodes = new Uint8Array(names.stacks.length);
    this.#nodes[0] = Verdict.No; // the empty stack
  }

  /** Whether any frame from `node`, a row of stacks, to its root has such a name. */
  has(node: number): boolean {
    const { prefix } = this.#names.stacks;
    let judged = node;
    while (this.#nodes[judged] === Verdict.Open && !this.#isFrame(judged)) judged = prefix[judged]!;
    const verdict = this.#nodes[judged] === Verdict.No ? Verdict.No : Verdict.Yes;
    for (let at = node; at !== judged; at = prefix[at]!) this.#nodes[at] = verdict;
    this.#nodes[judged] = verdict;
    return verdict === Verdict.Yes;
  }

  #isFrame(node: number): boolean {
    const frame = this.#names.stacks.frame[node]!;
    if (this.#frames[frame] === Verdict.Open) {
      const isNamed = this.#pattern.test(frameName(this.#names, frame));
      this.#frames[frame] = isNamed ? Verdict.Yes : Verdict.No;
    }
    return this.#frames[frame] === Verdict.Yes;
  }
}
