// The registers of a dump as DWARF numbers them, which is a matter of the recording's Arch.

import { Arch, DumpRegistersMax } from "./format";

export const RegistersMax: u32 = DumpRegistersMax;

/** Registers of the Arch; 0: an Arch that nothing is known of, whose dumps have no frames. */
export let registerCount: u32 = 0;
export let stackPointer: u32 = 0;
export let instructionPointer: u32 = 0;
export let framePointer: u32 = 0;
export let isArm: bool = false;

/** To be called once the Arch is known, before the first block. */
export function startRegisters(arch: u32): void {
  if (arch == Arch.X86_64) {
    registerCount = 17;
    framePointer = 6;
    stackPointer = 7;
    instructionPointer = 16;
  } else if (arch == Arch.Aarch64) {
    isArm = true;
    registerCount = 33;
    framePointer = 29;
    stackPointer = 31;
    instructionPointer = 32;
  }
}

/** An instruction pointer without the bits that pointer authentication uses on Aarch64. */
@inline
export function strippedPointer(address: u64): u64 {
  return isArm && ((address >> 55) & 1) == 0 ? address & 0xffff_ffff_ffff : address;
}
