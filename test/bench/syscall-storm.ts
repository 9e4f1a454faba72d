// Question (b): how much does recording everything slow down a storm of system calls, next to the
// peers that merely count them? One byte read and one written a round, as `dd bs=1`.

import type { Answer } from "./answer.js";
import { measureSlowDown, slowDownRows } from "./slow-down.js";
import { bpftraceCount, libbpfSyscount, libbpfSyscountLatency, ours, perfSyscalls } from "./tools.js";

const Rounds = 1_000_000;
const Pairs = 5;
const SlowDownMax = 2.2;

export async function syscallStorm(progress: (text: string) => void): Promise<Answer> {
  const storm = { kind: "syscall", rounds: Rounds } as const;
  const tools = [ours, libbpfSyscountLatency, libbpfSyscount, bpftraceCount, perfSyscalls];
  const results = await measureSlowDown(storm, tools, Pairs, progress);
  const [mine, latency] = results;
  const what = "slow-down, system call storm";
  return {
    question: "syscall-storm",
    method: `${Rounds} reads and writes of one byte on one CPU, median of ${Pairs} pairs`,
    rows: slowDownRows(results),
    verdicts: [
      { what, measured: mine!.ratio, target: SlowDownMax, direction: "at most" },
      { what: `… next to ${latency!.tool}`, measured: mine!.ratio, target: latency!.ratio, direction: "below" },
    ],
  };
}
