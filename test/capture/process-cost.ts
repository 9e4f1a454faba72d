// What a process has used so far, from /proc: CPU time and its largest resident size.

import { readFileSync } from "node:fs";

/** USER_HZ: 100 on every Linux that Node runs on. */
const TicksPerSecond = 100;

export interface ProcessCost {
  readonly cpuSeconds: number;
  readonly residentPeakBytes: number;
}

export function processCost(pid: number): ProcessCost {
  // The name, which may hold anything, stands in the last pair of parentheses.
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields[11]) + Number(fields[12]); // utime and stime
  const peak = readFileSync(`/proc/${pid}/status`, "utf8").match(/^VmHWM:\s+(\d+) kB$/m);
  return { cpuSeconds: ticks / TicksPerSecond, residentPeakBytes: Number(peak![1]) * 1024 };
}
