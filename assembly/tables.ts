// The engine's own ABI: what it answers (tables of columns) and how it says no (Status, Warning).
// Holds enums and constants only, so that asc and strict tsc compile the same file: the engine
// fills the tables, analyzer/engine.ts reads them. The recording's format is in format.ts.

/** Outcome of every call across the wasm boundary. Everything but Ok ends the analysis. */
export enum Status {
  Ok = 0,
  /** No bytes at all. */
  Empty = 1,
  /** The first bytes are not a recording's. Detail A: none. */
  NotARecording = 2,
  /** Another major version. Detail A: the version found. */
  NewerVersion = 3,
  /** The file header fails its checksum or ends early. */
  HeaderDamaged = 4,
  /** Memory is exhausted (4 GiB of wasm). */
  OutOfMemory = 5,
  /** push or finish after finish or after an error, or reserve too large: the caller's mistake. */
  Misuse = 6,
}

/** What was odd but did not end the analysis: rows of Table.Warnings. */
export enum Warning {
  /** The recording ends inside a block: detail A = bytes missing of it. */
  Truncated = 1,
  /** A block fails its checksum or is malformed: A = sequence if known, B = bytes skipped. */
  DamagedBlock = 2,
  /** Bytes that are no block were skipped up to the next one: B = bytes skipped. */
  Resynchronized = 3,
  /** No end matter: the recording was cut off between two blocks (killed, or still growing). */
  Unfinished = 4,
  /** A block type of a newer minor version was skipped: A = type. */
  UnknownBlock = 5,
  /** A table refers to a definition that is missing, once each: A = kind of definition (BlockType), B = id. */
  LostDefinition = 6,
  /** The recording itself says that writing failed (Ended.WriteError). */
  WriteError = 7,
  /** Bytes follow the trailer: B = how many. */
  TrailingBytes = 8,
}

export enum Table {
  /** One row: the recording as a whole. */
  Recording = 0,
  Meta = 1,
  Clocks = 2,
  /** UTF-8 strings: all other tables name them by row. Row 0 is the empty string. */
  Strings = 3,
  Objects = 4,
  /** Lives of threads, in order of first mention. */
  Threads = 5,
  /** Call tree nodes (prefix, frame, how): a stack is a node, row 0 is the empty stack. */
  Stacks = 6,
  /** Distinct frames. */
  Frames = 7,
  Offcpu = 8,
  Syscalls = 9,
  SyscallCounts = 10,
  OffcpuCounts = 11,
  Lost = 12,
  Totals = 13,
  /** One row per block type: how much of it the file holds. */
  Blocks = 14,
  Warnings = 15,
  /** With PassOption.Latencies: histograms of the durations of Syscalls' rows. */
  Latencies = 16,
  /** With PassOption.Calls: system calls joined to the off-CPU periods inside them. */
  Calls = 17,
  /** With PassOption.Calls: histograms of the durations of Calls' rows. */
  CallLatencies = 18,
  /** With PassOption.WakerDepth: off-CPU periods by who ended them. */
  Wakeups = 19,
  /** With PassOption.WakerDepth: chains of wakers. */
  Wakers = 20,
  /** With PassOption.Events: the records of the slice taken last, in order of time. */
  Events = 21,
  /** Arguments of the events of Table.Events that have any. */
  EventArguments = 22,
  Cgroups = 23,
  /** With PassOption.BinNs: which system calls threads were in over time. */
  CallTimeline = 24,
  /** With PassOption.BinNs: what threads did over time. */
  Timeline = 28,
  /** With PassOption.HeatBinNs: when calls and periods of which length ended. */
  Heat = 29,
  /**
   * With PassOption.Parts: where in the order of all records each row of Threads began; then each row
   * of Wakers, whose Thread is a tid then, and Prefix the count of its records that may end a life.
   */
  Births = 30,
  /** With PassOption.Parts: of each row of Stacks, where it comes from. */
  StackIds = 31,
}

/**
 * What a pass is asked: to be set before its first byte, 0 and not set being the same. Times are in
 * ns. Filters decide what the tables of periods and calls sum and which events are shown; the times
 * of threads (Table.Threads) are always whole.
 */
