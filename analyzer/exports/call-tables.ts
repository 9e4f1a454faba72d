// The tables that answers about system calls end in: by call, by process or thread, by error, and the
// calls that had not returned. Lines, to stand under what the answer says about itself.

import type { CallerRow } from "../views/callers.js";
import type { CallTimes } from "../views/call-sum.js";
import type { SyscallErrorRow } from "../views/syscall-errors.js";
import type { SyscallRow } from "../views/syscalls.js";
import type { UnreturnedRow } from "../views/unreturned.js";
import { hostMark } from "./host-mark.js";
import { printable } from "./style.js";
import type { Style } from "./style.js";
import { tableLines } from "./table-text.js";
import type { TableColumn } from "./table-text.js";
import { countOf, countText, durationText, shareText } from "./units.js";

export interface CallTableOptions {
  /** Rows shown. */
  readonly top: number;
  /** Times as plain milliseconds, which sort and add, and not each with a unit of its own. */
  readonly milliseconds?: boolean | undefined;
}

export function syscallTable(rows: readonly SyscallRow[], options: CallTableOptions, style: Style): string[] {
  const first = { title: "SYSCALL", text: callText };
  return shownLines([first, ...timesColumns(rows, options)], rows, "system call", options, style);
}

export function callerTable(rows: readonly CallerRow[], options: CallTableOptions, style: Style): string[] {
  const isThread = rows.some((row) => row.tid !== null);
  const host = hostMark(rows);
  const first: TableColumn<CallerRow> = {
    title: isThread ? "TID    COMM" : "PID    COMM",
    text: (row) => printable(`${String(row.tid ?? row.pid).padEnd(6)} ${row.comm}${host(row)}`),
  };
  const noun = isThread ? "thread" : "process";
  return shownLines([first, ...timesColumns(rows, options)], rows, noun, options, style);
}

export function errorTable(rows: readonly SyscallErrorRow[], options: CallTableOptions, style: Style): string[] {
  const time = timeFormat(options);
  const columns: readonly TableColumn<SyscallErrorRow>[] = [
    { title: "SYSCALL", text: callText },
    { title: "ERROR", text: (row) => row.error },
    { title: "COUNT", text: (row) => countText(row.count) },
    { title: time.title("TOTAL"), text: (row) => time.text(row.totalNs) },
    { title: time.title("AVERAGE"), text: (row) => time.text(row.averageNs) },
    { title: time.title("MAX"), text: (row) => time.text(row.maxNs) },
  ];
  return shownLines(columns, rows, "kind of failure", options, style);
}

export function unreturnedTable(rows: readonly UnreturnedRow[], options: CallTableOptions, style: Style): string[] {
  const time = timeFormat(options);
  const host = hostMark(rows);
  const columns: readonly TableColumn<UnreturnedRow>[] = [
    {
      title: "TID    COMM",
      text: (row) => printable(`${String(row.tid).padEnd(6)} ${row.comm}${host(row)}`),
    },
    { title: "SYSCALL", text: (row) => printable(row.name) },
    { title: "STATE", text: (row) => row.class },
    { title: time.title("OFF-CPU FOR"), text: (row) => time.text(row.offcpuNs) },
  ];
  return shownLines(columns, rows, "call", options, style);
}

function shownLines<Row>(
  columns: readonly TableColumn<Row>[],
  rows: readonly Row[],
  noun: string,
  { top }: CallTableOptions,
  style: Style,
): string[] {
  const shown = rows.slice(0, top);
  const lines = shown.length === 0 ? [] : ["", ...tableLines(columns, shown, style)];
  if (shown.length === rows.length) return lines;
  const all = noun === "process" ? `${countText(rows.length)} processes` : countOf(rows.length, noun);
  return [...lines, "", `${shown.length} of ${all} shown; --all shows every one`];
}

/** What rows of every grouping have. Percentiles only where durations were counted. */
function timesColumns<Row extends CallTimes>(
  rows: readonly Row[],
  options: CallTableOptions,
): readonly TableColumn<Row>[] {
  const time = timeFormat(options);
  const column = (title: string, ns: (row: Row) => number | null): TableColumn<Row> => ({
    title: time.title(title),
    text: (row) => {
      const value = row.count === row.noEnter ? null : ns(row);
      return value === null ? "-" : time.text(value);
    },
  });
  const percentiles = [
    column("P50", (row) => row.p50Ns),
    column("P90", (row) => row.p90Ns),
    column("P99", (row) => row.p99Ns),
  ];
  return [
    { title: "COUNT", text: (row) => countText(row.count) },
    { title: "ERRORS", text: (row) => (row.errors === 0 ? "-" : countText(row.errors)) },
    column("TOTAL", (row) => row.totalNs),
    column("AVERAGE", (row) => row.averageNs),
    ...(rows.some((row) => row.p50Ns !== null) ? percentiles : []),
    column("MAX", (row) => row.maxNs),
    { title: "OFF-CPU", text: (row) => shareText(row.offcpuNs, row.totalNs) },
  ];
}

function timeFormat({ milliseconds }: CallTableOptions) {
  if (milliseconds !== true) return { title: (text: string) => text, text: durationText };
  return { title: (text: string) => `${text} (ms)`, text: (ns: number) => (ns / 1e6).toFixed(3) };
}

/** The name of a call, and whether it is one of 32 bits. */
export function callText(row: Pick<SyscallRow, "name" | "abi">): string {
  const name = printable(row.name);
  return row.abi === "ia32" || row.abi === "arm" ? `${name} (32-bit)` : name;
}
