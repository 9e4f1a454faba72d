// What was odd in the symbols of an object, as sentences.

import { SectionKind, SymbolLimit, SymbolWarning } from "../assembly/symbols/tables.js";

/** One sentence of a warning of the symbolizer, which was counted `count` times. */
export function symbolWarningSentence(
  code: SymbolWarning,
  partName: string,
  detail: number,
  count: number,
): string {
  const units = `${count} ${count === 1 ? "unit" : "units"}`;
  const are = count === 1 ? "is" : "are";
  const section = sectionNames[detail as SectionKind] ?? `section ${detail}`;
  switch (code) {
    case SymbolWarning.SectionHeadersDamaged:
      return `${partName} has damaged section headers: its symbols and debug information are not found`;
    case SymbolWarning.SectionDamaged:
      return `${partName} has a damaged ${section}, which is not read`;
    case SymbolWarning.CompressionUnknown:
      return `${partName} has ${count === 1 ? "a section" : `${count} sections`} compressed with ${methodName(detail)}, which is not read here: unpack with objcopy --decompress-debug-sections`;
    case SymbolWarning.UnpackingFailed:
      return `${partName} has a ${section} that does not unpack, and is not read`;
    case SymbolWarning.SplitUnit:
      return `${partName} has ${units} whose debug information is in a .dwo file, which is not read: functions inlined there are not known`;
    case SymbolWarning.TypeUnit:
      return `${partName} has ${units} of types, which ${are} skipped`;
    case SymbolWarning.AlternateMissing:
      return `${partName} has names in an alternate debug file (.gnu_debugaltlink), which was not given`;
    case SymbolWarning.UnitDamaged:
      return `${partName} has ${units} of damaged debug information, read as far as ${count === 1 ? "it goes" : "they go"}`;
    case SymbolWarning.DwarfVersion:
      return `${partName} has ${units} of DWARF ${detail}, which ${are} not read`;
    case SymbolWarning.LineTableDamaged:
      return `${partName} has ${count === 1 ? "a damaged line table, read as far as it goes" : `${count} damaged line tables, read as far as they go`}`;
    case SymbolWarning.TooMuch:
      return `${partName} has more ${limitNames[detail as SymbolLimit] ?? "of something"} than are read`;
    case SymbolWarning.RelocationsUnknown:
      return `${partName} is a relocatable object of machine ${detail}, of which no debug information is read`;
    case SymbolWarning.BuildIdDiffers:
      return `${partName} is of another build (its build id differs): its lines may be wrong`;
    default:
      return `${partName} has an oddity ${code} that this library does not know`;
  }
}

function methodName(type: number): string {
  return type === 2 ? "zstd" : `method ${type}`;
}

const sectionNames: Partial<Record<SectionKind, string>> = {
  [SectionKind.Symtab]: ".symtab",
  [SectionKind.Strtab]: ".strtab",
  [SectionKind.Dynsym]: ".dynsym",
  [SectionKind.Dynstr]: ".dynstr",
  [SectionKind.DebugInfo]: ".debug_info",
  [SectionKind.DebugAbbrev]: ".debug_abbrev",
  [SectionKind.DebugStr]: ".debug_str",
  [SectionKind.DebugLineStr]: ".debug_line_str",
  [SectionKind.DebugStrOffsets]: ".debug_str_offsets",
  [SectionKind.DebugAddr]: ".debug_addr",
  [SectionKind.DebugRanges]: ".debug_ranges",
  [SectionKind.DebugRnglists]: ".debug_rnglists",
  [SectionKind.DebugAranges]: ".debug_aranges",
  [SectionKind.DebugLine]: ".debug_line",
};

const limitNames: Record<SymbolLimit, string> = {
  [SymbolLimit.Ranges]: "address ranges",
  [SymbolLimit.AbbreviationBytes]: "abbreviations",
  [SymbolLimit.LineProgramBytes]: "line programs",
  [SymbolLimit.OriginDepth]: "origins of one function",
};
