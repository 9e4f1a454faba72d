// The timed records of one block, decoded and waiting for the merge. All of a batch is one borrowed
// buffer, given back when its last record has been taken: what the engine holds follows the window
// between two Syncs, never the recording.
//
//   Wake, Syscall, Switch:  Batch | column descriptors | threads | keys | columns | slack
//   Loss, Task:             Batch | pointers in order of time | times | records

import { borrow, giveBack, outOfMemory } from "./arena";
import { BlockHeader } from "./block";
import { cell } from "./columns";
import { Thread } from "./life";
import { threadOf } from "./lives";
import {
  BadStride,
  decodeNarrow,
  decodeTimes,
  describeConstant,
  DescriptorBytes,
  measure,
  narrowBytes,
  NarrowSlack,
  rowOf,
  strideOf,
  timeStride,
} from "./narrow";
import { isDivided } from "./parts";
import { compareU64, sort } from "./sort";

/** Which record is taken first of several at one time. */
export enum Rank {
  Loss,
  Task,
  StringArgument,
  Arguments,
  Wake,
  Syscall,
  Switch,
  Snapshot,
}

@unmanaged
export class Batch {
  /** Times of the block's first and last record, whichever of them are kept. */
  firstNs: u64;
  lastNs: u64;
  /** The batch after this one in its chain: see merge.ts. */
  next: Batch;
  lengthBytes: u32;
  rank: Rank;
  cpu: u32;
  /** Behind the last record to take. */
  records: u32;
  /** The next record to take. */
  row: u32;
  /** Pointers to Threads, by index in the block's dictionary. */
  threads: usize;
  threadCount: u32;
  /** Switch: Reasons; Syscall: Calls; Loss and Task: pointers to records. */
  keys: usize;
  /** Times as distances from firstNs, of 4 or 8 bytes each. */
  times: usize;
  timeShift: u32;
  /** Wake: index of the idle thread among `threads`; Arguments: how many of the keys are calls. */
  idle: u32;
  /** Switch: no record has a stack. */
  stackless: bool;
  /** Switch: no record is of a death. */
  deathless: bool;
  /** Rows to take, u16 each, where others belong to other instances: see own-rows.ts. */
  list: usize;
  /** And the tids of `threads`, u32 each, of which only this instance's have a Thread. */
  tids: usize;
  /** As how many bytes it counts while it waits: the same in every instance, whatever each keeps of it. */
  waitingBytes: u32;
  /** Of its first row: see parts.ts. */
  place: u64;

  /** Which record of the block the `row`th one to take is. */
  @inline
  source(row: u32): u32 {
    return this.list == 0 ? row : (load<u16>(this.list + ((row as usize) << 1)) as u32);
  }

  /** Distance of a record's time from firstNs. */
  @inline
  elapsedNs(row: u32): u64 {
    const unused = (3 - (this.timeShift as u64)) << 5; // bits of the load that belong to the next row
    return load<u64>(this.times + ((row as usize) << this.timeShift)) & (u64.MAX_VALUE >> unused);
  }

  /** Where a record of a Loss or Task batch is; it begins with its time. */
  @inline
  record(row: u32): usize {
    return load<usize>(this.keys + ((row as usize) << 2));
  }

  /** Value of a narrow column in a record; columns in the order they were planned, 0 being the time. */
  @inline
  cell(column: u32, row: u32): u64 {
    return rowOf(this.descriptor(column), row);
  }

  /** Whether a column is 0 in every record and says so. */
  @inline
  isZero(column: u32): bool {
    return strideOf(this.descriptor(column)) == 0 && rowOf(this.descriptor(column), 0) == 0;
  }

  @inline
  descriptor(column: u32): usize {
    return changetype<usize>(this) + offsetof<Batch>() + (column as usize) * DescriptorBytes;
  }

  /** Leaves out the records before `fromNs` and those behind `throughNs`. */
  keep(fromNs: u64, throughNs: u64): void {
    if (this.firstNs < fromNs) this.row = this.rowBehind(fromNs - 1);
    this.records = this.rowBehind(throughNs);
  }

