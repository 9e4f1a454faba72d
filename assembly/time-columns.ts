// Columns of the tables over time, in bins from the window's start on: the part of the engine's own ABI
// (tables.ts) that pictures of a recording are made from. Enums only, so that asc and strict tsc compile
// the same file.

/**
 * How long a thread was in which state in each of the bins from FirstBin on; more than one bin in a
 * row are each filled by one state. What is missing to a bin's length is of no known state, or the
 * thread was not there. Order: Thread, FirstBin.
 */
export enum TimelineColumn {
  /** u32 row in Threads */ Thread = 0,
  /** u32 bins from the window's start */ FirstBin = 1,
  /** u32 */ Bins = 2,
  /** u32 ns in each of the bins, as all that follow */ OnCpuNs = 3,
  /** blocked, save for Uninterruptible */ SleepingNs = 4,
  UninterruptibleNs = 5,
  RunnableNs = 6,
  PreemptedNs = 7,
}

/**
 * How long a thread was in system calls in each of the bins from FirstBin on; more than one bin in a
 * row are each filled by one call. A call that has not ended is in it from when the thread last left
 * the CPU; one whose beginning was not seen is left out. Order: Thread, FirstBin.
 */
export enum CallTimelineColumn {
  /** u32 row in Threads */ Thread = 0,
  /** u32 bins from the window's start */ FirstBin = 1,
  /** u32 */ Bins = 2,
  /** u32 ns in each of the bins */ CallNs = 3,
  /** i32: of those in the bin the call that had most of it */ Nr = 4,
  /** u8: 1 if that is a 32-bit call */ Compat = 5,
}

/**
 * Calls that have a duration and periods that are asked for, by when they ended and how long they were.
 * Order: Bin, Bucket, Thread, Kind, What.
 */
export enum HeatColumn {
  /** u32 bins from the window's start */ Bin = 0,
  /** u32: bucket of a latency histogram / 4, so that there are four to a power of two */ Bucket = 1,
  /** u32 row in Threads */ Thread = 2,
  /** u8, EventKind: Syscall or Period */ Kind = 3,
  /** i32: number of the call, + 65536 for a 32-bit one; OffcpuClass of the period */ What = 4,
  /** u64 */ Count = 5,
  /** u64 ns */ TotalNs = 6,
}
