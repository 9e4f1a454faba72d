// Every recording in test/data, asked every question with the command line that users have, against
// the answers that stand beside it. A bug report becomes a file here. BLESS=1 writes the answers
// anew on a developer's machine, to be read before they are committed; never where CI=true.

import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { buildDirectory } from "../host.js";

const test = suite("recordings of real programs");

const directory = import.meta.dirname;
const main = join(buildDirectory, "analyzer", "cli", "main.js");

/** Arguments of each question, and what its answer's file ends in. */
const questions: readonly (readonly [string, readonly string[]])[] = [
  ["info.txt", ["info"]],
  ["offcpu.txt", ["offcpu"]],
  ["syscalls.txt", ["syscalls"]],
  ["folded", ["fold"]],
  ["threads.txt", ["threads"]],
  ["waits.txt", ["waits", "--idle", "hide"]],
  ["report.txt", ["report"]],
];

function ask(args: readonly string[], file: string): string {
  // Relative, so that no answer holds a path of this machine.
  const result = spawnSync(process.execPath, [main, ...args, file], { cwd: directory, encoding: "utf8" });
  assert.is(result.status, 0, result.stderr);
  return result.stdout;
}

const recordings = readdirSync(directory).filter((name) => name.endsWith(".offcut"));

test("there are some", () => {
  assert.ok(recordings.length >= 4, `${recordings.length} recordings`);
});

for (const file of recordings) {
  for (const [ending, args] of questions) {
    const expected = join(directory, file.replace(/offcut$/, ending));
    test(`offcut ${args.join(" ")} ${file}`, () => {
      const answer = ask(args, file);
      if (process.env["BLESS"] === "1" && process.env["CI"] !== "true") writeFileSync(expected, answer);
      assert.ok(existsSync(expected), `${expected} is missing; BLESS=1 makes it`);
      assert.fixture(answer, readFileSync(expected, "utf8"));
    });
  }
}

test.run();
