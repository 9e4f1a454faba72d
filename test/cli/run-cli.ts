// Runs the built command line as a user does, in a process of its own, and hands back what it wrote
// and its exit code. Also a directory for the files of one test file, removed at its end.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildDirectory } from "../host.js";

export const cliMain = join(buildDirectory, "analyzer", "cli", "main.js");

export interface CliResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  /** Written to standard input, piece by piece, with a moment between them. */
  readonly input?: readonly Uint8Array[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export async function runCli(words: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const child = spawn(process.execPath, [cliMain, ...words], {
    env: { ...process.env, ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    stdio: ["pipe", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  // A program that refuses its input closes the pipe; that is for the test to judge.
  child.stdin.on("error", () => undefined);
  const closed = once(child, "close");
  for (const piece of options.input ?? []) {
    child.stdin.write(piece);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  child.stdin.end();
  const [status] = (await closed) as [number | null];
  return { status, stdout, stderr };
}

/** What a worker thread of `dyingAfter` says when it ends. */
export const lastWords = "a worker ends\n";

/** Node's options by which every worker thread ends as soon as it has sent so many messages that have `property`. */
export function dyingAfter(messages: number, property: string): Readonly<Record<string, string>> {
  const program = `import { isMainThread, parentPort } from "node:worker_threads";
    import { writeSync } from "node:fs";
    let left = ${messages};
    const post = parentPort?.postMessage.bind(parentPort);
    const postOrEnd = (message, list) => {
      if (Object(message).${property} === undefined || left-- > 0) return post(message, list);
      writeSync(2, ${JSON.stringify(lastWords)});
      process.exit(7);
    };
    if (!isMainThread) parentPort.postMessage = postOrEnd;`;
  return { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(program)}` };
}

/** A directory under the system's, and files in it by name. */
export class TemporaryFiles {
  readonly directory = mkdtempSync(join(tmpdir(), "offcut-test-"));

  path(name: string): string {
    return join(this.directory, name);
  }

  write(name: string, bytes: Uint8Array): string {
    writeFileSync(this.path(name), bytes);
    return this.path(name);
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
