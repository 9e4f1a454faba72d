// Stacks as a tree, root first: a node is (caller's node, frame), a stack is the node of its leaf,
// node 0 is the empty stack. Rows of Table.Stacks, callers always before their callees. Only stacks
// that something refers to become nodes, and only their frames are resolved.

import { allocate } from "./arena";
import { BlockType, StackIdMax } from "./format";
import { frameOf, lostFrame } from "./frames";
import { HashIndex, mix, newHashIndex } from "./hash-index";
import { lostDefinition } from "./lost-definitions";
import { newSparse, Sparse } from "./sparse";
import { stackOf } from "./stacks";
import { newVector, Vector } from "./vector";

@unmanaged
export class Node {
  hash: u32;
  prefix: u32;
  frame: u32;
  /** StackFlags of the stacks that end here. */
  flags: u32;
  row: u32;
}

export const nodes: Vector<Node> = newVector<Node>();
const index: HashIndex = newHashIndex();
const rowOfStack: Sparse = newSparse(StackIdMax);

function nodeOf(prefix: u32, frame: u32): Node {
  const hash = mix(mix(0, prefix), frame);
  for (let slot = index.first(hash); ; slot = index.after(slot)) {
    const node = changetype<Node>(load<usize>(slot));
    if (changetype<usize>(node) == 0) break;
    if (node.prefix == prefix && node.frame == frame) return node;
  }
  const node = changetype<Node>(allocate(offsetof<Node>()));
  node.hash = hash;
  node.prefix = prefix;
  node.frame = frame;
  node.row = nodes.length;
  nodes.push(node);
  index.add(changetype<usize>(node), hash);
  return node;
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
