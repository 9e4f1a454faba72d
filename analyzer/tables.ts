// The tables of an analysis, as typed arrays with names. Each table is declared once, below: the
// declaration says which column of the engine each name is (assembly/tables.ts) and what element
// type it must have (table-reading.ts). A table is a set of equally long
// columns and a length; rows refer to rows of other tables by number. Times are bigint nanoseconds,
// because sums over many threads and hours pass 2^53.

import {
  BirthsColumn,
  BlocksColumn,
  CallsColumn,
  CgroupsColumn,
  ClocksColumn,
  EventArgumentsColumn,
  EventsColumn,
  FramesColumn,
  LatenciesColumn,
  LostColumn,
  MetaColumn,
  ObjectsColumn,
  OffcpuColumn,
  OffcpuCountsColumn,
  RecordingColumn,
  StackIdsColumn,
  StacksColumn,
  SyscallCountsColumn,
  SyscallsColumn,
  ThreadsColumn,
  TotalsColumn,
  WakersColumn,
  WakeupsColumn,
  WarningsColumn,
} from "../assembly/tables.js";
import { CallTimelineColumn, HeatColumn, TimelineColumn } from "../assembly/time-columns.js";
import { f64, i32, u32, u64, u8 } from "./table-reading.js";
import type { TableOf } from "./table-reading.js";

export { readTable } from "./table-reading.js";
export type { ColumnSource, TableOf } from "./table-reading.js";

export const recordingSpec = {
  versionMinor: u32(RecordingColumn.VersionMinor),
  /** Arch of the recording format. */
  arch: u32(RecordingColumn.Arch),
  pageBytes: u32(RecordingColumn.PageBytes),
  /** Possible CPUs. */
  cpus: u32(RecordingColumn.Cpus),
  /** Start of the observed window, CLOCK_MONOTONIC. */
  startNs: u64(RecordingColumn.StartNs),
  /** The same moment, since 1970. */
  startRealtimeNs: u64(RecordingColumn.StartRealtimeNs),
  /** End of the observed window, CLOCK_MONOTONIC. */
  endNs: u64(RecordingColumn.EndNs),
  /** Bytes read. */
  fileBytes: u64(RecordingColumn.FileBytes),
  /** Ended of the recording format; 0 where there is no trailer. */
  ended: u32(RecordingColumn.Ended),
  /** Records of the event streams. */
  events: u64(RecordingColumn.Events),
  /** States that the next record contradicted. */
  contradictions: u64(RecordingColumn.Contradictions),
  /** Records older than the state they change. */
  backwards: u64(RecordingColumn.Backwards),
  /** Wakeups that changed nothing. */
  spuriousWakes: u64(RecordingColumn.SpuriousWakes),
  /** Thread time of which nothing is known. */
  unknownNs: u64(RecordingColumn.UnknownNs),
  bootId0: u32(RecordingColumn.BootId0),
  bootId1: u32(RecordingColumn.BootId1),
  bootId2: u32(RecordingColumn.BootId2),
  bootId3: u32(RecordingColumn.BootId3),
};
export type RecordingTable = TableOf<typeof recordingSpec>;

export const metaSpec = {
  /** String. */
  key: u32(MetaColumn.Key),
  /** String. */
  value: u32(MetaColumn.Value),
};
export type MetaTable = TableOf<typeof metaSpec>;

/** Clocks that were read together. */
export const clocksSpec = {
  monotonicNs: u64(ClocksColumn.MonotonicNs),
  boottimeNs: u64(ClocksColumn.BoottimeNs),
  /** Since 1970. */
  realtimeNs: u64(ClocksColumn.RealtimeNs),
};
export type ClocksTable = TableOf<typeof clocksSpec>;

/** What can be mapped. Row 0 is the unknown object. */
export const objectsSpec = {
  /** ObjectKind of the recording format. */
  kind: u32(ObjectsColumn.Kind),
  /** String. */
  path: u32(ObjectsColumn.Path),
  /** String: lower-case hexadecimal, empty if unknown. */
  buildId: u32(ObjectsColumn.BuildId),
  device: u64(ObjectsColumn.Device),
  inode: u64(ObjectsColumn.Inode),
};
export type ObjectsTable = TableOf<typeof objectsSpec>;

