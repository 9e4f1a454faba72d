// Filters: what each means for periods, calls, joined calls and events, that they combine with AND,
// and that a row without what is asked for is not selected.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Arch, ClassUnknown, OffcpuClass, TaskFlag } from "../../assembly/format.js";
import { EventKind, EventsColumn, Table } from "../../assembly/tables.js";
import { eventsSpec, readTable } from "../../analyzer/tables.js";
import type { EventsTable } from "../../analyzer/tables.js";
import { UsageError } from "../../analyzer/errors.js";
import { selectionOf } from "../../analyzer/views/selection.js";
import type { SelectionOptions } from "../../analyzer/views/selection.js";
import { matchesText, parseTextMatch } from "../../analyzer/views/text-match.js";
import { buildAnalysis, KernelStack, twoStacks, UserStack } from "./build-analysis.js";

const test = suite("views/selection");

const threads = [
  { tid: 101, pid: 100, comm: "mysqld", parent: 1, cgroup: 42 },
  { tid: 7, pid: 7, comm: "kworker/0:1", parent: 2, flags: TaskFlag.KernelThread },
  { tid: 200, pid: 200, comm: "nginx", parent: 100, cgroup: 43 },
];

const analysis = buildAnalysis({
  ...twoStacks,
  meta: { host: "web1" },
  threads,
  offcpu: [
    { thread: 0, comm: "mysqld", class: OffcpuClass.Interruptible, nr: 202, userStack: UserStack },
    { thread: 1, comm: "kworker/0:1", class: OffcpuClass.IdleKernel, nr: -1, kernelStack: KernelStack },
    { thread: 2, comm: "nginx-old", class: OffcpuClass.Preempted, nr: -1 },
    { thread: 2, comm: "nginx", class: OffcpuClass.Uninterruptible, nr: 240, compat: 1, kernelStack: 3 },
    { thread: 2, comm: "nginx", class: OffcpuClass.Runnable, nr: 24 },
    { thread: 2, comm: "nginx", class: ClassUnknown, nr: -1 },
  ],
  syscalls: [
    { thread: 0, nr: 202, errno: 0 },
    { thread: 0, nr: 0, errno: 11 },
    { thread: 2, nr: 202, compat: 1, errno: 2 },
  ],
  calls: [
    { thread: 0, nr: 202, errno: 0, userStack: UserStack, interruptibleNs: 5 },
    { thread: 2, nr: 0, errno: 11, kernelStack: KernelStack, uninterruptibleNs: 5, preemptedNs: 1 },
  ],
});

const match = (text: string) => parseTextMatch(text, "--test");
const rowsOf = (length: number, isSelected: (row: number) => boolean) =>
  Array.from({ length }, (_, row) => row).filter(isSelected);
const periods = (options: SelectionOptions) => rowsOf(6, (row) => selectionOf(analysis, options).period(row));
const calls = (options: SelectionOptions) => rowsOf(3, (row) => selectionOf(analysis, options).call(row));
const joins = (options: SelectionOptions) => rowsOf(2, (row) => selectionOf(analysis, options).join(row));

test("nothing asked selects everything", () => {
  assert.equal([periods({}), calls({}), joins({})], [[0, 1, 2, 3, 4, 5], [0, 1, 2], [0, 1]]);
});

test("who: process, thread, parent, kind, cgroup, host", () => {
  assert.equal(periods({ pids: [100, 7] }), [0, 1]);
  assert.equal(periods({ tids: [200] }), [2, 3, 4, 5]);
  assert.equal(periods({ pids: [100], tids: [200] }), []);
  assert.equal(periods({ pids: [] }), []);
  assert.equal(periods({ parents: [100] }), [2, 3, 4, 5]);
  assert.equal(periods({ threads: "kernel" }), [1]);
  assert.equal(calls({ threads: "kernel" }), []);
  assert.equal(joins({ threads: "user" }), [0, 1]);
  assert.equal(calls({ cgroup: match("42") }), [0, 1]);
  assert.equal(periods({ host: match("db*") }), []);
  assert.equal(periods({ host: match("web?") }).length, 6);
  assert.equal([selectionOf(analysis, { host: match("db*") }).host(), selectionOf(analysis, {}).host()], [false, true]);
});

