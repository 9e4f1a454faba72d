// Takes the records of all batches in ascending order of (time, rank, cpu, position in the file).
//
// Blocks of one stream follow one another in time, so they form a chain, and only the heads of
// chains compete. (A block that begins before its predecessor ended starts a chain of its own.) The
// heads stand at the leaves of a tournament tree whose nodes hold the smaller key of their two
// children; a key is  time - base << 13 | leaf,  with leaves in order of (rank, cpu, position), so
// that one comparison decides everything and the root names the winner:
//
//                 [ min ]
//            [ min ]     [ min ]          replaying one leaf is a select per level, without a branch
//          [0]   [1]   [2]   [3]          that a processor would have to guess
//
// Times too far from `base` for what is left of 64 bits wait for a later round with a base of their own.

import { allocate, borrow, giveBack, outOfMemory } from "./arena";
import { takeArguments, takeStringArgument } from "./arguments";
import { Batch, Rank, releaseBatch } from "./batch";
import { CpuNone } from "./format";
import { takeLoss } from "./gaps";
import { optionValue } from "./options";
import { beginEpoch, comeTo, placeOfBlock } from "./parts";
import { compareU32, sort } from "./sort";
import { newSparse, Sparse } from "./sparse";
import { takeSnapshot } from "./snapshots";
import { takeSwitch, takeSyscall, takeWake } from "./streams";
import { PassOption } from "./tables";
import { takeTask } from "./tasks";
import { newVector, Vector } from "./vector";

/**
 * Bytes of batches that may wait for a Sync. Beyond it (a host of many busy cores, or a writer that
 * forgot its Syncs) what is waiting is taken at once: memory before order.
 */
const WaitingBytesMax: u64 = 384 << 20;

// Chains at a time: four streams and four kinds of records for each of 1,000 cpus.
const LeafBits: u64 = 13;
const LeavesMax: u32 = 1 << 13;
const RoundNsMax: u64 = 1 << 47;
const NoKey: u64 = u64.MAX_VALUE;

/** Batches of one stream, each beginning no earlier than the one before it ends. */
@unmanaged
class Chain {
  head: Batch;
  tail: Batch;
  rank: Rank;
  cpu: u32;
}

/**
 * A place in the tournament: the head of a chain and how far it has been taken. The key after the
 * one that competes is at hand before it is needed, so that a match never waits for memory.
 */
@unmanaged
class Leaf {
  /** The key of a record at the batch's firstNs. */
  bias: u64;
  followingKey: u64;
  batch: Batch;
  /** The row that competes, and the first that is not due in this round. */
  row: u32;
  endRow: u32;

  @inline
  keyOf(row: u32): u64 {
    return this.bias + (this.batch.elapsedNs(row) << LeafBits);
  }
}

const NoChain: Chain = changetype<Chain>(0);
const NoBatch: Batch = changetype<Batch>(0);

const chains: Vector<Chain> = newVector<Chain>();
const freeChains: Vector<Chain> = newVector<Chain>();

/** The chain that the next batch of a (rank, cpu) may continue, by `rank << 16 | cpu`. */
const openChains: Sparse = newSparse((Rank.Snapshot << 16) | CpuNone);

let waitingBytes: u64 = 0;
/** Not after the earliest record that waits. */
export let earliestWaitingNs: u64 = u64.MAX_VALUE;

@inline
function streamOf(rank: Rank, cpu: u32): u32 {
  return ((rank as u32) << 16) | cpu;
}

/** Lets a block's records wait for their turn. */
export function addBatch(batch: Batch): void {
  if (batch == NoBatch || outOfMemory) return;
  batch.place = placeOfBlock(batch.rank, batch.cpu);
  if (batch.row >= batch.records) {
    releaseBatch(batch);
    return;
  }
  if (chains.length == LeavesMax || waitingBytes + batch.waitingBytes > WaitingBytesMax) makeRoom();
  waitingBytes += batch.waitingBytes;
  earliestWaitingNs = min(earliestWaitingNs, batch.firstNs);
  const stream = streamOf(batch.rank, batch.cpu);
  let chain = changetype<Chain>(openChains.get(stream) as usize);
  if (chain != NoChain && batch.firstNs >= chain.tail.lastNs) {
    chain.tail.next = batch;
    chain.tail = batch;
    return;
  }
  chain = newChain();
  chain.head = batch;
  chain.tail = batch;
  chain.rank = batch.rank;
  chain.cpu = batch.cpu;
  chains.push(chain);
  openChains.set(stream, changetype<usize>(chain) as u32);
}

