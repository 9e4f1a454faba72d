// What the function of an entry is called. A function inlined or defined elsewhere than declared
// refers to an entry that says more (abstract origin, specification), in any unit, also of the
// alternate file. The linkage name anywhere on that way is preferred, else the first name met.

import { entry, readEntry } from "./entries";
import { SymbolLimit, SymbolWarning } from "./tables";
import { DwarfFile, Unit, unitAt } from "./units";
import { warn } from "./warnings";

/** Steps from a function to what it completes: compilers need three. */
const OriginsMax: u32 = 16;

export let functionNameAt: usize = 0;
export let functionNameBytes: usize = 0;
/** Whether it is the name that linkers see. */
export let isLinkageName: bool = false;

/** Leaves the name of the entry at `at` in `functionNameAt`, 0 if it has none. */
export function readFunctionName(unit: Unit, at: usize): void {
  functionNameAt = 0;
  functionNameBytes = 0;
  isLinkageName = false;
  let owner: Unit = unit;
  let entryAt = at;
  for (let steps: u32 = 0; steps < OriginsMax; steps++) {
    if (changetype<usize>(owner) == 0 || !readEntry(owner, entryAt)) return;
    if (entry.linkageNameBytes != 0) {
      functionNameAt = entry.linkageNameAt;
      functionNameBytes = entry.linkageNameBytes;
      isLinkageName = true;
      return;
    }
    if (functionNameBytes == 0) {
      functionNameAt = entry.nameAt;
      functionNameBytes = entry.nameBytes;
    }
    if (entry.originAt == 0) return;
    entryAt = entry.originAt;
    const file: DwarfFile = entry.originFile;
    owner = unitAt(file, entryAt);
  }
  warn(SymbolWarning.TooMuch, unit.dwarf.object.part, SymbolLimit.OriginDepth);
}
