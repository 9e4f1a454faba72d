// The layouts of bcc's tools, byte for byte. What is expected here was written by reading
// tools/offcputime.py, tools/syscount.py and src/python/bcc/table.py, not by running ours.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { OffcpuClass } from "../../assembly/format.js";
import { Edge } from "../../assembly/tables.js";
import { log2Lines } from "../../analyzer/exports/log2-text.js";
import { missedStacks, offcpuBccText } from "../../analyzer/exports/offcpu-bcc-text.js";
import { syscountEnd, syscountHeading, syscountTable } from "../../analyzer/exports/syscalls-bcc-text.js";
import { bccOffcpuRows } from "../../analyzer/views/offcpu-bcc.js";
import type { BccOptions } from "../../analyzer/views/offcpu-bcc.js";
import { parseTextMatch } from "../../analyzer/views/text-match.js";
import { buildAnalysis, KernelStack, twoStacks, twoThreads, UserStack } from "../views/build-analysis.js";

const test = suite("exports/bcc-text");

const both = { kernelStack: KernelStack, userStack: UserStack };
const analysis = buildAnalysis({
  threads: twoThreads,
  ...twoStacks,
  offcpu: [
    { comm: "my;sql d", class: OffcpuClass.Interruptible, nr: 202, ...both, cutUs: 700, blockedNs: 700_900 },
    // The same thread and stacks in another state and call: bcc does not tell them apart.
    { comm: "my;sql d", class: OffcpuClass.Preempted, nr: -1, ...both, cutUs: 50, preemptedNs: 50_400 },
    { comm: "mysqld", class: OffcpuClass.Preempted, nr: -1, cutUs: 12, preemptedNs: 12_999 },
    { comm: "mysqld", class: OffcpuClass.Interruptible, nr: 0, userStack: UserStack, cutUs: 13, blockedNs: 13_000 },
    { comm: "kworker/0:1", thread: 1, class: OffcpuClass.IdleKernel, nr: -1, kernelStack: KernelStack, cutUs: 9000 },
    { comm: "mysqld", class: OffcpuClass.Runnable, nr: -1, kernelStack: KernelStack, cutUs: 0, runnableNs: 999 },
    { comm: "mysqld", class: OffcpuClass.Interruptible, nr: -1, edge: Edge.End, cutUs: 5_000_000 },
  ],
});

function textOf(
  options: Partial<Parameters<typeof offcpuBccText>[1]> = {},
  view: BccOptions = {},
): string {
  const rows = bccOffcpuRows([analysis], { ...view, stacks: options.stacks });
  return [...offcpuBccText(rows, { folded: false, delimited: false, ...options })].join("");
}

test("offcputime: smallest first, kernel leaf first, what is due and missed says so", () => {
  assert.is(
    textOf(),
    `    [Missed Kernel Stack]
    [Missed User Stack]
    -                mysqld (101)
        12

    [Missed Kernel Stack]
    [unknown]
    main
    -                mysqld (101)
        13

    ext4_sync_file
    do_syscall_64
    [unknown]
    main
    -                my;sql d (101)
        750

    ext4_sync_file
    do_syscall_64
    -                kworker/0:1 (7)
        9000

`,
  );
});

test("offcputime -d: a delimiter only between two stacks that are both there", () => {
  assert.is(
    textOf({ delimited: true }).slice(-180),
    `    ext4_sync_file
    do_syscall_64
    --
    [unknown]
    main
    -                my;sql d (101)
        750

    ext4_sync_file
    do_syscall_64
    -                kworker/0:1 (7)
        9000

`.slice(-180),
  );
  assert.is(textOf({ delimited: true }).match(/^ {4}--$/gm)!.length, 1);
});

test("offcputime -f, -fd: comm, user stack from the root, kernel stack from the root", () => {
  assert.is(
    textOf({ folded: true }),
    `mysqld;[Missed User Stack];[Missed Kernel Stack] 12
mysqld;main;[unknown];[Missed Kernel Stack] 13
my;sql d;main;[unknown];do_syscall_64;ext4_sync_file 750
kworker/0:1;do_syscall_64;ext4_sync_file 9000
`,
  );
  assert.is(
    textOf({ folded: true, delimited: true }).split("\n")[2],
    "my;sql d;main;[unknown];-;do_syscall_64;ext4_sync_file 750",
  );
});

test("offcputime -U, -K: only that stack, and what differs in the other is one row", () => {
  assert.is(
    textOf({ folded: true, delimited: true, stacks: "user" }),
    `mysqld;[Missed User Stack] 12
mysqld;main;[unknown] 13
my;sql d;main;[unknown] 750
kworker/0:1 9000
`,
  );
  assert.is(
    textOf({ folded: true, stacks: "kernel" }),
    `mysqld;[Missed Kernel Stack] 25
my;sql d;do_syscall_64;ext4_sync_file 750
kworker/0:1;do_syscall_64;ext4_sync_file 9000
`,
  );
});

