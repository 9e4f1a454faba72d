// The threads of a recording as lives of tids, and the state each is in ("Lives" and "States" of
// capture/FORMAT.md). Says when lives begin and end; what a record does to a state is machine.ts.

import * as format from "./format.js";
import type { KeptPeriods } from "./kept.js";
import type { Wake, WaitingPeriods } from "./periods.js";
import type { SnapshotRecord, TaskRecord } from "./records.js";
import type { Chain } from "./wakers.js";

export interface OffState {
  name: "Off";
  since: bigint;
  class: number;
  nr: number;
  compat: boolean;
  rawState: number;
  wake: Wake | undefined;
  /** The wake came before the switch-out: a later one replaces it. */
  presumed: boolean;
  doubtful: boolean;
  /** The last one taken in it. */
  snapshot: SnapshotRecord | undefined;
}

export interface FreshState {
  name: "Fresh";
  since: bigint;
  wake: Wake | undefined;
  /** The first one taken in it that says on what it waits. */
  snapshot: SnapshotRecord | undefined;
}

export type State =
  | FreshState
  | { name: "New"; since: bigint }
  | { name: "On"; since: bigint; cpu: number; pending: Chain | undefined }
  | OffState
  | { name: "Unknown"; since: bigint };

export interface Life {
  index: number;
  tid: number;
  pid: number;
  parent: number;
  comm: number;
  flags: number;
  startTime: bigint;
  cgroup: bigint;
  begin: bigint;
  end: bigint | undefined;
  mentionedByEvent: boolean;
  state: State;
  /** Periods that wait for the user stack of their system call, in the order they came. */
  waiting: Map<string, WaitingPeriods>;
  /** Periods that ended since its last Syscall record. */
  periodsSinceCall: KeptPeriods[];
  /** By its latest Wake that gave it a wake time. */
  wokenBy: Chain;
  /** On which it last came on; 0 if that was not seen. */
  cpu: number;
  onCpu: bigint;
  blocked: bigint;
  runnable: bigint;
  preempted: bigint;
  unknown: bigint;
  switches: bigint;
}

export class Lives {
  /** All lives, in order of first mention. */
  readonly all: Life[] = [];
  /** Set once a loss of switches was taken: of threads not yet mentioned nothing is known then. */
  switchesLost = false;
  private readonly living = new Map<number, Life>();
  private readonly lastEnd = new Map<number, bigint>();

  constructor(
    private readonly windowStart: bigint,
    private readonly atEnd: (life: Life) => void,
  ) {}

  /** The life an event record speaks of; undefined for those that have none. */
  ofEvent(tid: number): Life | undefined {
    const life = this.of(tid);
    if (life !== undefined) life.mentionedByEvent = true;
    return life;
  }

  end(life: Life, at: bigint): void {
    life.end = at;
    this.lastEnd.set(life.tid, at);
    this.living.delete(life.tid);
    this.atEnd(life);
  }

  task(record: TaskRecord): void {
    const { TaskKind } = format;
    const isExit = record.task === TaskKind.Exit;
    const isBefore = record.time < this.windowStart;
    const isFork = record.task === TaskKind.Fork && !isBefore;
    const isSeen = record.task === TaskKind.Seen || (isBefore && !isExit);
    let life = this.living.get(record.tid);
    if (life !== undefined) {
      const anotherStart =
        life.startTime !== 0n && record.startTime !== 0n && life.startTime !== record.startTime;
      if ((isFork && life.mentionedByEvent) || (isSeen && anotherStart)) this.replaced(life, record.time);
    }
    if (isExit && isBefore && life !== undefined) this.replaced(life, record.time);
    if (isExit && !this.living.has(record.tid)) return;
    life = this.of(record.tid);
    if (life === undefined) return;
    if (isFork) {
      life.begin = record.time;
      life.state = { name: "New", since: record.time };
    }
    this.learn(life, record);
  }

  private of(tid: number): Life | undefined {
    if (tid === 0 || tid === format.tidOther) return undefined;
    return this.living.get(tid) ?? this.begin(tid);
  }

  private begin(tid: number): Life {
    const begin = this.lastEnd.get(tid) ?? this.windowStart;
    const fresh = begin === this.windowStart && !this.switchesLost;
    const life: Life = {
      index: this.all.length,
      tid,
      pid: 0,
      parent: 0,
      comm: 0,
      flags: 0,
      startTime: 0n,
      cgroup: 0n,
      begin,
      end: undefined,
      mentionedByEvent: false,
      state: fresh
        ? { name: "Fresh", since: begin, wake: undefined, snapshot: undefined }
        : { name: "Unknown", since: begin },
      waiting: new Map(),
      periodsSinceCall: [],
      wokenBy: [],
      cpu: 0,
      onCpu: 0n,
      blocked: 0n,
      runnable: 0n,
      preempted: 0n,
      unknown: 0n,
      switches: 0n,
    };
    this.all.push(life);
    this.living.set(tid, life);
    return life;
  }

  /** Its switch-out of class Dead is missing. */
  private replaced(life: Life, at: bigint): void {
    const end = at > life.state.since ? at : life.state.since;
    life.unknown += end - life.state.since;
    this.end(life, end);
  }

  private learn(life: Life, record: TaskRecord): void {
    if (record.task !== format.TaskKind.Exit) life.comm = record.comm;
    life.pid = record.pid || life.pid;
    life.parent = record.parent || life.parent;
    life.flags = record.flags || life.flags;
    life.startTime = record.startTime || life.startTime;
    life.cgroup = record.cgroup || life.cgroup;
  }
}
