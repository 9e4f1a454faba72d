// The oracle's answers to questions must be whole in themselves, on generated recordings and on parts
// of them: the parts of a call sum to it, events to the tables, wakeups to the periods that were
// woken, histograms to the calls, and a thread's times to the time it was observed. A failing
// recording is named by its seed, see ../engine/properties.test.ts.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { drawAsked, textOf } from "../engine/ask.js";
import { generateRecording } from "../recordings/generate.js";
import { Random } from "../recordings/random.js";
import { analyzeRecording, type Answer } from "../oracle/analyze.js";
import { callParts } from "../oracle/calls.js";
import { EventKind } from "../oracle/events.js";
import type { Histogram } from "../oracle/latencies.js";
import { Edge } from "../oracle/periods.js";
import { WakerKind } from "../oracle/wakers.js";

const recordings = 200;
const firstSeed = Number(process.env["SEED"] ?? "1");
console.log(`seeds ${firstSeed} to ${firstSeed + recordings - 1}`);

/** `begin` is when the window begins. */
type Property = (answer: Answer, begin: bigint) => readonly string[];

const properties = {
  "a thread's times sum to the time it was observed": ({ threads }) =>
    threads.flatMap((life) => {
      const sum = life.onCpu + life.blocked + life.runnable + life.preempted + life.unknown;
      return unequal(`thread ${life.tid}`, sum, life.end - life.begin);
    }),

  "nobody is observed outside the window": ({ threads, end }, begin) =>
    threads.flatMap((life) => {
      const inside = life.begin >= begin && (life.end <= end || life.end === life.begin);
      return inside ? [] : [`thread ${life.tid}: ${life.begin} to ${life.end}`];
    }),

  "the parts of calls sum to them, and they to the system calls that have a duration": (answer) => {
    const { calls, syscalls } = answer;
    const parts = calls.flatMap((row) => {
      const sum = callParts.reduce((total, part) => total + row[part], row.onCpu);
      return unequal(`a call of nr ${row.nr}`, sum, row.total);
    });
    return [
      ...parts,
      ...unequal("durations", sumOf(calls, (row) => row.total), sumOf(syscalls, (row) => row.total)),
      ...unequal("calls", sumOf(calls, (row) => row.count), sumOf(syscalls, (row) => row.count - row.noEnter)),
    ];
  },

  "histograms sum to the calls that have a duration": ({ calls, syscalls }) => [
    ...syscalls.flatMap((row) => unequal(`nr ${row.nr}`, countOf(row.latencies), row.count - row.noEnter)),
    ...calls.flatMap((row) => unequal(`a call of nr ${row.nr}`, countOf(row.latencies), row.count)),
  ],

  "events of periods sum to the off-CPU table": ({ eventRows, offcpu }) => {
    const periods = eventRows.filter(({ kind }) => kind === EventKind.Period);
    const all = (row: Answer["offcpu"][number]): bigint => row.blocked + row.runnable + row.preempted;
    return [
      ...unequal("periods", BigInt(periods.length), sumOf(offcpu, (row) => row.periods)),
      ...unequal("ns", sumOf(periods, (row) => row.duration), sumOf(offcpu, all)),
      ...unequal("blocked", sumOf(periods, (row) => row.blocked), sumOf(offcpu, (row) => row.blocked)),
      ...unequal("runnable", sumOf(periods, (row) => row.runnable), sumOf(offcpu, (row) => row.runnable)),
    ];
  },

  "events of system calls sum to their table": ({ eventRows, syscalls }) => {
    const calls = eventRows.filter(({ kind }) => kind === EventKind.Syscall);
    const durations = sumOf(calls, (row) => (row.duration < 0n ? 0n : row.duration));
    return [
      ...unequal("calls", BigInt(calls.length), sumOf(syscalls, (row) => row.count)),
      ...unequal("durations", durations, sumOf(syscalls, (row) => row.total)),
      ...unequal("off-CPU", sumOf(calls, (row) => row.offcpu), sumOf(syscalls, (row) => row.offcpu)),
    ];
  },

  "wakeups are the woken periods that ended, row by row": ({ offcpu }) =>
    offcpu.flatMap((row) => {
      const wakeups = [...row.wakeups.values()];
      const ended = row.edge === Edge.End ? 0n : row.woken;
      const runnable = sumOf(wakeups, (wakeup) => wakeup.runnable);
      return [
        ...unequal(`life ${row.life}, woken`, sumOf(wakeups, (wakeup) => wakeup.periods), ended),
        ...(runnable <= row.runnable ? [] : [`life ${row.life}: ${runnable} ns runnable of ${row.runnable}`]),
      ];
    }),

  "spurious wakeups are wakeups": ({ eventRows, spuriousWakes }) => {
    const wakeups = eventRows.filter(({ kind }) => kind === EventKind.Wakeup).length;
    return spuriousWakes <= BigInt(wakeups) ? [] : [`${spuriousWakes} of ${wakeups}`];
  },
} satisfies { [name: string]: Property };

