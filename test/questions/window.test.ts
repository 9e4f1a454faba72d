// Parts of drawn recordings: what both readers make of the threads that live in one, of what its edges
// cut off, and of loss beside it. Lanes as in ../engine/timeline.ts; the part asked for is drawn under
// them, from "[" up to, not including, ")".

import { test } from "uvu";
import * as assert from "uvu/assert";
import { readAnalysis } from "../../analyzer/analysis.js";
import { differences, rowsOfAnalysis, rowsOfAnswer } from "../engine/rows.js";
import { runPass } from "../engine/run-engine.js";
import { millisecond, timeline } from "../engine/timeline.js";
import { analyzeRecording, type Answer } from "../oracle/analyze.js";
import { BlockType } from "../oracle/format.js";
import { RecordingBuilder } from "../recordings/build.js";
import { MemorySink } from "../recordings/write.js";
import { ask, inMs, livesText, offcpuText } from "./draw.js";

/** The drawing asked for the part that its lane "part" shows; the engine must answer as the oracle. */
function part(drawing: string): Answer {
  const lines = drawing.split("\n");
  const lane = lines.find((line) => line.trim().startsWith("part"))!;
  const columns = lane.slice(lane.indexOf("|") + 1);
  const to = columns.indexOf(")");
  const others = lines.filter((line) => line !== lane).join("\n");
  const asked = { from: columns.indexOf("["), ...(to < 0 ? {} : { to }) };
  const answer = ask(others, asked);
  const fromNs = asked.from * millisecond;
  const pass = runPass(timeline(others).bytes, { fromNs, ...(to < 0 ? {} : { toNs: to * millisecond }) });
  assert.equal(differences(rowsOfAnalysis(readAnalysis(pass, "a test")), rowsOfAnswer(answer)), []);
  return answer;
}

test("threads are there when the part begins, and its edges cut periods off", () => {
  const answer = part(`
    cpu0 |..AAAA....AAAA...BBB|
    wake |........A......B....|
    part |.......[.......)....|
  `);
  assert.is(inMs(answer.end - answer.header.startMonotonicNs), 15);
  assert.equal(livesText(answer), ["A 7-15: on 4 b 2 r 2 p 0 ? 0"]);
  assert.equal(offcpuText(answer), ["A class 7 start: 1 x, 3 ms", "A class 5 end: 1 x, 1 ms"]);
});

test("the first moment is in the part, the one at its end is not", () => {
  const answer = part(`
    cpu0 |..AAAA....AAAA...|
    part |..[.......)......|
  `);
  assert.equal(livesText(answer), ["A 2-10: on 4 b 4 r 0 p 0 ? 0"]);
  assert.equal(offcpuText(answer), ["A class 7 start: 1 x, 0 ms", "A class 5 end: 1 x, 4 ms"]);
});

test("a part behind the recording's end is of no length, one that goes on ends with it", () => {
  const drawing = `
    cpu0 |..AAAA..|
  `;
  const behind = ask(drawing, { from: 20, to: 30 });
  assert.is(inMs(behind.end - behind.header.startMonotonicNs), 20);
  assert.equal(behind.threads, []);
  assert.equal(livesText(ask(drawing, { from: 4, to: 30 })), ["A 4-8: on 0 b 2 r 0 p 0 ? 2"]);
});

test("a Fork before the part is of a thread that was there; one inside it begins a life", () => {
  const answer = part(`
    cpu0 |......AA.BB..|
    fork |..A.....B....|
    part |....[........|
  `);
  assert.equal(livesText(answer), ["A 4-13: on 2 b 7 r 0 p 0 ? 0", "B 8-13: on 2 b 2 r 1 p 0 ? 0"]);
});

test("who exits before the part is somebody else than who has its tid in it", () => {
  const answer = part(`
    cpu0 |.........AA...|
    seen |A.............|
    exit |..A...........|
    part |....[.........|
  `);
  assert.equal(livesText(answer), ["A 4-4: on 0 b 0 r 0 p 0 ? 0", "A2 4-14: on 2 b 8 r 0 p 0 ? 0"]);
  assert.equal(
    answer.threads.map(({ comm }) => comm),
    ["a", ""],
  );
});

test("an Exit in the part ends nothing, and Task records behind it do not count", () => {
  const answer = part(`
    cpu0 |...AA......BB.|
    exit |.....A........|
    fork |..........B...|
    part |..[......)....|
  `);
  assert.equal(livesText(answer), ["A 2-9: on 2 b 5 r 0 p 0 ? 0"]);
});

