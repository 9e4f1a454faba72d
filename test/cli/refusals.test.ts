// What cannot be answered: the exact sentence on standard error, nothing on standard output, and the
// exit code. 1: it failed; 2: it was misused. Short or damaged recordings are answered as far as they
// go, and say so.

import { mkdirSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { smallRecording } from "../recordings/small.js";
import { runCli, TemporaryFiles } from "./run-cli.js";

const test = suite("cli/refusals");
const files = new TemporaryFiles();
test.after(() => files.remove());

const commands = ["report", "offcpu", "syscalls", "waits", "threads", "wakers", "fold", "info"];

async function refuses(words: readonly string[], status: number, sentence: string): Promise<void> {
  const result = await runCli(words);
  assert.equal(result, { status, stdout: "", stderr: `offcut: ${sentence}\n` });
}

test("misuse exits 2 and says what to do", async () => {
  const names = "record, report, offcpu, syscalls, waits, threads, wakers, hist, events, diff, fold, flame, info, view, symbols, redact, doctor";
  await refuses([], 2, `which command? One of ${names}; see offcut --help`);
  await refuses(["foo"], 2, `foo is not a command; there are ${names}. See offcut --help`);
  await refuses(["-x"], 2, `-x is not a command; there are ${names}. See offcut --help`);
  await refuses(["offcpu"], 2, "no recording given; name a file, or - for standard input");
  await refuses(["offcpu", "--bar", "x"], 2, "unknown option --bar; see offcut offcpu --help for those of offcpu");
  await refuses(["offcpu", "--top", "0", "x"], 2, '--top takes a whole number from 1 on, not "0"');
  await refuses(["offcpu", "-f", "--json", "x"], 2, "--folded and --json are two formats of the same answer; choose one");
  await refuses(["fold", "-o", "a", "--out-dir", "b", "x"], 2, "--out makes one file, --out-dir one for each recording; choose one");
  await refuses(["fold", "--out-dir", "o", "a/x.offcut", "b/x.offcut"], 2, "a/x.offcut and b/x.offcut would both become o/x.folded");
});

test("what cannot be read", async () => {
  const missing = files.path("missing.offcut");
  const directory = files.path("directory");
  mkdirSync(directory);
  for (const command of commands) {
    await refuses([command, missing], 1, `cannot open ${missing}: no such file or directory (ENOENT)`);
  }
  for (const command of ["offcpu", "syscalls", "hist"]) {
    const probe = command === "hist" ? ["read:ret"] : [];
    for (const when of [[], ["--from", "0.1"], ["--from", "10:00:00"]]) {
      const words = [command, "-i", "1", ...when, missing, ...probe];
      await refuses(words, 1, `cannot open ${missing}: no such file or directory (ENOENT)`);
    }
  }
  await refuses(["offcpu", "-i", "1", directory], 1, `cannot read ${directory}: illegal operation on a directory (EISDIR)`);
  await refuses(["info", directory], 1, `cannot read ${directory}: illegal operation on a directory (EISDIR)`);
});

test("what is no recording", async () => {
  const empty = files.write("empty.offcut", new Uint8Array(0));
  const text = files.write("text.offcut", Buffer.from("#!/bin/sh\necho this is not a recording at all, and long enough\n"));
  const bytes = smallRecording();
  const newer = files.write("newer.offcut", withVersion(bytes, 2));
  const short = files.write("short.offcut", bytes.subarray(0, 40));
  const damagedHead = files.write("head.offcut", withByte(bytes, 30, bytes[30]! ^ 0xff));
  for (const command of commands) {
    await refuses([command, empty], 1, `${empty} is empty (byte 0: expected an offcut recording)`);
    await refuses(
      [command, text],
      1,
      `${text} is not an offcut recording (byte 0: expected 89 4f 46 46 43 55 54 0a, found 23 21 2f 62 69 6e 2f 73)`,
    );
  }
  const { status, stderr } = await runCli(["info", newer]);
  assert.is(status, 1);
  assert.match(stderr, /was written in another version of the format.*expected version 1, found version 2\)/);
  for (const path of [short, damagedHead]) {
    const result = await runCli(["info", path]);
    assert.equal([result.status, result.stdout], [1, ""]);
    assert.match(result.stderr, `offcut: ${path} has a damaged file header (byte `);
  }
});

test("nothing on standard input", async () => {
  await refuses(["fold", "-"], 1, "standard input is empty (byte 0: expected an offcut recording)");
});

test("a recording that was cut off is answered up to there, exit 0", async () => {
  const whole = smallRecording();
  const path = files.write("cut.offcut", whole.subarray(0, whole.length - 200));
  for (const command of commands) {
    const result = await runCli([command, path]);
    assert.is(result.status, 0, command);
    const said = command === "info" ? result.stdout : result.stderr;
    assert.match(said, /(: warning: .*cut\.offcut|\nwarning {4}it) (is cut off: \d+ bytes|has no end)/);
    assert.ok(result.stdout.length > 0 || command === "fold");
  }
});

test("a damaged block is named, the rest is answered, and the exit code says that it is not all", async () => {
  const path = files.write("damaged.offcut", withDamagedBlock(smallRecording()));
  for (const command of commands) {
    const result = await runCli([command, path]);
    assert.is(result.status, 1, command);
    const said = command === "info" ? result.stdout : result.stderr;
    assert.match(said, /(: warning: .*damaged\.offcut|\nwarning {4}it) is damaged: block 1 \(\d+ bytes\) .* \(byte \d+\)\n/);
    assert.ok(result.stdout.length > 0);
  }
});

function withByte(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const copy = bytes.slice();
  copy[at] = value;
  return copy;
}

function withVersion(bytes: Uint8Array, major: number): Uint8Array {
  return withByte(bytes, 8, major);
}

/** Changes a payload byte of the second block, which every recording has. */
function withDamagedBlock(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const blockHeaderBytes = 56;
  const storedBytesOffset = 16;
  const second = 64 + blockHeaderBytes + view.getUint32(64 + storedBytesOffset, true);
  const at = second + blockHeaderBytes;
  return withByte(bytes, at, bytes[at]! ^ 0x55);
}

test.run();
