// DWARF expressions (DWARF 5, section 2.5) of rules: a stack machine over the registers of a frame
// and the bytes of a dump. Bounded in its stack and, by what is left of a step's allowance, in time.

import { Cursor, newCursor } from "../cursor";
import { lack, missing, Missing, register, stackWord } from "./memory";

const ValuesMax: u32 = 64;
const values: usize = memory.data(512, 16);
let depth: u32 = 0;
let failed: bool = false;
const cursor: Cursor = newCursor();

/** Operations that may still be carried out in this step. */
let allowance: u32 = 0;

/** Begins a step that may take so many operations. */
export function allowOperations(count: u32): void {
  allowance = count;
}

/** DW_OP_*. */
enum Operation {
  Address = 0x03,
  Deref = 0x06,
  Const1u = 0x08,
  Const8s = 0x0f,
  Constu = 0x10,
  Consts = 0x11,
  Dup = 0x12,
  Drop = 0x13,
  Over = 0x14,
  Pick = 0x15,
  Swap = 0x16,
  Rot = 0x17,
  Abs = 0x19,
  And = 0x1a,
  Div = 0x1b,
  Minus = 0x1c,
  Mod = 0x1d,
  Mul = 0x1e,
  Neg = 0x1f,
  Not = 0x20,
  Or = 0x21,
  Plus = 0x22,
  PlusUconst = 0x23,
  Shl = 0x24,
  Shr = 0x25,
  Shra = 0x26,
  Xor = 0x27,
  Bra = 0x28,
  Eq = 0x29,
  Ge = 0x2a,
  Gt = 0x2b,
  Le = 0x2c,
  Lt = 0x2d,
  Ne = 0x2e,
  Skip = 0x2f,
  Lit0 = 0x30,
  Lit31 = 0x4f,
  Breg0 = 0x70,
  Breg31 = 0x8f,
  Bregx = 0x92,
  DerefSize = 0x94,
  Nop = 0x96,
}

function pushValue(value: u64): void {
  if (depth == ValuesMax) {
    failed = true;
    return;
  }
  store<u64>(values + ((depth as usize) << 3), value);
  depth++;
}

function pop(): u64 {
  if (depth == 0) {
    failed = true;
    return 0;
  }
  depth--;
  return load<u64>(values + ((depth as usize) << 3));
}

/** The value `index` places below the top. */
function peek(index: u64): u64 {
  if (index >= (depth as u64)) {
    failed = true;
    return 0;
  }
  return load<u64>(values + (((depth - 1 - (index as u32)) as usize) << 3));
}

/** What an expression comes to; lacking (memory.ts) where it cannot be. `initial` is on the stack first. */
export function evaluate(from: usize, end: usize, hasInitial: bool, initial: u64): u64 {
  depth = 0;
  failed = false;
  if (hasInitial) pushValue(initial);
  cursor.start(from, end);
  while (cursor.at < end && !failed && missing == Missing.Nothing) {
    if (allowance == 0) {
      failed = true;
      break;
    }
    allowance--;
    carryOut(cursor.fixed(1) as u32, from, end);
    if (cursor.failed) failed = true;
  }
  const value = pop();
  if (failed) lack();
  return value;
}

@inline
function isBetween(code: u32, first: u32, last: u32): bool {
  return code >= first && code <= last;
}

function carryOut(operation: u32, from: usize, end: usize): void {
  if (isBetween(operation, Operation.Lit0, Operation.Lit31)) return pushValue(operation - Operation.Lit0);
  if (isBetween(operation, Operation.Breg0, Operation.Breg31)) {
    return pushValue(register(operation - Operation.Breg0) + (cursor.signedLeb() as u64));
  }
  if (isBetween(operation, Operation.Const1u, Operation.Const8s)) return pushValue(constant(operation));
  if (operation == Operation.Bra || operation == Operation.Skip) return jump(operation, from, end);
  if (isBetween(operation, Operation.Abs, Operation.Ne)) return calculate(operation);
  rearrange(operation);
}