function newChain(): Chain {
  if (freeChains.length == 0) return changetype<Chain>(allocate(offsetof<Chain>()));
  freeChains.length--;
  return freeChains.get(freeChains.length);
}

/** Takes what every stream has got to, or, where one is silent or far behind, all there is. */
function makeRoom(): void {
  let safeNs = u64.MAX_VALUE;
  for (let i: u32 = 0; i < chains.length; i++) {
    const chain = chains.get(i);
    if (chain.rank > Rank.StringArgument && chain.rank < Rank.Snapshot) safeNs = min(safeNs, chain.tail.lastNs);
  }
  takeThrough(safeNs);
  if (waitingBytes > WaitingBytesMax / 2 || chains.length > LeavesMax / 2) takeThrough(u64.MAX_VALUE);
}

/** Until when everything has been met. */
export let metBeforeNs: u64 = 0;
/** The Sync before whose time what waits is still to be taken, where slices are taken; 0: none. */
export let syncNs: u64 = 0;

/** A Sync: everything before its time has been met. */
export function takeBefore(timeNs: u64): void {
  metBeforeNs = max(metBeforeNs, timeNs);
  if (optionValue(PassOption.Sliced) == 0) {
    if (timeNs != 0) takeThrough(timeNs - 1);
    return;
  }
  beginEpoch();
  syncNs = timeNs;
  endSyncIfTaken();
}

/** The end of the recording: everything has been met. */
export function takeRest(): void {
  beginEpoch();
  metBeforeNs = u64.MAX_VALUE;
  syncNs = u64.MAX_VALUE;
}

/** Where all that was due at the Sync has been taken, what comes late waits for the next one. */
export function endSyncIfTaken(): void {
  if (!isDueBefore(u64.MAX_VALUE)) syncNs = 0;
}

/** Whether anything that waits is due before `beforeNs`. */
export function isDueBefore(beforeNs: u64): bool {
  return earliestWaitingNs < min(syncNs, beforeNs);
}

/** Whether what is due must be taken before more is read: a record that comes late must not overtake it. */
@inline
export function mustTakeFirst(): bool {
  return syncNs != 0 && isDueBefore(u64.MAX_VALUE);
}

/** Takes, in order, all that waits with a time up to and including `throughNs`. */
export function takeThrough(throughNs: u64): void {
  beginEpoch();
  takeSome(throughNs);
}

/** The same of what is taken in several slices, whose ends are the instance's own. */
export function takeSome(throughNs: u64): void {
  // Syncs may be many and chains too: nothing that costs a visit to each unless something is due.
  if (earliestWaitingNs > throughNs) return;
  sort(chains.at, chains.length, compareChains);
  for (;;) {
    const baseNs = earliestNs();
    earliestWaitingNs = baseNs;
    if (chains.length == 0 || baseNs > throughNs || outOfMemory) return;
    const roundEndNs = throughNs - baseNs < RoundNsMax ? throughNs : baseNs + (RoundNsMax - 1);
    takeRound(baseNs, roundEndNs);
    dropEmptyChains();
  }
}

function compareChains(a: usize, b: usize): i32 {
  const left = changetype<Chain>(a);
  const right = changetype<Chain>(b);
  const byRank = compareU32(left.rank, right.rank);
  // Of one (rank, cpu) the chains stand as they began, and the sort is stable.
  return byRank != 0 ? byRank : compareU32(left.cpu, right.cpu);
}

function earliestNs(): u64 {
  let earliest = u64.MAX_VALUE;
  for (let i: u32 = 0; i < chains.length; i++) {
    const head = chains.get(i).head;
    earliest = min(earliest, head.firstNs + head.elapsedNs(head.row));
  }
  return earliest;
}

/** A tournament among the heads of all chains, until none has a record up to `throughNs`. */
function takeRound(baseNs: u64, throughNs: u64): void {
  let size: u32 = 1;
  while (size < chains.length) size <<= 1;
  const roundBytes = (size as usize) * (offsetof<Leaf>() + 16);
  const leaves = borrow(roundBytes);
  if (leaves == 0) return;
  const tree = leaves + (size as usize) * offsetof<Leaf>();
  for (let i: u32 = 0; i < size; i++) {
    const key = i < chains.length ? enterHead(leafAt(leaves, i), i, baseNs, throughNs) : NoKey;
    store<u64>(tree + ((size + i) << 3), key);
  }
  for (let node = size - 1; node > 0; node--) {
    store<u64>(tree + (node << 3), min(load<u64>(tree + (node << 4)), load<u64>(tree + (node << 4), 8)));
  }
  let key = load<u64>(tree, 8);
  while (key != NoKey && !outOfMemory) {
    const i = (key as u32) & (LeavesMax - 1);
    const leaf = leafAt(leaves, i);
    const timeNs = baseNs + (key >> LeafBits);
    key = replay(tree, size + i, leaf.followingKey);
    const row = leaf.row;
    take(leaf.batch, row, timeNs);
    if (row + 2 < leaf.endRow) {
      leaf.row = row + 1;
      leaf.followingKey = leaf.keyOf(row + 2);
    } else {
      step(leaf, i, baseNs, throughNs);
    }
  }
  giveBack(leaves, roundBytes);
}

