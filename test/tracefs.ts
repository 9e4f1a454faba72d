// tracefs, which perf, bpftrace and libbpf-tools' syscount need and the project itself does not.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

const tracefs = "/sys/kernel/tracing";

/** Mounts tracefs for the peers where it is not; gives back how to undo that. */
export function mountTracefs(): () => void {
  if (existsSync(`${tracefs}/events/sched`)) return () => {};
  const mounted = spawnSync("mount", ["-t", "tracefs", "tracefs", tracefs], { stdio: "inherit" });
  if (mounted.status !== 0) throw new Error("the peers need tracefs, and mounting it failed");
  return () => void spawnSync("umount", [tracefs], { stdio: "inherit" });
}
