// Question: of the time that threads were blocked for longer than the threshold, how much has a user
// stack that reaches the thread's start? Asked of programs as distributions build them, without frame
// pointers, of four recorders that watch the same seconds: offcut; offcut by frame pointers alone;
// libbpf-tools offcputime, which follows frame pointers, too; and perf with DWARF stacks, which
// copies 8 KB at every switch. A stack reaches the start if its outermost frame is one at which
// offcut's unwinder proved that a thread began (its caller is undefined there), or has its name.

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { analyze, type Analysis } from "../../analyzer/node.js";
import { OffcpuClass } from "../../assembly/format.js";
import { Edge, StackHow } from "../../assembly/tables.js";
import { buildDirectory, captureProgram, findProgram, projectRoot } from "../host.js";
import { rounded, type Answer } from "./answer.js";

const SecondsRecorded = 4;
/** Recorders attach, and those that are not needed for the answer end later. */
const SecondsOfLife = 16;
const AttachMs = 3000;
const ThresholdUs = 100;

interface Program {
  readonly name: string;
  /** Share that must be complete, in percent. */
  readonly target: number;
  /** Starts it, in `directory`; the process that is recorded and whatever must end with it. */
  start(directory: string): Promise<{ pid: number; children: ChildProcess[] }>;
}

const sources = join(projectRoot, "test/workloads/stacks");
const seconds = String(SecondsOfLife);

async function run(command: readonly string[], cwd?: string): Promise<void> {
  const child = spawn(command[0]!, command.slice(1), { cwd, stdio: ["ignore", "ignore", "inherit"] });
  const [code] = (await once(child, "exit")) as [number | null];
  if (code !== 0) throw new Error(`${command.join(" ")} ended with ${code}`);
}

function begin(command: readonly string[], cwd?: string): ChildProcess {
  return spawn(command[0]!, command.slice(1), { cwd, stdio: "ignore" });
}

function alone(command: readonly string[]): { pid: number; children: ChildProcess[] } {
  const child = begin(command);
  return { pid: child.pid!, children: [child] };
}

/** A program of one source file, compiled as distributions do. */
function compiled(name: string, compiler: readonly string[], source: string): Program {
  return {
    name,
    target: 99,
    async start(directory) {
      const program = join(directory, name.replaceAll(/\W+/g, "-"));
      await run([...compiler, "-o", program, join(sources, source)]);
      return alone([program, seconds]);
    },
  };
}

const optimized = ["-O2", "-fomit-frame-pointer", "-pthread"];

const programs: readonly Program[] = [
  compiled("C", ["gcc", ...optimized], "waiting.c"),
  compiled("C++", ["g++", "-std=c++20", ...optimized], "waiting.cc"),
  compiled("Rust", ["rustc", "-O"], "waiting.rs"),
  { name: "python3", target: 99, start: async () => alone(["python3", join(sources, "waiting.py"), seconds]) },
  { name: "node", target: 95, start: async () => alone([process.execPath, join(sources, "waiting.mjs"), seconds]) },
  { name: "redis-server", target: 99, start: startRedis },
  { name: "nginx", target: 99, start: startNginx },
];

async function startRedis(directory: string) {
  const socket = join(directory, "redis.sock");
  const options = ["--port", "0", "--unixsocket", socket, "--appendonly", "yes", "--appendfsync", "everysec", "--dir", directory];
  const server = begin(["redis-server", ...options], directory);
  await sleep(500);
  const load = begin(["redis-benchmark", "-s", socket, "-n", "100000000", "-c", "4", "-t", "set,get", "-r", "1000"]);
  return { pid: server.pid!, children: [load, server] };
}

async function startNginx(directory: string) {
  const port = 20000 + (process.pid % 20000);
  const configuration = join(directory, "nginx.conf");
  const site = `server { listen 127.0.0.1:${port}; location / { return 200 "hello"; } }`;
  writeFileSync(
    configuration,
    `daemon off; master_process off; pid ${directory}/nginx.pid; error_log ${directory}/error.log; worker_processes 1;
     events { worker_connections 64; } http { access_log ${directory}/access.log; ${site} }`,
  );
  const server = begin(["nginx", "-c", configuration, "-p", directory]);
  await sleep(500);
  // As many requests as leave it waiting between them.
  const load = begin(["wrk", "-t", "1", "-c", "2", "-d", seconds, `http://127.0.0.1:${port}/`]);
  return { pid: server.pid!, children: [load, server] };
}

