// How much a recorder slows down a storm that is pinned to one CPU. Each measurement is a pair: the
// storm alone and the storm recorded, next to each other in time and in changing order, so that a
// machine that drifts or is shared biases neither. The result is the median of the pairs' ratios.

import { execFile } from "node:child_process";
import { rmSync, statSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { buildDirectory, workload } from "../host.js";
import { median, rounded } from "./answer.js";
import { whileRecording, type Tool } from "./tools.js";

export interface Storm {
  readonly kind: "switch" | "syscall";
  readonly rounds: number;
}

export interface SlowDown {
  readonly tool: string;
  readonly ratio: number;
  readonly ratioMin: number;
  readonly ratioMax: number;
  readonly nsAlone: number;
  readonly nsRecorded: number;
  readonly outputBytes: number;
  /** Of all pairs; undefined where the tool does not say. */
  readonly lost: number | undefined;
}

const execute = promisify(execFile);

/** The last CPU: the first one takes most interrupts, and recorders are free to run there. */
export const stormCpu = cpus().length - 1;

/** Runs of the storm whose median is one side of a pair: a guest's host takes its CPU now and then. */
const RunsPerSide = 3;

/**
 * Nanoseconds per round. At the highest priority, so that on a busy machine a neighbour does not
 * take its CPU; recorders keep theirs and have the other CPUs.
 */
export async function runStorm(storm: Storm): Promise<number> {
  const command = [workload("storm"), storm.kind, String(storm.rounds), String(stormCpu)];
  const { stdout } = await execute("nice", ["-n", "-20", ...command]);
  return Number.parseFloat(stdout);
}

/** One side of a pair: nanoseconds per round. */
async function measureStorm(storm: Storm): Promise<number> {
  const runs: number[] = [];
  for (let run = 0; run < RunsPerSide; run++) runs.push(await runStorm(storm));
  return median(runs);
}

export async function measureSlowDown(
  storm: Storm,
  tools: readonly Tool[],
  pairs: number,
  progress: (text: string) => void,
): Promise<SlowDown[]> {
  const measured: Measured[] = tools.map((tool) => ({ tool, alone: [], recorded: [], bytes: 0, lost: undefined }));
  await runStorm(storm); // the first run pays for page faults and a sleeping CPU
  for (let pair = 0; pair < pairs; pair++) {
    for (const each of measured) {
      progress(`${storm.kind} storm, pair ${pair + 1} of ${pairs}: ${each.tool.name}`);
      if (pair % 2 === 0) each.alone.push(await measureStorm(storm));
      await recordStorm(storm, each);
      if (pair % 2 === 1) each.alone.push(await measureStorm(storm));
    }
  }
  return measured.map(summarize);
}

interface Measured {
  readonly tool: Tool;
  readonly alone: number[];
  readonly recorded: number[];
  bytes: number;
  lost: number | undefined;
}

async function recordStorm(storm: Storm, measured: Measured): Promise<void> {
  const { tool, recorded } = measured;
  const output = join(buildDirectory, "bench-output");
  try {
    recorded.push(await whileRecording(tool, output, () => measureStorm(storm)));
    measured.bytes = statSync(output, { throwIfNoEntry: false })?.size ?? 0;
    const lost = await tool.countLost?.(output);
    if (lost !== undefined) measured.lost = (measured.lost ?? 0) + lost;
  } finally {
    rmSync(output, { force: true });
    rmSync(`${output}.old`, { force: true });
  }
}

function summarize({ tool, alone, recorded, bytes, lost }: Measured): SlowDown {
  const ratios = recorded.map((ns, pair) => ns / alone[pair]!);
  return {
    tool: tool.name,
    ratio: rounded(median(ratios), 3),
    ratioMin: rounded(Math.min(...ratios), 3),
    ratioMax: rounded(Math.max(...ratios), 3),
    nsAlone: rounded(median(alone), 1),
    nsRecorded: rounded(median(recorded), 1),
    outputBytes: bytes,
    lost,
  };
}

/** Table rows, fastest first. */
export function slowDownRows(results: readonly SlowDown[]): Record<string, string | number>[] {
  return [...results]
    .sort((a, b) => a.ratio - b.ratio)
    .map((each) => ({
      recorder: each.tool,
      "slow-down": `x${each.ratio.toFixed(2)}`,
      "of pairs": `${each.ratioMin.toFixed(2)} .. ${each.ratioMax.toFixed(2)}`,
      "ns/round alone": each.nsAlone,
      "ns/round recorded": each.nsRecorded,
      "output MB": each.outputBytes === 0 ? "-" : rounded(each.outputBytes / 1e6, 1),
      lost: each.lost ?? "?",
    }));
}
