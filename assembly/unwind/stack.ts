// From a dump to its frames ("Frames of a dump" of FORMAT.md): step by step from the instruction
// pointer to the frame in which the thread began, or to where it is no longer known who called.
//
//   frame found last --- an FDE covers it? ---> rules: CFA, then the registers as its caller had them
//                                  \---------> no: the frame pointer points at the two that are known

import { UserDump } from "../dumps";
import { StackDepthMax, StackKind, UnwindStepsMax } from "../format";
import { Located, locate } from "../frames";
import { framePointer, instructionPointer, registerCount, strippedPointer, stackPointer } from "../registers";
import { StackHow } from "../tables";
import { fdeOf, NoFde, sectionVersion } from "./entries";
import { allowOperations, evaluate } from "./expression";
import {
  clearMissing,
  forgetRegisters,
  layOut,
  missing,
  Missing,
  register,
  setRegister,
  stackWord,
} from "./memory";
import { findRules } from "./program";
import { expressionEnd, expressionFrom, keptRules, Rule, RuleKind, Rules } from "./rules";

/** An instruction pointer below this is none: nothing is mapped there. */
const InstructionPointerMin: u64 = 4096;
const FramePointerReachBytes: u64 = 1 << 20;

/** Where each frame of the dump unwound last is, leaf first: references to Located. */
const found: usize = memory.data(508, 16); // StackDepthMax references
export let frameCount: u32 = 0;
/** StackHow of the dump unwound last. */
export let how: u32 = 0;

@inline
export function foundFrame(index: u32): Located {
  return changetype<Located>(load<usize>(found + ((index as usize) << 2)));
}

/** What a step came to. */
enum Step {
  Caller,
  /** The frame is the one in which the thread began. */
  Complete,
  Truncated,
  Broken,
}

/** Whether the caller's frame was interrupted, and its address is no return address. */
let isInterrupted: bool = false;

/** Finds the frames of a dump. */
export function unwind(dump: UserDump): void {
  frameCount = 0;
  how = StackHow.Broken;
  if (registerCount == 0 || !layOut(dump)) return;
  clearMissing();
  setRegister(instructionPointer, strippedPointer(register(instructionPointer)));
  isInterrupted = true;
  if (!addFrame(dump)) return;
  for (;;) {
    if (frameCount == StackDepthMax) {
      how = (how & StackHow.FramePointers) | StackHow.Truncated;
      return;
    }
    const step = stepFrom(foundFrame(frameCount - 1));
    if (step != Step.Caller) {
      how = (how & StackHow.FramePointers) | howOf(step);
      return;
    }
    if (!addFrame(dump)) return; // broken
  }
}

function howOf(step: Step): u32 {
  if (step == Step.Complete) return StackHow.Complete;
  return step == Step.Truncated ? StackHow.Truncated : StackHow.Broken;
}

/** Adds the frame that the registers are those of. False if that is none. */
function addFrame(dump: UserDump): bool {
  const address = register(instructionPointer);
  if (address < InstructionPointerMin) return false;
  const located = locate(StackKind.User, dump.pid, dump.timeNs, address, !isInterrupted);
  if (!located.isMapped) return false;
  store<usize>(found + ((frameCount as usize) << 2), changetype<usize>(located));
  frameCount++;
  return true;
}

function stepFrom(frame: Located): Step {
  const stackAddress = register(stackPointer);
  clearMissing();
  const rules = rulesOf(frame);
  const hasRules = changetype<usize>(rules) != 0 && rules.isThere;
  const step = hasRules ? stepByRules(rules) : stepByFramePointer(stackAddress);
  if (step != Step.Caller) return step;
  const address = register(instructionPointer);
  if (address == 0) return Step.Complete;
  const isSignalFrame = hasRules && rules.isSignalFrame;
  isInterrupted = isSignalFrame;
  const mayStandStill = isSignalFrame || frameCount == 1;
  return mayStandStill || register(stackPointer) > stackAddress ? Step.Caller : Step.Broken;
}

/** A null reference, or rules that are not there, where no FDE covers the address. */
function rulesOf(frame: Located): Rules {
  if (!frame.hasObjectAddress) return changetype<Rules>(0);
  const version = sectionVersion(frame.objectId);
  if (version == 0) return changetype<Rules>(0);
  const kept = keptRules(frame.objectId, frame.objectAddress, version);
  if (changetype<usize>(kept) != 0) return kept;
  const fde = fdeOf(frame.objectId, frame.objectAddress);
  if (fde == NoFde) return changetype<Rules>(0);
  return findRules(frame.objectId, frame.objectAddress, version, fde);
}

// By rule: what the caller had in its register, until all are known.
const restored: usize = memory.data(264, 16); // RegistersMax words

function stepByRules(rules: Rules): Step {
  if (!rules.isWhole) return Step.Broken;
  if (rules.returnsNowhere) return Step.Complete;
  allowOperations((UnwindStepsMax as u32) - rules.steps);
  const cfa =
    rules.cfaKind == RuleKind.Offset
      ? register(rules.cfaRegister) + rules.cfaValue
      : evaluate(expressionFrom(rules.cfaValue), expressionEnd(rules.cfaValue), false, 0);
  if (missing != Missing.Nothing) return stepOfMissing();
  for (let i: u32 = 0; i < rules.count; i++) {
    store<u64>(restored + ((i as usize) << 3), valueBy(rules.rule(i), cfa));
    if (missing != Missing.Nothing) return stepOfMissing();
  }
  setRegister(stackPointer, cfa);
  for (let i: u32 = 0; i < rules.count; i++) {
    setRegister(rules.rule(i).register, load<u64>(restored + ((i as usize) << 3)));
  }
  setRegister(instructionPointer, strippedPointer(register(rules.returnRegister)));
  return Step.Caller;
}

function valueBy(rule: Rule, cfa: u64): u64 {
  switch (rule.kind) {
    case RuleKind.Undefined:
      return 0;
    case RuleKind.Offset:
      return stackWord(cfa + rule.value);
    case RuleKind.ValueOffset:
      return cfa + rule.value;
    case RuleKind.Register:
      return register(min<u64>(rule.value, u32.MAX_VALUE) as u32);
    case RuleKind.Expression: {
      const address = evaluate(expressionFrom(rule.value), expressionEnd(rule.value), true, cfa);
      return missing == Missing.Nothing ? stackWord(address) : 0;
    }
    default:
      return evaluate(expressionFrom(rule.value), expressionEnd(rule.value), true, cfa);
  }
}

function stepOfMissing(): Step {
  return missing == Missing.Behind ? Step.Truncated : Step.Broken;
}

function stepByFramePointer(stackAddress: u64): Step {
  const pointer = register(framePointer);
  if (missing != Missing.Nothing || (pointer & 7) != 0) return Step.Broken;
  if (pointer < stackAddress || pointer - stackAddress >= FramePointerReachBytes) return Step.Broken;
  const callersPointer = stackWord(pointer);
  const address = stackWord(pointer + 8);
  if (missing != Missing.Nothing) return stepOfMissing();
  forgetRegisters();
  setRegister(framePointer, callersPointer);
  setRegister(instructionPointer, strippedPointer(address));
  setRegister(stackPointer, pointer + 16);
  how |= StackHow.FramePointers;
  return Step.Caller;
}
