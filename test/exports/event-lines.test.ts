// Events as lines, whole, from hand-made batches: what a person or a program reads of each kind.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { OffcpuClass } from "../../assembly/format.js";
import { Edge, EventKind, WakerKind } from "../../assembly/tables.js";
import type { EventBatch } from "../../analyzer/event-batch.js";
import { Evaluator } from "../../analyzer/expressions/evaluator.js";
import { readColumns, readCondition } from "../../analyzer/expressions/probe.js";
import { EventLines } from "../../analyzer/exports/event-lines.js";
import type { LineFormat } from "../../analyzer/exports/event-lines.js";
import { eventText } from "../../analyzer/exports/event-text.js";
import { KernelStack, twoStacks, UserStack } from "../views/build-analysis.js";
import { buildEvents, periodEvent, syscallEvent, wakeupEvent } from "../views/build-events.js";

const test = suite("exports/event-lines");
const allKinds = [EventKind.Syscall, EventKind.Period, EventKind.Wakeup];

interface Asked {
  readonly format?: LineFormat;
  readonly columns?: string;
  readonly where?: string;
  readonly stacks?: boolean;
}

function linesOf(batch: EventBatch, asked: Asked = {}, isSelected?: (row: number) => boolean): string {
  const lines = new EventLines(new Evaluator(), {
    format: asked.format ?? "text",
    columns: readColumns(asked.columns ?? "time,pid,tid,comm,event", allKinds),
    where: asked.where === undefined ? undefined : readCondition(asked.where, allKinds),
    stacks: asked.stacks ?? false,
  });
  return lines.header() + [...lines.of(batch, isSelected)].join("");
}

const batch = buildEvents(
  [
    syscallEvent({ comm: "mysqld", nr: 0, result: 4096, durationNs: 12_300, timeNs: 1_000 }),
    syscallEvent({ comm: "mysqld", nr: 257, result: -2, durationNs: -1, timeNs: 2_000_000_000 }),
    syscallEvent({ comm: "mysqld", nr: 9, result: 0x7f0012345000, durationNs: 800, timeNs: 2_000_000_001 }),
    periodEvent({
      comm: "mysqld", nr: 202, durationNs: 1_200_000, blockedNs: 1_180_000, runnableNs: 20_000, timeNs: 2_000_000_002,
      class: OffcpuClass.Interruptible, wakerKind: WakerKind.Thread, waker: 1, kernelStack: KernelStack, userStack: UserStack,
    }),
    periodEvent({ comm: "mysqld", durationNs: 5_000, timeNs: 2_000_000_003, class: OffcpuClass.Preempted, edge: Edge.End }),
    wakeupEvent({ thread: 1, comm: "kworker/0:1", timeNs: 12_345_678_901_234, wakerKind: WakerKind.Interrupt }),
  ],
  twoStacks,
);

test("as trace and strace print them", () => {
  assert.is(
    linesOf(batch),
    `TIME          PID     TID     COMM             EVENT
0.000001000   100     101     mysqld           read = 4096 (12.3 us)
2.000000000   100     101     mysqld           openat = -1 ENOENT (began before)
2.000000001   100     101     mysqld           mmap = 0x7f0012345000 (800 ns)
2.000000002   100     101     mysqld           off-CPU 1.20 ms, interruptible in futex, 20.0 us of it runnable, woken by kworker/0:1 (7)
2.000000003   100     101     mysqld           off-CPU 5.00 us, preempted, not over
12345.678901234 7       7       kworker/0:1      woken by an interrupt
`,
  );
});

test("with the frames of stacks below the line", () => {
  assert.is(
    linesOf(batch, { where: 'kind == "period" && duration > 1ms', columns: "duration,syscall,state", stacks: true }),
    `DURATION   SYSCALL          STATE
1.20 ms    futex            interruptible
        ext4_sync_file
        do_syscall_64
        libc.so.6+0x1234
        main
`,
  );
});

test("JSON lines: numbers with units in their names, nothing that the event does not have", () => {
  const text = linesOf(batch, { format: "json", columns: "time,comm,ret,latency,errno,latency/1000", stacks: true });
  const objects = text.trimEnd().split("\n").map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.equal(objects[0], { timeNs: 1000, comm: "mysqld", ret: 4096, latencyNs: 12_300, errno: "0", "latency/1000": 12 });
  assert.equal(objects[1], { timeNs: 2_000_000_000, comm: "mysqld", ret: -2, errno: "ENOENT" });
  assert.equal(objects[3], {
    timeNs: 2_000_000_002,
    comm: "mysqld",
    latencyNs: 20_000,
    "latency/1000": 20,
    kernelStack: ["ext4_sync_file", "do_syscall_64"],
    userStack: ["libc.so.6+0x1234", "main"],
  });
  assert.equal(objects[5], { timeNs: 12_345_678_901_234, comm: "kworker/0:1" });
});

