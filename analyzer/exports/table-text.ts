// Rows as an aligned table. The first column is text and gives way when the terminal is too narrow;
// all others are numbers, right-aligned, and never cut: a shortened number is a wrong one.

import type { Style } from "./style.js";

export interface TableColumn<Row> {
  readonly title: string;
  readonly text: (row: Row) => string;
}

const Gap = "  ";
const FirstWidthMin = 8;

/** Lines of the table: titles, then rows. */
export function tableLines<Row>(
  columns: readonly TableColumn<Row>[],
  rows: readonly Row[],
  style: Style,
): string[] {
  const cells = rows.map((row) => columns.map((column) => column.text(row)));
  const widths = columns.map((column, at) =>
    cells.reduce((width, line) => Math.max(width, line[at]!.length), column.title.length),
  );
  const others = widths.slice(1).reduce((sum, width) => sum + width + Gap.length, 0);
  widths[0] = Math.max(FirstWidthMin, Math.min(widths[0]!, style.width - others));
  const line = (texts: readonly string[]) =>
    texts
      .map((text, at) => (at === 0 ? shorten(text, widths[0]!).padEnd(widths[0]!) : text.padStart(widths[at]!)))
      .join(Gap);
  return [style.dim(line(columns.map((column) => column.title))), ...cells.map(line)];
}

function shorten(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 2)}..`;
}
