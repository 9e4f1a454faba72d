// `offcut redact` as a user runs it: a recording that commands answer as before, under names that only
// a key makes again, and never over the recording itself.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { projectRoot } from "../host.js";
import { runCli, TemporaryFiles } from "./run-cli.js";

const test = suite("cli/redact");
const recording = join(projectRoot, "test/data/mixed.offcut");
const temporary = new TemporaryFiles();
const path = (name: string) => temporary.path(name);
test.after(() => temporary.remove());

test("the answer is the same but for the names", async () => {
  const out = path("redacted.offcut");
  const { status, stderr, stdout } = await runCli(["redact", recording, "-o", out]);
  assert.is(status, 0, stderr);
  assert.is(stdout, "");
  assert.match(stderr, /^offcut: .*redacted\.offcut: \d+ names replaced, by a key that is now forgotten\n$/);
  const numbers = async (file: string) => {
    const { stdout: json } = await runCli(["threads", file, "--json"]);
    const { rows } = JSON.parse(json) as { rows: { comm: string; tid: number; onCpuNs: number; blockedNs: number }[] };
    return rows.map(({ tid, onCpuNs, blockedNs }) => [tid, onCpuNs, blockedNs]).sort();
  };
  assert.equal(await numbers(out), await numbers(recording));
  assert.ok(!(await runCli(["threads", out])).stdout.includes("lock-waiter"));
});

test("the same key makes the same names, another one others", async () => {
  writeFileSync(path("key"), "a secret of the team");
  writeFileSync(path("other"), "another secret");
  const written = async (out: string, key: string) => {
    const { status, stderr } = await runCli(["redact", "--key-file", path(key), recording, "-o", path(out)]);
    assert.is(status, 0, stderr);
    return readFileSync(path(out));
  };
  const first = await written("a.offcut", "key");
  assert.ok(first.equals(await written("b.offcut", "key")));
  assert.not.ok(first.equals(await written("c.offcut", "other")));
});

test("what makes no sense is refused, and nothing is written", async () => {
  writeFileSync(path("empty"), "");
  const cases: readonly (readonly [words: readonly string[], sentence: string, status: number])[] = [
    [[recording], "redact needs --out FILE: it writes a recording, not text", 2],
    [[recording, recording, "-o", path("x")], "redact takes one recording at a time", 2],
    [["-", "-o", path("x")], "redact reads its file twice and writes another; - is neither", 2],
    [[recording, "-o", recording], `--out ${recording} is the recording itself; redact into another file`, 2],
    [[recording, "-o", path("x"), "--keep", "comms,faces"], '--keep takes arguments, paths, comms, symbols, hosts, not "faces"', 2],
    [[recording, "-o", path("x"), "--key-file", path("empty")], `--key-file ${path("empty")} is empty`, 2],
    [[join(projectRoot, "package.json"), "-o", path("x")], "is not an offcut recording", 1],
  ];
  for (const [words, sentence, expected] of cases) {
    const { status, stderr } = await runCli(["redact", ...words]);
    assert.is(status, expected, stderr);
    assert.ok(stderr.includes(sentence), stderr);
    assert.not.ok(existsSync(path("x")) || existsSync(path("x.partial")), sentence);
  }
  assert.is(readFileSync(recording).length, 412146);
});

test.run();
