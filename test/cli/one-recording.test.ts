// One large recording: its threads divided among CPUs, and answered to the last byte as on one, whole,
// in part and cut off. That every table is the same, whatever is asked, test/engine/parts.test.ts tries.

import { readFileSync, statSync, writeFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { writeBigRecording } from "../recordings/big.js";
import { dyingAfter, lastWords, runCli, TemporaryFiles } from "./run-cli.js";

const test = suite("cli/one-recording");
const files = new TemporaryFiles();
test.after(() => files.remove());

/** Below, one recording is not divided: see on-cpus.ts. */
const BytesWorthParts = 24 * 1024 * 1024;

test("one recording on one CPU and on three is answered the same", async () => {
  const file = files.path("large.offcut");
  writeBigRecording(3_400_000, file);
  assert.ok(statSync(file).size >= BytesWorthParts, `${statSync(file).size} bytes`);
  const cut = files.path("cut.offcut");
  writeFileSync(cut, readFileSync(file).subarray(0, BytesWorthParts + 12_345));
  const damaged = files.path("damaged.offcut");
  const bytes = readFileSync(file);
  bytes[7_000_000]! ^= 1;
  writeFileSync(damaged, bytes);
  const small = files.path("small.offcut");
  writeBigRecording(60_000, small);
  const questions = [
    ["report", cut],
    ["offcpu", "--from", "0.1", "--to", "0.3", "--csv", file],
    ["waits", file],
    ["wakers", file],
    ["fold", cut],
    ["hist", file, "-C", "*:comm,nr,ret", "offcpu:duration"],
    ["hist", cut, small, "-C", "wakeup:state,nr", "offcpu:runnable", "--by", "comm", "--linear", "0,3us,700ns", "--json"],
    ["hist", file, "read:ret != 3:latency", "--comm", "worker-[35]", "--from", "0.1", "--to", "0.3", "--csv"],
    ["hist", file, "-C", "wakeup:waker", "-S", "*:comm,latency"],
    ["hist", damaged, "-C", "*:errno"],
  ];
  for (const words of questions) {
    const one = await runCli([...words, "--jobs", "1"]);
    const three = await runCli([...words, "-j", "3"]);
    assert.ok(one.stdout.length > 100, words.join(" "));
    assert.is(three.stdout === one.stdout, true, words.join(" "));
    assert.equal([three.status, three.stderr], [one.status, one.stderr], words.join(" "));
  }
});

test("where the thread that has a part of it dies, the recording is answered without it", async () => {
  const file = files.path("large.offcut");
  for (const words of [["threads", file], ["hist", file, "-C", "*:comm"]]) {
    const alone = await runCli([...words, "--jobs", "1"]);
    const answer = await runCli([...words, "--jobs", "2"], { env: dyingAfter(0, "part") });
    assert.equal(answer, { ...alone, stderr: lastWords + alone.stderr }, words.join(" "));
  }
});

test.run();
