// What the filters' flags mean: what is asked of the rows, what of the engine's pass, and where on the
// recording's time; and a sentence for each way to be wrong.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { readArguments } from "../../analyzer/cli/arguments.js";
import { filterOptions, filterOptionsWithout, readFilters } from "../../analyzer/filters/filters.js";
import { readStart } from "../../analyzer/cli/moments.js";
import { momentOptions, readMoments } from "../../analyzer/filters/moments.js";
import { UsageError } from "../../analyzer/errors.js";
import { analyze } from "../../analyzer/node.js";
import { smallRecording } from "../recordings/small.js";

const test = suite("cli/filters");

const read = (...words: string[]) => readFilters(readArguments({ name: "try", options: filterOptions }, words));

function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  return "accepted";
}

test("what is not given is not asked", () => {
  assert.equal(read(), { selection: {}, pass: {}, when: {} });
});

test("who, which call, which error", () => {
  assert.equal(read("-p", "12,34", "--tid=5", "-u").selection, { pids: [12, 34], tids: [5], threads: "user" });
  assert.equal(read("-k", "--syscall", "futex,0").selection, { threads: "kernel", syscalls: ["futex", "0"] });
  assert.equal(read("--errno", "ENOENT,-11,eintr").selection, { errnos: [2, 11, 4] });
  const { comm, cgroup, host, stack, notStack } = read(
    "--comm", "ng*", "--cgroup", "/a/b*", "--host", "/web/", "--stack", "/ext4/", "--not-stack", "sys_*",
  ).selection;
  assert.equal([comm!.pattern, cgroup!.pattern, host!.pattern], [/^ng.*$/s, /^\/a\/b.*$/s, /web/]);
  assert.equal([stack, notStack], [/ext4/, /^sys_.*$/s]);
});

test("lengths of periods are bcc's, both ends included", () => {
  assert.equal(read("-m", "10").pass, { periodNsMin: 10_000 });
  assert.equal(read("-M", "10").pass, { periodNsMax: 10_999 });
  assert.equal(read("-m", "10", "-M", "10").pass, { periodNsMin: 10_000, periodNsMax: 10_999 });
});

test("a state is a bit mask of bcc's, or a name", () => {
  assert.equal(read("--state", "2"), { selection: {}, pass: { stateMask: 2 }, when: {} });
  assert.equal(read("--state", "0").pass, { stateMask: 0 });
  assert.equal(read("--state", "d,Preempted"), { selection: { states: ["D", "preempted"] }, pass: {}, when: {} });
});

test("what a command cannot answer is not among its options", () => {
  const flags = filterOptionsWithout("pid", "min-block-time").map((option) => option.flags);
  assert.is(flags.length, filterOptions.length - 2);
  assert.not.ok(flags.some((text) => /--pid|--min/.test(text)));
});

test("contradictions and nonsense", () => {
  const refusals: [string[], string][] = [
    [["-u", "-k"], "--user-threads leaves out what --kernel-threads asks for; choose one"],
    [["-m", "11", "-M", "10"], "--min-block-time is above --max-block-time"],
    [["-m", "1.5"], '--min-block-time takes a whole number from 0 on, not "1.5"'],
    [["-p", "12,x"], '--pid takes numbers separated by commas, not "x"'],
    [["-t", ""], '--tid takes numbers separated by commas, not ""'],
    [["--syscall", "raed"], '--syscall takes names or numbers of system calls separated by commas, not "raed"'],
    [["--errno", "ENOSUCH"], '--errno takes names or numbers of errors separated by commas, not "ENOSUCH"'],
    [["--state", "X"], '--state takes S, D, preempted, runnable, blocked, or a bit mask, not "X"'],
    [["--state", "4294967296"], '--state takes a mask of at most 32 bits, not "4294967296"'],
    [["--from", "5", "--to", "5"], "--to is not after --from"],
    [
      ["--from", "yesterday"],
      '--from takes seconds, a time (14:30:05) or a date and time (2026-11-23T14:30:05), not "yesterday"',
    ],
    [["--to", "25:00:00"], '--to takes seconds, a time (14:30:05) or a date and time (2026-11-23T14:30:05), not "25:00:00"'],
  ];
  for (const [words, sentence] of refusals) assert.is(refusal(() => read(...words)), sentence);
});

/** 2026-11-23 23:59:50 on a host two hours ahead of UTC. */
const start = { realtimeNs: BigInt(Date.UTC(2026, 10, 23, 21, 59, 50)) * 1_000_000n, timezoneMinutes: 120 };
const within = (from?: string, to?: string) => momentOptions(readMoments(from, to), start);

test("seconds count from the recording's start", () => {
  assert.equal(momentOptions(readMoments("1.5", undefined)), { fromNs: 1_500_000_000 });
  assert.equal(momentOptions(readMoments(undefined, ".25")), { toNs: 250_000_000 });
  assert.equal(momentOptions({ ...readMoments("2", undefined), lengthNs: 5 }), { fromNs: 2e9, toNs: 2e9 + 5 });
});

test("a time is the host's, and the next day's if it is long before the start", () => {
  assert.equal(within("23:59:52.25", "00:00:05"), { fromNs: 2_250_000_000, toNs: 15_000_000_000 });
  assert.equal(within("23:59:00"), { fromNs: 0 }, "before the start is from the start");
  assert.is(refusal(() => within(undefined, "23:59:00")), "--to is not after the recording's start");
});

test("a date and time is the host's unless it has a zone", () => {
  assert.equal(within("2026-11-24T00:00:00"), { fromNs: 10_000_000_000 });
  assert.equal(within("2026-11-24 00:00"), { fromNs: 10_000_000_000 });
  assert.equal(within("2026-11-23T22:00:00.000000001Z"), { fromNs: 10_000_000_001 });
  assert.equal(within("2026-11-24T01:00:00+03:00"), { fromNs: 10_000_000_000 });
});

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

test("the beginning of a pipe says when it began, and is read again", async () => {
  const bytes = smallRecording();
  for (const size of [100, 5000, bytes.length]) {
    const { start, source } = await readStart(pieces(bytes, size), "a pipe");
    assert.equal(start, { realtimeNs: BigInt(Date.UTC(2026, 0, 1)) * 1_000_000n, timezoneMinutes: 0 });
    const { recording } = await analyze(source);
    assert.is(Number(recording.fileBytes[0]!), bytes.length);
  }
});

test.run();
