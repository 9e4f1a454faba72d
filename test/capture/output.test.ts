// The file a recording goes to: private, never somebody else's by accident, never a terminal; and
// standard output, which can be read and answered from while it grows.

import { chmodSync, existsSync, lstatSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import * as assert from "uvu/assert";
import { buildDirectory, captureProgram, recordingSuite } from "../host.js";
import { endAll, Program, record, startStorm, temporaryDirectory } from "./recorder.js";
import { analyze } from "./results.js";

const test = recordingSuite("output");

test("is readable by its owner alone, whatever the umask", async () => {
  const file = join(temporaryDirectory(), "private.offcut");
  const ended = await record(["-o", file, "-d", "0.2"], { through: ["sh", "-c", 'umask 0; exec "$@"', "sh"] });
  assert.is(ended.code, 0, ended.stderr);
  assert.is(statSync(file).mode & 0o777, 0o600);
});

test("does not overwrite a file without --force", async () => {
  const file = join(temporaryDirectory(), "precious");
  writeFileSync(file, "precious");
  chmodSync(file, 0o644);
  const refused = await record(["-o", file, "-d", "0.2"]);
  assert.is(refused.code, 1);
  assert.match(refused.stderr, /precious.*exists.*--force/s);
  assert.is(readFileSync(file, "utf8"), "precious");
  const forced = await record(["-o", file, "-d", "0.2", "--force"]);
  assert.is(forced.code, 0, forced.stderr);
  assert.ok((await analyze(file)).recording.events[0]! > 0n);
  assert.is(statSync(file).mode & 0o777, 0o600, "and makes it private");
});

test("does not follow a symbolic link", async () => {
  const directory = temporaryDirectory();
  const link = join(directory, "link");
  symlinkSync(join(directory, "elsewhere"), link);
  const refused = await record(["-o", link, "-d", "0.2"]);
  assert.is(refused.code, 1);
  assert.match(refused.stderr, /link/);
  assert.not(existsSync(join(directory, "elsewhere")));
  assert.ok(lstatSync(link).isSymbolicLink());
});

test("is never a terminal", async () => {
  // script(1) gives its command a terminal for standard output.
  const terminal = new Program(["script", "-qefc", `${captureProgram} -o - -d 0.2`, "/dev/null"]);
  terminal.process.stdin!.end();
  const { code, stdout } = await terminal.end();
  assert.is(code, 1);
  assert.match(stdout.toString(), /terminal/);
});

test("goes to standard output with -o -, whole", async () => {
  const { code, stdout, stderr } = await record(["-o", "-", "-d", "0.5"]);
  assert.is(code, 0, stderr);
  const analysis = await analyze(stdout);
  assert.is(analysis.warnings.length, 0);
  assert.ok(analysis.recording.events[0]! > 0n);
});

test("can be read while it grows", async () => {
  startStorm("switch", cpus().length - 1);
  const recorder = new Program([captureProgram, "-o", "-", "-d", "4"]);
  const arrivals: number[] = [];
  recorder.process.stdout!.on("data", () => arrivals.push(Date.now()));
  const begin = Date.now();
  const analysis = await analyze(recorder.process.stdout!);
  assert.is((await recorder.end()).code, 0);
  assert.ok(analysis.recording.events[0]! > 100_000n);
  // Blocks hold a second at most: something came in each of the first three.
  for (const second of [1, 2, 3]) {
    const came = arrivals.filter((at) => at - begin < second * 1000 + 500 && at - begin >= (second - 1) * 1000);
    assert.ok(came.length > 0, `something arrived in second ${second}`);
  }
});

test("a pipe can be answered from with -", async () => {
  const main = join(buildDirectory, "analyzer", "cli", "main.js");
  const pipeline = `"$0" -q -o - -d 1 | "$1" "$2" offcpu -`;
  const shell = new Program(["sh", "-c", pipeline, captureProgram, process.execPath, main]);
  shell.process.stdin!.end();
  const { code, stdout, stderr } = await shell.end();
  assert.is(code, 0, stderr);
  assert.ok(stdout.length > 100);
});

test("a pipe that is closed ends the recording, and says so", async () => {
  const pipeline = `{ "$0" -o - -d 10; echo "exit $?" >&2; } | head -c 100000 >/dev/null`;
  const from = Date.now();
  startStorm("syscall", cpus().length - 1);
  const shell = new Program(["sh", "-c", pipeline, captureProgram]);
  shell.process.stdin!.end();
  const { stderr } = await shell.end();
  assert.match(stderr, /exit 1/);
  assert.ok(Date.now() - from < 8000, "long before its time");
});

test.after.each(endAll);
test.run();
