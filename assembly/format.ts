// The recording's constants and enums. Generated from capture/FORMAT.md by
// capture/generate-format.ts: change that document, then run `npm run build:format`. Holds enums
// and constants only, so that asc and strict tsc compile the same file.

export const FileMagicLow = 0x46464F89;
export const FileMagicHigh = 0xA545543;
export const VersionMajor = 1;
export const VersionMinor = 2;
export const BlockMagic = 1262633807;
export const TrailerMagicLow = 0x54554346;
export const TrailerMagicHigh = 0xA444E45;
export const CpuNone = 65535;
export const TidOther = 0xFFFFFFFF;
export const BlockRecordsMax = 65536;
export const BlockRawBytesMax = 4194304;
export const BlockStoredBytesMax = 4210752;
export const StringBytesMax = 4096;
export const StringIdMax = 16777215;
export const ObjectIdMax = 4194303;
export const StackIdMax = 16777215;
export const StackDepthMax = 127;
export const BuildIdBytesMax = 32;
export const TidMax = 4194304;
export const CpuMax = 65534;
export const ColumnsMax = 32;
export const DictionaryMax = 131072;
export const DumpRegistersMax = 33;
export const DumpBytesMax = 65536;
export const BlockWordsMax = 2097152;
export const SectionBytesMax = 268435456;
export const InlineDepthMax = 64;
export const PeriodsWaitingMax = 64;
export const GenerationsMax = 64;
export const ClassUnknown = 7;
export const UnwindStepsMax = 65536;

export const FileHeaderBytes = 64;
export enum FileHeaderOffset {
  Magic = 0,
  VersionMajor = 8,
  VersionMinor = 10,
  HeaderBytes = 12,
  Arch = 16,
  Flags = 18,
  PageBytes = 20,
  StartMonotonicNs = 24,
  StartRealtimeNs = 32,
  BootId = 40,
  Cpus = 56,
  Crc32c = 60,
}

export const BlockHeaderBytes = 56;
export enum BlockHeaderOffset {
  Magic = 0,
  Type = 4,
  Codec = 5,
  Cpu = 6,
  Records = 8,
  RawBytes = 12,
  StoredBytes = 16,
  Sequence = 20,
  FirstSeq = 24,
  FirstNs = 32,
  LastNs = 40,
  Reserved = 48,
  Crc32c = 52,
}

export const TrailerBytes = 32;
export enum TrailerOffset {
  Magic = 0,
  IndexOffset = 8,
  Blocks = 16,
  Ended = 20,
  Reserved = 24,
  Crc32c = 28,
}

export enum Arch {
  X86_64 = 1,
  Aarch64 = 2,
}

export enum Codec {
  Raw = 0,
  Lz4 = 1,
}

export enum BlockType {
  Meta = 1,
  Clock = 2,
  String = 3,
  Task = 4,
  Object = 5,
  Map = 6,
  Stack = 7,
  KernelSymbol = 8,
  Switch = 9,
  Wake = 10,
  Syscall = 11,
  SyscallCount = 12,
  OffcpuCount = 13,
  Lost = 14,
  Sync = 15,
  Totals = 16,
  Index = 17,
  Arguments = 18,
  StringArgument = 19,
  Cgroup = 20,
  UserDump = 21,
  Snapshot = 22,
  Section = 23,
  ObjectSymbol = 24,
  ProcessSymbol = 25,
  SourceFrame = 26,
}

export enum Encoding {
  Unsigned = 0,
  Signed = 1,
  Delta = 2,
  Time = 3,
  Bytes = 4,
}

export enum Ended {
  Duration = 1,
  Signal = 2,
  SizeMax = 3,
  CommandExit = 4,
  Stopped = 5,
  WriteError = 6,
}

export enum ObjectKind {
  File = 1,
  Kernel = 2,
  Module = 3,
  Vdso = 4,
  Anonymous = 5,
}

export enum TaskKind {
  Seen = 1,
  Fork = 2,
  Exec = 3,
  Comm = 4,
  Exit = 5,
}

export enum TaskFlag {
  KernelThread = 1,
}

export enum StackKind {
  Kernel = 1,
  User = 2,
}

export enum StackFlag {
  Truncated = 1,
  ExactIp = 2,
}

export enum DumpFlag {
  Truncated = 1,
  ExactIp = 2,
}

export enum SectionKind {
  ProgramHeaders = 1,
  EhFrame = 2,
  Symtab = 3,
  Strtab = 4,
  Dynsym = 5,
  Dynstr = 6,
  GnuDebugdata = 7,
}

export enum SymbolSource {
  Symtab = 1,
  Dynsym = 2,
  Debugdata = 3,
  DebugFile = 4,
}

export enum SwitchFlag {
  Preempted = 1,
  Compat = 2,
}

export enum WakeFlag {
  Interrupt = 1,
}

export enum SyscallFlag {
  Compat = 1,
  NoEnter = 2,
}

export enum StringArgumentFlag {
  Truncated = 1,
  Unreadable = 2,
}

export enum OffcpuClass {
  Preempted = 0,
  Runnable = 1,
  Dead = 2,
  IdleKernel = 3,
  Uninterruptible = 4,
  Interruptible = 5,
  Other = 6,
}

export enum LostReason {
  RingFull = 1,
  Recursion = 2,
  PerfRingFull = 3,
  TaskStorage = 4,
  StackRefused = 5,
  WriteError = 6,
  LimitReached = 7,
  StackBudget = 8,
}

