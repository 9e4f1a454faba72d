// Which off-CPU periods an answer is about. Two kinds are left out unless asked for, counted, and
// never silently: periods that the window cut off, whose length is not known, and kernel threads
// that idle for want of work, which would drown everything that hurts.

import { OffcpuClass } from "../../assembly/format.js";
import { Edge } from "../../assembly/tables.js";
import type { Analysis } from "../analysis.js";
import { syscallAbi, syscallName } from "../syscalls/names.js";
import { selectionOf } from "./selection.js";
import type { SelectionOptions } from "./selection.js";

export interface PeriodOptions {
  /** Also periods under way at the start or the end of the recording, as rows of their own. */
  readonly open?: boolean;
  /** Also kernel threads that idle (TASK_IDLE). */
  readonly idle?: boolean;
  /** Only those that all of this is true of. */
  readonly selection?: SelectionOptions;
}

/** Whether a row of `analysis.offcpu` belongs to the answer. */
export function isSelected(analysis: Analysis, row: number, options: PeriodOptions): boolean {
  const { edge, class: classes } = analysis.offcpu;
  if (edge[row] !== Edge.None && options.open !== true) return false;
  if (classes[row] === OffcpuClass.IdleKernel && options.idle !== true) return false;
  return options.selection === undefined || selectionOf(analysis, options.selection).period(row);
}

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
