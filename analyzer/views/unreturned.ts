// System calls that had not returned when the recording ended, as far as their threads were off the
// CPU then: no table of ended calls has them, and the one that hangs is often the one looked for.

import type { Analysis } from "../analysis.js";
import { className } from "./classes.js";
import type { ClassName } from "./classes.js";
import { isOpenAtEnd, isSelected, periodSyscall, totalNs } from "./periods.js";
import type { PeriodOptions } from "./periods.js";
import { hostName } from "./threads.js";

export interface UnreturnedRow {
  readonly host: string;
  readonly comm: string;
  readonly pid: number;
  readonly tid: number;
  readonly name: string;
  readonly class: ClassName;
  /** Since it last left the CPU: the call itself is at least that old. */
  readonly offcpuNs: number;
}

/** The fields of a row, in the order in which tables of them are written. */
export const unreturnedFields: { readonly [Name in keyof UnreturnedRow]: true } = {
  host: true,
  comm: true,
  pid: true,
  tid: true,
  name: true,
  class: true,
  offcpuNs: true,
};

/** The longest first; ties by thread. */
export function unreturnedRows(
  analyses: readonly Analysis[],
  { selection }: Pick<PeriodOptions, "selection">,
): UnreturnedRow[] {
  const asked: PeriodOptions = { open: true, idle: "show", selection };
  const rows: UnreturnedRow[] = [];
  for (const analysis of analyses) {
    const { offcpu, threads } = analysis;
    for (let row = 0; row < offcpu.length; row++) {
      if (!isOpenAtEnd(offcpu.edge[row]!) || offcpu.nr[row] === -1) continue;
      if (!isSelected(analysis, row, asked)) continue;
      const thread = offcpu.thread[row]!;
      rows.push({
        host: hostName(analysis),
        comm: analysis.string(offcpu.comm[row]!),
        pid: threads.pid[thread]!,
        tid: threads.tid[thread]!,
        name: periodSyscall(analysis, row),
        class: className(offcpu.class[row]!),
        offcpuNs: Number(totalNs(analysis, row)),
      });
    }
  }
  return rows.sort((a, b) => b.offcpuNs - a.offcpuNs || a.tid - b.tid || a.pid - b.pid);
}