export enum PassOption {
  /** The observed window begins that long after the recording's start. */
  From = 0,
  /** And ends that long after it. */
  To = 1,
  /** Off-CPU periods of at least this length. */
  PeriodMin = 2,
  /** And at most this one. */
  PeriodMax = 3,
  /** 1 + mask: periods whose raw task state has a bit of the mask, or is 0 if the mask is. */
  StateMask = 4,
  /** 1: fill Table.Latencies. */
  Latencies = 5,
  /** 1: fill Table.Calls and Table.CallLatencies. */
  Calls = 6,
  /** Wakers followed back from each wakeup: fill Table.Wakeups and Table.Wakers. */
  WakerDepth = 7,
  /** 1 << EventKind, added up: which records to show in Table.Events. */
  Events = 8,
  /** 1: what is due is taken by `advance`, a slice at a time, and not by push. */
  Sliced = 9,
  /** Fill Table.Timeline and Table.CallTimeline, in bins of this length, ns: at most 2^32 - 1. */
  BinNs = 14,
  /** Fill Table.Heat, in bins of this length, ns. */
  HeatBinNs = 15,
  /** Instances among which the recording is divided, each following its own threads; 0 and 1: one. */
  Parts = 16,
  /** Which of them this one is, from 0 on. */
  Part = 17,
}

/** What `advance` did. */
export enum Progress {
  /** Nothing is due before the given time. */
  Idle = 0,
  /** A slice was taken; there may be more. */
  Taken = 1,
}

/**
 * A bucket of a latency histogram: durations below 16 ns have one each; above, every power of two
 * is divided into 16 equal ones, so that a bucket's bounds are at most 1/16 apart:
 * bucket = 16 * (e - 3) + (ns >> (e - 4)) - 16, e being the exponent of the highest bit.
 */
export const LatencyBucketsPerDoubling = 16;

/** Element type of a column, as a typed array sees it. */
export enum ColumnType {
  U8 = 0,
  U32 = 1,
  I32 = 2,
  U64 = 3,
  F64 = 4,
}

// Columns, by position, of each table. Comments give type and unit.

export enum RecordingColumn {
  /** u32 */ VersionMinor = 0,
  /** u32, Arch */ Arch = 1,
  /** u32 bytes */ PageBytes = 2,
  /** u32 */ Cpus = 3,
  /** u64 ns, CLOCK_MONOTONIC */ StartNs = 4,
  /** u64 ns since 1970 */ StartRealtimeNs = 5,
  /** u64 ns, CLOCK_MONOTONIC */ EndNs = 6,
  /** u64 bytes read */ FileBytes = 7,
  /** u32, Ended, 0 without a trailer */ Ended = 8,
  /** u64 records of the event streams */ Events = 9,
  /** u64: states contradicted by the next record */ Contradictions = 10,
  /** u64: records older than the state they change */ Backwards = 11,
  /** u64: wakeups that changed nothing */ SpuriousWakes = 12,
  /** u64 ns: sum of the threads' unknown time */ UnknownNs = 13,
  /** u32, bytes 0..3, .. of the boot id */ BootId0 = 14,
  /** u32 */ BootId1 = 15,
  /** u32 */ BootId2 = 16,
  /** u32 */ BootId3 = 17,
}

export enum MetaColumn {
  /** u32 string */ Key = 0,
  /** u32 string */ Value = 1,
}

export enum ClocksColumn {
  /** u64 ns */ MonotonicNs = 0,
  /** u64 ns */ BoottimeNs = 1,
  /** u64 ns since 1970 */ RealtimeNs = 2,
}

export enum StringsColumn {
  /** u32 byte offset; one row more than strings, the last is the length */ Offset = 0,
  /** u8: the bytes; as many rows as bytes */ Bytes = 1,
}

export enum ObjectsColumn {
  /** u32, ObjectKind; 0 is row 0, the unknown object */ Kind = 0,
  /** u32 string */ Path = 1,
  /** u32 string: lower-case hexadecimal, empty if unknown */ BuildId = 2,
  /** u64 */ Device = 3,
  /** u64 */ Inode = 4,
}

