// The evaluator: every field of hand-made events, and random expressions over random events against
// the naive evaluation of one event at a time.

import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { OffcpuClass } from "../../assembly/format.js";
import { EventKind, WakerKind } from "../../assembly/tables.js";
import type { EventBatch } from "../../analyzer/event-batch.js";
import { BlockRowsMax, Evaluator } from "../../analyzer/expressions/evaluator.js";
import { parseExpression } from "../../analyzer/expressions/parser.js";
import { readColumns, readProbe } from "../../analyzer/expressions/probe.js";
import type { CheckedExpression } from "../../analyzer/expressions/probe.js";
import { buildEvents, periodEvent, syscallEvent, wakeupEvent } from "../views/build-events.js";
import { naive } from "./naive.js";
import type { Value } from "./naive.js";

const test = suite("expressions/evaluator");

const allKinds = [EventKind.Syscall, EventKind.Period, EventKind.Wakeup];

/** The values of an expression for every event; null for none. */
function valuesOf(expression: CheckedExpression, batches: readonly EventBatch[], blockRows = BlockRowsMax): Value[] {
  const evaluator = new Evaluator();
  const column = evaluator.compile(expression.meaning);
  const values: Value[] = [];
  for (const batch of batches) {
    evaluator.begin(batch);
    for (let from = 0; from < batch.events.length; from += blockRows) {
      const count = Math.min(blockRows, batch.events.length - from);
      evaluator.block(from, count);
      for (const value of column.values().subarray(0, count)) {
        const isText = expression.meaning.type === "text";
        values.push(Number.isNaN(value) ? null : isText ? evaluator.dictionary.text(value) : value);
      }
    }
  }
  return values;
}

function fieldOf(name: string, batch: EventBatch): Value[] {
  return valuesOf(readColumns(name, allKinds)[0] as CheckedExpression, [batch]);
}

const mixed = buildEvents([
  syscallEvent({ thread: 0, comm: "mysqld", nr: 0, result: 100, durationNs: 5000, offcpuNs: 2000, timeNs: 7000, cpu: 1 }),
  syscallEvent({ thread: 0, comm: "mysqld", nr: 257, result: -2, durationNs: -1, timeNs: 8000 }),
  syscallEvent({ thread: 0, comm: "old", nr: 5, compat: 1, result: -4096, durationNs: 0, timeNs: 8001 }),
  periodEvent({
    thread: 0, comm: "mysqld", nr: 202, durationNs: 900, blockedNs: 600, runnableNs: 300, timeNs: 9000,
    class: OffcpuClass.Interruptible, wakerKind: WakerKind.Thread, waker: 1,
  }),
  periodEvent({ thread: 1, comm: "kworker/0:1", durationNs: 40, timeNs: 9001, class: OffcpuClass.Preempted }),
  wakeupEvent({ thread: 0, comm: "mysqld", wakerKind: WakerKind.Interrupt, timeNs: 9002, cpu: 3 }),
]);

test("every field, of every kind of event", () => {
  const expected: Readonly<Record<string, Value[]>> = {
    comm: ["mysqld", "mysqld", "old", "mysqld", "kworker/0:1", "mysqld"],
    pid: [100, 100, 100, 100, 7, 100],
    $TID: [101, 101, 101, 101, 7, 101],
    cpu: [1, 0, 0, 0, 0, 3],
    time: [7000, 8000, 8001, 9000, 9001, 9002],
    user: [1, 1, 1, 1, 0, 1],
    kernel: [0, 0, 0, 0, 1, 0],
    kind: ["syscall", "syscall", "syscall", "period", "period", "wakeup"],
    syscall: ["read", "openat", "open", "futex", null, null],
    nr: [0, 257, 5, 202, null, null],
    ret: [100, -2, -4096, null, null, null],
    $retval: [100, -2, -4096, null, null, null],
    errno: [0, 2, 0, null, null, null],
    $latency: [5000, null, 0, 300, null, null],
    oncpu: [3000, null, 0, null, null, null],
    offcpu: [2000, null, 0, null, null, null],
    duration: [5000, null, 0, 900, 40, null],
    blocked: [null, null, null, 600, 0, null],
    runnable: [null, null, null, 300, 0, null],
    preempted: [null, null, null, 0, 40, null],
    state: [null, null, null, "interruptible", "preempted", null],
    waker: [null, null, null, "kworker/0:1", null, "[interrupt]"],
    waker_pid: [null, null, null, 7, null, null],
    waker_tid: [null, null, null, 7, null, null],
  };
  for (const [name, values] of Object.entries(expected)) assert.equal(fieldOf(name, mixed), values, name);
});

