// The tree of a flame graph, whatever it is drawn of: weighted stacks come in, columns in preorder go
// out, so that a subtree is a range of rows and everything to the right of a row has a larger number.
// Frames are told apart by name and kind; rows name frames by number. Weights are doubles: exact up to
// 2^53, which is 104 days in ns. Knows neither recordings, which flame-stacks.ts makes stacks of, nor
// pixels, which flame-layout.ts finds.

import { PairIds } from "./pair-ids.js";

/** What a frame is, for its colour. The numbers are an index into palettes. */
export enum FrameKind {
  /** The one box that holds all. */
  Root = 0,
  /** A thread's name. */
  Thread = 1,
  User = 2,
  /** Inlined into its caller. */
  Inlined = 3,
  /** Code made at run time. */
  Jit = 4,
  Kernel = 5,
  /** The system call that a stack is in, where the stack itself does not say it. */
  Syscall = 6,
  /** Of who woke: the thread's name, or a frame of its stack. */
  Waker = 7,
  /** In brackets: says something of the stack that is no function. */
  Marker = 8,
  /** `-` between user and kernel frames, `--` between stacks. */
  Separator = 9,
}

/** What a thread did while the weight came together. The numbers are an index into palettes. */
export enum WaitReason {
  Unknown = 0,
  /** S state. */
  Asleep = 1,
  /** D state. */
  Uninterruptible = 2,
  /** Woken, or having yielded, and waiting for a CPU. */
  Runnable = 3,
  Preempted = 4,
  OnCpu = 5,
  /** Stopped, traced, or without work (kernel threads). */
  Other = 6,
}

export const waitReasons = Object.values(WaitReason).filter((value) => typeof value === "number") as WaitReason[];

/** Distinct frames, by number. Frame 0 is the root's. */
export interface FlameFrames {
  readonly names: readonly string[];
  /** FrameKind. */
  readonly kinds: Uint8Array;
  /** Place among all names in order; of equal names, of kinds. */
  readonly ranks: Uint32Array;
}

export interface FlameTree {
  /** Rows; row 0 is the root. */
  readonly length: number;
  readonly frames: FlameFrames;
  /** Row in frames. */
  readonly frame: Uint32Array;
  /** 0 of the root. */
  readonly depth: Uint32Array;
  /** Row of the caller; of the root itself. */
  readonly parent: Uint32Array;
  /** The row after the last of its subtree. */
  readonly end: Uint32Array;
  /** Weight to the left of it: its x, as a weight. */
  readonly start: Float64Array;
  /** Its width: its own weight and that of all it holds. */
  readonly total: Float64Array;
  /** Of stacks that end in it. */
  readonly self: Float64Array;
  /** WaitReason of most of self. */
  readonly selfReason: Uint8Array;
  /** WaitReason of most of total, each row's self counting as what most of it is. */
  readonly reason: Uint8Array;
  readonly depthMax: number;
  /** The same stacks' weights in what this is compared with; undefined where it is with nothing. */
  readonly other: { readonly total: Float64Array; readonly self: Float64Array } | undefined;
}

/** Siblings from left to right: as flamegraph.pl has them, by name; or the widest first. */
export type FlameOrder = "name" | "weight";

/** Rows before they are put in order. A caller's row precedes its callees'; row 0 is the root. */
export interface FlameNodes {
  readonly length: number;
  readonly parent: ArrayLike<number>;
  readonly frame: ArrayLike<number>;
  readonly self: ArrayLike<number>;
  readonly selfReason: ArrayLike<number>;
  readonly otherSelf: ArrayLike<number> | undefined;
}

/** Frames below this depth are summed in the one above them: no reader scrolls further. */
export const FlameDepthMax = 2048;

/** Rows of a tree; a larger one takes more memory than a page has. */
export const FlameRowsMax = 2 ** 24;

/** Collects weighted stacks. */
export class FlameBuilder {
  readonly #names: string[] = ["all"];
  readonly #kinds: number[] = [FrameKind.Root];
  readonly #frameIds = new Map<string, number>();
  readonly #parent: number[] = [0];
  readonly #frame: number[] = [0];
  readonly #depth: number[] = [0];
  readonly #otherSelf: number[] = [0];
  readonly #children = new PairIds(1);
  /** By node and WaitReason; longer than needed. */
  #reasons = new Float64Array(1024 * waitReasons.length);
  #hasOther = false;

  /** The number of a frame. */
  frame(name: string, kind: FrameKind): number {
    const key = `${kind} ${name}`;
    let id = this.#frameIds.get(key);
    if (id === undefined) {
      id = this.#names.push(name) - 1;
      this.#kinds.push(kind);
      this.#frameIds.set(key, id);
    }
    return id;
  }

