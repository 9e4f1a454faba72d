// The commands that tell what happened (report, threads, waits, wakers, diff, and --idle of any), on
// recordings of real programs: that they answer in each of their formats, and what they refuse.

import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { smallRecording } from "../recordings/small.js";
import { runCli, TemporaryFiles } from "./run-cli.js";

const test = suite("cli/stories");
const files = new TemporaryFiles();
test.after(() => files.remove());

const data = join(import.meta.dirname, "..", "data");
const [redis, mixed, idle] = ["redis", "mixed", "idle"].map((name) => join(data, `${name}.offcut`)) as [string, string, string];
const small = files.write("small.offcut", smallRecording());

async function answer(...words: string[]): Promise<string> {
  const { status, stdout, stderr } = await runCli(words);
  assert.is(status, 0, stderr);
  return stdout;
}

async function refuses(words: readonly string[], sentence: string): Promise<void> {
  assert.equal(await runCli(words), { status: 2, stdout: "", stderr: `offcut: ${sentence}\n` });
}

test("report: what waited, in words, and a command that works", async () => {
  const text = await answer("report", redis);
  assert.match(text, /waits +redis-server: 1 thread waited 20\.6 % of its time in fdatasync \(D\n +state, 74\.3 % disk flush\): 698 ms, longest 171 ms, then 1\.29 s\n +waiting for a CPU\n/);
  const words = /\$ offcut (offcpu -p 13383 --syscall fdatasync --state D) /.exec(text)?.[1];
  assert.ok(words, text);
  assert.match(await answer(...words!.split(" "), redis), "uninterruptible in fdatasync");
  assert.match(text, /idle +21\.1 s of idling \(/);
});

test("report: every command that it names is understood", async () => {
  const text = await answer("report", redis);
  const commands = [...text.matchAll(/\$ offcut (.*)$/gm)].map((match) => match[1]!);
  assert.ok(commands.length >= 6, text);
  const results = await Promise.all([...new Set(commands)].map((words) => runCli(words.split(" "))));
  for (const { status, stderr } of results) assert.is(status, 0, stderr);
});

test("report --json: numbers, and the same commands", async () => {
  const view = JSON.parse(await answer("report", "--json", mixed)) as {
    recordings: { source: string }[];
    waits: { process: string; syscall: string; next: string[] }[];
  };
  assert.is(view.recordings[0]!.source, mixed);
  assert.equal(view.waits[0]!.next, ["offcpu", "-p", "13347", "--syscall", "futex"]);
});

test("threads: rows, orders, and those that never ran", async () => {
  assert.match(await answer("threads", "--sort", "runnable", "--top", "1", mixed), /\npipe-ping \(13365\) /);
  const text = await answer("threads", "--all", idle);
  assert.match(text, /\ncron \(143\) +10\.1 s .* 0  \[still blocked since before the recording\]\n/);
  assert.is(text.match(/still blocked/g)!.length, 61);
  const csv = (await answer("threads", "--csv", "-p", "13383", redis)).split("\r\n");
  assert.match(csv[0]!, /^host,comm,pid,tid,kernelThread,observedNs,onCpuNs,/);
  assert.is(csv.length, 5 + 2); // five threads, a header, an end
  const { rows, totals } = JSON.parse(await answer("threads", "--json", mixed)) as {
    rows: { observedNs: number }[];
    totals: { observedNs: number };
  };
  assert.is(rows.reduce((sum, row) => sum + row.observedNs, 0), totals.observedNs);
});

test("waits: the parts of real calls add up, whatever they are grouped by", async () => {
  const totals = new Set<number>();
  for (const groupBy of ["process", "thread", "syscall", "stack"]) {
    const view = JSON.parse(await answer("waits", "--json", "--group-by", groupBy, redis)) as {
      rows: Record<string, number>[];
      totals: { totalNs: number };
    };
    const parts = ["onCpuNs", "interruptibleNs", "uninterruptibleNs", "otherNs", "runnableNs", "preemptedNs", "unknownNs"];
    for (const row of view.rows) assert.is(parts.reduce((sum, part) => sum + row[part]!, 0), row.totalNs);
    totals.add(view.totals.totalNs);
  }
  assert.is(totals.size, 1);
});

test("waits and wakers answer in each format", async () => {
  for (const command of ["waits", "wakers"]) {
    assert.match(await answer(command, small), /^small +2026-01-01 /);
    assert.ok(Array.isArray((JSON.parse(await answer(command, "--json", small)) as { rows: unknown }).rows));
    assert.match(await answer(command, "--csv", small), /^host,.*\r\n/);
  }
  assert.equal((await runCli(["wakers", "-f", small])).status, 0);
});

test("diff: a recording does not differ from itself", async () => {
  const rows = (words: string[]) => answer("diff", "--json", ...words).then((text) => (JSON.parse(text) as { rows: { change: number }[] }).rows);
  for (const words of [[], ["--syscalls"], ["--per", "calls"]]) {
    const same = await rows([...words, mixed, mixed]);
    assert.ok(same.length > 10 && same.every((row) => row.change === 0));
  }
  const [doubled] = await rows([mixed, `${mixed},${mixed}`]);
  assert.is(doubled!.change, 0);
  assert.match(await answer("diff", "-f", small, small), /^small;.*pipe_write;schedule 1000 1000\n$/);
  assert.match(await answer("diff", "--csv", small, small), /^name,beforeTotalNs,/);
  assert.match(await answer("diff", redis, mixed), /\nsh do_wait +993 ms +- +-993 ms +gone\n/);
});

test("--idle: what the rules call idle is shown, hidden or alone, and the answer says so", async () => {
  const shown = await answer("offcpu", "--json", mixed);
  const hidden = await answer("offcpu", "--json", "--idle", "hide", mixed);
  const only = await answer("offcpu", "--json", "--idle", "only", mixed);
  const totalNs = (text: string) => (JSON.parse(text) as { totals: { totalNs: number } }).totals.totalNs;
  assert.is(totalNs(hidden) + totalNs(only), totalNs(shown));
  assert.match(await answer("offcpu", "--idle", "hide", mixed), /idle +5\.15 s of idling \(100\.0 % by "syscall nanosleep clock_nanosl\.\."\): not counted here; --idle show adds it/);
  assert.match(await answer("offcpu", "--idle", "only", mixed), /idle +only idling is counted here; [\d.]+ s of other waiting is not/);
  assert.match((await runCli(["fold", "--idle", "hide", mixed, redis])).stderr, /offcut: idle: [\d.]+ s of idling/);
  const kernelOnly = await answer("offcpu", idle);
  assert.match(kernelOnly, "34.8 s of kernel threads without work: not counted here; --idle show adds them");
  assert.not.match(await answer("offcpu", "--idle", "show", idle), /^idle {7}/m);
});

test("--idle-rules: rules of one's own, also in worker threads", async () => {
  const rules = files.write("my.rules", Buffer.from("# pipes only\nsyscall read and stack /pipe_read/\n"));
  const words = ["--idle-rules", rules];
  assert.match((await runCli(["fold", ...words, mixed])).stderr, 'by "syscall read and stack /pipe_r.."');
  assert.match((await runCli(["fold", ...words, "-j", "2", mixed, redis])).stderr, 'by "syscall read and stack /pipe_r.."');
  const only = (await runCli(["fold", "--idle", "only", ...words, mixed])).stdout.trim().split("\n");
  assert.ok(only.length > 0 && only.every((line) => line.includes("pipe_read")));
});

test("misuse is said in a sentence", async () => {
  await refuses(["offcpu", "--idle", "x", small], '--idle takes show, hide or only, not "x"');
  await refuses(["offcpu", "--idle", "show", "--idle-rules", "f", small], "--idle show leaves nothing out, so that it needs no --idle-rules");
  const rules = files.write("bad.rules", Buffer.from("state idle\nstate asleep\n"));
  await refuses(
    ["report", "--idle-rules", rules, small],
    `${rules}, line 2, column 7: "asleep" is no state; there are preempted, runnable, idle, uninterruptible, interruptible, other, unknown`,
  );
  await refuses(["waits", "--group-by", "cgroup", small], '--group-by takes process, thread, syscall, stack, not "cgroup"');
  await refuses(["threads", "--sort", "name", small], '--sort takes on, blocked, runnable, preempted, unknown, not "name"');
  await refuses(["wakers", "--depth", "0", small], '--depth takes a whole number from 1 on, not "0"');
  await refuses(["wakers", "-f", "--csv", small], "--folded and --csv are two formats of the same answer; choose one");
  await refuses(["diff", small], "diff compares two recordings, BEFORE and AFTER; each may be several separated by commas");
  await refuses(["diff", "-", "-"], "standard input (-) can be read only once");
  await refuses(["diff", "--per", "x", small, small], '--per takes time or calls, not "x"');
  await refuses(["diff", "--errno", "ENOENT", small, small], "--errno is about system calls; with it goes --syscalls");
  await refuses(["diff", "--syscalls", "-m", "5", small, small], "block times and bit masks of states are about off-CPU periods, not --syscalls");
  await refuses(["waits", "--state", "2", small], "--state takes names of states here, not a bit mask: of a call only their sums are known");
  await refuses(["diff", "--syscalls", "--idle", "hide", small, small], "--idle is about off-CPU periods; with --syscalls choose calls by --syscall");
});

test.run();
