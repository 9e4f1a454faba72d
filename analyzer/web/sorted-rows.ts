// The rows of a table in the order that a person chose, with what the table needs to let them choose.

import { useMemo } from "preact/hooks";
import { readSort, sortedRows } from "./columns.js";
import type { TableProps } from "./table.js";

type Sorted<Row> = Pick<TableProps<Row>, "columns" | "rows" | "sort" | "onSort">;

/** `all` by the word `sort`. As long as nothing of that changes, the rows are the same array. */
export function useSortedRows<Row>(
  all: readonly Row[],
  columns: Sorted<Row>["columns"],
  sort: string | undefined,
  onSort: Sorted<Row>["onSort"],
): Sorted<Row> {
  const rows = useMemo(() => sortedRows(all, columns, readSort(sort)), [all, columns, sort]);
  return { columns, rows, sort, onSort };
}
