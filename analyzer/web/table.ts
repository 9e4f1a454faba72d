// A table of any number of rows, of which only those in sight are elements. A grid in the sense of
// ARIA: one cell takes the focus and the arrow keys move it, Enter does what a click on the cell does
// (adds its filter), Space opens the row's details. Titles sort. All text is text: nothing from a
// recording ever becomes markup.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { countOf, countText } from "../exports/units.js";
import { nextSort, readSort } from "./columns.js";
import type { Column, Sort } from "./columns.js";
import { classes, h } from "./element.js";
import type { ComponentChild } from "./element.js";
import { Explain } from "./glossary.js";
import { RowPixels, useGridFocus, useSight } from "./table-focus.js";
import type { Place, Sight } from "./table-focus.js";
import type { Changes } from "./words.js";

export interface TableProps<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  /** In the order shown. */
  readonly rows: readonly Row[];
  readonly sort: string | undefined;
  readonly onSort: (sort: string | undefined) => void;
  readonly onFilter: (changes: Changes) => void;
  /** What is to be said of one row beside the table. */
  readonly details?: ((row: Row) => ComponentChild) | undefined;
}

/** Rows above and below those in sight, so that scrolling shows no gaps. */
const MarginRows = 12;
/** Elements may be no taller in browsers than this many rows; the exports have them all. */
const RowsShownMax = 500_000;
/** Rows by whose text columns are as wide as they are. */
const MeasuredRows = 400;
const ColumnCharactersMax = 40;
/** What is left of a column that takes the width that is left, where none is. */
const GrowingCharactersMin = 32;
/** As styles.css has it, left and right. */
const RowPaddingPixels = 28;

export function Table<Row>(props: TableProps<Row>): ComponentChild {
  const { columns, details, label, onFilter } = props;
  const rows = useMemo(() => props.rows.slice(0, RowsShownMax), [props.rows]);
  const [selected, setSelected] = useState<Row | undefined>(undefined);
  useEffect(() => setSelected(undefined), [props.rows]);
  const grid = useRef<HTMLDivElement>(null);
  const sight = useSight(grid);
  const widths = useMemo(() => columnWidths(columns, rows), [columns, rows]);
  const act = ({ row, column }: Place): void => {
    const changes = columns[column]?.filter?.(rows[row]!);
    if (changes === undefined) setSelected(rows[row]);
    else onFilter(changes);
  };
  const { active, onFocus, onKeyDown } = useGridFocus(grid, props.rows, {
    extent: { rows: rows.length, columns: columns.length, page: sight.rows },
    act,
    select: (row) => setSelected(row === undefined ? undefined : rows[row]),
  });
  const cell = { columns, act, active, onFocus, select: setSelected, isSelectable: details !== undefined };
  return h("div", { class: "table-and-details" }, [
    h(
      "div",
      {
        class: "grid",
        role: "grid",
        "aria-label": label,
        "aria-rowcount": props.rows.length + 1,
        "aria-colcount": columns.length,
        ref: grid,
        onKeyDown,
        style: { "--columns": widths.each, "--width": widths.all },
      },
      h(Titles<Row>, { columns, sort: readSort(props.sort), onSort: props.onSort }),
      h(
        "div",
        { class: "grid-body", role: "rowgroup", style: { height: `${rows.length * RowPixels}px` } },
        rowsIn(sight, rows.length).map((at) =>
          h(TableRow<Row>, { key: at, ...cell, row: rows[at]!, at, isSelected: rows[at] === selected }),
        ),
      ),
      h(Remark, { shown: rows.length, all: props.rows.length }),
    ),
    selected !== undefined &&
      details !== undefined &&
      h(Details, { onClose: () => setSelected(undefined) }, details(selected)),
  ]);
}

/** The rows that are elements: those in sight, and a margin. */
function rowsIn(sight: Sight, rows: number): readonly number[] {
  const length = Math.min(rows, sight.rows + 2 * MarginRows);
  const first = Math.max(0, Math.min(sight.first - MarginRows, rows - length));
  return Array.from({ length }, (_, at) => first + at);
}

/** A row that speaks of the others, where there is something to say. */
function Remark({ shown, all }: { readonly shown: number; readonly all: number }): ComponentChild {
  if (shown === all && all > 0) return null;
  const text =
    all === 0
      ? "Nothing: the filters leave no row, or there was none."
      : `The first ${countOf(shown, "row")} of ${countText(all)}; the exports hold all.`;
  return h("div", { class: "empty", role: "row" }, h("span", { role: "gridcell" }, text));
}

function Details({
  children,
  onClose,
}: {
  readonly children?: ComponentChild;
  readonly onClose: () => void;
}): ComponentChild {
  return h("aside", { class: "details", "aria-label": "The row in detail" }, [
    h("button", { type: "button", class: "plain close", "aria-label": "Close the details", onClick: onClose }, "×"),
    children,
  ]);
}

