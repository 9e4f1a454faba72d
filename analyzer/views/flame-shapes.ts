// Other shapes of a flame graph's tree: leaf first, the callers or the callees of one function, a
// subtree, with or without certain frames, siblings in another order. Tree in, tree out. Rows that
// come to lie in one box are grouped level by level, each level built from the one before by passes
// over arrays without hashing, so that a tree of 200,000 rows is turned around while a reader blinks.

import { orderedTree } from "./flame-tree.js";
import type { FlameFrames, FlameOrder, FlameTree } from "./flame-tree.js";

/** The tree of the same stacks with the leaf first: what was the root's child is now the end. */
export function reversed(tree: FlameTree, order: FlameOrder = "name"): FlameTree {
  const ending: number[] = [];
  for (let row = 1; row < tree.length; row++) {
    if (tree.self[row]! > 0 || (tree.other?.self[row] ?? 0) > 0) ending.push(row);
  }
  const growing = new GrowingTree(tree, tree.frame[0]!);
  growing.addSelf(0, tree, 0); // what ends in the root itself has no frame to begin with
  climb(growing, tree, ending, (at, node) => growing.addSelf(node, tree, ending[at]!));
  return growing.tree(order);
}

/** Who calls `frame`, a row of frames: the root is that function, its children its callers, and so on. */
export function callersOf(tree: FlameTree, frame: number, order: FlameOrder = "name"): FlameTree {
  const calls = outermost(tree, frame);
  const growing = new GrowingTree(tree, frame);
  const called = calls.filter((row) => tree.parent[row] !== 0);
  for (const row of calls) if (tree.parent[row] === 0) growing.addTotal(0, tree, row);
  const callers = called.map((row) => tree.parent[row]!);
  climb(growing, tree, callers, (at, node) => growing.addTotal(node, tree, called[at]!));
  return growing.tree(order);
}

/** What `frame`, a row of frames, calls: the root is that function, wherever it was called from. */
export function calleesOf(tree: FlameTree, frame: number, order: FlameOrder = "name"): FlameTree {
  return descend(new GrowingTree(tree, frame), tree, outermost(tree, frame)).tree(order);
}

/** The subtree of `row` as a tree of its own. */
export function subtreeOf(tree: FlameTree, row: number, order: FlameOrder = "name"): FlameTree {
  return descend(new GrowingTree(tree, tree.frame[row]!), tree, [row]).tree(order);
}

/** Only stacks that hold one of `frames` (1 by row of frames), with their callers and callees. */
export function onlyThrough(tree: FlameTree, frames: Uint8Array, order: FlameOrder = "name"): FlameTree {
  const fates = new Uint8Array(tree.length).fill(Fate.LeaveOut);
  for (let row = 0; row < tree.length; row++) {
    if (frames[tree.frame[row]!] !== 1) continue;
    fates.fill(Fate.Keep, row, tree.end[row]!);
    for (let up = row; up !== 0 && fates[tree.parent[up]!] === Fate.LeaveOut; up = tree.parent[up]!) {
      fates[tree.parent[up]!] = Fate.KeepWithoutSelf;
    }
    row = tree.end[row]! - 1;
  }
  return descend(new GrowingTree(tree, tree.frame[0]!), tree, [0], fates).tree(order);
}

/** Without the stacks that hold one of `frames` (1 by row of frames). */
export function withoutStacks(tree: FlameTree, frames: Uint8Array, order: FlameOrder = "name"): FlameTree {
  const fates = fatesOf(tree, frames, Fate.LeaveOut);
  return descend(new GrowingTree(tree, tree.frame[0]!), tree, [0], fates).tree(order);
}

/** Without `frames` (1 by row of frames): what they called is called by their callers. */
export function withoutFrames(tree: FlameTree, frames: Uint8Array, order: FlameOrder = "name"): FlameTree {
  const fates = fatesOf(tree, frames, Fate.Splice);
  return descend(new GrowingTree(tree, tree.frame[0]!), tree, [0], fates).tree(order);
}

