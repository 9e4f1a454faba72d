// Distinct frames, resolved once each: a kernel address to its function, a user address to the
// object that was mapped there, the offset in its file and the function, or functions, it is in.
// Rows of Table.Frames; row 0 is no frame.

import { allocate } from "./arena";
import { ElfName, elfNameOf } from "./elf-names";
import { ObjectKind, StackKind } from "./format";
import { Interned, mix, newInterned } from "./hash-index";
import { KernelSymbol, kernelSymbolOf } from "./kernel-symbols";
import { epochOf, Mapping, mappingOf } from "./mappings";
import { findObjectAddress, foundAddress } from "./object-addresses";
import { ObjectSymbol, objectSymbolOf } from "./object-symbols";
import { objectRow, objects } from "./objects";
import { momentOf, ProcessSymbol, processSymbolOf } from "./process-symbols";
import { SourceFrame, sourceFrameOf } from "./source-frames";
import { intern, lostRow, stringRow } from "./strings";
import { NameSource } from "./tables";
import { Vector } from "./vector";

@unmanaged
export class FrameRow {
  hash: u32;
  kind: u32;
  address: u64;
  offset: u64;
  symbolOffset: u64;
  object: u32;
  symbol: u32;
  source: u32;
  file: u32;
  line: u32;
  inlined: u32;
  /** Instead of `symbol`: it becomes a string when the table of frames is made, behind all others. */
  elfName: ElfName;
  row: u32;

  @inline
  hasKeyOf(sought: FrameRow): bool {
    return (
      this.kind == sought.kind &&
      this.address == sought.address &&
      this.object == sought.object &&
      this.offset == sought.offset &&
      this.symbol == sought.symbol &&
      this.symbolOffset == sought.symbolOffset &&
      this.source == sought.source &&
      this.file == sought.file &&
      this.line == sought.line &&
      this.inlined == sought.inlined &&
      this.elfName == sought.elfName
    );
  }
}

const interned: Interned<FrameRow> = newInterned<FrameRow>();
export const frames: Vector<FrameRow> = interned.rows;

/** Where an address of a process is, which holds for as long as its mappings and symbols stay the same. */
@unmanaged
export class Located {
  hash: u32;
  kind: u32;
  epoch: u64;
  address: u64;
  timeNs: u64;
  offset: u64;
  /** The object's own address of what is looked up. */
  objectAddress: u64;
  pid: u32;
  /** Of the process's symbols: see `momentOf`. */
  moment: u32;
  objectId: u32;
  /** A return address, the call being before it. */
  isReturn: bool;
  isMapped: bool;
  hasObjectAddress: bool;
  isFound: bool;
  /** Row of its frame, plus one; 0: not yet known. Of several, inlined ones, the outermost. */
  framePlusOne: u32;
  /** Functions inlined into that one, from outside in: rows. */
  inlinedCount: u32;
  inlined: usize;

  @inline
  hasKeyOf(sought: Located): bool {
    return (
      this.address == sought.address &&
      this.epoch == sought.epoch &&
      this.moment == sought.moment &&
      this.pid == sought.pid &&
      this.kind == sought.kind &&
      this.isReturn == sought.isReturn
    );
  }

  @inline
  get back(): u64 {
    return this.isReturn ? 1 : 0;
  }
}

const answers: Interned<Located> = newInterned<Located>();

/** What was located is to be located anew; frames stay what they are. */
export function forgetLocated(): void {
  answers.clear();
}

@inline
function mixWide(hash: u32, word: u64): u32 {
  return mix(mix(hash, word as u32), (word >> 32) as u32);
}

/** A frame to be filled in, of an address of which nothing is known yet. */
function newFrame(kind: u32, address: u64): FrameRow {
  const sought = interned.sought;
  memory.fill(changetype<usize>(sought), 0, offsetof<FrameRow>());
  sought.kind = kind;
  sought.address = address;
  return sought;
}

/** The row of the frame that was filled in. */
function internFrame(): u32 {
  const sought = interned.sought;
  const ofPlace = mixWide(mix(mixWide(mix(0, sought.kind), sought.address), sought.object), sought.offset);
  const ofName = mix(mix(ofPlace, sought.symbol), changetype<usize>(sought.elfName) as u32);
  sought.hash = mix(mix(ofName, sought.line), sought.inlined);
  sought.row = frames.length;
  return interned.intern().row;
}

newFrame(0, 0);
internFrame(); // row 0

/** String row of the name of a frame's function. */
export function symbolRow(frame: FrameRow): u32 {
  const name = frame.elfName;
  return changetype<usize>(name) == 0 ? frame.symbol : intern(name.nameAt, name.nameBytes);
}

/** The frame that stands for a stack whose definition is missing. */
export function lostFrame(): u32 {
  newFrame(0, 0).symbol = lostRow();
  return internFrame();
}

