// What is known of one thread's life and of one tid. A Thread stays for ever, so that a block's
// dictionary can point at it; its lives come and go. Only the shape: lives.ts makes and finds them,
// states.ts moves them from state to state.

export enum State {
  /** Its first switch is not seen yet and it was there before. */
  Fresh,
  /** Forked, not yet run. */
  New,
  On,
  Off,
  /** Off, but something that may have ended it was lost. */
  Doubtful,
  Unknown,
}

/** What is known of the wakeup of the state a life is in. */
export enum Wake {
  None,
  /** In On: a wakeup came, the next sleep may end at once. In Off: that is what happened. */
  Presumed,
  Known,
}

/** Rows that a life remembers: powers of two, as many as it has fields for. */
export const PeriodCacheRows: u32 = 4;
export const SyscallCacheRows: u32 = 8;

@unmanaged
export class Life {
  // What every switch touches comes first: one or two cache lines.
  sinceNs: u64;
  wakeNs: u64;
  onCpuNs: u64;
  blockedNs: u64;
  runnableNs: u64;
  preemptedNs: u64;
  unknownNs: u64;
  switches: u64;
  state: State;
  wake: Wake;
  offcpuClass: u32;
  compat: u32;
  nr: i32;
  cpu: u32;
  /** The count of losses when the state began: see losses.ts. */
  lossesSeen: u32;
  /** String id. */
  comm: u32;
  /** In Off, and in Fresh with a Snapshot: its period is not asked for, by the state it left in. */
  excluded: bool;
  /** In Off and in Fresh: a Snapshot of it was kept. Then a Fresh one has a class and a call. */
  hasSnapshot: bool;
  /** Who woke it last: row of Table.Wakers. */
  waker: u32;
  /** In On: who did not need to, unless it sleeps next. */
  pendingWaker: u32;
  /** Its periods since its last Syscall record: see inside.ts. */
  inside: usize;
  /** The bin of time it is in: see timeline.ts. */
  bin: usize;
  /** The bin of time that its calls are in, and until when calls are drawn: see call-timeline.ts. */
  callBin: usize;
  calledUntilNs: u64;
  /** Whether any event record spoke of it. */
  mentioned: bool;
  ended: bool;
  // Rows last added to, as small direct-mapped caches in front of the hash index.
  periodRow0: usize;
  periodRow1: usize;
  periodRow2: usize;
  periodRow3: usize;
  syscallRow0: usize;
  syscallRow1: usize;
  syscallRow2: usize;
  syscallRow3: usize;
  syscallRow4: usize;
  syscallRow5: usize;
  syscallRow6: usize;
  syscallRow7: usize;
  /** Periods that wait for the user stack of their call, oldest first: see waiting.ts. */
  firstWaiting: usize;
  lastWaiting: usize;
  waitingCount: u32;
  row: u32;
  thread: Thread;
  pid: u32;
  parent: u32;
  flags: u32;
  startTimeNs: u64;
  cgroup: u64;
  beginNs: u64;
  endNs: u64;
  /** Where in the order of all records it began: see parts.ts. */
  bornNs: u64;
  bornPlace: u64;
  bornEpoch: u32;
  /** Stack ids of the Snapshot. */
  snapshotKernelStack: u32;
  snapshotUserStack: u32;
}

@unmanaged
export class Thread {
  /** The life under way, or a null reference. */
  life: Life;
  tid: u32;
  /** Arguments of the call it is in: see arguments.ts. */
  pending: usize;
  /** Where the life before this one ended; the window's start if there was none. */
  freeSinceNs: u64;
}