/** Lives of threads, in order of first mention; a reused tid is another row. */
export const threadsSpec = {
  tid: u32(ThreadsColumn.Tid),
  /** 0 where the recording does not say. */
  pid: u32(ThreadsColumn.Pid),
  /** String: its last name. */
  comm: u32(ThreadsColumn.Comm),
  /** TaskFlag of the recording format. */
  flags: u32(ThreadsColumn.Flags),
  /** Pid of the parent process. */
  parent: u32(ThreadsColumn.Parent),
  beginNs: u64(ThreadsColumn.BeginNs),
  endNs: u64(ThreadsColumn.EndNs),
  onCpuNs: u64(ThreadsColumn.OnCpuNs),
  blockedNs: u64(ThreadsColumn.BlockedNs),
  runnableNs: u64(ThreadsColumn.RunnableNs),
  preemptedNs: u64(ThreadsColumn.PreemptedNs),
  unknownNs: u64(ThreadsColumn.UnknownNs),
  /** cgroup v2 id, 0 if unknown. */
  cgroup: u64(ThreadsColumn.Cgroup),
  /** Times it left a CPU. */
  switches: u64(ThreadsColumn.Switches),
};
export type ThreadsTable = TableOf<typeof threadsSpec>;

/** A call tree: a stack is a node, which names its caller. Row 0 is the empty stack. */
export const stacksSpec = {
  /** Row of the caller's node. */
  prefix: u32(StacksColumn.Prefix),
  /** Row in frames. */
  frame: u32(StacksColumn.Frame),
  /** StackFlag of the recording format, of the stacks that end here. */
  flags: u8(StacksColumn.Flags),
  /** StackHow of the engine: how the stacks that end here were found; 0 of kernel stacks. */
  how: u8(StacksColumn.How),
};
export type StacksTable = TableOf<typeof stacksSpec>;

export const framesSpec = {
  /** StackKind of the recording format; 0 in row 0. */
  kind: u8(FramesColumn.Kind),
  /** In the process, or in the kernel. */
  address: u64(FramesColumn.Address),
  /** Row in objects. */
  object: u32(FramesColumn.Object),
  /** Bytes into the object's file; of a kernel frame, from its symbol. */
  offset: u64(FramesColumn.Offset),
  /** String: the function, empty if unknown. */
  symbol: u32(FramesColumn.Symbol),
  /** Bytes from the beginning of that function; of an inlined one, of that it is in. */
  symbolOffset: u64(FramesColumn.SymbolOffset),
  /** NameSource of the engine. */
  source: u8(FramesColumn.Source),
  /** String: the source file, empty if unknown. */
  file: u32(FramesColumn.File),
  /** Line of it, 0 unknown. */
  line: u32(FramesColumn.Line),
  /** 1 of a function inlined into the one that called it. */
  inlined: u8(FramesColumn.Inlined),
};
export type FramesTable = TableOf<typeof framesSpec>;

/** Off-CPU periods, summed by everything that tells them apart; largest sums first. */
export const offcpuSpec = {
  /** Row in threads. */
  thread: u32(OffcpuColumn.Thread),
  /** String: the thread's name when the period ended. */
  comm: u32(OffcpuColumn.Comm),
  /** OffcpuClass of the recording format, or ClassUnknown. */
  class: u8(OffcpuColumn.Class),
  /** System call it was in, -1 none. */
  nr: i32(OffcpuColumn.Nr),
  /** 1: `nr` is of the 32-bit ABI. */
  compat: u8(OffcpuColumn.Compat),
  /** Edge: whether the window cut the periods off. */
  edge: u8(OffcpuColumn.Edge),
  /** Row in stacks, 0 none. */
  kernelStack: u32(OffcpuColumn.KernelStack),
  /** Row in stacks, 0 none. */
  userStack: u32(OffcpuColumn.UserStack),
  periods: u64(OffcpuColumn.Periods),
  /** Until woken. */
  blockedNs: u64(OffcpuColumn.BlockedNs),
  /** From wakeup until run. */
  runnableNs: u64(OffcpuColumn.RunnableNs),
  /** The CPU was taken from it. */
  preemptedNs: u64(OffcpuColumn.PreemptedNs),
  /** The longest period. */
  maxNs: u64(OffcpuColumn.MaxNs),
  /** Periods whose wakeup was seen. */
  woken: u64(OffcpuColumn.Woken),
  /** Microseconds: each period cut to whole ones before it was added, as bcc does. */
  cutUs: u64(OffcpuColumn.CutUs),
};
export type OffcpuTable = TableOf<typeof offcpuSpec>;

