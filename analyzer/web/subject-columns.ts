// Columns that say whose a row is, each a filter for what it shows.

import { hostMark } from "../exports/host-mark.js";
import { printable } from "../exports/style.js";
import { callFilter, idFilter, nameFilter } from "./cell-filters.js";
import type { Column } from "./columns.js";

interface Named {
  readonly comm: string;
  readonly host: string;
}

/** A thread's name, and its host where `rows` are of several. */
export function threadColumn<Row extends Named>(rows: readonly Row[]): Column<Row> {
  const host = hostMark(rows);
  return {
    id: "comm",
    title: "Thread",
    text: (row) => printable(`${row.comm}${host(row)}`),
    filter: (row) => nameFilter("comm", row.comm),
  };
}

export function tidColumn<Row extends { readonly tid: number }>(): Column<Row> {
  return idColumn("tid", (row) => row.tid);
}

export function pidColumn<Row extends { readonly pid: number }>(): Column<Row> {
  return idColumn("pid", (row) => row.pid);
}

function idColumn<Row>(id: "tid" | "pid", of: (row: Row) => number): Column<Row> {
  return {
    id,
    title: id.toUpperCase(),
    text: (row) => String(of(row)),
    value: of,
    filter: (row) => idFilter(id, of(row)),
  };
}

/** The call that it waited in. */
export function inCallColumn<Row extends { readonly syscall: string }>(): Column<Row> {
  return {
    id: "syscall",
    title: "In call",
    text: (row) => printable(row.syscall),
    filter: (row) => callFilter(row.syscall),
  };
}
