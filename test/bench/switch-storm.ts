// Question (a): how much does recording everything slow down a storm of context switches, next to
// the peers' in-kernel sums and perf? Two processes pass a byte to and fro on one CPU.

import type { Answer, Verdict } from "./answer.js";
import { measureSlowDown, slowDownRows } from "./slow-down.js";
import { bpftraceOffcpu, libbpfOffcputime, ours, perfSched, perfSwitches } from "./tools.js";

const Rounds = 100_000;
const Pairs = 5;
const SlowDownMax = 1.6;

const peers = [libbpfOffcputime, bpftraceOffcpu, perfSwitches, perfSched];

export async function switchStorm(progress: (text: string) => void): Promise<Answer> {
  const storm = { kind: "switch", rounds: Rounds } as const;
  const results = await measureSlowDown(storm, [ours, ...peers], Pairs, progress);
  const [mine, ...theirs] = results;
  const verdicts: Verdict[] = [
    { what: "slow-down, context-switch storm", measured: mine!.ratio, target: SlowDownMax, direction: "at most" },
    ...theirs.map((peer) => ({
      what: `… next to ${peer.tool}`,
      measured: mine!.ratio,
      target: peer.ratio,
      direction: "below" as const,
    })),
  ];
  return {
    question: "switch-storm",
    method: `${Rounds} pipe round trips on one CPU (2 switches, 2 wakeups, 4 calls each), median of ${Pairs} pairs`,
    rows: slowDownRows(results),
    verdicts,
  };
}
