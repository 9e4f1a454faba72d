// What the oracle answers when it is asked more of drawn recordings (lanes as in
// ../engine/timeline.ts): which periods, latencies, wakers, events. Expected values are counted in
// the drawings. Calls are in calls.test.ts, parts of recordings in window.test.ts.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { userAddress } from "../engine/timeline.js";
import { ask, eventsText, livesText, offcpuText, wakeupsText } from "./draw.js";
import { bucketOf } from "../oracle/latencies.js";

test("periods by their length: both bounds included, cut-off ones by what was seen of them", () => {
  const drawing = `
    cpu0 |..AA.AA..AA...AA..|
  `;
  const all = ["A class 7 start: 1 x, 2 ms", "A class 5 none: 3 x, 6 ms", "A class 5 end: 1 x, 2 ms"];
  assert.equal(offcpuText(ask(drawing, {})), all);
  assert.equal(offcpuText(ask(drawing, { periodMin: 3 })), ["A class 5 none: 1 x, 3 ms"]);
  assert.equal(offcpuText(ask(drawing, { periodMin: 2, periodMax: 2 })), [
    "A class 7 start: 1 x, 2 ms",
    "A class 5 none: 1 x, 2 ms",
    "A class 5 end: 1 x, 2 ms",
  ]);
  assert.equal(livesText(ask(drawing, { periodMin: 9 })), livesText(ask(drawing, {})));
});

test("periods by raw state: a mask of 0 is state 0, a period open at the start has none", () => {
  const drawing = `
    cpu0 |..A.A.A.A.A.A|
     how |...S.D.p.y.i.|
  `;
  const classes = (stateMask: number): number[] => ask(drawing, { stateMask }).offcpu.map((row) => row.class);
  assert.equal(classes(0), [0, 1]);
  assert.equal(classes(1), [5]);
  assert.equal(classes(2), [4, 3]);
  assert.equal(classes(3), [5, 4, 3]);
  assert.equal(classes(0x400), [3]);
});

test("periods that are not asked for are no wakeups and no events, but their calls have them", () => {
  const drawing = `
    cpu0 |AA..AA....AA.|
    wake |...A...A.....|
  `;
  const asked = { periodMin: 4, wakerDepth: 1, events: true, calls: true };
  const answer = ask(drawing, asked, { calls: [{ thread: "A", nr: 1, from: 1, to: 11, offcpu: 6 }] });
  assert.equal(wakeupsText(answer), ["A by idle: 1 x, blocked 1, runnable 3, longest 3"]);
  assert.equal(
    answer.eventRows.filter(({ kind }) => kind === 1).map(({ duration }) => Number(duration)),
    [4_000_000],
  );
  assert.equal(
    answer.calls.map((row) => [row.interruptible, row.runnable, row.unknown]),
    [[2_000_000n, 4_000_000n, 0n]],
  );
});

test("buckets of latencies", () => {
  const bounds: [bigint, number][] = [
    [0n, 0],
    [15n, 15],
    [16n, 16],
    [31n, 31],
    [32n, 32],
    [33n, 32],
    [34n, 33],
    [63n, 47],
    [64n, 48],
    [1_000_000n, 270],
    [2n ** 63n, 960],
    [2n ** 64n - 1n, 975],
  ];
  assert.equal(
    bounds.map(([ns]) => bucketOf(ns)),
    bounds.map(([, bucket]) => bucket),
  );
});

test("latencies of the calls that have a duration, by call and error", () => {
  const { syscalls } = ask(
    `
    cpu0 |AAAAAAA.|
  `,
    {},
    {
      calls: [
        { thread: "A", nr: 1, from: 0, to: 1 },
        { thread: "A", nr: 1, from: 1, to: 2 },
        { thread: "A", nr: 1, from: 2, to: 4 },
        { thread: "A", nr: 1, from: 4, to: 5, noEnter: true },
        { thread: "A", nr: 1, from: 5, to: 6, result: -11 },
      ],
    },
  );
  const [one, two] = [bucketOf(1_000_000n), bucketOf(2_000_000n)];
  assert.equal(
    syscalls.map(({ errno, count, latencies }) => [errno, count, [...latencies]]),
    [
      [0, 4n, [[one, 2n], [two, 1n]]],
      [11, 1n, [[one, 1n]]],
    ],
  );
});

const relay = `
  cpu0 |.CCCC.........|
  cpu1 |BB..BBBBB.....|
  cpu2 |AAA....AAA....|
  cpu3 |DD.......DD...|
  wake |...B..A.D.....|
    by |...C..B.A.....|
`;

test("who woke whom, and who had woken the waker, as far back as asked", () => {
  const sums = {
    B: "1 x, blocked 1, runnable 1, longest 1",
    A: "1 x, blocked 3, runnable 1, longest 1",
    D: "1 x, blocked 6, runnable 1, longest 1",
  };
  const wakeups = (wakerDepth: number): string[] => wakeupsText(ask(relay, { wakerDepth }));
  assert.equal(wakeups(1), [`B by C: ${sums.B}`, `A by B: ${sums.A}`, `D by A: ${sums.D}`]);
  assert.equal(wakeups(2), [`B by C: ${sums.B}`, `A by B<C: ${sums.A}`, `D by A<B: ${sums.D}`]);
  assert.equal(wakeups(9), [`B by C: ${sums.B}`, `A by B<C: ${sums.A}`, `D by A<B<C: ${sums.D}`]);
});

