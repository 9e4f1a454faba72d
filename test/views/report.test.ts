// The report: which findings there are and in which order, what is odd, the commands to type next,
// and the whole screen.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { BlockType, ClassUnknown, LostReason, OffcpuClass } from "../../assembly/format.js";
import { Edge, Warning, WakerKind } from "../../assembly/tables.js";
import { reportText } from "../../analyzer/exports/report-text.js";
import { plainStyle } from "../../analyzer/exports/style.js";
import { reportView } from "../../analyzer/views/report.js";
import { buildAnalysis } from "./build-analysis.js";
import type { AnalysisParts } from "./build-analysis.js";

const test = suite("views/report");

const Second = 1_000_000_000;
const window = { startNs: 0, endNs: 10 * Second, startRealtimeNs: 1_767_225_600_000_000_000n, cpus: 4, events: 12_345 };
const whole = { beginNs: 0, endNs: 10 * Second };
const threads = [
  { ...whole, tid: 100, pid: 100, comm: "mysqld", onCpuNs: 6 * Second, blockedNs: 3 * Second, runnableNs: 1 * Second, switches: 50 },
  { ...whole, tid: 101, pid: 100, comm: "ib_log", onCpuNs: 2 * Second, blockedNs: 8 * Second, switches: 40 },
  { ...whole, tid: 200, pid: 200, comm: "nginx", onCpuNs: 1 * Second, blockedNs: 8 * Second, runnableNs: 500_000_000, preemptedNs: 500_000_000, switches: 9 },
  { ...whole, tid: 300, pid: 300, comm: "cron", unknownNs: 10 * Second },
  { ...whole, tid: 7, pid: 7, comm: "kthreadd", flags: 1, unknownNs: 10 * Second },
];
/** Kernel stacks: 2 the journal, 3 a pipe, 4 something without a word. */
const stacks = {
  objects: [{ kind: 2, path: "[kernel]" }],
  frames: ["entry", "jbd2_log_wait_commit", "pipe_read", "frobnicate"].map((symbol) => ({ kind: 1, symbol, object: 1 })),
  stacks: [
    { prefix: 0, frame: 1 },
    { prefix: 1, frame: 2 },
    { prefix: 1, frame: 3 },
    { prefix: 1, frame: 4 },
  ],
};
const D = OffcpuClass.Uninterruptible;
const S = OffcpuClass.Interruptible;
const offcpu = [
  { thread: 1, comm: "ib_log", class: D, nr: 74, kernelStack: 2, periods: 90, woken: 90, blockedNs: 5 * Second, runnableNs: 90_000, maxNs: 900_000_000 },
  { thread: 0, comm: "mysqld", class: D, nr: 74, kernelStack: 4, periods: 9, woken: 9, blockedNs: 1 * Second, runnableNs: 9_000, maxNs: 23_000_000 },
  { thread: 0, comm: "mysqld", class: D, nr: 74, periods: 1, woken: 1, blockedNs: 50_000, maxNs: 50_000 },
  { thread: 2, comm: "nginx", class: S, nr: 0, kernelStack: 3, periods: 1, woken: 1, blockedNs: 2 * Second, runnableNs: 1_000, maxNs: 2 * Second },
  { thread: 2, comm: "nginx", class: S, nr: 232, periods: 99, woken: 99, blockedNs: 6 * Second, runnableNs: 100_000, maxNs: 1 },
  { thread: 2, comm: "nginx", class: OffcpuClass.Preempted, nr: 232, periods: 3, preemptedNs: 500_000_000, maxNs: 1 },
  { thread: 2, comm: "nginx", class: D, nr: -1, kernelStack: 4, edge: Edge.End, periods: 1, blockedNs: 3 * Second, maxNs: 3 * Second },
  { thread: 1, comm: "ib_log", class: ClassUnknown, nr: -1, edge: Edge.Start, periods: 1, blockedNs: 7_000_000, maxNs: 7_000_000 },
];
const wakers = [{ kind: WakerKind.Interrupt }];
const wakeups = [
  { period: 0, waker: 1, periods: 90, runnableMaxNs: 5_000_000 },
  { period: 4, waker: 1, periods: 99, runnableMaxNs: 7_000_000 },
];
const syscalls = [
  { thread: 1, nr: 74, count: 90, totalNs: 6 * Second, offcpuNs: 5 * Second, maxNs: 900_000_000 },
  { thread: 2, nr: 232, count: 99, totalNs: 6 * Second, offcpuNs: 6 * Second, maxNs: 1 },
  { thread: 2, nr: 0, count: 10, totalNs: 2 * Second, offcpuNs: 2 * Second, maxNs: 2 * Second },
  { thread: 2, nr: 0, errno: 11, count: 400, totalNs: 400_000, maxNs: 1_000 },
  { thread: 2, nr: 257, errno: 2, count: 300, totalNs: 300_000, maxNs: 2_000 },
  { thread: 2, nr: 257, count: 100, totalNs: 100_000, maxNs: 2_000 },
];

