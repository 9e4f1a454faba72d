// The timed records of one block, decoded and waiting for the merge. All of a batch is one borrowed
// buffer, given back when its last record has been taken: what the engine holds follows the window
// between two Syncs, never the recording.
//
//   Wake, Syscall, Switch:  Batch | column descriptors | threads | keys | columns | slack
//   Loss, Task:             Batch | pointers in order of time | records

import { borrow, giveBack, outOfMemory } from "./arena";
import { BlockHeader } from "./block";
import { cell } from "./columns";
import { Thread } from "./life";
import { threadOf } from "./lives";
import { BadStride, decodeNarrow, decodeTimes, DescriptorBytes, measure, narrowBytes, NarrowSlack, rowOf, timeStride } from "./narrow";
import { compareU64, sort } from "./sort";

/** Which record is taken first of several at one time. */
export enum Rank {
  Loss,
  Task,
  Wake,
  Syscall,
  Switch,
}

@unmanaged
export class Batch {
  firstNs: u64;
  lastNs: u64;
  /** The batch after this one in its chain: see merge.ts. */
  next: Batch;
  lengthBytes: u32;
  rank: Rank;
  cpu: u32;
  records: u32;
  /** The next record to take. */
  row: u32;
  /** Pointers to Threads, by index in the block's dictionary. */
  threads: usize;
  /** Switch: Reasons; Syscall: Calls; Loss and Task: pointers to records. */
  keys: usize;
  /** Switch: the thread that the record before came on with. */
  cameOn: Thread;

  @inline
  timeNs(): u64 {
    return this.rank <= Rank.Task ? load<u64>(this.record()) : this.firstNs + this.cell(0);
  }

  /** Where the next record of a Loss or Task batch is; it begins with its time. */
  @inline
  record(): usize {
    return load<usize>(this.keys + ((this.row as usize) << 2));
  }

  /** Value of a narrow column in the next record. Column 0 is the time, as distance from firstNs. */
  @inline
  cell(column: u32): u64 {
    return rowOf(changetype<usize>(this) + offsetof<Batch>() + (column as usize) * DescriptorBytes, this.row);
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
  if (outOfMemory) return NoBatch; // also where the sink answered: two batches must not be one
  memory.fill(changetype<usize>(batch), 0, offsetof<Batch>());
  batch.lengthBytes = lengthBytes as u32;
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
export function planColumn(index: u32, valueMax: u64): void {
  const at = plan + ((planned as usize) << 4);
  store<u32>(at, index);
  store<u64>(at, valueMax, 8);
  planned++;
}

/** The planned columns of the open payload as a batch with its dictionaries still empty; a null reference if malformed. */
export function buildBatch(rank: Rank, header: BlockHeader, threads: u32, keys: u32, keyBytes: u32): Batch {
  const records = header.records;
  const spanNs = header.lastNs - header.firstNs;
  const descriptors = offsetof<Batch>();
  const dictionaryAt = descriptors + (planned as usize) * DescriptorBytes;
  const keysAt = (dictionaryAt + ((threads as usize) << 2) + 7) & ~7;
  const columnsAt = keysAt + (((keys as usize) * keyBytes + 7) & ~7);
  let lengthBytes = columnsAt + NarrowSlack;
  for (let i: u32 = 0; i < planned; i++) {
    const at = plan + ((i as usize) << 4);
    const stride = measure(load<u32>(at), records);
    if (stride == BadStride) return NoBatch;
    store<u32>(at, stride, 4);
    lengthBytes += narrowBytes(i == 0 ? timeStride(spanNs) : stride, records);
  }
  const batch = newBatch(rank, header.cpu, records, lengthBytes);
  if (batch == NoBatch) return NoBatch;
  const base = changetype<usize>(batch);
  batch.firstNs = header.firstNs;
  batch.lastNs = header.lastNs;
  batch.threads = base + dictionaryAt;
  batch.keys = base + keysAt;
  if (fillColumns(base + descriptors, base + columnsAt, records, spanNs)) return batch;
  releaseBatch(batch);
  return NoBatch;
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
  for (let i: u32 = 0; i < count; i++) {
    store<usize>(batch.threads + ((i as usize) << 2), changetype<usize>(threadOf(cell(column, i) as u32)));
  }
}

// ------------------------------------------------------------------------------------------------
// Records
// ------------------------------------------------------------------------------------------------

/** A batch of `records` records of `recordBytes` each, beginning with their time; a null reference without memory. */
export function newRecordBatch(rank: Rank, cpu: u32, records: u32, recordBytes: usize): Batch {
  const pointersBytes = ((((records as usize) << 2) + 15) & ~15);
  const pointersAt = (offsetof<Batch>() + 15) & ~15;
  const batch = newBatch(rank, cpu, records, pointersAt + pointersBytes + (records as usize) * recordBytes);
  if (batch == NoBatch) return NoBatch;
  batch.keys = changetype<usize>(batch) + pointersAt;
  for (let i: usize = 0; i < (records as usize); i++) {
    store<usize>(batch.keys + (i << 2), batch.keys + pointersBytes + i * recordBytes);
  }
  return batch;
}

/** To be called when the records are filled in: puts them into the order of time. */
export function sealRecordBatch(batch: Batch): void {
  sort(batch.keys, batch.records, compareTimes);
  batch.firstNs = load<u64>(load<usize>(batch.keys));
  batch.lastNs = load<u64>(load<usize>(batch.keys + ((batch.records as usize) << 2) - 4));
}

function compareTimes(a: usize, b: usize): i32 {
  return compareU64(load<u64>(a), load<u64>(b));
}
