// The picture of a heat map: cells from faint to dark on a scale that lets rare ones be seen, an axis
// of time below and one of lengths or offsets at the left.

import type { HeatMap } from "../views/heat-map.js";
import { axisTicks, secondsText } from "./canvas.js";
import type { Colour, Size } from "./canvas.js";
import type { Sight } from "./timeline-scale.js";

export const LeftWidth = 70;
export const BottomHeight = 22;

export interface HeatPicture {
  readonly map: HeatMap;
  readonly time: Sight;
  /** What the lower edge of a row stands for. */
  readonly rowText: (row: number) => string;
  /** Cell that is pointed at, or chosen by keyboard. */
  readonly current: Cell | undefined;
  readonly brushed: { readonly from: Cell; readonly to: Cell } | undefined;
}

export interface Cell {
  readonly column: number;
  readonly row: number;
}

export function cellAt({ width, height }: Size, { columns, rows }: HeatMap, x: number, y: number): Cell {
  const column = Math.floor(((x - LeftWidth) / (width - LeftWidth)) * columns);
  const row = Math.floor((1 - y / (height - BottomHeight)) * rows);
  return { column: Math.min(columns - 1, Math.max(0, column)), row: Math.min(rows - 1, Math.max(0, row)) };
}

export function drawHeatMap(context: CanvasRenderingContext2D, size: Size, colour: Colour, picture: HeatPicture): void {
  const { map, current, brushed } = picture;
  drawCells(context, size, colour, map);
  context.font = `12px ${colour("sans")}`;
  context.textBaseline = "middle";
  drawAxes(context, size, colour, picture);
  if (brushed !== undefined) drawFrame(context, size, colour, map, brushed.from, brushed.to);
  else if (current !== undefined) drawFrame(context, size, colour, map, current, current);
}

/** Each cell's ink is the logarithm of its value: a hundredth of the most is still half as dark. */
function drawCells(context: CanvasRenderingContext2D, size: Size, colour: Colour, map: HeatMap): void {
  const { columns, rows, values, max } = map;
  const across = (size.width - LeftWidth) / columns;
  const tall = (size.height - BottomHeight) / rows;
  context.fillStyle = colour("disk");
  for (let row = 0; row < rows; row++) {
    const y = size.height - BottomHeight - (row + 1) * tall;
    for (let column = 0; column < columns; column++) {
      const value = values[row * columns + column]!;
      if (value === 0) continue;
      context.globalAlpha = 0.12 + 0.88 * Math.max(0, 1 + Math.log10(value / max) / 4);
      context.fillRect(LeftWidth + column * across, y, Math.ceil(across), Math.ceil(tall));
    }
  }
  context.globalAlpha = 1;
}

function drawAxes(context: CanvasRenderingContext2D, size: Size, colour: Colour, { map, time, rowText }: HeatPicture): void {
  const bottom = size.height - BottomHeight;
  const width = size.width - LeftWidth;
  const { stepNs, ticks } = axisTicks(time.fromNs, time.toNs, Math.max(2, width / 110));
  for (const tick of ticks) {
    const x = LeftWidth + ((tick - time.fromNs) / (time.toNs - time.fromNs)) * width;
    context.fillStyle = colour("line");
    context.fillRect(Math.round(x), bottom, 1, 5);
    context.fillStyle = colour("faint");
    context.fillText(secondsText(tick, stepNs), Math.min(x + 3, size.width - 60), bottom + BottomHeight / 2);
  }
  const each = Math.max(1, Math.ceil(map.rows / Math.max(1, bottom / 26)));
  context.textAlign = "right";
  for (let row = 0; row < map.rows; row += each) {
    const y = bottom - (row / map.rows) * bottom;
    context.fillStyle = colour("faint");
    context.fillText(rowText(row), LeftWidth - 8, Math.max(8, y - 6));
  }
  context.textAlign = "left";
}

function drawFrame(context: CanvasRenderingContext2D, size: Size, colour: Colour, { columns, rows }: HeatMap, a: Cell, b: Cell): void {
  const across = (size.width - LeftWidth) / columns;
  const tall = (size.height - BottomHeight) / rows;
  const left = LeftWidth + Math.min(a.column, b.column) * across;
  const top = size.height - BottomHeight - (Math.max(a.row, b.row) + 1) * tall;
  context.strokeStyle = colour("accent");
  context.lineWidth = 2;
  context.strokeRect(left, top, (Math.abs(a.column - b.column) + 1) * across, (Math.abs(a.row - b.row) + 1) * tall);
}
