// The state machine of threads, drawn. Each case is a timeline (see timeline.ts for the lanes) and
// is tried on the engine and on the oracle: both must account every millisecond of every thread as
// drawn, and count what contradicts itself.

import { test } from "uvu";
import * as assert from "uvu/assert";
import { analyzeRecording, type Answer } from "../oracle/analyze.js";
import { analyzeWithEngine } from "./run-engine.js";
import { differences, rowsOfAnalysis, rowsOfAnswer } from "./rows.js";
import { millisecond, timeline, userAddress, type ExpectedLife, type TimelineOptions } from "./timeline.js";

interface Counters {
  contradictions?: number;
  backwards?: number;
  spuriousWakes?: number;
}

/** Checks the drawing against both readers; answers with the oracle's, for what lanes cannot say. */
function draw(drawing: string, counters: Counters = {}, options: TimelineOptions = {}): Answer {
  const { bytes, lives } = timeline(drawing, options);
  const answer = analyzeRecording(bytes);
  assert.equal(
    answer.warnings.map((warning) => warning.kind),
    [],
  );
  assert.equal(
    lives.map((life) => livedAs(answer, life, lives)),
    lives,
  );
  const { contradictions = 0, backwards = 0, spuriousWakes = 0 } = counters;
  assert.is(Number(answer.contradictions), contradictions, "contradictions");
  assert.is(Number(answer.backwards), backwards, "backwards");
  assert.is(Number(answer.spuriousWakes), spuriousWakes, "spurious wakes");
  assert.equal(differences(rowsOfAnalysis(analyzeWithEngine(bytes)), rowsOfAnswer(answer)), []);
  return answer;
}

/** What the oracle says of the life that `expected` is about, in the same form. */
function livedAs(answer: Answer, expected: ExpectedLife, all: readonly ExpectedLife[]): ExpectedLife {
  const earlier = all.filter((life) => life.tid === expected.tid && life.name < expected.name).length;
  const ofTid = answer.threads
    .map((thread, index) => ({ thread, index }))
    .filter(({ thread }) => thread.tid === expected.tid);
  const { thread, index } = ofTid[earlier]!;
  const inMs = (ns: bigint): number => Number(ns) / millisecond;
  const periods: ExpectedLife["periods"] = {};
  for (const row of answer.offcpu.filter((each) => each.life === index)) {
    const edge = (["none", "start", "end"] as const)[row.edge]!;
    const sum = (periods[edge] ??= { count: 0, milliseconds: 0 });
    sum.count += Number(row.periods);
    sum.milliseconds += inMs(row.blocked + row.runnable + row.preempted);
  }
  return {
    name: expected.name,
    tid: thread.tid,
    onCpu: inMs(thread.onCpu),
    blocked: inMs(thread.blocked),
    runnable: inMs(thread.runnable),
    preempted: inMs(thread.preempted),
    unknown: inMs(thread.unknown),
    periods,
  };
}

test("a sleep, woken, then run", () => {
  draw(`
    cpu0 |..AAAA......AAA...|
    wake |.........A........|
       A |bb####bbbrrr###bbb|
  `);
});

test("a sleep without a wakeup is all blocked", () => {
  draw(`
    cpu0 |..AAAA......AAA...|
       A |bb####bbbbbb###bbb|
  `);
});

test("preempted and yielding threads are not blocked, and their wakeups are spurious", () => {
  draw(
    `
    cpu0 |..AAAABBBAAABBBAAA|
     how |......p..y..y..p..|
    wake |.......A..........|
       A |bb####ppp###rrr###|
       B |bbbbbb###rrr###ppp|
  `,
    { spuriousWakes: 1 },
  );
});

test("first seen as it leaves: nothing is known of the time before", () => {
  draw(`
    cpu0 |AAAA.....AA|
       A |????bbbbb##|
  `);
});

test("a wakeup before the first run splits the period open at the start", () => {
  draw(`
    cpu0 |.......AAAA|
    wake |...A.......|
       A |bbbrrrr####|
  `);
});

test("the second wakeup of one sleep is spurious", () => {
  draw(
    `
    cpu0 |..AAA.......AA|
    wake |.......A.A....|
       A |bb###bbrrrrr##|
  `,
    { spuriousWakes: 1 },
  );
});