/** What an address of a process was at a moment; `isReturn`: it is one that a call will return to. */
export function locate(kind: u32, pid: u32, timeNs: u64, address: u64, isReturn: bool): Located {
  const asked = kind == StackKind.Kernel ? 0 : pid;
  const sought = answers.sought;
  sought.epoch = epochOf(asked, timeNs);
  sought.moment = kind == StackKind.Kernel ? 0 : momentOf(asked, timeNs);
  sought.hash = mix(mixWide(mixWide(mix(mix(isReturn ? 1 : 0, kind), asked), sought.epoch), address), sought.moment);
  sought.pid = asked;
  sought.timeNs = timeNs;
  sought.address = address;
  sought.kind = kind;
  sought.isReturn = isReturn;
  const located = answers.intern();
  if (located.isFound) return located;
  located.isFound = true;
  const mapping: Mapping = mappingOf(asked, timeNs, address);
  if (changetype<usize>(mapping) == 0) return located;
  located.isMapped = true;
  located.objectId = mapping.objectId;
  located.offset = address - mapping.start + mapping.fileOffset;
  located.hasObjectAddress =
    kind != StackKind.Kernel && findObjectAddress(mapping.objectId, located.offset - located.back);
  if (located.hasObjectAddress) located.objectAddress = foundAddress;
  return located;
}

/** Row of the frame of what was located; its functions that were inlined are rows of their own. */
export function frameOf(located: Located): u32 {
  if (located.framePlusOne == 0) located.framePlusOne = makeFrames(located) + 1;
  return located.framePlusOne - 1;
}

function makeFrames(located: Located): u32 {
  if (located.kind == StackKind.Kernel) return kernelFrame(located);
  nameUserFrame(located);
  if (!located.hasObjectAddress) return internFrame();
  const functions: SourceFrame = sourceFrameOf(located.objectId, located.objectAddress);
  if (changetype<usize>(functions) == 0) return internFrame();
  const outermost = sourced(functions, functions.depth - 1);
  located.inlinedCount = functions.depth - 1;
  located.inlined = allocate((located.inlinedCount as usize) << 2);
  for (let i: u32 = 1; i < functions.depth; i++) {
    nameUserFrame(located);
    store<u32>(located.inlined + (((i - 1) as usize) << 2), sourced(functions, functions.depth - 1 - i));
  }
  return outermost;
}

/** The frame that was filled in, with what is known of its source. */
function sourced(functions: SourceFrame, index: u32): u32 {
  const frame = interned.sought;
  const known = functions.functionAt(index);
  frame.inlined = u32(index + 1 != functions.depth);
  if (known.nameId != 0 || frame.inlined != 0) {
    frame.symbol = stringRow(known.nameId);
    frame.elfName = changetype<ElfName>(0);
    frame.source = NameSource.DebugInfo;
  }
  frame.file = stringRow(known.fileId);
  frame.line = known.line;
  return internFrame();
}

function kernelFrame(located: Located): u32 {
  const symbol: KernelSymbol = kernelSymbolOf(located.address);
  if (changetype<usize>(symbol) == 0) {
    placedFrame(located);
    return internFrame();
  }
  const name = stringRow(symbol.nameId);
  const object = objectRow(symbol.objectId);
  const frame = newFrame(located.kind, located.address);
  frame.object = object;
  frame.symbol = name;
  frame.offset = located.address - symbol.address;
  frame.symbolOffset = frame.offset;
  frame.source = NameSource.Kernel;
  return internFrame();
}

/** Fills in where an address is, without a name. */
function placedFrame(located: Located): FrameRow {
  const object = located.isMapped ? objectRow(located.objectId) : 0;
  const frame = newFrame(located.kind, located.address);
  frame.object = object;
  frame.offset = located.offset;
  return frame;
}

/** NameSources that are a SymbolSource of the recording. */
const SymbolSourceMax: u32 = 31;

/** Fills in a frame of a process, with the name of its function ("Symbols of a frame" of FORMAT.md). */
function nameUserFrame(located: Located): void {
  const frame = placedFrame(located);
  if (located.objectId == 0 || objects.get(frame.object).kind == ObjectKind.Anonymous) {
    const address = located.address - located.back;
    const symbol: ProcessSymbol = processSymbolOf(located.pid, located.timeNs, address);
    if (changetype<usize>(symbol) == 0) return;
    frame.symbol = stringRow(symbol.nameId);
    frame.symbolOffset = located.address - symbol.address;
    frame.source = NameSource.Process;
    return;
  }
  if (!located.hasObjectAddress) return;
  const address = located.objectAddress;
  const symbol: ObjectSymbol = objectSymbolOf(located.objectId, address);
  if (changetype<usize>(symbol) != 0) {
    frame.symbol = stringRow(symbol.nameId);
    frame.symbolOffset = address + located.back - symbol.address;
    frame.source = min(symbol.source, SymbolSourceMax);
    return;
  }
  const name: ElfName = elfNameOf(located.objectId, address);
  if (changetype<usize>(name) == 0) return;
  frame.elfName = name;
  frame.symbolOffset = address + located.back - name.address;
  frame.source = name.source;
}
