// Batches: many recordings on worker threads give byte for byte what one at a time gives; one that
// cannot be read is said and stops nothing; no output is ever half written.

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { generateRecording } from "../recordings/generate.js";
import { smallRecording } from "../recordings/small.js";
import { runCli, TemporaryFiles } from "./run-cli.js";

const test = suite("cli/fold-batch");
const files = new TemporaryFiles();
test.after(() => files.remove());

const seeds = [11, 12, 13, 14, 15, 16, 17];
const recordings = seeds.map((seed) => files.write(`r${seed}.offcut`, generateRecording(seed)));

test("the sum does not depend on how many work at it", async () => {
  const one = await runCli(["fold", "--jobs", "1", ...recordings]);
  const three = await runCli(["fold", "--jobs", "3", ...[...recordings].reverse()]);
  assert.ok(one.stdout.length > 0);
  assert.is(three.stdout, one.stdout);
});

test("--out-dir writes for each recording what fold prints of it", async () => {
  const outDir = files.path("folded");
  const { status, stdout } = await runCli(["fold", "--jobs", "2", "--out-dir", outDir, ...recordings]);
  assert.equal([status, stdout], [0, ""]);
  assert.equal(readdirSync(outDir).sort(), seeds.map((seed) => `r${seed}.folded`));
  for (const [at, seed] of seeds.entries()) {
    const alone = await runCli(["fold", recordings[at]!]);
    assert.is(readFileSync(`${outDir}/r${seed}.folded`, "utf8"), alone.stdout);
  }
});

test("-o writes the sum, and nothing else is left beside it", async () => {
  const out = files.path("sum.folded");
  const { status, stdout } = await runCli(["fold", "-o", out, ...recordings]);
  assert.equal([status, stdout], [0, ""]);
  assert.is(readFileSync(out, "utf8"), (await runCli(["fold", ...recordings])).stdout);
  assert.not(existsSync(`${out}.partial`));
});

test("one bad recording is named and the others are folded; exit 1", async () => {
  const bad = files.write("bad.offcut", Buffer.from("nothing of the kind"));
  const outDir = files.path("some");
  const { status, stderr } = await runCli(["fold", "--jobs", "2", "--out-dir", outDir, recordings[0]!, bad, recordings[1]!]);
  assert.is(status, 1);
  assert.match(stderr, `offcut: ${bad} is not an offcut recording (byte 0`);
  assert.match(stderr, "offcut: 1 of 3 recordings could not be read\n");
  assert.equal(readdirSync(outDir).sort(), ["r11.folded", "r12.folded"]);
});

test("what cannot be asked of a recording is refused, exit 2", async () => {
  const refuses = async (words: readonly string[], sentence: string) =>
    assert.equal(await runCli(["fold", ...words]), { status: 2, stdout: "", stderr: `offcut: ${sentence}\n` });
  for (const jobs of ["1", "2"]) {
    await refuses(["-j", jobs, "--to", "2001-01-01T00:00", ...recordings], "--to is not after the recording's start");
  }
});

test("only of the hosts asked for", async () => {
  const small = files.write("small.offcut", smallRecording());
  const { status, stdout } = await runCli(["fold", "-j", "2", "--host", "small", recordings[0]!, small]);
  assert.equal([status, stdout], [0, (await runCli(["fold", small])).stdout]);
  assert.match((await runCli(["fold", "--host", "other", small, small])).stderr, "--host other is none of the recordings' hosts: small\n");
});

test("where all are bad there is no output", async () => {
  const bad = files.write("bad.offcut", Buffer.from("nothing of the kind"));
  const out = files.path("none.folded");
  const { status } = await runCli(["fold", "-o", out, bad, bad]);
  assert.is(status, 1);
  assert.not(existsSync(out));
});

test("an output that cannot be written is an error, exit 1", async () => {
  const out = files.path("no/such/directory/x.folded");
  const { status, stdout, stderr } = await runCli(["fold", "-o", out, recordings[0]!]);
  assert.equal([status, stdout], [1, ""]);
  assert.match(stderr, /offcut: cannot open .*: no such file or directory \(ENOENT\)\n/);
});

test("a device is written to, not replaced", async () => {
  if (!existsSync("/dev/null")) return;
  const { status } = await runCli(["fold", "-o", "/dev/null", recordings[0]!]);
  assert.is(status, 0);
  writeFileSync("/dev/null", "still a device");
  assert.is(readFileSync("/dev/null", "utf8"), "");
});

test("standard input in a batch", async () => {
  const bytes = readFileSync(recordings[0]!);
  const piped = await runCli(["fold", "-", recordings[1]!], { input: [bytes.subarray(0, 100), bytes.subarray(100)] });
  const named = await runCli(["fold", recordings[0]!, recordings[1]!]);
  assert.equal([piped.status, piped.stdout], [named.status, named.stdout]);
});

test.run();
