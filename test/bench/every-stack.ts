// What does a stack on every off-CPU period cost, however short? The storm of context switches again,
// recorded with --stack-min-us 0, next to the peer that takes a stack on every period by its nature.

import type { Answer, Verdict } from "./answer.js";
import { measureSlowDown, slowDownRows } from "./slow-down.js";
import { libbpfOffcputime, oursEveryFrames, oursEveryStack } from "./tools.js";

const Rounds = 50_000;
const Pairs = 5;

export async function everyStack(progress: (text: string) => void): Promise<Answer> {
  const storm = { kind: "switch", rounds: Rounds } as const;
  const results = await measureSlowDown(storm, [oursEveryStack, oursEveryFrames, libbpfOffcputime], Pairs, progress);
  const [whole, , peer] = results;
  const verdicts: Verdict[] = [
    {
      what: "slow-down, a kernel and a whole user stack on every period, next to libbpf-tools offcputime",
      measured: whole!.ratio,
      target: peer!.ratio,
      direction: "below",
    },
  ];
  return {
    question: "every-stack",
    method: `${Rounds} pipe round trips on one CPU (2 switches, each with both stacks), median of ${Pairs} pairs`,
    rows: slowDownRows(results),
    verdicts,
  };
}
