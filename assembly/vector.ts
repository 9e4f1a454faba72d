// Growable array of plain values in borrowed memory. Where memory is refused a push is dropped; the
// arena remembers it and the call across the boundary ends with OutOfMemory.

import { allocate, borrow, giveBack } from "./arena";

/** Of the first buffer: what the arena lends at least. Symbolizing has thousands of short vectors. */
const FirstBytes: usize = 256;

@unmanaged
export class Vector<T> {
  at: usize;
  length: u32;
  capacity: u32;

  push(value: T): void {
    if (this.length == this.capacity && !this.grow()) return;
    store<T>(this.at + (this.length as usize) * sizeof<T>(), value);
    this.length++;
  }

  @inline
  get(index: u32): T {
    return load<T>(this.at + (index as usize) * sizeof<T>());
  }

  private grow(): bool {
    const capacity = max<u32>(this.capacity * 2, (FirstBytes / sizeof<T>()) as u32);
    if ((capacity as u64) * sizeof<T>() > u32.MAX_VALUE) return false;
    const lengthBytes = (capacity as usize) * sizeof<T>();
    const grown = borrow(lengthBytes);
    if (grown == 0) return false;
    memory.copy(grown, this.at, (this.length as usize) * sizeof<T>());
    giveBack(this.at, (this.capacity as usize) * sizeof<T>());
    this.at = grown;
    this.capacity = capacity;
    return true;
  }
}

export function newVector<T>(): Vector<T> {
  return changetype<Vector<T>>(allocate(offsetof<Vector<T>>()));
}
