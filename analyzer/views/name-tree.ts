// The call trees of many analyses as one tree of names. Analyses number their stacks by address, and
// every process, boot and host has its own addresses; what is the same stack to a reader is the same
// path of names. Nodes are numbers, so that rows with equal stacks are found without comparing text.

import type { Analysis } from "../analysis.js";
import { frameName } from "./frame-names.js";
import type { FrameDetail } from "./frame-names.js";
import { PairIds } from "./pair-ids.js";

/** The node of the empty stack. */
export const RootNode = 0;

export class NameTree {
  readonly #names: string[] = [];
  readonly #nameIds = new Map<string, number>();
  /** By node: its caller, and the number of its name. */
  readonly #parents: number[] = [RootNode];
  readonly #nameOf: number[] = [0];
  /** Node by caller and name. */
  readonly #children = new PairIds(RootNode + 1);
  readonly #folded: (string | undefined)[] = [""];
  readonly #detail: FrameDetail;

  /** `detail`: what makes two frames two names. */
  constructor(detail: FrameDetail = {}) {
    this.#detail = detail;
  }

  /** Adds all stacks of `analysis`: the node of each row of its stacks. */
  add(analysis: Analysis): Uint32Array {
    const { stacks, frames } = analysis;
    const names = new Uint32Array(frames.length);
    for (let frame = 0; frame < frames.length; frame++) {
      names[frame] = this.#nameId(frameName(analysis, frame, this.#detail));
    }
    const nodes = new Uint32Array(stacks.length);
    // A caller's row always precedes the rows of what it calls; row 0 is the empty stack.
    for (let row = 1; row < stacks.length; row++) {
      nodes[row] = this.#child(nodes[stacks.prefix[row]!]!, names[stacks.frame[row]!]!);
    }
    return nodes;
  }

  #nameId(name: string): number {
    const known = this.#nameIds.get(name);
    if (known !== undefined) return known;
    const id = this.#names.push(name) - 1;
    this.#nameIds.set(name, id);
    return id;
  }

  #child(parent: number, name: number): number {
    const node = this.#children.of(parent, name);
    if (node === this.#parents.length) {
      this.#parents.push(parent);
      this.#nameOf.push(name);
    }
    return node;
  }

  /** Names from the leaf to the root. */
  leafFirst(node: number): string[] {
    const path: string[] = [];
    for (let at = node; at !== RootNode; at = this.#parents[at]!) path.push(this.#names[this.#nameOf[at]!]!);
    return path;
  }

  /** `root;…;leaf`, safe for folded text; empty for the empty stack. */
  folded(node: number): string {
    const known = this.#folded[node];
    if (known !== undefined) return known;
    const parent = this.#parents[node]!;
    const name = foldedName(this.#names[this.#nameOf[node]!]!);
    const text = parent === RootNode ? name : `${this.folded(parent)};${name}`;
    this.#folded[node] = text;
    return text;
  }
}

/** A name without what has a meaning in folded text: `;` separates frames, a line end ends the stack. */
export function foldedName(name: string): string {
  return name.replace(/;/g, ":").replace(/[\u0000-\u001f\u007f-\u009f]/g, " ");
}