test("a wakeup while running is presumed to have beaten the switch", () => {
  draw(`
    cpu0 |..AAAA......AA|
    wake |.....A........|
       A |bb####rrrrrr##|
  `);
});

test("a later wakeup replaces a presumed one", () => {
  draw(`
    cpu0 |..AAAA......AA|
    wake |.....A..A.....|
       A |bb####bbrrrr##|
  `);
});

test("a wakeup while running is forgotten if the thread is then preempted", () => {
  draw(`
    cpu0 |..AAAA......AAA...AA|
     how |......p.............|
    wake |.....A..............|
       A |bb####pppppp###bbb##|
  `);
});

test("a wakeup without a switch changes nothing but the period open at the end", () => {
  draw(`
    cpu0 |..AAA.......|
    wake |........A...|
       A |bb###bbbrrrr|
  `);
});

test("double switch-out: the switch-in between is missing", () => {
  draw(
    `
    cpu0 |..AAA...AAA...AA|
    fate |........~.......|
       A |bb###??????bbb##|
  `,
    { contradictions: 1 },
  );
});

test("double switch-in: the switch-out between is missing", () => {
  draw(
    `
    cpu0 |..AAA...AAA...AA|
    fate |.....~..........|
       A |bb??????###bbb##|
  `,
    { contradictions: 1 },
  );
});

test("a thread that moves between CPUs", () => {
  draw(`
    cpu0 |..AAA.......|
    cpu1 |.......AAA..|
    wake |......A.....|
       A |bb###br###bb|
  `);
});

test("a new thread waits for its first run without a period", () => {
  draw(`
    cpu0 |....BBB..BB|
    fork |..B........|
       B |  nn###bb##|
  `);
});

test("a tid that is used again is another life", () => {
  draw(`
    cpu0 |..AAA......AAA..|
     how |.....x..........|
    fork |........A.......|
       A |bb###           |
      A2 |        nnn###bb|
  `);
});

test("without a Fork the next life begins, unknown, where the last one ended", () => {
  draw(`
    cpu0 |..AAA......AAA..|
     how |.....x..........|
       A |bb###           |
      A2 |     ??????###bb|
  `);
});

test("a life whose death is missing ends, unknown, where the next begins", () => {
  draw(`
    cpu0 |..AAA......AAA..|
    fork |........A.......|
       A |bb###???        |
      A2 |        nnn###bb|
  `);
});

test("an Exit ends nothing: the last switch-out does", () => {
  draw(`
    cpu0 |..AAAAA....|
     how |.......x...|
    exit |....A......|
       A |bb#####    |
  `);
});

test("an Exit that comes behind the death begins no life", () => {
  const { threads } = draw(`
    cpu0 |..AAA......|
     how |.....x.....|
    exit |........A..|
       A |bb###      |
  `);
  assert.is(threads.length, 1);
});

test("another start time is another life", () => {
  draw(`
    cpu0 |..AAA...AA|
    seen |A.....A...|
       A |bb###?    |
      A2 |      ??##|
  `);
});

test("loss makes what was off the CPU doubtful and what was on it unknown", () => {
  draw(`
     cpu0 |..AAAAAAAA...A|
     cpu1 |.BB.....BB..BB|
    lost0 |....xx........|
        A |bb????????bbb#|
        B |b##?????##bb##|
  `);
});

test("loss on another CPU leaves alone who runs on this one", () => {
  draw(`
     cpu0 |..AAAAAAAA...A|
    lost1 |....xx........|
        A |bb########bbb#|
  `);
});

test("loss on every CPU", () => {
  draw(`
     cpu0 |..AAAAAAAA...A|
    lost* |....xx........|
        A |bb????????bbb#|
  `);
});

test("loss before the first run, and of a new thread", () => {
  draw(`
     cpu0 |......AA..BB.|
     fork |B............|
    lost0 |..x..........|
        A |??????##bbbbb|
        B |??????????##b|
  `);
});

test("a gap in the sequence is loss, up to the next block of that stream", () => {
  draw(`
    cpu0 |..AAA...AAA...AA|
    fate |........?.......|
       A |bb###??????bbb##|
  `);
});