test("no value goes through what is computed, unless the rest decides", () => {
  const of = (text: string) => fieldOf(text, mixed).slice(0, 2);
  assert.equal(of("latency + 1"), [5001, null]);
  assert.equal(of("!latency"), [0, null]);
  assert.equal(of("latency > 1ms"), [0, null]);
  assert.equal(of("latency != 0"), [1, null]);
  assert.equal(of("latency & 0xff"), [0x88, null]);
  assert.equal(of("latency && ret == 0"), [0, 0]);
  assert.equal(of("latency || ret"), [1, 1]);
  assert.equal(of("latency ? 1 : 2"), [1, null]);
  assert.equal(of("ret > 0 ? latency : 7"), [5000, 7]);
  assert.equal(of("1 / (ret - 100)"), [null, 0]);
  assert.equal(of("1 << 64"), [null, null]);
});

test("text is the same text whichever recording it comes from", () => {
  const one = buildEvents([syscallEvent({ comm: "a" }), syscallEvent({ comm: "b" })]);
  const other = buildEvents([syscallEvent({ comm: "b" }), syscallEvent({ comm: "c" })]);
  const expression = readProbe('*:comm == "b" ? "yes" : comm').expressions[0]!;
  assert.equal(valuesOf(expression, [one, other]), ["a", "yes", "yes", "c"]);
});

test("a dictionary forgets all but constants, and nothing is mistaken after it", () => {
  const evaluator = new Evaluator();
  const matched = evaluator.compile(readProbe('*:comm =~ "b*" || syscall == "write"').expressions[0]!.meaning);
  const name = evaluator.compile(readProbe("*:syscall").expressions[0]!.meaning);
  const constants = evaluator.dictionary.size;
  for (const comms of [["a", "b1"], ["b2", "a"], ["c", "b1"]]) {
    const batch = buildEvents(comms.map((comm, nr) => syscallEvent({ comm, nr })));
    evaluator.dictionary.forget();
    assert.is(evaluator.dictionary.size, constants);
    evaluator.begin(batch);
    evaluator.block(0, 2);
    assert.equal([...matched.values().subarray(0, 2)], [comms[0]!.startsWith("b") ? 1 : 0, 1]);
    assert.equal([...name.values().subarray(0, 2)].map((id) => evaluator.dictionary.text(id)), ["read", "write"]);
  }
});

const numbers = ["ret", "pid", "latency", "cpu"];
const texts = ["comm", "syscall"];
const operators = ["*", "/", "%", "+", "-", "<<", ">>", "<", "<=", ">", ">=", "==", "!=", "&", "^", "|", "&&", "||"];

/** Expressions as text, with all their parentheses. */
const expressions = fc.letrec<{ number: string; text: string }>((tie) => ({
  number: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom(...numbers),
    fc.constantFrom("0", "1", "3", "63", "64", "255", "0x100000000", "4294967295", "9007199254740991"),
    fc.tuple(tie("number"), fc.constantFrom(...operators), tie("number")).map((parts) => `(${parts.join(" ")})`),
    fc.tuple(fc.constantFrom("!", "~", "-"), tie("number")).map((parts) => `(${parts.join("")})`),
    fc.tuple(tie("number"), tie("number"), tie("number")).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
    fc.tuple(tie("text"), fc.constantFrom("==", "!="), tie("text")).map((parts) => `(${parts.join(" ")})`),
    fc.tuple(tie("text"), fc.constantFrom("*", "a*", "*d", "r*d", "read", "")).map(([text, glob]) =>
      glob === "" ? `(${text} == "")` : `(${text} =~ "${glob}")`,
    ),
  ),
  text: fc.oneof(
    { maxDepth: 2 },
    fc.constantFrom(...texts, '"read"', '"a"', '"ab"'),
    fc.tuple(tie("number"), tie("text"), tie("text")).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
  ),
}));