function build(parts: AnalysisParts = {}) {
  const meta = { host: "db1", stackMinUs: "100", streams: "switch,wake,syscall" };
  return buildAnalysis({ source: "db1.offcut", recording: window, meta, threads, ...stacks, offcpu, wakers, wakeups, syscalls, ...parts });
}

test("waits: a process's threads in one call and state, blocked time alone, idling aside", () => {
  const { waits, moreWaits } = reportView([build()]);
  assert.equal(waits, [
    {
      host: "db1",
      process: "mysqld",
      pids: [100],
      threads: 2,
      syscall: "fsync",
      class: "uninterruptible",
      place: "ext4 journal",
      placeNs: 5 * Second,
      periods: 100,
      blockedNs: 6_000_050_000,
      runnableNs: 99_000,
      observedNs: 20 * Second,
      maxNs: 900_000_000,
      next: ["offcpu", "-p", "100", "--syscall", "fsync", "--state", "D"],
    },
    {
      host: "db1",
      process: "nginx",
      pids: [200],
      threads: 1,
      syscall: "read",
      class: "interruptible",
      place: "pipe",
      placeNs: 2 * Second,
      periods: 1,
      blockedNs: 2 * Second,
      runnableNs: 1_000,
      observedNs: 10 * Second,
      maxNs: 2 * Second,
      next: ["offcpu", "-p", "200", "--syscall", "read"],
    },
  ]);
  assert.is(moreWaits, 0);
});

test("idling is a wait where it is asked for", () => {
  const calls = (idle: "show" | "only") => reportView([build()], { idle }).waits.map((wait) => wait.syscall);
  assert.equal(calls("show"), ["fsync", "epoll_wait", "read"]);
  assert.equal(calls("only"), ["epoll_wait"]);
});

test("five waits are shown, the rest is counted", () => {
  const many = Array.from({ length: 7 }, (_, at) => ({ thread: 1, comm: "ib_log", class: D, nr: at + 10, periods: 1, blockedNs: at + 1 }));
  const { waits, moreWaits } = reportView([build({ offcpu: many, wakeups: [] })]);
  assert.equal([waits.map((wait) => wait.blockedNs), moreWaits], [[7, 6, 5, 4, 3], 2]);
});

test("calls: by time without idling, by errors with it", () => {
  const { calls } = reportView([build()]);
  assert.equal(
    calls.byTime.map((call) => [call.name, call.count, call.totalNs]),
    [["fsync", 90, 6 * Second], ["read", 410, 2_000_400_000], ["openat", 400, 400_000]],
  );
  assert.equal(calls.byErrors, [
    { name: "read", error: "EAGAIN", count: 400, calls: 410 },
    { name: "openat", error: "ENOENT", count: 300, calls: 400 },
  ]);
  assert.equal(calls.totals, { calls: 999, errors: 700 });
  assert.equal(calls.errorsNext, ["waits", "--errno", "EAGAIN", "--group-by", "process"]);
});

test("run queue: averages of wakeups, the worst of them, and who waited longest", () => {
  const queue = reportView([build()]).runQueue;
  assert.equal([queue.wakeups, queue.latencyNs, queue.averageNs], [200, 200_000, 1_000]);
  assert.equal(queue.worst, { comm: "nginx", tid: 200, latencyNs: 7_000_000 });
  assert.equal([queue.runnableNs, queue.preemptedNs, queue.observedNs], [1_500_000_000, 500_000_000, 50 * Second]);
  assert.equal(queue.threads.map((thread) => [thread.comm, thread.runnableNs, thread.preemptedNs]), [
    ["mysqld", 1 * Second, 0],
    ["nginx", 500_000_000, 500_000_000],
  ]);
  assert.is(reportView([build({ wakeups: [] })]).runQueue.worst, null);
});

test("oddities: each kind, with what to type", () => {
  const odd = build({
    recording: { ...window, contradictions: 2, backwards: 1, unknownNs: 5 },
    lost: [{ stream: BlockType.Switch, reason: LostReason.RingFull, count: 3 }],
    warnings: [{ warning: Warning.Unfinished }],
    offcpu: offcpu.map((row) => ({ ...row, kernelStack: row.class === D && row.edge !== undefined ? 4 : 0 })),
  });
  assert.equal(reportView([odd]).oddities, [
    { kind: "loss", lost: [{ stream: "context switches", reason: "ring full", count: 3 }], unknownNs: 5, next: ["info"] },
    {
      kind: "damage",
      warnings: 1,
      first: "db1.offcut has no end: its recorder was killed or is still writing; what is there is answered",
      next: ["info"],
    },
    { kind: "contradictions", contradictions: 2, backwards: 1, next: ["info"] },
    {
      kind: "longUninterruptible",
      comm: "nginx",
      tid: 200,
      syscall: "",
      place: "frobnicate",
      maxNs: 3 * Second,
      isOpen: true,
      others: 0,
      next: ["offcpu", "-t", "200", "--state", "D", "--open"],
    },
    {
      kind: "failing",
      name: "openat",
      error: "ENOENT",
      count: 300,
      calls: 400,
      next: ["waits", "--syscall", "openat", "--errno", "ENOENT", "--stacks"],
    },
    { kind: "stillBlocked", threads: 1, comms: ["cron"], next: ["threads", "--sort", "unknown"] },
    { kind: "fewStacks", kernelNs: 0, blockedNs: 8_000_150_000, next: ["info"] },
  ]);
});

