// Each command on a recording whose content is known, from a file, from a pipe that grows, from
// several files: the answer, that it goes to standard output alone, and the exit code.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { smallRecording } from "../recordings/small.js";
import { cliMain, runCli, TemporaryFiles } from "./run-cli.js";

const test = suite("cli/answers");
const files = new TemporaryFiles();
test.after(() => files.remove());

const small = files.write("small.offcut", smallRecording());

test("fold: the stacks of the one thread that blocked and was preempted", async () => {
  const { status, stdout, stderr } = await runCli(["fold", small]);
  assert.is(status, 0);
  assert.is(stdout, "small;small+0x2345;small+0x1234;pipe_write;schedule 1000\n");
  assert.match(stderr, "offcut: stacks: kernel for 100.0 %, user for 100.0 % of blocked time");
  assert.match(stderr, "offcut: lost: lower bound: 3 wakeups (ring full); what threads did in 400 us is not known\n");
});

test("offcpu -f is what fold prints", async () => {
  const [folded, fold] = await Promise.all([runCli(["offcpu", "-f", small]), runCli(["fold", small])]);
  assert.equal(folded, fold);
});

test("offcpu: the same time in offcputime's layout", async () => {
  const { status, stdout, stderr } = await runCli(["offcpu", small]);
  assert.is(status, 0);
  assert.is(stderr, "");
  assert.match(
    stdout,
    `
    schedule
    pipe_write
    small+0x1234
    small+0x2345
    -                small (101)
        1000 us  100.0 %  1 period  interruptible in write, 10.0 % waiting for a CPU
`,
  );
});

test("offcpu --open adds what the recording cut off, marked", async () => {
  const { stdout } = await runCli(["offcpu", "-f", "--open", small]);
  assert.match(stdout, /^small;\[open at end\];?.* \d+$/m);
});

test("syscalls: calls, errors and times", async () => {
  const { status, stdout, stderr } = await runCli(["syscalls", small]);
  assert.is(status, 0);
  assert.is(stderr, "");
  assert.match(stdout, "calls      2, of which 1 failed\n");
  assert.match(stdout, /^write +2 +1( +1\.40 ms){6} +71\.4 %$/m);
});

test("info: what it is", async () => {
  const { status, stdout } = await runCli(["info", small]);
  assert.is(status, 0);
  assert.match(stdout, `recording  ${small}, `);
  assert.match(stdout, "2026-01-01 00:00:00 UTC, for 1.00 s: the asked time was over\n");
  assert.match(stdout, /^context switches +4 +4 +- /m);
});

test("--json is JSON, with the numbers of the table", async () => {
  const offcpu = JSON.parse((await runCli(["offcpu", "--json", small])).stdout) as {
    recordings: unknown;
    rows: { totalNs: number }[];
  };
  assert.equal(offcpu.recordings, [
    { source: small, host: "small", startTime: "2026-01-01T00:00:00.000Z", durationNs: 1_000_000_000 },
  ]);
  assert.equal(offcpu.rows.map((row) => row.totalNs), [1_000_000]);
  const syscalls = JSON.parse((await runCli(["syscalls", "--json", small])).stdout) as { totals: unknown };
  assert.equal(syscalls.totals, { count: 2, errors: 1, totalNs: 1_400_000 });
  const infos = JSON.parse((await runCli(["info", "--json", small, small])).stdout) as { events: number }[];
  assert.equal(infos.length, 2);
});

test("standard input, in whatever pieces it comes, is the same recording", async () => {
  const bytes = smallRecording();
  const third = Math.floor(bytes.length / 3);
  const input = [bytes.subarray(0, 1), bytes.subarray(1, third), bytes.subarray(third)];
  for (const command of ["offcpu", "syscalls", "fold"]) {
    const [piped, file] = await Promise.all([runCli([command, "-"], { input }), runCli([command, small])]);
    assert.is(piped.status, 0);
    assert.is(piped.stdout, file.stdout);
  }
});

test("several files are one answer, summed", async () => {
  assert.match((await runCli(["fold", small, small])).stdout, / 2000\n$/);
  assert.match((await runCli(["syscalls", small, small])).stdout, /^write +4 +2 +2\.80 ms/m);
  assert.match((await runCli(["offcpu", small, small])).stdout, "        2000 us  100.0 %  2 periods");
});

test("a reader that has read enough ends it quietly", async () => {
  const many = Array.from({ length: 50 }, () => small);
  const child = spawn(process.execPath, [cliMain, "info", ...many], { stdio: ["ignore", "pipe", "pipe"] });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  child.stdout.destroy();
  const [status, signal] = (await once(child, "close")) as [number | null, string | null];
  assert.equal([status, signal, stderr], [0, null, ""]);
});

test("help and version", async () => {
  const help = await runCli(["--help"]);
  assert.is(help.status, 0);
  const commands = ["record", "report", "offcpu", "syscalls", "waits", "threads", "wakers", "hist", "events", "diff", "fold", "flame", "info", "view", "redact", "doctor"];
  for (const command of commands) {
    assert.match(help.stdout, `\n  ${command} `);
    const own = await runCli([command, "--help"]);
    assert.is(own.status, 0);
    assert.match(own.stdout, `$ offcut ${command}`);
    assert.match(own.stdout, "Examples:");
  }
  assert.match((await runCli(["--version"])).stdout, /^offcut\/\d+\.\d+\.\d+ /);
});

test.run();
