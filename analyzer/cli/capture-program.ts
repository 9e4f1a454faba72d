// The recorder: where it is, and running it. It is a static Linux program of its own, which comes
// with the per-platform package or is built from the source tree; analyzing needs neither.

import { execFile, spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { CaptureError } from "../errors.js";
import { packageRoot } from "./package-root.js";

const ProgramName = "offcut-capture";

/** The path of the recorder. Throws CaptureError that says how to get it. */
export function findCaptureProgram(): string {
  const candidates = [process.env.OFFCUT_CAPTURE, join(packageRoot, "build", ProgramName), packaged()];
  const found = candidates.find((path) => path !== undefined && path !== "" && isExecutable(path));
  if (found !== undefined) return found;
  if (process.platform !== "linux") {
    throw new CaptureError(
      `recording needs Linux; this is ${process.platform}`,
      "Record on a Linux host and analyze the file here.",
    );
  }
  throw new CaptureError(
    `the recorder ${ProgramName} is not installed for ${process.platform}-${process.arch}`,
    `Build it with "npm run build:capture" in the source tree and set OFFCUT_CAPTURE to its path, ` +
      `or install the package ${packageName()}.`,
  );
}

/**
 * Runs the recorder on this terminal and resolves to its exit code. Signals are passed on, and this
 * process stays until the recorder has written the recording's end. Only Ctrl-C is not: a terminal
 * sends that to both, and a second one would end the recorder at once.
 */
export function runCaptureProgram(words: readonly string[]): Promise<number> {
  const child = spawn(findCaptureProgram(), words, { stdio: "inherit" });
  const forward = (signal: NodeJS.Signals) => {
    if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, forward);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      for (const signal of signals) process.off(signal, forward);
      if (signal === null) resolve(code ?? 1);
      else {
        const remedy = "What was recorded until then can be read.";
        reject(new CaptureError(`the recorder was killed by ${signal}`, remedy));
      }
    });
  });
}

/** Runs the recorder and resolves to what it said, whatever its exit code. */
export function askCaptureProgram(words: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(findCaptureProgram(), words, (error, stdout) => {
      if (stdout !== "") resolve(stdout);
      else reject(error ?? new Error("the recorder said nothing"));
    });
  });
}

function packageName(): string {
  return `${ProgramName}-${process.platform}-${process.arch}`;
}

function packaged(): string | undefined {
  try {
    const manifest = createRequire(import.meta.url).resolve(`${packageName()}/package.json`);
    return join(dirname(manifest), ProgramName);
  } catch {
    return undefined; // not installed: npm skips packages of other platforms
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
