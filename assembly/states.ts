// The state machine of a life ("States" and "Periods" of FORMAT.md): what each record, taken in
// order, adds to which of its times.
//
//   record of    prev ........... wake ........... next .............. prev
//   state     On |  Off                             | On                | ...
//   time to      |   blocked      |    runnable     |     on-CPU        |
//                since            wakeNs            t
//
// Class Preempted: all of Off is preempted. Class Runnable (yield): all of it is runnable. A wakeup
// that comes while still On means that the sleep ends as it begins (presumed). Where something was
// lost in between, the time is unknown rather than guessed.

import { outOfMemory } from "./arena";
import { drawCall } from "./call-timeline";
import { showPeriod, showsEvents } from "./event-rows";
import { ClassUnknown, OffcpuClass } from "./format";
import { drawsHeat, heat } from "./heat";
import { keepPeriod } from "./inside";
import { Life, State, Thread, Wake } from "./life";
import { beginLife, isLiving, lifeOf, lives } from "./lives";
import { applyLosses, losses } from "./losses";
import { optionValue } from "./options";
import { kindOf, periodRow, PeriodSums } from "./periods";
import { Edge, EventKind, PassOption } from "./tables";
import { Doing, draw, drawPeriod } from "./timeline";
import { drawsTimeline } from "./timeline-bins";
import { abandonWaiting, countWakeup, waitingSums } from "./waiting";
import { wakerDepth } from "./wakers";
import { wakeupRow } from "./wakeups";

/** States that the next record contradicted. */
export let contradictions: u64 = 0;
/** Records older than the beginning of the state they change. */
export let backwards: u64 = 0;
export let spuriousWakes: u64 = 0;

@inline
function notBefore(life: Life, timeNs: u64): u64 {
  if (timeNs >= life.sinceNs) return timeNs;
  backwards++;
  return life.sinceNs;
}

@inline
function canBeWoken(offcpuClass: u32): bool {
  return offcpuClass > (OffcpuClass.Runnable as u32);
}

/** `thread` left the CPU; `excluded`: by the state it left in, its period is not asked for. */
@inline
export function switchOut(
  thread: Thread,
  timeNs: u64,
  offcpuClass: u32,
  excluded: bool,
  nr: i32,
  compat: u32,
): void {
  const life = lifeOf(thread);
  applyLosses(life);
  const at = notBefore(life, timeNs);
  const elapsedNs = at - life.sinceNs;
  const wasOn = life.state == State.On;
  if (wasOn) {
    life.onCpuNs += elapsedNs;
    if (draws) draw(life, Doing.OnCpu, life.sinceNs, at);
  } else {
    life.unknownNs += elapsedNs;
    if (life.state == State.Off) contradictions++;
  }
  life.switches++;
  if (offcpuClass == OffcpuClass.Dead) {
    endLife(life, at);
    return;
  }
  const presumed = wasOn && life.wake != Wake.None && canBeWoken(offcpuClass);
  life.wake = presumed ? Wake.Presumed : Wake.None;
  if (presumed) life.waker = life.pendingWaker;
  life.wakeNs = at;
  life.state = State.Off;
  life.sinceNs = at;
  life.offcpuClass = offcpuClass;
  life.excluded = excluded;
  life.hasSnapshot = false;
  life.nr = nr;
  life.compat = compat;
}

/** `thread` came on `cpu`; while it was off it had these stacks. */
@inline
export function switchIn(thread: Thread, timeNs: u64, cpu: u32, kernelStack: u32, userStack: u32): void {
  const life = lifeOf(thread);
  applyLosses(life);
  const at = notBefore(life, timeNs);
  life.cpu = cpu;
  switch (life.state) {
    case State.Off:
      endPeriod(life, at, life.offcpuClass, Edge.None, kernelStack, userStack);
      break;
    case State.Fresh:
      endOpenPeriod(life, at, Edge.Start);
      break;
    case State.New:
      life.runnableNs += at - life.sinceNs;
      if (draws) draw(life, Doing.Runnable, life.sinceNs, at);
      break;
    case State.On:
      contradictions++;
      life.unknownNs += at - life.sinceNs;
      break;
    default:
      life.unknownNs += at - life.sinceNs;
  }
  life.state = State.On;
  life.sinceNs = at;
  life.wake = Wake.None;
}

