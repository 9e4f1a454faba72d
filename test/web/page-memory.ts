// What memory pages take, as the kernel counts it.

import { readdirSync, readFileSync } from "node:fs";

/** The most memory that any page's process below this one has had. */
export function peakMegabytes(): number {
  const peaks = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => peakOf(Number(pid)));
  return Math.round(Math.max(...peaks) / 1000);
}

/** In kB; 0 of what is no page of ours. */
function peakOf(pid: number): number {
  try {
    if (!readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("--type=renderer") || !isBelowUs(pid)) return 0;
    return Number(/^VmHWM:\s*(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
  } catch {
    return 0; // it ended meanwhile
  }
}

function isBelowUs(pid: number): boolean {
  for (let at = pid; at > 1; at = Number(/^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${at}/status`, "utf8"))![1])) {
    if (at === process.pid) return true;
  }
  return false;
}
