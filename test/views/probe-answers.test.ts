// What probes answer from hand-made events, as numbers and as the text that a person reads, whole.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { OffcpuClass } from "../../assembly/format.js";
import { Edge, WakerKind } from "../../assembly/tables.js";
import type { EventBatch } from "../../analyzer/event-batch.js";
import { BlockRowsMax, Evaluator } from "../../analyzer/expressions/evaluator.js";
import { readProbe } from "../../analyzer/expressions/probe.js";
import { probeCsv, probeCsvHeader, probeText } from "../../analyzer/exports/probe-text.js";
import { formOf, ProbeRun, rowAt } from "../../analyzer/views/probe-answers.js";
import type { CountsAnswer, HistogramAnswer, ProbeAnswer, Question } from "../../analyzer/views/probe-answers.js";
import { TupleCounts } from "../../analyzer/views/tuple-counts.js";
import { LinearHistogram, Log2Histogram } from "../../analyzer/views/value-histogram.js";
import { buildEvents, periodEvent, syscallEvent } from "./build-events.js";

const test = suite("views/probe-answers");

interface Asked {
  readonly form?: Question["form"];
  readonly by?: string;
  readonly open?: boolean;
  readonly idle?: boolean;
}

function ask(text: string, batches: readonly EventBatch[], asked: Asked = {}): ProbeAnswer {
  const probe = readProbe(text, asked.by);
  const run = new ProbeRun(new Evaluator(), [{ probe, form: asked.form ?? formOf(probe) }], asked);
  for (const batch of batches) run.take(batch, 0, batch.events.length);
  return run.answers()[0]!;
}

const textOf = (answer: ProbeAnswer) => probeText([answer], { top: Infinity });

/** Calls of read with these results. */
function reads(...results: readonly number[]): EventBatch {
  return buildEvents(results.map((result) => syscallEvent({ nr: 0, comm: "a", result })));
}

test("powers of two in bcc's layout", () => {
  const answer = ask("read:ret", [reads(0, 1, 1, 5, 5, 6, 7, 16, 17, 1000)]);
  assert.is(
    textOf(answer),
    `     ret                 : count     distribution
         0 -> 1          : 3        |******************************          |
         2 -> 3          : 0        |                                        |
         4 -> 7          : 4        |****************************************|
         8 -> 15         : 0        |                                        |
        16 -> 31         : 2        |********************                    |
        32 -> 63         : 0        |                                        |
        64 -> 127        : 0        |                                        |
       128 -> 255        : 0        |                                        |
       256 -> 511        : 0        |                                        |
       512 -> 1023       : 1        |**********                              |
`,
  );
});

test("errors have a row of their own, and units a place in the title", () => {
  const batch = buildEvents([
    syscallEvent({ nr: 0, result: -11, durationNs: 3 }),
    syscallEvent({ nr: 0, result: 2, durationNs: 2 }),
  ]);
  assert.is(
    textOf(ask("read:ret#sizes", [batch])),
    `     sizes               : count     distribution
           <  0          : 1        |****************************************|
         0 -> 1          : 0        |                                        |
         2 -> 3          : 1        |****************************************|
`,
  );
  assert.match(textOf(ask("read:$latency", [batch])), "     $latency (ns)       : count     distribution\n");
});

test("beyond 32 bits the layout is wider, as bcc's", () => {
  const lines = textOf(ask("read:ret", [reads(2 ** 40)])).split("\n");
  assert.is(lines[0], "               ret                           : count     distribution");
  assert.is(lines.length, 1 + 41 + 1);
  assert.is(lines[41], "       1099511627776 -> 2199023255551        : 1        |********************|");
});

test("buckets of powers of two", () => {
  const bucketOf = (value: number) => {
    const histogram = new Log2Histogram();
    histogram.add(value);
    return histogram.rows().at(-1)!;
  };
  for (let exponent = 1; exponent < 53; exponent++) {
    assert.equal(bucketOf(2 ** exponent), { from: 2 ** exponent, to: 2 ** (exponent + 1) - 1, count: 1 });
    assert.is(bucketOf(2 ** exponent - 1).to, 2 ** exponent - 1);
  }
  assert.equal(bucketOf(-5), { from: undefined, to: -1, count: 1 });
  assert.is(bucketOf(2 ** 70).from, 2 ** 63);
});

