// The symbolizer's ABI: what is loaded into it (Part, SectionKind), what it answers (SymbolTable and
// its columns) and how it says no (SymbolStatus, SymbolWarning). Holds enums and constants only, so
// that asc and strict tsc compile the same file: assembly/symbols/ fills the tables,
// analyzer/symbolizer.ts reads them.

/** Outcome of every call across the boundary. */
export enum SymbolStatus {
  Ok = 0,
  /** The first bytes are not an ELF object's. */
  NotElf = 1,
  /** An ELF object, but a big-endian one. */
  BigEndian = 2,
  /** The header ends early, or says what cannot be. */
  Damaged = 3,
  /** Memory is exhausted (4 GiB of wasm). */
  OutOfMemory = 4,
  /** An unknown part, more bytes than reserved, loading after the first lookup: the caller's mistake. */
  Misuse = 5,
}

/** Which file a loaded ELF object is. */
export enum Part {
  /** The object that was mapped. */
  Object = 0,
  /** What was split off it: what its .gnu_debuglink names. */
  Debug = 1,
  /** What several debug files share (dwz): what .gnu_debugaltlink names. */
  Alternate = 2,
  /** The unpacked .gnu_debugdata: an ELF object of symbols only. */
  DebugData = 3,
}

/** Sections that are read, and may be loaded one by one where there is no whole file. */
export enum SectionKind {
  /** The first 52 or 64 bytes of the file; to be loaded first. Without it sections are taken as ELF64's. */
  ElfHeader = 0,
  ProgramHeaders = 1,
  Symtab = 2,
  Strtab = 3,
  Dynsym = 4,
  Dynstr = 5,
  DebugInfo = 6,
  DebugAbbrev = 7,
  DebugStr = 8,
  DebugLineStr = 9,
  DebugStrOffsets = 10,
  DebugAddr = 11,
  DebugRanges = 12,
  DebugRnglists = 13,
  DebugAranges = 14,
  DebugLine = 15,
}

/** Bytes that say what else belongs to a part. */
export enum Fact {
  BuildId = 0,
  DebugLinkName = 1,
  /** CRC-32 of the linked file, little-endian. */
  DebugLinkCrc = 2,
  AltLinkName = 3,
  AltLinkBuildId = 4,
  /** .gnu_debugdata as it is in the file, packed with xz. */
  PackedDebugData = 5,
}

/** What the numbers given to a lookup are. */
export enum AddressSpace {
  /** Addresses as the object's own headers and tables have them; of a relocatable object, see `sectionAddress`. */
  Virtual = 0,
  /** Offsets in the mapped file, as mappings give them. */
  FileOffset = 1,
}

/** Where the name of a frame comes from. */
export enum NameSource {
  None = 0,
  Symtab = 1,
  Dynsym = 2,
  DebugData = 3,
  /** Made of the name that a slot of the procedure linkage table jumps to: `name@plt`. */
  Plt = 4,
  Dwarf = 5,
}

export enum SymbolTable {
  /** One row per address looked up, and one behind: where its frames begin. */
  Addresses = 0,
  /** Innermost first. */
  Frames = 1,
  /** UTF-8 strings: other tables name them by row. Row 0 is the empty string. */
  Strings = 2,
  Warnings = 3,
}

export enum AddressColumn {
  FirstFrame = 0,
}

export enum FrameColumn {
  /** Row of the mangled name, as the object has it; 0 where there is none. */
  Name = 0,
  File = 1,
  /** 0 where it is not known. */
  Line = 2,
  Column = 3,
  /** 1 where the function was inlined into that of the next frame. */
  Inlined = 4,
  NameSource = 5,
  /** Of the symbol that the inlined frames are in, too. */
  SymbolStart = 6,
  /** 0 where it is not known. */
  SymbolBytes = 7,
}

export enum SymbolStringColumn {
  Bytes = 0,
  /** One more than there are strings. */
  Offset = 1,
}

export enum SymbolWarningColumn {
  Code = 0,
  /** Part. */
  Part = 1,
  DetailA = 2,
  Count = 3,
}

/** What was odd but did not end the reading: counted by code, part and detail. */
export enum SymbolWarning {
  /** The section headers are outside the file: only program headers are used. */
  SectionHeadersDamaged = 1,
  /** A section is outside the file or malformed. A: SectionKind. */
  SectionDamaged = 2,
  /** A section is compressed by a method that is not read here. A: ch_type (2 is zstd). */
  CompressionUnknown = 3,
  /** A compressed section does not unpack to the length it claims. A: SectionKind. */
  UnpackingFailed = 4,
  /** Units whose debug information is in a .dwo file: their inlined functions are not known. */
  SplitUnit = 5,
  /** Units in .debug_types or of types, which hold no code: skipped. */
  TypeUnit = 6,
  /** Names lie in the alternate file, which was not loaded. */
  AlternateMissing = 7,
  /** A unit of .debug_info is malformed: what is behind the damage is not known. */
  UnitDamaged = 8,
  /** A unit of a DWARF version that is not read here. A: the version. */
  DwarfVersion = 9,
  /** A line table is malformed or of an unknown version. A: the version. */
  LineTableDamaged = 10,
  /** More than the limit of something: the rest was not read. A: Limit. */
  TooMuch = 11,
  /** A relocatable object of another machine than x86-64 and aarch64. A: its machine. */
  RelocationsUnknown = 13,
  /** The build id of this part is not that of the object, or not the one the link names. */
  BuildIdDiffers = 12,
}

/** Limits whose exceeding is a warning. */
export enum SymbolLimit {
  Ranges = 1,
  AbbreviationBytes = 2,
  LineProgramBytes = 3,
  OriginDepth = 4,
}

/** Addresses of one lookup. */
export const AddressesMax = 65536;
