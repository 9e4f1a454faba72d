// System calls as a table. The title says that times are wall time, because users of strace -c, which
// shows CPU time, would read them otherwise.

import type { Analysis } from "../analysis.js";
import type { SyscallRow, SyscallsView } from "../views/syscalls.js";
import { lossText } from "./completeness-text.js";
import { headingLine } from "./heading-text.js";
import { printable } from "./style.js";
import type { Style } from "./style.js";
import { tableLines } from "./table-text.js";
import type { TableColumn } from "./table-text.js";
import { countOf, countText, durationText, shareText } from "./units.js";

const columns: readonly TableColumn<SyscallRow>[] = [
  { title: "SYSCALL", text: callText },
  { title: "COUNT", text: (row) => countText(row.count) },
  { title: "ERRORS", text: (row) => (row.errors === 0 ? "-" : countText(row.errors)) },
  { title: "TOTAL", text: (row) => timeText(row, row.totalNs) },
  { title: "AVERAGE", text: (row) => timeText(row, row.averageNs) },
  { title: "MAX", text: (row) => timeText(row, row.maxNs) },
  { title: "OFF-CPU", text: (row) => shareText(row.offcpuNs, row.totalNs) },
];

export function syscallsText(
  analyses: readonly Analysis[],
  view: SyscallsView,
  options: { readonly top: number },
  style: Style,
): string {
  const lines = [style.bold(headingLine(analyses))];
  if (!view.recorded) {
    lines.push("system calls were not recorded (--no-syscalls)");
    return `${lines.join("\n")}\n`;
  }
  const { count, errors, totalNs } = view.totals;
  lines.push(
    `system calls: ${countText(count)}, of which ${countOf(errors, "error")}; ` +
      `${durationText(totalNs)} of wall time from entry to exit`,
    ...lossNotes(view, style),
    "",
  );
  const shown = view.rows.slice(0, options.top);
  lines.push(...tableLines(columns, shown, style));
  if (shown.length < view.rows.length) {
    lines.push("", `${shown.length} of ${countOf(view.rows.length, "call")} shown; --all shows every one`);
  }
  const noEnter = view.rows.reduce((sum, row) => sum + row.noEnter, 0);
  if (noEnter > 0) {
    lines.push("", `${countOf(noEnter, "call")} began before the recording: counted, without time`);
  }
  return `${lines.join("\n")}\n`;
}

function lossNotes(view: SyscallsView, style: Style): string[] {
  if (!view.lowerBound) return [];
  const unrecorded = view.rows.reduce((sum, row) => sum + row.unrecorded, 0);
  return [
    style.alert(`lower bound: lost ${lossText(view.lost)}`),
    `counts, errors, totals and averages are the kernel's own counters' for ` +
      `${countOf(unrecorded, "lost call")}; MAX and OFF-CPU are of the recorded ones`,
  ];
}

function callText(row: SyscallRow): string {
  const name = printable(row.name);
  return row.abi === "ia32" || row.abi === "arm" ? `${name} (32-bit)` : name;
}

function timeText(row: SyscallRow, ns: number): string {
  return row.count === row.noEnter ? "-" : durationText(ns);
}
