// How to find the caller of a frame: a rule for the CFA and one for each register that was saved or
// changed. What an FDE says for one address (program.ts finds out) is kept, because stacks lead
// through the same few thousand addresses again and again.
//
//   Rules | register u32, kind u32, value u64 | ... `count` of them, by number of the register

import { borrow, giveBack } from "../arena";
import { mix } from "../hash-index";

export enum RuleKind {
  /** The value of the register in the caller is not known: it is 0. */
  Undefined,
  Same,
  /** Saved at CFA + value. */
  Offset,
  /** Is CFA + value. */
  ValueOffset,
  /** Is in the register `value`. */
  Register,
  /** Saved where the expression says. */
  Expression,
  /** Is what the expression says. */
  ValueExpression,
}

/** Where an expression lies, as the value of a rule. */
@inline
export function expressionValue(from: usize, lengthBytes: u64): u64 {
  return (from as u64) | (lengthBytes << 32);
}

@inline
export function expressionFrom(value: u64): usize {
  return value as u32 as usize;
}

@inline
export function expressionEnd(value: u64): usize {
  return expressionFrom(value) + ((value >> 32) as usize);
}

@unmanaged
export class Rule {
  register: u32;
  kind: RuleKind;
  value: u64;
}

@unmanaged
export class Rules {
  address: u64;
  objectId: u32;
  /** Of the section that they were found in: see entries.ts. */
  partsMet: u32;
  /** Kinds Offset (of `cfaRegister`) or ValueExpression. */
  cfaKind: RuleKind;
  cfaRegister: u32;
  cfaValue: u64;
  returnRegister: u32;
  /** Instructions that it took to find them. */
  steps: u32;
  count: u32;
  isSignalFrame: bool;
  /** Whether there is an FDE at all, */
  isThere: bool;
  /** and it can be followed. */
  isWhole: bool;
  returnsNowhere: bool;

  @inline
  rule(index: u32): Rule {
    const from = changetype<usize>(this) + offsetof<Rules>();
    return changetype<Rule>(from + (index as usize) * offsetof<Rule>());
  }
}

/** Slots that addresses share: the rules met last stay. */
const Slots: u32 = 1 << 14;
const slots: usize = memory.data(65536, 16);
const NoRules: Rules = changetype<Rules>(0);

@inline
function slotOf(objectId: u32, address: u64): usize {
  const hash = mix(mix(mix(0, objectId), address as u32), (address >> 32) as u32);
  return slots + (((hash & (Slots - 1)) as usize) << 2);
}

/** What is kept for an address of an object; a null reference if nothing is. */
@inline
export function keptRules(objectId: u32, address: u64, partsMet: u32): Rules {
  const rules = changetype<Rules>(load<usize>(slotOf(objectId, address)));
  if (rules == NoRules) return NoRules;
  return rules.address == address && rules.objectId == objectId && rules.partsMet == partsMet ? rules : NoRules;
}

/** Room for the rules of an address, all zero; instead of others. A null reference if memory is refused. */
export function newRules(objectId: u32, address: u64, partsMet: u32, count: u32): Rules {
  const slot = slotOf(objectId, address);
  const before = changetype<Rules>(load<usize>(slot));
  if (before != NoRules) giveBack(changetype<usize>(before), bytesFor(before.count));
  const rules = changetype<Rules>(borrow(bytesFor(count)));
  store<usize>(slot, changetype<usize>(rules));
  if (rules == NoRules) return NoRules;
  memory.fill(changetype<usize>(rules), 0, bytesFor(count));
  rules.objectId = objectId;
  rules.address = address;
  rules.partsMet = partsMet;
  rules.count = count;
  return rules;
}

@inline
function bytesFor(count: u32): usize {
  return offsetof<Rules>() + (count as usize) * offsetof<Rule>();
}