test("only what is selected is found", () => {
  const view = reportView([build()], { selection: { pids: [100] } });
  assert.equal(view.waits.map((wait) => wait.process), ["mysqld"]);
  assert.equal(view.calls.byTime.map((call) => call.name), ["fsync"]);
  assert.equal(view.runQueue.threads.map((thread) => thread.comm), ["mysqld"]);
  assert.equal([view.recorded.threads, view.oddities], [2, []]);
});

function screen(parts: AnalysisParts = {}, source?: string): string {
  const analyses = [build({ ...parts, ...(source === undefined ? {} : { source }) })];
  return reportText(analyses, reportView(analyses), {}, plainStyle);
}

test("the screen", () => {
  assert.is(
    screen(),
    `db1  2026-01-01 00:00:00 UTC  10.0 s  whole host

recorded   10.0 s of 5 threads on 4 CPUs: 12,345 events, 999 system calls of
           which 700 failed
stacks     kernel for >99.9 %, user for 0.0 % of blocked time; recorded for
           waits of 100 us and over
open       1 period under way when the recording began (7.00 ms), 1 period under
           way when it ended (3.00 s): not counted here; --open adds them
idle       6.00 s of idling (100.0 % by "syscall epoll_wait epoll_pwait.."): not
           counted here; --idle show adds it

waits      mysqld: 2 threads waited 30.0 % of their time in fsync (D state,
           83.3 % ext4 journal): 6.00 s, longest 900 ms
             $ offcut offcpu -p 100 --syscall fsync --state D db1.offcut
           nginx: 1 thread waited 20.0 % of its time in read (asleep, pipe):
           2.00 s, once
             $ offcut offcpu -p 200 --syscall read db1.offcut

CPU        1.00 us on average from wakeup to CPU, 200 times, at most 7.00 ms
           (nginx 200); threads spent 3.0 % of their time woken and waiting for
           a CPU, 1.0 % preempted; of single threads' time: mysqld (100) 10.0 %,
           nginx (200) 10.0 %
             $ offcut threads --sort runnable db1.offcut

calls      most time: fsync 6.00 s in 90 calls (83.3 % off the CPU, longest
           900 ms); read 2.00 s in 410 calls (>99.9 % off the CPU, longest
           2.00 s); openat 400 us in 400 calls (0.0 % off the CPU, longest
           2.00 us)
             $ offcut waits --idle hide --group-by syscall db1.offcut
           most errors: read EAGAIN 400 of 410; openat ENOENT 300 of 400
             $ offcut waits --errno EAGAIN --group-by process db1.offcut

odd        nginx (200) was in D state for 3.00 s and had not ended (frobnicate)
             $ offcut offcpu -t 200 --state D --open db1.offcut
           openat mostly fails: ENOENT 300 of 400 times
             $ offcut waits --syscall openat --errno ENOENT --stacks db1.offcut
           1 thread never ran, blocked since before the recording: cron
             $ offcut threads --sort unknown db1.offcut
`,
  );
});

test("who waited for a CPU after the wait is told so, where it matters", () => {
  const queued = offcpu.map((row) => (row.nr === 0 ? { ...row, runnableNs: 400_000_000 } : row));
  assert.match(screen({ offcpu: queued }), "2.00 s, once, then 400 ms waiting for a CPU\n");
});

test("it is a screen: no line but a command is wider than 80 columns, and there are about 50", () => {
  const lines = screen().split("\n");
  assert.ok(lines.every((line) => line.length <= 80 || line.includes("$ offcut")));
  assert.ok(lines.length <= 50, `${lines.length} lines`);
});

test("commands can be pasted into a shell; what was piped has to be named", () => {
  assert.match(screen({}, "it's mine.offcut"), "$ offcut threads --sort runnable 'it'\\''s mine.offcut'\n");
  assert.match(screen({}, "standard input"), "$ offcut threads --sort runnable FILE\n");
});

test("nothing is an answer", () => {
  const recording = { ...window, events: 1 };
  const text = screen({ recording, offcpu: [], wakeups: [], syscalls: [], threads: [], meta: { streams: "switch" } });
  assert.match(text, "recorded   10.0 s of 0 threads on 4 CPUs: 1 event, system calls not recorded\n");
  assert.not.match(text, "\n\n\n");
  assert.match(text, "\nwaits      nothing waited but what idled, or was cut off by the window\n");
  assert.match(text, "\nodd        nothing\n");
});

test.run();
