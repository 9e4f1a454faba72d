// Record options as words of the command line: one test of each, and of the refusals' kinds, with a
// stand-in for the addon.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { CaptureError, UsageError } from "../../analyzer/errors.js";
import { startWithWords, wordsOf } from "../../analyzer/recorder.js";
import type { CaptureAddon, RecordOptions } from "../../analyzer/recorder.js";

const test = suite("library/recorder");

test("every option is the word of the same name", () => {
  const words: readonly [RecordOptions, string][] = [
    [{}, ""],
    [{ output: "x.offcut", force: true, durationSeconds: 1.5 }, "-o x.offcut --force -d 1.5"],
    [{ maxSizeBytes: 0, ringBytes: 1024 }, "--max-size 0 --ring-size 1024"],
    [{ pids: [1, 2], tids: [3], follow: true }, "-p 1,2 -t 3 --follow"],
    [{ userOnly: true, kernelOnly: true }, "-u -k"],
    [{ offcpu: false, wakeups: false, syscalls: false, stacks: false }, "--no-offcpu --no-wakeups --no-syscalls --no-stacks"],
    [{ offcpu: true, wakeups: true, syscalls: true, stacks: true, force: false }, ""],
    [{ syscalls: ["futex", 230], stackMinUs: 0 }, "--syscalls futex,230 --stack-min-us 0"],
    [{ seal: "full" }, "--seal full"],
    [{ args: "all", strings: 64 }, "--args all --strings 64"],
    [{ args: ["openat", 42] }, "--args openat,42"],
    [{ wholeHost: true, command: ["ls", "-l", "a b"] }, "-a -- ls -l a b"],
  ];
  for (const [options, expected] of words) assert.is(wordsOf(options).join(" "), expected);
  assert.equal(wordsOf({ command: ["a b"] }), ["--", "a b"]);
});

test("what the addon refuses is the caller's mistake or the host's", async () => {
  const refusing = (properties: object): CaptureAddon => ({
    start: () => Promise.reject(Object.assign(new Error("No. Do otherwise."), properties)),
  });
  const misuse: unknown = await startWithWords(refusing({ isMisuse: true }), []).catch((error: unknown) => error);
  assert.instance(misuse, UsageError);
  const failure: unknown = await startWithWords(refusing({ errno: 1 }), []).catch((error: unknown) => error);
  assert.instance(failure, CaptureError);
  const { message, errno } = failure as CaptureError;
  assert.equal([message, errno], ["No. Do otherwise.", 1]);
});

test.run();