export enum ThreadsColumn {
  /** u32 */ Tid = 0,
  /** u32, 0 with Task records missing */ Pid = 1,
  /** u32 string: its last comm */ Comm = 2,
  /** u32, TaskFlag */ Flags = 3,
  /** u32 pid */ Parent = 4,
  /** u64 ns the life began in the window */ BeginNs = 5,
  /** u64 ns it ended, or the window's end */ EndNs = 6,
  /** u64 ns */ OnCpuNs = 7,
  /** u64 ns */ BlockedNs = 8,
  /** u64 ns */ RunnableNs = 9,
  /** u64 ns */ PreemptedNs = 10,
  /** u64 ns */ UnknownNs = 11,
  /** u64 */ Cgroup = 12,
  /** u64: switch records as prev */ Switches = 13,
}

export enum StacksColumn {
  /** u32 row of the caller's node; row 0 is its own */ Prefix = 0,
  /** u32 row in Frames */ Frame = 1,
  /** u8, StackFlag of the stacks that end here */ Flags = 2,
  /** u8, StackHow of the stacks that end here; 0 of kernel stacks and where none ends */ How = 3,
}

/** How a user stack was found: bits of StacksColumn.How, 0 of a kernel stack. */
export enum StackHow {
  /** A step at least by frame pointers, which nothing vouches for. */
  FramePointers = 1,
  /** It ends with the frame in which the thread began. */
  Complete = 2,
  /** There is more of it than was recorded. */
  Truncated = 4,
  /** Who called its outermost frame could not be found. */
  Broken = 8,
}

/** Where the name of a frame is from; up to 31 a SymbolSource of the recording. */
export enum NameSource {
  None = 0,
  Kernel = 32,
  /** What a runtime called its code. */
  Process = 33,
  DebugInfo = 34,
}

export enum FramesColumn {
  /** u8, StackKind; 0 is row 0 */ Kind = 0,
  /** u64 address in the process, or in the kernel */ Address = 1,
  /** u32 row in Objects */ Object = 2,
  /** u64 bytes: offset in the object's file; kernel: offset from the symbol */ Offset = 3,
  /** u32 string: function name, as in the file (mangled), empty if unknown */ Symbol = 4,
  /** u64 bytes: of the address from the beginning of the function; of an inlined one, of that it is in */ SymbolOffset = 5,
  /** u8, NameSource */ Source = 6,
  /** u32 string: source file, empty if unknown */ File = 7,
  /** u32 line of it, 0 unknown */ Line = 8,
  /** u8: 1 of a function inlined into the one that called it */ Inlined = 9,
}

/** Rows as Threads, then as Wakers. In the order of one instance lives are in order of these three. */
export enum BirthsColumn {
  /** u32 */ Epoch = 0,
  /** u64 ns */ TimeNs = 1,
  /** u64 */ Place = 2,
}

/** Rows as Stacks. In the order of one instance nodes are in order of (Id, depth). */
export enum StackIdsColumn {
  /** u32: the least id of the stacks that it is on the way to */ Id = 0,
}

/** Off-CPU periods summed by everything that tells them apart. Order: TotalNs descending, then the keys. */
export enum OffcpuColumn {
  /** u32 row in Threads */ Thread = 0,
  /** u32 string: at the end of the period */ Comm = 1,
  /** u8, OffcpuClass or ClassUnknown */ Class = 2,
  /** i32, -1 none */ Nr = 3,
  /** u8: 1 for a 32-bit call */ Compat = 4,
  /** u8, Edge */ Edge = 5,
  /** u32 row in Stacks */ KernelStack = 6,
  /** u32 row in Stacks */ UserStack = 7,
  /** u64 */ Periods = 8,
  /** u64 ns */ BlockedNs = 9,
  /** u64 ns */ RunnableNs = 10,
  /** u64 ns */ PreemptedNs = 11,
  /** u64 ns, longest period */ MaxNs = 12,
  /** u64 periods with a wake time */ Woken = 13,
  /** u64 us: each period's time cut to microseconds, then summed, as bcc does */ CutUs = 14,
}