test("loss before the part leaves it alone, and is not counted", () => {
  const answer = part(`
     cpu0 |..AA....AA...|
    lost0 |....x........|
     part |......[......|
  `);
  assert.equal(livesText(answer), ["A 6-13: on 2 b 5 r 0 p 0 ? 0"]);
  assert.equal(answer.lost, []);
});

test("loss that reaches into the part counts at its end", () => {
  const answer = part(`
     cpu0 |..AA....AA...|
    lost0 |....xxx......|
     part |.....[.......|
  `);
  assert.equal(livesText(answer), ["A 5-13: on 2 b 3 r 0 p 0 ? 3"]);
  assert.is(answer.lost.length, 1);
});

test("loss that reaches out of the part makes doubtful what is open at its end", () => {
  const answer = part(`
     cpu0 |..AA.........|
    lost0 |......xxx....|
     part |.[.....).....|
  `);
  assert.equal(livesText(answer), ["A 1-7: on 2 b 1 r 0 p 0 ? 3"]);
  assert.is(answer.lost.length, 1);
});

test("loss that reaches out of the part is taken in its place: before a record that comes late", () => {
  const answer = part(`
     cpu0 |..AA...AA.........|
     fate |.......l..........|
    lost0 |......xxxxx.......|
     part |.[.......)........|
  `);
  assert.equal(livesText(answer), ["A 1-9: on 4 b 1 r 0 p 0 ? 3"]);
});

test("loss behind the part leaves it alone, and is not counted", () => {
  const answer = part(`
     cpu0 |..AA.........|
    lost0 |........xx...|
     part |.[.....).....|
  `);
  assert.equal(livesText(answer), ["A 1-7: on 2 b 4 r 0 p 0 ? 0"]);
  assert.equal(answer.lost, []);
});

test("a gap counts between two blocks in the part, not before its first", () => {
  const before = part(`
    cpu0 |..AAA...AAA...AA|
    fate |.....?..........|
    part |......[.........|
  `);
  assert.equal(livesText(before), ["A 6-16: on 5 b 5 r 0 p 0 ? 0"]);
  assert.equal(before.lost, []);
  const between = part(`
    cpu0 |..AAA...AAA...AA|
    fate |........?.......|
    part |.....[..........|
  `);
  assert.equal(livesText(between), ["A 5-16: on 2 b 3 r 0 p 0 ? 6"]);
  assert.equal(
    between.lost.map(({ count, from, to }) => [count, to - from]),
    [[1n, 6_000_000n]],
  );
});

test("no gap counts beside a block that is not in the part", () => {
  // The record at 7 comes late: in the file the two behind the part stand before it.
  const answer = part(`
    cpu0 |..AA...A....A...|
    fate |.......l........|
    part |.[.......)......|
  `);
  assert.equal(answer.lost, []);
});

test("a gap counts between two blocks in the part even where it leads back into it", () => {
  const sink = new MemorySink();
  const builder = new RecordingBuilder(sink.put, { startNs: 0, cpus: 1 });
  const at = (time: number, prev: number, next: number) => ({ time, prev, next, state: 1, nr: -1, flags: 0 });
  builder.switches(0, [at(10, 0, 65), at(40, 65, 0)]); // the second one is behind the part
  builder.switches(0, [at(20, 65, 0)], 3);
  builder.writer.end();
  const answer = analyzeRecording(sink.bytes(), { to: 30n });
  assert.equal(answer.lost, [{ cpu: 0, stream: BlockType.Switch, reason: 0, count: 3n, from: 40n, to: 20n }]);
  const pass = runPass(sink.bytes(), { toNs: 30 });
  assert.equal(differences(rowsOfAnalysis(readAnalysis(pass, "a test")), rowsOfAnswer(answer)), []);
});

test("a gap before the first block counts where the part begins with the recording", () => {
  const drawing = `
    cpu0 |..AAA...AAA...AA|
    fate |..?.............|
  `;
  assert.equal(livesText(ask(drawing, { to: 12 })), ["A 0-12: on 3 b 4 r 0 p 0 ? 5"]);
});

test("what is wrong outside the part is not counted", () => {
  const drawing = `
    cpu0 |..AAA...AAA...AA|
    fate |.....~..........|
    wake |............AA..|
  `;
  const whole = ask(drawing, {});
  assert.equal([whole.contradictions, whole.spuriousWakes], [1n, 1n]);
  const later = ask(drawing, { from: 9, to: 13 });
  assert.equal([later.contradictions, later.spuriousWakes], [0n, 0n]);
});

test.run();
