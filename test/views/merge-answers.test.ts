// Answers about parts of some events, put together, are those about all of them; and what cannot be
// asked of parts is not.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { OffcpuClass } from "../../assembly/format.js";
import { Edge, WakerKind } from "../../assembly/tables.js";
import type { EventBatch } from "../../analyzer/event-batch.js";
import { Evaluator } from "../../analyzer/expressions/evaluator.js";
import { readProbe } from "../../analyzer/expressions/probe.js";
import { isAskedOfParts, mergeAnswers } from "../../analyzer/views/merge-answers.js";
import { formOf, ProbeRun } from "../../analyzer/views/probe-answers.js";
import type { CountsAnswer, Question } from "../../analyzer/views/probe-answers.js";
import { HistogramsMax } from "../../analyzer/views/probe-sums.js";
import { Random } from "../recordings/random.js";
import { buildEvents, periodEvent, syscallEvent } from "./build-events.js";
import type { EventParts } from "./build-events.js";

const test = suite("views/merge-answers");

function asked(text: string, form?: Question["form"], by?: string): Question {
  const probe = readProbe(text, by);
  return { probe, form: form ?? formOf(probe) };
}

function answersOf(questions: readonly Question[], batches: readonly EventBatch[]) {
  const run = new ProbeRun(new Evaluator(), questions);
  for (const batch of batches) run.take(batch, 0, batch.events.length);
  return run.answers();
}

function randomEvent(random: Random): EventParts {
  const comm = random.pick(["a", "b", "0", "1"]);
  if (random.chance(0.3)) {
    const edge = random.chance(0.1) ? Edge.End : Edge.None;
    const kind = random.pick([OffcpuClass.Interruptible, OffcpuClass.Preempted, OffcpuClass.IdleKernel]);
    return periodEvent({ comm, edge, class: kind, durationNs: random.between(0, 5000), wakerKind: random.pick([WakerKind.None, WakerKind.Idle]) });
  }
  return syscallEvent({ comm, nr: random.between(0, 3), result: random.between(-3, 40), durationNs: random.between(-1, 5000) });
}

test("parts of random events, put together, are answered as all of them", () => {
  const questions = [
    asked("*:comm,ret"),
    asked("read,write:ret"),
    asked("*:latency", { min: 100, max: 4050, step: 300 }, "comm,errno"),
    asked("*:ret", { min: -1.5, max: 30, step: 0.7 }),
    asked("offcpu:duration", "log2", "state"),
    asked("wakeup:comm"),
    asked("open:ret < -1000:latency"),
  ];
  for (let seed = 1; seed <= 60; seed++) {
    const random = new Random(seed);
    const events = Array.from({ length: random.between(0, 80) }, () => randomEvent(random));
    const parts: EventParts[][] = [[], [], []];
    for (const event of events) random.pick(parts).push(event);
    const whole = answersOf(questions, [buildEvents(events)]);
    const merged = mergeAnswers(questions, parts.map((part) => answersOf(questions, [buildEvents(part)])));
    assert.is(JSON.stringify(merged), JSON.stringify(whole), `seed ${seed}`);
  }
});

test("ties stand in the order of their values, numbers before texts", () => {
  const results = [40, 5, 300, -2].map((result) => syscallEvent({ comm: result === 5 ? "b" : "a", nr: 0, result }));
  const rows = (text: string) => (answersOf([asked(text, "counts")], [buildEvents(results)])[0] as CountsAnswer).rows.map(({ values }) => values[0]);
  assert.equal(rows("*:ret"), [-2, 5, 40, 300]);
  assert.equal(rows("*:comm"), ["a", "b"], "most first");
});

test("as many histograms are refused as of the whole", () => {
  const questions = [asked("*:latency", "log2", "ret")];
  const part = (from: number) => {
    const events = Array.from({ length: HistogramsMax / 2 + 1 }, (_, i) => syscallEvent({ nr: 0, result: from + i, durationNs: 1 }));
    return answersOf(questions, [buildEvents(events)]);
  };
  assert.throws(() => mergeAnswers(questions, [part(0), part(HistogramsMax)]), /--by makes more than 10000 histograms/);
});

test("what rounds, or is of other threads or of all calls, is not asked of parts", () => {
  const isAsked = (text: string, form?: Question["form"], by?: string) => isAskedOfParts(asked(text, form, by));
  assert.ok(isAsked("*:comm,nr,ret"));
  assert.ok(isAsked('wakeup:comm =~ "a*" && (cpu > 1 ? -latency : 0):latency', undefined, "pid"));
  assert.not(isAsked("read:ret", "sums"));
  assert.not(isAsked("read:count"));
  assert.not(isAsked("*:arg2 > 5:ret"));
  assert.not(isAsked("wakeup:comm,waker"));
  assert.not(isAsked('wakeup:latency > 0 && waker =~ "a*":latency'));
  assert.not(isAsked("offcpu:latency", undefined, "waker_pid"));
  assert.not(isAsked("offcpu:cpu == 0 ? latency : -waker_tid"));
});

test.run();
