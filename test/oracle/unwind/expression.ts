// DWARF expressions as unwinding rules use them: a small stack machine over the registers and the
// memory of a dump (DWARF 5, 2.5). Whatever such an expression cannot be ends the unwinding.

import { broken } from "./dump.js";
import type { Dump } from "./dump.js";
import type { DwarfCursor } from "./dwarf-cursor.js";

const StackMax = 64;

/** Counts what one step has done. */
export interface Budget {
  steps: number;
}

export function evaluate(
  expression: DwarfCursor,
  initial: readonly bigint[],
  register: (number: number) => bigint,
  dump: Dump,
  spend: () => void,
): bigint {
  const stack = [...initial];
  const first = expression.at;
  const pop = (): bigint => stack.pop() ?? broken();
  const push = (value: bigint): void => {
    if (stack.length === StackMax) broken();
    stack.push(BigInt.asUintN(64, value));
  };
  const signed = (value: bigint): bigint => BigInt.asIntN(64, value);
  const jump = (by: bigint): void => {
    const to = expression.at + Number(by);
    if (to < first || to > expression.end) broken();
    expression.at = to;
  };
  const binary = (operation: (a: bigint, b: bigint) => bigint): void => {
    const b = pop();
    push(operation(pop(), b));
  };
  const compare = (holds: (a: bigint, b: bigint) => boolean): void =>
    binary((a, b) => (holds(signed(a), signed(b)) ? 1n : 0n));
  const shift = (by: bigint): bigint => (by > 64n ? 64n : by);

  const operations: { readonly [opcode: number]: () => void } = {
    0x03: () => push(expression.unsigned(8)),
    0x06: () => push(dump.read(pop(), 8)),
    0x08: () => push(expression.unsigned(1)),
    0x09: () => push(expression.signed(1)),
    0x0a: () => push(expression.unsigned(2)),
    0x0b: () => push(expression.signed(2)),
    0x0c: () => push(expression.unsigned(4)),
    0x0d: () => push(expression.signed(4)),
    0x0e: () => push(expression.unsigned(8)),
    0x0f: () => push(expression.signed(8)),
    0x10: () => push(expression.uleb()),
    0x11: () => push(expression.sleb()),
    0x12: () => push(stack.at(-1) ?? broken()),
    0x13: () => void pop(),
    0x14: () => push(stack.at(-2) ?? broken()),
    0x15: () => push(stack.at(-1 - expression.byte()) ?? broken()),
    0x16: () => {
      const [a, b] = [pop(), pop()];
      push(a);
      push(b);
    },
    0x17: () => {
      const [a, b, c] = [pop(), pop(), pop()];
      push(a);
      push(c);
      push(b);
    },
    0x19: () => {
      const value = signed(pop());
      push(value < 0n ? -value : value);
    },
    0x1a: () => binary((a, b) => a & b),
    0x1b: () => binary((a, b) => (b === 0n ? broken() : signed(a) / signed(b))),
    0x1c: () => binary((a, b) => a - b),
    0x1d: () => binary((a, b) => (b === 0n ? broken() : a % b)),
    0x1e: () => binary((a, b) => a * b),
    0x1f: () => push(-pop()),
    0x20: () => push(~pop()),
    0x21: () => binary((a, b) => a | b),
    0x22: () => binary((a, b) => a + b),
    0x23: () => push(pop() + expression.uleb()),
    0x24: () => binary((a, b) => a << shift(b)),
    0x25: () => binary((a, b) => a >> shift(b)),
    0x26: () => binary((a, b) => signed(a) >> shift(b)),
    0x27: () => binary((a, b) => a ^ b),
    0x28: () => {
      const by = expression.signed(2);
      if (pop() !== 0n) jump(by);
    },
    0x29: () => compare((a, b) => a === b),
    0x2a: () => compare((a, b) => a >= b),
    0x2b: () => compare((a, b) => a > b),
    0x2c: () => compare((a, b) => a <= b),
    0x2d: () => compare((a, b) => a < b),
    0x2e: () => compare((a, b) => a !== b),
    0x2f: () => jump(expression.signed(2)),
    0x92: () => {
      const number = Number(expression.uleb());
      push(register(number) + expression.sleb());
    },
    0x94: () => {
      const sizeBytes = expression.byte();
      if (sizeBytes < 1 || sizeBytes > 8) broken();
      push(dump.read(pop(), sizeBytes));
    },
    0x96: () => undefined,
  };

  while (!expression.isAtEnd) {
    spend();
    const opcode = expression.byte();
    if (opcode >= 0x30 && opcode <= 0x4f) push(BigInt(opcode - 0x30));
    else if (opcode >= 0x70 && opcode <= 0x8f) push(register(opcode - 0x70) + expression.sleb());
    else (operations[opcode] ?? broken)();
  }
  return pop();
}