  /** The node of `frame` called by `node`; `node` itself at FlameDepthMax. Throws RangeError past FlameRowsMax. */
  child(node: number, frame: number): number {
    const depth = this.#depth[node]! + 1;
    if (depth > FlameDepthMax) return node;
    const child = this.#children.of(node, frame);
    if (child === this.#parent.length) {
      if (child >= FlameRowsMax) throw new RangeError(`more than ${FlameRowsMax} distinct frames of stacks`);
      this.#parent.push(node);
      this.#frame.push(frame);
      this.#depth.push(depth);
      this.#otherSelf.push(0);
      if (this.#parent.length * waitReasons.length > this.#reasons.length) this.#growReasons();
    }
    return child;
  }

  #growReasons(): void {
    const before = this.#reasons;
    this.#reasons = new Float64Array(before.length * 2);
    this.#reasons.set(before);
  }

  /** Adds to the stack that ends in `node`. */
  add(node: number, weight: number, reason: WaitReason = WaitReason.Unknown): void {
    this.#reasons[node * waitReasons.length + reason]! += weight;
  }

  /** Adds to what that stack is compared with. */
  addOther(node: number, weight: number): void {
    this.#hasOther = true;
    this.#otherSelf[node]! += weight;
  }

  /** Says that this is a comparison, even where the other side has no stacks. */
  compare(): void {
    this.#hasOther = true;
  }