/** The same tree with siblings in another order. */
export function inOrder(tree: FlameTree, order: FlameOrder): FlameTree {
  const { length, frames, parent, frame, self, selfReason, other } = tree;
  return orderedTree({ length, parent, frame, self, selfReason, otherSelf: other?.self }, frames, order);
}

/** A comparison seen from its other side: what was compared with is drawn. Throws where nothing is compared. */
export function fromOtherSide(tree: FlameTree, order: FlameOrder = "name"): FlameTree {
  const { length, frames, parent, frame, self, selfReason, other } = tree;
  if (other === undefined) throw new RangeError("nothing is compared here");
  return orderedTree({ length, parent, frame, self: other.self, selfReason, otherSelf: self }, frames, order);
}

/** What becomes of a row below the one that is descended from. */
enum Fate {
  Keep = 0,
  /** With all below it. */
  LeaveOut = 1,
  /** The stacks that end in it are left out. */
  KeepWithoutSelf = 2,
  /** Those end in its caller, and its callees are its caller's. */
  Splice = 3,
}

function fatesOf(tree: FlameTree, frames: Uint8Array, fate: Fate): Uint8Array {
  return Uint8Array.from(tree.frame, (frame, row) => (row > 0 && frames[frame] === 1 ? fate : Fate.Keep));
}

/** Rows of `frame` that lie in no other of them: a function that calls itself is counted once. */
function outermost(tree: FlameTree, frame: number): number[] {
  const rows: number[] = [];
  for (let row = 0; row < tree.length; row++) {
    if (tree.frame[row] !== frame) continue;
    rows.push(row);
    row = tree.end[row]! - 1;
  }
  return rows;
}

/** Rows of a tree that comes into being, callers first. */
class GrowingTree {
  readonly #frames: FlameFrames;
  readonly #parent: number[] = [0];
  readonly #frame: number[];
  readonly #self: number[] = [0];
  readonly #otherSelf: number[] = [0];
  readonly #selfReason: number[] = [0];
  /** The largest weight added so far, which selfReason is of. */
  readonly #largest: number[] = [0];
  readonly #hasOther: boolean;

  constructor({ frames, other }: FlameTree, rootFrame: number) {
    this.#frames = frames;
    this.#frame = [rootFrame];
    this.#hasOther = other !== undefined;
  }

  get length(): number {
    return this.#parent.length;
  }

  child(parent: number, frame: number): number {
    this.#parent.push(parent);
    this.#frame.push(frame);
    this.#self.push(0);
    this.#otherSelf.push(0);
    this.#selfReason.push(0);
    return this.#largest.push(0) - 1;
  }

  /** What ends in a row of `tree`. */
  addSelf(node: number, { self, other, selfReason }: FlameTree, row: number): void {
    this.#add(node, self[row]!, other?.self[row], selfReason[row]!);
  }

  /** All that a row of `tree` holds. */
  addTotal(node: number, { total, other, reason }: FlameTree, row: number): void {
    this.#add(node, total[row]!, other?.total[row], reason[row]!);
  }

  #add(node: number, weight: number, other: number | undefined, reason: number): void {
    this.#self[node]! += weight;
    if (other !== undefined) this.#otherSelf[node]! += other;
    if (weight <= this.#largest[node]!) return;
    this.#largest[node] = weight;
    this.#selfReason[node] = reason;
  }

