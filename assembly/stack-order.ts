// Which stacks become rows of Table.Stacks, and in which order: all that rows of periods and calls
// refer to, by id. So the numbers of rows follow from what is referred to, and not from which of the
// rows came to be first, and those of several instances (parts.ts) can be put together.

import { borrow, giveBack, outOfMemory } from "./arena";
import { callRows } from "./calls";
import { nodes, stackRow } from "./call-tree";
import { isDivided } from "./parts";
import { periodRows } from "./periods";
import { newVector, Vector } from "./vector";

/** By row of Table.Stacks: the id of the first stack that it is on the way to. Only where `isDivided`. */
export const firstIds: Vector<u32> = newVector<u32>();

/** To be called before any table asks for a stack. Rows that were made for an earlier table stay. */
export function orderStacks(): void {
  const words = (greatestId() >> 6) + 1;
  const lengthBytes = (words as usize) << 3;
  const asked = borrow(lengthBytes); // a bit for each id
  if (asked == 0) return;
  memory.fill(asked, 0, lengthBytes);
  for (let i: u32 = 0; i < periodRows.length; i++) {
    const row = periodRows.get(i);
    ask(asked, row.kernelStack);
    ask(asked, row.userStack);
  }
  for (let i: u32 = 0; i < callRows.length; i++) {
    const row = callRows.get(i);
    ask(asked, row.kernelStack);
    ask(asked, row.userStack);
  }
  if (isDivided && firstIds.length == 0) firstIds.push(0); // the empty stack
  for (let word: u32 = 0; word < words && !outOfMemory; word++) {
    let bits = load<u64>(asked + ((word as usize) << 3));
    for (; bits != 0 && !outOfMemory; bits &= bits - 1) addStack((word << 6) + (ctz(bits) as u32));
  }
  giveBack(asked, lengthBytes);
}

function greatestId(): u32 {
  let id: u32 = 0;
  for (let i: u32 = 0; i < periodRows.length; i++) {
    const row = periodRows.get(i);
    id = max(id, max(row.kernelStack, row.userStack));
  }
  for (let i: u32 = 0; i < callRows.length; i++) {
    const row = callRows.get(i);
    id = max(id, max(row.kernelStack, row.userStack));
  }
  return id;
}

@inline
function ask(asked: usize, id: u32): void {
  const word = asked + ((id >> 6) << 3);
  store<u64>(word, load<u64>(word) | ((1 as u64) << (id & 63)));
}

function addStack(id: u32): void {
  stackRow(id);
  if (isDivided) while (firstIds.length < nodes.length && !outOfMemory) firstIds.push(id);
}
