// The recorders that the bench sets side by side, ours and its peers, and how each is started and
// ended. Every one is asked for the most similar thing it can do; why it is asked so stands beside
// its command line. perf and bpftrace read tracepoint formats from tracefs, which no recorder of
// ours needs: it is mounted for them where it is not, and unmounted afterwards.

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { analyze, lostEvents } from "../capture/results.js";
import { captureProgram, findProgram } from "../host.js";

export interface Tool {
  readonly name: string;
  /** Program and arguments; `output` is a file it may write, removed afterwards. */
  command(output: string): string[];
  /** Events that its output lacks, where it says so. */
  countLost?(output: string): Promise<number>;
}

export const ours: Tool = {
  name: "offcut-capture, everything on",
  command: (output) => [captureProgram, "-q", "--force", "-o", output],
  countLost: async (output) => lostEvents(await analyze(output)),
};

/** Everything, and the arguments of the storm's two calls. */
export const oursWithArguments: Tool = {
  name: "offcut-capture, with --args",
  command: (output) => [...ours.command(output), "--args", "read,write"],
  countLost: async (output) => lostEvents(await analyze(output)),
};

/** Both stacks of every period, user stacks whole. */
export const oursEveryStack: Tool = {
  name: "offcut-capture, a whole stack on every period",
  command: (output) => [...ours.command(output), "--stack-min-us", "0"],
  countLost: async (output) => lostEvents(await analyze(output)),
};

/** The same by frame pointers. */
export const oursEveryFrames: Tool = {
  name: "offcut-capture, frame pointers on every period",
  command: (output) => [...oursEveryStack.command(output), "--stack-bytes", "0"],
  countLost: async (output) => lostEvents(await analyze(output)),
};

/** Sums off-CPU time by stack in the kernel. Its default of 1,024 stacks would drop some. */
export const libbpfOffcputime: Tool = {
  name: "libbpf-tools offcputime",
  command: () => ["offcputime", "600", "--stack-storage-size", "16384"],
};

const bpftraceOffcpuProgram = `
  tracepoint:sched:sched_switch {
    @since[args->prev_pid] = nsecs;
    $since = @since[args->next_pid];
    if ($since != 0) { @[kstack, ustack, comm] = sum(nsecs - $since); delete(@since[args->next_pid]); }
  }
  END { clear(@since); clear(@); }`;

export const bpftraceOffcpu: Tool = {
  name: "bpftrace off-CPU sums",
  command: () => ["bpftrace", "-e", bpftraceOffcpuProgram],
};

/** Every switch with its stacks, on disk: what one would fold an off-CPU flame graph from. */
export const perfSwitches: Tool = {
  name: "perf record -e sched_switch -g",
  command: (output) => ["perf", "record", "-q", "-a", "-g", "-e", "sched:sched_switch", "-o", output],
};

/** The leanest of perf: switches and wakeups, no stacks. */
export const perfSched: Tool = {
  name: "perf sched record",
  command: (output) => ["perf", "sched", "record", "-o", output],
};

export const libbpfSyscount: Tool = { name: "libbpf-tools syscount", command: () => ["syscount"] };

/** With latency: the peer that pairs enter and exit, as a recording does. */
export const libbpfSyscountLatency: Tool = {
  name: "libbpf-tools syscount -L",
  command: () => ["syscount", "-L"],
};

const bpftraceCountProgram = `
  tracepoint:raw_syscalls:sys_enter { @[comm, args->id] = count(); }
  END { clear(@); }`;

export const bpftraceCount: Tool = {
  name: "bpftrace count()",
  command: () => ["bpftrace", "-e", bpftraceCountProgram],
};

const bpftraceArgumentsProgram = `
  tracepoint:syscalls:sys_enter_read { @read[args->count] = count(); }
  tracepoint:syscalls:sys_enter_write { @write[args->count] = count(); }
  END { clear(@read); clear(@write); }`;

/** How often with which argument: of one argument the count, where a recording has all six each time. */
export const bpftraceArguments: Tool = {
  name: "bpftrace count() by argument",
  command: () => ["bpftrace", "-e", bpftraceArgumentsProgram],
};

export const perfSyscalls: Tool = {
  name: "perf record -e raw_syscalls",
  command: (output) => [
    ...["perf", "record", "-q", "-a", "-o", output],
    ...["-e", "raw_syscalls:sys_enter", "-e", "raw_syscalls:sys_exit"],
  ],
};

/** No peer says when it has attached; the slowest, bpftrace, takes about a second. */
const AttachMs = 2000;
/** perf writes what is left in its buffers, hundreds of megabytes. */
const EndMsMax = 20_000;

/** Runs `body` while `tool` records the whole host. */
export async function whileRecording<T>(
  tool: Tool,
  output: string,
  body: () => Promise<T>,
): Promise<T> {
  const child = start(tool, output);
  try {
    await sleep(AttachMs);
    if (hasEnded(child)) throw new Error(`${tool.name} ended early: ${child.spawnargs.join(" ")}`);
    return await body();
  } finally {
    await end(child);
  }
}

/** Ended with the bench, however it ends: a forgotten tracer slows down everything after it. */
const running = new Set<ChildProcess>();
process.on("exit", () => running.forEach((child) => child.kill("SIGKILL")));
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(1));

function start(tool: Tool, output: string): ChildProcess {
  const [name, ...rest] = tool.command(output);
  const child = spawn(findProgram(name!) ?? name!, rest, { stdio: "ignore" });
  running.add(child);
  child.once("exit", () => running.delete(child));
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const ended = once(child, "exit");
  child.kill("SIGINT");
  const patience = setTimeout(() => child.kill("SIGKILL"), EndMsMax);
  await ended;
  clearTimeout(patience);
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
