// Which instance follows which thread, of those that the recording's beginning speaks of, where several
// divide it among them (parts.ts). They are dealt by CPU: blocks of one CPU speak mostly of the same
// threads, and a block that speaks of no thread of its own an instance need not decode (batch.ts). The
// threads of each CPU go to the instance that has least so far; where one then has much more than
// another, single threads change sides. Decided by the bytes up to the first Sync, in every instance
// alike, damaged or not: a bad deal costs time, never an answer.

import { allocate, borrow, giveBack } from "./arena";
import { blockBytes, BlockHeader, hasHeader, isComplete, isWithinLimits } from "./block";
import { payloadOf } from "./blocks";
import { cell, columnValues, decode, Limit, openPayload } from "./columns";
import {
  BlockHeaderBytes,
  BlockType,
  CpuNone,
  DictionaryMax,
  Encoding,
  SwitchColumn,
  SyscallColumn,
  TidMax,
  WakeColumn,
} from "./format";
import { deal, parts } from "./parts";
import { compareU32, compareU64, sort } from "./sort";
import { newSparse, Sparse } from "./sparse";
import { newVector, Vector } from "./vector";

/** Of a recording that has no Sync for so long, only these bytes are looked at. */
const AheadBytesMax: usize = 8 << 20;
/** Two instances may differ by a 16th of what both have: the rest of the recording is another anyway. */
const UnevenShift: u64 = 4;
/** Threads that change sides: more of them make little difference, and each costs a look at all. */
const MovesMax: u32 = 256;

/** A thread as the recording's beginning speaks of it. */
@unmanaged
class Seen {
  tid: u32;
  rows: u64;
  /** Where most of them are in one block. */
  cpu: u32;
  rowsMost: u32;
  part: u32;
}

/** The threads of a CPU. */
@unmanaged
class Home {
  cpu: u32;
  part: u32;
  rows: u64;
}

/** Whether the threads have been dealt. */
export let isDealt: bool = false;

/** Deals the threads as soon as the bytes from `start` to `end` are enough; `final`: there are no more. */
export function dealAhead(start: usize, end: usize, final: bool): bool {
  const limit = min(end, start + AheadBytesMax);
  let at = start;
  while (isComplete(at, limit - at) && changetype<BlockHeader>(at).type != BlockType.Sync) at = behind(at);
  if (!final && end - start < AheadBytesMax && isCutOff(at, limit)) return false;
  for (let block = start; block < at; block = behind(block)) countRows(changetype<BlockHeader>(block));
  if (seen.length != 0) dealSeen();
  isDealt = true;
  return true;
}

@inline
function behind(block: usize): usize {
  return block + blockBytes(changetype<BlockHeader>(block));
}

/** Whether there may be a block at `at` with more bytes. */
function isCutOff(at: usize, limit: usize): bool {
  return limit - at < (BlockHeaderBytes as usize) || (hasHeader(at, limit - at) && !isComplete(at, limit - at));
}

const seen: Vector<Seen> = newVector<Seen>();
const homes: Vector<Home> = newVector<Home>();
let seenByTid: Sparse = changetype<Sparse>(0);
let homeByCpu: Sparse = changetype<Sparse>(0);

/** Counts a block's records by a thread that each names. */
function countRows(header: BlockHeader): void {
  const type = header.type;
  if (type == BlockType.Switch) countColumn(header, SwitchColumn.Threads, SwitchColumn.Next);
  else if (type == BlockType.Wake) countColumn(header, WakeColumn.Threads, WakeColumn.Wakee);
  else if (type == BlockType.Syscall) countColumn(header, SyscallColumn.Threads, SyscallColumn.Thread);
}

