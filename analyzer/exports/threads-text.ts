// Threads as a table: where the time of each went, and behind it what it mostly waited for, in words.

import type { Analysis } from "../analysis.js";
import type { ThreadRow, ThreadsView } from "../views/thread-times.js";
import { lossStatement } from "./completeness-text.js";
import { headingLine } from "./heading-text.js";
import { hostMark } from "./host-mark.js";
import { statementLines } from "./labelled-text.js";
import type { Statement } from "./labelled-text.js";
import { printable } from "./style.js";
import type { Style } from "./style.js";
import { tableLines } from "./table-text.js";
import type { TableColumn } from "./table-text.js";
import { countOf, countText, durationText, shareText } from "./units.js";

/** Narrower than this, a reason stands on a line of its own. */
const ReasonWidthMin = 24;

export function threadsText(
  analyses: readonly Analysis[],
  view: ThreadsView,
  options: { readonly top: number },
  style: Style,
): string {
  const lines = [style.bold(headingLine(analyses)), "", ...statementLines(threadsStatements(view), style)];
  const shown = view.rows.slice(0, options.top);
  if (shown.length > 0) lines.push("", ...rowLines(view, shown, style));
  if (shown.length < view.rows.length) {
    lines.push("", `${shown.length} of ${countOf(view.rows.length, "thread")} shown; --all shows every one`);
  }
  return `${lines.join("\n")}\n`;
}

/** What it says about all threads. */
export function threadsStatements({ totals, strangers, completeness }: ThreadsView): Statement[] {
  const { observedNs } = totals;
  const share = (ns: number) => shareText(ns, observedNs);
  const statements: Statement[] = [
    {
      label: "threads",
      text:
        `${countText(totals.threads)}, observed for ${durationText(observedNs)} in all: ` +
        `${share(totals.onCpuNs)} on a CPU, ${share(totals.blockedNs)} blocked, ` +
        `${share(totals.runnableNs)} woken and waiting for a CPU, ${share(totals.preemptedNs)} preempted, ` +
        `${share(totals.unknownNs)} not known`,
    },
  ];
  if (totals.stillBlocked > 0) {
    const orLost = completeness.lowerBound ? " (or ran, and the records of it were lost)" : "";
    const text = `${countOf(totals.stillBlocked, "thread")} never ran: blocked since before the recording${orLost}, for a reason that it does not hold`;
    statements.push({ label: "blocked", text });
  }
  if (strangers > 0) {
    const text = `${countOf(strangers, "thread")} seen only waking recorded ones, not recorded: not shown`;
    statements.push({ label: "others", text });
  }
  return [...statements, ...lossStatement(completeness)];
}

function rowLines(view: ThreadsView, shown: readonly ThreadRow[], style: Style): string[] {
  const [titles, ...rows] = tableLines(columnsFor(shown, hostMark(view.rows)), shown, style);
  const isBeside = style.width - rows[0]!.length - 2 >= ReasonWidthMin;
  if (isBeside) return [titles + style.dim("  MOSTLY"), ...rows.map((row, at) => `${row}  ${reasonOf(shown[at]!)}`.trimEnd())];
  return [titles!, ...rows.flatMap((row, at) => [row, ...below(reasonOf(shown[at]!), style)])];
}

function below(reason: string, style: Style): string[] {
  return reason === "" ? [] : [style.dim(`    ${reason}`)];
}

function columnsFor(shown: readonly ThreadRow[], host: (row: ThreadRow) => string): readonly TableColumn<ThreadRow>[] {
  const time = (title: string, ns: (row: ThreadRow) => number) => ({
    title,
    text: (row: ThreadRow) => (ns(row) === 0 ? "-" : durationText(ns(row))),
  });
  const anyUnknown = shown.some((row) => row.unknownNs > 0);
  return [
    { title: "THREAD", text: (row) => printable(`${row.comm} (${row.tid})${host(row)}`) },
    time("OBSERVED", (row) => row.observedNs),
    time("ON-CPU", (row) => row.onCpuNs),
    time("BLOCKED", (row) => row.blockedNs),
    time("RUNNABLE", (row) => row.runnableNs),
    time("PREEMPTED", (row) => row.preemptedNs),
    ...(anyUnknown ? [time("UNKNOWN", (row) => row.unknownNs)] : []),
    { title: "SWITCHES", text: (row) => countText(row.switches) },
  ];
}

/** In words, what a thread mostly waited for; "" where it did not. */
export function reasonOf(row: ThreadRow): string {
  if (row.stillBlocked) return "[still blocked since before the recording]";
  return row.reasonClass === "" ? "" : printable(reasonText(row));
}

/** `uninterruptible in fsync: jbd2_log_wait_commit < ext4_sync_file` */
function reasonText({ reasonClass, reasonSyscall, reasonFrames }: ThreadRow): string {
  const call = reasonSyscall === "" ? "" : ` in ${reasonSyscall}`;
  const where = reasonFrames.length === 0 ? "" : `: ${reasonFrames.join(" < ")}`;
  return `${reasonClass === "unknown" ? "not known why" : reasonClass}${call}${where}`;
}
