// Runs every test file, each in a process of its own, and is red unless each of them ran at least
// one test and passed all of them with exit code 0. uvu alone is green too easily: it exits 0 when
// a before hook throws, when .run() is forgotten and when a promise rejects with a non-Error, so
// its counts are read and compared here. The last line is "N passed, N failed", alone.
//
//   npm test              all files
//   npm test -- engine    files whose path contains "engine" (any of several words)
//
// A file may print a line "SKIP reason" for what it cannot do here; with CI=true that is a failure.

import { spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";

/** A file that runs longer hangs: it is killed and counts as failed. */
const FileSecondsMax = 400;
const FilesAtOnceMax = 4;
/** These load BPF programs system-wide and measure time: one after another, with nothing beside. */
const SerialDirectory = join("test", "capture");

const root = resolve(import.meta.dirname, "..");
const isCi = process.env["CI"] === "true";

export interface FileResult {
  file: string;
  passed: number;
  failed: number;
  skips: string[];
  seconds: number;
  output: string;
  /** What is wrong beside failed tests; empty if nothing. */
  complaint: string;
}

async function main(): Promise<void> {
  const files = testFiles(process.argv.slice(2));
  if (files.length === 0) console.log(`no test file matches ${process.argv.slice(2).join(" ")}`);
  const serial = files.filter((file) => file.startsWith(SerialDirectory));
  const parallel = files.filter((file) => !file.startsWith(SerialDirectory));
  const atOnce = Math.min(FilesAtOnceMax, availableParallelism());
  const results = [...(await runFiles(parallel, atOnce)), ...(await runFiles(serial, 1))];
  printSkips(results);
  const passed = results.reduce((sum, result) => sum + result.passed, 0);
  const failed = results.reduce((sum, result) => sum + result.failed, 0);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
  console.log(`${passed} passed, ${failed} failed`);
}

/** Paths relative to the root, in order of name. */
function testFiles(words: readonly string[]): string[] {
  const all = readdirSync(join(root, "test"), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".test.ts"))
    .map((path) => join("test", path))
    .sort();
  return words.length === 0 ? all : all.filter((path) => words.some((word) => path.includes(word)));
}

async function runFiles(files: readonly string[], atOnce: number): Promise<FileResult[]> {
  const waiting = [...files];
  const results: FileResult[] = [];
  const worker = async (): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const result = await runFile(file);
      results.push(result);
      printResult(result);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}

/** One file in one process. */
export function runFile(file: string, secondsMax = FileSecondsMax): Promise<FileResult> {
  const begun = performance.now();
  const path = resolve(root, file);
  const tsx = pathToFileURL(join(root, "node_modules/tsx/dist/esm/index.mjs")).href;
  const child = spawn(process.execPath, ["--import", tsx, path], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0" },
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output += text));
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    child.kill("SIGKILL");
  }, secondsMax * 1000);
  return new Promise((done) => {
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      const seconds = (performance.now() - begun) / 1000;
      const ending = timedOut
        ? `was killed after ${secondsMax} s`
        : signal !== null
          ? `died of ${signal}`
          : "";
      done(judge(relative(root, path), output, code ?? 1, ending, seconds));
    });
  });
}

/** Reads uvu's counts and does not believe its exit code. */
function judge(file: string, output: string, code: number, ending: string, seconds: number): FileResult {
  const count = (name: string): number =>
    Number(new RegExp(`^ +${name}: +(\\d+)$`, "m").exec(output)?.[1] ?? "0");
  const total = count("Total");
  const passed = Math.min(count("Passed"), total);
  const skips = [...output.matchAll(/\bSKIP (.+)$/gm)].map((match) => match[1]!);
  if (count("Skipped") > 0) skips.push(`${count("Skipped")} tests are marked as skipped`);
  const complaints: string[] = [];
  if (ending !== "") complaints.push(ending);
  else if (total === 0) complaints.push("ran no test: is .run() missing?");
  else if (code === 0 && passed < total)
    complaints.push(`passed ${passed} of ${total} but exited 0: did a hook throw?`);
  else if (code !== 0 && passed === total) complaints.push(`passed all ${total} but exited ${code}`);
  if (isCi && skips.length > 0) complaints.push("skips, which CI may not");
  const failed = Math.max(total - passed, complaints.length > 0 ? 1 : 0);
  return { file, passed, failed, skips, seconds, output, complaint: complaints.join("; ") };
}

function printResult(result: FileResult): void {
  const { file, passed, failed, seconds, complaint, output } = result;
  const counts = failed === 0 ? `${passed} passed` : `${passed} passed, ${failed} FAILED`;
  console.log(`${failed === 0 ? "ok  " : "FAIL"} ${file}: ${counts} in ${seconds.toFixed(1)} s`);
  if (failed === 0) return;
  if (complaint !== "") console.log(`     ${complaint}`);
  console.log(output.trimEnd().replace(/^/gm, "     "));
}

function printSkips(results: readonly FileResult[]): void {
  for (const { file, skips } of results) {
    for (const reason of skips) console.log(`SKIP ${file}: ${reason}`);
  }
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === import.meta.filename) await main();
