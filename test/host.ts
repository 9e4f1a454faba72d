// What this machine can do: whether the capture program can record here and, if not, the one thing
// that is missing, in a sentence. Demo, privileged tests and bench ask here and nowhere else, so
// that a laptop without Linux is told the same by all three. Knows nothing about recordings.

import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { suite, type Test } from "uvu";

export const projectRoot = resolve(import.meta.dirname, "..");
export const buildDirectory = join(projectRoot, "build");
export const captureProgram = join(buildDirectory, "offcut-capture");

/** Where Debian keeps bpftool and most peers; a user's PATH often lacks it. */
const systemDirectories = ["/usr/sbin", "/sbin"];

/** Absolute path of a program, or undefined where it is not installed. */
export function findProgram(name: string): string | undefined {
  const directories = (process.env["PATH"] ?? "").split(delimiter).concat(systemDirectories);
  return directories.map((directory) => join(directory, name)).find(isExecutable);
}

export function workload(name: string): string {
  return join(buildDirectory, "workloads", name);
}

/** What the kernel or the build lacks for recording, whoever asks; undefined if nothing. */
export function missingForRecording(): string | undefined {
  if (process.platform !== "linux") return `recording needs Linux, this is ${process.platform}`;
  if (!existsSync("/sys/kernel/btf/vmlinux")) {
    return "recording needs a kernel with BTF, /sys/kernel/btf/vmlinux is not there";
  }
  if (!isExecutable(captureProgram)) {
    return "the capture program could not be built here (set-up said what it lacked)";
  }
  return undefined;
}

/**
 * A uvu suite of tests that record from this kernel. Where that is impossible none of them is
 * registered: one test says SKIP and why, passes on a laptop and fails where CI=true.
 */
export function recordingSuite(name: string, peers: readonly string[] = []): Test {
  const tests = suite(name);
  const missing = missingForTest(peers);
  if (missing === undefined) return tests;
  tests("is skipped", () => {
    console.log(`SKIP ${name}: ${missing}`);
    if (process.env["CI"] === "true") throw new Error(`CI may not skip: ${missing}`);
  });
  const ignore = Object.assign(() => {}, tests, { run: () => tests.run() });
  return ignore as unknown as Test;
}

/**
 * Runs this process again under sudo, where that asks for nothing (set-up has asked), and ends as
 * it did. Comes back where it is root already, with undefined, or cannot become it, with why.
 */
export function becomeRoot(): string | undefined {
  if (process.getuid?.() === 0) return undefined;
  const sudo = findProgram("sudo");
  if (sudo === undefined) return "recording needs root here, and there is no sudo";
  if (spawnSync(sudo, ["-n", "true"]).status !== 0) return "recording needs root here, and sudo was not granted";
  const environment = "--preserve-env=CI,BLESS,NO_COLOR,FORCE_COLOR";
  const command = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  const again = spawnSync(sudo, ["-n", environment, ...command], { stdio: "inherit" });
  process.exit(again.status ?? 1);
}

function missingForTest(peers: readonly string[]): string | undefined {
  const missing = missingForRecording() ?? becomeRoot();
  if (missing !== undefined) return missing;
  const peer = peers.find((each) => findProgram(each) === undefined);
  return peer === undefined ? undefined : `${peer} is not installed`;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
