// The constants and tables of capture/FORMAT.md, copied by hand on purpose: the oracle is the test
// of that document, so it may not read what is generated from it. Names are the document's. Used
// by the oracle's reader and by the writer of synthetic recordings.

export const fileMagic = 0x0a545543_46464f89n;
export const versionMajor = 1;
export const versionMinor = 2;
export const blockMagic = 0x4b42434f;
export const trailerMagic = 0x0a444e45_54554346n;
export const cpuNone = 0xffff;
export const tidOther = 0xffffffff;

export const fileHeaderBytes = 64;
export const blockHeaderBytes = 56;
export const trailerBytes = 32;

export const blockRecordsMax = 65536;
export const blockRawBytesMax = 4194304;
export const blockStoredBytesMax = 4210752;
export const stringBytesMax = 4096;
export const stringIdMax = 16777215;
export const objectIdMax = 4194303;
export const stackIdMax = 16777215;
export const stackDepthMax = 127;
export const buildIdBytesMax = 32;
export const tidMax = 4194304;
export const cpuMax = 65534;
export const columnsMax = 32;
export const dictionaryMax = 131072;
export const dumpRegistersMax = 33;
export const dumpBytesMax = 65536;
export const blockWordsMax = 2_097_152;
export const sectionBytesMax = 268435456;
export const inlineDepthMax = 64;
export const periodsWaitingMax = 64;
export const generationsMax = 64;
export const classUnknown = 7;
export const unwindStepsMax = 65536;

export const BlockType = {
  Meta: 1,
  Clock: 2,
  String: 3,
  Task: 4,
  Object: 5,
  Map: 6,
  Stack: 7,
  KernelSymbol: 8,
  Switch: 9,
  Wake: 10,
  Syscall: 11,
  SyscallCount: 12,
  OffcpuCount: 13,
  Lost: 14,
  Sync: 15,
  Totals: 16,
  Index: 17,
  Arguments: 18,
  StringArgument: 19,
  Cgroup: 20,
  UserDump: 21,
  Snapshot: 22,
  Section: 23,
  ObjectSymbol: 24,
  ProcessSymbol: 25,
  SourceFrame: 26,
} as const;
export type BlockTypeName = keyof typeof BlockType;

export const Arch = { X86_64: 1, Aarch64: 2 } as const;
export const Codec = { Raw: 0, Lz4: 1 } as const;
export const Ended = {
  Duration: 1,
  Signal: 2,
  SizeMax: 3,
  CommandExit: 4,
  Stopped: 5,
  WriteError: 6,
} as const;
export const ObjectKind = { File: 1, Kernel: 2, Module: 3, Vdso: 4, Anonymous: 5 } as const;
export const TaskKind = { Seen: 1, Fork: 2, Exec: 3, Comm: 4, Exit: 5 } as const;
export const TaskFlag = { KernelThread: 1 } as const;
export const StackKind = { Kernel: 1, User: 2 } as const;
export const StackFlag = { Truncated: 1, ExactIp: 2 } as const;
export const DumpFlag = { Truncated: 1, ExactIp: 2 } as const;
export const SectionKind = {
  ProgramHeaders: 1,
  EhFrame: 2,
  Symtab: 3,
  Strtab: 4,
  Dynsym: 5,
  Dynstr: 6,
  GnuDebugdata: 7,
} as const;
export const SymbolSource = { Symtab: 1, Dynsym: 2, Debugdata: 3, DebugFile: 4 } as const;
export const SwitchFlag = { Preempted: 1, Compat: 2 } as const;
export const WakeFlag = { Interrupt: 1 } as const;
export const SyscallFlag = { Compat: 1, NoEnter: 2 } as const;
export const StringArgumentFlag = { Truncated: 1, Unreadable: 2 } as const;
export const LostReason = {
  RingFull: 1,
  Recursion: 2,
  PerfRingFull: 3,
  TaskStorage: 4,
  StackRefused: 5,
  WriteError: 6,
  LimitReached: 7,
  StackBudget: 8,
} as const;