test("equal steps in bpftrace's layout", () => {
  const answer = ask("read:ret", [reads(-1, -2, 0, 99, 100, 350, 350, 350, 400, 5000)], {
    form: { min: 0, max: 400, step: 100 },
  });
  assert.is(
    textOf(answer),
    `ret:
(..., 0)               2 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@                  |
[0, 100)               2 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@                  |
[100, 200)             1 |@@@@@@@@@@@@@@@@@                                   |
[200, 300)             0 |                                                    |
[300, 400)             3 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@|
[400, ...)             2 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@                  |
`,
  );
  const kilo = ask("read:ret", [reads(1024, 5000)], { form: { min: 0, max: 4096, step: 1024 } });
  assert.equal(textOf(kilo).match(/^[[(].*?\)/gm), ["[1K, 2K)", "[2K, 3K)", "[3K, 4K)", "[4K, ...)"]);
});

test("a last step that is shorter, and one that nothing is in", () => {
  const histogram = new LinearHistogram({ min: 10, max: 35, step: 10 });
  for (const value of [10, 34]) histogram.add(value);
  assert.equal(histogram.rows(), [
    { from: 10, to: 19, count: 1 },
    { from: 20, to: 29, count: 0 },
    { from: 30, to: 34, count: 1 },
  ]);
  assert.equal(new LinearHistogram({ min: 0, max: 1, step: 1 }).rows(), []);
});

const opens = buildEvents([
  syscallEvent({ nr: 257, comm: "cat", result: 3 }),
  syscallEvent({ nr: 257, comm: "cat", result: -2 }),
  syscallEvent({ nr: 257, comm: "ls", result: -2 }),
  syscallEvent({ nr: 257, comm: "cat", result: -2 }),
  syscallEvent({ nr: 0, comm: "cat", result: -9 }),
  syscallEvent({ nr: 0, comm: "ls", result: 100 }),
  syscallEvent({ nr: 0, comm: "ls", result: 50 }),
]);

test("counts of tuples in argdist's layout, errors by name", () => {
  assert.is(
    textOf(ask("openat:comm,errno", [opens], { form: "counts" })),
    "openat:comm,errno\n" +
      "\tCOUNT      EVENT\n" +
      "\t2          comm = cat, errno = ENOENT\n" +
      "\t1          comm = cat, errno = 0\n" +
      "\t1          comm = ls, errno = ENOENT\n",
  );
  const answer = ask("ret < 0:syscall#failed", [opens]) as CountsAnswer;
  assert.equal(answer.rows, [{ values: ["openat"], count: 3 }, { values: ["read"], count: 1 }]);
  assert.is(probeText([answer], { top: 1 }), "failed\n\tCOUNT      EVENT\n\t3          syscall = openat\n");
});

test("sums of the last number for each tuple before it", () => {
  const answer = ask("ret > 0:comm,ret", [opens], { form: "sums" });
  assert.is(
    textOf(answer),
    "ret > 0:comm,ret\n" +
      "\tSUM              COUNT      EVENT\n" +
      "\t150              2          comm = ls\n" +
      "\t3                1          comm = cat\n",
  );
  assert.match(textOf(ask("read:ret > 0:ret", [opens], { form: "sums" })), "\t150              2          all\n");
});

test("a histogram for each of what is told apart", () => {
  const answer = ask("read:ret", [opens], { by: "comm" }) as HistogramAnswer;
  assert.equal(answer.columns, ["comm"]);
  assert.equal(answer.histograms.map(({ values, count }) => ({ values, count })), [
    { values: ["ls"], count: 2 },
    { values: ["cat"], count: 1 },
  ]);
  assert.match(textOf(answer), /^comm = ls\n {5}ret .*\n[^]*\n\ncomm = cat\n {5}ret /);
});

test("several probes are named, nothing is said to be nothing", () => {
  const answers = [ask("read:ret", [opens]), ask("write:ret", [opens]), ask("write:comm", [opens])];
  const text = probeText(answers, { top: Infinity });
  assert.match(text, /^read:ret\n {5}ret {17}: count/);
  assert.match(text, "\n\nwrite:ret\nno values of write:ret\n\nwrite:comm\n\tCOUNT      EVENT\n");
});

test("off-CPU periods: cut-off and idle ones are counted apart, wakeups only where one was", () => {
  const batch = buildEvents([
    periodEvent({ durationNs: 10, blockedNs: 6, runnableNs: 4, class: OffcpuClass.Interruptible, wakerKind: WakerKind.Thread }),
    periodEvent({ durationNs: 7, class: OffcpuClass.Preempted }),
    periodEvent({ durationNs: 9, class: OffcpuClass.Interruptible, edge: Edge.End }),
    periodEvent({ durationNs: 8, class: OffcpuClass.IdleKernel, wakerKind: WakerKind.Interrupt }),
    syscallEvent({ nr: 0, durationNs: 5 }),
  ]);
  const asked = (text: string, options: Asked = {}) => {
    const { events, open, idle } = ask(text, [batch], options);
    return { events, open, idle };
  };
  assert.equal(asked("offcpu:duration"), { events: 2, open: 1, idle: 1 });
  assert.equal(asked("offcpu:duration", { open: true, idle: true }), { events: 4, open: 0, idle: 0 });
  assert.equal(asked("wakeup:latency"), { events: 1, open: 0, idle: 1 });
  assert.equal(asked('offcpu:state == "preempted":preempted'), { events: 1, open: 0, idle: 0 });
});

test("an event without a value is not counted, and that is counted", () => {
  const batch = buildEvents([syscallEvent({ nr: 0, durationNs: -1 }), syscallEvent({ nr: 0, durationNs: 9 })]);
  const { events, withoutValue } = ask("read:latency", [batch]);
  assert.equal([events, withoutValue], [1, 1]);
});

test("blocks and batches make no difference", () => {
  const many = Array.from({ length: 3 * BlockRowsMax + 5 }, (_, at) => at % 97);
  const whole = ask("read:ret % 2 == 0:ret", [reads(...many)], { form: "counts" }) as CountsAnswer;
  const cut = ask("read:ret % 2 == 0:ret", [reads(...many.slice(0, 5000)), reads(...many.slice(5000))], { form: "counts" });
  assert.equal(whole, cut);
  assert.is(whole.rows.length, 49);
  assert.is(whole.events, many.filter((value) => value % 2 === 0).length);
});

test("compat calls are those of their own ABI", () => {
  const batch = buildEvents([syscallEvent({ nr: 3, compat: 1, result: 7 }), syscallEvent({ nr: 3, result: 0 })]);
  assert.is(ask("read:ret", [batch]).events, 1);
  assert.is(ask("close:ret", [batch]).events, 1);
  assert.is(ask("3:ret", [batch]).events, 2);
});

test("only what is selected, and a run can begin anew", () => {
  const run = new ProbeRun(new Evaluator(), [{ probe: readProbe("*:ret"), form: "counts" }]);
  const batch = reads(1, 2, 3, 4);
  run.take(batch, 1, 4, (row) => row !== 2);
  assert.equal((run.answers()[0] as CountsAnswer).rows.map(({ values }) => values[0]), [2, 4]);
  run.clear();
  assert.equal((run.answers()[0] as CountsAnswer).rows, []);
  run.take(batch, 0, 1);
  assert.equal((run.answers()[0] as CountsAnswer).rows, [{ values: [1], count: 1 }]);
});

test("tuples of any numbers are told apart", () => {
  const values = [0, -0, 1, -1, 2 ** 31, 2 ** 32, 2 ** 32 + 1, -(2 ** 40), 2 ** 53 - 1, 7];
  const pairs = values.flatMap((a) => values.map((b) => [a, b] as const));
  const counts = new TupleCounts(2);
  for (let turn = 0; turn < 30; turn++) {
    const columns = [0, 1].map((side) => Float64Array.from(pairs, (pair) => pair[side]! + (side === 0 ? turn * 1e6 : 0)));
    for (const _ of [1, 2]) counts.add(columns, Uint32Array.from(pairs.keys()), pairs.length);
  }
  // 0 and -0 are one number: 9 by 9 pairs a turn.
  assert.is(counts.length, 30 * 81);
  assert.is(counts.rows().reduce((sum, { count }) => sum + count, 0), 30 * 200);
});

test("CSV of each form", () => {
  const csv = (answer: ProbeAnswer) => probeCsvHeader(answer).join(",") + "\n" + probeCsv(answer, [], Infinity).replaceAll("\r", "");
  assert.is(csv(ask("openat:comm,errno", [opens])), "comm,errno,count\ncat,ENOENT,2\ncat,0,1\nls,ENOENT,1\n");
  assert.is(csv(ask("read:ret", [reads(-5, 3)])), "from,to,count\n,-1,1\n0,1,0\n2,3,1\n");
  assert.is(csv(ask("read:ret > 0:comm,ret", [opens], { form: "sums" })), "comm,count,sum\nls,2,150\n");
  assert.is(csv(ask('*:comm == "ls" ? "a,\\"b" : "c"', [opens])).split("\n")[1], "c,4");
  assert.is(csv(ask('*:comm == "ls" ? "a,\\"b" : "c"', [opens])).split("\n")[2], '"a,""b",3');
});

test("the first row at or after a time", () => {
  const times = Float64Array.of(1, 2, 2, 5);
  assert.equal([0, 1, 2, 3, 5, 6].map((time) => rowAt(times, time, 0)), [0, 0, 1, 3, 3, 4]);
  assert.is(rowAt(times, 2, 2), 2);
});

test.run();
