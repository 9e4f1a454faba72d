// What the kernel counted itself, exactly, whether or not a record could be delivered: SyscallCount
// and OffcpuCount blocks hold increments, Totals what became of each stream.

import { outOfMemory } from "./arena";
import { cell, decode, Limit, openPayload } from "./columns";
import { Encoding, OffcpuCountColumn, SyscallCountColumn, SyscallFlag, TotalsColumn } from "./format";
import { newTally, Tally } from "./tally";

/** By number (as u32) and compat flag: x calls, y errors, z ns. */
export const syscallCounts: Tally = newTally();
/** By class: x periods, y ns. */
export const offcpuCounts: Tally = newTally();
/** By cpu and stream: x seen, y written, z lost. */
export const totals: Tally = newTally();

/** A SyscallCount block. False if it is malformed; then nothing of it counts. */
export function addSyscallCounts(from: usize, to: usize, records: u32): bool {
  if (
    !openPayload(from, to, SyscallCountColumn.Time + 1) ||
    !decode(SyscallCountColumn.Nr, records, Encoding.Signed, Limit.I32) ||
    !decode(SyscallCountColumn.Flags, records, Encoding.Unsigned, Limit.U32) ||
    !decode(SyscallCountColumn.Count, records, Encoding.Unsigned, Limit.None) ||
    !decode(SyscallCountColumn.Errors, records, Encoding.Unsigned, Limit.None) ||
    !decode(SyscallCountColumn.Time, records, Encoding.Unsigned, Limit.None)
  ) {
    return false;
  }
  for (let i: u32 = 0; i < records && !outOfMemory; i++) {
    const compat = u32((cell(SyscallCountColumn.Flags, i) & SyscallFlag.Compat) != 0);
    const row = syscallCounts.at(cell(SyscallCountColumn.Nr, i) as u32, compat, 0);
    row.x += cell(SyscallCountColumn.Count, i);
    row.y += cell(SyscallCountColumn.Errors, i);
    row.z += cell(SyscallCountColumn.Time, i);
  }
  return true;
}

/** An OffcpuCount block. False if it is malformed; then nothing of it counts. */
export function addOffcpuCounts(from: usize, to: usize, records: u32): bool {
  if (
    !openPayload(from, to, OffcpuCountColumn.Time + 1) ||
    !decode(OffcpuCountColumn.Class, records, Encoding.Unsigned, Limit.U32) ||
    !decode(OffcpuCountColumn.Periods, records, Encoding.Unsigned, Limit.None) ||
    !decode(OffcpuCountColumn.Time, records, Encoding.Unsigned, Limit.None)
  ) {
    return false;
  }
  for (let i: u32 = 0; i < records && !outOfMemory; i++) {
    const row = offcpuCounts.at(cell(OffcpuCountColumn.Class, i) as u32, 0, 0);
    row.x += cell(OffcpuCountColumn.Periods, i);
    row.y += cell(OffcpuCountColumn.Time, i);
  }
  return true;
}

/** A Totals block. False if it is malformed; then nothing of it counts. */
export function addTotals(from: usize, to: usize, records: u32): bool {
  if (
    !openPayload(from, to, TotalsColumn.Lost + 1) ||
    !decode(TotalsColumn.Cpu, records, Encoding.Unsigned, Limit.Cpu) ||
    !decode(TotalsColumn.Stream, records, Encoding.Unsigned, Limit.U32) ||
    !decode(TotalsColumn.Seen, records, Encoding.Unsigned, Limit.None) ||
    !decode(TotalsColumn.Written, records, Encoding.Unsigned, Limit.None) ||
    !decode(TotalsColumn.Lost, records, Encoding.Unsigned, Limit.None)
  ) {
    return false;
  }
  for (let i: u32 = 0; i < records && !outOfMemory; i++) {
    const row = totals.at(cell(TotalsColumn.Cpu, i) as u32, cell(TotalsColumn.Stream, i) as u32, 0);
    row.x += cell(TotalsColumn.Seen, i);
    row.y += cell(TotalsColumn.Written, i);
    row.z += cell(TotalsColumn.Lost, i);
  }
  return true;
}
