// `hist` and `events` as commands: what they refuse, with the sentence; that they answer from a file
// and from a pipe; and that they end when their reader has read enough.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { referenceText } from "../../analyzer/expressions/reference.js";
import { Ended } from "../oracle/format.js";
import { RecordingBuilder } from "../recordings/build.js";
import { smallRecording } from "../recordings/small.js";
import { MemorySink } from "../recordings/write.js";
import { cliMain, runCli, TemporaryFiles } from "./run-cli.js";

const test = suite("cli/event-questions");
const files = new TemporaryFiles();
test.after(() => files.remove());

const small = files.write("small.offcut", smallRecording());

async function refuses(words: readonly string[], sentence: string): Promise<void> {
  assert.equal(await runCli(words), { status: 2, stdout: "", stderr: `offcut: ${sentence}\n` });
}

test("hist refuses what it cannot answer", async () => {
  await refuses(["hist", "read:count"], "no recording given; name a file, or - for standard input");
  await refuses(["hist", small], "what of? Give a PROBE, such as 'read:count'; offcut hist --reference explains them");
  await refuses(
    ["hist", small, "read:cuont"],
    "read has no cuont; its arguments are fd, buf, count; every call has comm, pid, tid, cpu, time, user, kernel, " +
      "kind, syscall, nr, ret, errno, latency, oncpu, offcpu, duration\n  read:cuont\n       ^",
  );
  await refuses(["hist", small, "-H", "read:comm"], "a histogram is of one number, and read:comm is not; -C counts text and tuples");
  await refuses(["hist", small, "-S", "read:comm"], "--sum sums the last expression, and that of read:comm is text");
  await refuses(["hist", small, "-H", "--linear", "0,1,1", "read:ret"], "--log2 and --linear are two forms of the same histogram; choose one");
  await refuses(["hist", small, "--linear", "0,x,1", "read:ret"], '--linear takes MIN,MAX,STEP as 0,4K,256 or 0,1ms,100us, not "0,x,1"');
  await refuses(["hist", small, "--linear", "4K,0,1", "read:ret"], "--linear needs a MAX above MIN and a STEP above 0");
  await refuses(["hist", small, "--linear", "0,1s,1", "read:ret"], "--linear has more than 10000 steps; make STEP larger");
  await refuses(["hist", small, "--csv", "read:ret", "write:ret"], "--csv is one table; give one PROBE");
  await refuses(["hist", small, small, "-i", "1", "read:ret"], "--interval answers one recording at a time");
  await refuses(["hist", small, "--csv", "--json", "read:ret"], "--json and --csv are two formats of the same answer; choose one");
  await refuses(["hist", small, "--by", "nix", "offcpu:blocked", "-T", "0"], "an off-CPU period has no nix; it has comm, pid, tid, cpu, time, user, kernel, kind, syscall, nr, latency, duration, blocked, runnable, preempted, state, waker, waker_pid, waker_tid\n  nix\n  ^");
});

test("events refuses what it cannot show", async () => {
  await refuses(["events"], "no recording given; name a file, or - for standard input");
  await refuses(["events", small, small], "events shows one recording; times of several have no common start");
  await refuses(["events", small, "--kinds", "syscall,period,naps"], '--kinds takes some of syscall,period,wakeup, not "naps"');
  await refuses(["events", small, "--csv", "--stacks"], "--csv has no place for stacks; use --json");
  await refuses(["events", small, "--where", "ret <"], "expected a value after <\n  ret <\n       ^");
  await refuses(["events", small, "--columns", "comm,"], "expected a value after ,\n  comm,\n       ^");
});

test("the reference needs no recording", async () => {
  assert.equal(await runCli(["hist", "--reference"]), { status: 0, stdout: referenceText(), stderr: "" });
});

test("a file that is not there", async () => {
  const missing = files.path("missing.offcut");
  for (const words of [["hist", missing, "read:ret"], ["events", missing]]) {
    const { status, stderr } = await runCli(words);
    assert.equal([status, stderr], [1, `offcut: cannot open ${missing}: no such file or directory (ENOENT)\n`]);
  }
});