  tree(order: FlameOrder = "name"): FlameTree {
    const length = this.#parent.length;
    const self = new Float64Array(length);
    const selfReason = new Uint8Array(length);
    for (let node = 0; node < length; node++) {
      const first = node * waitReasons.length;
      let most = 0;
      for (let reason = 0; reason < waitReasons.length; reason++) {
        const weight = this.#reasons[first + reason]!;
        self[node]! += weight;
        if (weight > this.#reasons[first + most]!) most = reason;
      }
      selfReason[node] = most;
    }
    const frames = { names: this.#names, kinds: Uint8Array.from(this.#kinds), ranks: ranksOf(this.#names, this.#kinds) };
    const nodes = {
      ...{ length, parent: this.#parent, frame: this.#frame, self, selfReason },
      otherSelf: this.#hasOther ? this.#otherSelf : undefined,
    };
    return orderedTree(nodes, frames, order);
  }
}

function ranksOf(names: readonly string[], kinds: readonly number[]): Uint32Array {
  const ids = Uint32Array.from(names, (_, id) => id);
  ids.sort((a, b) => {
    const [left, right] = [names[a]!, names[b]!];
    return left < right ? -1 : left > right ? 1 : kinds[a]! - kinds[b]!;
  });
  const ranks = new Uint32Array(names.length);
  ids.forEach((id, at) => (ranks[id] = at));
  return ranks;
}

/** Puts `nodes` in preorder, siblings in `order`. */
export function orderedTree(nodes: FlameNodes, frames: FlameFrames, order: FlameOrder): FlameTree {
  const { length, parent } = nodes;
  const totalOfNode = totalsOf(nodes, nodes.self);
  const { children, first } = childrenInOrder(nodes, frames, totalOfNode, order);
  const rows = new Uint32Array(length); // node by row
  const rowOfNode = new Uint32Array(length);
  // A stack of nodes to visit, the leftmost child on top. The root is node 0 and row 0.
  const stack = new Uint32Array(length);
  let height = 1;
  for (let row = 0; row < length; row++) {
    const node = stack[--height]!;
    rows[row] = node;
    rowOfNode[node] = row;
    for (let at = first[node + 1]! - 1; at >= first[node]!; at--) stack[height++] = children[at]!;
  }
  const { otherSelf } = nodes;
  const parentOfRow = picked(parent, rows, new Uint32Array(length));
  for (let row = 0; row < length; row++) parentOfRow[row] = rowOfNode[parentOfRow[row]!]!;
  const columns = {
    frame: picked(nodes.frame, rows, new Uint32Array(length)),
    parent: parentOfRow,
    total: picked(totalOfNode, rows, new Float64Array(length)),
    self: picked(nodes.self, rows, new Float64Array(length)),
    selfReason: picked(nodes.selfReason, rows, new Uint8Array(length)),
  };
  const other = otherSelf === undefined ? undefined : {
    total: picked(totalsOf(nodes, otherSelf), rows, new Float64Array(length)),
    self: picked(otherSelf, rows, new Float64Array(length)),
  };
  return { length, frames, ...columns, ...placesOf(columns.parent, columns.total), reason: reasonsOf(columns), other };
}

/** `values` by node as values by row: a loop, which takes a fifth of what Array.from does. */
function picked<Column extends Uint8Array | Uint32Array | Float64Array>(
  values: ArrayLike<number>,
  rows: Uint32Array,
  into: Column,
): Column {
  for (let row = 0; row < rows.length; row++) into[row] = values[rows[row]!]!;
  return into;
}

function totalsOf({ length, parent }: FlameNodes, self: ArrayLike<number>): Float64Array {
  const total = Float64Array.from(self);
  for (let node = length - 1; node > 0; node--) total[parent[node]!]! += total[node]!;
  return total;
}

/** The children of node n are `children[first[n]]` to `children[first[n + 1] - 1]`, from left to right. */
function childrenInOrder(
  { length, parent, frame }: FlameNodes,
  { ranks }: FlameFrames,
  total: Float64Array,
  order: FlameOrder,
): { readonly children: Uint32Array; readonly first: Uint32Array } {
  // Two stable counting sorts, by rank and then by parent: no comparisons, whatever the tree's shape.
  const rank = new Uint32Array(length);
  const caller = new Uint32Array(length);
  for (let node = 0; node < length; node++) {
    rank[node] = ranks[frame[node]!]!;
    caller[node] = node === 0 ? length : parent[node]!; // the root is nobody's child: it comes last
  }
  const nodes = new Uint32Array(length);
  for (let node = 0; node < length; node++) nodes[node] = node;
  const byRank = sortedBy(rank, ranks.length, nodes).order;
  const { order: children, first } = sortedBy(caller, length, byRank);
  if (order === "weight") {
    for (let node = 0; node < length; node++) {
      const from = first[node]!;
      const to = first[node + 1]!;
      // The sort is stable: equal weights stay in order of name.
      if (to - from > 1) children.subarray(from, to).sort((a, b) => total[b]! - total[a]!);
    }
  }
  return { children, first };
}

/** `nodes` in order of their `keys` (0 to `keyMax`), equal ones as they were; and where each key's begin. */
function sortedBy(
  keys: Uint32Array,
  keyMax: number,
  nodes: Uint32Array,
): { readonly order: Uint32Array; readonly first: Uint32Array } {
  const first = new Uint32Array(keyMax + 2);
  for (let at = 0; at < keys.length; at++) first[keys[at]! + 1]!++;
  for (let key = 0; key <= keyMax; key++) first[key + 1]! += first[key]!;
  const next = first.slice();
  const order = new Uint32Array(nodes.length);
  for (let at = 0; at < nodes.length; at++) {
    const node = nodes[at]!;
    order[next[keys[node]!]!++] = node;
  }
  return { order, first };
}

/** Where rows in preorder lie. */
function placesOf(
  parent: Uint32Array,
  total: Float64Array,
): Pick<FlameTree, "depth" | "end" | "start" | "depthMax"> {
  const { length } = parent;
  const depth = new Uint32Array(length);
  const end = new Uint32Array(length).fill(length, 0, 1);
  const start = new Float64Array(length);
  const filled = new Float64Array(length); // of each row, by its children so far
  let depthMax = 0;
  for (let row = 1; row < length; row++) {
    const caller = parent[row]!;
    depth[row] = depth[caller]! + 1;
    depthMax = Math.max(depthMax, depth[row]!);
    start[row] = start[caller]! + filled[caller]!;
    filled[caller]! += total[row]!;
  }
  for (let row = length - 1; row > 0; row--) {
    if (end[row] === 0) end[row] = row + 1;
    const caller = parent[row]!;
    if (end[caller]! < end[row]!) end[caller] = end[row]!;
  }
  return { depth, end, start, depthMax };
}

function reasonsOf({
  parent,
  self,
  selfReason,
}: Pick<FlameTree, "parent" | "self" | "selfReason">): Uint8Array {
  const { length } = parent;
  const sums = new Float64Array(length * waitReasons.length);
  const reasons = new Uint8Array(length);
  for (let row = length - 1; row >= 0; row--) {
    const first = row * waitReasons.length;
    sums[first + selfReason[row]!]! += self[row]!;
    let most = 0;
    for (let reason = 0; reason < waitReasons.length; reason++) {
      if (sums[first + reason]! > sums[first + most]!) most = reason;
      if (row > 0) sums[parent[row]! * waitReasons.length + reason]! += sums[first + reason]!;
    }
    reasons[row] = most;
  }
  return reasons;
}
