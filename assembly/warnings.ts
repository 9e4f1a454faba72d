// What was odd but did not end the analysis, in the order it was met: rows of Table.Warnings.

import { allocate } from "./arena";
import { Warning } from "./tables";
import { newVector, Vector } from "./vector";

/** Warnings kept; of a recording with more, the first ones. */
const WarningsMax: u32 = 4096;

@unmanaged
export class WarningRow {
  offset: u64;
  a: u64;
  b: u64;
  warning: u32;
}

export const warnings: Vector<WarningRow> = newVector<WarningRow>();

export function warn(warning: Warning, offset: u64, a: u64, b: u64): void {
  if (warnings.length == WarningsMax) return;
  const row = changetype<WarningRow>(allocate(offsetof<WarningRow>()));
  row.warning = warning;
  row.offset = offset;
  row.a = a;
  row.b = b;
  warnings.push(row);
}
