// Every flag of the man pages of bcc's offcputime(8), syscount(8), argdist(8) and trace(8), and the
// command that answers it here; each is run on a recording that ships in test/data and must answer,
// with something that only that answer has. What is asked of the recorder, or cannot be asked of a
// recording of switches and system calls at all, says so instead: kprobes, uprobes and USDT are not
// in it.

import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { runCli } from "./run-cli.js";

const test = suite("cli/peers-flags");

const data = join(import.meta.dirname, "../data");

/** What answers a flag: the words of a command and what its answer has, or who else answers it. */
type Answer =
  | { readonly words: readonly string[]; readonly has: RegExp }
  | { readonly recorder: readonly string[] }
  | { readonly not: string };

const ask = (has: RegExp, ...words: readonly string[]): Answer => ({ words, has });
const record = (...recorder: readonly string[]): Answer => ({ recorder });
const cannot = (not: string): Answer => ({ not });

/** Recordings by name: a word that is one of these becomes its path. */
const recordings = ["redis.offcut", "mixed.offcut", "arguments.offcut", "idle.offcut"];

const redis = { server: "13383", aof: "13387" };

const offcputime: Readonly<Record<string, Answer>> = {
  "-h": ask(/^Examples:$/m, "offcpu", "--help"),
  "-p PID": ask(/\(13383\)/, "offcpu", "-p", redis.server, "redis.offcut"),
  "-t TID": ask(/\(13387\)/, "offcpu", "-t", redis.aof, "redis.offcut"),
  "-u": ask(/^ +- +sleeper \(/m, "offcpu", "-u", "mixed.offcut"),
  "-k": ask(/^ +- +kcompactd0 \(/m, "offcpu", "-k", "idle.offcut"),
  "-U": ask(/^bio_aof_fsync;libc\.so\.6\+0x[0-9a-f]+ \d+$/m, "offcpu", "-f", "-U", "-p", redis.server, "redis.offcut"),
  "-K": ask(/^redis-server;[^\n]*submit_bio_wait[^\n]* \d+$/m, "offcpu", "-f", "-K", "-p", redis.server, "redis.offcut"),
  "-d": ask(/^sleeper;[^\n]*;-;[^\n]* \d+$/m, "offcpu", "-f", "-d", "mixed.offcut"),
  "-f": ask(/^sleeper;[^\n]*hrtimer_nanosleep \d+$/m, "offcpu", "-f", "mixed.offcut"),
  "-s": ask(/^ {4}hrtimer_nanosleep\+0x[0-9a-f]+$/m, "offcpu", "-s", "mixed.offcut"),
  "--stack-storage-size": cannot("stacks are not stored in a kernel map that could be too small"),
  "-m, --min-block-time": ask(/clock_nanosleep/, "offcpu", "-m", "1000", "mixed.offcut"),
  "-M, --max-block-time": ask(/longest \d+(\.\d+)? us/, "offcpu", "-M", "500", "mixed.offcut"),
  "--state": ask(/uninterruptible in fdatasync/, "offcpu", "--state", "2", "redis.offcut"),
  duration: record("-d", "5"),
  "-v": ask(/^ {4}ffffffff[0-9a-f]+ +hrtimer_nanosleep/m, "offcpu", "-v", "mixed.offcut"),
  "its own layout": ask(/^ {4}- +sleeper \(\d+\)\n {8}\d+$/m, "offcpu", "--compat=bcc", "mixed.offcut"),
};

const syscount: Readonly<Record<string, Answer>> = {
  "-h": ask(/^Examples:$/m, "syscalls", "--help"),
  "-p PID": ask(/^fdatasync/m, "syscalls", "-p", redis.server, "redis.offcut"),
  "-t TID": ask(/^futex/m, "syscalls", "-t", redis.aof, "redis.offcut"),
  "-c PPID": ask(/^calls +[1-9]/m, "syscalls", "-c", "13377", "redis.offcut"),
  "-i INTERVAL": ask(/^\[\d\d:\d\d:\d\d\]$[\s\S]*^\[\d\d:\d\d:\d\d\]$/m, "syscalls", "-i", "1", "redis.offcut"),
  "-d DURATION": ask(/ {2}1\.00 s {2}/, "syscalls", "-i", "1", "-d", "1", "redis.offcut"),
  "-T TOP": ask(/^3 of 63 system calls shown/m, "syscalls", "-T", "3", "redis.offcut"),
  "-x": ask(/^calls +151, of which 151 failed$/m, "syscalls", "-x", "redis.offcut"),
  "-e ERRNO": ask(/^newfstatat +34 +34 /m, "syscalls", "-e", "ENOENT", "redis.offcut"),
  "-L": ask(/^SYSCALL[^\n]*\nfutex /m, "syscalls", "-L", "redis.offcut"),
  "-m": ask(/TOTAL \(ms\)/, "syscalls", "-m", "redis.offcut"),
  "-P": ask(/^13383 +redis-server /m, "syscalls", "-P", "redis.offcut"),
  "-l": ask(/^_sysctl +accept /m, "syscalls", "-l"),
  "--syscall NAME": ask(/^fdatasync +898 /m, "syscalls", "--syscall", "fdatasync", "redis.offcut"),
  "its own layout": ask(/^Tracing syscalls, printing top 10\.\.\. Ctrl\+C to quit\.\n\[\d\d:\d\d:\d\d\]\nSYSCALL {19}COUNT\n/, "syscalls", "--compat=bcc", "redis.offcut"),
};

const argdist: Readonly<Record<string, Answer>> = {
  "-h": ask(/^Examples:$/m, "hist", "--help"),
  "-p PID": ask(/8192 -> 16383 +: \d+/, "hist", "redis.offcut", "read:$latency", "-p", redis.server),
  "-t TID": ask(/distribution/, "hist", "redis.offcut", "futex:$latency", "-t", redis.aof),
  "-z STRING_SIZE": record("--args", "openat", "--strings", "80"),
  "-i INTERVAL": ask(/^\[\d\d:\d\d:\d\d\]$/m, "hist", "redis.offcut", "read:ret", "-i", "1"),
  "-d DURATION": ask(/distribution/, "hist", "redis.offcut", "read:ret", "--to", "1"),
  "-n COUNT": ask(/^\[\d\d:\d\d:\d\d\]$/m, "hist", "redis.offcut", "read:ret", "-i", "1", "--to", "2"),
  "-v": ask(/EBNF|grammar|PROBE/i, "hist", "--reference"),
  "-c": cannot("an answer of a file is whole at once: nothing is cumulated from interval to interval"),
  "-T TOP": ask(/COUNT +EVENT\n\t\d+ +[^\n]*\n/, "hist", "redis.offcut", "-C", "*:comm,syscall", "-T", "1"),
  "-H": ask(/4096 -> 8191 +: 74 /, "hist", "arguments.offcut", "-H", "read:count"),
  "-C": ask(/filename = \/nonexistent/, "hist", "arguments.offcut", "-C", "openat:filename"),
  "-I HEADER": cannot("no header is compiled: arguments have the names of their own system call"),
  "-H 'r::__kmalloc(...):...$latency'": ask(/\$latency \(ns\)/, "hist", "redis.offcut", "fdatasync:$latency"),
  "-C 't:syscalls:sys_exit_read():ret'": ask(/ret = 512\b/, "hist", "arguments.offcut", "-C", "read:ret"),
  "-C 'p::SyS_write(fd, ...):int:fd:... == 3'": ask(/fd = 1\b/, "hist", "arguments.offcut", "-C", "write:count > 100:fd"),
  "-C '...' with several keys": ask(/comm = dd, +nr = 0|dd/, "hist", "arguments.offcut", "-C", "read:comm,nr,ret"),
  "$PID, $COMM, $retval": ask(/redis-server/, "hist", "redis.offcut", "-C", "write:$retval > 0:comm,pid"),
};

const trace: Readonly<Record<string, Answer>> = {
  "-h": ask(/^Examples:$/m, "events", "--help"),
  "-p PID": ask(/^\d+\.\d+ +13383 /m, "events", "redis.offcut", "-p", redis.server),
  "-L TID": ask(/^\d+\.\d+ +13383 +13387 /m, "events", "redis.offcut", "-t", redis.aof),
  "--uid UID": cannot("user ids are not recorded"),
  "-v": cannot("no program is compiled"),
  "-Z STRING_SIZE": record("--args", "all", "--strings", "128"),
  "-S": cannot("the recorder never records itself: writing of its own writing would not end"),
  "-M MAX_EVENTS": ask(/^TIME /m, "events", "redis.offcut", "--to", "0.01"),
  "-t": ask(/^TIME [^\n]*\n0\.\d{9} /m, "events", "redis.offcut"),
  "-u (Unix time)": ask(/"timeNs":/, "events", "arguments.offcut", "--json"),
  "-T": ask(/^0\.\d{9}/m, "events", "redis.offcut", "--columns", "time,comm,event"),
  "-C (CPU)": ask(/^TIME +CPU/m, "events", "redis.offcut", "--columns", "time,cpu,event"),
  "-c CGROUP": ask(/^TIME/m, "events", "redis.offcut", "--cgroup", "*"),
  "-n NAME": ask(/ redis-server /, "events", "redis.offcut", "--comm", "redis-server"),
  "-f MSG_FILTER": ask(/\/nonexistent/, "events", "arguments.offcut", "--where", 'syscall == "openat" && filename =~ "*nonexistent*"'),
  "-B": ask(/COUNT +EVENT/, "hist", "redis.offcut", "-C", "read:comm"),
  "-s SYM_FILE": cannot("frames have module and offset, which addr2line resolves anywhere"),
  "-K": ask(/submit_bio_wait/, "events", "redis.offcut", "--kinds", "period", "--stacks", "--syscall", "fdatasync"),
  "-U": ask(/libc\.so\.6\+0x[0-9a-f]+/, "events", "redis.offcut", "--kinds", "period", "--stacks", "--comm", "redis-server"),
  "-a (address)": ask(/libc\.so\.6\+0x[0-9a-f]+/, "events", "redis.offcut", "--kinds", "syscall", "--stacks", "--syscall", "fdatasync"),
  "-I HEADER": cannot("no header is compiled"),
  "-A (aggregate)": ask(/COUNT +EVENT/, "hist", "redis.offcut", "-C", "openat:comm,errno"),
  "'sys_execve \"%s\", arg1'": ask(/execve\([^\n]*"\/usr\/bin\/(ls|cat|dd|sleep)"/, "events", "arguments.offcut", "--syscall", "execve"),
  "'sys_read (arg3 > 20000) ...'": ask(/read\(/, "events", "arguments.offcut", "--where", 'syscall == "read" && count > 4000'),
  "'r:bash:readline \"%s\", retval'": cannot("uprobes are not recorded"),
  "'t:block:block_rq_complete ...'": cannot("other tracepoints are not recorded"),
  "'u:pthread:pthread_create ...'": cannot("USDT probes are not recorded"),
};

const peers = { offcputime, syscount, argdist, trace };

for (const [tool, flags] of Object.entries(peers)) {
  for (const [flag, answer] of Object.entries(flags)) {
    if ("words" in answer) test(`${tool} ${flag}`, () => assertAnswers(answer.words, answer.has));
  }
}

async function assertAnswers(words: readonly string[], has: RegExp): Promise<void> {
  const command = words.map((word) => (recordings.includes(word) ? join(data, word) : word));
  const { status, stdout, stderr } = await runCli(command);
  assert.is(status, 0, stderr);
  assert.match(stdout, has);
}

test("what the recorder is asked is an option of it", async () => {
  const { stdout } = await runCli(["record", "--help"]);
  for (const [tool, flags] of Object.entries(peers)) {
    for (const [flag, answer] of Object.entries(flags)) {
      if (!("recorder" in answer)) continue;
      for (const option of answer.recorder.filter((word) => word.startsWith("-"))) {
        assert.match(stdout, new RegExp(`^ +(?:-\\w, )?${option}\\b|^ +${option},`, "m"), `${tool} ${flag}: ${option}`);
      }
    }
  }
});

test("what cannot be asked says why", () => {
  const reasons = Object.values(peers).flatMap((flags) => Object.values(flags).flatMap((answer) => ("not" in answer ? answer.not : [])));
  assert.ok(reasons.length < 15, `${reasons.length} flags have no answer`);
  assert.ok(reasons.every((reason) => reason.length > 15));
});

test.run();