test("cgroups: by path where that is known, else by id", () => {
  const known = buildAnalysis({ threads, cgroups: [{ id: 42, path: "/system.slice/mysql.service" }] });
  const selected = (text: string) =>
    rowsOf(threads.length, (row) => selectionOf(known, { cgroup: match(text) }).thread(row));
  assert.equal(selected("/system.slice/*"), [0]);
  assert.equal(selected("*/mysql.service"), [0]);
  assert.equal(selected("/mysql/"), [0], "a regular expression");
  assert.equal(selected("42"), []);
  assert.equal(selected("43"), [2]);
});

test("comm: a period's own, a call's thread's last", () => {
  assert.equal(periods({ comm: match("nginx") }), [3, 4, 5]);
  assert.equal(periods({ comm: match("/^nginx/") }), [2, 3, 4, 5]);
  assert.equal(calls({ comm: match("mysql*") }), [0, 1]);
  assert.is(selectionOf(analysis, { comm: match("nginx") }).thread(2), true);
  assert.is(selectionOf(analysis, { comm: match("nginx") }).thread(0), false);
});

test("a call's name means its number in each ABI, a number the kernel's own", () => {
  assert.equal(periods({ syscalls: ["futex"] }), [0, 3]);
  assert.equal(periods({ syscalls: ["202"] }), [0]);
  assert.equal(calls({ syscalls: ["getegid32"] }), [2]);
  assert.equal(calls({ syscalls: ["read", "202"] }), [0, 1]);
  assert.equal(periods({ syscalls: ["no_such_call"] }), []);
  const arm = buildAnalysis({ threads, recording: { arch: Arch.Aarch64 }, syscalls: [{ nr: 63 }, { nr: 0 }] });
  assert.is(selectionOf(arm, { syscalls: ["read"] }).call(0), true);
  assert.is(selectionOf(arm, { syscalls: ["read"] }).call(1), false);
});

test("errors are of calls alone; their sign does not matter", () => {
  assert.equal(calls({ errnos: [-11, 2] }), [1, 2]);
  assert.equal(calls({ errnos: [0] }), [0]);
  assert.equal(joins({ errnos: [11] }), [1]);
  assert.equal(periods({ errnos: [11] }), []);
});

test("states are of periods, and of what joined calls spent time in", () => {
  assert.equal(periods({ states: ["S"] }), [0]);
  assert.equal(periods({ states: ["D"] }), [3]);
  assert.equal(periods({ states: ["preempted"] }), [2]);
  assert.equal(periods({ states: ["runnable"] }), [4]);
  assert.equal(periods({ states: ["blocked"] }), [0, 1, 3, 5]);
  assert.equal(periods({ states: ["S", "preempted"] }), [0, 2]);
  assert.equal(joins({ states: ["D"] }), [1]);
  assert.equal(joins({ states: ["blocked"] }), [0, 1]);
  assert.equal(calls({ states: ["S"] }), []);
});

test("a frame of either stack, by its name as it is shown", () => {
  assert.equal(periods({ stack: /^ext4_/ }), [1]);
  assert.equal(periods({ stack: /do_syscall_64/ }), [1, 3]);
  assert.equal(periods({ stack: /^libc\.so\.6\+0x1234$/ }), [0]);
  assert.equal(periods({ notStack: /do_syscall_64/ }), [0, 2, 4, 5]);
  assert.equal(periods({ stack: /do_syscall/, notStack: /ext4/ }), [3]);
  assert.equal(joins({ stack: /main/ }), [0]);
  assert.equal(calls({ stack: /main/ }), [], "the table of ended calls has no stacks");
  // A pattern with state would answer every other time.
  assert.equal(periods({ stack: /do_syscall_64/g }), [1, 3]);
});

