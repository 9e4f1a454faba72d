// Question (f): what does a recorder cost on a host that does next to nothing: its CPU time, and its
// memory beside the ring? Recording everything on the whole host, as on the first day in production.

import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { buildDirectory } from "../host.js";
import { endAll, startRecorder } from "../capture/recorder.js";
import { processCost } from "../capture/process-cost.js";
import { rounded, type Answer } from "./answer.js";

const Seconds = 20;
const SettleMs = 2000;
const CpuPercentMax = 1;
const ResidentMbMax = 32;
const RingMb = 4;

export async function idleCost(progress: (text: string) => void): Promise<Answer> {
  progress(`recording an idle host for ${Seconds} s`);
  const file = join(buildDirectory, "bench-idle.offcut");
  const recorder = await startRecorder(["-o", file, "--force", "--ring-size", `${RingMb}M`]);
  await sleep(SettleMs);
  const before = processCost(recorder.pid);
  await sleep(Seconds * 1000);
  const after = processCost(recorder.pid);
  await recorder.stop();
  await endAll();
  const cpu = rounded(((after.cpuSeconds - before.cpuSeconds) / Seconds) * 100, 2);
  // The ring's pages count as resident once they were written to.
  const memory = rounded(Math.max(0, after.residentPeakBytes / 2 ** 20 - RingMb), 1);
  return {
    question: "idle-cost",
    method: `${Seconds} s of the whole host, everything on, nothing started; memory beside a ring of ${RingMb} MB`,
    rows: [{ recorder: "offcut-capture", "% of a core": cpu, "MB resident": memory }],
    verdicts: [
      { what: "idle, % of a core", measured: cpu, target: CpuPercentMax, direction: "at most" },
      { what: "idle, MB beside the ring", measured: memory, target: ResidentMbMax, direction: "at most" },
    ],
  };
}
