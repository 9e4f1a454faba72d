// System calls as a table. The title says that times are wall time, because users of strace -c, which
// shows CPU time, would read them otherwise.

import type { Analysis } from "../analysis.js";
import type { SyscallRow, SyscallsView } from "../views/syscalls.js";
import { lossText } from "./completeness-text.js";
import { headingLine } from "./heading-text.js";
import { statementLines } from "./labelled-text.js";
import type { Statement } from "./labelled-text.js";
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
  const statements = view.recorded ? summary(view) : [notRecorded];
  const lines = [style.bold(headingLine(analyses)), "", ...statementLines(statements, style)];
  const shown = view.rows.slice(0, options.top);
  if (shown.length > 0) lines.push("", ...tableLines(columns, shown, style));
  if (shown.length < view.rows.length) {
    const all = countOf(view.rows.length, "system call");
    lines.push("", `${shown.length} of ${all} shown; --all shows every one`);
  }
  return `${lines.join("\n")}\n`;
}

const notRecorded: Statement = { label: "calls", text: "not recorded (--no-syscalls)" };

function summary(view: SyscallsView): Statement[] {
  const { count, errors, totalNs } = view.totals;
  const statements: Statement[] = [
    { label: "calls", text: `${countText(count)}, of which ${countText(errors)} failed` },
    { label: "time", text: `${durationText(totalNs)} from entry to exit: wall time, not CPU time` },
  ];
  const noEnter = view.rows.reduce((sum, row) => sum + row.noEnter, 0);
  if (noEnter > 0) {
    const text = `${countOf(noEnter, "call")} under way when the recording began: counted, without time`;
    statements.push({ label: "open", text });
  }
  return [...statements, ...lossStatements(view)];
}

function lossStatements(view: SyscallsView): Statement[] {
  if (!view.lowerBound) return [];
  const unrecorded = view.rows.reduce((sum, row) => sum + row.unrecorded, 0);
  const counted =
    unrecorded === 0
      ? ""
      : `; COUNT, ERRORS, TOTAL and AVERAGE include ${countOf(unrecorded, "lost call")} ` +
        "by the kernel's own counters, MAX and OFF-CPU do not";
  return [{ label: "lost", text: `lower bound: ${lossText(view.lost)}${counted}`, isAlert: true }];
}

function callText(row: SyscallRow): string {
  const name = printable(row.name);
  return row.abi === "ia32" || row.abi === "arm" ? `${name} (32-bit)` : name;
}

function timeText(row: SyscallRow, ns: number): string {
  return row.count === row.noEnter ? "-" : durationText(ns);
}
