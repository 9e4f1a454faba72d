// The questions of offcputime and syscount, asked with the command line that users have, of a
// recording whose content is known; and what cannot be asked together.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { smallRecording } from "../recordings/small.js";
import { runCli, TemporaryFiles } from "./run-cli.js";

const test = suite("cli/questions");
const files = new TemporaryFiles();
test.after(() => files.remove());

const small = files.write("small.offcut", smallRecording());

async function answer(...words: string[]): Promise<string> {
  const { status, stdout, stderr } = await runCli([...words, small]);
  assert.is(status, 0, stderr);
  return stdout;
}

test("offcpu --compat=bcc is what offcputime prints after its heading", async () => {
  assert.is(
    await answer("offcpu", "--compat=bcc", "-d"),
    `    schedule
    pipe_write
    --
    [unknown]
    [unknown]
    -                small (101)
        1000

`,
  );
  assert.is(await answer("offcpu", "--compat=bcc", "-f", "-d"), "small;[unknown];[unknown];-;pipe_write;schedule 1000\n");
});

test("filters leave out and leave in", async () => {
  assert.is(await answer("offcpu", "-f", "-p", "1"), "");
  assert.is(await answer("fold", "--comm", "nginx*"), "");
  assert.is(await answer("fold", "--not-stack", "pipe_*"), "");
  const line = "small;small+0x2345;small+0x1234;pipe_write;schedule 1000\n";
  for (const words of [["-t", "101"], ["--state", "S"], ["--syscall", "write"], ["--stack", "/^pipe/"], ["--host", "small"]]) {
    assert.is(await answer("fold", ...words), line, words.join(" "));
  }
});

test("offcpu -U, -K, -d, -s, -v", async () => {
  assert.is(await answer("offcpu", "-f", "-U"), "small;small+0x2345;small+0x1234 1000\n");
  assert.is(await answer("offcpu", "-f", "-K"), "small;pipe_write;schedule 1000\n");
  assert.is(await answer("offcpu", "-f", "-d"), "small;small+0x2345;small+0x1234;-;pipe_write;schedule 1000\n");
  assert.match(await answer("offcpu", "-s"), /^ {4}schedule\+0x[0-9a-f]+$/m);
  assert.match(await answer("offcpu", "-v"), /^ {4}[0-9a-f]{8,16} +pipe_write \[kallsyms\]$/m);
});

test("offcpu --group-by, as table, CSV and JSON", async () => {
  assert.match(await answer("offcpu", "--group-by", "syscall"), /^SYSCALL +THREADS .*\nwrite +1 +1 +1\.00 ms +100\.0 % /m);
  assert.match(await answer("offcpu", "--group-by", "tid", "--csv"), /^group,comm,host,threads,.*\r\n101,small,small,1,1,1000000,/);
  const { rows } = JSON.parse(await answer("offcpu", "--group-by", "state", "--json")) as { rows: { group: string }[] };
  assert.equal(rows.map(({ group }) => group), ["interruptible"]);
});

test("syscalls --compat=bcc is what syscount prints", async () => {
  // One of the two calls was under way when the recording began: with -L syscount does not count it.
  assert.is(
    await answer("syscalls", "--compat=bcc", "-L", "-T", "1"),
    `Tracing syscalls, printing top 1... Ctrl+C to quit.
[00:00:01]
SYSCALL                   COUNT        TIME (us)
write                         1         1400.000

Detaching...
`,
  );
  assert.match(await answer("syscalls", "--compat=bcc"), "SYSCALL                   COUNT\nwrite                         2\n\n");
});

