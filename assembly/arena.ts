// All memory of the engine comes from here. `allocate` hands out zeroed memory that lives as long as
// the instance; `borrow` and `giveBack` recycle buffers through size classes. Neither ever traps.
// Behind what is handed out a reserve is always at hand, so that where memory can no longer grow
// small requests are still answered, while `outOfMemory` makes the loops above end early and the
// boundary (index.ts) report it. Only a request above `SmallBytes` can be refused and needs a check.

const PageBytes: u64 = 65536;
const MemoryBytesMax: u64 = (1 << 32) - PageBytes;

/** Requests up to this size are always answered. */
export const SmallBytes: usize = 4096;

/** More than small requests add up to between two looks at `outOfMemory`: every loop over records looks. */
const ReserveBytes: u64 = 1 << 20;

/** Whether memory ran out since the instance began. */
export let outOfMemory: bool = false;

let next: u64 = ((__heap_base as u64) + 15) & ~15;
let end: u64 = (memory.size() as u64) * PageBytes;
let bytesMax: u64 = MemoryBytesMax;

/** Lowers the ceiling under which memory may grow. */
export function limitMemory(lengthBytes: u64): void {
  bytesMax = min(lengthBytes, MemoryBytesMax);
}

/** Zeroed, 16-byte aligned, for ever. 0 if it is refused, which small requests never are. */
export function allocate(lengthBytes: usize): usize {
  const at = next;
  const after = (at + (lengthBytes as u64) + 15) & ~15;
  if (after + ReserveBytes > end && !grow(after + ReserveBytes)) {
    outOfMemory = true;
    if (lengthBytes > SmallBytes || after > end) return 0;
  }
  next = after;
  return at as usize;
}

/** Grows an eighth further than asked for: every growth makes the other side remake its views. */
function grow(after: u64): bool {
  if (after > bytesMax) return false;
  const wanted = min(after + (end >> 3), bytesMax);
  const pages = ((wanted - end + PageBytes - 1) / PageBytes) as i32;
  if (memory.grow(pages) < 0) return false;
  end = (memory.size() as u64) * PageBytes;
  return true;
}

// Size classes: four steps per power of two, so that at most a fifth of a buffer is unused.
const ClassesPerDoubling: u32 = 4;
const SmallestBits: u32 = 8;
const Classes: u32 = (32 - SmallestBits) * ClassesPerDoubling;
const freeLists: usize = memory.data(384, 16); // Classes pointers

@inline
function classOf(lengthBytes: usize): u32 {
  if (lengthBytes <= 1 << SmallestBits) return 0;
  const last = (lengthBytes as u32) - 1;
  const bits = 31 - clz(last);
  const step = (last >> (bits - 2)) & 3;
  return (bits - SmallestBits) * ClassesPerDoubling + step + 1;
}

@inline
function bytesOfClass(index: u32): usize {
  if (index == 0) return 1 << SmallestBits;
  const bits = SmallestBits + (index - 1) / ClassesPerDoubling;
  const step = (index - 1) % ClassesPerDoubling;
  return ((5 + step) as usize) << (bits - 2);
}

/** A buffer to be given back; not zeroed. 0 if it is refused, which small requests never are. */
export function borrow(lengthBytes: usize): usize {
  const index = classOf(lengthBytes);
  if (index >= Classes - 1) {
    outOfMemory = true;
    return 0;
  }
  const list = freeLists + ((index as usize) << 2);
  const found = load<usize>(list);
  if (found == 0) return allocate(bytesOfClass(index));
  store<usize>(list, load<usize>(found));
  return found;
}

/** Takes back what `borrow` gave for the same length. */
export function giveBack(buffer: usize, lengthBytes: usize): void {
  if (buffer == 0) return;
  const list = freeLists + ((classOf(lengthBytes) as usize) << 2);
  store<usize>(buffer, load<usize>(list));
  store<usize>(list, buffer);
}
