// Takes the records of all batches in ascending order of (time, rank, cpu, position in the file).
//
// Blocks of one stream follow one another in time, so they form a chain, and only the heads of
// chains compete. (A block that begins before its predecessor ended starts a chain of its own.) The
// heads stand at the leaves of a tournament tree whose nodes hold the smaller key of their two
// children; a key is  time - base << 16 | leaf,  with leaves in order of (rank, cpu, position), so
// that one comparison decides everything and the root names the winner:
//
//                 [ min ]
//            [ min ]     [ min ]          replaying one leaf is a select per level, without a branch
//          [0]   [1]   [2]   [3]          that a processor would have to guess
//
// Times too far from `base` for 48 bits wait for a later round with a base of their own.

import { allocate, borrow, giveBack, outOfMemory } from "./arena";
import { Batch, Rank, releaseBatch } from "./batch";
import { CpuNone } from "./format";
import { takeLoss } from "./gaps";
import { compareU32, sort } from "./sort";
import { takeSwitch, takeSyscall, takeWake } from "./streams";
import { takeTask } from "./tasks";
import { newVector, Vector } from "./vector";

/**
 * Bytes of batches that may wait for a Sync. Beyond it (a host of many busy cores, or a writer that
 * forgot its Syncs) what is waiting is taken at once: memory before order.
 */
const WaitingBytesMax: u64 = 384 << 20;

const LeafBits: u64 = 16;
const LeavesMax: u32 = 1 << 16;
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

const NoChain: Chain = changetype<Chain>(0);
const NoBatch: Batch = changetype<Batch>(0);

const chains: Vector<Chain> = newVector<Chain>();
const freeChains: Vector<Chain> = newVector<Chain>();

// The chain that the next batch of a (rank, cpu) may continue: one page of pointers per rank.
const openChains: usize = memory.data(20, 16);

let waitingBytes: u64 = 0;
/** Records of event streams taken. */
export let eventsTaken: u64 = 0;
/** Everything before this time has been taken. */
export let watermarkNs: u64 = 0;

function openChainAt(rank: Rank, cpu: u32): usize {
  const page = openChains + ((rank as usize) << 2);
  if (load<usize>(page) == 0) store<usize>(page, allocate(((CpuNone as usize) + 1) << 2));
  return load<usize>(page) + ((cpu as usize) << 2);
}

/** Lets a block's records wait for their turn. */
export function addBatch(batch: Batch): void {
  if (batch == NoBatch || outOfMemory) return;
  if (batch.records == 0) {
    releaseBatch(batch);
    return;
  }
  if (chains.length == LeavesMax || waitingBytes + batch.lengthBytes > WaitingBytesMax) makeRoom();
  waitingBytes += batch.lengthBytes;
  const open = openChainAt(batch.rank, batch.cpu);
  let chain = changetype<Chain>(load<usize>(open));
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
  store<usize>(open, changetype<usize>(chain));
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
    if (chain.rank > Rank.Task) safeNs = min(safeNs, chain.tail.lastNs);
  }
  takeThrough(safeNs);
  if (waitingBytes > WaitingBytesMax / 2 || chains.length > LeavesMax / 2) takeThrough(u64.MAX_VALUE);
}

/** A Sync: everything before its time has been met. */
export function takeBefore(syncNs: u64): void {
  if (syncNs == 0) return;
  takeThrough(syncNs - 1);
  watermarkNs = max(watermarkNs, syncNs);
}

/** Takes, in order, all that waits with a time up to and including `throughNs`. */
export function takeThrough(throughNs: u64): void {
  sort(chains.at, chains.length, compareChains);
  for (;;) {
    const baseNs = earliestNs();
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
  for (let i: u32 = 0; i < chains.length; i++) earliest = min(earliest, chains.get(i).head.timeNs());
  return earliest;
}

/** A tournament among the heads of all chains, until none has a record up to `roundEndNs`. */
function takeRound(baseNs: u64, roundEndNs: u64): void {
  let leaves: u32 = 1;
  while (leaves < chains.length) leaves <<= 1;
  const treeBytes = (leaves as usize) << 4;
  const tree = borrow(treeBytes);
  if (tree == 0) return;
  for (let leaf: u32 = 0; leaf < leaves; leaf++) {
    const key = leaf < chains.length ? keyOf(chains.get(leaf).head, leaf, baseNs, roundEndNs) : NoKey;
    store<u64>(tree + ((leaves + leaf) << 3), key);
  }
  for (let node = leaves - 1; node > 0; node--) {
    store<u64>(tree + (node << 3), min(load<u64>(tree + (node << 4)), load<u64>(tree + (node << 4), 8)));
  }
  const heads = chains.at;
  for (;;) {
    const key = load<u64>(tree, 8);
    if (key == NoKey) break;
    const leaf = (key as u32) & (LeavesMax - 1);
    const chain = changetype<Chain>(load<usize>(heads + (leaf << 2)));
    const batch = chain.head;
    take(batch, baseNs + (key >> LeafBits));
    let nextKey = NoKey;
    if (++batch.row < batch.records) nextKey = keyOf(batch, leaf, baseNs, roundEndNs);
    else if (nextBatch(chain)) nextKey = keyOf(chain.head, leaf, baseNs, roundEndNs);
    replay(tree, leaves + leaf, nextKey);
  }
  giveBack(tree, treeBytes);
}

@inline
function keyOf(batch: Batch, leaf: u32, baseNs: u64, roundEndNs: u64): u64 {
  const timeNs = batch.timeNs();
  return timeNs > roundEndNs ? NoKey : ((timeNs - baseNs) << LeafBits) | (leaf as u64);
}

/** Sets a leaf and decides again the matches on its way to the root. */
@inline
function replay(tree: usize, node: u32, key: u64): void {
  store<u64>(tree + (node << 3), key);
  while (node > 1) {
    key = min(key, load<u64>(tree + ((node ^ 1) << 3)));
    node >>= 1;
    store<u64>(tree + (node << 3), key);
  }
}

@inline
function take(batch: Batch, timeNs: u64): void {
  const rank = batch.rank;
  if (rank == Rank.Switch) takeSwitch(batch, timeNs);
  else if (rank == Rank.Syscall) takeSyscall(batch, timeNs);
  else if (rank == Rank.Wake) takeWake(batch, timeNs);
  else if (rank == Rank.Task) takeTask(batch.record());
  else takeLoss(batch.record());
}

/** Moves a chain behind its head. False if that was its last batch or memory ran out. */
function nextBatch(chain: Chain): bool {
  const batch = chain.head;
  if (batch.rank > Rank.Task) eventsTaken += batch.records;
  waitingBytes -= batch.lengthBytes;
  chain.head = batch.next;
  releaseBatch(batch);
  return chain.head != NoBatch && !outOfMemory;
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
    const open = openChainAt(chain.rank, chain.cpu);
    if (load<usize>(open) == changetype<usize>(chain)) store<usize>(open, 0);
    freeChains.push(chain);
  }
  chains.length = kept;
}