test("events: every event of the one thread, in order of time", async () => {
  const { status, stdout } = await runCli(["events", small]);
  assert.is(status, 0);
  assert.is(
    stdout,
    `TIME          PID     TID     COMM             EVENT
0.001300000   101     101     small            woken by an interrupt
0.001400000   101     101     small            off-CPU 1.00 ms, interruptible in write, 100 us of it runnable, woken by an interrupt
0.001500000   101     101     small            write = 4096 (1.40 ms)
0.001600000   101     101     small            write = -1 EPIPE (began before)
1.000000000   101     101     small            off-CPU 998 ms, preempted, not over
`,
  );
  const json = await runCli(["events", small, "--json", "--where", "errno != 0"]);
  assert.equal(JSON.parse(json.stdout), {
    timeNs: 1_600_000, kind: "syscall", comm: "small", pid: 101, tid: 101, cpu: 0, kernel: 0,
    syscall: "write", nr: 1, ret: -32, errno: "EPIPE",
  });
  assert.is((await runCli(["events", small, "--errno", "EPIPE", "--columns", "ret"])).stdout, "RET\n-32\n");
});

test("hist: values of the same events, and what it did not count", async () => {
  const { stdout, stderr } = await runCli(["hist", small, "--linear", "0,2ms,1ms", "write:latency", "-C", "errno,ret", "-S", "write:ret"]);
  assert.is(
    stdout,
    `write:latency
latency (ns):
[1000000, 2000000)        1 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@|

errno,ret
\tCOUNT      EVENT
\t1          errno = 0, ret = 4096
\t1          errno = EPIPE, ret = -32

write:ret
\tSUM              COUNT      EVENT
\t4064             2          all
`,
  );
  assert.match(stderr, "offcut: write:latency: not counted: 1 event without such a value (as calls under way when ");
  const csv = await runCli(["hist", small, "--csv", "-i", "0.5", "-C", "offcpu:state", "--open"]);
  assert.is(csv.stdout, "fromNs,state,count\r\n0,interruptible,1\r\n500000000,preempted,1\r\n");
  await refuses(["hist", small, "write:count"], 'write\'s argument "count" was not recorded; record with --args write');
});

test("intervals divide the time asked for, the last one whole or not", async () => {
  const spans = async (...words: string[]) => {
    const { stdout } = await runCli(["hist", small, "--json", "--open", "-C", "offcpu:state", ...words]);
    const documents = JSON.parse(`[${stdout.replaceAll("}\n{", "},{")}]`) as { fromNs: number; toNs: number; answers: { rows: unknown[] }[] }[];
    return documents.map(({ fromNs, toNs, answers }) => [fromNs / 1e6, toNs / 1e6, answers[0]!.rows.length]);
  };
  assert.equal(await spans("-i", "0.5"), [[0, 500, 1], [500, 1000, 1]]);
  assert.equal(await spans("-i", "1"), [[0, 1000, 2]]);
  assert.equal(await spans("-i", "0.4"), [[0, 400, 1], [400, 800, 0], [800, 1000, 1]]);
  assert.equal(await spans("-i", "0.45", "--to", "0.9"), [[0, 450, 1], [450, 900, 1]]);
  assert.equal(await spans("-i", "0.2", "--from", "0.5", "--to", "0.9"), [[500, 700, 0], [700, 900, 0]]);
});

