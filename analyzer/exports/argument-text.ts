// An argument of a system call that is a number, as strace shows it where it knows no more of it:
// flags in hexadecimal, modes in octal, what can only be an address in hexadecimal, and the one
// descriptor that is no number.

import { argumentValue } from "../syscalls/signatures.js";
import type { CallArgument } from "../syscalls/signatures.js";

const AtFdCwd = -100;
const Flags = /flags?$|flg$/;
const Descriptor = /fd$/;

/** `register`: what the register held, as a signed number. */
export function argumentText(argument: CallArgument, register: number): string {
  if (register <= -(2 ** 32) || register >= 2 ** 32) return hexadecimal(BigInt.asUintN(64, BigInt(register)));
  const { name } = argument;
  if (Flags.test(name)) return hexadecimal(register >>> 0);
  // Shorter than an int: what stands above it is left over from something else.
  if (name === "mode") return octal(register & 0xffff);
  const value = argumentValue(argument, register);
  return value === AtFdCwd && Descriptor.test(name) ? "AT_FDCWD" : String(value);
}

function hexadecimal(value: number | bigint): string {
  return value === 0 ? "0" : `0x${value.toString(16)}`;
}

function octal(value: number): string {
  return value === 0 ? "0" : `0${value.toString(8)}`;
}
