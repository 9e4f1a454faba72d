// The operators, each as a loop over columns. Values are whole numbers in doubles, exact below 2^53;
// NaN is "no value", which an event has where it lacks a field: a call whose beginning was not seen
// has no latency. As with NULL in SQL, what is computed from no value has none, except where the rest
// decides: 0 && x is 0. Bits are those of 64-bit two's complement. Division cuts towards zero as in
// C, and by zero it has no value. A boolean is 1 or 0.
//
// One loop for each operator, not one loop with a function per row: these are what 20 million events
// go through.

import type { BinaryOperator, UnaryOperator } from "./syntax.js";

/** A block of values, one for each event. */
export type Values = Float64Array;

/** Writes the first `count` values of `out`. */
export type UnaryLoop = (out: Values, x: Values, count: number) => void;
export type BinaryLoop = (out: Values, x: Values, y: Values, count: number) => void;

const TwoTo32 = 2 ** 32;
const ShiftMax = 63;

export const unaryLoops: Readonly<Record<UnaryOperator, UnaryLoop>> = {
  "-": (out, x, count) => {
    for (let i = 0; i < count; i++) out[i] = -x[i]!;
  },
  "~": (out, x, count) => {
    for (let i = 0; i < count; i++) out[i] = -1 - x[i]!;
  },
  "!": (out, x, count) => {
    for (let i = 0; i < count; i++) out[i] = x[i] === 0 ? 1 : x[i]! * 0;
  },
};

export const binaryLoops: Readonly<Record<BinaryOperator, BinaryLoop>> = {
  "+": (out, x, y, count) => {
    for (let i = 0; i < count; i++) out[i] = x[i]! + y[i]!;
  },
  "-": (out, x, y, count) => {
    for (let i = 0; i < count; i++) out[i] = x[i]! - y[i]!;
  },
  "*": (out, x, y, count) => {
    for (let i = 0; i < count; i++) out[i] = x[i]! * y[i]!;
  },
  "/": (out, x, y, count) => {
    for (let i = 0; i < count; i++) out[i] = y[i] === 0 ? NaN : Math.trunc(x[i]! / y[i]!);
  },
  "%": (out, x, y, count) => {
    for (let i = 0; i < count; i++) out[i] = x[i]! % y[i]!; // NaN by zero
  },
  "<<": (out, x, y, count) => {
    for (let i = 0; i < count; i++) out[i] = x[i]! * powerOfTwo(y[i]!);
  },
  ">>": (out, x, y, count) => {
    for (let i = 0; i < count; i++) out[i] = Math.floor(x[i]! / powerOfTwo(y[i]!));
  },
  "<": (out, x, y, count) => {
    for (let i = 0; i < count; i++) out[i] = x[i]! < y[i]! ? 1 : x[i]! >= y[i]! ? 0 : NaN;
  },
  "<=": (out, x, y, count) => {
    for (let i = 0; i < count; i++) out[i] = x[i]! <= y[i]! ? 1 : x[i]! > y[i]! ? 0 : NaN;
  },
  ">": (out, x, y, count) => {
    for (let i = 0; i < count; i++) out[i] = x[i]! > y[i]! ? 1 : x[i]! <= y[i]! ? 0 : NaN;
  },
  ">=": (out, x, y, count) => {
    for (let i = 0; i < count; i++) out[i] = x[i]! >= y[i]! ? 1 : x[i]! < y[i]! ? 0 : NaN;
  },
  "==": (out, x, y, count) => {
    for (let i = 0; i < count; i++) out[i] = x[i] === y[i] ? 1 : hasBoth(x[i]!, y[i]!) ? 0 : NaN;
  },
  "!=": (out, x, y, count) => {
    for (let i = 0; i < count; i++) out[i] = x[i] === y[i] ? 0 : hasBoth(x[i]!, y[i]!) ? 1 : NaN;
  },
  "&": (out, x, y, count) => {
    for (let i = 0; i < count; i++) {
      const a = x[i]!;
      const b = y[i]!;
      out[i] = (a | 0) === a && (b | 0) === b ? a & b : joined(a, b, high(a) & high(b), low(a) & low(b));
    }
  },
  "|": (out, x, y, count) => {
    for (let i = 0; i < count; i++) {
      const a = x[i]!;
      const b = y[i]!;
      out[i] = (a | 0) === a && (b | 0) === b ? a | b : joined(a, b, high(a) | high(b), low(a) | low(b));
    }
  },
  "^": (out, x, y, count) => {
    for (let i = 0; i < count; i++) {
      const a = x[i]!;
      const b = y[i]!;
      out[i] = (a | 0) === a && (b | 0) === b ? a ^ b : joined(a, b, high(a) ^ high(b), low(a) ^ low(b));
    }
  },
  "&&": (out, x, y, count) => {
    for (let i = 0; i < count; i++) out[i] = x[i] === 0 || y[i] === 0 ? 0 : hasBoth(x[i]!, y[i]!) ? 1 : NaN;
  },
  "||": (out, x, y, count) => {
    for (let i = 0; i < count; i++) out[i] = isTrue(x[i]!) || isTrue(y[i]!) ? 1 : hasBoth(x[i]!, y[i]!) ? 0 : NaN;
  },
};

/** condition ? x : y */
export function choose(out: Values, condition: Values, x: Values, y: Values, count: number): void {
  for (let i = 0; i < count; i++) {
    out[i] = isTrue(condition[i]!) ? x[i]! : condition[i] === 0 ? y[i]! : NaN;
  }
}

/** Whether a condition holds: no value is not true. */
export function isTrue(value: number): boolean {
  return value !== 0 && value === value;
}

function hasBoth(a: number, b: number): boolean {
  return a === a && b === b;
}

/** NaN for what is no number of bits. */
function powerOfTwo(exponent: number): number {
  return exponent >= 0 && exponent <= ShiftMax ? 2 ** exponent : NaN;
}

/** The upper and lower 32 bits of a number's two's complement; bit operators wrap them to 32. */
function high(value: number): number {
  return Math.floor(value / TwoTo32);
}

function low(value: number): number {
  return value - high(value) * TwoTo32;
}

/** The number of these halves, if both operands had a value. */
function joined(a: number, b: number, upper: number, lower: number): number {
  return hasBoth(a, b) ? upper * TwoTo32 + (lower >>> 0) : NaN;
}
