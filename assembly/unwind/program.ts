// Call frame instructions (DWARF 5, section 6.4) of a CIE and an FDE, carried out up to an address:
// a row of rules as a table would have it.
//
//   row     CFA rule | rule of register 0 | rule of register 1 | ...
//
// Rows stand in one block of memory: the one that is changed, the one that the CIE's instructions
// left behind, and those that are remembered.

import { Cursor, newCursor } from "../cursor";
import { UnwindStepsMax } from "../format";
import { isArm, registerCount, RegistersMax } from "../registers";
import { Cie, Fde } from "./entries";
import { encodedPointer } from "./pointers";
import { expressionValue, newRules, Rule, RuleKind, Rules } from "./rules";

/** Rows that are remembered at most; compilers need two. */
const RememberedMax: u32 = 64;

const RuleBytes: usize = 16;
const RowBytes: usize = 16 + 33 * RuleBytes; // 1 + RegistersMax rules
const rows: usize = memory.data(36000, 16); // 2 + RememberedMax rows: 35,904 bytes
const initialRow: usize = rows + RowBytes;
const remembered: usize = initialRow + RowBytes;

const cursor: Cursor = newCursor();
let rememberedRows: u32 = 0;
let steps: u32 = 0;
/** Whether something was met that is no instruction, or of which nothing can be made. */
let failed: bool = false;

// A rule in a row: kind u32, register u32 (of the CFA's), value u64.
@inline
function ruleAt(row: usize, register: u32): usize {
  return row + RuleBytes + (register as usize) * RuleBytes;
}

function setRule(register: u64, kind: RuleKind, value: u64): void {
  if (register >= (RegistersMax as u64)) return; // a vector register, or another that no unwinding needs
  const rule = ruleAt(rows, register as u32);
  store<u32>(rule, kind);
  store<u64>(rule, value, 8);
}

function setCfa(kind: RuleKind, register: u64, value: u64): void {
  if (register >= (RegistersMax as u64)) failed = true;
  store<u32>(rows, kind);
  store<u32>(rows, register as u32, 4);
  store<u64>(rows, value, 8);
}

/** The rules of an FDE for an address that it covers; a null reference if memory is refused. */
export function findRules(objectId: u32, address: u64, partsMet: u32, fde: Fde): Rules {
  const cie = fde.cie;
  clearRow(rows);
  rememberedRows = 0;
  steps = 0;
  failed = false;
  carryOut(cie.from, cie.end, cie, 0, 0, u64.MAX_VALUE);
  memory.copy(initialRow, rows, RowBytes);
  if (!failed) carryOut(fde.from, fde.end, cie, fde.instructionsAddress, fde.address, address);
  if (load<u32>(rows) == RuleKind.Undefined) failed = true; // no CFA
  return keepRow(objectId, address, partsMet, cie);
}

function clearRow(row: usize): void {
  memory.fill(row, 0, RowBytes);
  for (let register: u32 = 0; register < RegistersMax; register++) store<u32>(ruleAt(row, register), RuleKind.Same);
}

function keepRow(objectId: u32, address: u64, partsMet: u32, cie: Cie): Rules {
  let count: u32 = 0;
  for (let register: u32 = 0; register < registerCount; register++) {
    if (load<u32>(ruleAt(rows, register)) != RuleKind.Same) count++;
  }
  const rules = newRules(objectId, address, partsMet, count);
  if (changetype<usize>(rules) == 0) return rules;
  rules.isThere = true;
  rules.isWhole = !failed && cie.returnRegister < registerCount;
  rules.isSignalFrame = cie.isSignalFrame;
  rules.returnRegister = cie.returnRegister;
  rules.steps = steps;
  rules.cfaKind = load<u32>(rows) as RuleKind;
  rules.cfaRegister = load<u32>(rows, 4);
  rules.cfaValue = load<u64>(rows, 8);
  let index: u32 = 0;
  for (let register: u32 = 0; register < registerCount; register++) {
    const at = ruleAt(rows, register);
    const kind = load<u32>(at) as RuleKind;
    if (kind == RuleKind.Same) continue;
    const rule: Rule = rules.rule(index++);
    rule.register = register;
    rule.kind = kind;
    rule.value = load<u64>(at, 8);
    if (register == cie.returnRegister && kind == RuleKind.Undefined) rules.returnsNowhere = true;
  }
  return rules;
}

// Instructions of which the high two bits say which they are, and the low six are an operand.
const AdvanceLoc: u32 = 1;
const OffsetOf: u32 = 2;
const RestoreOf: u32 = 3;

/** Carries out instructions from `location` on until one goes beyond `address`. */
function carryOut(from: usize, end: usize, cie: Cie, fromAddress: u64, location: u64, address: u64): void {
  cursor.start(from, end);
  while (cursor.at < end && !failed) {
    if (++steps > (UnwindStepsMax as u32)) failed = true;
    const byte = cursor.fixed(1) as u32;
    const operand = (byte & 63) as u64;
    let advance: u64 = 0;
    switch (byte >> 6) {
      case AdvanceLoc:
        advance = operand;
        break;
      case OffsetOf:
        setRule(operand, RuleKind.Offset, unsignedFactored(cie));
        break;
      case RestoreOf:
        restore(operand);
        break;
      default:
        if (byte == Instruction.SetLoc) {
          location = encodedPointer(cursor, cie.pointerEncoding, fromAddress + ((cursor.at - from) as u64));
        } else if (isBetween(byte, Instruction.AdvanceLoc1, Instruction.AdvanceLoc4)) {
          advance = cursor.fixed(1 << (byte - Instruction.AdvanceLoc1));
        } else if (!defineCfa(byte, cie)) {
          defineRule(byte, cie);
        }
    }
    location += advance * cie.codeAlignment;
    if (cursor.failed) failed = true;
    if (location > address) return;
  }
}

