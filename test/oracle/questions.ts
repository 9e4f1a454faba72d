// What a reader may be asked beyond the tables that it always makes, and by which rules it then
// answers. The recording's document says what records mean; these are the questions of readers, so
// the rules stand here.
//
// Questions
//
// 1. Part of a recording (`from`, `to`): as capture/FORMAT.md says under that name. See window.ts.
// 2. Which periods (`periodMin`, `periodMax`, `stateMask`): those whose length as observed, that of
//    a cut-off one included, is at least the one and at most the other (0: no bound), and whose raw
//    state word at the switch-out is 0 if the mask is 0, else has a bit of the mask. A period open at
//    the start has no raw state and passes no mask. Others are left out of the off-CPU table, of
//    wakeups and of events; the times of threads and what is said of calls stay whole. See periods.ts.
// 3. Latencies: for each row of system calls, and for each row of calls, how many of the durations
//    fall into which bucket; a call without a duration falls into none. See latencies.ts.
// 4. Calls: what became of the time of system calls that have a duration, by the off-CPU periods
//    inside them. See calls.ts.
// 5. Wakers (`wakerDepth`): who ended the periods of each row of the off-CPU table, and who had
//    woken those, that many links back. See wakers.ts.
// 6. Events: system calls, periods and wakeups one by one. See events.ts.

export interface Questions {
  /** Ns after the recording's start; 0: from its beginning. */
  from?: bigint;
  /** Ns after the recording's start; 0: to its end. */
  to?: bigint;
  /** Ns; 0: no bound. */
  periodMin?: bigint;
  /** Ns; 0: no bound. */
  periodMax?: bigint;
  stateMask?: number;
  /** Links of a chain of wakers. */
  wakerDepth?: number;
  /** Name what calls refer to: their stacks may not be defined, which is a warning. */
  calls?: boolean;
  /** Name what events refer to. */
  events?: boolean;
}