test("intervals divide the time asked for, and no more", async () => {
  const intervals = async (...words: string[]) => {
    const text = await answer("syscalls", "--json", ...words);
    const documents = JSON.parse(`[${text.replaceAll("\n}\n{", "\n},{")}]`) as { fromNs: number; toNs: number; totals: { count: number } }[];
    return documents.map(({ fromNs, toNs, totals }) => [fromNs / 1e6, toNs / 1e6, totals.count]);
  };
  const whole = await intervals("-i", "0.3");
  assert.equal(whole.map(([fromMs, toMs]) => [fromMs, toMs]), [[0, 300], [300, 600], [600, 900], [900, 1000]]);
  assert.is(whole.reduce((sum, [, , count]) => sum + count!, 0), 2);
  const part = await intervals("-i", ".2", "--from", ".5", "-d", ".3");
  assert.equal(part.map(([fromMs, toMs]) => [fromMs, toMs]), [[500, 700], [700, 800]]);
  assert.match(await answer("syscalls", "-i", ".6", "--compat", "bcc"), /^Tracing .*\n\[00:00:00\]\nSYSCALL[^[]*\[00:00:01\]\nSYSCALL[^[]*\nDetaching\.\.\.\n$/);
});

test("syscalls by process, thread and error; only failed ones; only some", async () => {
  assert.match(await answer("syscalls", "-P"), /^PID +COMM .*\n\d+ +small +2 +1 /m);
  assert.match(await answer("syscalls", "--per-thread", "-m"), /^TID +COMM +COUNT +ERRORS +TOTAL \(ms\).*\n101 +small +2 +1 +1\.400 /m);
  assert.match(await answer("syscalls", "--errors"), /^SYSCALL +ERROR +COUNT .*\nwrite +\w+ +1 /m);
  assert.match(await answer("syscalls", "-x"), "calls      1, of which 1 failed\n");
  assert.match(await answer("syscalls", "-e", "EDOM"), "calls      0, of which 0 failed\n");
  assert.match(await answer("syscalls", "--csv"), /^name,abi,nr,count,errors,.*\r\nwrite,x86-64,1,2,1,1400000,/);
});

test("syscalls -l lists names, four a line, as syscount -l", async () => {
  const lines = (await answer("syscalls", "-l")).split("\n");
  assert.is(lines[0], ["_sysctl", "accept", "accept4", "access"].map((name) => name.padEnd(22)).join("   "));
});

test("what cannot be asked together", async () => {
  const refusals: [string, string][] = [
    ["offcpu -U -K", "--user-stacks and --kernel-stacks leave no stack; choose one"],
    ["offcpu -k -U", "--user-stacks and --kernel-threads leave no stack; choose one"],
    ["offcpu -f -s", "--folded and --offsets do not go together: folded stacks are summed by function; choose one"],
    ["offcpu --group-by colour", '--group-by takes comm, pid, tid, syscall, state, cgroup, host, not "colour"'],
    ["offcpu --compat perf", '--compat takes bcc, not "perf"'],
    ["offcpu --errno 2", "unknown option --errno; see offcut offcpu --help for those of offcpu"],
    ["offcpu -i 0", '--interval takes seconds, not "0"'],
    [`offcpu -i 1 ${small}`, "--interval answers one recording at a time"],
    ["offcpu -i 1 --csv", "--csv is one table, --interval makes many; choose one"],
    ["syscalls -P --errors", "--per-process and --errors are two answers; choose one"],
    ["syscalls -d 1 --to 2", "--to and --duration are two ends of the same time; choose one"],
    ["syscalls --sort name", '--sort takes time, count, errors, average, max, not "name"'],
    ...[
      "syscalls", "offcpu -i 1", "syscalls -i 0.5", "fold", "events", "hist -C comm", "hist -i 1 -C comm", "report",
    ].map((words): [string, string] => [`${words} --host other`, "--host other is none of the recordings' hosts: small"]),
    ["offcpu -i 1 --to 00:00:00", "--to is not after the recording's start"],
    ["fold --to 00:00:00", "--to is not after the recording's start"],
    [
      "syscalls --compat bcc --errors",
      "--compat is a table by call, or with --per-process by process: syscount has no other",
    ],
  ];
  for (const [line, sentence] of refusals) {
    const result = await runCli([...line.split(" "), small]);
    assert.equal(result, { status: 2, stdout: "", stderr: `offcut: ${sentence}\n` }, line);
  }
});

test.run();