test("offcputime -s, and the addresses of its older -v", () => {
  const selection = { comm: parseTextMatch("my;sql*", "--comm") };
  assert.is(
    textOf({}, { selection, frames: { offsets: true } }),
    `    ext4_sync_file+0x20
    do_syscall_64+0x10
    [unknown]
    main
    -                my;sql d (101)
        750

`,
  );
  assert.match(
    textOf({}, { selection, frames: { addresses: true } }),
    "    ffffffff82000020 ext4_sync_file\n    ffffffff81000010 do_syscall_64\n    7f001234         [unknown]\n",
  );
});

test("offcputime counts the stacks that it warns of", () => {
  const rows = bccOffcpuRows([analysis]);
  assert.equal([missedStacks(rows, {}), missedStacks(rows, { stacks: "user" })], [3, 1]);
});

const counts = [
  { key: { name: "futex" }, count: 28, totalNs: 13_725_171_293 },
  { key: { name: "[unknown: 999]" }, count: 3, totalNs: 1 },
  { key: { name: "epoll_wait" }, count: 10_889, totalNs: 3_810_837_733 },
  { key: { name: "write" }, count: 0, totalNs: 0 },
];
const asked = { top: 10, latency: false, milliseconds: false, perProcess: false };

test("syscount: most calls first", () => {
  assert.is(
    syscountTable(counts, asked),
    `SYSCALL                   COUNT
epoll_wait                10889
futex                        28
[unknown: 999]                3
`,
  );
});

test("syscount -L, -m, -T: most time first, in us or ms", () => {
  assert.is(
    syscountTable(counts, { ...asked, latency: true }),
    `SYSCALL                   COUNT        TIME (us)
futex                        28     13725171.293
epoll_wait                10889      3810837.733
[unknown: 999]                3            0.001
`,
  );
  assert.is(
    syscountTable(counts, { ...asked, latency: true, milliseconds: true, top: 1 }),
    `SYSCALL                   COUNT        TIME (ms)
futex                        28     13725.171293
`,
  );
});

test("syscount -P: padded by bytes, as Python pads them", () => {
  const rows = [
    { key: { pid: 13391, comm: "redis-benchmark" }, count: 64_937, totalNs: 0 },
    { key: { pid: 7, comm: "" }, count: 2, totalNs: 0 },
    { key: { pid: 8, comm: "caf\u00e9" }, count: 1, totalNs: 0 },
  ];
  assert.is(
    syscountTable(rows, { ...asked, perProcess: true }),
    `PID    COMM               COUNT
13391  redis-benchmark    64937
7      [unknown]              2
8      caf\u00e9                  1
`,
  );
});

test("syscount before and after", () => {
  assert.is(syscountHeading(10, false, undefined), "Tracing syscalls, printing top 10... Ctrl+C to quit.\n");
  assert.is(syscountHeading(5, true, undefined), "Tracing failed syscalls, printing top 5... Ctrl+C to quit.\n");
  assert.is(syscountHeading(5, true, "read"), "Tracing failed syscall 'read'... Ctrl+C to quit.\n");
  assert.is(syscountEnd, "Detaching...\n");
});

const power = (slot: number, count: number) => ({
  from: slot === 0 ? 0 : 2 ** slot,
  to: 2 ** (slot + 1) - 1,
  count,
});

test("print_log2_hist", () => {
  assert.equal(log2Lines([power(0, 0), power(1, 1), power(2, 40), power(3, 3)], "nsecs"), [
    "     nsecs               : count     distribution",
    "         0 -> 1          : 0        |                                        |",
    "         2 -> 3          : 1        |*                                       |",
    "         4 -> 7          : 40       |****************************************|",
    "         8 -> 15         : 3        |***                                     |",
  ]);
  assert.equal(log2Lines([], "nsecs"), []);
});

test("print_log2_hist is wider from 2^32 on", () => {
  const rows = Array.from({ length: 33 }, (_, slot) => power(slot, slot === 32 ? 2 : 1));
  const lines = log2Lines(rows, "nsecs");
  assert.is(lines[0], "               nsecs                         : count     distribution");
  assert.is(lines.at(-1), "          4294967296 -> 8589934591           : 2        |********************|");
  assert.is(lines.at(-2), "          2147483648 -> 4294967295           : 1        |**********          |");
  assert.is(log2Lines(rows.slice(0, 32), "nsecs")[0], "     nsecs               : count     distribution");
});

test.run();
