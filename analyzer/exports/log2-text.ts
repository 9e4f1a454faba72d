// A histogram of powers of two, in the layout of bcc's print_log2_hist: bounds, count, and a bar whose
// length is the count's share of the largest one.

import type { Log2Row } from "../views/latency.js";

/** From this many rows on bcc gives the bounds twice the width and the bars half of it. */
const WideFrom = 33;

/** The lines; none where nothing was counted. `unit`: what the bounds are, as the heading says. */
export function log2Lines(rows: readonly Log2Row[], unit: string): string[] {
  if (rows.length === 0) return [];
  const isWide = rows.length >= WideFrom;
  const [indent, unitWidth, boundWidth, barWidth] = isWide ? [15, 29, 20, 20] : [5, 19, 10, 40];
  const countMax = rows.reduce((max, row) => Math.max(max, row.count), 0);
  const bound = (value: number) => String(value).padStart(boundWidth);
  return [
    `${" ".repeat(indent)}${unit.padEnd(unitWidth)} : count     distribution`,
    ...rows.map((row) => {
      const stars = "*".repeat(starsOf(row.count, countMax, barWidth));
      const bounds = `${bound(row.fromNs)} -> ${String(row.toNs).padEnd(boundWidth)}`;
      return `${bounds} : ${String(row.count).padEnd(8)} |${stars.padEnd(barWidth)}|`;
    }),
  ];
}

/** As bcc: whole stars that fit, cut and not rounded. */
function starsOf(count: number, countMax: number, width: number): number {
  return countMax === 0 ? 0 : Math.floor((width * count) / countMax);
}
