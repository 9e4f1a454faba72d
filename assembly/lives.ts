// Threads as the kernel numbers them and the lives they had ("Lives" of FORMAT.md): a tid is used
// again and again, and each use is a life. Begins lives, finds them and keeps them in order; what
// records do to them is states.ts.

import { allocate, outOfMemory } from "./arena";
import { cell } from "./columns";
import { TidMax, TidOther } from "./format";
import { Life, PeriodCacheRows, State, SyscallCacheRows, Thread } from "./life";
import { losses } from "./losses";
import { epoch, isOwn, place, takenNs } from "./parts";
import { newSparse, Sparse } from "./sparse";
import { newVector, Vector } from "./vector";
import { windowStartNs } from "./window";

/** All lives, in order of first mention. */
export const lives: Vector<Life> = newVector<Life>();

const threads: Sparse = newSparse(TidMax);

/** Lets every life forget the rows that it last added to. */
export function clearRowCaches(): void {
  const from = offsetof<Life>("periodRow0");
  const lengthBytes = ((PeriodCacheRows + SyscallCacheRows) as usize) << 2;
  for (let i: u32 = 0; i < lives.length; i++) {
    memory.fill(changetype<usize>(lives.get(i)) + from, 0, lengthBytes);
  }
}

/** In place of a thread that another instance follows: see parts.ts. */
const NotOurs: u32 = 1;

/** The thread of a tid; a null reference for the idle threads, those outside the filters, and others' threads. */
export function threadOf(tid: u32): Thread {
  if (tid == 0 || tid == (TidOther as u32)) return changetype<Thread>(0);
  const known = threads.get(tid);
  if (known > NotOurs) return changetype<Thread>(known as usize);
  if (known == NotOurs) return changetype<Thread>(0);
  if (!isOwn(tid)) {
    threads.set(tid, NotOurs);
    return changetype<Thread>(0);
  }
  const thread = changetype<Thread>(allocate(offsetof<Thread>()));
  thread.tid = tid;
  thread.freeSinceNs = windowStartNs;
  threads.set(tid, changetype<usize>(thread) as u32);
  return thread;
}

/** Whether a dictionary of threads names others' and none of ours. Its tids are those of a decoded column. */
export function areOthers(column: u32, count: u32): bool {
  let others: u32 = 0;
  for (let i: u32 = 0; i < count && !outOfMemory; i++) {
    const tid = cell(column, i) as u32;
    if (changetype<usize>(threadOf(tid)) != 0) return false;
    others += u32(tid != 0 && tid != (TidOther as u32));
  }
  return others != 0;
}

@inline
export function isLiving(thread: Thread): bool {
  return changetype<usize>(thread.life) != 0;
}

/** The life an event record speaks of. */
@inline
export function lifeOf(thread: Thread): Life {
  const life = isLiving(thread) ? thread.life : beginLife(thread);
  life.mentioned = true;
  return life;
}

export function beginLife(thread: Thread): Life {
  const life = changetype<Life>(allocate(offsetof<Life>()));
  life.thread = thread;
  life.row = lives.length;
  life.beginNs = thread.freeSinceNs;
  life.sinceNs = thread.freeSinceNs;
  life.nr = -1;
  // Of a life that begins later, or after a loss, nothing is known until its first switch.
  life.state = thread.freeSinceNs == windowStartNs && losses == 0 ? State.Fresh : State.Unknown;
  life.lossesSeen = losses;
  life.bornEpoch = epoch;
  life.bornNs = takenNs;
  life.bornPlace = place;
  lives.push(life);
  thread.life = life;
  return life;
}

/** Where each of `rows`, of which those of a life are in order, comes when they are in order of lives. */
export function placesByLife<Row>(rows: Vector<Row>): Vector<u32> {
  const next = newVector<u32>();
  const places = newVector<u32>();
  for (let i: u32 = 0; i <= lives.length; i++) next.push(0);
  for (let i: u32 = 0; i < rows.length; i++) places.push(0);
  if (outOfMemory) return places;
  for (let i: u32 = 0; i < rows.length; i++) countOne(next, rows.get(i).life.row + 1);
  for (let i: u32 = 1; i <= lives.length; i++) store<u32>(next.at + ((i as usize) << 2), next.get(i) + next.get(i - 1));
  for (let i: u32 = 0; i < rows.length; i++) {
    const row = rows.get(i).life.row;
    store<u32>(places.at + ((i as usize) << 2), next.get(row));
    countOne(next, row);
  }
  return places;
}

@inline
function countOne(counts: Vector<u32>, at: u32): void {
  store<u32>(counts.at + ((at as usize) << 2), counts.get(at) + 1);
}
