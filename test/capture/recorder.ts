// The capture program as tests drive it: started, waited for until it records, stopped by a signal,
// its messages kept. Also the workloads, which wait at a gate until recorders are attached. Every
// process that a test starts here is ended by `endAll`, whatever becomes of the test.

import { spawn, type ChildProcess, type SpawnOptions } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { captureProgram, findProgram, workload } from "../host.js";

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Longest a started program may take to say that it is ready. */
const ReadyMsMax = 15_000;

const running = new Set<Program>();

/** A child process whose output is collected. */
export class Program {
  readonly process: ChildProcess;
  private readonly stdoutChunks: Buffer[] = [];
  private stderrText = "";
  private readonly ended: Promise<unknown>;

  constructor(command: readonly string[], options: SpawnOptions = {}) {
    const [name, ...rest] = command;
    const program = name!.includes("/") ? name! : (findProgram(name!) ?? name!);
    this.process = spawn(program, rest, { stdio: ["pipe", "pipe", "pipe"], ...options });
    this.process.stdout?.on("data", (chunk: Buffer) => this.stdoutChunks.push(chunk));
    this.process.stderr?.on("data", (chunk: Buffer) => (this.stderrText += chunk.toString()));
    this.process.stdin?.on("error", () => {}); // it may end without reading
    this.ended = once(this.process, "close").finally(() => running.delete(this));
    running.add(this);
  }

  get pid(): number {
    return this.process.pid!;
  }

  get stdout(): string {
    return Buffer.concat(this.stdoutChunks).toString();
  }

  get stderr(): string {
    return this.stderrText;
  }

  get hasEnded(): boolean {
    return !running.has(this);
  }

  kill(signal: NodeJS.Signals): void {
    this.process.kill(signal);
  }

  /** Waits until `isReady`; throws with what the program said if it ends or takes too long. */
  async waitUntil(isReady: () => boolean, what: string): Promise<this> {
    const deadline = Date.now() + ReadyMsMax;
    while (!isReady()) {
      if (this.hasEnded || Date.now() > deadline) {
        const command = this.process.spawnargs.join(" ");
        throw new Error(`${command}: ${what} did not come:\n${this.stderrText}${this.stdout}`);
      }
      await sleep(10);
    }
    return this;
  }

  /** Waits for its end without causing it. */
  async end(): Promise<Ended> {
    await this.ended;
    const { exitCode: code, signalCode: signal } = this.process;
    return { code, signal, stdout: Buffer.concat(this.stdoutChunks), stderr: this.stderrText };
  }

  /** Ends it with a signal. */
  stop(signal: NodeJS.Signals = "SIGINT"): Promise<Ended> {
    this.kill(signal);
    return this.end();
  }
}

export interface RecorderOptions extends SpawnOptions {
  /** A command that runs the recorder: setpriv, unshare, … with their arguments. */
  readonly through?: readonly string[];
  /** The capture program, if not the one that was built. */
  readonly program?: string;
}

/** Starts the capture program and waits until it says that it records. */
export async function startRecorder(
  args: readonly string[],
  options: RecorderOptions = {},
): Promise<Program> {
  const { through = [], program = captureProgram, ...spawnOptions } = options;
  const recorder = new Program([...through, program, ...args], spawnOptions);
  return recorder.waitUntil(() => /^(offcut-capture: )?recording/im.test(recorder.stderr), "a recording");
}

/** Runs the capture program to its end. */
export function record(args: readonly string[], options: RecorderOptions = {}): Promise<Ended> {
  const { through = [], program = captureProgram, ...spawnOptions } = options;
  const recorder = new Program([...through, program, ...args], spawnOptions);
  recorder.process.stdin?.end();
  return recorder.end();
}

/** A workload that waits at its gate. */
export async function startWorkload(name: string, args: readonly string[] = []): Promise<Program> {
  const program = new Program([workload(name), ...args]);
  return program.waitUntil(() => /^ready \d+\n/.test(program.stdout), "its gate");
}

/** Opens the gate and gives what the workload prints until its end. */
export async function runThrough(program: Program): Promise<string> {
  program.process.stdin!.end("\n");
  const { code, signal, stderr } = await program.end();
  if (code !== 0) throw new Error(`workload ended with ${code ?? signal}: ${stderr}`);
  return program.stdout.replace(/^ready \d+\n/, "");
}

/** A storm that goes on until it is ended. */
export function startStorm(kind: "switch" | "syscall", cpu: number, rounds = 1e9): Program {
  return new Program([workload("storm"), kind, String(rounds), String(cpu)]);
}

const directories: string[] = [];

export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "offcut-test-"));
  directories.push(directory);
  return directory;
}

/** After each test: nothing keeps running, nothing stays. */
export async function endAll(): Promise<void> {
  for (const program of running) {
    program.kill("SIGCONT");
    program.kill("SIGKILL");
    await program.end();
  }
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
}
