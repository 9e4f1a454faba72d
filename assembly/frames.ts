// Distinct frames, resolved once each: a kernel address to its function, a user address to the
// object that was mapped there and the offset in its file. Rows of Table.Frames; row 0 is no frame.

import { StackKind } from "./format";
import { Interned, mix, newInterned } from "./hash-index";
import { KernelSymbol, kernelSymbolOf } from "./kernel-symbols";
import { epochOf, Mapping, mappingOf } from "./mappings";
import { objectRow } from "./objects";
import { lostRow, stringRow } from "./strings";
import { Vector } from "./vector";

@unmanaged
export class FrameRow {
  hash: u32;
  kind: u32;
  address: u64;
  offset: u64;
  object: u32;
  symbol: u32;
  row: u32;

  @inline
  hasKeyOf(sought: FrameRow): bool {
    return (
      this.kind == sought.kind &&
      this.address == sought.address &&
      this.object == sought.object &&
      this.offset == sought.offset &&
      this.symbol == sought.symbol
    );
  }
}

const interned: Interned<FrameRow> = newInterned<FrameRow>();
export const frames: Vector<FrameRow> = interned.rows;

/** Answers for an address of a process, which hold for as long as its mappings stay the same. */
@unmanaged
class Resolved {
  hash: u32;
  pid: u32;
  epoch: u64;
  address: u64;
  kind: u32;
  /** Row of the frame, plus one; 0: not yet known. */
  framePlusOne: u32;

  @inline
  hasKeyOf(sought: Resolved): bool {
    return (
      this.address == sought.address &&
      this.epoch == sought.epoch &&
      this.pid == sought.pid &&
      this.kind == sought.kind
    );
  }
}

const answers: Interned<Resolved> = newInterned<Resolved>();

@inline
function mixWide(hash: u32, word: u64): u32 {
  return mix(mix(hash, word as u32), (word >> 32) as u32);
}

function frameRow(kind: u32, address: u64, object: u32, offset: u64, symbol: u32): u32 {
  const sought = interned.sought;
  sought.hash = mixWide(mix(mix(mixWide(mix(0, kind), address), object), symbol), offset);
  sought.kind = kind;
  sought.address = address;
  sought.object = object;
  sought.offset = offset;
  sought.symbol = symbol;
  sought.row = frames.length;
  return interned.intern().row;
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
  const sought = answers.sought;
  sought.hash = mixWide(mixWide(mix(mix(0, kind), asked), epoch), address);
  sought.pid = asked;
  sought.epoch = epoch;
  sought.address = address;
  sought.kind = kind;
  const answer = answers.intern();
  if (answer.framePlusOne == 0) answer.framePlusOne = resolve(kind, asked, timeNs, address) + 1;
  return answer.framePlusOne - 1;
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
