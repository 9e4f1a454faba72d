// System calls and what they waited for, as a table: parts of a row's time as shares of it, because
// whoever reads asks "mostly what?" first. Parts that no row has are left out.

import type { Analysis } from "../analysis.js";
import type { IdleMode } from "../views/periods.js";
import type { WaitRow, WaitsView, WaitTimes } from "../views/waits.js";
import { lossText } from "./completeness-text.js";
import { headingLine } from "./heading-text.js";
import { statementLines } from "./labelled-text.js";
import type { Statement } from "./labelled-text.js";
import { printable } from "./style.js";
import type { Style } from "./style.js";
import { tableLines } from "./table-text.js";
import type { TableColumn } from "./table-text.js";
import { countOf, countText, durationText, shareText } from "./units.js";

export interface WaitsTextOptions {
  /** Rows shown. */
  readonly top: number;
  /** Under each row its largest stack. */
  readonly stacks: boolean;
  /** What the view was asked for. */
  readonly idle?: IdleMode | undefined;
}

export function waitsText(
  analyses: readonly Analysis[],
  view: WaitsView,
  options: WaitsTextOptions,
  style: Style,
): string {
  const lines = [style.bold(headingLine(analyses)), "", ...statementLines(waitsStatements(view, options), style)];
  const shown = view.rows.slice(0, options.top);
  if (shown.length > 0) lines.push("", ...rowLines(view, shown, options, style));
  if (shown.length < view.rows.length) {
    const shownNs = shown.reduce((sum, row) => sum + row.totalNs, 0);
    const share = shareText(shownNs, view.totals.totalNs);
    lines.push("", `${shown.length} of ${countOf(view.rows.length, "row")} shown, ${share} of the time; --all shows every one`);
  }
  return `${lines.join("\n")}\n`;
}

function rowLines(view: WaitsView, shown: readonly WaitRow[], options: WaitsTextOptions, style: Style): string[] {
  const hosts = new Set(view.rows.map((row) => row.host));
  const [titles, ...rows] = tableLines(columnsFor(shown, view.totals.totalNs, hosts.size > 1), shown, style);
  if (!options.stacks) return [titles!, ...rows];
  return [titles!, ...rows.flatMap((line, at) => [line, ...stackLines(shown[at]!, style)])];
}

/** Parts of a row's time. `always`: also where every row has none of it. */
const parts: readonly { title: string; ns: (times: WaitTimes) => number; always: boolean }[] = [
  { title: "ON-CPU", ns: (row) => row.onCpuNs, always: true },
  { title: "SLEEP S", ns: (row) => row.interruptibleNs, always: true },
  { title: "DISK D", ns: (row) => row.uninterruptibleNs, always: true },
  { title: "OTHER", ns: (row) => row.otherNs, always: false },
  { title: "RUNNABLE", ns: (row) => row.runnableNs, always: true },
  { title: "PREEMPTED", ns: (row) => row.preemptedNs, always: false },
  { title: "UNKNOWN", ns: (row) => row.unknownNs, always: false },
];

function columnsFor(shown: readonly WaitRow[], allNs: number, showHost: boolean): readonly TableColumn<WaitRow>[] {
  const hasErrors = shown.some((row) => row.errors > 0);
  return [
    { title: "WAIT", text: (row) => subjectText(row, showHost) },
    { title: "CALLS", text: (row) => countText(row.calls) },
    ...(hasErrors ? [{ title: "ERRORS", text: errorsText }] : []),
    { title: "TOTAL", text: (row) => durationText(row.totalNs) },
    { title: "OF ALL", text: (row) => shareText(row.totalNs, allNs) },
    ...parts
      .filter(({ ns, always }) => always || shown.some((row) => ns(row) > 0))
      .map(({ title, ns }) => ({ title, text: (row: WaitRow) => partText(ns(row), row.totalNs) })),
    { title: "P50", text: (row) => durationText(row.p50Ns) },
    { title: "P99", text: (row) => durationText(row.p99Ns) },
  ];
}

function errorsText(row: WaitRow): string {
  return row.errors === 0 ? "-" : countText(row.errors);
}

function partText(ns: number, totalNs: number): string {
  return ns === 0 ? "-" : shareText(ns, totalNs);
}

/** `mysqld (100) fsync ext4_sync_file`: what tells the row from the others. */
function subjectText(row: WaitRow, showHost: boolean): string {
  const words: string[] = [];
  if (row.tid !== null) words.push(`${row.comm} (${row.tid})`);
  else if (row.pid !== null) words.push(`${row.process} (${row.pid})`);
  if (showHost && row.host !== "") words[0] += ` @${row.host}`;
  if (row.syscall !== "") words.push(row.syscall);
  const isByStack = row.tid === null && (row.pid === null) === (row.syscall === "");
  if (isByStack) words.push(leafText(row));
  return printable(words.join("  ").trimEnd());
}

function leafText(row: WaitRow): string {
  const leaf = row.kernelStack[0] ?? row.userStack[0];
  if (leaf !== undefined) return leaf;
  return row.syscall === "" ? "[no stack]" : "";
}

function stackLines(row: WaitRow, style: Style): string[] {
  const frames = [...row.kernelStack, ...row.userStack].map((name) => `    ${printable(name)}`);
  if (frames.length === 0) frames.push("    [no stack]");
  if (row.stacks > 1) {
    frames.unshift(`    largest of ${countOf(row.stacks, "stack")}, ${shareText(row.stackNs, row.totalNs)} of the time:`);
  }
  return [...frames.map(style.dim), ""];
}

/** What it says about all calls. */
export function waitsStatements(view: WaitsView, options: Pick<WaitsTextOptions, "idle">): Statement[] {
  if (!view.recorded) return [{ label: "calls", text: "not recorded (--no-syscalls)" }];
  const { totals, idle } = view;
  const statements: Statement[] = [
    { label: "calls", text: `${countText(totals.calls)}, of which ${countText(totals.errors)} failed` },
    { label: "time", text: timeText(totals) },
  ];
  if (idle.calls > 0) {
    const time = `${durationText(idle.totalNs)} in ${countOf(idle.calls, "call")}`;
    const text =
      options.idle === "only"
        ? `only idling is counted here; ${time} of other calls is not`
        : `${time} of idling: not counted here; --idle show adds it`;
    statements.push({ label: "idle", text });
  }
  if (view.lowerBound) statements.push({ label: "lost", text: `lower bound: ${lossText(view.lost)}`, isAlert: true });
  return statements;
}

function timeText(totals: WaitTimes): string {
  const { totalNs } = totals;
  const names = ["on the CPU", "asleep (S)", "in D state", "stopped", "woken and waiting for a CPU", "preempted", "not known"];
  const shares = parts.flatMap(({ ns }, at) => (ns(totals) === 0 ? [] : [`${shareText(ns(totals), totalNs)} ${names[at]!}`]));
  const total = `${durationText(totalNs)} from entry to exit`;
  return shares.length === 0 ? total : `${total}: ${shares.join(", ")}`;
}