/** Something made `thread` runnable: `waker`, a row of Table.Wakers. */
@inline
export function wake(thread: Thread, timeNs: u64, waker: u32): void {
  const life = lifeOf(thread);
  applyLosses(life);
  const state = life.state;
  if (state == State.On) {
    life.wake = Wake.Presumed;
    life.pendingWaker = waker;
  } else if (state == State.Off && canBeWoken(life.offcpuClass) && life.wake != Wake.Known) {
    life.wakeNs = notBefore(life, timeNs);
    life.wake = Wake.Known;
    life.waker = waker;
  } else if (state == State.Fresh && life.wake == Wake.None) {
    life.wakeNs = notBefore(life, timeNs);
    life.wake = Wake.Known;
    life.waker = waker;
  } else if (state != State.Doubtful && state != State.Unknown) {
    spuriousWakes++;
  }
}

/** `thread` is off the CPU, for a reason that is not to be runnable, and has these stacks. */
export function keepSnapshot(
  thread: Thread,
  offcpuClass: u32,
  excluded: bool,
  nr: i32,
  compat: u32,
  kernelStack: u32,
  userStack: u32,
): void {
  const life = lifeOf(thread);
  applyLosses(life);
  if (life.state == State.Fresh) {
    if (life.hasSnapshot) return;
    life.offcpuClass = offcpuClass;
    life.excluded = excluded;
    life.nr = nr;
    life.compat = compat;
  } else if (life.state != State.Off) {
    return;
  }
  life.hasSnapshot = true;
  life.snapshotKernelStack = kernelStack;
  life.snapshotUserStack = userStack;
}

/** Ends a period that the window cuts off: what is known of it beside its time a Snapshot told. */
function endOpenPeriod(life: Life, at: u64, edge: Edge): void {
  const hasSnapshot = life.hasSnapshot;
  const offcpuClass = hasSnapshot || life.state == State.Off ? life.offcpuClass : (ClassUnknown as u32);
  const kernelStack = hasSnapshot ? life.snapshotKernelStack : 0;
  // Of a call that has not ended there is no record.
  if (draws && life.nr != -1) drawCall(life, life.nr, life.compat, life.sinceNs, at);
  endPeriod(life, at, offcpuClass, edge, kernelStack, hasSnapshot ? life.snapshotUserStack : 0);
}

/** Splits the time from the state's beginning to `at` and adds it to the life and to its row. */
@inline
function endPeriod(life: Life, at: u64, offcpuClass: u32, edge: Edge, kernelStack: u32, userStack: u32): void {
  const elapsedNs = at - life.sinceNs;
  let blockedNs: u64 = 0;
  let runnableNs: u64 = 0;
  let preemptedNs: u64 = 0;
  let woken: u64 = 0;
  if (offcpuClass == OffcpuClass.Preempted) {
    preemptedNs = elapsedNs;
  } else if (offcpuClass == OffcpuClass.Runnable) {
    runnableNs = elapsedNs;
  } else if (life.wake == Wake.None) {
    blockedNs = elapsedNs;
  } else {
    blockedNs = min(life.wakeNs, at) - life.sinceNs;
    runnableNs = elapsedNs - blockedNs;
    woken = 1;
  }
  life.blockedNs += blockedNs;
  life.runnableNs += runnableNs;
  life.preemptedNs += preemptedNs;
  if (draws) drawPeriod(life, offcpuClass, blockedNs, at);
  if (asksMore) keepForCall(life, offcpuClass, edge, blockedNs, runnableNs, preemptedNs, kernelStack);
  if (filtersPeriods && !isAskedFor(life, elapsedNs, edge)) return;
  const nr = life.nr;
  const kind = kindOf(offcpuClass, life.compat, edge);
  const waits = kernelStack != 0 && userStack == 0 && nr != -1 && edge == Edge.None;
  const sums = waits
    ? waitingSums(life, life.sinceNs, nr, kind, kernelStack)
    : periodRow(life, life.comm, nr, kind, kernelStack, userStack);
  sums.count(elapsedNs);
  sums.blockedNs += blockedNs;
  sums.runnableNs += runnableNs;
  sums.preemptedNs += preemptedNs;
  sums.woken += woken;
  if (!asksMore) return;
  if (drawsHeat()) heat(life, EventKind.Period, offcpuClass as i32, at, elapsedNs);
  if (woken != 0 && (edge & Edge.End) == 0 && wakersFollowed != 0) addWakeup(sums, waits, life.waker, blockedNs, runnableNs);
  if (showsEvents(EventKind.Period)) {
    const waker = woken != 0 ? life.waker : 0;
    showPeriod(life, at, life.cpu, offcpuClass, edge, blockedNs, runnableNs, kernelStack, userStack, waker);
  }
}

