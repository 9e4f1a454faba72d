// Answers of probes as text: powers of two and counts in argdist's layout (which is bcc's), equal
// steps in bpftrace's, so that what people know to read looks as they know it. Also as CSV, one row a
// bucket or tuple. Counts come largest first, as everywhere here; argdist has the largest last.

import type { CountsAnswer, HistogramAnswer, ProbeAnswer } from "../views/probe-answers.js";
import type { HistogramRow } from "../views/value-histogram.js";
import { csvLine } from "./csv-text.js";
import { log2Lines } from "./log2-text.js";
import { printable } from "./style.js";

export interface ProbeTextOptions {
  /** Tuples shown. */
  readonly top: number;
}

/** All answers, one below the other; a probe is named above its histogram where there are several. */
export function probeText(answers: readonly ProbeAnswer[], options: ProbeTextOptions): string {
  const parts = answers.map((answer) => {
    if ("rows" in answer) return countsLines(answer, options.top);
    const title = answers.length > 1 ? [printable(answer.label || answer.probe)] : [];
    return [...title, ...histogramLines(answer, options.top)];
  });
  return parts.map((lines) => `${lines.join("\n")}\n`).join(answers.length > 1 ? "\n" : "");
}

function countsLines({ probe, label, form, columns, rows }: CountsAnswer, top: number): string[] {
  const isSum = form === "sums";
  const lines = [printable(label || probe), `\t${isSum ? "SUM".padEnd(16) + " " : ""}${"COUNT".padEnd(10)} EVENT`];
  for (const { values, count, sum } of rows.slice(0, top)) {
    const summed = isSum ? `${String(sum).padEnd(16)} ` : "";
    lines.push(`\t${summed}${String(count).padEnd(10)} ${tupleText(columns, values) || "all"}`);
  }
  return lines;
}

/** `fd = 3, count = 4096` */
function tupleText(columns: readonly string[], values: readonly (number | string)[]): string {
  return values.map((value, at) => `${columns[at]} = ${printable(String(value))}`).join(", ");
}

function histogramLines(answer: HistogramAnswer, top: number): string[] {
  if (answer.histograms.length === 0) return [`no values of ${printable(answer.probe)}`];
  return answer.histograms.slice(0, top).flatMap(({ values, rows }, at) => {
    const title = values.length === 0 ? [] : [tupleText(answer.columns, values)];
    const lines =
      answer.form === "log2"
        ? log2Lines(rows, valuesTitle(answer))
        : linearLines(answer, rows);
    return [...(at > 0 ? [""] : []), ...title, ...lines];
  });
}

const LinearBarWidth = 52;
/** Wider where bounds are longer, which bpftrace lets the bars move for. */
const LinearRangeWidth = 16;

/** As bpftrace's lhist: bounds in K or M where all steps are whole ones. */
function linearLines(answer: HistogramAnswer, rows: readonly HistogramRow[]): string[] {
  const countMax = Math.max(...rows.map(({ count }) => count));
  const ranges = rows.map((row) => linearRange(row, answer.step!));
  const rangeWidth = Math.max(LinearRangeWidth, ...ranges.map((range) => range.length + 1));
  const lines = rows.map((row, at) => {
    const bar = "@".repeat(Math.floor((LinearBarWidth * row.count) / countMax));
    return `${ranges[at]!.padEnd(rangeWidth)}${String(row.count).padStart(8)} |${bar.padEnd(LinearBarWidth)}|`;
  });
  return [`${valuesTitle(answer)}:`, ...lines];
}

/** What the values are: argdist's label, or the expression with its unit. */
function valuesTitle({ label, expression, unit }: HistogramAnswer): string {
  return printable(label || `${expression}${unit === "" ? "" : ` (${unit})`}`);
}

function linearRange({ from, to }: HistogramRow, step: number): string {
  if (from === undefined) return `(..., ${boundText(to! + 1, step)})`;
  if (to === undefined) return `[${boundText(from, step)}, ...)`;
  return `[${boundText(from, step)}, ${boundText(to + 1, step)})`;
}

function boundText(bound: number, step: number): string {
  if (step % 2 ** 20 === 0 && bound % 2 ** 20 === 0) return `${bound / 2 ** 20}M`;
  if (step % 2 ** 10 === 0 && bound % 2 ** 10 === 0) return `${bound / 2 ** 10}K`;
  return String(bound);
}

/** The columns of one answer's rows, to be put once above all of its intervals. */
export function probeCsvHeader(answer: ProbeAnswer): readonly string[] {
  const { columns, form } = answer;
  if (form === "counts") return [...columns, "count"];
  return form === "sums" ? [...columns, "count", "sum"] : [...columns, "from", "to", "count"];
}

/** One answer's rows; `before` stands in front of each. */
export function probeCsv(answer: ProbeAnswer, before: readonly (number | string)[], top: number): string {
  const rows =
    "rows" in answer
      ? answer.rows.slice(0, top).map(({ values, count, sum }) => [...values, count, ...(sum === undefined ? [] : [sum])])
      : answer.histograms
          .slice(0, top)
          .flatMap(({ values, rows }) => rows.map(({ from, to, count }) => [...values, from ?? "", to ?? "", count]));
  return rows.map((row) => csvLine([...before, ...row])).join("");
}