test("all that is asked must be true", () => {
  assert.equal(periods({ comm: match("nginx*"), states: ["D", "preempted"], stack: /do_syscall/ }), [3]);
});

type EventRow = Partial<Record<keyof typeof EventsColumn & string, number>>;

function eventsOf(rows: readonly EventRow[]): EventsTable {
  return readTable(
    {
      rowCount: () => rows.length,
      column: (_table, column) => {
        const spec = Object.values(eventsSpec).find(({ index }) => index === column)!;
        const name = EventsColumn[column] as keyof EventRow;
        const values = new spec.elements(new ArrayBuffer(rows.length * 8)).slice(0, rows.length);
        rows.forEach((row, at) => (values[at] = row[name] ?? 0));
        return values;
      },
    },
    Table.Events,
    eventsSpec,
  );
}

test("events: calls by result, periods by state, wakeups by who was woken", () => {
  const events = eventsOf([
    { Kind: EventKind.Syscall, Thread: 0, Nr: 0, Result: -11, UserStack },
    { Kind: EventKind.Syscall, Thread: 0, Nr: 0, Result: -5000 },
    { Kind: EventKind.Period, Thread: 2, Nr: 0, Class: OffcpuClass.Uninterruptible, KernelStack },
    { Kind: EventKind.Wakeup, Thread: 2, Nr: -1 },
  ]);
  const selected = (options: SelectionOptions) =>
    rowsOf(4, (row) => selectionOf(analysis, options).event(events, row));
  assert.equal(selected({}), [0, 1, 2, 3]);
  assert.equal(selected({ errnos: [11] }), [0]);
  assert.equal(selected({ errnos: [0] }), [1], "-5000 is no error");
  assert.equal(selected({ states: ["D"] }), [2]);
  assert.equal(selected({ syscalls: ["read"] }), [0, 1, 2]);
  assert.equal(selected({ tids: [200] }), [2, 3]);
  assert.equal(selected({ stack: /main/ }), [0]);
  assert.equal(selected({ notStack: /main|ext4/ }), [1, 3]);
});

test("a glob fits the whole name, a regular expression any part of it", () => {
  const fits = (pattern: string, ...names: string[]) => names.filter((name) => matchesText(match(pattern), name));
  assert.equal(fits("ngin", "nginx", "ngin"), ["ngin"]);
  assert.equal(fits("n*x", "nginx", "nx", "nginx1"), ["nginx", "nx"]);
  assert.equal(fits("k?[0-9]", "kw1", "kwx", "k11"), ["kw1", "k11"]);
  assert.equal(fits("[!a]b", "ab", "bb", "!b"), ["bb", "!b"]);
  assert.equal(fits("[]x]", "]", "x", "y"), ["]", "x"]);
  assert.equal(fits("a.b", "a.b", "axb"), ["a.b"]);
  assert.equal(fits("/gin/", "nginx", "gunicorn"), ["nginx"]);
  assert.equal(fits("/NGIN/i", "nginx"), ["nginx"]);
  assert.equal(fits("/system.slice/ng*", "/system.slice/nginx", "x"), ["/system.slice/nginx"]);
});

test("what is no pattern is refused with the place", () => {
  const refusal = (text: string) => {
    try {
      parseTextMatch(text, "--comm");
    } catch (error) {
      if (error instanceof UsageError) return error.message;
    }
    return "accepted";
  };
  assert.is(refusal("ab[c"), '--comm: the [ in column 3 of "ab[c" is not closed');
  assert.is(refusal("/(/"), '--comm: "/(/" is no pattern: Unterminated group');
  assert.is(refusal(""), '--comm takes a name, a glob or a /regular expression/, not ""');
});

test.run();