export type Encoding = "Unsigned" | "Signed" | "Delta" | "Time" | "Bytes";

/** Which values a column may hold: 64 bits wide, or 32 bits with the limit its unit has. */
export type Range =
  | "wide"
  | "u32"
  | "i32"
  | "tid"
  | "cpu"
  | "stringId"
  | "objectId"
  | "stackId"
  | "stringBytes"
  | "buildIdBytes"
  | "frames"
  | "registers"
  | "dumpBytes"
  | "sectionBytes"
  | "inlineDepth"
  | "byte";

export interface ColumnSpec {
  readonly name: string;
  readonly encoding: Encoding;
  /** "record", "once", "sum <column>", or the name of a dictionary. */
  readonly per: string;
  readonly range: Range;
}

function column(name: string, encoding: Encoding, per: string, range: Range): ColumnSpec {
  return { name, encoding, per, range };
}

export const columnsOf: { readonly [Name in BlockTypeName]: readonly ColumnSpec[] } = {
  Meta: [
    column("keyLength", "Unsigned", "record", "stringBytes"),
    column("key", "Bytes", "sum keyLength", "byte"),
    column("valueLength", "Unsigned", "record", "stringBytes"),
    column("value", "Bytes", "sum valueLength", "byte"),
  ],
  Clock: [
    column("monotonic", "Unsigned", "record", "wide"),
    column("boottime", "Unsigned", "record", "wide"),
    column("realtime", "Unsigned", "record", "wide"),
  ],
  String: [
    column("firstId", "Unsigned", "once", "stringId"),
    column("length", "Unsigned", "record", "stringBytes"),
    column("bytes", "Bytes", "sum length", "byte"),
  ],
  Object: [
    column("id", "Delta", "record", "objectId"),
    column("kind", "Unsigned", "record", "u32"),
    column("path", "Unsigned", "record", "stringId"),
    column("device", "Unsigned", "record", "wide"),
    column("inode", "Unsigned", "record", "wide"),
    column("buildIdLength", "Unsigned", "record", "buildIdBytes"),
    column("buildId", "Bytes", "sum buildIdLength", "byte"),
  ],
  Map: [
    column("time", "Delta", "record", "wide"),
    column("pid", "Unsigned", "record", "tid"),
    column("start", "Delta", "record", "wide"),
    column("length", "Unsigned", "record", "wide"),
    column("fileOffset", "Unsigned", "record", "wide"),
    column("object", "Unsigned", "record", "objectId"),
  ],
  Task: [
    column("time", "Delta", "record", "wide"),
    column("kind", "Unsigned", "record", "u32"),
    column("tid", "Unsigned", "record", "tid"),
    column("pid", "Unsigned", "record", "tid"),
    column("parent", "Unsigned", "record", "tid"),
    column("startTime", "Unsigned", "record", "wide"),
    column("comm", "Unsigned", "record", "stringId"),
    column("flags", "Unsigned", "record", "u32"),
    column("cgroup", "Unsigned", "record", "wide"),
  ],
  Stack: [
    column("id", "Delta", "record", "stackId"),
    column("kind", "Unsigned", "record", "u32"),
    column("flags", "Unsigned", "record", "u32"),
    column("pid", "Unsigned", "record", "tid"),
    column("time", "Delta", "record", "wide"),
    column("depth", "Unsigned", "record", "frames"),
    column("address", "Delta", "sum depth", "wide"),
  ],
  KernelSymbol: [
    column("address", "Delta", "record", "wide"),
    column("length", "Unsigned", "record", "wide"),
    column("name", "Unsigned", "record", "stringId"),
    column("object", "Unsigned", "record", "objectId"),
  ],
  Switch: [
    column("threads", "Delta", "threads", "tid"),
    column("reasonState", "Unsigned", "reasons", "u32"),
    column("reasonNr", "Signed", "reasons", "i32"),
    column("reasonFlags", "Unsigned", "reasons", "u32"),
    column("time", "Time", "record", "wide"),
    column("prev", "Unsigned", "record", "u32"),
    column("next", "Unsigned", "record", "u32"),
    column("reason", "Unsigned", "record", "u32"),
    column("kernelStack", "Unsigned", "record", "stackId"),
    column("userStack", "Unsigned", "record", "stackId"),
  ],
  Wake: [
    column("threads", "Delta", "threads", "tid"),
    column("time", "Time", "record", "wide"),
    column("waker", "Unsigned", "record", "u32"),
    column("wakee", "Unsigned", "record", "u32"),
    column("targetCpu", "Unsigned", "record", "cpu"),
    column("flags", "Unsigned", "record", "u32"),
  ],
  Syscall: [
    column("threads", "Delta", "threads", "tid"),
    column("callNr", "Signed", "calls", "i32"),
    column("callFlags", "Unsigned", "calls", "u32"),
    column("time", "Time", "record", "wide"),
    column("thread", "Unsigned", "record", "u32"),
    column("call", "Unsigned", "record", "u32"),
    column("result", "Signed", "record", "wide"),
    column("duration", "Unsigned", "record", "wide"),
    column("offcpu", "Unsigned", "record", "wide"),
    column("userStack", "Unsigned", "record", "stackId"),
  ],
  SyscallCount: [
    column("nr", "Signed", "record", "i32"),
    column("flags", "Unsigned", "record", "u32"),
    column("count", "Unsigned", "record", "wide"),
    column("errors", "Unsigned", "record", "wide"),
    column("time", "Unsigned", "record", "wide"),
  ],
  OffcpuCount: [
    column("class", "Unsigned", "record", "u32"),
    column("periods", "Unsigned", "record", "wide"),
    column("time", "Unsigned", "record", "wide"),
  ],
  Lost: [
    column("cpu", "Unsigned", "record", "cpu"),
    column("stream", "Unsigned", "record", "u32"),
    column("reason", "Unsigned", "record", "u32"),
    column("from", "Delta", "record", "wide"),
    column("span", "Unsigned", "record", "wide"),
    column("count", "Unsigned", "record", "wide"),
  ],
  Sync: [],
  Totals: [
    column("cpu", "Unsigned", "record", "cpu"),
    column("stream", "Unsigned", "record", "u32"),
    column("seen", "Unsigned", "record", "wide"),
    column("written", "Unsigned", "record", "wide"),
    column("lost", "Unsigned", "record", "wide"),
  ],
  Index: [
    column("type", "Unsigned", "record", "u32"),
    column("cpu", "Unsigned", "record", "cpu"),
    column("offset", "Delta", "record", "wide"),
    column("firstNs", "Delta", "record", "wide"),
    column("span", "Unsigned", "record", "wide"),
  ],
  Arguments: [
    column("threads", "Delta", "threads", "tid"),
    column("callNr", "Signed", "calls", "i32"),
    column("callFlags", "Unsigned", "calls", "u32"),
    column("time", "Time", "record", "wide"),
    column("thread", "Unsigned", "record", "u32"),
    column("call", "Unsigned", "record", "u32"),
    column("arg0", "Delta", "record", "wide"),
    column("arg1", "Delta", "record", "wide"),
    column("arg2", "Delta", "record", "wide"),
    column("arg3", "Delta", "record", "wide"),
    column("arg4", "Delta", "record", "wide"),
    column("arg5", "Delta", "record", "wide"),
  ],
  StringArgument: [
    column("time", "Delta", "record", "wide"),
    column("thread", "Unsigned", "record", "tid"),
    column("argument", "Unsigned", "record", "u32"),
    column("flags", "Unsigned", "record", "u32"),
    column("text", "Unsigned", "record", "stringId"),
  ],
  Cgroup: [
    column("cgroup", "Unsigned", "record", "wide"),
    column("path", "Unsigned", "record", "stringId"),
  ],
  UserDump: [
    column("id", "Delta", "record", "stackId"),
    column("flags", "Unsigned", "record", "u32"),
    column("pid", "Unsigned", "record", "tid"),
    column("time", "Delta", "record", "wide"),
    column("registers", "Unsigned", "record", "registers"),
    column("length", "Unsigned", "record", "dumpBytes"),
    column("words", "Unsigned", "record", "dumpBytes"),
    column("register", "Unsigned", "sum registers", "wide"),
    column("gap", "Unsigned", "sum words", "u32"),
    column("word", "Unsigned", "sum words", "wide"),
  ],
  Snapshot: [
    column("time", "Delta", "record", "wide"),
    column("thread", "Unsigned", "record", "tid"),
    column("state", "Unsigned", "record", "u32"),
    column("nr", "Signed", "record", "i32"),
    column("flags", "Unsigned", "record", "u32"),
    column("kernelStack", "Unsigned", "record", "stackId"),
    column("userStack", "Unsigned", "record", "stackId"),
  ],
  Section: [
    column("object", "Unsigned", "record", "objectId"),
    column("kind", "Unsigned", "record", "u32"),
    column("address", "Unsigned", "record", "wide"),
    column("total", "Unsigned", "record", "sectionBytes"),
    column("offset", "Unsigned", "record", "sectionBytes"),
    column("length", "Unsigned", "record", "sectionBytes"),
    column("bytes", "Bytes", "sum length", "byte"),
  ],
  ObjectSymbol: [
    column("object", "Unsigned", "record", "objectId"),
    column("address", "Delta", "record", "wide"),
    column("length", "Unsigned", "record", "wide"),
    column("name", "Unsigned", "record", "stringId"),
    column("source", "Unsigned", "record", "u32"),
  ],
  ProcessSymbol: [
    column("pid", "Unsigned", "record", "tid"),
    column("time", "Delta", "record", "wide"),
    column("address", "Delta", "record", "wide"),
    column("length", "Unsigned", "record", "wide"),
    column("name", "Unsigned", "record", "stringId"),
  ],
  SourceFrame: [
    column("object", "Unsigned", "record", "objectId"),
    column("address", "Delta", "record", "wide"),
    column("depth", "Unsigned", "record", "inlineDepth"),
    column("name", "Unsigned", "sum depth", "stringId"),
    column("file", "Unsigned", "sum depth", "stringId"),
    column("line", "Unsigned", "sum depth", "u32"),
  ],
};