/** DW_OP_const1u to DW_OP_const8s: of 1, 2, 4 and 8 bytes, without and with a sign. */
function constant(operation: u32): u64 {
  const lengthBytes: u32 = 1 << ((operation - Operation.Const1u) >> 1);
  const value = cursor.fixed(lengthBytes);
  if ((operation & 1) == 0 || lengthBytes == 8) return value;
  const unused = 64 - ((lengthBytes as u64) << 3);
  return (((value << unused) as i64) >> unused) as u64;
}

function jump(operation: u32, from: usize, end: usize): void {
  const distance = (cursor.fixed(2) as i16) as i64;
  if (operation == Operation.Bra && pop() == 0) return;
  const target = (cursor.at as i64) + distance;
  if (target < (from as i64) || target > (end as i64)) failed = true;
  else cursor.at = target as usize;
}

function calculate(operation: u32): void {
  const top = pop();
  if (operation == Operation.Abs) return pushValue((top as i64) < 0 ? 0 - top : top);
  if (operation == Operation.Neg) return pushValue(0 - top);
  if (operation == Operation.Not) return pushValue(~top);
  if (operation == Operation.PlusUconst) return pushValue(top + cursor.varint());
  pushValue(ofTwo(operation, pop(), top));
}

function ofTwo(operation: u32, left: u64, right: u64): u64 {
  switch (operation) {
    case Operation.And: return left & right;
    case Operation.Or: return left | right;
    case Operation.Xor: return left ^ right;
    case Operation.Plus: return left + right;
    case Operation.Minus: return left - right;
    case Operation.Mul: return left * right;
    case Operation.Shl: return right > 63 ? 0 : left << right;
    case Operation.Shr: return right > 63 ? 0 : left >> right;
    case Operation.Shra: return ((left as i64) >> (min<u64>(right, 63) as i64)) as u64;
    case Operation.Eq: return u64(left == right);
    case Operation.Ne: return u64(left != right);
    case Operation.Ge: return u64((left as i64) >= (right as i64));
    case Operation.Gt: return u64((left as i64) > (right as i64));
    case Operation.Le: return u64((left as i64) <= (right as i64));
    case Operation.Lt: return u64((left as i64) < (right as i64));
    default: return divided(operation, left, right);
  }
}

/** DW_OP_div has signs, DW_OP_mod has none. */
function divided(operation: u32, left: u64, right: u64): u64 {
  if (right == 0) {
    failed = true;
    return 0;
  }
  if (operation == Operation.Mod) return left % right;
  return right == u64.MAX_VALUE ? 0 - left : ((left as i64) / (right as i64)) as u64; // -2^63 / -1 would trap
}

function rearrange(operation: u32): void {
  switch (operation) {
    case Operation.Nop:
      return;
    case Operation.Address:
      return pushValue(cursor.fixed(8));
    case Operation.Constu:
      return pushValue(cursor.varint());
    case Operation.Consts:
      return pushValue(cursor.signedLeb() as u64);
    case Operation.Bregx: {
      const index = min<u64>(cursor.varint(), u32.MAX_VALUE) as u32;
      return pushValue(register(index) + (cursor.signedLeb() as u64));
    }
    case Operation.Deref:
      return pushValue(stackWord(pop()));
    case Operation.DerefSize: {
      const lengthBytes = cursor.fixed(1) as u32;
      if (lengthBytes == 0 || lengthBytes > 8) {
        failed = true;
        return;
      }
      return pushValue(stackWord(pop(), lengthBytes));
    }
    case Operation.Dup:
      return pushValue(peek(0));
    case Operation.Drop:
      pop();
      return;
    case Operation.Over:
      return pushValue(peek(1));
    case Operation.Pick:
      return pushValue(peek(cursor.fixed(1)));
    case Operation.Swap: {
      const top = pop();
      const second = pop();
      pushValue(top);
      return pushValue(second);
    }
    case Operation.Rot: {
      const top = pop();
      const second = pop();
      const third = pop();
      pushValue(top);
      pushValue(third);
      return pushValue(second);
    }
    default:
      failed = true;
  }
}
