// Which rows of a table are in sight, which of its cells has the focus, and how keys move it. Rows out
// of sight are no elements, so that a cell may have to be scrolled into sight, and drawn, before it can
// be focused.

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

/** As styles.css has it. */
export const RowPixels = 28;

export interface Place {
  readonly row: number;
  readonly column: number;
}

const FirstCell: Place = { row: 0, column: 0 };

export interface Sight {
  readonly first: number;
  readonly rows: number;
}

type Grid = { readonly current: HTMLDivElement | null };

interface FocusedGrid {
  readonly extent: Extent;
  /** What Enter does. */
  readonly act: (place: Place) => void;
  /** Opens a row's details, or closes them. */
  readonly select: (row: number | undefined) => void;
}

/** The cell that has the focus, or would get it; `shown` are the rows, by which another table is told. */
export function useGridFocus(grid: Grid, shown: unknown, { extent, act, select }: FocusedGrid) {
  const [active, setActive] = useState<Place>(FirstCell);
  /** Whether the rows awaited are those of a filter that a key added. */
  const filtersByKey = useRef(false);
  const moveFocus = useFocusedCell(grid, setActive);
  useEffect(() => {
    grid.current!.scrollTop = 0;
    // The cell that had the focus stands for another row now, or is gone; the focus stays in the table.
    const isFocused = grid.current!.querySelector('[role="gridcell"]:focus') !== null;
    if (isFocused || filtersByKey.current) moveFocus(FirstCell);
    else setActive(FirstCell);
    filtersByKey.current = false;
  }, [shown]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const cell = event.target as Element;
    if (cell.getAttribute("role") !== "gridcell") return;
    if (event.key === "Enter") {
      filtersByKey.current = cell.classList.contains("link");
      act(active);
    } else if (event.key === " ") select(active.row);
    else if (event.key === "Escape") select(undefined);
    else {
      const place = moved(event, active, extent);
      if (place === undefined) return;
      moveFocus(place);
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return { active, onFocus: setActive, onKeyDown };
}

/** Which rows are in sight, as the grid is scrolled and as the window changes its size. */
export function useSight(grid: Grid): Sight {
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
function useFocusedCell(grid: Grid, setActive: (place: Place) => void) {
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
function moved(
  { key, ctrlKey }: KeyboardEvent,
  { row, column }: Place,
  { rows, columns, page }: Extent,
): Place | undefined {
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
