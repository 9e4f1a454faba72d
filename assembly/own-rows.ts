// Of a block of events the rows that an instance takes which follows only some threads (parts.ts).
// The block's first and last rows are always among them: so that a block waits, and is done with,
// at the same moments in every instance, whoever its threads belong to.

import { Batch, Rank } from "./batch";
import { DictionaryMax } from "./format";
import { isDeath } from "./streams";

/** 1 for each thread of the block that is followed, by its index plus one; 0 is whoever came on before. */
const followed: usize = memory.data(131080, 8);
assertDictionaryFits();

function assertDictionaryFits(): void {
  if ((DictionaryMax as u32) + 1 > 131080) unreachable();
}

// Columns of the batches that name threads, by position in their plan (streams.ts).
const FirstThread: u32 = 1;
const SecondThread: u32 = 2;

/** Leaves out the rows that speak of nobody who is followed, of those that the batch was to take. */
export function leaveOutOthers(batch: Batch): void {
  if (batch.list == 0 || batch.row >= batch.records) return;
  for (let i: u32 = 0; i < batch.threadCount; i++) {
    store<u8>(followed + i, u8(changetype<usize>(batch.thread(i)) != 0), 1);
  }
  const last = batch.records - 1;
  let kept = keep(batch, batch.row, 0, true);
  const first = batch.row + 1;
  if (batch.rank == Rank.Switch) kept = keepSwitches(batch, first, last, kept);
  else if (batch.rank == Rank.Wake) kept = keepWakes(batch, first, last, kept);
  else kept = keepCalls(batch, first, last, kept);
  if (last >= first) kept = keep(batch, last, kept, true);
  batch.row = 0;
  batch.records = kept;
}

/** Puts a row behind the `kept` ones, to stay there if `isKept`; how many are kept. Without a branch. */
@inline
function keep(batch: Batch, row: u32, kept: u32, isKept: bool): u32 {
  store<u16>(batch.list + ((kept as usize) << 1), row as u16);
  if (batch.timeShift == 3) store<u64>(batch.times + ((kept as usize) << 3), batch.elapsedNs(row));
  else store<u32>(batch.times + ((kept as usize) << 2), batch.elapsedNs(row) as u32);
  return kept + u32(isKept);
}

@inline
function isFollowed(at: u64): u32 {
  return load<u8>(followed + (at as usize));
}

function keepSwitches(batch: Batch, first: u32, last: u32, kept: u32): u32 {
  for (let row = first; row < last; row++) {
    // Whom the row before brought on is this one's first thread where it does not name one.
    store<u8>(followed, load<u8>(followed + (batch.cell(SecondThread, row - 1) as usize), 1));
    const either = isFollowed(batch.cell(FirstThread, row)) | isFollowed(batch.cell(SecondThread, row) + 1);
    kept = keep(batch, row, kept, either != 0 || isDeath(batch, row));
  }
  return kept;
}

function keepWakes(batch: Batch, first: u32, last: u32, kept: u32): u32 {
  for (let row = first; row < last; row++) {
    const either = isFollowed(batch.cell(FirstThread, row) + 1) | isFollowed(batch.cell(SecondThread, row) + 1);
    kept = keep(batch, row, kept, either != 0);
  }
  return kept;
}

function keepCalls(batch: Batch, first: u32, last: u32, kept: u32): u32 {
  for (let row = first; row < last; row++) {
    kept = keep(batch, row, kept, isFollowed(batch.cell(FirstThread, row) + 1) != 0);
  }
  return kept;
}
