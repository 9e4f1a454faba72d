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
  const first = batch.row;
  const last = batch.records - 1;
  store<u16>(batch.list, first as u16);
  let end = batch.list + 2;
  if (batch.rank == Rank.Switch) end = listSwitches(batch, first + 1, last, end);
  else if (batch.rank == Rank.Wake) end = listWakes(batch, first + 1, last, end);
  else end = listCalls(batch, first + 1, last, end);
  if (last != first) {
    store<u16>(end, last as u16);
    end += 2;
  }
  batch.row = 0;
  batch.records = ((end - batch.list) >> 1) as u32;
  keepTimes(batch);
}

// Each of these lists the rows from `row` to before `last` that are taken, at `end`, and answers where
// their list ends. Without a branch: a row that is not taken is overwritten by the next. What a batch
// says of its columns is read before, not for each row.

/** Whom the row before brought on is a row's first thread where it does not name one. */
function listSwitches(batch: Batch, row: u32, last: u32, end: usize): usize {
  const ones = batch.descriptor(FirstThread);
  const one = load<usize>(ones);
  const oneStride = load<u32>(ones, 4) as usize;
  const oneMask = load<u64>(ones, 8);
  const others = batch.descriptor(SecondThread);
  const other = load<usize>(others);
  const otherStride = load<u32>(others, 4) as usize;
  const otherMask = load<u64>(others, 8);
  const deathless = batch.deathless;
  let before = isFollowed(valueAt(other, otherStride, otherMask, row - 1) + 1);
  for (; row < last; row++) {
    store<u8>(followed, before as u8);
    before = isFollowed(valueAt(other, otherStride, otherMask, row) + 1);
    const isTaken = isFollowed(valueAt(one, oneStride, oneMask, row)) | before;
    store<u16>(end, row as u16);
    end += (deathless ? isTaken : isTaken | u32(isDeath(batch, row))) << 1;
  }
  return end;
}

function listWakes(batch: Batch, row: u32, last: u32, end: usize): usize {
  const ones = batch.descriptor(FirstThread);
  const one = load<usize>(ones);
  const oneStride = load<u32>(ones, 4) as usize;
  const oneMask = load<u64>(ones, 8);
  const others = batch.descriptor(SecondThread);
  const other = load<usize>(others);
  const otherStride = load<u32>(others, 4) as usize;
  const otherMask = load<u64>(others, 8);
  for (; row < last; row++) {
    store<u16>(end, row as u16);
    end += (isFollowed(valueAt(one, oneStride, oneMask, row) + 1) | isFollowed(valueAt(other, otherStride, otherMask, row) + 1)) << 1;
  }
  return end;
}

function listCalls(batch: Batch, row: u32, last: u32, end: usize): usize {
  const ones = batch.descriptor(FirstThread);
  const one = load<usize>(ones);
  const stride = load<u32>(ones, 4) as usize;
  const mask = load<u64>(ones, 8);
  for (; row < last; row++) {
    store<u16>(end, row as u16);
    end += isFollowed(valueAt(one, stride, mask, row) + 1) << 1;
  }
  return end;
}

/** As `rowOf` of narrow.ts. */
@inline
function valueAt(base: usize, stride: usize, mask: u64, row: u32): u64 {
  return load<u64>(base + (row as usize) * stride) & mask;
}

@inline
function isFollowed(at: u64): u32 {
  return load<u8>(followed + (at as usize));
}

/** Moves the times of the listed rows together. */
function keepTimes(batch: Batch): void {
  const list = batch.list;
  const times = batch.times;
  const records = batch.records as usize;
  if (batch.timeShift == 3) {
    for (let i: usize = 0; i < records; i++) {
      store<u64>(times + (i << 3), load<u64>(times + ((load<u16>(list + (i << 1)) as usize) << 3)));
    }
  } else {
    for (let i: usize = 0; i < records; i++) {
      store<u32>(times + (i << 2), load<u32>(times + ((load<u16>(list + (i << 1)) as usize) << 2)));
    }
  }
}
