// Which stacks become rows of Table.Stacks, and in which order: all that rows of periods and calls
// refer to, by id. So the numbers of rows follow from what is referred to, and not from which of the
// rows came to be first, and those of several instances (parts.ts) can be put together.

import { outOfMemory } from "./arena";
import { callRows } from "./calls";
import { nodes, stackRow } from "./call-tree";
import { StackIdMax } from "./format";
import { isDivided } from "./parts";
import { periodRows } from "./periods";
import { compareU32, sort } from "./sort";
import { newSparse, Sparse } from "./sparse";
import { newVector, Vector } from "./vector";

const asked: Sparse = newSparse(StackIdMax);
const ids: Vector<u32> = newVector<u32>();

/** By row of Table.Stacks: the id of the first stack that it is on the way to. Only where `isDivided`. */
export const firstIds: Vector<u32> = newVector<u32>();

function ask(id: u32): void {
  if (id == 0 || asked.get(id) != 0) return;
  asked.set(id, 1);
  ids.push(id);
}

function compareIds(a: usize, b: usize): i32 {
  return compareU32(a as u32, b as u32);
}

/** To be called before any table asks for a stack. Rows that were made for an earlier table stay. */
export function orderStacks(): void {
  for (let i: u32 = 0; i < periodRows.length && !outOfMemory; i++) {
    ask(periodRows.get(i).kernelStack);
    ask(periodRows.get(i).userStack);
  }
  for (let i: u32 = 0; i < callRows.length && !outOfMemory; i++) {
    ask(callRows.get(i).kernelStack);
    ask(callRows.get(i).userStack);
  }
  sort(ids.at, ids.length, compareIds);
  if (isDivided && firstIds.length == 0) firstIds.push(0); // the empty stack
  for (let i: u32 = 0; i < ids.length && !outOfMemory; i++) {
    stackRow(ids.get(i));
    if (isDivided) while (firstIds.length < nodes.length && !outOfMemory) firstIds.push(ids.get(i));
  }
  ids.length = 0;
}
