// Idle rules: what a line means, what is said of a line that means nothing, and which periods and
// calls the default rules call idle.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ClassUnknown, OffcpuClass } from "../../assembly/format.js";
import { Edge } from "../../assembly/tables.js";
import { UsageError } from "../../analyzer/errors.js";
import { completeness, mergeCompleteness } from "../../analyzer/views/completeness.js";
import { defaultIdleRules } from "../../analyzer/views/default-idle-rules.js";
import { idleRules, idleRulesOfCalls } from "../../analyzer/views/idle-rows.js";
import { parseIdleRules } from "../../analyzer/views/idle-rules.js";
import { parseTextMatch } from "../../analyzer/views/text-match.js";
import { isSelected } from "../../analyzer/views/periods.js";
import type { PeriodOptions } from "../../analyzer/views/periods.js";
import { buildAnalysis, KernelStack, twoStacks, twoThreads, UserStack } from "./build-analysis.js";
import type { AnalysisParts } from "./build-analysis.js";

const test = suite("views/idle-rules");

type OffcpuRows = NonNullable<AnalysisParts["offcpu"]>;

const EpollWait = 232;
const Fsync = 74;
const Futex = 202;
const asleep = { comm: "mysqld", class: OffcpuClass.Interruptible, nr: -1, periods: 2, blockedNs: 4_000_000 };

function build(offcpu: OffcpuRows, calls: NonNullable<AnalysisParts["calls"]> = []) {
  return buildAnalysis({ threads: twoThreads, ...twoStacks, offcpu, calls });
}

/** By row: the number of the rule of `text` that it is idle by, or -1. */
function rulesOf(text: string, offcpu: OffcpuRows): number[] {
  return [...idleRules(build(offcpu), parseIdleRules(text, "rules"))];
}

function problemOf(text: string): string {
  try {
    parseIdleRules(text, "my.rules");
  } catch (error) {
    assert.instance(error, UsageError);
    return (error as Error).message;
  }
  return "none";
}

const match = (text: string) => parseTextMatch(text, "value");

test("a rule keeps its text without its comment, and its conditions", () => {
  const text = '\n  # all of it\nsyscall poll /^epoll_/ # loops\n\nnot comm "a b" and mean 1.5ms';
  assert.equal(parseIdleRules(text, "rules"), [
    {
      text: "syscall poll /^epoll_/",
      conditions: [{ key: "syscall", negated: false, values: [match("poll"), match("/^epoll_/")], meanNs: 0 }],
    },
    {
      text: 'not comm "a b" and mean 1.5ms',
      conditions: [
        { key: "comm", negated: true, values: [match("a b")], meanNs: 0 },
        { key: "mean", negated: false, values: [], meanNs: 1_500_000 },
      ],
    },
  ]);
});

test("a problem is named with its line and column", () => {
  const problems = {
    "cmm bash": 'line 1, column 1: "cmm" is no condition; there are syscall, comm, stack, state, thread, mean',
    "\n\n  comm": "line 3, column 3: comm needs a value",
    "comm a and": 'line 1, column 8: a condition is missing at "and"',
    "and comm a": 'line 1, column 1: a condition is missing at "and"',
    "comm a and and comm b": 'line 1, column 12: a condition is missing at "and"',
    not: 'line 1, column 1: a condition is missing at "not"',
    "comm a and not": 'line 1, column 12: a condition is missing at "not"',
    "state idle asleep":
      'line 1, column 12: "asleep" is no state; there are preempted, runnable, idle, uninterruptible, interruptible, other, unknown',
    "thread green": 'line 1, column 8: "green" is no thread; there are kernel, user',
    "syscall epol_wait": 'line 1, column 9: "epol_wait" is no system call',
    'comm "a b': 'line 1, column 6: "a is no name in quotes',
    'comm ""': 'line 1, column 6: "" is no name in quotes',
    "stack a[b": 'line 1, column 7: stack: the [ in column 2 of "a[b" is not closed',
    "stack /(/": 'line 1, column 7: stack: "/(/" is no pattern: Unterminated group',
    "mean 5": 'line 1, column 6: "5" is no length of time, as 100ms is',
    "mean 5s 6s": 'line 1, column 9: mean takes one value, not also "6s"',
  };
  for (const [text, sentence] of Object.entries(problems)) {
    assert.is(problemOf(text), `my.rules, ${sentence}`, text);
  }
});

test("each condition sees what it is named after", () => {
  const rows = [
    { ...asleep, nr: EpollWait, kernelStack: KernelStack },
    { ...asleep, thread: 1, comm: "kworker/0:1", class: OffcpuClass.Uninterruptible, userStack: UserStack },
    { ...asleep, nr: 252, compat: 1, periods: 1 },
  ];
  const idle = (text: string) => rulesOf(text, rows).map((rule) => rule === 0);
  assert.equal(idle("syscall epoll_wait"), [true, false, false]);
  assert.equal(idle("syscall exit_group"), [false, false, true]); // 252 of the 32-bit calls
  assert.equal(idle("comm kworker/0:1"), [false, true, false]);
  assert.equal(idle("comm /^my/"), [true, false, true]);
  assert.equal(idle("comm my"), [false, false, false]);
  assert.equal(idle("comm my* nobody"), [true, false, true]);
  assert.equal(idle("stack ext4_sync_file"), [true, false, false]);
  assert.equal(idle("stack do_syscall_64 main"), [true, true, false]);
  assert.equal(idle("state uninterruptible"), [false, true, false]);
  assert.equal(idle("thread kernel"), [false, true, false]);
  assert.equal(idle("thread user"), [true, false, true]);
  assert.equal(idle("mean 3ms"), [false, false, true]);
  assert.equal(idle("mean 2ms"), [true, true, true]);
  assert.equal(idle("not thread kernel and not syscall epoll_wait"), [false, false, true]);
});

