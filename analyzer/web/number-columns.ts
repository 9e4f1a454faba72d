// Columns of numbers as every panel writes them: times, counts, shares.

import { countText, durationText, shareText } from "../exports/units.js";
import type { Column } from "./columns.js";
import type { Term } from "./glossary.js";

type Numbers<Row> = (row: Row) => number;

/** A time, with a bar as long as its part of the longest one in `rows`. */
export function timeColumn<Row>(
  id: string,
  title: string,
  ns: Numbers<Row>,
  more: { readonly term?: Term; readonly rows?: readonly Row[] } = {},
): Column<Row> {
  const { term, rows } = more;
  const mostNs = rows?.reduce((most, row) => Math.max(most, ns(row)), 0) ?? 0;
  return {
    id,
    title,
    ...(term === undefined ? {} : { term }),
    text: (row) => (ns(row) === 0 ? "-" : durationText(ns(row))),
    value: ns,
    ...(mostNs === 0 ? {} : { bar: (row: Row) => ns(row) / mostNs }),
  };
}

export function countColumn<Row>(id: string, title: string, count: Numbers<Row>, term?: Term): Column<Row> {
  return {
    id,
    title,
    ...(term === undefined ? {} : { term }),
    text: (row) => (count(row) === 0 ? "-" : countText(count(row))),
    value: count,
  };
}

/** A part of `whole`, which is the same for all rows or each row's own. */
export function shareColumn<Row>(
  id: string,
  title: string,
  part: Numbers<Row>,
  whole: number | Numbers<Row>,
  term?: Term,
): Column<Row> {
  const wholeOf = typeof whole === "number" ? () => whole : whole;
  return {
    id,
    title,
    ...(term === undefined ? {} : { term }),
    text: (row) => (part(row) === 0 ? "-" : shareText(part(row), wholeOf(row))),
    value: (row) => (wholeOf(row) === 0 ? 0 : part(row) / wholeOf(row)),
  };
}