export enum Edge {
  /** began and ended inside the window */ None = 0,
  /** under way when the window began */ Start = 1,
  /** still under way when it ended */ End = 2,
  /** under way from before it began until after it ended */ Both = 3,
}

/** System calls. Order: TotalNs descending, then the keys. */
export enum SyscallsColumn {
  /** u32 row in Threads */ Thread = 0,
  /** i32 */ Nr = 1,
  /** u8: 1 for a 32-bit call */ Compat = 2,
  /** u32, 0 success */ Errno = 3,
  /** u64 calls */ Count = 4,
  /** u64 ns */ TotalNs = 5,
  /** u64 ns off the CPU */ OffcpuNs = 6,
  /** u64 ns; 2^64-1 if no call has a duration */ MinNs = 7,
  /** u64 ns */ MaxNs = 8,
  /** u64 calls of Count whose beginning was not seen */ NoEnter = 9,
}

/** Histograms, sparse. Order: Row, Bucket. */
export enum LatenciesColumn {
  /** u32 row in the table it belongs to */ Row = 0,
  /** u32, see LatencyBucketsPerDoubling */ Bucket = 1,
  /** u64 calls */ Count = 2,
}

/**
 * System calls that ended, with what became of their time. TotalNs = OnCpuNs + InterruptibleNs + UninterruptibleNs +
 * OtherNs + RunnableNs + PreemptedNs + UnknownNs. Order: TotalNs descending, then the keys.
 */
export enum CallsColumn {
  /** u32 row in Threads */ Thread = 0,
  /** i32 */ Nr = 1,
  /** u8: 1 for a 32-bit call */ Compat = 2,
  /** u32, 0 success */ Errno = 3,
  /** u32 row in Stacks: of the longest period inside that had one */ KernelStack = 4,
  /** u32 row in Stacks */ UserStack = 5,
  /** u64 calls that have a duration */ Count = 6,
  /** u64 ns */ TotalNs = 7,
  /** u64 ns */ OnCpuNs = 8,
  /** u64 ns blocked, Interruptible */ InterruptibleNs = 9,
  /** u64 ns blocked, Uninterruptible */ UninterruptibleNs = 10,
  /** u64 ns blocked, of other classes */ OtherNs = 11,
  /** u64 ns woken, or yielded, and waiting for a CPU */ RunnableNs = 12,
  /** u64 ns */ PreemptedNs = 13,
  /** u64 ns off the CPU of which no period is known: records were lost */ UnknownNs = 14,
  /** u64 ns, longest call */ MaxNs = 15,
}

/** Periods of Table.Offcpu that have a wake time, by waker. Order: as Offcpu, then Waker. */
export enum WakeupsColumn {
  /** u32 row in Offcpu */ Period = 0,
  /** u32 row in Wakers */ Waker = 1,
  /** u64 */ Periods = 2,
  /** u64 ns */ BlockedNs = 3,
  /** u64 ns from wakeup to run */ RunnableNs = 4,
  /** u64 ns, longest from wakeup to run */ RunnableMaxNs = 5,
}

/** Wakers and who woke them before that. A waker precedes those it leads to; row 0 is nobody. */
export enum WakersColumn {
  /** u32 row in Wakers: who had woken the waker, 0 unknown or not asked */ Prefix = 0,
  /** u8, WakerKind */ Kind = 1,
  /** u32 row in Threads, of kind Thread */ Thread = 2,
}

export enum WakerKind {
  /** row 0 */ None = 0,
  Thread = 1,
  /** an interrupt over a thread, which has nothing to do with it */ Interrupt = 2,
  /** an interrupt over the idle thread */ Idle = 3,
}

export enum EventKind {
  /** a system call that ended */ Syscall = 0,
  /** an off-CPU period that ended, or was open at the window's end */ Period = 1,
  /** something made a thread runnable */ Wakeup = 2,
}

