// Which off-CPU periods an answer is about. Two kinds are left out unless asked for, counted, and
// never silently: periods that the window cut off, whose length is not known, and waiting that is
// idling, which would drown everything that hurts. Unless asked otherwise only kernel threads idle,
// which say so themselves (TASK_IDLE); rules (idle-rules.ts) find more.

import { OffcpuClass } from "../../assembly/format.js";
import { Edge } from "../../assembly/tables.js";
import type { Analysis } from "../analysis.js";
import { syscallAbi, syscallName } from "../syscalls/names.js";
import { defaultIdleRules } from "./default-idle-rules.js";
import { idleRules } from "./idle-rows.js";
import type { IdleRules } from "./idle-rules.js";
import { selectionOf } from "./selection.js";
import type { SelectionOptions } from "./selection.js";

/** Leave nothing out as idle; leave out what the rules call idle; or leave out all but that. */
export type IdleMode = "show" | "hide" | "only";

export interface PeriodOptions {
  /** Also periods under way at the start or the end of the recording, as rows of their own. */
  readonly open?: boolean;
  /** Kernel threads in TASK_IDLE alone are left out where it is not given. */
  readonly idle?: IdleMode | undefined;
  /** What `idle` calls idle; the default rules where they are not given. */
  readonly idleRules?: IdleRules | undefined;
  /** Only those that all of this is true of. */
  readonly selection?: SelectionOptions | undefined;
}

/** Whether a row of `analysis.offcpu` belongs to the answer. */
export function isSelected(analysis: Analysis, row: number, options: PeriodOptions): boolean {
  if (analysis.offcpu.edge[row] !== Edge.None && options.open !== true) return false;
  if (isIdleLeftOut(analysis, row, options)) return false;
  return options.selection === undefined || selectionOf(analysis, options.selection).period(row);
}

/** Whether a period of this Edge was under way when the window ended. */
export function isOpenAtEnd(edge: number): boolean {
  return (edge & Edge.End) !== 0;
}

/** Whether idling, or not idling, keeps a row of `analysis.offcpu` out of the answer. */
export function isIdleLeftOut(analysis: Analysis, row: number, options: PeriodOptions): boolean {
  if (options.idle === "show") return false;
  if (options.idle === undefined) return analysis.offcpu.class[row] === OffcpuClass.IdleKernel;
  return (idleRuleOf(analysis, row, options) === -1) === (options.idle === "only");
}

/** The rule that a row of `analysis.offcpu` is idle by; -1 where none. */
export function idleRuleOf(analysis: Analysis, row: number, options: PeriodOptions): number {
  const rules = options.idleRules ?? defaultIdleRules;
  let found = foundIdle.get(analysis);
  if (found?.rules !== rules) foundIdle.set(analysis, (found = { rules, rows: idleRules(analysis, rules) }));
  return found.rows[row]!;
}

/** The rows are asked for one at a time, and found all at once. */
const foundIdle = new WeakMap<Analysis, { readonly rules: IdleRules; readonly rows: Int32Array }>();

/** All time of a row of `analysis.offcpu`. */
export function totalNs(analysis: Analysis, row: number): bigint {
  const { blockedNs, runnableNs, preemptedNs } = analysis.offcpu;
  return blockedNs[row]! + runnableNs[row]! + preemptedNs[row]!;
}

/** The system call that a row of `analysis.offcpu` was in; "" outside any. */
export function periodSyscall(analysis: Analysis, row: number): string {
  const { nr, compat } = analysis.offcpu;
  if (nr[row] === -1) return "";
  return syscallName(syscallAbi(analysis.recording.arch[0]!, compat[row] === 1), nr[row]!);
}
