// Histograms of values, summed value by value: powers of two, as bcc's print_log2_hist has them, and
// equal steps, as bpftrace's lhist has them. Each has a row below its first bucket, because results
// of system calls are negative where they are errors.

/** Values from..to, both included; undefined where a bucket is open. */
export interface HistogramRow {
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly count: number;
}

export interface ValueHistogram {
  add(value: number): void;
  /** Adds the values at the first `count` positions. */
  addAll(values: Float64Array, positions: Uint32Array, count: number): void;
  /** Adds what another histogram of the same buckets counted. */
  addRows(rows: readonly HistogramRow[]): void;
  /** From the first bucket that counted something to the last, none left out between. */
  rows(): HistogramRow[];
}

/** The largest power of two that a whole double can be below. */
const Log2BucketsMax = 64;

/** Buckets 0..1, 2..3, 4..7, 8..15, and one for all that is negative. */
export class Log2Histogram implements ValueHistogram {
  /** At 0 what is negative, at n values below 2^n that no bucket before has. */
  readonly #counts = new Float64Array(Log2BucketsMax + 1);

  add(value: number): void {
    this.#counts[log2Bucket(value)]!++;
  }

  addAll(values: Float64Array, positions: Uint32Array, count: number): void {
    for (let i = 0; i < count; i++) this.add(values[positions[i]!]!);
  }

  addRows(rows: readonly HistogramRow[]): void {
    for (const { from, count } of rows) this.#counts[from === undefined ? 0 : log2Bucket(from)]! += count;
  }

  rows(): HistogramRow[] {
    const last = lastCounted(this.#counts);
    const rows: HistogramRow[] = [];
    if (this.#counts[0]! > 0) rows.push({ from: undefined, to: -1, count: this.#counts[0]! });
    for (let bucket = 1; bucket <= last; bucket++) {
      const from = bucket === 1 ? 0 : 2 ** (bucket - 1);
      rows.push({ from, to: 2 ** bucket - 1, count: this.#counts[bucket]! });
    }
    return rows;
  }
}

function log2Bucket(value: number): number {
  if (value < 0) return 0;
  if (value < 2) return 1;
  if (value < 2 ** 32) return 32 - Math.clz32(value);
  return value < 2 ** 63 ? 64 - Math.clz32(value / 2 ** 32) : Log2BucketsMax;
}

export interface Steps {
  readonly min: number;
  readonly max: number;
  readonly step: number;
}

/** Buckets of `step` from `min` to `max`, one below and one above. */
export class LinearHistogram implements ValueHistogram {
  readonly #steps: Steps;
  readonly #buckets: number;
  readonly #counts: Float64Array;

  constructor(steps: Steps) {
    this.#steps = steps;
    this.#buckets = Math.ceil((steps.max - steps.min) / steps.step);
    this.#counts = new Float64Array(this.#buckets + 2);
  }

  add(value: number): void {
    const { min, max, step } = this.#steps;
    const bucket = value < min ? 0 : value >= max ? this.#buckets + 1 : 1 + Math.floor((value - min) / step);
    this.#counts[bucket]!++;
  }

  addRows(rows: readonly HistogramRow[]): void {
    const { min, step } = this.#steps;
    for (const { from, to, count } of rows) {
      const bucket = from === undefined ? 0 : to === undefined ? this.#buckets + 1 : 1 + Math.round((from - min) / step);
      this.#counts[bucket]! += count;
    }
  }

  addAll(values: Float64Array, positions: Uint32Array, count: number): void {
    for (let i = 0; i < count; i++) this.add(values[positions[i]!]!);
  }

  rows(): HistogramRow[] {
    const { min, max, step } = this.#steps;
    const rows: HistogramRow[] = [];
    const first = this.#counts.findIndex((count) => count > 0);
    const last = lastCounted(this.#counts);
    for (let bucket = Math.max(0, first); bucket <= last; bucket++) {
      const from = min + (bucket - 1) * step;
      rows.push({
        from: bucket === 0 ? undefined : bucket > this.#buckets ? max : from,
        to: bucket > this.#buckets ? undefined : bucket === 0 ? min - 1 : Math.min(from + step, max) - 1,
        count: this.#counts[bucket]!,
      });
    }
    return rows;
  }
}

function lastCounted(counts: Float64Array): number {
  let last = counts.length - 1;
  while (last >= 0 && counts[last] === 0) last--;
  return last;
}
