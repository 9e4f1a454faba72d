// The call trees of many analyses as one tree of names. Analyses number their stacks by address, and
// every process, boot and host has its own addresses; what is the same stack to a reader is the same
// path of names. Nodes are numbers, so that rows with equal stacks are found without comparing text.

import type { Analysis } from "../analysis.js";
import { frameName } from "./frame-names.js";

/** The node of the empty stack. */
export const RootNode = 0;

export class NameTree {
  readonly #parents: number[] = [RootNode];
  readonly #names: string[] = [""];
  readonly #children: (Map<string, number> | undefined)[] = [undefined];
  readonly #folded: (string | undefined)[] = [""];

  /** The node of `name` called from `parent`, made if need be. */
  child(parent: number, name: string): number {
    const siblings = (this.#children[parent] ??= new Map<string, number>());
    const known = siblings.get(name);
    if (known !== undefined) return known;
    const node = this.#parents.length;
    this.#parents.push(parent);
    this.#names.push(name);
    this.#children.push(undefined);
    this.#folded.push(undefined);
    siblings.set(name, node);
    return node;
  }

  /** Adds all stacks of `analysis`: the node of each row of its stacks. */
  add(analysis: Analysis): Uint32Array {
    const { stacks, frames } = analysis;
    const names: string[] = [];
    for (let frame = 0; frame < frames.length; frame++) names.push(frameName(analysis, frame));
    const nodes = new Uint32Array(stacks.length);
    // A caller's row always precedes the rows of what it calls; row 0 is the empty stack.
    for (let row = 1; row < stacks.length; row++) {
      nodes[row] = this.child(nodes[stacks.prefix[row]!]!, names[stacks.frame[row]!]!);
    }
    return nodes;
  }

  /** Names from the leaf to the root. */
  leafFirst(node: number): string[] {
    const path: string[] = [];
    for (let at = node; at !== RootNode; at = this.#parents[at]!) path.push(this.#names[at]!);
    return path;
  }

  /** `root;…;leaf`, safe for folded text; empty for the empty stack. */
  folded(node: number): string {
    const known = this.#folded[node];
    if (known !== undefined) return known;
    const parent = this.#parents[node]!;
    const name = foldedName(this.#names[node]!);
    const text = parent === RootNode ? name : `${this.folded(parent)};${name}`;
    this.#folded[node] = text;
    return text;
  }
}

/** A name without what has a meaning in folded text: `;` separates frames, a line end ends the stack. */
export function foldedName(name: string): string {
  return name.replace(/;/g, ":").replace(/[\u0000-\u001f\u007f]/g, " ");
}