/** System calls that ended, by thread, call and error; largest sums first. */
export const syscallsSpec = {
  /** Row in threads. */
  thread: u32(SyscallsColumn.Thread),
  nr: i32(SyscallsColumn.Nr),
  /** 1: `nr` is of the 32-bit ABI. */
  compat: u8(SyscallsColumn.Compat),
  /** 0: success. */
  errno: u32(SyscallsColumn.Errno),
  /** Calls. */
  count: u64(SyscallsColumn.Count),
  totalNs: u64(SyscallsColumn.TotalNs),
  /** Of totalNs, off the CPU. */
  offcpuNs: u64(SyscallsColumn.OffcpuNs),
  /** 2^64-1 where no call has a duration. */
  minNs: u64(SyscallsColumn.MinNs),
  maxNs: u64(SyscallsColumn.MaxNs),
  /** Of count, calls whose beginning was not seen: they have no duration. */
  noEnter: u64(SyscallsColumn.NoEnter),
};
export type SyscallsTable = TableOf<typeof syscallsSpec>;

/** Of a part: where in the order of all records each row of threads began. See merge-parts.ts. */
export const birthsSpec = {
  epoch: u32(BirthsColumn.Epoch),
  timeNs: u64(BirthsColumn.TimeNs),
  place: u64(BirthsColumn.Place),
};
export type BirthsTable = TableOf<typeof birthsSpec>;

/** Of a part: the least id of the recording's stacks that each row of stacks is on the way to. */
export const stackIdsSpec = {
  id: u32(StackIdsColumn.Id),
};
export type StackIdsTable = TableOf<typeof stackIdsSpec>;

/** Sparse histograms of durations, of the rows of another table, in their order. */
export const latenciesSpec = {
  /** Row in the other table. */
  row: u32(LatenciesColumn.Row),
  /** See LatencyBucketsPerDoubling. */
  bucket: u32(LatenciesColumn.Bucket),
  /** Calls. */
  count: u64(LatenciesColumn.Count),
};
export type LatenciesTable = TableOf<typeof latenciesSpec>;

/** What threads did over time; see TimelineColumn. Times are ns in each of the row's bins. */
export const timelineSpec = {
  /** Row in threads. */
  thread: u32(TimelineColumn.Thread),
  /** Bins from the window's start. */
  firstBin: u32(TimelineColumn.FirstBin),
  bins: u32(TimelineColumn.Bins),
  onCpuNs: u32(TimelineColumn.OnCpuNs),
  sleepingNs: u32(TimelineColumn.SleepingNs),
  uninterruptibleNs: u32(TimelineColumn.UninterruptibleNs),
  runnableNs: u32(TimelineColumn.RunnableNs),
  preemptedNs: u32(TimelineColumn.PreemptedNs),
};
export type TimelineTable = TableOf<typeof timelineSpec>;

/** Which system calls threads were in over time; see CallTimelineColumn. */
export const callTimelineSpec = {
  /** Row in threads. */
  thread: u32(CallTimelineColumn.Thread),
  /** Bins from the window's start. */
  firstBin: u32(CallTimelineColumn.FirstBin),
  bins: u32(CallTimelineColumn.Bins),
  /** In each of the row's bins. */
  callNs: u32(CallTimelineColumn.CallNs),
  /** The call that had most of it. */
  nr: i32(CallTimelineColumn.Nr),
  compat: u8(CallTimelineColumn.Compat),
};
export type CallTimelineTable = TableOf<typeof callTimelineSpec>;

/** Calls and periods by when they ended and how long they were; see HeatColumn. */
export const heatSpec = {
  /** Bins from the window's start. */
  bin: u32(HeatColumn.Bin),
  /** Four to a power of two. */
  bucket: u32(HeatColumn.Bucket),
  /** Row in threads. */
  thread: u32(HeatColumn.Thread),
  /** EventKind. */
  kind: u8(HeatColumn.Kind),
  what: i32(HeatColumn.What),
  count: u64(HeatColumn.Count),
  totalNs: u64(HeatColumn.TotalNs),
};
export type HeatTable = TableOf<typeof heatSpec>;