interface Recorder {
  readonly name: string;
  command(pid: number, output: string): readonly string[];
}

const length = String(SecondsRecorded);
const recorders: readonly Recorder[] = [
  { name: "offcut", command: (pid, output) => [captureProgram, "-q", "--force", "-o", output, "-d", length, "-p", String(pid)] },
  {
    name: "frame pointers",
    command: (pid, output) => [captureProgram, "-q", "--force", "-o", output, "-d", length, "-p", String(pid), "--stack-bytes", "0"],
  },
  {
    name: "offcputime",
    command: (pid) => ["offcputime", "-p", String(pid), "-m", String(ThresholdUs), "--stack-storage-size", "16384", length],
  },
  {
    name: "perf dwarf",
    command: (pid, output) => [
      ...["perf", "record", "-q", "-p", String(pid), "-e", "sched:sched_switch", "--call-graph", "dwarf"],
      ...["-o", output, "--", "sleep", length],
    ],
  },
];

/** What each recorder said of one program: standard output, or the file it wrote. */
async function recordWithAll(program: Program, directory: string): Promise<Map<string, string>> {
  const { pid, children } = await program.start(directory);
  await sleep(1000);
  const outputs = new Map<string, string>();
  try {
    await Promise.all(
      recorders.map(async ({ name, command }) => {
        const output = join(directory, `${name.replace(" ", "-")}.out`);
        outputs.set(name, output);
        const [tool, ...words] = command(pid, output);
        const child = spawn(findProgram(tool!) ?? tool!, words, { stdio: ["ignore", "pipe", "inherit"] });
        const chunks: Buffer[] = [];
        child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
        await once(child, "close");
        if (name === "offcputime") writeFileSync(output, Buffer.concat(chunks));
      }),
    );
  } finally {
    for (const child of children) child.kill("SIGKILL");
    await sleep(AttachMs / 10);
  }
  return outputs;
}

/** Frames at which threads begin: how the file calls them, and where they are in it. */
interface Starts {
  readonly names: Set<string>;
  readonly places: Set<string>;
}

interface Share {
  completeNs: number;
  allNs: number;
}

/** Rows of blocked periods over the threshold that began and ended in the recording. */
function* blockedRows({ offcpu }: Analysis): Generator<number> {
  const blocked: readonly OffcpuClass[] = [OffcpuClass.Interruptible, OffcpuClass.Uninterruptible, OffcpuClass.Other];
  for (let row = 0; row < offcpu.length; row++) {
    if (offcpu.edge[row] === Edge.None && blocked.includes(offcpu.class[row]!)) yield row;
  }
}

function rootOf({ stacks }: Analysis, node: number): number {
  while (stacks.prefix[node] !== 0) node = stacks.prefix[node]!;
  return stacks.frame[node]!;
}

function placeOf({ frames, objects, string }: Analysis, frame: number): string {
  return `${basename(string(objects.path[frames.object[frame]!]!))}+${frames.offset[frame]!.toString(16)}`;
}

function shareOfOffcut(analysis: Analysis, starts: Starts, isProof: boolean): Share {
  const share = { completeNs: 0, allNs: 0 };
  const { offcpu, stacks, frames, string } = analysis;
  for (const row of blockedRows(analysis)) {
    const ns = Number(offcpu.blockedNs[row]! + offcpu.runnableNs[row]!);
    const node = offcpu.userStack[row]!;
    share.allNs += ns;
    if (node === 0) continue;
    const root = rootOf(analysis, node);
    const isComplete = (stacks.how[node]! & StackHow.Complete) !== 0;
    if (isProof && isComplete) {
      starts.names.add(string(frames.symbol[root]!));
      starts.places.add(placeOf(analysis, root));
    }
    if (isProof ? isComplete : starts.places.has(placeOf(analysis, root))) share.completeNs += ns;
  }
  return share;
}

/** The names that peers have for where a thread begins, with whatever symbols they find. */
const startNames = /^(_start|(__|__GI_)?_*clone3?)(\+0x[0-9a-f]+)?$/;