  tree(order: FlameOrder): FlameTree {
    const nodes = {
      length: this.#parent.length,
      parent: this.#parent,
      frame: this.#frame,
      self: this.#self,
      selfReason: this.#selfReason,
      otherSelf: this.#hasOther ? this.#otherSelf : undefined,
    };
    return orderedTree(nodes, this.#frames, order);
  }
}

/**
 * Rows of the tree that is read, and for each the node of the growing one that it is to be a child
 * of, or is in; rows of one node lie one behind the other.
 */
interface Level {
  readonly rows: Uint32Array;
  readonly nodes: Uint32Array;
  /** Of each climber, its place in the list that the climb began with. */
  readonly origins: Uint32Array;
}

/** Makes of each of `rows` a stack: that row, its caller, and so on to the root, which is no part of it. */
function climb(
  growing: GrowingTree,
  tree: FlameTree,
  rows: readonly number[],
  arrive: (origin: number, node: number) => void,
): void {
  const origins = Uint32Array.from(rows, (_, at) => at);
  const gather = gatherer(growing, tree);
  let below: Level = { rows: Uint32Array.from(rows), nodes: new Uint32Array(rows.length), origins };
  while (below.rows.length > 0) {
    const level = gather(below);
    let going = 0;
    for (let at = 0; at < level.rows.length; at++) {
      const caller = tree.parent[level.rows[at]!]!;
      if (caller === 0) {
        arrive(level.origins[at]!, level.nodes[at]!);
        continue;
      }
      level.rows[going] = caller;
      level.nodes[going] = level.nodes[at]!;
      level.origins[going++] = level.origins[at]!;
    }
    below = {
      rows: level.rows.subarray(0, going),
      nodes: level.nodes.subarray(0, going),
      origins: level.origins.subarray(0, going),
    };
  }
}

/** Puts `rows` into the root, what they call below it, and so on. `fates` are by row; Keep all if not given. */
function descend(growing: GrowingTree, tree: FlameTree, rows: readonly number[], fates?: Uint8Array): GrowingTree {
  const gather = gatherer(growing, tree);
  let level: Pick<Level, "rows" | "nodes"> = { rows: Uint32Array.from(rows), nodes: new Uint32Array(rows.length) };
  while (level.rows.length > 0) {
    const callees: number[] = [];
    const callers: number[] = [];
    for (let at = 0; at < level.rows.length; at++) {
      const row = level.rows[at]!;
      const node = level.nodes[at]!;
      if (fates?.[row] !== Fate.KeepWithoutSelf) growing.addSelf(node, tree, row);
      const end = tree.end[row]!;
      for (let below = row + 1; below < end; ) {
        const fate: Fate = fates === undefined ? Fate.Keep : fates[below]!;
        if (fate === Fate.Splice) {
          growing.addSelf(node, tree, below++);
          continue;
        }
        if (fate !== Fate.LeaveOut) {
          callees.push(below);
          callers.push(node);
        }
        below = tree.end[below]!;
      }
    }
    const origins = new Uint32Array(callees.length);
    level = gather({ rows: Uint32Array.from(callees), nodes: Uint32Array.from(callers), origins });
  }
  return growing;
}

/** Makes the children of nodes: hands back the same rows, each in the child that is of its frame. */
function gatherer(growing: GrowingTree, tree: FlameTree): (level: Level) => Level {
  // By frame: the node that last had a child of it, and that child.
  const parentOf = new Int32Array(tree.frames.names.length).fill(-1);
  const childOf = new Uint32Array(tree.frames.names.length);
  return ({ rows, nodes, origins }) => {
    const { length } = rows;
    const first = growing.length;
    const children = new Uint32Array(length);
    for (let at = 0; at < length; at++) {
      const frame = tree.frame[rows[at]!]!;
      if (parentOf[frame] !== nodes[at]) {
        parentOf[frame] = nodes[at]!;
        childOf[frame] = growing.child(nodes[at]!, frame);
      }
      children[at] = childOf[frame]!;
    }
    // A counting sort by child, so that the next level too has rows of one node together.
    const next = new Uint32Array(growing.length - first + 1);
    for (const child of children) next[child - first + 1]!++;
    for (let at = 1; at < next.length; at++) next[at]! += next[at - 1]!;
    const sorted = { rows: new Uint32Array(length), nodes: new Uint32Array(length), origins: new Uint32Array(length) };
    for (let at = 0; at < length; at++) {
      const to = next[children[at]! - first]!++;
      sorted.rows[to] = rows[at]!;
      sorted.nodes[to] = children[at]!;
      sorted.origins[to] = origins[at]!;
    }
    return sorted;
  };
}