test("interrupts, the idle thread and threads outside the filters end a chain", () => {
  const wakeups = (by: string): string[] =>
    wakeupsText(
      ask(
        `
    cpu0 |BB..BBB....|
    cpu1 |AA....AA...|
    wake |...B.A.....|
      by |...${by}.B.....|
  `,
        { wakerDepth: 3 },
      ),
    );
  const [b, a] = ["1 x, blocked 1, runnable 1, longest 1", "1 x, blocked 3, runnable 1, longest 1"];
  assert.equal(wakeups("."), [`B by idle: ${b}`, `A by B<idle: ${a}`]);
  assert.equal(wakeups("!"), [`B by interrupt: ${b}`, `A by B<interrupt: ${a}`]);
  assert.equal(wakeups("?"), [`B by nobody: ${b}`, `A by B: ${a}`]);
});

test("a wakeup of who runs makes no chain before it ends a sleep", () => {
  const answer = ask(
    `
    cpu0 |BB..BBBBB..BBB..|
    cpu1 |AA.....AA...AA..|
    cpu2 |.CCCCCCCCCC.....|
    wake |...B.BA....A....|
      by |.....CB....B....|
  `,
    { wakerDepth: 2 },
  );
  assert.equal(wakeupsText(answer), [
    "B by idle: 1 x, blocked 1, runnable 1, longest 1",
    "A by B<idle: 1 x, blocked 4, runnable 1, longest 1",
    "B by C: 1 x, blocked 0, runnable 2, longest 2",
    "A by B<C: 1 x, blocked 2, runnable 1, longest 1",
  ].sort(byThread));
});

/** Rows of one thread stand together in the answer, in the order of their first period. */
function byThread(a: string, b: string): number {
  return "BA".indexOf(a[0]!) - "BA".indexOf(b[0]!);
}

test("a period open at the start has its waker, one open at the end and a preempted one have none", () => {
  const answer = ask(
    `
    cpu0 |...AA...AA...|
     how |.....p.......|
    wake |.A.....A...A.|
  `,
    { wakerDepth: 1, events: true },
  );
  assert.equal(wakeupsText(answer), ["A by idle: 1 x, blocked 1, runnable 2, longest 2"]);
  assert.equal(eventsText(answer).filter((text) => text.includes("period")), [
    "3 period A cpu 0: 3 ms, class 7 start nr -1, blocked 1 runnable 2, by idle",
    "8 period A cpu 0: 3 ms, class 0 none nr -1, blocked 0 runnable 0, by nobody",
    "13 period A cpu 0: 3 ms, class 5 end nr -1, blocked 1 runnable 2, by idle",
  ]);
});

test("events come in the order of records, with what their kind has; open periods come last", () => {
  const answer = ask(
    `
    cpu0 |AA...BBB..|
    cpu1 |.BB...AA..|
    wake |...BA.....|
      by |...AB.....|
  `,
    { events: true },
    {
      stacks: "user",
      calls: [
        { thread: "A", nr: 7, from: 1, to: 7, offcpu: 4, result: -4, userStack: true },
        { thread: "B", nr: 3, from: 1, to: 6, noEnter: true },
      ],
    },
  );
  assert.equal(eventsText(answer), [
    "1 period B cpu 1: 1 ms, class 7 start nr -1, blocked 1 runnable 0, by nobody",
    "3 wakeup B cpu 0: by A",
    "4 wakeup A cpu 0: by B",
    "5 period B cpu 0: 2 ms, class 5 none nr 3, blocked 0 runnable 2, by A",
    "6 call B cpu 0: ? ms, nr 3 result 0 offcpu 0",
    "6 period A cpu 1: 4 ms, class 5 none nr 7, blocked 2 runnable 2, by B",
    "7 call A cpu 0: 6 ms, nr 7 result -4 offcpu 4",
    "10 period B cpu 0: 2 ms, class 5 end nr -1, blocked 2 runnable 0, by nobody",
    "10 period A cpu 1: 2 ms, class 5 end nr -1, blocked 2 runnable 0, by nobody",
  ]);
  const stacks = answer.eventRows.map(({ userStack }) => userStack.frames[0]?.address ?? 0n);
  assert.equal(stacks, [0n, 0n, 0n, userAddress.switch, 0n, userAddress.switch, userAddress.call, 0n, 0n]);
});

test("the time of an event is since the recording's start, whatever part of it is looked at", () => {
  const drawing = `
    cpu0 |..AA..AA..|
    wake |.....A....|
  `;
  assert.equal(eventsText(ask(drawing, { from: 5, to: 9, events: true })), [
    "5 wakeup A cpu 0: by idle",
    "6 period A cpu 0: 1 ms, class 7 start nr -1, blocked 0 runnable 1, by idle",
    "9 period A cpu 0: 1 ms, class 5 end nr -1, blocked 1 runnable 0, by nobody",
  ]);
});

test("a spurious wakeup is an event", () => {
  const answer = ask(
    `
    cpu0 |..AA....|
    wake |.....AA.|
  `,
    { events: true },
  );
  assert.is(answer.spuriousWakes, 1n);
  assert.equal(eventsText(answer).slice(1), [
    "5 wakeup A cpu 0: by idle",
    "6 wakeup A cpu 0: by idle",
    "8 period A cpu 0: 4 ms, class 5 end nr -1, blocked 1 runnable 3, by idle",
  ]);
});

test.run();
