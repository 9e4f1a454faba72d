// Off-CPU time in offcputime's multi-line layout: kernel frames from the leaf, then user frames, then
// the thread, then microseconds. Beside the value stands what offcputime cannot say: the share of all
// off-CPU time, how many periods, the longest, and what the thread was doing. Largest first.

import type { Analysis } from "../analysis.js";
import type { OffcpuRow, OffcpuTotals, OffcpuView } from "../views/offcpu.js";
import type { IdleMode, PeriodOptions } from "../views/periods.js";
import type { StackOptions } from "../views/shown-stacks.js";
import { completenessStatements } from "./completeness-text.js";
import { headingLine } from "./heading-text.js";
import { statementLines } from "./labelled-text.js";
import type { Statement } from "./labelled-text.js";
import { printable } from "./style.js";
import type { Style } from "./style.js";
import { countOf, durationText, shareText } from "./units.js";

export interface OffcpuTextOptions {
  /** Rows shown; the rest is summed in a last line. */
  readonly top: number;
  /** `--` between kernel and user frames. */
  readonly delimited: boolean;
  /** What the view was asked for; see PeriodOptions. */
  readonly open: boolean;
  readonly idle?: IdleMode | undefined;
  /** See StackOptions. */
  readonly stacks?: StackOptions["stacks"];
}

/** The text in pieces that end at line ends. */
export function* offcpuText(
  analyses: readonly Analysis[],
  view: OffcpuView,
  options: OffcpuTextOptions,
  style: Style,
): Generator<string, void, undefined> {
  const hosts = new Set(view.rows.map((row) => row.host));
  const head = [style.bold(headingLine(analyses)), "", ...statementLines(offcpuStatements(view, options), style)];
  yield `${head.join("\n")}\n`;
  const shown = view.rows.slice(0, options.top);
  for (const row of shown) {
    yield `\n${rowLines(row, view.totals.totalNs, hosts.size > 1, options, style).join("\n")}\n`;
  }
  if (shown.length < view.rows.length) yield `\n${restLine(view, shown)}\n`;
}

/** What it says about all periods. */
export function offcpuStatements(view: OffcpuView, options: PeriodOptions): Statement[] {
  return [
    { label: "off-CPU", text: totalsText(view.totals) },
    ...completenessStatements(view.completeness, options),
  ];
}

function totalsText(totals: OffcpuTotals): string {
  const { totalNs, blockedNs, runnableNs, preemptedNs } = totals;
  if (totals.periods === 0) return "no periods";
  return (
    `${durationText(totalNs)} in ${countOf(totals.periods, "period")} of ` +
    `${countOf(totals.threads, "thread")}: ` +
    `${shareText(blockedNs, totalNs)} blocked, ${shareText(runnableNs, totalNs)} woken and ` +
    `waiting for a CPU, ${shareText(preemptedNs, totalNs)} preempted`
  );
}

function rowLines(
  row: OffcpuRow,
  allNs: number,
  showHost: boolean,
  options: OffcpuTextOptions,
  style: Style,
): string[] {
  const lines = stackLines(row, options);
  const host = showHost ? ` @${row.host}` : "";
  const name = printable(`${row.comm} (${row.tid})${host}`);
  lines.push(`    ${"-".padEnd(16)} ${style.bold(name)}`);
  const value = `${Math.floor(row.totalNs / 1000)} us`;
  const facts = [
    shareText(row.totalNs, allNs),
    row.periods === 1 ? "1 period" : `${countOf(row.periods, "period")}, longest ${durationText(row.maxNs)}`,
    reasonText(row),
  ];
  lines.push(`        ${style.bold(value)}  ${style.dim(facts.join("  "))}`);
  return lines;
}

function stackLines(row: OffcpuRow, { delimited, stacks }: OffcpuTextOptions): string[] {
  const lines = row.kernelStack.map(frameLine);
  if (row.kernelTruncated) lines.push(frameLine("[truncated]"));
  if (delimited && row.kernelStack.length > 0 && row.userStack.length > 0) lines.push("    --");
  lines.push(...row.userStack.map(frameLine));
  if (row.userTruncated) lines.push(frameLine("[truncated]"));
  if (row.open !== "") return [...lines, frameLine(`[open at ${row.open}]`)];
  const isEmpty = row.kernelStack.length === 0 && row.userStack.length === 0;
  if (isEmpty && stacks === undefined) return [frameLine("[no stack]")];
  if (isEmpty && stacks === "kernel") return [frameLine("[no kernel stack]")];
  const isUserDue = stacks !== "kernel" && !row.kernelThread;
  if (row.userStack.length === 0 && isUserDue) lines.push(frameLine("[no user stack]"));
  return lines;
}

function frameLine(name: string): string {
  return `    ${printable(name)}`;
}

/** What the thread was doing, in words: `interruptible in futex, 12.0 % of it waiting for a CPU`. */
function reasonText(row: OffcpuRow): string {
  const call = row.syscall === "" ? "" : ` in ${row.syscall}`;
  const blocked = row.class !== "preempted" && row.class !== "runnable";
  const wait =
    blocked && row.runnableNs * 100 >= row.totalNs && row.totalNs > 0
      ? `, ${shareText(row.runnableNs, row.totalNs)} waiting for a CPU`
      : "";
  return printable(`${classText(row)}${call}${wait}`);
}

function classText(row: OffcpuRow): string {
  switch (row.class) {
    case "runnable":
      return "yielded";
    case "idle":
      return "idle";
    case "other":
      return "stopped";
    case "unknown":
      return "not known why";
    default:
      return row.class;
  }
}

function restLine(view: OffcpuView, shown: readonly OffcpuRow[]): string {
  const shownNs = shown.reduce((sum, row) => sum + row.totalNs, 0);
  return (
    `${shown.length} of ${countOf(view.rows.length, "row")} shown, ` +
    `${shareText(shownNs, view.totals.totalNs)} of the time; --all shows every one`
  );
}