export enum MetaColumn {
  KeyLength = 0,
  Key = 1,
  ValueLength = 2,
  Value = 3,
}

export const MetaColumns = 4;

export enum ClockColumn {
  Monotonic = 0,
  Boottime = 1,
  Realtime = 2,
}

export const ClockColumns = 3;

export enum StringColumn {
  FirstId = 0,
  Length = 1,
  Bytes = 2,
}

export const StringColumns = 3;

export enum ObjectColumn {
  Id = 0,
  Kind = 1,
  Path = 2,
  Device = 3,
  Inode = 4,
  BuildIdLength = 5,
  BuildId = 6,
}

export const ObjectColumns = 7;

export enum MapColumn {
  Time = 0,
  Pid = 1,
  Start = 2,
  Length = 3,
  FileOffset = 4,
  Object = 5,
}

export const MapColumns = 6;

export enum TaskColumn {
  Time = 0,
  Kind = 1,
  Tid = 2,
  Pid = 3,
  Parent = 4,
  StartTime = 5,
  Comm = 6,
  Flags = 7,
  Cgroup = 8,
}

export const TaskColumns = 9;

export enum StackColumn {
  Id = 0,
  Kind = 1,
  Flags = 2,
  Pid = 3,
  Time = 4,
  Depth = 5,
  Address = 6,
}

export const StackColumns = 7;

export enum UserDumpColumn {
  Id = 0,
  Flags = 1,
  Pid = 2,
  Time = 3,
  Registers = 4,
  Length = 5,
  Words = 6,
  Register = 7,
  Gap = 8,
  Word = 9,
}

export const UserDumpColumns = 10;

export enum SectionColumn {
  Object = 0,
  Kind = 1,
  Address = 2,
  Total = 3,
  Offset = 4,
  Length = 5,
  Bytes = 6,
}

export const SectionColumns = 7;

export enum ObjectSymbolColumn {
  Object = 0,
  Address = 1,
  Length = 2,
  Name = 3,
  Source = 4,
}

export const ObjectSymbolColumns = 5;

export enum ProcessSymbolColumn {
  Pid = 0,
  Time = 1,
  Address = 2,
  Length = 3,
  Name = 4,
}

export const ProcessSymbolColumns = 5;

export enum SourceFrameColumn {
  Object = 0,
  Address = 1,
  Depth = 2,
  Name = 3,
  File = 4,
  Line = 5,
}

export const SourceFrameColumns = 6;

export enum CgroupColumn {
  Cgroup = 0,
  Path = 1,
}

export const CgroupColumns = 2;

export enum KernelSymbolColumn {
  Address = 0,
  Length = 1,
  Name = 2,
  Object = 3,
}

export const KernelSymbolColumns = 4;

export enum SwitchColumn {
  Threads = 0,
  ReasonState = 1,
  ReasonNr = 2,
  ReasonFlags = 3,
  Time = 4,
  Prev = 5,
  Next = 6,
  Reason = 7,
  KernelStack = 8,
  UserStack = 9,
}

export const SwitchColumns = 10;

export enum WakeColumn {
  Threads = 0,
  Time = 1,
  Waker = 2,
  Wakee = 3,
  TargetCpu = 4,
  Flags = 5,
}

export const WakeColumns = 6;

export enum SyscallColumn {
  Threads = 0,
  CallNr = 1,
  CallFlags = 2,
  Time = 3,
  Thread = 4,
  Call = 5,
  Result = 6,
  Duration = 7,
  Offcpu = 8,
  UserStack = 9,
}

export const SyscallColumns = 10;

export enum SnapshotColumn {
  Time = 0,
  Thread = 1,
  State = 2,
  Nr = 3,
  Flags = 4,
  KernelStack = 5,
  UserStack = 6,
}

export const SnapshotColumns = 7;

export enum ArgumentsColumn {
  Threads = 0,
  CallNr = 1,
  CallFlags = 2,
  Time = 3,
  Thread = 4,
  Call = 5,
  Arg0 = 6,
  Arg1 = 7,
  Arg2 = 8,
  Arg3 = 9,
  Arg4 = 10,
  Arg5 = 11,
}

export const ArgumentsColumns = 12;

export enum StringArgumentColumn {
  Time = 0,
  Thread = 1,
  Argument = 2,
  Flags = 3,
  Text = 4,
}

export const StringArgumentColumns = 5;

export enum SyscallCountColumn {
  Nr = 0,
  Flags = 1,
  Count = 2,
  Errors = 3,
  Time = 4,
}

export const SyscallCountColumns = 5;

export enum OffcpuCountColumn {
  Class = 0,
  Periods = 1,
  Time = 2,
}

export const OffcpuCountColumns = 3;

export enum LostColumn {
  Cpu = 0,
  Stream = 1,
  Reason = 2,
  From = 3,
  Span = 4,
  Count = 5,
}

export const LostColumns = 6;

export enum TotalsColumn {
  Cpu = 0,
  Stream = 1,
  Seen = 2,
  Written = 3,
  Lost = 4,
}

export const TotalsColumns = 5;

export enum IndexColumn {
  Type = 0,
  Cpu = 1,
  Offset = 2,
  FirstNs = 3,
  Span = 4,
}

export const IndexColumns = 5;
