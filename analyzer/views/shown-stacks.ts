// Which stacks of a period an answer shows, and how much of their frames. Periods that differ only in
// what is not shown are one row.

import type { Analysis } from "../analysis.js";
import type { FrameDetail } from "./frame-names.js";

export interface StackOptions {
  /** Only that stack; both where it is not given. */
  readonly stacks?: "user" | "kernel" | undefined;
  readonly frames?: FrameDetail | undefined;
}

/** The kernel stack shown of a row of `analysis.offcpu`: a row of stacks, 0 none. */
export function shownKernelStack(analysis: Analysis, row: number, { stacks }: StackOptions): number {
  return stacks === "user" ? 0 : analysis.offcpu.kernelStack[row]!;
}

/** The user stack shown of a row of `analysis.offcpu`: a row of stacks, 0 none. */
export function shownUserStack(analysis: Analysis, row: number, { stacks }: StackOptions): number {
  return stacks === "kernel" ? 0 : analysis.offcpu.userStack[row]!;
}
