// Answers about system calls: what was counted and how completely, then a table (call-tables.ts). It
// says that times are wall time, because users of strace -c, which shows CPU time, would read them
// otherwise.

import type { Analysis } from "../analysis.js";
import type { SyscallsView } from "../views/syscalls.js";
import { syscallTable } from "./call-tables.js";
import type { CallTableOptions } from "./call-tables.js";
import { lossText } from "./completeness-text.js";
import { headingLine } from "./heading-text.js";
import { statementLines } from "./labelled-text.js";
import type { Statement } from "./labelled-text.js";
import type { Style } from "./style.js";
import { countOf, countText, durationText } from "./units.js";

export function syscallsText(
  analyses: readonly Analysis[],
  view: SyscallsView,
  options: CallTableOptions,
  style: Style,
): string {
  return callsText(analyses, view, syscallTable(view.rows, options, style), style);
}

/** Any table of calls, its `lines` under what `view` says of all of them. */
export function callsText(
  analyses: readonly Analysis[],
  view: SyscallsView,
  lines: readonly string[],
  style: Style,
): string {
  return `${[style.bold(headingLine(analyses)), "", ...statementLines(callsStatements(view), style), ...lines].join("\n")}\n`;
}

/** What it says about all calls. */
export function callsStatements(view: SyscallsView): Statement[] {
  return view.recorded ? summary(view) : [notRecorded];
}

const notRecorded: Statement = { label: "calls", text: "not recorded (--no-syscalls)" };

function summary(view: SyscallsView): Statement[] {
  const { count, errors, totalNs } = view.totals;
  const statements: Statement[] = [
    { label: "calls", text: `${countText(count)}, of which ${countText(errors)} failed` },
    { label: "time", text: `${durationText(totalNs)} from entry to exit: wall time, not CPU time${percentileText(view)}` },
  ];
  const noEnter = view.rows.reduce((sum, row) => sum + row.noEnter, 0);
  if (noEnter > 0) {
    const text = `${countOf(noEnter, "call")} under way when the recording began: counted, without time`;
    statements.push({ label: "open", text });
  }
  if (view.unreturned > 0) {
    const text = `${countOf(view.unreturned, "call")} asleep when it ended: not counted; --unreturned lists them`;
    statements.push({ label: "open", text });
  }
  return [...statements, ...lossStatements(view)];
}

/** How exact percentiles are, where there are any. */
function percentileText({ rows }: SyscallsView): string {
  return rows.some((row) => row.p50Ns !== null) ? "; percentiles are at most 1/16 too large" : "";
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
