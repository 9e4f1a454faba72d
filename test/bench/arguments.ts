// What do arguments cost on top of everything else, in a storm of system calls that are all asked for,
// next to the usual one-liner, which counts calls by one of their arguments and keeps nothing else?

import { rounded, type Answer } from "./answer.js";
import { measureSlowDown, slowDownRows } from "./slow-down.js";
import { bpftraceArguments, ours, oursWithArguments } from "./tools.js";

const Rounds = 1_000_000;
const Pairs = 5;
/** Of the slow-down without arguments: a second record a call, of 64 bytes. */
const ShareMax = 1.5;

export async function argumentsCost(progress: (text: string) => void): Promise<Answer> {
  const storm = { kind: "syscall", rounds: Rounds } as const;
  const tools = [oursWithArguments, ours, bpftraceArguments];
  const results = await measureSlowDown(storm, tools, Pairs, progress);
  const [mine, without, peer] = results;
  const what = "slow-down with arguments, system call storm";
  return {
    question: "arguments",
    method: `${Rounds} reads and writes of one byte on one CPU, median of ${Pairs} pairs`,
    rows: slowDownRows(results),
    verdicts: [
      { what: `${what}, next to ${peer!.tool}`, measured: mine!.ratio, target: peer!.ratio, direction: "below" },
      { what: `${what}, next to ours without`, measured: mine!.ratio, target: rounded(without!.ratio * ShareMax, 3), direction: "at most" },
    ],
  };
}
