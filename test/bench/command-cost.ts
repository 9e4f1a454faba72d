// What a command of the built command line costs as its users run it: a process of its own, start-up
// included, on the CPUs it is given, charged with its CPU time and its memory.

import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { buildDirectory } from "../host.js";

const execute = promisify(execFile);

export interface Cost {
  /** Of CPU time, user and system. */
  readonly seconds: number;
  /** From its start to its end. */
  readonly wallSeconds: number;
  readonly residentPeakMb: number;
}

export interface Asked {
  readonly cost: Cost;
  readonly stdout: string;
}

/** Has a process print what it cost when it ends. VmHWM is of its memory since exec alone. */
const printCost =
  "data:text/javascript,import{readFileSync}from'node:fs';process.on('exit',()=>{" +
  "const{user,system}=process.cpuUsage();const peak=/VmHWM:\\s*(\\d+)/.exec(readFileSync('/proc/self/status','utf8'))[1];" +
  "process.stderr.write(`\\ncost ${(user+system)/1e6} ${peak/1024}\\n`)})";

const OutputBytesMax = 256 * 1024 * 1024;

/** Asks `offcut ...words` on `cpus`, as taskset writes them. */
export async function ask(words: readonly string[], cpus: string): Promise<Asked> {
  const main = join(buildDirectory, "analyzer", "cli", "main.js");
  const command = ["-c", cpus, process.execPath, "--import", printCost, main, ...words];
  const begun = performance.now();
  const { stdout, stderr } = await execute("taskset", command, { maxBuffer: OutputBytesMax });
  const wallSeconds = (performance.now() - begun) / 1000;
  const [, seconds, residentPeakMb] = /^cost (\S+) (\S+)$/m.exec(stderr)!;
  return { cost: { seconds: Number(seconds), wallSeconds, residentPeakMb: Number(residentPeakMb) }, stdout };
}
