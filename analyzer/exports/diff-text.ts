// Two recordings compared, as a table of what changed most, or folded with a weight for either side.

import type { Analysis } from "../analysis.js";
import type { DiffRow, DiffSide, DiffView, FoldedDiffRow } from "../views/diff.js";
import type { IdleMode } from "../views/periods.js";
import { idleText, lossText } from "./completeness-text.js";
import { headingLine } from "./heading-text.js";
import { statementLines } from "./labelled-text.js";
import type { Statement } from "./labelled-text.js";
import { printable } from "./style.js";
import type { Style } from "./style.js";
import { tableLines } from "./table-text.js";
import type { TableColumn } from "./table-text.js";
import { countOf, countText, durationText } from "./units.js";

export interface DiffTextOptions {
  /** Rows shown. */
  readonly top: number;
  /** What the view was asked for. */
  readonly idle?: IdleMode | undefined;
}

export function diffText(
  before: readonly Analysis[],
  after: readonly Analysis[],
  view: DiffView,
  options: DiffTextOptions,
  style: Style,
): string {
  const lines = statementLines(diffStatements(before, after, view, options), style);
  const shown = view.rows.slice(0, options.top);
  if (shown.length > 0) {
    const [titles, ...rows] = tableLines(columns, shown, style);
    const withStacks = rows.flatMap((line, at) => [line, ...stackLines(view, shown[at]!).map(style.dim)]);
    lines.push("", titles!, ...withStacks);
  }
  if (shown.length < view.rows.length) {
    const all = countOf(view.rows.length, view.by === "stack" ? "stack" : "system call");
    lines.push("", `${shown.length} of ${all} shown, those that changed most; --all shows every one`);
  }
  return `${lines.join("\n")}\n`;
}

/** What it says about both sides. */
export function diffStatements(
  before: readonly Analysis[],
  after: readonly Analysis[],
  view: DiffView,
  options: Pick<DiffTextOptions, "idle">,
): Statement[] {
  return [
    { label: "before", text: headingLine(before) },
    { label: "after", text: headingLine(after) },
    { label: view.by === "stack" ? "off-CPU" : "calls", text: totalsText(view) },
    ...gaps("before", view.before, view, options),
    ...gaps("after", view.after, view, options),
  ];
}

/** `stack n1 n2` lines, as difffolded.pl prints and flamegraph.pl reads them. */
export function foldedDiffText(rows: readonly FoldedDiffRow[]): string {
  return rows.map(({ stack, beforeUs, afterUs }) => `${stack} ${beforeUs} ${afterUs}\n`).join("");
}

const columns: readonly TableColumn<DiffRow>[] = [
  { title: "WHAT", text: (row) => printable(shortName(row.name)) },
  { title: "BEFORE", text: (row) => timeText(row.before) },
  { title: "AFTER", text: (row) => timeText(row.after) },
  { title: "CHANGE", text: (row) => changeText(row.change) },
  { title: "PERCENT", text: (row) => percentText(row) },
];

/** Of a stack who it is and where it ends; all of it stands below. */
function shortName(name: string): string {
  const frames = name.split(";");
  return frames.length === 1 ? name : `${frames[0]!} ${frames[frames.length - 1]!}`;
}

const CallersShown = 4;

/** The leaf's callers, as far as a line goes. */
function stackLines(view: DiffView, { name }: DiffRow): string[] {
  if (view.by === "syscall") return [];
  const callers = name.split(";").slice(1, -1).reverse().slice(0, CallersShown);
  return callers.length === 0 ? [] : [printable(`    < ${callers.join(" < ")}`)];
}

function totalsText({ per, before, after }: DiffView): string {
  const unit = per === "time" ? "per second of recording" : "per system call made";
  const row = { before: before.total, change: after.total - before.total };
  const percent = percentText({ ...row, changePercent: row.before === 0 ? null : (100 * row.change) / row.before });
  const base =
    per === "time"
      ? `${durationText(before.durationNs)} and ${durationText(after.durationNs)}`
      : `${countText(before.calls)} and ${countText(after.calls)} calls`;
  return `${timeText(before.total)} before, ${timeText(after.total)} after, ${percent}: time ${unit} (${base})`;
}

function gaps(label: string, { completeness }: DiffSide, { by }: DiffView, options: Pick<DiffTextOptions, "idle">): Statement[] {
  const statements: Statement[] = [];
  const { idle, lost, lowerBound } = completeness;
  if (by === "stack" && idle.periods > 0) statements.push({ label, text: `idle: ${idleText(idle, options.idle)}` });
  if (lowerBound) statements.push({ label, text: `lost: lower bound: ${lossText(lost)}`, isAlert: true });
  return statements;
}

/** `-` where there was none. */
export function timeText(ns: number): string {
  return ns === 0 ? "-" : durationText(ns);
}

/** `+1.20 ms` */
export function changeText(ns: number): string {
  if (ns === 0) return "0 s";
  return `${ns > 0 ? "+" : "-"}${durationText(Math.abs(ns))}`;
}

/** `+12.3 %`, or that there was none before. */
export function percentText({ changePercent, before }: Pick<DiffRow, "changePercent" | "before">): string {
  if (changePercent === null) return before === 0 ? "new" : "-";
  if (changePercent === -100) return "gone";
  if (changePercent >= 99_900) return `x${countText(Math.round(changePercent / 100 + 1))}`;
  const digits = changePercent.toFixed(1);
  return `${changePercent > 0 ? "+" : ""}${digits} %`;
}
