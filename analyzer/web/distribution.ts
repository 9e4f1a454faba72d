// How long calls took, as bars in powers of two, one small drawing for each row on one common scale.

import { countOf, durationText } from "../exports/units.js";
import { log2Rows } from "../views/latency.js";
import type { Histogram, Log2Row } from "../views/latency.js";
import type { Column } from "./columns.js";
import { h } from "./element.js";
import type { ComponentChild } from "./element.js";

const BarPixels = 7;
const HeightPixels = 20;
/** Of one call among many: still to be seen. */
const BarHeightMin = 1.5;

/** `histogramOf`: of a row of `rows`; undefined where none was counted. */
export function distributionColumn<Row>(
  rows: readonly Row[],
  histogramOf: (row: Row) => Histogram | undefined,
): Column<Row> {
  const counted = new Map(rows.map((row) => [row, log2Rows(histogramOf(row) ?? new Map())]));
  const all = [...counted.values()].flat().filter(({ count }) => count > 0);
  const first = Math.min(...all.map(slotOf), 32);
  const last = Math.max(...all.map(slotOf), first);
  return {
    id: "distribution",
    title: all.length === 0 ? "Distribution" : `${durationText(2 ** first)} – ${durationText(2 ** (last + 1))}`,
    term: "distribution",
    text: (row) => summaryOf(counted.get(row) ?? []),
    cell: (row) => h(Bars, { rows: counted.get(row) ?? [], first, last }),
    width: Math.max(18, Math.ceil(((last - first + 1) * BarPixels) / 7.5) + 2),
  };
}

function slotOf({ toNs }: Log2Row): number {
  return Math.round(Math.log2(toNs + 1)) - 1;
}

/** `mostly 1.02 us to 2.05 us (812 of 898 calls)` */
function summaryOf(rows: readonly Log2Row[]): string {
  const total = rows.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return "no durations";
  const most = rows.reduce((a, b) => (b.count > a.count ? b : a));
  return `mostly ${durationText(most.fromNs)} to ${durationText(most.toNs + 1)} (${most.count} of ${countOf(total, "call")})`;
}

interface BarsProps {
  readonly rows: readonly Log2Row[];
  readonly first: number;
  readonly last: number;
}

function Bars({ rows, first, last }: BarsProps): ComponentChild {
  const width = (last - first + 1) * BarPixels;
  const most = rows.reduce((max, { count }) => Math.max(max, count), 0);
  const bars = rows.filter(({ count }) => count > 0);
  return h(
    "svg",
    {
      class: "distribution",
      viewBox: `0 0 ${width} ${HeightPixels}`,
      preserveAspectRatio: "xMinYMid meet",
      role: "img",
      "aria-label": summaryOf(rows),
    },
    h("line", { x1: 0, x2: width, y1: HeightPixels - 0.5, y2: HeightPixels - 0.5 }),
    bars.map((row) => {
      const height = Math.max(BarHeightMin, ((HeightPixels - 2) * row.count) / most);
      const x = (slotOf(row) - first) * BarPixels;
      return h(
        "rect",
        { key: x, x, width: BarPixels - 1, y: HeightPixels - 1 - height, height },
        h("title", null, `${durationText(row.fromNs)} to ${durationText(row.toNs + 1)}: ${countOf(row.count, "call")}`),
      );
    }),
  );
}
