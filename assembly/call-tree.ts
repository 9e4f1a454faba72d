// Stacks as a tree, root first: a node is (caller's node, frame), a stack is the node of its leaf,
// node 0 is the empty stack. Rows of Table.Stacks, callers always before their callees. Only stacks
// that something refers to become nodes, and only their frames are resolved.

import { BlockType, StackIdMax } from "./format";
import { frameOf, lostFrame } from "./frames";
import { Interned, mix, newInterned } from "./hash-index";
import { lostDefinition } from "./lost-definitions";
import { newSparse, Sparse } from "./sparse";
import { stackOf } from "./stacks";
import { Vector } from "./vector";

@unmanaged
export class Node {
  hash: u32;
  prefix: u32;
  frame: u32;
  /** StackFlags of the stacks that end here. */
  flags: u32;
  row: u32;

  @inline
  hasKeyOf(sought: Node): bool {
    return this.prefix == sought.prefix && this.frame == sought.frame;
  }
}

const interned: Interned<Node> = newInterned<Node>();
export const nodes: Vector<Node> = interned.rows;
const rowOfStack: Sparse = newSparse(StackIdMax);

function nodeOf(prefix: u32, frame: u32): Node {
  const sought = interned.sought;
  sought.hash = mix(mix(0, prefix), frame);
  sought.prefix = prefix;
  sought.frame = frame;
  sought.row = nodes.length;
  return interned.intern();
}

nodeOf(0, 0); // row 0: no frame is row 0, so that nothing else finds this node

/** Row of the leaf of a stack id; a missing definition is a stack of one frame that says so. */
export function stackRow(id: u32): u32 {
  if (id == 0) return 0;
  const known = rowOfStack.get(id);
  if (known != 0) return known - 1;
  const row = buildStack(id);
  rowOfStack.set(id, row + 1);
  return row;
}

function buildStack(id: u32): u32 {
  const stack = stackOf(id);
  if (changetype<usize>(stack) == 0) {
    lostDefinition(BlockType.Stack, id);
    return nodeOf(0, lostFrame()).row;
  }
  let node = nodeOf(0, 0);
  for (let i = stack.depth; i > 0; i--) {
    node = nodeOf(node.row, frameOf(stack.kind, stack.pid, stack.timeNs, stack.address(i - 1)));
  }
  node.flags |= stack.flags;
  return node.row;
}
