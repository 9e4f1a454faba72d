// Who woke whom, as a table: who waited and what for, then by whom it was ended, how long that took,
// and how long the woken then waited for a CPU.

import type { Analysis } from "../analysis.js";
import type { PeriodOptions } from "../views/periods.js";
import { wakerName } from "../views/wakers.js";
import type { Waker, WakerRow, WakersView } from "../views/wakers.js";
import { completenessStatements } from "./completeness-text.js";
import { csvText } from "./csv-text.js";
import { headingLine } from "./heading-text.js";
import { hostMark } from "./host-mark.js";
import { statementLines } from "./labelled-text.js";
import type { Statement } from "./labelled-text.js";
import { printable } from "./style.js";
import type { Style } from "./style.js";
import { tableLines } from "./table-text.js";
import type { TableColumn } from "./table-text.js";
import { countOf, countText, durationText, shareText } from "./units.js";

export interface WakersTextOptions extends PeriodOptions {
  /** Rows shown. */
  readonly top: number;
}

export function wakersText(
  analyses: readonly Analysis[],
  view: WakersView,
  options: WakersTextOptions,
  style: Style,
): string {
  const statements = [...wakersStatements(view), ...completenessStatements(view.completeness, options)];
  const lines = [style.bold(headingLine(analyses)), "", ...statementLines(statements, style)];
  const shown = view.rows.slice(0, options.top);
  if (shown.length > 0) lines.push("", ...tableLines(columnsFor(view), shown, style));
  if (shown.length < view.rows.length) {
    const shownNs = shown.reduce((sum, row) => sum + row.blockedNs, 0);
    const share = shareText(shownNs, view.totals.blockedNs);
    lines.push("", `${shown.length} of ${countOf(view.rows.length, "row")} shown, ${share} of the time; --all shows every one`);
  }
  return `${lines.join("\n")}\n`;
}

/** All rows, with the chain of wakers as names and numbers. */
export function wakersCsvText(rows: readonly WakerRow[]): Generator<string, void, undefined> {
  return csvText(
    csvFields,
    rows.map((row) => ({ ...row, wakers: row.wakers.map(wakerText) })),
  );
}

const csvFields: { readonly [Name in keyof WakerRow]: true } = {
  host: true,
  comm: true,
  pid: true,
  tid: true,
  class: true,
  syscall: true,
  kernelStack: true,
  userStack: true,
  wakers: true,
  periods: true,
  blockedNs: true,
  runnableNs: true,
  runnableAverageNs: true,
  runnableMaxNs: true,
};

export function wakerText(waker: Waker): string {
  return waker.kind === "thread" ? `${wakerName(waker)} (${waker.tid})` : wakerName(waker);
}

/** What it says about all wakeups. */
export function wakersStatements({ totals, withoutWaker }: WakersView): Statement[] {
  const { periods, blockedNs, runnableNs } = totals;
  if (periods === 0) return [{ label: "woken", text: "no period whose wakeup is known" }];
  const share = (ns: number) => shareText(ns, blockedNs);
  const statements: Statement[] = [
    {
      label: "woken",
      text:
        `${countOf(periods, "period")}, blocked for ${durationText(blockedNs)}: ended by threads ${share(totals.byThreadNs)}, ` +
        `by interrupts ${share(totals.byInterruptNs)}, by interrupts of idle CPUs ${share(totals.byIdleNs)}`,
    },
    {
      label: "latency",
      text:
        `${durationText(runnableNs / periods)} on average from wakeup to CPU, ` +
        `${durationText(totals.runnableMaxNs)} at most, ${durationText(runnableNs)} in all`,
    },
  ];
  if (withoutWaker > 0) {
    const text = `${countOf(withoutWaker, "period")} whose wakeup is not known: not counted here`;
    statements.push({ label: "unseen", text });
  }
  return statements;
}

function columnsFor(view: WakersView): readonly TableColumn<WakerRow>[] {
  const host = hostMark(view.rows);
  return [
    { title: "WOKEN <- BY", text: (row) => subjectText(row, host(row)) },
    { title: "PERIODS", text: (row) => countText(row.periods) },
    { title: "BLOCKED", text: (row) => durationText(row.blockedNs) },
    { title: "OF ALL", text: (row) => shareText(row.blockedNs, view.totals.blockedNs) },
    { title: "LATENCY", text: (row) => durationText(row.runnableNs) },
    { title: "AVERAGE", text: (row) => durationText(row.runnableAverageNs) },
    { title: "MAX", text: (row) => durationText(row.runnableMaxNs) },
  ];
}

/** `mysqld (101) fsync ext4_sync_file <- jbd2/sda1-8 (88) <- [interrupt]` */
function subjectText(row: WakerRow, host: string): string {
  const who = `${row.comm} (${row.tid})${host}`;
  const leaf = row.kernelStack[0] ?? row.userStack[0] ?? "";
  const target = [who, row.syscall, leaf].filter((word) => word !== "").join(" ");
  return printable([target, ...row.wakers.map(wakerText)].join(" <- "));
}
