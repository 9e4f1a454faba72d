// UserDump blocks: stacks as they were, registers and bytes, which share their ids with Stacks. They
// are kept as small as they came (most words are a difference of two bytes from the stack pointer)
// until something asks for their frames; then one at a time is laid out again (`layOut`) for
// unwind/stack.ts to read.
//
//   UserDump | words of the registers, varint each | gap, word; gap, word; ... varint each

import { allocate, borrow, giveBack, outOfMemory } from "./arena";
import { cell, decode, decodeWide, Limit, openPayload, sumOf } from "./columns";
import {
  BlockWordsMax,
  DumpBytesMax,
  DumpRegistersMax,
  Encoding,
  StackIdMax,
  StackKind,
  UserDumpColumn,
} from "./format";
import { defineStack, isUndefined, StackDefinition } from "./stacks";

@unmanaged
export class UserDump extends StackDefinition {
  registers: u32;
  lengthBytes: u32;
  words: u32;
  packedBytes: u32;
}

/** A UserDump block. False if it is malformed; then nothing of it is defined. */
export function defineUserDumps(from: usize, to: usize, records: u32): bool {
  if (
    !openPayload(from, to, UserDumpColumn.Word + 1) ||
    !decode(UserDumpColumn.Id, records, Encoding.Delta, Limit.U32, StackIdMax) ||
    !decode(UserDumpColumn.Flags, records, Encoding.Unsigned, Limit.U32) ||
    !decode(UserDumpColumn.Pid, records, Encoding.Unsigned, Limit.Tid) ||
    !decode(UserDumpColumn.Time, records, Encoding.Delta, Limit.None) ||
    !decode(UserDumpColumn.Registers, records, Encoding.Unsigned, Limit.U32, DumpRegistersMax) ||
    !decode(UserDumpColumn.Length, records, Encoding.Unsigned, Limit.U32, DumpBytesMax) ||
    !decode(UserDumpColumn.Words, records, Encoding.Unsigned, Limit.U32, DumpBytesMax / 8)
  ) {
    return false;
  }
  const registers = sumOf(UserDumpColumn.Registers, records) as u32;
  const words = sumOf(UserDumpColumn.Words, records) as u32;
  if (words > (BlockWordsMax as u32)) return false;
  // At most 34 MB, as of a block of stacks: too much to keep as scratch for ever.
  const lengthBytes = max<usize>(((registers as usize) + ((words as usize) << 1)) << 3, 8);
  const registersFrom = borrow(lengthBytes);
  if (registersFrom == 0) return true; // out of memory, which ends the analysis and is not damage
  const gapsFrom = registersFrom + ((registers as usize) << 3);
  const valuesFrom = gapsFrom + ((words as usize) << 3);
  const whole =
    decodeWide(UserDumpColumn.Register, registers, Encoding.Unsigned, Limit.None, u64.MAX_VALUE, registersFrom) &&
    decodeWide(UserDumpColumn.Gap, words, Encoding.Unsigned, Limit.U32, u64.MAX_VALUE, gapsFrom) &&
    decodeWide(UserDumpColumn.Word, words, Encoding.Unsigned, Limit.None, u64.MAX_VALUE, valuesFrom) &&
    areWhole(records, gapsFrom);
  if (whole) keepDumps(records, registersFrom, gapsFrom, valuesFrom);
  giveBack(registersFrom, lengthBytes);
  return whole;
}

/** Whether every dump's words are inside its stack. */
function areWhole(records: u32, gapsFrom: usize): bool {
  for (let i: u32 = 0; i < records; i++) {
    const lengthBytes = cell(UserDumpColumn.Length, i);
    const words = cell(UserDumpColumn.Words, i) as u32;
    if ((lengthBytes & 7) != 0) return false;
    let behind: u64 = words;
    for (let word: u32 = 0; word < words; word++, gapsFrom += 8) behind += load<u64>(gapsFrom);
    if (behind > lengthBytes >> 3) return false;
  }
  return true;
}

function keepDumps(records: u32, registersFrom: usize, gapsFrom: usize, valuesFrom: usize): void {
  for (let i: u32 = 0; i < records && !outOfMemory; i++) {
    const id = cell(UserDumpColumn.Id, i) as u32;
    const registers = cell(UserDumpColumn.Registers, i) as u32;
    const words = cell(UserDumpColumn.Words, i) as u32;
    if (isUndefined(id)) {
      const packedBytes = packedBytesOf(registersFrom, registers) + packedBytesOf(gapsFrom, words) + packedBytesOf(valuesFrom, words);
      const at = allocate(offsetof<UserDump>() + packedBytes);
      if (at == 0) return;
      const dump = changetype<UserDump>(at);
      dump.timeNs = cell(UserDumpColumn.Time, i);
      dump.kind = StackKind.User;
      dump.flags = cell(UserDumpColumn.Flags, i) as u32;
      dump.pid = cell(UserDumpColumn.Pid, i) as u32;
      dump.isDump = true;
      dump.registers = registers;
      dump.lengthBytes = cell(UserDumpColumn.Length, i) as u32;
      dump.words = words;
      dump.packedBytes = packedBytes as u32;
      pack(at + offsetof<UserDump>(), registersFrom, registers, gapsFrom, valuesFrom, words);
      defineStack(id, dump);
    }
    registersFrom += (registers as usize) << 3;
    gapsFrom += (words as usize) << 3;
    valuesFrom += (words as usize) << 3;
  }
}

function packedBytesOf(from: usize, count: u32): usize {
  let lengthBytes: usize = 0;
  for (const end = from + ((count as usize) << 3); from < end; from += 8) {
    lengthBytes += ((70 - (clz(load<u64>(from) | 1) as usize)) * 9363) >> 16; // a seventh of its bits, rounded up
  }
  return lengthBytes;
}

function pack(to: usize, registersFrom: usize, registers: u32, gapsFrom: usize, valuesFrom: usize, words: u32): void {
  for (let i: usize = 0; i < (registers as usize); i++) to = putVarint(to, load<u64>(registersFrom + (i << 3)));
  for (let i: usize = 0; i < (words as usize); i++) {
    to = putVarint(to, load<u64>(gapsFrom + (i << 3)));
    to = putVarint(to, load<u64>(valuesFrom + (i << 3)));
  }
}

@inline
function putVarint(to: usize, value: u64): usize {
  for (; value >= 0x80; value >>= 7) store<u8>(to++, (value | 0x80) as u8);
  store<u8>(to, value as u8);
  return to + 1;
}