test("without events of its kind a recording has as many intervals", async () => {
  const { stdout } = await runCli(["hist", small, "-i", "0.3", "-C", "openat:comm"]);
  assert.is(stdout.match(/^\[/gm)!.length, 4);
});

/** Two opens, 10 to 20 and 30 to 40 ms after the start, the first with these arguments. */
function opensRecording(values: readonly bigint[]): Uint8Array {
  const sink = new MemorySink();
  const startNs = 1e9;
  const builder = new RecordingBuilder(sink.put, { startNs, startRealtimeNs: 0n, bootId: new Uint8Array(16), cpus: 1 });
  builder.meta({ streams: "syscall,arguments" });
  const call = { tid: 1, nr: 257 };
  if (values.length > 0) builder.arguments(0, [{ time: startNs + 10e6, ...call, values }]);
  builder.syscalls(0, [20e6, 40e6].map((ns) => ({ ...call, time: startNs + ns, duration: 10e6, result: 3 })));
  builder.sync(startNs + 50e6);
  builder.writer.end(Ended.Duration);
  return sink.bytes();
}

test("hist and events: arguments that some calls lack", async () => {
  const opens = files.write("opens.offcut", opensRecording([2n ** 32n - 100n, 1n, 2n, 3n]));
  const descriptors = (...words: string[]) => runCli(["hist", opens, "-C", "openat:dfd", ...words]);
  const heading = "openat:dfd\n\tCOUNT      EVENT\n";
  assert.is((await descriptors()).stdout, `${heading}\t1          dfd = -100\n`);
  const part = await descriptors("--from", "0.025");
  assert.equal([part.status, part.stdout], [0, heading], "a time without any");
  assert.equal([(await descriptors("-i", "0.025")).status], [0], "an interval without any");
  const events = await runCli(["events", opens, "--where", "dfd < 0", "--columns", "time,event"]);
  const line = "0.020000000   openat(dfd=AT_FDCWD, filename=1, flags=0x2, mode=03) = 3 (10.0 ms)\n";
  assert.equal([events.status, events.stdout], [0, `TIME          EVENT\n${line}`]);
});

test("hist and events: an argument that no call has is an error, after what was answered", async () => {
  const opens = files.write("without.offcut", opensRecording([]));
  const stderr = 'offcut: openat\'s argument "dfd" was not recorded; record with --args openat\n';
  assert.equal(await runCli(["hist", opens, "-C", "openat:dfd"]), { status: 2, stdout: "", stderr });
  const events = await runCli(["events", opens, "--columns", "time,dfd"]);
  assert.equal(events, { status: 2, stdout: "TIME          DFD\n0.020000000   -\n0.040000000   -\n", stderr });
});

test("from a pipe as from a file, and what was lost is said", async () => {
  const bytes = smallRecording();
  const input = [bytes.subarray(0, 700), bytes.subarray(700)];
  for (const words of [["events"], ["events", "--json"], ["hist", "-C", "comm"], ["hist", "-C", "syscall", "--from", "00:00:00", "--json"]]) {
    const [command = "", ...more] = words;
    const [piped, file] = await Promise.all([runCli([command, "-", ...more], { input }), runCli([command, small, ...more])]);
    assert.is(piped.status, 0, piped.stderr);
    assert.is(piped.stdout.replaceAll("standard input", small), file.stdout);
    assert.match(file.stderr, "offcut: lost: lower bound: 3 wakeups (ring full)");
  }
});

test("answers begin with what they always begin with", async () => {
  assert.match((await runCli(["events", small])).stdout, /^TIME +PID +TID +COMM +EVENT\n/);
  assert.match((await runCli(["events", small, "--csv", "--kinds", "wakeup"])).stdout, /^timeNs,kind,comm,pid,tid,cpu,kernel,waker,waker_pid,waker_tid\r\n/);
  assert.match((await runCli(["hist", small, "-C", "comm"])).stdout, /^comm\n\tCOUNT {6}EVENT\n/);
  const { recordings } = JSON.parse((await runCli(["hist", small, "--json", "read:ret"])).stdout) as { recordings: unknown };
  assert.equal(recordings, [
    { source: small, host: "small", startTime: "2026-01-01T00:00:00.000Z", durationNs: 1_000_000_000 },
  ]);
  assert.match((await runCli(["hist", small, "-i", "5", "-C", "comm"])).stdout, /^\[00:00:01\]\ncomm\n\tCOUNT {6}EVENT\n\t2 {10}comm = small\n/);
});

test("a reader that has read enough ends it quietly", async () => {
  const child = spawn(process.execPath, [cliMain, "events", small], { stdio: ["ignore", "pipe", "pipe"] });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  child.stdout.destroy();
  const [status, signal] = (await once(child, "close")) as [number | null, string | null];
  assert.equal([status, signal], [0, null], stderr);
});

test.run();
