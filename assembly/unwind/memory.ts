// One dump at a time, laid out as it was: the registers of the frame that is looked at, and the bytes
// of the stack above the stack pointer. No other memory is known.

import { borrow } from "../arena";
import { Cursor, newCursor } from "../cursor";
import { UserDump } from "../dumps";
import { DumpBytesMax } from "../format";
import { registerCount, RegistersMax, stackPointer } from "../registers";

/** Why something could not be read. */
export enum Missing {
  Nothing,
  /** It lies above the bytes that were taken. */
  Behind,
  /** It lies anywhere else, or is not known. */
  Elsewhere,
}

/** What the last read lacked; stays until `clearMissing`. */
export let missing: Missing = Missing.Nothing;

@inline
export function clearMissing(): void {
  missing = Missing.Nothing;
}

/** Says that something is not known. */
export function lack(): void {
  if (missing == Missing.Nothing) missing = Missing.Elsewhere;
}

const registers: usize = memory.data(264, 16); // RegistersMax words

// Bytes of the stack, from an address on; the buffer is borrowed once, for the largest of all dumps.
let bytes: usize = 0;
let baseAddress: u64 = 0;
let lengthBytes: u64 = 0;

const cursor: Cursor = newCursor();

/** Value of a register of the frame that is looked at; lacking where a dump has no such register. */
@inline
export function register(index: u32): u64 {
  if (index < registerCount) return load<u64>(registers + ((index as usize) << 3));
  lack();
  return 0;
}

@inline
export function setRegister(index: u32, value: u64): void {
  store<u64>(registers + ((index as usize) << 3), value);
}

/** All of them are 0 from here on. */
export function forgetRegisters(): void {
  memory.fill(registers, 0, (RegistersMax as usize) << 3);
}

/** Lays out a dump. False where memory is refused. */
export function layOut(dump: UserDump): bool {
  if (bytes == 0) bytes = borrow((DumpBytesMax as usize) + 8);
  if (bytes == 0) return false;
  const from = changetype<usize>(dump) + offsetof<UserDump>();
  cursor.start(from, from + dump.packedBytes);
  forgetRegisters();
  for (let i: u32 = 0; i < dump.registers; i++) store<u64>(registers + ((i as usize) << 3), cursor.varint());
  const stackAddress = load<u64>(registers + ((stackPointer as usize) << 3)) >> 1;
  for (let i: u32 = 0; i < dump.registers; i++) {
    const slot = registers + ((i as usize) << 3);
    store<u64>(slot, i == stackPointer ? stackAddress : wordOf(load<u64>(slot), stackAddress));
  }
  baseAddress = stackAddress & ~7;
  lengthBytes = dump.lengthBytes;
  memory.fill(bytes, 0, dump.lengthBytes);
  let at = bytes;
  for (let i: u32 = 0; i < dump.words; i++) {
    at += (cursor.varint() as usize) << 3;
    store<u64>(at, wordOf(cursor.varint(), stackAddress));
    at += 8;
  }
  return true;
}

@inline
function wordOf(word: u64, stackAddress: u64): u64 {
  return (word >> 1) + ((word & 1) == 0 ? 0 : stackAddress);
}

/** Little-endian, of 1 to 8 bytes of the stack; lacking where it is not in the dump. */
@inline
export function stackWord(address: u64, wordBytes: u32 = 8): u64 {
  const offset = address - baseAddress;
  if (address >= baseAddress && offset < lengthBytes && wordBytes as u64 <= lengthBytes - offset) {
    const at = bytes + (offset as usize);
    // The buffer goes on for another word.
    return wordBytes == 8 ? load<u64>(at) : load<u64>(at) & (((1 as u64) << ((wordBytes as u64) << 3)) - 1);
  }
  if (missing == Missing.Nothing) missing = address >= baseAddress ? Missing.Behind : Missing.Elsewhere;
  return 0;
}