function unequal(what: string, sum: bigint, expected: bigint): string[] {
  return sum === expected ? [] : [`${what}: ${sum}, not ${expected}`];
}

function sumOf<Row>(rows: readonly Row[], of: (row: Row) => bigint): bigint {
  return rows.reduce((sum, row) => sum + of(row), 0n);
}

function countOf(histogram: Histogram): bigint {
  return sumOf([...histogram.values()], (count) => count);
}

/** Everything of each recording that it can be asked, with a part and filters drawn at random. */
function* answers(): Generator<[string, Answer, bigint]> {
  for (let seed = firstSeed; seed < firstSeed + recordings; seed++) {
    const bytes = generateRecording(seed);
    const whole = analyzeRecording(bytes, { calls: true, events: true });
    const asked = drawAsked(new Random(seed), whole);
    const { startMonotonicNs } = whole.header;
    yield [`SEED=${seed} whole`, whole, startMonotonicNs];
    const part = analyzeRecording(bytes, { ...asked.questions, calls: true, events: true });
    yield [`SEED=${seed} ${textOf(asked)}`, part, startMonotonicNs + (asked.questions.from ?? 0n)];
  }
}

let failures: Map<string, string[]> | undefined;

function failuresOf(all: { readonly [name: string]: Property }): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const [what, answer, begin] of answers()) {
    for (const [name, property] of Object.entries(all)) {
      const wrong = property(answer, begin);
      if (wrong.length > 0) found.set(name, [...(found.get(name) ?? []), what, ...wrong.slice(0, 5)]);
    }
  }
  return found;
}

for (const name of Object.keys(properties)) {
  test(name, () => {
    failures ??= failuresOf(properties);
    const found = failures.get(name) ?? [];
    assert.ok(found.length === 0, found.slice(0, 20).join("\n"));
  });
}

test("generated recordings have what is asked for", () => {
  const seen = { chains: 0, knownInside: 0, idle: 0, interrupts: 0, unknown: 0 };
  for (let seed = 1; seed <= 50; seed++) {
    const answer = analyzeRecording(generateRecording(seed), { wakerDepth: 3, calls: true });
    for (const { chain } of answer.offcpu.flatMap((row) => [...row.wakeups.values()])) {
      if (chain.length === 3) seen.chains++;
      if (chain[0]?.kind === WakerKind.Idle) seen.idle++;
      if (chain[0]?.kind === WakerKind.Interrupt) seen.interrupts++;
    }
    for (const row of answer.calls) {
      if (row.interruptible > 0n && row.runnable > 0n && row.preempted > 0n) seen.knownInside++;
      if (row.unknown > 0n && row.interruptible > 0n) seen.unknown++;
    }
  }
  const missing = Object.entries(seen).filter(([, count]) => count < 10);
  assert.equal(missing, []);
});

test.run();
