// The off-CPU classes of the recording format, as views name them and group them.

import { ClassUnknown, OffcpuClass } from "../../assembly/format.js";

/** Why a thread was off the CPU. */
export type ClassName =
  | "preempted"
  | "runnable"
  | "idle"
  | "uninterruptible"
  | "interruptible"
  | "other"
  | "unknown";

/** `value` is an OffcpuClass or ClassUnknown. */
export function className(value: number): ClassName {
  switch (value) {
    case OffcpuClass.Preempted:
      return "preempted";
    case OffcpuClass.Runnable:
      return "runnable";
    case OffcpuClass.IdleKernel:
      return "idle";
    case OffcpuClass.Uninterruptible:
      return "uninterruptible";
    case OffcpuClass.Interruptible:
      return "interruptible";
    case OffcpuClass.Other:
      return "other";
    case ClassUnknown:
    default:
      return "unknown";
  }
}

/** Whether a thread of this class waits for something other than a CPU. */
export function isBlocked(value: number): boolean {
  return value !== OffcpuClass.Preempted && value !== OffcpuClass.Runnable;
}
