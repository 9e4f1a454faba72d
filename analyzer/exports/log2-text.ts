// A histogram of powers of two, in the layout of bcc's print_log2_hist: bounds, count, and a bar whose
// length is the count's share of the largest one.

import type { HistogramRow } from "../views/value-histogram.js";

/** From this bound on bcc gives the bounds twice the width and the bars half of it. */
const WideFrom = 2 ** 32;

/** The lines; none where nothing was counted. Only the lowest bucket may be open. `unit`: what the bounds are, as the heading says. */
export function log2Lines(rows: readonly HistogramRow[], unit: string): string[] {
  if (rows.length === 0) return [];
  const isWide = rows.some(({ to }) => to! >= WideFrom);
  const [indent, unitWidth, boundWidth, barWidth] = isWide ? [15, 29, 20, 20] : [5, 19, 10, 40];
  const countMax = rows.reduce((max, row) => Math.max(max, row.count), 0);
  return [
    `${" ".repeat(indent)}${unit.padEnd(unitWidth)} : count     distribution`,
    ...rows.map((row) => {
      const stars = "*".repeat(starsOf(row.count, countMax, barWidth));
      return `${boundsText(row, boundWidth)} : ${String(row.count).padEnd(8)} |${stars.padEnd(barWidth)}|`;
    }),
  ];
}

function boundsText({ from, to }: HistogramRow, width: number): string {
  // bcc takes negative values for large ones; a row of their own is what they are looked for in.
  if (from === undefined) return `${"".padStart(width)} <  ${"0".padEnd(width)}`;
  return `${wholeText(from).padStart(width)} -> ${wholeText(to!).padEnd(width)}`;
}

/** All digits: a double's own text has an exponent from 1e21 on, and rounds before. */
function wholeText(value: number): string {
  return Number.isSafeInteger(value) ? String(value) : BigInt(value).toString();
}

/** As bcc: whole stars that fit, cut and not rounded. */
function starsOf(count: number, countMax: number, width: number): number {
  return countMax === 0 ? 0 : Math.floor((width * count) / countMax);
}
