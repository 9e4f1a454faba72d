// The first thing a newcomer sees: five seconds of a small workload recorded from the real kernel,
// then the same three questions that one would ask of any recording, asked with the commands one
// would type. Where this host cannot record, it says the one thing that is missing and asks them of
// the recording that ships in test/data.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, rmSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { buildDirectory, captureProgram, findProgram, missingForRecording, projectRoot, workload } from "../host.js";

const Seconds = 5;

const directory = join(buildDirectory, "demo");
const recording = join(directory, "demo.offcut");
const folded = join(directory, "demo.folded");
const shipped = join(projectRoot, "test", "data", "mixed.offcut");

async function main(): Promise<number> {
  mkdirSync(directory, { recursive: true });
  const recorder = chooseRecorder();
  if (typeof recorder === "string") {
    console.log(`Not recorded: ${recorder}. Here is the same for a recording made elsewhere.`);
  } else {
    await recordWorkload(recorder);
  }
  const file = relative(process.cwd(), typeof recorder === "string" ? shipped : recording);
  const output = relative(process.cwd(), folded);
  rmSync(folded, { force: true });
  for (const args of [["offcpu", "--top", "6", file], ["syscalls", file], ["fold", file, "-o", output]]) {
    const status = ask(args);
    if (status !== 0) return status;
  }
  console.log(`\nThe recording is ${file} (${megabytes(file)}), its folded stacks are ${output}.`);
  return 0;
}

/** The command that may record here, or why none may. */
function chooseRecorder(): string[] | string {
  const missing = missingForRecording();
  if (missing !== undefined) return missing;
  const doctor = spawnSync(captureProgram, ["--doctor", "--json"], { encoding: "utf8" });
  if (doctor.status === 0) return [captureProgram];
  if (process.getuid?.() === 0) return `this host cannot record, ${firstMissing(doctor.stdout)}`;
  const sudo = findProgram("sudo");
  if (sudo === undefined) return "recording needs root, or CAP_BPF, CAP_PERFMON and CAP_SYSLOG, and there is no sudo";
  console.log("Recording needs CAP_BPF, CAP_PERFMON and CAP_SYSLOG: asking sudo to run the capture program with them.");
  if (spawnSync(sudo, ["-v"], { stdio: "inherit" }).status !== 0) return "recording needs root, and sudo refused";
  return [sudo, captureProgram];
}

function firstMissing(report: string): string {
  const { checks } = JSON.parse(report) as { checks: { name: string; state: string; text: string }[] };
  const missing = checks.find(({ state }) => state === "missing");
  return missing === undefined ? "and does not say why" : `${missing.name}: ${missing.text}`;
}

/** Starts the workload at its gate, the recorder on its process, and then opens the gate. */
async function recordWorkload(recorder: readonly string[]): Promise<void> {
  const program = spawn(workload("mixed"), [String(Seconds + 1), join(directory, "disk")], {
    stdio: ["pipe", "ignore", "inherit"],
  });
  rmSync(recording, { force: true });
  // Opened here and given as standard output: under sudo the file would be root's alone.
  const output = openSync(recording, "wx", 0o600);
  const command = [...recorder, "-o", "-", "-p", String(program.pid), "-d", String(Seconds)];
  console.log(`$ ${command.map(asTyped).join(" ")} > ${relative(process.cwd(), recording)}`);
  const capture = spawn(command[0]!, command.slice(1), { stdio: ["inherit", output, "pipe"] });
  capture.stderr!.pipe(process.stderr);
  const ended = once(capture, "close");
  // It says when it records; should it end instead, the workload is let go all the same.
  await Promise.race([once(capture.stderr!, "data"), ended]);
  const workloadEnded = once(program, "exit");
  program.stdin!.end("\n");
  const [status] = await ended;
  await workloadEnded;
  closeSync(output);
  if (status !== 0) throw new Error(`the capture program ended with ${status}`);
}

/** Asks the built command line, as `npx offcut` would. */
function ask(args: readonly string[]): number {
  console.log(`\n$ npx offcut ${args.join(" ")}`);
  const main = join(buildDirectory, "analyzer", "cli", "main.js");
  const result = spawnSync(process.execPath, [main, ...args], { stdio: "inherit" });
  return result.status ?? 1;
}

function asTyped(word: string): string {
  if (word.startsWith(projectRoot)) return relative(process.cwd(), word);
  return word.endsWith("/sudo") ? "sudo" : word;
}

function megabytes(file: string): string {
  return `${(statSync(file).size / 1e6).toFixed(2)} MB`;
}

process.exitCode = await main();
