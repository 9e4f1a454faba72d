// Off-CPU time by group as a table, with what the answer lacks above it.

import type { Analysis } from "../analysis.js";
import type { OffcpuGroup, OffcpuGroupRow, OffcpuGroupsView } from "../views/offcpu-groups.js";
import type { PeriodOptions } from "../views/periods.js";
import { completenessStatements } from "./completeness-text.js";
import { headingLine } from "./heading-text.js";
import { hostMark } from "./host-mark.js";
import { statementLines } from "./labelled-text.js";
import { printable } from "./style.js";
import type { Style } from "./style.js";
import { tableLines } from "./table-text.js";
import type { TableColumn } from "./table-text.js";
import { countOf, countText, durationText, shareText } from "./units.js";

export interface OffcpuGroupsTextOptions extends PeriodOptions {
  readonly by: OffcpuGroup;
  /** Rows shown. */
  readonly top: number;
}

export function offcpuGroupsText(
  analyses: readonly Analysis[],
  view: OffcpuGroupsView,
  options: OffcpuGroupsTextOptions,
  style: Style,
): string {
  const statements = [
    { label: "off-CPU", text: durationText(view.totalNs) },
    ...completenessStatements(view.completeness, options),
  ];
  const lines = [style.bold(headingLine(analyses)), "", ...statementLines(statements, style)];
  const shown = view.rows.slice(0, options.top);
  const host = hostMark(view.rows);
  if (shown.length > 0) lines.push("", ...tableLines(columnsOf(options.by, view.totalNs, host), shown, style));
  if (shown.length < view.rows.length) {
    lines.push("", `${shown.length} of ${countOf(view.rows.length, "row")} shown; --all shows every one`);
  }
  return `${lines.join("\n")}\n`;
}

function columnsOf(by: OffcpuGroup, allNs: number, host: (row: OffcpuGroupRow) => string): readonly TableColumn<OffcpuGroupRow>[] {
  return [
    { title: by.toUpperCase(), text: (row) => printable(groupText(row, by, host(row))) },
    { title: "THREADS", text: (row) => countText(row.threads) },
    { title: "PERIODS", text: (row) => countText(row.periods) },
    { title: "TOTAL", text: (row) => durationText(row.totalNs) },
    { title: "SHARE", text: (row) => shareText(row.totalNs, allNs) },
    { title: "BLOCKED", text: (row) => durationText(row.blockedNs) },
    { title: "RUNNABLE", text: (row) => durationText(row.runnableNs) },
    { title: "PREEMPTED", text: (row) => durationText(row.preemptedNs) },
    { title: "MAX", text: (row) => durationText(row.maxNs) },
  ];
}

function groupText(row: OffcpuGroupRow, by: OffcpuGroup, host: string): string {
  const isNumber = by === "pid" || by === "tid";
  if (!isNumber) return row.group === "" ? "[none]" : row.group;
  return `${row.group} ${row.comm}${host}`;
}