/** DW_CFA_*. */
enum Instruction {
  Nop = 0x00,
  SetLoc = 0x01,
  AdvanceLoc1 = 0x02,
  AdvanceLoc4 = 0x04,
  OffsetExtended = 0x05,
  RestoreExtended = 0x06,
  Undefined = 0x07,
  SameValue = 0x08,
  Register = 0x09,
  RememberState = 0x0a,
  RestoreState = 0x0b,
  DefCfa = 0x0c,
  DefCfaRegister = 0x0d,
  DefCfaOffset = 0x0e,
  DefCfaExpression = 0x0f,
  Expression = 0x10,
  OffsetExtendedSf = 0x11,
  DefCfaSf = 0x12,
  DefCfaOffsetSf = 0x13,
  ValOffset = 0x14,
  ValOffsetSf = 0x15,
  ValExpression = 0x16,
  /** AArch64: the return address is signed from here on, or no longer; stripping needs no more. */
  NegateRaState = 0x2d,
  GnuArgsSize = 0x2e,
  GnuNegativeOffsetExtended = 0x2f,
}

@inline
function isBetween(code: u32, first: u32, last: u32): bool {
  return code >= first && code <= last;
}

@inline
function unsignedFactored(cie: Cie): u64 {
  return cursor.varint() * (cie.dataAlignment as u64);
}

@inline
function signedFactored(cie: Cie): u64 {
  return (cursor.signedLeb() * cie.dataAlignment) as u64;
}

/** An expression's place, and passes over it. */
function expression(): u64 {
  const lengthBytes = cursor.varint();
  return expressionValue(cursor.skip(lengthBytes), lengthBytes);
}

/** False if the instruction is none that defines the CFA. */
function defineCfa(instruction: u32, cie: Cie): bool {
  switch (instruction) {
    case Instruction.DefCfa: {
      const register = cursor.varint();
      setCfa(RuleKind.Offset, register, cursor.varint());
      return true;
    }
    case Instruction.DefCfaSf: {
      const register = cursor.varint();
      setCfa(RuleKind.Offset, register, signedFactored(cie));
      return true;
    }
    case Instruction.DefCfaRegister:
      changeCfa(cursor.varint(), load<u64>(rows, 8));
      return true;
    case Instruction.DefCfaOffset:
      changeCfa(load<u32>(rows, 4), cursor.varint());
      return true;
    case Instruction.DefCfaOffsetSf:
      changeCfa(load<u32>(rows, 4), signedFactored(cie));
      return true;
    case Instruction.DefCfaExpression:
      setCfa(RuleKind.ValueExpression, 0, expression());
      return true;
    default:
      return false;
  }
}

/** Changes one half of a CFA that is a register and an offset. */
function changeCfa(register: u64, offset: u64): void {
  if (load<u32>(rows) != RuleKind.Offset) failed = true;
  setCfa(RuleKind.Offset, register, offset);
}

function defineRule(instruction: u32, cie: Cie): void {
  switch (instruction) {
    case Instruction.Nop:
      return;
    case Instruction.RememberState:
      return remember();
    case Instruction.RestoreState:
      return restoreRow();
    case Instruction.GnuArgsSize:
      cursor.varint();
      return;
    case Instruction.NegateRaState:
      if (!isArm) failed = true;
      return;
    default:
  }
  const register = cursor.varint();
  switch (instruction) {
    case Instruction.OffsetExtended:
      return setRule(register, RuleKind.Offset, unsignedFactored(cie));
    case Instruction.OffsetExtendedSf:
      return setRule(register, RuleKind.Offset, signedFactored(cie));
    case Instruction.GnuNegativeOffsetExtended:
      return setRule(register, RuleKind.Offset, 0 - unsignedFactored(cie));
    case Instruction.ValOffset:
      return setRule(register, RuleKind.ValueOffset, unsignedFactored(cie));
    case Instruction.ValOffsetSf:
      return setRule(register, RuleKind.ValueOffset, signedFactored(cie));
    case Instruction.Register:
      return setRule(register, RuleKind.Register, cursor.varint());
    case Instruction.Expression:
      return setRule(register, RuleKind.Expression, expression());
    case Instruction.ValExpression:
      return setRule(register, RuleKind.ValueExpression, expression());
    case Instruction.Undefined:
      return setRule(register, RuleKind.Undefined, 0);
    case Instruction.SameValue:
      return setRule(register, RuleKind.Same, 0);
    case Instruction.RestoreExtended:
      return restore(register);
    default:
      failed = true;
  }
}

/** Gives a register the rule that it had behind the CIE's instructions. */
function restore(register: u64): void {
  if (register >= (RegistersMax as u64)) return;
  memory.copy(ruleAt(rows, register as u32), ruleAt(initialRow, register as u32), RuleBytes);
}

function remember(): void {
  if (rememberedRows == RememberedMax) {
    failed = true;
    return;
  }
  memory.copy(remembered + (rememberedRows as usize) * RowBytes, rows, RowBytes);
  rememberedRows++;
}

function restoreRow(): void {
  if (rememberedRows == 0) {
    failed = true;
    return;
  }
  rememberedRows--;
  memory.copy(rows, remembered + (rememberedRows as usize) * RowBytes, RowBytes);
}