test("a doubtful period open at the end is unknown", () => {
  draw(`
     cpu0 |..AAA.......|
    lost0 |......x.....|
        A |bb###???????|
  `);
});

test("wakeups of doubtful and unknown threads say nothing, and are not spurious", () => {
  draw(`
     cpu0 |..AAA......AA|
    lost0 |......x......|
     wake |........A....|
        A |bb###??????##|
  `);
});

test("a record that comes late is taken as the beginning of the state it changes", () => {
  // The switch-out at column 6 comes behind a Sync of column 13. Without it the switch-in at 9
  // finds the thread on the CPU; when it comes, the thread has been off since 11.
  draw(
    `
    cpu0 |..AAAA...AA..|
    fate |......l......|
       A |bb???????##bb|
  `,
    { contradictions: 2, backwards: 1 },
  );
});

test("classes: uninterruptible, idle kernel thread, stopped", () => {
  const { offcpu } = draw(`
    cpu0 |A..A..A..A|
     how |.D..i..t..|
       A |?bb#bb#bb#|
  `);
  assert.equal(offcpu.map((row) => row.class).sort(), [3, 4, 6]);
});

test("the end of the window: on, off, new", () => {
  draw(`
    cpu0 |..AAAAAAAAA|
    cpu1 |.BB........|
    fork |.....C.....|
       A |bb#########|
       B |b##bbbbbbbb|
       C |     nnnnnn|
  `);
});

/** Which stack each row of the off-CPU table without an edge has: "switch", "call" or "none". */
function userStacks({ offcpu }: Answer): string[] {
  const names = new Map<bigint, string>([
    [userAddress.switch, "switch"],
    [userAddress.call, "call"],
  ]);
  return offcpu
    .filter((row) => row.edge === 0)
    .map((row) => names.get(row.userStack.frames[0]?.address ?? 0n) ?? "none");
}

test("a period takes the user stack of the call it began in", () => {
  const answer = draw(
    `
    cpu0 |AAAAA....AAAA|
       A |?????bbbb####|
  `,
    {},
    { stacks: "kernel", calls: [{ thread: "A", nr: 1, from: 3, to: 11, userStack: true }] },
  );
  assert.equal(userStacks(answer), ["call"]);
});

test("a user stack of its own comes first", () => {
  const answer = draw(
    `
    cpu0 |AAAAA....AAAA|
       A |?????bbbb####|
  `,
    {},
    { stacks: "user", calls: [{ thread: "A", nr: 1, from: 3, to: 11, userStack: true }] },
  );
  assert.equal(userStacks(answer), ["switch"]);
});

test("the stack of a later call is not the period's: its own call's record was lost", () => {
  const answer = draw(
    `
    cpu0 |AAAAA....AAAAAA.|
       A |?????bbbb######b|
  `,
    {},
    {
      stacks: "kernel",
      calls: [
        { thread: "A", nr: 1, from: 3, to: 10, lost: true },
        { thread: "A", nr: 1, from: 11, to: 13, userStack: true },
      ],
    },
  );
  assert.equal(userStacks(answer), ["none"]);
});

test("a call of the same number of the other ABI is another call", () => {
  const answer = draw(
    `
    cpu0 |AAAAA....AAAA|
       A |?????bbbb####|
  `,
    {},
    {
      stacks: "kernel",
      calls: [
        { thread: "A", nr: 1, from: 3, to: 10, compat: true, lost: true },
        { thread: "A", nr: 1, from: 2, to: 11, userStack: true },
      ],
    },
  );
  assert.equal(userStacks(answer), ["none"]);
});

test("several periods of one call take the same stack; a call that never ends gives none", () => {
  const answer = draw(
    `
    cpu0 |AAAA..AA...AAA..AA|
       A |????bb##bbb###bb##|
  `,
    {},
    {
      stacks: "kernel",
      calls: [
        { thread: "A", nr: 1, from: 2, to: 12, userStack: true },
        { thread: "A", nr: 7, from: 13, to: 99, lost: true },
      ],
    },
  );
  assert.equal(
    answer.offcpu
      .filter((row) => row.edge === 0)
      .map((row) => Number(row.periods))
      .sort(),
    [1, 2],
  );
  assert.equal(userStacks(answer).sort(), ["call", "none"]);
});

test.run();
