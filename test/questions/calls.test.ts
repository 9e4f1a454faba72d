// What becomes of the time of system calls, drawn (lanes as in ../engine/timeline.ts): which periods
// are inside a call, what nobody explains, whose stack it has. Expected values are counted in the
// drawings; where clocks contradict each other, in numbers.

import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Call } from "../engine/timeline.js";
import { keepForCall } from "../oracle/kept.js";
import { Calls, type CallRow } from "../oracle/calls.js";
import { ask, callsText } from "./draw.js";
import { Lives } from "../oracle/lives.js";
import { OffcpuClass, type Period } from "../oracle/periods.js";

function calls(drawing: string, drawn: readonly Call[], from = 0): string[] {
  return callsText(ask(drawing, { calls: true, from }, { stacks: "each", calls: drawn }));
}

test("a call's time by what its thread did inside it, under the stack of its longest period", () => {
  const drawing = `
    cpu0 |AAA...AA.AAA....AA..AAA..|
     how |........D...p.....y......|
    wake |.....A...................|
  `;
  assert.equal(calls(drawing, [{ thread: "A", nr: 1, from: 1, to: 21, offcpu: 10 }]), [
    "nr 1 errno 0: 1 x, 20 ms = onCpu 10 + runnable 3 + preempted 4 + interruptible 2 + uninterruptible 1; stack 16",
  ]);
});

test("idle kernel, stopped and unknown classes are other; of equal periods the first has the stack", () => {
  const drawing = `
    cpu0 |AAA..AA..AA.|
     how |...i...t....|
  `;
  assert.equal(calls(drawing, [{ thread: "A", nr: 1, from: 1, to: 10, offcpu: 4 }]), [
    "nr 1 errno 0: 1 x, 9 ms = onCpu 5 + other 4; stack 5",
  ]);
});

test("off-CPU time that no period explains is unknown", () => {
  const drawing = `
     cpu0 |AA....AA..AA.|
    lost0 |...x.........|
  `;
  assert.equal(calls(drawing, [{ thread: "A", nr: 1, from: 1, to: 11, offcpu: 6 }]), [
    "nr 1 errno 0: 1 x, 10 ms = onCpu 4 + unknown 4 + interruptible 2; stack 10",
  ]);
});

test("periods of a call before, whose record was lost, are not this one's", () => {
  const drawing = `
    cpu0 |AA...AA..AA.|
  `;
  const lost: Call = { thread: "A", nr: 1, from: 1, to: 6, lost: true };
  assert.equal(calls(drawing, [lost, { thread: "A", nr: 2, from: 6, to: 10, offcpu: 2 }]), [
    "nr 2 errno 0: 1 x, 4 ms = onCpu 2 + interruptible 2; stack 9",
  ]);
});

test("periods inside have whatever number their thread left with", () => {
  const drawing = `
    cpu0 |AA...AA..AA.|
  `;
  const restarted: Call = { thread: "A", nr: 7, from: 1, to: 4, lost: true };
  assert.equal(calls(drawing, [restarted, { thread: "A", nr: 219, from: 1, to: 10, offcpu: 5 }]), [
    "nr 219 errno 0: 1 x, 9 ms = onCpu 4 + interruptible 5; stack 5",
  ]);
});

test("a call without a duration is none, but ends what came before it", () => {
  const drawing = `
    cpu0 |AA...AAAA..AA.|
  `;
  const noEnter: Call = { thread: "A", nr: 1, from: 1, to: 6, noEnter: true };
  assert.equal(calls(drawing, [noEnter, { thread: "A", nr: 1, from: 1, to: 12, offcpu: 5 }]), [
    "nr 1 errno 0: 1 x, 11 ms = onCpu 6 + unknown 3 + interruptible 2; stack 11",
  ]);
});

test("of a call that goes into the part looked at, how it waited before its first switch there is not known", () => {
  const drawing = `
    cpu0 |AA...AA..AA.|
  `;
  assert.equal(calls(drawing, [{ thread: "A", nr: 1, from: 1, to: 10, offcpu: 5 }], 3), [
    "nr 1 errno 0: 1 x, 9 ms = onCpu 4 + unknown 3 + interruptible 2; stack 9",
  ]);
});