/** The largest value of each range; signed ones and the two "nobody" values are told apart by the reader. */
export const rangeMax: { readonly [R in Range]: bigint } = {
  wide: 2n ** 64n - 1n,
  u32: 2n ** 32n - 1n,
  i32: 2n ** 31n - 1n,
  tid: BigInt(tidMax),
  cpu: BigInt(cpuMax),
  stringId: BigInt(stringIdMax),
  objectId: BigInt(objectIdMax),
  stackId: BigInt(stackIdMax),
  stringBytes: BigInt(stringBytesMax),
  buildIdBytes: BigInt(buildIdBytesMax),
  frames: BigInt(stackDepthMax),
  registers: BigInt(dumpRegistersMax),
  dumpBytes: BigInt(dumpBytesMax),
  sectionBytes: BigInt(sectionBytesMax),
  inlineDepth: BigInt(inlineDepthMax),
  byte: 255n,
};

const nameOfType = new Map<number, BlockTypeName>(
  Object.entries(BlockType).map(([name, type]) => [type, name as BlockTypeName]),
);

/** Undefined for the block types of a newer minor version. */
export function blockTypeName(type: number): BlockTypeName | undefined {
  return nameOfType.get(type);
}

export function isEventStream(type: number): boolean {
  const { Switch, Wake, Syscall, Arguments } = BlockType;
  return type === Switch || type === Wake || type === Syscall || type === Arguments;
}
