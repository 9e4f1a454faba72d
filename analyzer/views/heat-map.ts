// Heat maps: values over time and a second axis. By length: how many periods or calls of which length
// ended when, or how much time they were. By offset: what the selected threads did, a column a second
// and in it a row for each part of a second, so that what happens every so often becomes a pattern
// (as in FlameScope, https://www.brendangregg.com/flamescope.html).

import { EventKind, LatencyBucketsPerDoubling } from "../../assembly/tables.js";
import type { Analysis } from "../analysis.js";
import { selectionOf } from "./selection.js";
import type { SelectionOptions } from "./selection.js";
import type { TimelineState } from "./timeline.js";

/** Cells by [row * columns + column], rows from the bottom up. */
export interface HeatMap {
  readonly columns: number;
  readonly rows: number;
  readonly values: Float64Array;
  readonly max: number;
  readonly total: number;
}

export interface LengthHeatMap extends HeatMap {
  /** Bucket of the lowest row, as Table.Heat numbers them. */
  readonly firstBucket: number;
}

export interface LengthHeatOptions {
  /** Off-CPU periods, or system calls. */
  readonly of: "waits" | "calls";
  /** What is added up: how many there were, or their time in ns. */
  readonly weight: "count" | "time";
  readonly selection?: SelectionOptions | undefined;
}

const CellsPerDoubling = 4;
/** Lengths below have a bucket for each quarter of it. */
const LinearNs = LatencyBucketsPerDoubling;

/** The shortest length that falls into a bucket of Table.Heat, ns. */
export function bucketStartNs(bucket: number): number {
  if (bucket < CellsPerDoubling) return bucket * (LinearNs / CellsPerDoubling);
  const doubling = Math.floor(bucket / CellsPerDoubling);
  return 2 ** (doubling + 1) * (CellsPerDoubling + (bucket % CellsPerDoubling));
}

/** Of an analysis that was asked for heat in `columns` bins. */
export function lengthHeatMap(analysis: Analysis, columns: number, options: LengthHeatOptions): LengthHeatMap {
  const { heat } = analysis;
  const { of, weight, selection = {} } = options;
  const kind = of === "calls" ? EventKind.Syscall : EventKind.Period;
  const selected = selectionOf(analysis, selection);
  const rows = Array.from({ length: heat.length }, (_, row) => row).filter(
    (row) => heat.kind[row] === kind && heat.bin[row]! < columns && selected.heat(row),
  );
  const buckets = rows.map((row) => heat.bucket[row]!);
  const firstBucket = buckets.reduce((least, bucket) => Math.min(least, bucket), rows.length === 0 ? 0 : Infinity);
  const lastBucket = buckets.reduce((most, bucket) => Math.max(most, bucket), firstBucket);
  const height = rows.length === 0 ? 0 : lastBucket - firstBucket + 1;
  const values = new Float64Array(columns * height);
  for (const row of rows) {
    const cell = (heat.bucket[row]! - firstBucket) * columns + heat.bin[row]!;
    values[cell]! += Number(weight === "count" ? heat.count[row]! : heat.totalNs[row]!);
  }
  return { ...measured(columns, height, values), firstBucket };
}

export interface OffsetHeatOptions {
  readonly state: TimelineState;
  /** Rows: bins of the timeline in a second. */
  readonly binsPerSecond: number;
  readonly selection?: SelectionOptions | undefined;
}

/** Of an analysis that was asked for a timeline of `binsPerSecond`, whose window begins at a whole second. */
export function offsetHeatMap(analysis: Analysis, seconds: number, options: OffsetHeatOptions): HeatMap {
  const { timeline } = analysis;
  const { state, binsPerSecond, selection = {} } = options;
  const selected = selectionOf(analysis, selection);
  const values = new Float64Array(seconds * binsPerSecond);
  const ns = timeline[state];
  for (let row = 0; row < timeline.length; row++) {
    if (ns[row] === 0 || !selected.thread(timeline.thread[row]!)) continue;
    const first = timeline.firstBin[row]!;
    const end = Math.min(first + timeline.bins[row]!, values.length);
    for (let bin = first; bin < end; bin++) {
      values[(bin % binsPerSecond) * seconds + Math.floor(bin / binsPerSecond)]! += ns[row]!;
    }
  }
  return measured(seconds, binsPerSecond, values);
}

function measured(columns: number, rows: number, values: Float64Array): HeatMap {
  let max = 0;
  let total = 0;
  for (const value of values) {
    if (value > max) max = value;
    total += value;
  }
  return { columns, rows, values, max, total };
}
