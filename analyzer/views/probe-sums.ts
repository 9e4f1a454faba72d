// What is summed of one probe, event by event: a histogram of its number for each tuple that is told
// apart, or how often each tuple came and the sum of a number beside it. Knows columns of numbers
// only; what they mean and which rows count is decided before.

import { UsageError } from "../errors.js";
import { TupleCounts } from "./tuple-counts.js";
import { LinearHistogram, Log2Histogram } from "./value-histogram.js";
import type { HistogramRow, Steps, ValueHistogram } from "./value-histogram.js";

/** Histograms that one probe may make; nobody reads as many. */
export const HistogramsMax = 10_000;

/** Throws where there are too many. */
export function refuseHistograms(histograms: number): void {
  if (histograms <= HistogramsMax) return;
  throw new UsageError(`--by makes more than ${HistogramsMax} histograms; tell fewer apart`);
}

/** Without `steps`, of powers of two. */
export function newHistogram(steps: Steps | undefined): ValueHistogram {
  return steps === undefined ? new Log2Histogram() : new LinearHistogram(steps);
}

/** One tuple: the numbers that tell it apart, and what was summed of it. */
export interface SumsRow {
  readonly values: readonly number[];
  readonly count: number;
  /** Of the number that is summed; 0 where there is none. */
  readonly sum: number;
  /** Of the number of which there is a histogram. */
  readonly histogram: readonly HistogramRow[];
}

export interface ProbeSums {
  /** Adds the events at the first `count` positions: columns are those that tell apart, then a number. */
  add(columns: readonly Float64Array[], positions: Uint32Array, count: number): void;
  /** In order of their first coming. */
  rows(): SumsRow[];
}

/** A histogram of the last column for each tuple of those before it. */
export class HistogramSums implements ProbeSums {
  readonly #width: number;
  readonly #steps: Steps | undefined;
  readonly #tuples: TupleCounts;
  readonly #histograms: ValueHistogram[] = [];

  /** `width`: columns that tell apart. Without `steps`, of powers of two. */
  constructor(width: number, steps: Steps | undefined) {
    this.#width = width;
    this.#steps = steps;
    this.#tuples = new TupleCounts(width);
  }

  add(columns: readonly Float64Array[], positions: Uint32Array, count: number): void {
    const values = columns[this.#width]!;
    const tuples = this.#tuples.add(columns, positions, count);
    while (this.#histograms.length < this.#tuples.length) this.#begin();
    if (this.#width === 0) this.#histograms[0]?.addAll(values, positions, count);
    else for (let i = 0; i < count; i++) this.#histograms[tuples[i]!]!.add(values[positions[i]!]!);
  }

  rows(): SumsRow[] {
    const rows = this.#tuples.rows();
    return rows.map((row, at) => ({ ...row, sum: 0, histogram: this.#histograms[at]!.rows() }));
  }

  #begin(): void {
    refuseHistograms(this.#histograms.length + 1);
    this.#histograms.push(newHistogram(this.#steps));
  }
}

/** How often each tuple came, and the sum of the column behind the tuple's if there is one. */
export class TupleSums implements ProbeSums {
  readonly #width: number;
  readonly #tuples: TupleCounts;
  readonly #sums: number[] = [];

  constructor(width: number) {
    this.#width = width;
    this.#tuples = new TupleCounts(width);
  }

  add(columns: readonly Float64Array[], positions: Uint32Array, count: number): void {
    const tuples = this.#tuples.add(columns, positions, count);
    const values = columns[this.#width];
    if (values === undefined) return;
    while (this.#sums.length < this.#tuples.length) this.#sums.push(0);
    for (let i = 0; i < count; i++) this.#sums[tuples[i]!]! += values[positions[i]!]!;
  }

  rows(): SumsRow[] {
    return this.#tuples.rows().map((row, at) => ({ ...row, sum: this.#sums[at] ?? 0, histogram: [] }));
  }
}
