// Stacks as the recording defines them: addresses, leaf first. They are kept as they are until the
// recording has ended; call-tree.ts then turns those that something refers to into tree nodes.

import { allocate, borrow, giveBack, outOfMemory } from "./arena";
import { cell, columnValues, decode, decodeWide, Limit, openPayload, sumOf } from "./columns";
import { Encoding, StackColumn, StackDepthMax, StackIdMax } from "./format";
import { newSparse, Sparse } from "./sparse";

/** A stack, or a dump of one, which dumps.ts defines. Followed by `depth` addresses of 8 bytes. */
@unmanaged
export class StackDefinition {
  timeNs: u64;
  kind: u32;
  flags: u32;
  pid: u32;
  /** Addresses that follow; 0 of a dump, which is a UserDump. */
  depth: u32;
  isDump: bool;

  @inline
  address(index: u32): u64 {
    return load<u64>(changetype<usize>(this) + offsetof<StackDefinition>() + ((index as usize) << 3));
  }
}

const definitions: Sparse = newSparse(StackIdMax);

/** A null reference for an id that is not defined. */
@inline
export function stackOf(id: u32): StackDefinition {
  return changetype<StackDefinition>(definitions.get(id) as usize);
}

/** Defines a stack of an id that is undefined so far. */
export function defineStack(id: u32, stack: StackDefinition): void {
  definitions.set(id, changetype<usize>(stack) as u32);
}

/** Whether a stack of this id may be defined: the first definition holds. */
@inline
export function isUndefined(id: u32): bool {
  return id != 0 && definitions.get(id) == 0;
}

/** A Stack block. False if it is malformed; then nothing of it is defined. */
export function defineStacks(from: usize, to: usize, records: u32): bool {
  if (
    !openPayload(from, to, StackColumn.Address + 1) ||
    !decode(StackColumn.Id, records, Encoding.Delta, Limit.U32, StackIdMax) ||
    !decode(StackColumn.Kind, records, Encoding.Unsigned, Limit.U32) ||
    !decode(StackColumn.Flags, records, Encoding.Unsigned, Limit.U32) ||
    !decode(StackColumn.Pid, records, Encoding.Unsigned, Limit.Tid) ||
    !decode(StackColumn.Time, records, Encoding.Delta, Limit.None) ||
    !decode(StackColumn.Depth, records, Encoding.Unsigned, Limit.U32, StackDepthMax)
  ) {
    return false;
  }
  // At most BlockRecordsMax * StackDepthMax, 66 MB: too much to keep as scratch for ever.
  const frames = sumOf(StackColumn.Depth, records) as u32;
  if (columnValues(StackColumn.Address) != frames) return false;
  const lengthBytes = (max<u32>(frames, 1) as usize) << 3;
  const addresses = borrow(lengthBytes);
  if (addresses == 0) return true; // out of memory, which ends the analysis and is not damage
  const whole = decodeWide(StackColumn.Address, frames, Encoding.Delta, Limit.None, u64.MAX_VALUE, addresses);
  if (whole) keepStacks(records, addresses);
  giveBack(addresses, lengthBytes);
  return whole;
}

function keepStacks(records: u32, addresses: usize): void {
  for (let i: u32 = 0; i < records && !outOfMemory; i++) {
    const depth = cell(StackColumn.Depth, i) as u32;
    const addressBytes = (depth as usize) << 3;
    const id = cell(StackColumn.Id, i) as u32;
    if (isUndefined(id)) {
      const stack = changetype<StackDefinition>(allocate(offsetof<StackDefinition>() + addressBytes));
      stack.timeNs = cell(StackColumn.Time, i);
      stack.kind = cell(StackColumn.Kind, i) as u32;
      stack.flags = cell(StackColumn.Flags, i) as u32;
      stack.pid = cell(StackColumn.Pid, i) as u32;
      stack.depth = depth;
      memory.copy(changetype<usize>(stack) + offsetof<StackDefinition>(), addresses, addressBytes);
      defineStack(id, stack);
    }
    addresses += addressBytes;
  }
}