test("the first rule that fits is named", () => {
  assert.equal(rulesOf("comm nobody\ncomm mysqld\nstate interruptible", [asleep]), [1]);
});

test("whoever wants to run is not idle, whatever call it is in, unless the state is named", () => {
  const rows = [OffcpuClass.Preempted, OffcpuClass.Runnable, OffcpuClass.Interruptible].map((class_) => ({
    ...asleep,
    nr: EpollWait,
    class: class_,
  }));
  assert.equal(rulesOf("syscall epoll_wait", rows), [-1, -1, 0]);
  assert.equal(rulesOf("state preempted", rows), [0, -1, -1]);
});

test("the default rules: what idles and what hurts", () => {
  const idle = [
    { ...asleep, class: OffcpuClass.IdleKernel, thread: 1 },
    { ...asleep, thread: 1 },
    { ...asleep, nr: EpollWait },
    { ...asleep, nr: 168, compat: 1 }, // poll
    { ...asleep, nr: 35 }, // nanosleep
    { ...asleep, nr: 288 }, // accept4
    { ...asleep, nr: Futex, periods: 1, blockedNs: 100_000_000 },
  ];
  const hurting = [
    { ...asleep, class: OffcpuClass.Uninterruptible, thread: 1 },
    { ...asleep, nr: Fsync, class: OffcpuClass.Uninterruptible },
    { ...asleep, nr: 0 },
    { ...asleep, nr: Futex, periods: 1, blockedNs: 99_999_999 },
    { ...asleep, nr: EpollWait, class: OffcpuClass.Preempted },
    { ...asleep, class: ClassUnknown },
    asleep,
  ];
  const rules = [...idleRules(build([...idle, ...hurting]), defaultIdleRules)];
  assert.equal(rules.map((rule) => rule !== -1), [...idle.map(() => true), ...hurting.map(() => false)]);
});

test("calls are idle by what they did off the CPU, if that was waiting", () => {
  const poll = { nr: EpollWait, count: 1, totalNs: 100 };
  const rows = [
    { ...poll, interruptibleNs: 90, runnableNs: 10 },
    { ...poll, interruptibleNs: 10, runnableNs: 90 },
    { ...poll, onCpuNs: 100 },
    { nr: Fsync, count: 1, totalNs: 100, uninterruptibleNs: 100 },
  ];
  const byCall = (text: string) => [...idleRulesOfCalls(build([], rows), parseIdleRules(text, "rules"))];
  assert.equal(byCall("syscall epoll_wait"), [0, -1, -1, -1]);
  assert.equal(byCall("state uninterruptible"), [-1, -1, -1, 0]);
});

const mixed = [
  { ...asleep, nr: EpollWait, blockedNs: 500 },
  { ...asleep, class: OffcpuClass.IdleKernel, thread: 1, blockedNs: 70 },
  { ...asleep, nr: Fsync, class: OffcpuClass.Uninterruptible, blockedNs: 30 },
  { ...asleep, nr: EpollWait, edge: Edge.End, blockedNs: 9 },
];

function selected(options: PeriodOptions): number[] {
  const analysis = build(mixed);
  return mixed.flatMap((row, at) => (isSelected(analysis, at, options) ? [row.blockedNs] : []));
}

test("modes: as ever, all, without idling, only idling; rules of one's own", () => {
  assert.equal(selected({}), [500, 30]);
  assert.equal(selected({ idle: "show" }), [500, 70, 30]);
  assert.equal(selected({ idle: "hide" }), [30]);
  assert.equal(selected({ idle: "only" }), [500, 70]);
  assert.equal(selected({ idle: "only", open: true }), [500, 70, 9]);
  const own = parseIdleRules("syscall fsync", "own");
  assert.equal(selected({ idle: "hide", idleRules: own }), [500, 70]);
  assert.equal(selected({ idle: "only", idleRules: own }), [30]);
});

test("what was left out is counted by rule, and merges", () => {
  const analysis = build(mixed);
  const idleOf = (options: PeriodOptions) => completeness([analysis], options).idle;
  const epoll = "syscall epoll_wait epoll_pwait epoll_pwait2 epoll_wait_old poll ppoll ppoll_time64";
  assert.equal(idleOf({ idle: "hide" }), {
    periods: 4,
    totalNs: 570,
    byRule: [
      { rule: epoll, totalNs: 500 },
      { rule: "state idle", totalNs: 70 },
    ],
  });
  assert.equal(idleOf({ idle: "only" }), { periods: 2, totalNs: 30, byRule: [] });
  const options = { idle: "hide", open: true } as const;
  const part = completeness([analysis], options);
  assert.equal(mergeCompleteness([part, part]), completeness([analysis, build(mixed)], options));
});

test.run();
