// A UserDump record: the registers and the stack words of a thread as it was ("UserDump" of
// capture/FORMAT.md). Memory is read from its bytes and from nowhere else.

import * as format from "../format.js";

/** Why unwinding ends: "Frames of a dump". */
export type Stop = "complete" | "truncated" | "broken";

export class StopError extends Error {
  constructor(readonly stop: Stop) {
    super(stop);
  }
}

export function broken(): never {
  throw new StopError("broken");
}

/** What the two architectures call things. */
export interface Machine {
  readonly registers: number;
  readonly stackPointer: number;
  readonly framePointer: number;
  readonly instructionPointer: number;
  /** Undoes what pointer authentication does to an instruction pointer. */
  readonly strip: (address: bigint) => bigint;
}

export function machineOf(arch: number): Machine {
  if (arch === format.Arch.Aarch64) {
    return { registers: 33, stackPointer: 31, framePointer: 29, instructionPointer: 32, strip: stripped };
  }
  return { registers: 17, stackPointer: 7, framePointer: 6, instructionPointer: 16, strip: (address) => address };
}

function stripped(address: bigint): bigint {
  return (address >> 55n) & 1n ? address : address & (2n ** 48n - 1n);
}

export class Dump {
  /** Address of the first byte. */
  readonly start: bigint;
  readonly registers: readonly bigint[];
  private readonly memory: Uint8Array;

  constructor(
    machine: Machine,
    registerWords: readonly bigint[],
    lengthBytes: number,
    gaps: readonly number[],
    words: readonly bigint[],
  ) {
    const stackPointer = (registerWords[machine.stackPointer] ?? 0n) >> 1n;
    const valueOf = (word: bigint): bigint =>
      word & 1n ? BigInt.asUintN(64, stackPointer + (word >> 1n)) : word >> 1n;
    this.start = stackPointer & ~7n;
    this.registers = Array.from({ length: machine.registers }, (_, register) =>
      register === machine.stackPointer ? stackPointer : valueOf(registerWords[register] ?? 0n),
    );
    this.memory = new Uint8Array(lengthBytes);
    const view = new DataView(this.memory.buffer);
    let at = 0;
    words.forEach((word, i) => {
      at += gaps[i]! * 8;
      view.setBigUint64(at, valueOf(word), true);
      at += 8;
    });
  }

  /** `sizeBytes` bytes at an address, least significant first. */
  read(address: bigint, sizeBytes: number): bigint {
    if (address < this.start) broken();
    const at = address - this.start;
    if (at + BigInt(sizeBytes) > BigInt(this.memory.length)) throw new StopError("truncated");
    let value = 0n;
    for (let i = sizeBytes - 1; i >= 0; i--) value = (value << 8n) | BigInt(this.memory[Number(at) + i]!);
    return value;
  }
}
