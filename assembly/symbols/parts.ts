// The loaded parts of the one object that an instance is about: whole files by part, or sections one
// by one, which stand for the object itself.

import { ElfObject, newObject, Packing, readElfHeader, readObject, refusal } from "./elf";
import { factBytes, isSameFact, readFacts } from "./facts";
import { Fact, Part, SectionKind, SymbolStatus, SymbolWarning } from "./tables";
import { warn } from "./warnings";

const Parts: u32 = 4;
const loaded: usize = memory.data(16, 16); // pointer to ElfObject by part

const NoObject: ElfObject = changetype<ElfObject>(0);

/** A loaded part, or a null reference. */
@inline
export function partOf(part: Part): ElfObject {
  return changetype<ElfObject>(load<usize>(loaded + ((part as usize) << 2)));
}

function setPart(part: Part, object: ElfObject): void {
  store<usize>(loaded + ((part as usize) << 2), changetype<usize>(object));
}

/** A whole file of `lengthBytes` bytes at `at`, kept. */
export function loadPart(part: Part, at: usize, lengthBytes: usize): SymbolStatus {
  if ((part as u32) >= Parts || changetype<usize>(partOf(part)) != 0) return SymbolStatus.Misuse;
  const object = readObject(part, at, lengthBytes);
  if (changetype<usize>(object) == 0) return refusal;
  readFacts(object);
  setPart(part, object);
  warnOfStranger(part);
  return SymbolStatus.Ok;
}

/** A debug file of another build answers with the wrong lines: it is used, and said. */
function warnOfStranger(part: Part): void {
  const debugged = factBytes(Part.Debug, Fact.AltLinkBuildId) != 0 ? Part.Debug : Part.Object;
  const isStranger =
    part == Part.Debug
      ? factBytes(Part.Object, Fact.BuildId) != 0 && !isSameFact(part, Fact.BuildId, Part.Object, Fact.BuildId)
      : part == Part.Alternate &&
        factBytes(debugged, Fact.AltLinkBuildId) != 0 &&
        !isSameFact(part, Fact.BuildId, debugged, Fact.AltLinkBuildId);
  if (isStranger) warn(SymbolWarning.BuildIdDiffers, part, 0);
}

/** One section of the object. Its header, which says of which class it is, comes first. */
export function loadLooseSection(kind: SectionKind, at: usize, lengthBytes: usize): SymbolStatus {
  if ((kind as u32) > (SectionKind.DebugLine as u32)) return SymbolStatus.Misuse;
  let object = partOf(Part.Object);
  if (changetype<usize>(object) == 0) {
    object = newObject(Part.Object);
    setPart(Part.Object, object);
    if (kind == SectionKind.ElfHeader) return readElfHeader(object, at, at + lengthBytes);
  } else if (kind == SectionKind.ElfHeader || object.at != 0) return SymbolStatus.Misuse;
  if (kind == SectionKind.ProgramHeaders) {
    object.setSegments(at, lengthBytes);
    return SymbolStatus.Ok;
  }
  const section = object.section(kind);
  section.at = at;
  section.lengthBytes = lengthBytes;
  section.packing = Packing.None;
  return SymbolStatus.Ok;
}

/** The part that has a section, the debug file before the object; a null reference if none has. */
export function partWith(kind: SectionKind): ElfObject {
  const debug = partOf(Part.Debug);
  if (changetype<usize>(debug) != 0 && debug.section(kind).at != 0) return debug;
  const object = partOf(Part.Object);
  if (changetype<usize>(object) != 0 && object.section(kind).at != 0) return object;
  return NoObject;
}

/** The part whose headers say where code is: the object itself where it is loaded. */
export function layoutPart(): ElfObject {
  const object = partOf(Part.Object);
  if (changetype<usize>(object) != 0) return object;
  const debug = partOf(Part.Debug);
  return changetype<usize>(debug) != 0 ? debug : partOf(Part.DebugData);
}
