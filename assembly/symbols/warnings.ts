// What was odd in the loaded parts, counted by code, part and detail: rows of SymbolTable.Warnings.

import { allocate } from "../arena";
import { newVector, Vector } from "../vector";
import { Part, SymbolWarning } from "./tables";

@unmanaged
export class WarningRow {
  code: SymbolWarning;
  part: Part;
  detail: u32;
  count: u32;
}

export const warnings: Vector<WarningRow> = newVector<WarningRow>();

/** Kinds of oddity that are told apart; a hostile object may invent details without end. */
const WarningsMax: u32 = 256;

export function warn(code: SymbolWarning, part: Part, detail: u32): void {
  for (let i: u32 = 0; i < warnings.length; i++) {
    const row = warnings.get(i);
    if (row.code == code && row.part == part && row.detail == detail) {
      row.count++;
      return;
    }
  }
  if (warnings.length == WarningsMax) return;
  const row = changetype<WarningRow>(allocate(offsetof<WarningRow>()));
  row.code = code;
  row.part = part;
  row.detail = detail;
  row.count = 1;
  warnings.push(row);
}
