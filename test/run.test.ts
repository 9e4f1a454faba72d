// The wrapper around uvu must be red wherever uvu is wrongly green. Each case is a test file with
// one such mistake, written to a temporary directory and run as any other.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { runFile, type FileResult } from "./run.js";

const uvu = import.meta.resolve("uvu");

/** Runs `body` as a test file that has imported uvu's `test`. */
async function run(body: string, secondsMax?: number): Promise<FileResult> {
  const directory = mkdtempSync(join(tmpdir(), "offcut-run-"));
  try {
    const file = join(directory, "case.test.mjs");
    writeFileSync(file, `import { test } from ${JSON.stringify(uvu)};\n${body}\n`);
    return await runFile(file, secondsMax);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

test("a file that passes is green", async () => {
  const result = await run(`test("a", () => {}); test("b", () => {}); test.run();`);
  assert.is(result.passed, 2, result.output);
  assert.is(result.failed, 0, result.complaint);
});

test("a failed test is red, and counted beside those that passed", async () => {
  const result = await run(`test("a", () => {}); test("b", () => { throw new Error("no"); }); test.run();`);
  assert.is(result.passed, 1);
  assert.is(result.failed, 1);
  assert.match(result.output, "no");
});

test("a forgotten .run() is red", async () => {
  const result = await run(`test("a", () => {});`);
  assert.is(result.failed, 1);
  assert.match(result.complaint, "ran no test");
});

test("a hook that throws is red", async () => {
  const result = await run(
    `test.before(() => { throw new Error("hook"); }); test("a", () => {}); test.run();`,
  );
  assert.ok(result.failed > 0, result.output);
});

test("a rejection with something that is no Error is red", async () => {
  const result = await run(`test("a", () => Promise.reject("just text")); test.run();`);
  assert.ok(result.failed > 0, result.output);
});

test("a process that dies after its tests passed is red", async () => {
  const result = await run(`test("a", () => { setTimeout(() => process.exit(3), 50); }); test.run();`);
  assert.is(result.failed, 1);
});

test("a file that hangs is killed and red", async () => {
  const result = await run(`test("a", () => new Promise(() => setInterval(() => {}, 1000))); test.run();`, 3);
  assert.is(result.failed, 1);
  assert.match(result.complaint, "killed");
});

test("the reasons of skips are found", async () => {
  const result = await run(`test("a", () => { console.log("SKIP no kernel here"); }); test.run();`);
  assert.equal(result.skips, ["no kernel here"]);
});

test.run();