const event = fc.record({
  ret: fc.oneof(fc.integer({ min: -4096, max: 300 }), fc.maxSafeInteger()),
  durationNs: fc.oneof(fc.constant(-1), fc.constant(0), fc.integer({ min: 0, max: 2 ** 40 })),
  comm: fc.constantFrom("a", "ab", "read", ""),
  nr: fc.constantFrom(0, 1, 257),
  cpu: fc.integer({ min: 0, max: 70 }),
  thread: fc.constantFrom(0, 1),
});
type Event = typeof event extends fc.Arbitrary<infer T> ? T : never;

const callNames: Readonly<Record<number, string>> = { 0: "read", 1: "write", 257: "openat" };

function naiveEvent({ ret, durationNs, comm, nr, cpu, thread }: Event): Record<string, Value> {
  const latency = durationNs < 0 ? null : durationNs;
  return { ret, latency, comm, syscall: callNames[nr]!, cpu, pid: thread === 0 ? 100 : 7 };
}

test("random expressions over random events are what one event at a time gives", () => {
  const events = fc.array(event, { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(expressions.number, events, fc.integer({ min: 1, max: 20 }), (text, rows, blockRows) => {
      const batch = buildEvents(rows.map(({ ret, ...row }) => syscallEvent({ ...row, result: ret })));
      const expression = readProbe(`*:${text}`).expressions[0]!;
      const { syntax } = parseExpression(text);
      const expected = rows.map((row) => naive(syntax, naiveEvent(row)));
      const found = valuesOf(expression, [batch], blockRows);
      // 0 and -0 are the same number.
      assert.equal(found.map(withoutSign), expected.map(withoutSign), text);
    }),
    { numRuns: 1000 },
  );
});

function withoutSign(value: Value): Value {
  return value === 0 ? 0 : value;
}

test("arguments: by name in each call, by position, text", () => {
  const batch = buildEvents([
    syscallEvent({ nr: 0, arguments: [3, 1000, 4096] }),
    syscallEvent({ nr: 257, arguments: [-100, "/etc/hosts", 0x80000, 0] }),
    syscallEvent({ nr: 2, arguments: ["/tmp/x", 2, 0] }),
    periodEvent({ thread: 0 }),
  ]);
  const of = (probe: string) => valuesOf(readProbe(probe).expressions[0]!, [batch]);
  assert.equal(of("read:count"), [4096, null, null, null]);
  assert.equal(of("openat:filename"), [null, "/etc/hosts", null, null]);
  assert.equal(of("open,openat:args.flags & 0xff"), [null, 0, 2, null]);
  assert.equal(of("*:filename"), [null, "/etc/hosts", "/tmp/x", null]);
  assert.equal(of("*:arg0"), [3, -100, 0x7ffd0000, null]);
});

test("an int has its sign, whatever stands above it in the register", () => {
  const batch = buildEvents([
    syscallEvent({ nr: 0, arguments: [2 ** 32 - 1, 1000, 2 ** 32 - 1] }),
    syscallEvent({ nr: 257, arguments: [2 ** 32 - 100, "/etc/hosts", 2 ** 31, 2 ** 31] }),
    syscallEvent({ nr: 257, arguments: [-100, "/etc/hosts", 2 ** 32, 0] }),
  ]);
  const of = (probe: string) => valuesOf(readProbe(probe).expressions[0]!, [batch]);
  assert.equal(of("*:fd == -1"), [1, null, null]);
  assert.equal(of("*:count"), [2 ** 32 - 1, null, null], "a size");
  assert.equal(of("openat:dfd"), [null, -100, -100]);
  assert.equal(of("openat:flags"), [null, -(2 ** 31), 2 ** 32]);
  assert.equal(of("openat:mode"), [null, 2 ** 31, 0]);
  assert.equal(of("*:arg0"), [2 ** 32 - 1, 2 ** 32 - 100, -100], "by position, what was passed");
});

/** What a recording is refused with, of which these batches are all; "" if it is not. */
function refusal(probe: string, batches: readonly EventBatch[]): string {
  const evaluator = new Evaluator();
  const column = evaluator.compile(readProbe(probe).expressions[0]!.meaning);
  evaluator.beginRecording();
  try {
    for (const batch of batches) {
      evaluator.begin(batch);
      evaluator.block(0, batch.events.length);
      column.values();
    }
    evaluator.endRecording();
  } catch (error) {
    assert.is((error as Error).name, "UsageError");
    return (error as Error).message;
  }
  return "";
}

/** The same where each batch was looked at by an evaluator of its own. */
function refusalOfParts(probe: string, batches: readonly EventBatch[]): string {
  const whole = new Evaluator();
  whole.compile(readProbe(probe).expressions[0]!.meaning);
  whole.beginRecording();
  for (const batch of batches) {
    const evaluator = new Evaluator();
    const column = evaluator.compile(readProbe(probe).expressions[0]!.meaning);
    evaluator.begin(batch);
    evaluator.block(0, batch.events.length);
    column.values();
    whole.addFound(evaluator.found());
  }
  try {
    whole.endRecording();
  } catch (error) {
    return (error as Error).message;
  }
  return "";
}

const notRead = 'read\'s argument "count" was not recorded; record with --args read';
const read = syscallEvent({ nr: 0 });
const readWithout = buildEvents([read]);
const readWith = buildEvents([syscallEvent({ nr: 0, arguments: [1, 2, 3] })]);
const writeWith = buildEvents([syscallEvent({ nr: 1, arguments: [1, 2, 3] })]);

test("arguments that a recording has none of are an error at its end, not an empty answer", () => {
  assert.is(refusal("read:count", [readWithout]), notRead);
  assert.is(refusal("*:count", [readWithout]), notRead);
  assert.is(refusal("read:count", [readWithout, writeWith]), notRead);
  assert.is(refusal("read:arg2", [readWithout]), "arg2 was not recorded; record with --args and the calls it is wanted of");
  assert.is(refusal("write:count", [readWithout]), "", "of no write it can be said");
  assert.equal(valuesOf(readProbe("read:count").expressions[0]!, [readWithout]), [null], "nothing is said before");
});

test("a call that lacks arguments which others have has no value", () => {
  assert.is(refusal("read:count", [readWithout, readWith]), "");
  assert.is(refusal("read:count", [readWith, readWithout]), "");
  assert.is(refusal("*:count", [writeWith, readWithout]), "");
  assert.equal(valuesOf(readProbe("read:count").expressions[0]!, [readWithout, readWith]), [null, 3]);
  assert.is(refusal("read:count", [buildEvents([syscallEvent({ nr: 0, durationNs: -1 })])]), "", "it began before");
});

test("what several evaluators found of arguments is put together", () => {
  const openWithout = buildEvents([syscallEvent({ nr: 257 })]);
  const cases: readonly (readonly [string, readonly EventBatch[]])[] = [
    ["read:count", [readWithout, readWithout]],
    ["read:count", [readWithout, readWith, readWithout]],
    ["*:flags", [writeWith, openWithout, readWithout]],
    ["*:count", [writeWith, readWithout]],
    ["read:arg2", [writeWith, readWithout]],
  ];
  for (const [probe, batches] of cases) assert.is(refusalOfParts(probe, batches), refusal(probe, batches), probe);
  assert.is(refusalOfParts("read:count", [readWithout, readWithout]), notRead);
  assert.is(refusalOfParts("*:count", [openWithout, readWithout]), notRead, "the first call that lacks it");
});

test("where the recorder was not asked for any, that is said at once", () => {
  const meta = (streams: string) => buildEvents([read], { meta: { streams } });
  assert.throws(() => valuesOf(readProbe("read:count").expressions[0]!, [meta("switch,wake,syscall")]), notRead);
  assert.equal(valuesOf(readProbe("read:count").expressions[0]!, [meta("syscall,arguments")]), [null]);
});

test("a pointer to text is not the text", () => {
  const open = (path: number | string) => buildEvents([syscallEvent({ nr: 257, arguments: [-100, path, 0, 0] })]);
  const noText = 'the text of openat\'s argument "filename" was not recorded; record with --args openat --strings 256';
  assert.is(refusal("openat:filename", [open(0x7ffd0000)]), noText);
  assert.is(refusal("openat:filename", [open(0x7ffd0000), open("/etc/hosts")]), "");
  assert.is(refusal("openat:filename", [open(0)]), "", "a null pointer has none");
});

test.run();