/** System calls joined to the off-CPU periods inside them; the parts add up to totalNs. */
export const callsSpec = {
  /** Row in threads. */
  thread: u32(CallsColumn.Thread),
  nr: i32(CallsColumn.Nr),
  /** 1: `nr` is of the 32-bit ABI. */
  compat: u8(CallsColumn.Compat),
  /** 0: success. */
  errno: u32(CallsColumn.Errno),
  /** Row in stacks: of the longest period inside that had one; 0 none. */
  kernelStack: u32(CallsColumn.KernelStack),
  /** Row in stacks, 0 none. */
  userStack: u32(CallsColumn.UserStack),
  /** Calls that have a duration. */
  count: u64(CallsColumn.Count),
  totalNs: u64(CallsColumn.TotalNs),
  onCpuNs: u64(CallsColumn.OnCpuNs),
  /** Blocked, by class of the period. */
  interruptibleNs: u64(CallsColumn.InterruptibleNs),
  uninterruptibleNs: u64(CallsColumn.UninterruptibleNs),
  otherNs: u64(CallsColumn.OtherNs),
  /** Woken, or yielded, and waiting for a CPU. */
  runnableNs: u64(CallsColumn.RunnableNs),
  preemptedNs: u64(CallsColumn.PreemptedNs),
  /** Off the CPU, of which no period is known: records were lost. */
  unknownNs: u64(CallsColumn.UnknownNs),
  maxNs: u64(CallsColumn.MaxNs),
};
export type CallsTable = TableOf<typeof callsSpec>;

/** Off-CPU periods that have a wake time, by who woke. */
export const wakeupsSpec = {
  /** Row in offcpu. */
  period: u32(WakeupsColumn.Period),
  /** Row in wakers. */
  waker: u32(WakeupsColumn.Waker),
  periods: u64(WakeupsColumn.Periods),
  /** Until the wakeup. */
  blockedNs: u64(WakeupsColumn.BlockedNs),
  /** From it until run. */
  runnableNs: u64(WakeupsColumn.RunnableNs),
  runnableMaxNs: u64(WakeupsColumn.RunnableMaxNs),
};
export type WakeupsTable = TableOf<typeof wakeupsSpec>;

/** Chains of wakers, as a tree: a row names who had woken the waker. Row 0 is nobody. */
export const wakersSpec = {
  prefix: u32(WakersColumn.Prefix),
  /** WakerKind of the engine. */
  kind: u8(WakersColumn.Kind),
  /** Row in threads, of kind Thread. */
  thread: u32(WakersColumn.Thread),
};
export type WakersTable = TableOf<typeof wakersSpec>;

/** Records, one row each, in order of time; see EventsColumn for what a kind does not have. */
export const eventsSpec = {
  /** EventKind of the engine. */
  kind: u8(EventsColumn.Kind),
  /** End of the event, since the recording's start. */
  timeNs: f64(EventsColumn.TimeNs),
  /** -1: the call's beginning was not seen. */
  durationNs: f64(EventsColumn.DurationNs),
  /** Row in threads. */
  thread: u32(EventsColumn.Thread),
  /** String: its name then. */
  comm: u32(EventsColumn.Comm),
  nr: i32(EventsColumn.Nr),
  compat: u8(EventsColumn.Compat),
  /** Of a system call, as the kernel returned it: -4095..-1 are errors. */
  result: f64(EventsColumn.Result),
  /** Of a system call, inside it. */
  offcpuNs: f64(EventsColumn.OffcpuNs),
  /** OffcpuClass of the recording format, or ClassUnknown. */
  class: u8(EventsColumn.Class),
  /** Edge of the engine. */
  edge: u8(EventsColumn.Edge),
  blockedNs: f64(EventsColumn.BlockedNs),
  runnableNs: f64(EventsColumn.RunnableNs),
  /** Row in stacks, 0 none. */
  kernelStack: u32(EventsColumn.KernelStack),
  /** Row in stacks, 0 none. */
  userStack: u32(EventsColumn.UserStack),
  /** WakerKind of the engine. */
  wakerKind: u8(EventsColumn.WakerKind),
  /** Row in threads. */
  waker: u32(EventsColumn.Waker),
  cpu: u32(EventsColumn.Cpu),
};
export type EventsTable = TableOf<typeof eventsSpec>;