test("CSV", () => {
  assert.is(
    linesOf(batch, { format: "csv", columns: "time,comm,ret,event", where: "nr < 300 && time > 1us" }).replaceAll("\r\n", "\n"),
    `timeNs,comm,ret,event
2000000000,mysqld,-2,openat = -1 ENOENT (began before)
2000000001,mysqld,140157653540864,mmap = 0x7f0012345000 (800 ns)
2000000002,mysqld,,"off-CPU 1.20 ms, interruptible in futex, 20.0 us of it runnable, woken by kworker/0:1 (7)"
`.replace("140157653540864", String(0x7f0012345000)),
  );
});

test("a selection and a condition leave out", () => {
  assert.is(linesOf(batch, { columns: "cpu,comm", where: "kernel" }), "CPU COMM\n0   kworker/0:1\n");
  assert.is(linesOf(batch, { columns: "ret" }, (row) => row === 0 || row === 5), "RET\n4096\n-\n");
});

test("arguments where they were recorded", () => {
  const open = buildEvents([
    syscallEvent({ nr: 257, result: 3, durationNs: 1500, arguments: [-100, "/etc/\u001b[2Jhosts", 0x80000, 0] }),
    syscallEvent({ nr: 0, result: 0, durationNs: 1500 }),
  ]);
  assert.equal([0, 1].map((row) => eventText(open, row)), [
    'openat(dfd=AT_FDCWD, filename="/etc/\\u001b[2Jhosts", flags=0x80000, mode=0) = 3 (1.50 us)',
    "read = 0 (1.50 us)",
  ]);
});

test("numbers among arguments: ints, descriptors, flags, modes, addresses", () => {
  const minusOne = 2 ** 32 - 1;
  const calls: [number, readonly number[], string][] = [
    [257, [2 ** 32 - 100, 0x7ffd0000, 0x80242, 0o644], "openat(dfd=AT_FDCWD, filename=2147287040, flags=0x80242, mode=0644)"],
    [257, [-100, 0, 0, 0xabcd0000 + 0o4755], "openat(dfd=AT_FDCWD, filename=0, flags=0, mode=04755)"],
    [0, [minusOne, 0x7f0012345000, minusOne], "read(fd=-1, buf=0x7f0012345000, count=4294967295)"],
    [232, [4, 0, 1, minusOne], "epoll_wait(epfd=4, events=0, maxevents=1, timeout=-1)"],
    [62, [minusOne, 9], "kill(pid=-1, sig=9)"],
    [288, [3, 0, 0, minusOne], "accept4(fd=3, upeer_sockaddr=0, upeer_addrlen=0, flags=0xffffffff)"],
    [9, [-4096, 1], "mmap(addr=-4096, len=1)"],
    [9, [-(2 ** 45), 1], "mmap(addr=0xffffe00000000000, len=1)"],
  ];
  const numbers = buildEvents(calls.map(([nr, values]) => syscallEvent({ nr, arguments: values })));
  assert.equal(calls.map((_, row) => eventText(numbers, row).replace(" = 0 (0 s)", "")), calls.map(([, , text]) => text));
});

test("programs get numbers as they are", () => {
  const open = buildEvents([syscallEvent({ nr: 257, arguments: [2 ** 32 - 100, 0x7ffd0000, 0x80242, 0o644] })]);
  assert.is(linesOf(open, { columns: "dfd,args.flags,args.mode", format: "json" }), '{"dfd":-100,"args.flags":524866,"args.mode":420}\n');
  assert.is(linesOf(open, { columns: "dfd,args.flags,args.mode", format: "csv" }), "dfd,args.flags,args.mode\r\n-100,524866,420\r\n");
});

test("many events come in pieces that end at line ends, in order", () => {
  const many = buildEvents(Array.from({ length: 10_000 }, (_, at) => syscallEvent({ nr: 0, comm: "a", timeNs: at })));
  const lines = new EventLines(new Evaluator(), {
    format: "text",
    columns: readColumns("time,event", allKinds),
    where: undefined,
    stacks: false,
  });
  const pieces = [...lines.of(many)];
  assert.ok(pieces.length > 3);
  assert.ok(pieces.every((piece) => piece.endsWith("\n") && piece.length < 70_000));
  const all = pieces.join("").trimEnd().split("\n");
  assert.is(all.length, 10_000);
  assert.is(all[9_999], "0.000009999   read = 0 (0 s)");
});

test.run();
