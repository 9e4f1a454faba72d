// Questions (d) and (e): how fast is a recording of more than 20 million events turned into folded
// text on one core, next to `perf script` over perf.data of the same storms, and how much memory
// does that take? Both are run as their users run them, as processes pinned to one CPU, start-up
// included, and charged with their CPU time: the same as time on a quiet machine, and not the
// neighbours' on another. perf gets a twentieth of the rounds (its file would be gigabytes) and is compared by events
// a second; it is spared the stacks of all but the switches.

import { execFile } from "node:child_process";
import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { buildDirectory, findProgram } from "../host.js";
import { median, rounded, type Answer } from "./answer.js";
import { ask, type Cost } from "./command-cost.js";
import { runStorm, stormCpu, type Storm } from "./slow-down.js";
import { recordStorms } from "./storm-recording.js";
import { whileRecording, type Tool } from "./tools.js";

export const EventsMin = 20_000_000;
const EventsPerSecondMin = 10_000_000;
const ResidentMbMax = 200;
const Runs = 3;
const PerfShare = 20;

/** Eight events a round, then two: eleven million of each kind. */
export const storms: readonly Storm[] = [
  { kind: "switch", rounds: 1_400_000 },
  { kind: "syscall", rounds: 5_500_000 },
];

const execute = promisify(execFile);

export async function analysis(progress: (text: string) => void): Promise<Answer> {
  progress("recording 22 million events");
  const { file, info, lost } = await recordStorms("analysis", storms);
  if (info.events < EventsMin) throw new Error(`only ${info.events} events were recorded`);
  const runs: Cost[] = [];
  for (let run = 0; run < Runs; run++) {
    progress(`folding, run ${run + 1} of ${Runs}`);
    runs.push(await fold(file));
  }
  const rate = info.events / median(runs.map((run) => run.seconds));
  const memory = Math.max(...runs.map((run) => run.residentPeakMb));
  progress("recording a twentieth of it with perf, and perf script");
  const perf = await measurePerf();
  rmSync(file);
  return {
    question: "analysis",
    method:
      `${info.events} events (${rounded(info.fileBytes / 1e6, 1)} MB, ${lost} lost) to folded text ` +
      `on one CPU, median of ${Runs}, by CPU time; perf script over ${perf.events} events`,
    rows: [
      row("offcut fold", info.events, info.events / rate, info.fileBytes),
      row("perf script", perf.events, perf.seconds, perf.bytes),
    ],
    verdicts: [
      { what: "analysis, million events a second", measured: rounded(rate / 1e6, 1), target: EventsPerSecondMin / 1e6, direction: "at least" },
      { what: "analysis, times as fast as perf script", measured: rounded(rate / (perf.events / perf.seconds), 1), target: 1, direction: "at least" },
      { what: "analysis, MB resident at most", measured: rounded(memory, 1), target: ResidentMbMax, direction: "at most" },
    ],
  };
}

function row(tool: string, events: number, seconds: number, bytes: number) {
  return {
    tool,
    events,
    "file MB": rounded(bytes / 1e6, 1),
    "CPU s": rounded(seconds, 2),
    "million events/s": rounded(events / seconds / 1e6, 2),
  };
}

async function fold(file: string): Promise<Cost> {
  const output = `${file}.folded`;
  const { cost } = await ask(["fold", file, "-o", output], String(stormCpu));
  if (statSync(output).size === 0) throw new Error("folding came to nothing");
  rmSync(output);
  return cost;
}

/** What a recording holds, as perf records it: every switch with its stacks, wakeups and calls. */
const perfEverything: Tool = {
  name: "perf record, everything",
  command: (output) => [
    ...["perf", "record", "-q", "-a", "-m", "8M", "-o", output],
    ...["-e", "sched:sched_switch/call-graph=fp/", "-e", "sched:sched_waking"],
    ...["-e", "raw_syscalls:sys_enter", "-e", "raw_syscalls:sys_exit"],
  ],
};

async function measurePerf(): Promise<{ events: number; seconds: number; bytes: number }> {
  const data = join(buildDirectory, "bench", "analysis.perf");
  try {
    await whileRecording(perfEverything, data, async () => {
      for (const storm of storms) await runStorm({ ...storm, rounds: storm.rounds / PerfShare });
    });
    const perf = findProgram("perf")!;
    const statistics = await execute(perf, ["report", "--stats", "-i", data]);
    const script = `taskset -c ${stormCpu} ${perf} script -i ${data} >/dev/null 2>&1; times`;
    const { stdout } = await execute("sh", ["-c", script]);
    return {
      events: Number(/SAMPLE events:\s+(\d+)/.exec(statistics.stdout)![1]),
      seconds: childrenSeconds(stdout),
      bytes: statSync(data).size,
    };
  } finally {
    rmSync(data, { force: true });
    rmSync(`${data}.old`, { force: true });
  }
}

/** The shell's `times`: a line for itself, a line for its children, each "0m0.01s 0m0.02s". */
function childrenSeconds(times: string): number {
  const [, user, system] = /\n(\S+) (\S+)/.exec(times)!;
  const seconds = [user!, system!].map((each) => {
    const [, minutes, rest] = /(\d+)m([\d.]+)s/.exec(each)!;
    return Number(minutes) * 60 + Number(rest);
  });
  return seconds[0]! + seconds[1]!;
}
