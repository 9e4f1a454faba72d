// Flame graph trees for tests: made of folded text, read back as folded text, and a plain check that
// a tree's columns say the same thing. Slow and simple: what the trees are compared with.

import * as assert from "uvu/assert";
import { addFoldedLines } from "../../analyzer/views/folded-lines.js";
import { FlameBuilder } from "../../analyzer/views/flame-tree.js";
import type { FlameOrder, FlameTree } from "../../analyzer/views/flame-tree.js";

export function treeOf(lines: readonly string[], order?: FlameOrder): FlameTree {
  const builder = new FlameBuilder();
  addFoldedLines(builder, lines.join("\n"));
  return builder.tree(order);
}

/** Names from the root's child to `row`. */
export function pathOf(tree: FlameTree, row: number): string[] {
  const path: string[] = [];
  for (let at = row; at !== 0; at = tree.parent[at]!) path.unshift(tree.frames.names[tree.frame[at]!]!);
  return path;
}

/** Weight by stack, of every stack that has any. */
export function stacksOf(tree: FlameTree, self: Float64Array = tree.self): Map<string, number> {
  const stacks = new Map<string, number>();
  for (let row = 0; row < tree.length; row++) {
    if (self[row] === 0) continue;
    const path = pathOf(tree, row).join(";");
    stacks.set(path, (stacks.get(path) ?? 0) + self[row]!);
  }
  return stacks;
}

/** Weights summed by line, in the order of the text: what two trees of the same stacks have in common. */
export function sortedStacks(stacks: ReadonlyMap<string, number>): [string, number][] {
  return [...stacks].sort(([a], [b]) => (a < b ? -1 : 1));
}

export function sumOfLines(lines: readonly string[], change: (frames: string[]) => string[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const line of lines) {
    const [, stack, weight] = /^(.*) (\d+)$/.exec(line)!;
    const path = change(stack!.split(";")).join(";");
    sums.set(path, (sums.get(path) ?? 0) + Number(weight));
  }
  return sums;
}

/** That the columns of `tree` agree with each other, and no box is wider than the one it stands on. */
export function assertWhole(tree: FlameTree): void {
  const children = new Map<number, number[]>();
  for (let row = 1; row < tree.length; row++) {
    const parent = tree.parent[row]!;
    assert.ok(parent < row, "callers come first");
    assert.is(tree.depth[row], tree.depth[parent]! + 1);
    children.set(parent, [...(children.get(parent) ?? []), row]);
  }
  for (let row = 0; row < tree.length; row++) {
    const below = children.get(row) ?? [];
    const held = below.reduce((sum, child) => sum + tree.total[child]!, 0);
    assert.ok(Math.abs(tree.total[row]! - tree.self[row]! - held) < 1e-6, "a box is its own weight and what it holds");
    let next = row + 1;
    let left = tree.start[row]!;
    for (const child of below) {
      assert.is(child, next, "a subtree's rows lie together");
      assert.ok(Math.abs(tree.start[child]! - left) < 1e-6, "siblings touch");
      next = tree.end[child]!;
      left += tree.total[child]!;
    }
    assert.is(tree.end[row], next);
  }
}

/** Lines of stacks that share beginnings and frames, recursion included; the same for the same seed. */
export function randomLines(seed: number, count: number, names = 6, depthMax = 8): string[] {
  let state = seed;
  const below = (limit: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  return Array.from({ length: count }, () => {
    const frames = Array.from({ length: 1 + below(depthMax) }, () => `f${below(names)}`);
    return `${["t", ...frames].join(";")} ${1 + below(50)}`;
  });
}