/** Arguments of the events that have any, in order. Strings are string + 1; 0 where none was recorded. */
export const eventArgumentsSpec = {
  /** Row in events. */
  event: u32(EventArgumentsColumn.Event),
  /** What the registers held, as signed numbers. */
  value0: f64(EventArgumentsColumn.Value0),
  value1: f64(EventArgumentsColumn.Value1),
  value2: f64(EventArgumentsColumn.Value2),
  value3: f64(EventArgumentsColumn.Value3),
  value4: f64(EventArgumentsColumn.Value4),
  value5: f64(EventArgumentsColumn.Value5),
  text0: u32(EventArgumentsColumn.Text0),
  text1: u32(EventArgumentsColumn.Text1),
  text2: u32(EventArgumentsColumn.Text2),
  text3: u32(EventArgumentsColumn.Text3),
  text4: u32(EventArgumentsColumn.Text4),
  text5: u32(EventArgumentsColumn.Text5),
  /** StringArgumentFlag of the recording format, two bits an argument. */
  textFlags: u32(EventArgumentsColumn.TextFlags),
};
export type EventArgumentsTable = TableOf<typeof eventArgumentsSpec>;

/** Paths of control groups (v2). */
export const cgroupsSpec = {
  id: u64(CgroupsColumn.Id),
  /** String. */
  path: u32(CgroupsColumn.Path),
};
export type CgroupsTable = TableOf<typeof cgroupsSpec>;

/** Exact counters of the kernel, whether or not a record was delivered. */
export const syscallCountsSpec = {
  /** -1: all numbers outside the counted range. */
  nr: i32(SyscallCountsColumn.Nr),
  compat: u8(SyscallCountsColumn.Compat),
  count: u64(SyscallCountsColumn.Count),
  errors: u64(SyscallCountsColumn.Errors),
  totalNs: u64(SyscallCountsColumn.TotalNs),
};
export type SyscallCountsTable = TableOf<typeof syscallCountsSpec>;

/** Exact counters of the kernel, whether or not a record was delivered. */
export const offcpuCountsSpec = {
  /** OffcpuClass of the recording format. */
  class: u8(OffcpuCountsColumn.Class),
  periods: u64(OffcpuCountsColumn.Periods),
  totalNs: u64(OffcpuCountsColumn.TotalNs),
};
export type OffcpuCountsTable = TableOf<typeof offcpuCountsSpec>;

/** What is missing, as the recording says and as its reader found. */
export const lostSpec = {
  cpu: u32(LostColumn.Cpu),
  /** BlockType of the recording format: what kind of record. */
  stream: u32(LostColumn.Stream),
  /** LostReason of the recording format; 0: damage of the file. */
  reason: u32(LostColumn.Reason),
  count: u64(LostColumn.Count),
  /** First and last moment touched. */
  fromNs: u64(LostColumn.FromNs),
  toNs: u64(LostColumn.ToNs),
};
export type LostTable = TableOf<typeof lostSpec>;

/** Per stream, as the writer counted: seen = written + lost. */
export const totalsSpec = {
  cpu: u32(TotalsColumn.Cpu),
  stream: u32(TotalsColumn.Stream),
  seen: u64(TotalsColumn.Seen),
  written: u64(TotalsColumn.Written),
  lost: u64(TotalsColumn.Lost),
};
export type TotalsTable = TableOf<typeof totalsSpec>;

/** How much of each block type the file holds. */
export const blocksSpec = {
  /** BlockType of the recording format. */
  type: u32(BlocksColumn.Type),
  blocks: u64(BlocksColumn.Blocks),
  records: u64(BlocksColumn.Records),
  /** Before compression. */
  rawBytes: u64(BlocksColumn.RawBytes),
  /** In the file, block headers included. */
  fileBytes: u64(BlocksColumn.FileBytes),
};
export type BlocksTable = TableOf<typeof blocksSpec>;

/** What was odd about the file. */
export const warningsSpec = {
  /** Warning of the engine. */
  warning: u32(WarningsColumn.Warning),
  /** Byte in the file. */
  offset: u64(WarningsColumn.Offset),
  /** See Warning. */
  a: u64(WarningsColumn.A),
  /** See Warning. */
  b: u64(WarningsColumn.B),
};
export type WarningsTable = TableOf<typeof warningsSpec>;
