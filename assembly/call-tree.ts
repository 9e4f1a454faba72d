// Stacks as a tree, root first: a node is (caller's node, frame), a stack is the node of its leaf,
// node 0 is the empty stack. Rows of Table.Stacks, callers always before their callees. Only stacks
// that something refers to become nodes, and only their frames are resolved.

import { BlockType, StackFlag, StackIdMax, StackKind } from "./format";
import { UserDump } from "./dumps";
import { forgetLocated, frameOf, Located, locate, lostFrame } from "./frames";
import { Interned, mix, newInterned } from "./hash-index";
import { lostDefinition } from "./lost-definitions";
import { newSparse, Sparse } from "./sparse";
import { StackDefinition, stackOf } from "./stacks";
import { StackHow } from "./tables";
import { foundFrame, frameCount, how, unwind } from "./unwind/stack";
import { Vector } from "./vector";

@unmanaged
export class Node {
  hash: u32;
  prefix: u32;
  frame: u32;
  /** StackFlags of the stacks that end here. */
  flags: u32;
  /** StackHow of those, all of them found alike; 0 of a node that only leads to others. */
  how: u32;
  row: u32;

  @inline
  hasKeyOf(sought: Node): bool {
    return this.prefix == sought.prefix && this.frame == sought.frame && this.how == sought.how;
  }
}

const interned: Interned<Node> = newInterned<Node>();
export const nodes: Vector<Node> = interned.rows;
const rowOfStack: Sparse = newSparse(StackIdMax);

function nodeOf(prefix: u32, frame: u32, how: u32): Node {
  const sought = interned.sought;
  sought.hash = mix(mix(how, prefix), frame);
  sought.prefix = prefix;
  sought.frame = frame;
  sought.how = how;
  sought.row = nodes.length;
  return interned.intern();
}

nodeOf(0, 0, 0); // row 0: no frame is row 0, so that nothing else finds this node

/** Whether names or unwind information came since stacks were made into nodes. */
let isOutOfDate: bool = false;

/** More is known of frames: stacks that are asked for from now on are made anew, of that. */
export function learnMore(): void {
  isOutOfDate = nodes.length > 1;
}

/** Rows that have been handed out stay what they are. */
function forgetStacks(): void {
  isOutOfDate = false;
  rowOfStack.clear();
  forgetLocated();
}

/** Row of the leaf of a stack id; a missing definition is a stack of one frame that says so. */
export function stackRow(id: u32): u32 {
  if (id == 0) return 0;
  if (isOutOfDate) forgetStacks();
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
    return nodeOf(0, lostFrame(), 0).row;
  }
  return stack.isDump ? buildDump(changetype<UserDump>(changetype<usize>(stack))) : buildRecorded(stack);
}

function buildRecorded(stack: StackDefinition): u32 {
  const howFound = howOf(stack);
  const isUser = stack.kind != StackKind.Kernel;
  let row: u32 = 0;
  for (let i = stack.depth; i > 0; i--) {
    const located = locate(stack.kind, stack.pid, stack.timeNs, stack.address(i - 1), isUser && i != 1);
    row = addFrames(row, located, i == 1 ? howFound : 0);
  }
  nodes.get(row).flags |= stack.flags;
  return row;
}

/** Of a stack that was walked when it was recorded. */
function howOf(stack: StackDefinition): u32 {
  if (stack.kind == StackKind.Kernel) return 0;
  const isTruncated = (stack.flags & StackFlag.Truncated) != 0;
  return StackHow.FramePointers | (isTruncated ? StackHow.Truncated : 0);
}

function buildDump(dump: UserDump): u32 {
  unwind(dump);
  let row: u32 = 0;
  for (let i = frameCount; i > 0; i--) row = addFrames(row, foundFrame(i - 1), i == 1 ? how : 0);
  // That bytes above were not taken matters only where they are missing.
  const isTruncated = (how & StackHow.Truncated) != 0;
  if (row != 0) nodes.get(row).flags |= (dump.flags & ~StackFlag.Truncated) | (isTruncated ? StackFlag.Truncated : 0);
  return row;
}

/** The node of a frame called by that of `prefix`, or of the innermost of the functions it stands for. */
function addFrames(prefix: u32, located: Located, how: u32): u32 {
  const frame = frameOf(located);
  const inlinedCount = located.inlinedCount;
  let row = nodeOf(prefix, frame, inlinedCount == 0 ? how : 0).row;
  for (let i: u32 = 0; i < inlinedCount; i++) {
    row = nodeOf(row, load<u32>(located.inlined + ((i as usize) << 2)), i + 1 == inlinedCount ? how : 0).row;
  }
  return row;
}
