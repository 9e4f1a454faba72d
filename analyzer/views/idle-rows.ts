// Which rows of an analysis are idling, by rules: the rules are compiled against the tables of one
// analysis, so that names are compared once each and not once for each row. Only waiting can idle:
// who has been woken or preempted wants to run, whatever call it is in, unless a rule names that
// state itself.

import { OffcpuClass } from "../../assembly/format.js";
import type { Analysis } from "../analysis.js";
import { syscallAbi, syscallName } from "../syscalls/names.js";
import { className, isBlocked } from "./classes.js";
import type { Condition, IdleRule, IdleRules } from "./idle-rules.js";
import { StackMatch } from "./stack-match.js";
import { matchesText } from "./text-match.js";
import { isKernelThread } from "./threads.js";

/** Waiting of which rules are asked: one row of a table, or what is known of it. */
export interface Waiting {
  /** Row in threads. */
  readonly thread: number;
  /** String. */
  readonly comm: number;
  /** OffcpuClass or ClassUnknown. */
  readonly class: number;
  readonly nr: number;
  readonly compat: number;
  /** Row in stacks, 0 none. */
  readonly kernelStack: number;
  readonly userStack: number;
  /** How often, and how long in all. */
  readonly times: bigint;
  readonly totalNs: bigint;
}

type Test = (waiting: Waiting) => boolean;

/** The first rule that calls waiting idle; -1 if none does. */
export type RuleOf = (waiting: Waiting) => number;

/** `rules`, to be asked of waiting in `analysis`. */
export function compileIdleRules(analysis: Analysis, rules: IdleRules): RuleOf {
  const tests = rules.map((rule) => ruleTest(analysis, rule));
  return (waiting) => tests.findIndex((test) => test(waiting));
}

/** The rule that each row of `analysis.offcpu` is idle by; -1 where none. */
export function idleRules(analysis: Analysis, rules: IdleRules): Int32Array {
  const ruleOf = compileIdleRules(analysis, rules);
  const { offcpu } = analysis;
  return Int32Array.from({ length: offcpu.length }, (_, row) =>
    ruleOf({
      thread: offcpu.thread[row]!,
      comm: offcpu.comm[row]!,
      class: offcpu.class[row]!,
      nr: offcpu.nr[row]!,
      compat: offcpu.compat[row]!,
      kernelStack: offcpu.kernelStack[row]!,
      userStack: offcpu.userStack[row]!,
      times: offcpu.periods[row]!,
      totalNs: offcpu.blockedNs[row]! + offcpu.runnableNs[row]! + offcpu.preemptedNs[row]!,
    }),
  );
}

/** The rule that each row of `analysis.calls` is idle by; -1 where none. */
export function idleRulesOfCalls(analysis: Analysis, rules: IdleRules): Int32Array {
  const ruleOf = compileIdleRules(analysis, rules);
  const { calls, threads } = analysis;
  return Int32Array.from({ length: calls.length }, (_, row) => {
    const thread = calls.thread[row]!;
    return ruleOf({
      thread,
      comm: threads.comm[thread]!,
      class: classOfCall(analysis, row),
      nr: calls.nr[row]!,
      compat: calls.compat[row]!,
      kernelStack: calls.kernelStack[row]!,
      userStack: calls.userStack[row]!,
      times: calls.count[row]!,
      totalNs: calls.totalNs[row]!,
    });
  });
}

/** What a row of calls did most of its time off the CPU; runnable, which is not idle, if nothing. */
function classOfCall({ calls }: Analysis, row: number): OffcpuClass {
  const interruptibleNs = calls.interruptibleNs[row]!;
  const uninterruptibleNs = calls.uninterruptibleNs[row]!;
  const otherNs = calls.otherNs[row]!;
  const blockedNs = interruptibleNs + uninterruptibleNs + otherNs;
  if (blockedNs < calls.runnableNs[row]! + calls.preemptedNs[row]!) return OffcpuClass.Runnable;
  if (blockedNs === 0n) return OffcpuClass.Runnable;
  if (interruptibleNs >= uninterruptibleNs && interruptibleNs >= otherNs) return OffcpuClass.Interruptible;
  return uninterruptibleNs >= otherNs ? OffcpuClass.Uninterruptible : OffcpuClass.Other;
}

function ruleTest(analysis: Analysis, rule: IdleRule): Test {
  const tests = rule.conditions.map((condition) => conditionTest(analysis, condition));
  const namesState = rule.conditions.some(({ key }) => key === "state");
  return (waiting) => (namesState || isBlocked(waiting.class)) && tests.every((test) => test(waiting));
}

function conditionTest(analysis: Analysis, condition: Condition): Test {
  const test = positiveTest(analysis, condition);
  return condition.negated ? (waiting) => !test(waiting) : test;
}

function positiveTest(analysis: Analysis, { key, values, meanNs }: Condition): Test {
  switch (key) {
    case "syscall":
      return syscallTest(analysis, values);
    case "comm": {
      const matches = remembered((comm) => matchesAny(analysis.string(comm), values));
      return ({ comm }) => matches(comm);
    }
    case "stack": {
      const matches = values.map(({ pattern }) => new StackMatch(analysis, pattern));
      return ({ kernelStack, userStack }) => matches.some((one) => one.has(kernelStack) || one.has(userStack));
    }
    case "state":
      return (waiting) => matchesAny(className(waiting.class), values);
    case "thread":
      return ({ thread }) => matchesAny(isKernelThread(analysis, thread) ? "kernel" : "user", values);
    case "mean":
      return ({ times, totalNs }) => times > 0n && Number(totalNs) >= meanNs * Number(times);
  }
}

function syscallTest(analysis: Analysis, values: Condition["values"]): Test {
  const arch = analysis.recording.arch[0]!;
  const byAbi = [false, true].map((compat) =>
    remembered((nr) => nr !== -1 && matchesAny(syscallName(syscallAbi(arch, compat), nr), values)),
  );
  return ({ nr, compat }) => byAbi[compat]!(nr);
}

function matchesAny(name: string, values: Condition["values"]): boolean {
  return values.some((value) => matchesText(value, name));
}

/** `test`, asked once for each number. */
function remembered(test: (key: number) => boolean): (key: number) => boolean {
  const known = new Map<number, boolean>();
  return (key) => {
    let answer = known.get(key);
    if (answer === undefined) known.set(key, (answer = test(key)));
    return answer;
  };
}