interface TitlesProps<Row> {
  readonly columns: readonly Column<Row>[];
  readonly sort: Sort | undefined;
  readonly onSort: (sort: string | undefined) => void;
}

function Titles<Row>({ columns, sort, onSort }: TitlesProps<Row>): ComponentChild {
  return h(
    "div",
    { class: "grid-head", role: "rowgroup" },
    h(
      "div",
      { class: "grid-row", role: "row", "aria-rowindex": 1 },
      columns.map((column, at) => {
        const isUp = sort?.id === column.id && sort.isReversed === (column.value !== undefined);
        const order = sort?.id !== column.id ? "none" : isUp ? "ascending" : "descending";
        return h(
          "div",
          {
            key: column.id,
            class: classes({ title: true, number: isNumber(column) }),
            role: "columnheader",
            "aria-sort": order,
            "aria-colindex": at + 1,
          },
          h("button", { type: "button", class: "plain sort", onClick: () => onSort(nextSort(column.id, sort)) }, [
            column.title,
            h("span", { class: "arrow", "aria-hidden": "true" }, order === "none" ? "" : isUp ? "▲" : "▼"),
          ]),
          column.term !== undefined && h(Explain, { term: column.term, id: `column-${column.id}` }),
        );
      }),
    ),
  );
}

interface RowProps<Row> {
  readonly columns: readonly Column<Row>[];
  readonly row: Row;
  readonly at: number;
  readonly active: Place;
  readonly isSelected: boolean;
  readonly isSelectable: boolean;
  readonly onFocus: (place: Place) => void;
  readonly act: (place: Place) => void;
  readonly select: (row: Row) => void;
}

function TableRow<Row>({
  columns,
  row,
  at,
  active,
  isSelected,
  isSelectable,
  onFocus,
  act,
  select,
}: RowProps<Row>): ComponentChild {
  const selection = isSelectable ? { "aria-selected": isSelected, onClick: () => select(row) } : {};
  return h(
    "div",
    {
      class: classes({
        "grid-row": true,
        body: true,
        odd: at % 2 === 1,
        selected: isSelected,
        selectable: isSelectable,
      }),
      role: "row",
      "aria-rowindex": at + 2,
      style: { transform: `translateY(${at * RowPixels}px)` },
      ...selection,
    },
    columns.map((column, index) => {
      const text = column.text(row);
      const changes = column.filter?.(row);
      const isActive = active.row === at && active.column === index;
      return h(
        "div",
        {
          key: column.id,
          class: classes({ cell: true, number: isNumber(column), link: changes !== undefined }),
          role: "gridcell",
          "aria-colindex": index + 1,
          tabIndex: isActive ? 0 : -1,
          "data-place": `${at} ${index}`,
          title: changes === undefined ? text : `${text}\nOnly this: ${filterText(changes)}`,
          onFocus: () => onFocus({ row: at, column: index }),
          ...(changes === undefined
            ? {}
            : {
                onClick: (event: Event) => {
                  event.stopPropagation();
                  act({ row: at, column: index });
                },
              }),
        },
        column.bar !== undefined &&
          h("span", { class: "bar", style: { width: `${100 * Math.min(1, column.bar(row))}%` } }),
        column.cell === undefined ? h("span", { class: "text" }, text) : column.cell(row),
      );
    }),
  );
}

/** Whether its text stands at the right, so that digits of the same weight are below each other. */
function isNumber<Row>({ value, width }: Column<Row>): boolean {
  return value !== undefined && width === undefined;
}

function filterText(changes: Changes): string {
  return Object.entries(changes)
    .map(([name, value]) => `--${name} ${value ?? ""}`)
    .join(" ");
}

/** Of a grid's columns, in characters, and of all together; a column that grows may be wider. */
function columnWidths<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): { readonly each: string; readonly all: string } {
  const measured = rows.slice(0, MeasuredRows);
  const widths = columns.map(({ title, text, width, term, grows }) => {
    // Beside the title stand an arrow and a question mark.
    const titleCharacters = title.length + (term === undefined ? 5 : 7);
    const longest = width ?? measured.reduce((most, row) => Math.max(most, text(row).length), 0);
    const most = grows === true ? GrowingCharactersMin : ColumnCharactersMax;
    return Math.max(titleCharacters, Math.min(most, longest + 2));
  });
  return {
    each: widths.map((width, at) => (columns[at]!.grows === true ? `minmax(${width}ch, 1fr)` : `${width}ch`)).join(" "),
    all: `calc(${widths.reduce((sum, width) => sum + width, 0)}ch + ${RowPaddingPixels}px)`,
  };
}