/** Columns that an event's kind does not have are 0, Nr -1. f64 are whole numbers, exact below 2^53. */
export enum EventsColumn {
  /** u8, EventKind */ Kind = 0,
  /** f64 ns since the recording's start: its end */ TimeNs = 1,
  /** f64 ns: syscall, period; -1 if the beginning of the call was not seen */ DurationNs = 2,
  /** u32 row in Threads; wakeup: who was woken */ Thread = 3,
  /** u32 string: its comm then */ Comm = 4,
  /** i32 */ Nr = 5,
  /** u8: 1 for a 32-bit call */ Compat = 6,
  /** f64: syscall, its result */ Result = 7,
  /** f64 ns: syscall, off the CPU inside it */ OffcpuNs = 8,
  /** u8, OffcpuClass: period */ Class = 9,
  /** u8, Edge: period */ Edge = 10,
  /** f64 ns: period */ BlockedNs = 11,
  /** f64 ns: period */ RunnableNs = 12,
  /** u32 row in Stacks: period */ KernelStack = 13,
  /** u32 row in Stacks: syscall; period where it was taken at the switch */ UserStack = 14,
  /** u8, WakerKind: wakeup; period that has a wake time */ WakerKind = 15,
  /** u32 row in Threads: the waker of kind Thread */ Waker = 16,
  /** u32 */ Cpu = 17,
}

/** Order: Event. Strings are string + 1, 0 where none was recorded. */
export enum EventArgumentsColumn {
  /** u32 row in Events */ Event = 0,
  /** f64: what the registers held, as signed numbers; exact up to 2^53 */ Value0 = 1,
  Value1 = 2,
  Value2 = 3,
  Value3 = 4,
  Value4 = 5,
  Value5 = 6,
  /** u32 string + 1: what the argument points to */ Text0 = 7,
  Text1 = 8,
  Text2 = 9,
  Text3 = 10,
  Text4 = 11,
  Text5 = 12,
  /** u32: StringArgumentFlags, two bits an argument from the lowest on */ TextFlags = 13,
}

/** In the order defined; an id may come more than once: the first holds. */
export enum CgroupsColumn {
  /** u64 */ Id = 0,
  /** u32 string */ Path = 1,
}

/** The kernel's exact counters, summed by call. Order: the keys. */
export enum SyscallCountsColumn {
  /** i32 */ Nr = 0,
  /** u8 */ Compat = 1,
  /** u64 */ Count = 2,
  /** u64 */ Errors = 3,
  /** u64 ns */ TotalNs = 4,
}

/** The kernel's exact counters, summed by class. Order: the key. */
export enum OffcpuCountsColumn {
  /** u8, OffcpuClass */ Class = 0,
  /** u64 */ Periods = 1,
  /** u64 ns */ TotalNs = 2,
}

/**
 * Loss as recorded, and as found by the reader (Reason 0: a damaged block). Summed by cpu, stream and
 * reason, in that order.
 */
export enum LostColumn {
  /** u32 */ Cpu = 0,
  /** u32, BlockType */ Stream = 1,
  /** u32, LostReason; 0: damage of the file */ Reason = 2,
  /** u64 records */ Count = 3,
  /** u64 ns, first and last moment touched */ FromNs = 4,
  /** u64 ns */ ToNs = 5,
}

/** What became of each stream's events. Order: the keys. */
export enum TotalsColumn {
  /** u32 */ Cpu = 0,
  /** u32, BlockType */ Stream = 1,
  /** u64 */ Seen = 2,
  /** u64 */ Written = 3,
  /** u64 */ Lost = 4,
}

export enum BlocksColumn {
  /** u32, BlockType */ Type = 0,
  /** u64 */ Blocks = 1,
  /** u64 */ Records = 2,
  /** u64 bytes */ RawBytes = 3,
  /** u64 bytes, block headers included */ FileBytes = 4,
}

/** In the order met; missing definitions last, by kind and id. */
export enum WarningsColumn {
  /** u32, Warning */ Warning = 0,
  /** u64 byte offset in the file */ Offset = 1,
  /** u64, see Warning */ A = 2,
  /** u64, see Warning */ B = 3,
}
