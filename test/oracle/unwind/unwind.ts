// A dump -> the frames of its stack, by the rules of "Frames of a dump" of capture/FORMAT.md. What
// is mapped where and which unwind information an address has, it is told.

import * as format from "../format.js";
import { broken, type Dump, type Machine, type Stop, StopError } from "./dump.js";
import { NotDwarfError, type DwarfCursor } from "./dwarf-cursor.js";
import type { Fde } from "./eh-frame.js";
import { evaluate } from "./expression.js";
import { type Rule, rulesAt } from "./rules.js";

export type { Stop } from "./dump.js";

export interface Code {
  /** Whether a mapping of the process covers it. */
  isMapped(address: bigint): boolean;
  /** The FDE of an address, and what must be added to its own addresses to get the process's. */
  fde(address: bigint, isExact: boolean): { fde: Fde; objectAddress: bigint } | undefined;
}

export interface UnwoundFrame {
  address: bigint;
  /** Not a return address: what is looked up is the address itself. */
  isExact: boolean;
}

export interface UnwoundStack {
  /** Leaf first. */
  frames: UnwoundFrame[];
  stop: Stop;
  /** A step was taken by frame pointer. */
  framePointer: boolean;
}

const lowestCode = 4096n;
const frameReach = 1n << 20n;

export function unwind(dump: Dump, machine: Machine, code: Code): UnwoundStack {
  const stack: UnwoundStack = { frames: [], stop: "broken", framePointer: false };
  let registers = [...dump.registers];
  let frame: UnwoundFrame = { address: machine.strip(registers[machine.instructionPointer]!), isExact: true };
  let isFirst = true;
  try {
    for (;;) {
      if (frame.address < lowestCode || !code.isMapped(frame.address)) broken();
      stack.frames.push(frame);
      if (stack.frames.length === format.stackDepthMax) throw new StopError("truncated");
      const found = code.fde(frame.address, frame.isExact);
      const isSignalFrame = found?.fde.cie.isSignalFrame ?? false;
      const caller = found
        ? byRules(found.fde, found.objectAddress, registers, dump, machine)
        : byFramePointer(registers, dump, machine);
      if (found === undefined) stack.framePointer = true;
      const address = machine.strip(caller[machine.instructionPointer]!);
      if (address === 0n) throw new StopError("complete");
      const rises = caller[machine.stackPointer]! > registers[machine.stackPointer]!;
      if (!rises && !isFirst && !isSignalFrame) broken();
      registers = caller;
      registers[machine.instructionPointer] = address;
      frame = { address, isExact: isSignalFrame };
      isFirst = false;
    }
  } catch (error) {
    if (error instanceof StopError) stack.stop = error.stop;
    else if (!(error instanceof NotDwarfError)) throw error;
  }
  return stack;
}

function byFramePointer(registers: readonly bigint[], dump: Dump, machine: Machine): bigint[] {
  const fp = registers[machine.framePointer]!;
  const sp = registers[machine.stackPointer]!;
  if (fp % 8n !== 0n || fp < sp || fp - sp >= frameReach) broken();
  const caller = registers.map(() => 0n);
  caller[machine.framePointer] = dump.read(fp, 8);
  caller[machine.instructionPointer] = dump.read(fp + 8n, 8);
  caller[machine.stackPointer] = fp + 16n;
  return caller;
}

function byRules(
  fde: Fde,
  objectAddress: bigint,
  registers: readonly bigint[],
  dump: Dump,
  machine: Machine,
): bigint[] {
  let steps = 0;
  const spend = (): void => {
    if (++steps > format.unwindStepsMax) broken();
  };
  const register = (number: number): bigint => registers[number] ?? broken();
  const rules = rulesAt(fde, objectAddress, spend);
  const { returnAddress } = fde.cie;
  if (rules.registers.get(returnAddress)?.kind === "undefined") throw new StopError("complete");
  if (rules.cfa === undefined) broken();
  const value = (expression: DwarfCursor, initial: readonly bigint[]): bigint =>
    evaluate(expression.part(BigInt(expression.end - expression.at)), initial, register, dump, spend);
  const cfa =
    rules.cfa.kind === "register"
      ? BigInt.asUintN(64, register(rules.cfa.register) + rules.cfa.offset)
      : value(rules.cfa.expression, []);
  const restored = (rule: Rule, before: bigint): bigint => {
    if (rule.kind === "same") return before;
    if (rule.kind === "undefined") return 0n;
    if (rule.kind === "register") return register(rule.register);
    if (rule.kind === "offset") return dump.read(BigInt.asUintN(64, cfa + rule.offset), 8);
    if (rule.kind === "valueOffset") return BigInt.asUintN(64, cfa + rule.offset);
    const result = value(rule.expression, [cfa]);
    return rule.kind === "expression" ? dump.read(result, 8) : result;
  };
  const caller = [...registers];
  caller[machine.stackPointer] = cfa;
  for (const [number, rule] of rules.registers) {
    if (number < registers.length) caller[number] = restored(rule, registers[number]!);
  }
  caller[machine.instructionPointer] = caller[returnAddress] ?? broken();
  return caller;
}
