// Single events by thread: what was going on at a moment, what between two, what beside, and who woke.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { EventKind, WakerKind } from "../../assembly/tables.js";
import { ThreadEvents } from "../../analyzer/views/thread-events.js";
import { buildEvents, periodEvent, syscallEvent, wakeupEvent } from "./build-events.js";

const test = suite("views/thread-events");

//   time      0    10   20   30   40   50   60   70
//   thread 0       |read|              |futex|            calls: rows 0 and 5
//                    |wait|             |wait|   |wait|   periods: 1 (woken by 1), 4 (by an interrupt), 6
//   thread 1 |...call under way....|                      call: row 2, its beginning not seen
const { events } = buildEvents([
  syscallEvent({ thread: 0, timeNs: 20, durationNs: 10, nr: 0 }),
  periodEvent({ thread: 0, timeNs: 25, durationNs: 10, blockedNs: 7, runnableNs: 3, wakerKind: WakerKind.Thread, waker: 1 }),
  syscallEvent({ thread: 1, timeNs: 40, durationNs: -1, nr: 1 }),
  wakeupEvent({ thread: 0, timeNs: 41 }),
  periodEvent({ thread: 0, timeNs: 58, durationNs: 8, blockedNs: 8, wakerKind: WakerKind.Interrupt }),
  syscallEvent({ thread: 0, timeNs: 60, durationNs: 12, nr: 202 }),
  periodEvent({ thread: 0, timeNs: 70, durationNs: 4, runnableNs: 4, wakerKind: WakerKind.None }),
]);
const byThread = new ThreadEvents(events, 2);

test("at a moment: the call and the wait that a thread was in, each for itself", () => {
  const calls = [9, 10, 20, 21, 48, 60, 61].map((ns) => byThread.at(0, "calls", ns));
  assert.equal(calls, [undefined, 0, 0, undefined, 5, 5, undefined]);
  assert.equal([14, 15, 25, 26, 57].map((ns) => byThread.at(0, "periods", ns)), [undefined, 1, 1, undefined, 4]);
  assert.is(byThread.at(1, "calls", 0), 2, "one whose beginning was not seen began before everything");
  assert.is(byThread.at(1, "periods", 30), undefined);
});

test("between two moments: what overlaps them, in order of time", () => {
  assert.equal([...byThread.between(0, "calls", 0, 100)], [0, 5]);
  assert.equal([...byThread.between(0, "calls", 20, 47)], [0]);
  assert.equal([...byThread.between(0, "calls", 21, 47)], []);
  assert.equal([...byThread.between(0, "periods", 25, 66)], [1, 4, 6]);
});

test("beside a moment: the next one to begin, the last one that is over", () => {
  assert.equal([0, 12, 30].map((ns) => byThread.beside(0, "calls", ns, 1)), [0, 5, 5]);
  assert.is(byThread.beside(0, "calls", 55, 1), undefined);
  assert.equal([12, 30, 59].map((ns) => byThread.beside(0, "calls", ns, -1)), [undefined, 0, 0]);
});

test("who woke: a thread, an interrupt, or nobody", () => {
  assert.equal(byThread.wakeOf(1), { atNs: 22, waker: 1 });
  assert.equal(byThread.wakeOf(4), { atNs: 58, waker: undefined });
  assert.is(byThread.wakeOf(6), undefined);
  assert.is(byThread.wakeOf(0), undefined, "a call is not woken");
  assert.is(events.kind[3], EventKind.Wakeup, "which is of neither track");
});

test.run();
