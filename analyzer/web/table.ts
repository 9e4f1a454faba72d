// A table of any number of rows, of which only those in sight are elements. A grid in the sense of
// ARIA: one cell takes the focus and the arrow keys move it, Enter does what a click on the cell does
// (adds its filter), Space opens the row's details. Titles sort. All text is text: nothing from a
// recording ever becomes markup.

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { nextSort, readSort } from "./columns.js";
import type { Column, Sort } from "./columns.js";
import { classes, h } from "./element.js";
import type { ComponentChild } from "./element.js";
import { Explain } from "./glossary.js";
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

/** As styles.css has it. */
const RowPixels = 28;
/** Rows above and below those in sight, so that scrolling shows no gaps. */
const MarginRows = 12;
/** Elements may be no taller in browsers than this many rows; the exports have them all. */
export const RowsShownMax = 500_000;
/** Rows by whose text columns are as wide as they are. */
const MeasuredRows = 400;
const ColumnCharactersMax = 40;
/** What is left of a column that takes the width that is left, where none is. */
const GrowingCharactersMin = 32;
/** As styles.css has it, left and right. */
const RowPaddingPixels = 28;

interface Place {
  readonly row: number;
  readonly column: number;
}

export function Table<Row>(props: TableProps<Row>): ComponentChild {
  const { columns, details, label } = props;
  const rows = useMemo(() => props.rows.slice(0, RowsShownMax), [props.rows]);
  const [selected, setSelected] = useState<Row | undefined>(undefined);
  const [active, setActive] = useState<Place>({ row: 0, column: 0 });
  const grid = useRef<HTMLDivElement>(null);
  const sight = useSight(grid);
  const widths = useMemo(() => columnWidths(columns, rows), [columns, rows]);
  const moveFocus = useFocusedCell(grid, setActive);
  useEffect(() => {
    setSelected(undefined);
    setActive({ row: 0, column: 0 });
  }, [props.rows]);
  const act = ({ row, column }: Place) => {
    const changes = columns[column]?.filter?.(rows[row]!);
    if (changes === undefined) setSelected(rows[row]);
    else props.onFilter(changes);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if ((event.target as Element).getAttribute("role") !== "gridcell") return;
    if (event.key === "Enter") act(active);
    else if (event.key === " ") setSelected(rows[active.row]);
    else if (event.key === "Escape" && selected !== undefined) setSelected(undefined);
    else {
      const place = moved(event, active, { rows: rows.length, columns: columns.length, page: sight.rows });
      if (place === undefined) return;
      moveFocus(place);
    }
    event.preventDefault();
    event.stopPropagation();
  };
  const first = Math.max(0, Math.min(sight.first - MarginRows, rows.length - sight.rows - 2 * MarginRows));
  const last = Math.min(rows.length, first + sight.rows + 2 * MarginRows);
  const cell = { columns, active, onFocus: setActive, act, select: setSelected, isSelectable: details !== undefined };
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
        rows.slice(first, last).map((row, at) =>
          h(TableRow<Row>, { key: first + at, ...cell, row, at: first + at, isSelected: row === selected }),
        ),
      ),
    ),
    selected !== undefined && details !== undefined && h(Details, { onClose: () => setSelected(undefined) }, details(selected)),
  ]);
}

function Details({ children, onClose }: { readonly children?: ComponentChild; readonly onClose: () => void }): ComponentChild {
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
          { key: column.id, class: classes({ title: true, number: isNumber(column) }), role: "columnheader", "aria-sort": order, "aria-colindex": at + 1 },
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

function TableRow<Row>({ columns, row, at, active, isSelected, isSelectable, onFocus, act, select }: RowProps<Row>): ComponentChild {
  const selection = isSelectable ? { "aria-selected": isSelected, onClick: () => select(row) } : {};
  return h(
    "div",
    {
      class: classes({ "grid-row": true, body: true, odd: at % 2 === 1, selected: isSelected, selectable: isSelectable }),
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
        column.bar !== undefined && h("span", { class: "bar", style: { width: `${100 * Math.min(1, column.bar(row))}%` } }),
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

/** Which rows are in sight, as the grid is scrolled and as the window changes its size. */
function useSight(grid: { readonly current: HTMLDivElement | null }): { readonly first: number; readonly rows: number } {
  const [sight, setSight] = useState({ first: 0, rows: 40 });
  useLayoutEffect(() => {
    const element = grid.current!;
    const look = () => {
      const first = Math.floor(element.scrollTop / RowPixels);
      const rows = Math.ceil(element.clientHeight / RowPixels);
      setSight((old) => (old.first === first && old.rows === rows ? old : { first, rows }));
    };
    const observer = new ResizeObserver(look);
    observer.observe(element);
    element.addEventListener("scroll", look, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", look);
    };
  }, []);
  return sight;
}

/** Moves the focus to a cell that may have to be scrolled into sight, and so drawn, first. */
function useFocusedCell(grid: { readonly current: HTMLDivElement | null }, setActive: (place: Place) => void) {
  const wanted = useRef<Place | undefined>(undefined);
  useLayoutEffect(() => {
    const place = wanted.current;
    const cell = place && grid.current?.querySelector<HTMLElement>(`[data-place="${place.row} ${place.column}"]`);
    if (!cell) return;
    wanted.current = undefined;
    cell.focus({ preventScroll: true });
    cell.scrollIntoView({ block: "nearest", inline: "nearest" });
  });
  return (place: Place) => {
    const element = grid.current!;
    const top = place.row * RowPixels;
    const height = element.clientHeight - 2 * RowPixels;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top > element.scrollTop + height) element.scrollTop = top - height;
    wanted.current = place;
    setActive(place);
  };
}

interface Extent {
  readonly rows: number;
  readonly columns: number;
  readonly page: number;
}

/** Where a key moves the focus; undefined for other keys, and where there is no such cell. */
function moved({ key, ctrlKey }: KeyboardEvent, { row, column }: Place, { rows, columns, page }: Extent): Place | undefined {
  const within = (place: Place): Place => ({
    row: Math.max(0, Math.min(rows - 1, place.row)),
    column: Math.max(0, Math.min(columns - 1, place.column)),
  });
  switch (key) {
    case "ArrowDown":
      return within({ row: row + 1, column });
    case "ArrowUp":
      return within({ row: row - 1, column });
    case "ArrowRight":
      return within({ row, column: column + 1 });
    case "ArrowLeft":
      return within({ row, column: column - 1 });
    case "PageDown":
      return within({ row: row + page - 2, column });
    case "PageUp":
      return within({ row: row - page + 2, column });
    case "Home":
      return within({ row: ctrlKey ? 0 : row, column: 0 });
    case "End":
      return within({ row: ctrlKey ? rows - 1 : row, column: columns - 1 });
    default:
      return undefined;
  }
}

/** Of a grid's columns, in characters, and of all together; a column that grows may be wider. */
function columnWidths<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): { readonly each: string; readonly all: string } {
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