  /** The first record that is not before or at `throughNs`. */
  rowBehind(throughNs: u64): u32 {
    if (this.lastNs <= throughNs) return this.records;
    if (this.firstNs > throughNs) return 0;
    const elapsedNs = throughNs - this.firstNs;
    let low: u32 = 0;
    let high = this.records;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.elapsedNs(middle) <= elapsedNs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Only where there is a list. */
  @inline
  tid(index: u32): u32 {
    return load<u32>(this.tids + ((index as usize) << 2));
  }

  @inline
  thread(index: u32): Thread {
    return changetype<Thread>(load<usize>(this.threads + ((index as usize) << 2)));
  }
}

const NoBatch: Batch = changetype<Batch>(0);

export function releaseBatch(batch: Batch): void {
  giveBack(changetype<usize>(batch), batch.lengthBytes);
}

function newBatch(rank: Rank, cpu: u32, records: u32, lengthBytes: usize): Batch {
  const batch = changetype<Batch>(borrow(lengthBytes));
  if (changetype<usize>(batch) == 0) return NoBatch;
  memory.fill(changetype<usize>(batch), 0, offsetof<Batch>());
  batch.lengthBytes = lengthBytes as u32;
  batch.waitingBytes = lengthBytes as u32;
  batch.rank = rank;
  batch.cpu = cpu;
  batch.records = records;
  return batch;
}

// ------------------------------------------------------------------------------------------------
// Columns
// ------------------------------------------------------------------------------------------------

/** How a stream's columns become a batch's: at most ColumnsOfBatchMax are asked for. */
const ColumnsOfBatchMax: u32 = 7;

// Per column asked for: index in the payload u32, stride u32, largest value u64.
const plan: usize = memory.data(112, 16);
let planned: u32 = 0;

export function beginPlan(): void {
  planned = 0;
}

/** Asks for a column. The first one must be the Time column. */
export function planColumn(index: u32, valueMax: u64 = u64.MAX_VALUE): void {
  const at = plan + ((planned as usize) << 4);
  store<u32>(at, index);
  store<u64>(at, valueMax, 8);
  planned++;
}

/**
 * The planned columns of the open payload as a batch, its dictionaries still to be filled: `threads`
 * pointers and `keys` keys. A null reference if a column is malformed or memory is refused.
 */
export function buildBatch(rank: Rank, header: BlockHeader, threads: u32, keys: u32, keyBytes: u32): Batch {
  const records = header.records;
  const spanNs = header.lastNs - header.firstNs;
  const descriptors = offsetof<Batch>();
  const keysAt = keysBegin(threads);
  const listAt = keysEnd(threads, keys, keyBytes);
  const isListed = isDivided && rank >= Rank.Wake;
  const tidsBytes = isListed ? ((threads as usize) * 4 + 7) & ~7 : 0;
  const listBytes = isListed ? tidsBytes + (((records as usize) * 2 + 7) & ~7) : 0;
  const columnsAt = listAt + listBytes;
  const columnBytes = measureColumns(records, spanNs);
  if (columnBytes == 0) return NoBatch;
  const lengthBytes = columnsAt + columnBytes;
  const batch = newBatch(rank, header.cpu, records, lengthBytes);
  if (batch == NoBatch) return NoBatch;
  const base = changetype<usize>(batch);
  batch.firstNs = header.firstNs;
  batch.lastNs = header.lastNs;
  batch.threads = base + dictionaryBegin();
  batch.threadCount = threads;
  batch.keys = base + keysAt;
  if (isListed) {
    batch.tids = base + listAt;
    batch.list = batch.tids + tidsBytes;
  }
  batch.waitingBytes -= listBytes as u32;
  batch.times = base + columnsAt;
  batch.timeShift = timeStride(spanNs) == 8 ? 3 : 2;
  if (fillColumns(base + descriptors, base + columnsAt, records, spanNs)) return batch;
  releaseBatch(batch);
  return NoBatch;
}

/** Bytes of the planned columns, whose strides become part of the plan; 0 if one is malformed. */
function measureColumns(records: u32, spanNs: u64): usize {
  let lengthBytes: usize = NarrowSlack;
  for (let i: u32 = 0; i < planned; i++) {
    const at = plan + ((i as usize) << 4);
    const stride = measure(load<u32>(at), records);
    if (stride == BadStride) return 0;
    store<u32>(at, stride, 4);
    lengthBytes += narrowBytes(i == 0 ? timeStride(spanNs) : stride, records);
  }
  return lengthBytes;
}

/**
 * In place of a batch whose threads are all followed elsewhere, where it is decoded and its rules are
 * checked: its first and last records, of nobody, so that it waits, and is done with, at the same
 * moments in every instance.
 *
 *   Batch | descriptors | zeros: all columns, the dictionary, the keys | times of two records
 */
export function buildOthersBatch(rank: Rank, header: BlockHeader, threads: u32, keys: u32, keyBytes: u32): Batch {
  const spanNs = header.lastNs - header.firstNs;
  const columnBytes = measureColumns(header.records, spanNs);
  if (columnBytes == 0) return NoBatch;
  const zerosAt = dictionaryBegin();
  const timesAt = zerosAt + 16;
  const batch = newBatch(rank, header.cpu, min(header.records, 2), timesAt + 16 + NarrowSlack);
  if (batch == NoBatch) return NoBatch;
  const base = changetype<usize>(batch);
  memory.fill(base + offsetof<Batch>(), 0, timesAt + 16 - offsetof<Batch>());
  for (let i: u32 = 0; i < planned; i++) describeConstant(batch.descriptor(i), base + zerosAt);
  batch.firstNs = header.firstNs;
  batch.lastNs = header.lastNs;
  batch.threads = base + zerosAt;
  batch.keys = base + zerosAt;
  batch.times = base + timesAt;
  batch.timeShift = 3;
  store<u64>(batch.times, spanNs, 8);
  batch.waitingBytes = (keysEnd(threads, keys, keyBytes) + columnBytes) as u32;
  return batch;
}

/** Where the keys of a batch of the planned columns end. */
@inline
function keysEnd(threads: u32, keys: u32, keyBytes: u32): usize {
  return keysBegin(threads) + (((keys as usize) * keyBytes + 7) & ~7);
}

@inline
function keysBegin(threads: u32): usize {
  return (dictionaryBegin() + ((threads as usize) << 2) + 7) & ~7;
}

@inline
function dictionaryBegin(): usize {
  return offsetof<Batch>() + (planned as usize) * DescriptorBytes;
}

function fillColumns(descriptor: usize, to: usize, records: u32, spanNs: u64): bool {
  for (let i: u32 = 0; i < planned; i++) {
    const at = plan + ((i as usize) << 4);
    const index = load<u32>(at);
    const stride = load<u32>(at, 4);
    if (i == 0) {
      if (!decodeTimes(index, records, stride, spanNs, descriptor, to)) return false;
      to += narrowBytes(timeStride(spanNs), records);
    } else {
      if (!decodeNarrow(index, records, stride, load<u64>(at, 8), descriptor, to)) return false;
      to += narrowBytes(stride, records);
    }
    descriptor += DescriptorBytes;
  }
  return true;
}

/** Fills the thread dictionary from a column decoded by columns.ts. */
export function resolveThreads(batch: Batch, column: u32, count: u32): void {
  for (let i: u32 = 0; i < count && !outOfMemory; i++) {
    const tid = cell(column, i) as u32;
    store<usize>(batch.threads + ((i as usize) << 2), changetype<usize>(threadOf(tid)));
    if (batch.tids != 0) store<u32>(batch.tids + ((i as usize) << 2), tid);
  }
}

// ------------------------------------------------------------------------------------------------
// Records
// ------------------------------------------------------------------------------------------------

/**
 * A batch of `records` records of `recordBytes` each, to be filled in; their first 8 bytes are their
 * time. A null reference if memory is refused.
 */
export function newRecordBatch(rank: Rank, cpu: u32, records: u32, recordBytes: usize): Batch {
  const count = records as usize;
  const pointersAt = (offsetof<Batch>() + 15) & ~15;
  const timesAt = pointersAt + (((count << 2) + 15) & ~15);
  const recordsAt = timesAt + (count << 3);
  const batch = newBatch(rank, cpu, records, recordsAt + count * recordBytes);
  if (batch == NoBatch) return NoBatch;
  const base = changetype<usize>(batch);
  batch.keys = base + pointersAt;
  batch.times = base + timesAt;
  batch.timeShift = 3;
  for (let i: usize = 0; i < count; i++) store<usize>(batch.keys + (i << 2), base + recordsAt + i * recordBytes);
  return batch;
}

/** To be called when the records are filled in: puts them into the order of time. */
export function sealRecordBatch(batch: Batch): void {
  sort(batch.keys, batch.records, compareTimes);
  batch.firstNs = load<u64>(batch.record(0));
  batch.lastNs = load<u64>(batch.record(batch.records - 1));
  for (let row: u32 = 0; row < batch.records; row++) {
    store<u64>(batch.times + ((row as usize) << 3), load<u64>(batch.record(row)) - batch.firstNs);
  }
}

function compareTimes(a: usize, b: usize): i32 {
  return compareU64(load<u64>(a), load<u64>(b));
}