/** Blocks of frames, leaf first, then "    -  comm (tid)", then the sum in microseconds. */
function shareOfOffcputime(text: string): Share {
  const share = { completeNs: 0, allNs: 0 };
  let last = "";
  for (const line of text.split("\n")) {
    const sum = /^ {8}(\d+)$/.exec(line);
    if (sum !== null) {
      share.allNs += Number(sum[1]) * 1000;
      if (startNames.test(last)) share.completeNs += Number(sum[1]) * 1000;
    } else if (/^ {4}-/.test(line)) continue;
    else last = line.trim();
  }
  return share;
}

/** By switches, not by time: perf has no periods. Only those that left the CPU blocked. */
async function shareOfPerf(file: string, starts: Starts): Promise<Share> {
  const child = spawn(findProgram("perf")!, ["script", "-i", file, "-F", "trace,ip,sym,dso"], { stdio: ["ignore", "pipe", "ignore"] });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  await once(child, "close");
  const share = { completeNs: 0, allNs: 0 };
  for (const block of text.split("\n\n")) {
    if (!/prev_state=[SD]/.test(block)) continue;
    share.allNs++;
    const last = block.trimEnd().split("\n").at(-1)!.trim();
    const [, address = "", symbol = "", object = ""] = /^([0-9a-f]+) (\S+)(?: \((.*)\))?$/.exec(last) ?? [];
    const after = (BigInt(`0x${address || "0"}`) + 1n).toString(16);
    const places = [`${basename(object)}+${address}`, `${basename(object)}+${after}`];
    if (startNames.test(symbol) || starts.names.has(symbol.replace(/\+.*/, "")) || places.some((place) => starts.places.has(place))) share.completeNs++;
  }
  return share;
}

function percent({ completeNs, allNs }: Share): number {
  return allNs === 0 ? Number.NaN : rounded((100 * completeNs) / allNs, 1);
}

async function measure(program: Program) {
  const directory = join(buildDirectory, "bench", "complete-stacks");
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const outputs = await recordWithAll(program, directory);
  const starts: Starts = { names: new Set(), places: new Set() };
  const pass = { periodNsMin: ThresholdUs * 1000 };
  const dumps = await analyze(outputs.get("offcut")!, pass);
  const complete = shareOfOffcut(dumps, starts, true);
  starts.names.delete("");
  const pointers = shareOfOffcut(await analyze(outputs.get("frame pointers")!, pass), starts, false);
  const row = {
    program: program.name,
    "blocked s": rounded(complete.allNs / 1e9, 2),
    "offcut %": percent(complete),
    "frame pointers %": percent(pointers),
    "offcputime %": percent(shareOfOffcputime(readFileSync(outputs.get("offcputime")!, "utf8"))),
    "perf dwarf %": percent(await shareOfPerf(outputs.get("perf dwarf")!, starts)),
  };
  rmSync(directory, { recursive: true, force: true });
  return row;
}

/** What a program needs that is not there. */
const needs: Readonly<Record<string, readonly string[]>> = {
  C: ["gcc"],
  "C++": ["g++"],
  Rust: ["rustc"],
  python3: ["python3"],
  "redis-server": ["redis-server", "redis-benchmark"],
  nginx: ["nginx", "wrk"],
};

export async function completeStacks(progress: (text: string) => void): Promise<Answer> {
  const rows: Awaited<ReturnType<typeof measure>>[] = [];
  const skipped: string[] = [];
  for (const program of programs) {
    const missing = needs[program.name]?.find((name) => findProgram(name) === undefined);
    if (missing !== undefined) {
      skipped.push(`${program.name} (no ${missing})`);
      continue;
    }
    progress(`complete stacks of ${program.name}`);
    rows.push(await measure(program));
  }
  return {
    question: "complete-stacks",
    method:
      `share of blocked time over ${ThresholdUs} us whose user stack reaches the thread's start, ${SecondsRecorded} s of each ` +
      `program, all recorders at once; perf by switches${skipped.length > 0 ? `; not measured: ${skipped.join(", ")}` : ""}`,
    rows,
    verdicts: rows.map((row) => ({
      what: `${row.program}, % of blocked time with a complete stack`,
      measured: row["offcut %"],
      target: programs.find(({ name }) => name === row.program)!.target,
      direction: "at least" as const,
    })),
  };
}