test("calls are apart by error and user stack", () => {
  const answer = ask(
    `
    cpu0 |AAAAAAAAAA.|
  `,
    { calls: true },
    {
      calls: [
        { thread: "A", nr: 1, from: 0, to: 1 },
        { thread: "A", nr: 1, from: 1, to: 3, userStack: true },
        { thread: "A", nr: 1, from: 3, to: 6, result: -11 },
        { thread: "A", nr: 1, from: 6, to: 9, result: -4096 },
      ],
    },
  );
  assert.equal(
    answer.calls.map((row) => [row.errno, row.userStack.frames.length, row.count, row.total, row.max]),
    [
      [0, 0, 2n, 4_000_000n, 3_000_000n],
      [0, 1, 1n, 2_000_000n, 2_000_000n],
      [11, 0, 1n, 3_000_000n, 3_000_000n],
    ],
  );
});

/** The row of one call of `duration` whose periods have this time, though nothing says that it is enough. */
function contradicted(duration: bigint, offcpu: bigint, periods: readonly Partial<Period>[]): CallRow {
  const life = new Lives(0n, () => undefined).ofEvent(1)!;
  const none = { nr: 1, compat: false, edge: 0, blocked: 0n, runnable: 0n, preempted: 0n };
  for (const period of periods) {
    const whole = {
      ...none,
      since: 100n,
      class: OffcpuClass.Interruptible,
      wokenBy: undefined,
      rawState: 1,
      ...period,
    };
    keepForCall(life.periodsSinceCall, { period: whole, kernelStack: 0 });
  }
  const joined = new Calls();
  const record = { kind: "Syscall", time: 100n + duration, rank: 3, cpu: 0, tid: 1 } as const;
  joined.add(life, { ...record, nr: 1, flags: 0, result: 0n, duration, offcpu, userStack: 0 });
  return [...joined.calls.values()][0]!;
}

function partsOf({ onCpu, unknown, other, runnable, preempted, interruptible, uninterruptible }: CallRow): bigint[] {
  return [onCpu, unknown, other, runnable, preempted, interruptible, uninterruptible];
}

test("parts longer than the call are cut: unknown, other, runnable, preempted, interruptible last", () => {
  const periods: Partial<Period>[] = [
    { class: OffcpuClass.Other, blocked: 2n },
    { class: OffcpuClass.Runnable, runnable: 3n },
    { class: OffcpuClass.Preempted, preempted: 4n },
    { class: OffcpuClass.Interruptible, blocked: 5n },
    { class: OffcpuClass.Uninterruptible, blocked: 6n },
  ];
  const cut = (duration: bigint): bigint[] => partsOf(contradicted(duration, 21n, periods));
  assert.equal(cut(25n), [4n, 1n, 2n, 3n, 4n, 5n, 6n]);
  assert.equal(cut(20n), [0n, 0n, 2n, 3n, 4n, 5n, 6n]);
  assert.equal(cut(19n), [0n, 0n, 1n, 3n, 4n, 5n, 6n]);
  assert.equal(cut(16n), [0n, 0n, 0n, 1n, 4n, 5n, 6n]);
  assert.equal(cut(12n), [0n, 0n, 0n, 0n, 1n, 5n, 6n]);
  assert.equal(cut(8n), [0n, 0n, 0n, 0n, 0n, 2n, 6n]);
  assert.equal(cut(1n), [0n, 0n, 0n, 0n, 0n, 0n, 1n]);
  assert.equal(cut(0n), [0n, 0n, 0n, 0n, 0n, 0n, 0n]);
});

test("a call off the CPU for longer than it took was unknown for all of it", () => {
  assert.equal(partsOf(contradicted(5n, 9n, [])), [0n, 5n, 0n, 0n, 0n, 0n, 0n]);
});

test.run();