function keepForCall(
  life: Life,
  offcpuClass: u32,
  edge: Edge,
  blockedNs: u64,
  runnableNs: u64,
  preemptedNs: u64,
  kernelStack: u32,
): void {
  if ((edge & Edge.End) != 0 || optionValue(PassOption.Calls) == 0) return;
  keepPeriod(life, offcpuClass, blockedNs, runnableNs, preemptedNs, kernelStack);
}

function addWakeup(sums: PeriodSums, waits: bool, waker: u32, blockedNs: u64, runnableNs: u64): void {
  if (waits) countWakeup(sums, waker, blockedNs, runnableNs);
  else wakeupRow(sums, waker).count(blockedNs, runnableNs);
}

/** Whether a period passes the filters that are asked of each one. */
function isAskedFor(life: Life, elapsedNs: u64, edge: Edge): bool {
  const stateIsKnown = (edge & Edge.Start) == 0 || life.hasSnapshot;
  if (stateIsKnown ? life.excluded : optionValue(PassOption.StateMask) != 0) return false;
  const maxNs = optionValue(PassOption.PeriodMax);
  return elapsedNs >= optionValue(PassOption.PeriodMin) && (maxNs == 0 || elapsedNs <= maxNs);
}

// What the options mean here, decided once: the paths that every event takes ask these first.
let filtersPeriods: bool = false;
let asksMore: bool = false;
let draws: bool = false;
/** How many wakers are followed back from a wakeup. */
export let wakersFollowed: u32 = 0;

/** To be called when the options are set. */
export function startStates(): void {
  filtersPeriods =
    (optionValue(PassOption.PeriodMin) | optionValue(PassOption.PeriodMax) | optionValue(PassOption.StateMask)) != 0;
  wakersFollowed = wakerDepth();
  draws = drawsTimeline();
  asksMore = drawsHeat() || wakersFollowed != 0 || optionValue(PassOption.Calls) != 0 || showsEvents(EventKind.Period);
}

/** A Fork of the thread at `timeNs`, inside the window: its next life, or how this one began. */
export function fork(thread: Thread, timeNs: u64): void {
  if (isLiving(thread) && thread.life.mentioned) replaceLife(thread, timeNs);
  const life = isLiving(thread) ? thread.life : beginLife(thread);
  life.state = State.New;
  life.beginNs = timeNs;
  life.sinceNs = timeNs;
  life.wake = Wake.None;
  life.lossesSeen = losses;
}

/** The thread ended before the window began: who has its number next is somebody else. */
export function forget(thread: Thread): void {
  if (isLiving(thread)) endLife(thread.life, thread.life.sinceNs);
}

/** The thread's life ended without our seeing how: its state's time is unknown. */
export function replaceLife(thread: Thread, timeNs: u64): void {
  const life = thread.life;
  const at = max(timeNs, life.sinceNs);
  life.unknownNs += at - life.sinceNs;
  endLife(life, at);
}

function endLife(life: Life, at: u64): void {
  abandonWaiting(life);
  life.ended = true;
  life.endNs = at;
  life.thread.freeSinceNs = at;
  life.thread.life = changetype<Life>(0);
}

/** The end of the window, for every life still under way. */
export function endWindow(windowEndNs: u64): void {
  for (let i: u32 = 0; i < lives.length && !outOfMemory; i++) {
    const life = lives.get(i);
    if (life.ended) continue;
    applyLosses(life);
    const at = max(windowEndNs, life.sinceNs);
    const elapsedNs = at - life.sinceNs;
    if (life.state == State.On) {
      life.onCpuNs += elapsedNs;
      if (draws) draw(life, Doing.OnCpu, life.sinceNs, at);
    } else if (life.state == State.New) {
      life.runnableNs += elapsedNs;
      if (draws) draw(life, Doing.Runnable, life.sinceNs, at);
    } else if (life.state == State.Off) endOpenPeriod(life, at, Edge.End);
    else if (life.state == State.Fresh && life.hasSnapshot) endOpenPeriod(life, at, Edge.Both);
    else life.unknownNs += elapsedNs;
    endLife(life, at);
  }
}
