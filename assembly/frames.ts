// Distinct frames, resolved once each: a kernel address to its function, a user address to the
// object that was mapped there and the offset in its file. Rows of Table.Frames; row 0 is no frame.

import { allocate } from "./arena";
import { StackKind } from "./format";
import { HashIndex, mix, newHashIndex } from "./hash-index";
import { KernelSymbol, kernelSymbolOf } from "./kernel-symbols";
import { epochOf, Mapping, mappingOf } from "./mappings";
import { objectRow } from "./objects";
import { lostRow, stringRow } from "./strings";
import { newVector, Vector } from "./vector";

@unmanaged
export class FrameRow {
  hash: u32;
  kind: u32;
  address: u64;
  offset: u64;
  object: u32;
  symbol: u32;
  row: u32;
}

export const frames: Vector<FrameRow> = newVector<FrameRow>();
const index: HashIndex = newHashIndex();

/** Answers for an address of a process, which hold for as long as its mappings stay the same. */
@unmanaged
class Resolved {
  hash: u32;
  pid: u32;
  epoch: u64;
  address: u64;
  kind: u32;
  frame: u32;
}

const resolvedIndex: HashIndex = newHashIndex();

@inline
function mixWide(hash: u32, word: u64): u32 {
  return mix(mix(hash, word as u32), (word >> 32) as u32);
}

function frameRow(kind: u32, address: u64, object: u32, offset: u64, symbol: u32): u32 {
  const hash = mixWide(mix(mix(mixWide(mix(0, kind), address), object), symbol), offset);
  for (let slot = index.first(hash); ; slot = index.after(slot)) {
    const row = changetype<FrameRow>(load<usize>(slot));
    if (changetype<usize>(row) == 0) break;
    if (
      row.hash == hash &&
      row.kind == kind &&
      row.address == address &&
      row.object == object &&
      row.offset == offset &&
      row.symbol == symbol
    ) {
      return row.row;
    }
  }
  const row = changetype<FrameRow>(allocate(offsetof<FrameRow>()));
  row.hash = hash;
  row.kind = kind;
  row.address = address;
  row.object = object;
  row.offset = offset;
  row.symbol = symbol;
  row.row = frames.length;
  frames.push(row);
  index.add(changetype<usize>(row), hash);
  return row.row;
}

frameRow(0, 0, 0, 0, 0); // row 0

/** The frame that stands for a stack whose definition is missing. */
export function lostFrame(): u32 {
  return frameRow(0, 0, 0, 0, lostRow());
}

/** Row of the frame that `address` was in a process at a moment. */
export function frameOf(kind: u32, pid: u32, timeNs: u64, address: u64): u32 {
  const asked = kind == StackKind.Kernel ? 0 : pid;
  const epoch = epochOf(asked, timeNs);
  const hash = mixWide(mixWide(mix(mix(0, kind), asked), epoch), address);
  for (let slot = resolvedIndex.first(hash); ; slot = resolvedIndex.after(slot)) {
    const known = changetype<Resolved>(load<usize>(slot));
    if (changetype<usize>(known) == 0) break;
    if (
      known.hash == hash &&
      known.address == address &&
      known.epoch == epoch &&
      known.pid == asked &&
      known.kind == kind
    ) {
      return known.frame;
    }
  }
  const resolved = changetype<Resolved>(allocate(offsetof<Resolved>()));
  resolved.hash = hash;
  resolved.pid = asked;
  resolved.epoch = epoch;
  resolved.address = address;
  resolved.kind = kind;
  resolved.frame = resolve(kind, asked, timeNs, address);
  resolvedIndex.add(changetype<usize>(resolved), hash);
  return resolved.frame;
}

function resolve(kind: u32, pid: u32, timeNs: u64, address: u64): u32 {
  if (kind == StackKind.Kernel) {
    const symbol: KernelSymbol = kernelSymbolOf(address);
    if (changetype<usize>(symbol) != 0) {
      const name = stringRow(symbol.nameId);
      return frameRow(kind, address, objectRow(symbol.objectId), address - symbol.address, name);
    }
  }
  const mapping: Mapping = mappingOf(pid, timeNs, address);
  if (changetype<usize>(mapping) == 0) return frameRow(kind, address, 0, 0, 0);
  const offset = address - mapping.start + mapping.fileOffset;
  return frameRow(kind, address, objectRow(mapping.objectId), offset, 0);
}
