// The columns of the page's tables: what a row shows in each, what it is sorted by, what a click on it
// asks for. Also rows in the order that a person chose. Knows no elements but those that columns bring.

import type { ComponentChild } from "./element.js";
import type { Term } from "./glossary.js";
import type { Changes } from "./words.js";

export interface Column<Row> {
  /** The word of links, `sort=runnable`; as a command's --sort calls it, where that knows it. */
  readonly id: string;
  readonly title: string;
  /** What explains it. */
  readonly term?: Term;
  readonly text: (row: Row) => string;
  /** What it is sorted by: numbers largest first, text in order. Without it, by its text. */
  readonly value?: (row: Row) => number;
  /** Drawn behind the text: 0..1. */
  readonly bar?: (row: Row) => number;
  /** Drawn instead of the text, which is then read out. */
  readonly cell?: (row: Row) => ComponentChild;
  /** Whether it takes the width that is left. */
  readonly grows?: boolean;
  /** How wide a drawn cell is, in characters. */
  readonly width?: number;
  /** The filters that a click on the cell adds. */
  readonly filter?: (row: Row) => Changes | undefined;
}

export interface Sort {
  readonly id: string;
  /** Whether the order is the other one than a column's usual. */
  readonly isReversed: boolean;
}

const Reversed = ":up";

/** Reads the word `sort`; undefined for the order in which the view answers. */
export function readSort(word: string | undefined): Sort | undefined {
  if (word === undefined) return undefined;
  const isReversed = word.endsWith(Reversed);
  return { id: isReversed ? word.slice(0, -Reversed.length) : word, isReversed };
}

/** What a click on a column's title makes of the word: its usual order, the other one, the view's own. */
export function nextSort(id: string, sort: Sort | undefined): string | undefined {
  if (sort?.id !== id) return id;
  return sort.isReversed ? undefined : `${id}${Reversed}`;
}

/** Equal rows stay in the order of the view. */
export function sortedRows<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  sort: Sort | undefined,
): readonly Row[] {
  const column = columns.find(({ id }) => id === sort?.id);
  if (column === undefined) return rows;
  const { value, text } = column;
  const sign = sort!.isReversed ? -1 : 1;
  if (value !== undefined) return [...rows].sort((a, b) => sign * (value(b) - value(a)));
  return [...rows].sort((a, b) => sign * compareText(text(a), text(b)));
}

/** Numbers within text by their size: `CPU 9` before `CPU 10`. */
const collator = new Intl.Collator("en", { numeric: true });

function compareText(a: string, b: string): number {
  return collator.compare(a, b);
}
