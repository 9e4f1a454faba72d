// When periods and calls of which length ended, in bins of equal length from the window's start on
// (PassOption.HeatBinNs): rows of Table.Heat, sums by life, what it was, bin and bucket of length.

import { Interned, mix, newInterned } from "./hash-index";
import { bucketOf } from "./latencies";
import { Life } from "./life";
import { optionValue } from "./options";
import { compareI32, compareU32, sort } from "./sort";
import { addColumn, beginTable, canFill, put } from "./table";
import { ColumnType, EventKind, LatencyBucketsPerDoubling, PassOption, Table } from "./tables";
import { HeatColumn } from "./time-columns";
import { Vector } from "./vector";
import { windowStartNs } from "./window";

@unmanaged
class Cell {
  hash: u32;
  kind: u32;
  /** Of a call its number, of a period its class. */
  what: i32;
  bin: u32;
  bucket: u32;
  life: Life;
  count: u64;
  totalNs: u64;

  @inline
  hasKeyOf(sought: Cell): bool {
    return (
      this.life == sought.life &&
      this.kind == sought.kind &&
      this.what == sought.what &&
      this.bin == sought.bin &&
      this.bucket == sought.bucket
    );
  }
}

/** Buckets of a histogram that share a cell: four cells to a power of two. */
const BucketsPerCell: u32 = LatencyBucketsPerDoubling / 4;
const BinsMax: u64 = u32.MAX_VALUE;

const interned: Interned<Cell> = newInterned<Cell>();
const cells: Vector<Cell> = interned.rows;
let binNs: u64 = 0;

/** Whether the pass is asked for it. */
@inline
export function drawsHeat(): bool {
  return binNs != 0;
}

/** To be called when the options are set. */
export function startHeat(): void {
  binNs = optionValue(PassOption.HeatBinNs);
}

/** Something of `life` ended that took `durationNs`: a call (its number) or a period (its class). */
export function heat(life: Life, kind: EventKind, what: i32, atNs: u64, durationNs: u64): void {
  const bin = min((max(atNs, windowStartNs) - windowStartNs) / binNs, BinsMax) as u32;
  const bucket = bucketOf(durationNs) / BucketsPerCell;
  const cell = cellOf(life, kind, what, bin, bucket);
  cell.count++;
  cell.totalNs += durationNs;
}

function cellOf(life: Life, kind: u32, what: i32, bin: u32, bucket: u32): Cell {
  const sought = interned.sought;
  sought.hash = mix(mix(mix(mix(mix(0, life.row), kind), what), bin), bucket);
  sought.life = life;
  sought.kind = kind;
  sought.what = what;
  sought.bin = bin;
  sought.bucket = bucket;
  return interned.intern();
}

function compareCells(a: usize, b: usize): i32 {
  const left = changetype<Cell>(a);
  const right = changetype<Cell>(b);
  let order = compareU32(left.bin, right.bin);
  if (order == 0) order = compareU32(left.bucket, right.bucket);
  if (order == 0) order = compareU32(left.life.row, right.life.row);
  if (order == 0) order = compareU32(left.kind, right.kind);
  if (order == 0) order = compareI32(left.what, right.what);
  return order;
}

export function buildHeat(): void {
  sort(cells.at, cells.length, compareCells);
  beginTable(Table.Heat, cells.length);
  addColumn(HeatColumn.Bin, ColumnType.U32);
  addColumn(HeatColumn.Bucket, ColumnType.U32);
  addColumn(HeatColumn.Thread, ColumnType.U32);
  addColumn(HeatColumn.Kind, ColumnType.U8);
  addColumn(HeatColumn.What, ColumnType.I32);
  addColumn(HeatColumn.Count, ColumnType.U64);
  addColumn(HeatColumn.TotalNs, ColumnType.U64);
  if (!canFill()) return;
  for (let i: u32 = 0; i < cells.length; i++) {
    const cell = cells.get(i);
    put(HeatColumn.Bin, i, cell.bin);
    put(HeatColumn.Bucket, i, cell.bucket);
    put(HeatColumn.Thread, i, cell.life.row);
    put(HeatColumn.Kind, i, cell.kind);
    put(HeatColumn.What, i, cell.what);
    put(HeatColumn.Count, i, cell.count);
    put(HeatColumn.TotalNs, i, cell.totalNs);
  }
}