@inline
function leafAt(leaves: usize, index: u32): Leaf {
  return changetype<Leaf>(leaves + (index as usize) * offsetof<Leaf>());
}

/** Puts the head of a chain at its leaf; its first key, or NoKey if none of its records is due. */
function enterHead(leaf: Leaf, index: u32, baseNs: u64, throughNs: u64): u64 {
  const batch = chains.get(index).head;
  leaf.batch = batch;
  leaf.row = batch.row;
  leaf.endRow = batch.rowBehind(throughNs);
  leaf.bias = ((batch.firstNs - baseNs) << LeafBits) | (index as u64);
  leaf.followingKey = followingKey(leaf, index, baseNs, throughNs);
  return leaf.row < leaf.endRow ? leaf.keyOf(leaf.row) : NoKey;
}

/** The key after the one that competes: of this batch, or of the next one in the chain. */
function followingKey(leaf: Leaf, index: u32, baseNs: u64, throughNs: u64): u64 {
  if (leaf.row + 1 < leaf.endRow) return leaf.keyOf(leaf.row + 1);
  const next = leaf.batch.next;
  if (leaf.endRow < leaf.batch.records || next == NoBatch || next.firstNs > throughNs) return NoKey;
  return ((next.firstNs - baseNs) << LeafBits) | (index as u64);
}

/** Moves a leaf on where it comes to the end of its batch, or of what is due of it. */
function step(leaf: Leaf, index: u32, baseNs: u64, throughNs: u64): void {
  const batch = leaf.batch;
  leaf.row++;
  batch.row = leaf.row;
  if (leaf.row < leaf.endRow) {
    leaf.followingKey = followingKey(leaf, index, baseNs, throughNs);
    return;
  }
  if (leaf.row < batch.records) return; // its key is NoKey already
  const chain = chains.get(index);
  waitingBytes -= batch.waitingBytes;
  chain.head = batch.next;
  releaseBatch(batch);
  if (chain.head != NoBatch) enterHead(leaf, index, baseNs, throughNs);
}

/** Sets a leaf of the tree and decides again the matches on its way to the root; the winner's key. */
@inline
function replay(tree: usize, node: u32, key: u64): u64 {
  store<u64>(tree + (node << 3), key);
  while (node > 1) {
    key = min(key, load<u64>(tree + ((node ^ 1) << 3)));
    node >>= 1;
    store<u64>(tree + (node << 3), key);
  }
  return key;
}

@inline
function take(batch: Batch, rowToTake: u32, timeNs: u64): void {
  const rank = batch.rank;
  const row = batch.source(rowToTake);
  comeTo(timeNs, batch.place + ((row as u64) << 1));
  if (rank == Rank.Switch) takeSwitch(batch, row, timeNs);
  else if (rank == Rank.Syscall) takeSyscall(batch, row, timeNs);
  else if (rank == Rank.Wake) takeWake(batch, row, timeNs);
  else if (rank == Rank.Arguments) takeArguments(batch, row, timeNs);
  else if (rank == Rank.StringArgument) takeStringArgument(batch.record(row));
  else if (rank == Rank.Task) takeTask(batch.record(row));
  else if (rank == Rank.Snapshot) takeSnapshot(batch.record(row));
  else takeLoss(batch.record(row));
}

function dropEmptyChains(): void {
  let kept: u32 = 0;
  for (let i: u32 = 0; i < chains.length; i++) {
    const chain = chains.get(i);
    if (chain.head != NoBatch) {
      store<usize>(chains.at + ((kept as usize) << 2), changetype<usize>(chain));
      kept++;
      continue;
    }
    const stream = streamOf(chain.rank, chain.cpu);
    if (openChains.get(stream) == (changetype<usize>(chain) as u32)) openChains.set(stream, 0);
    freeChains.push(chain);
  }
  chains.length = kept;
}