function countColumn(header: BlockHeader, names: u32, indexes: u32): void {
  const records = header.records;
  if (!isWithinLimits(header)) return;
  const from = payloadOf(header);
  if (from == 0 || !openPayload(from, from + header.rawBytes, max(names, indexes) + 1)) return;
  const threads = columnValues(names);
  if (threads > (DictionaryMax as u32) || !decode(names, threads, Encoding.Delta, Limit.Tid)) return;
  if (!decode(indexes, records, Encoding.Unsigned, Limit.U32)) return;
  const countBytes = (threads as usize) << 2;
  const counts = borrow(countBytes);
  if (counts == 0) return;
  memory.fill(counts, 0, countBytes);
  for (let row: u32 = 0; row < records; row++) {
    const index = cell(indexes, row);
    if (index >= (threads as u64)) continue;
    const at = counts + ((index as usize) << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
  for (let i: u32 = 0; i < threads; i++) {
    const tid = cell(names, i) as u32;
    if (tid != 0 && tid <= (TidMax as u32)) see(tid, header.cpu, load<u32>(counts + ((i as usize) << 2)));
  }
  giveBack(counts, countBytes);
}

function see(tid: u32, cpu: u32, rows: u32): void {
  if (changetype<usize>(seenByTid) == 0) seenByTid = newSparse(TidMax);
  let thread = changetype<Seen>(seenByTid.get(tid) as usize);
  if (changetype<usize>(thread) == 0) {
    thread = changetype<Seen>(allocate(offsetof<Seen>()));
    thread.tid = tid;
    seenByTid.set(tid, changetype<usize>(thread) as u32);
    seen.push(thread);
  }
  thread.rows += rows;
  if (rows < thread.rowsMost) return;
  thread.rowsMost = rows;
  thread.cpu = cpu;
}

/** How many rows each instance has, u64. */
let loads: usize = 0;

@inline
function loadOf(part: u32): u64 {
  return load<u64>(loads + ((part as usize) << 3));
}

@inline
function addLoad(part: u32, rows: i64): void {
  const at = loads + ((part as usize) << 3);
  store<u64>(at, load<u64>(at) + rows);
}

/** The instance that has least, or most; of several the first. */
function extreme(isMost: bool): u32 {
  let found: u32 = 0;
  for (let part: u32 = 1; part < parts; part++) {
    if (isMost ? loadOf(part) > loadOf(found) : loadOf(part) < loadOf(found)) found = part;
  }
  return found;
}

function dealSeen(): void {
  loads = borrow((parts as usize) << 3);
  if (loads == 0) return;
  memory.fill(loads, 0, (parts as usize) << 3);
  dealHomes();
  for (let moves: u32 = 0; moves < MovesMax && evenOut(); moves++) continue;
  for (let i: u32 = 0; i < seen.length; i++) deal(seen.get(i).tid, seen.get(i).part);
  giveBack(loads, (parts as usize) << 3);
}

function dealHomes(): void {
  homeByCpu = newSparse(CpuNone);
  for (let i: u32 = 0; i < seen.length; i++) homeOf(seen.get(i).cpu).rows += seen.get(i).rows;
  sort(homes.at, homes.length, largestFirst);
  for (let i: u32 = 0; i < homes.length; i++) {
    const home = homes.get(i);
    home.part = extreme(false);
    addLoad(home.part, home.rows);
  }
  for (let i: u32 = 0; i < seen.length; i++) seen.get(i).part = homeOf(seen.get(i).cpu).part;
}

function homeOf(cpu: u32): Home {
  const known = homeByCpu.get(cpu);
  if (known != 0) return changetype<Home>(known as usize);
  const home = changetype<Home>(allocate(offsetof<Home>()));
  home.cpu = cpu;
  homeByCpu.set(cpu, changetype<usize>(home) as u32);
  homes.push(home);
  return home;
}

function largestFirst(a: usize, b: usize): i32 {
  const left = changetype<Home>(a);
  const right = changetype<Home>(b);
  const byRows = compareU64(right.rows, left.rows);
  return byRows != 0 ? byRows : compareU32(left.cpu, right.cpu);
}

/** Has the thread change sides that makes the instance with most and that with least most alike; whether one did. */
function evenOut(): bool {
  const most = extreme(true);
  const least = extreme(false);
  const difference = loadOf(most) - loadOf(least);
  if (difference <= (loadOf(most) + loadOf(least)) >> UnevenShift) return false;
  let best = changetype<Seen>(0);
  let bestLeft = difference;
  for (let i: u32 = 0; i < seen.length; i++) {
    const thread = seen.get(i);
    if (thread.part != most) continue;
    const twice = thread.rows << 1;
    const left = twice > difference ? twice - difference : difference - twice;
    if (left >= bestLeft) continue;
    best = thread;
    bestLeft = left;
  }
  if (changetype<usize>(best) == 0) return false;
  addLoad(most, -(best.rows as i64));
  addLoad(least, best.rows);
  best.part = least;
  return true;
}
