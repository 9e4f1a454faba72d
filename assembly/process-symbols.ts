// ProcessSymbol blocks: names that a runtime gave to code it made itself, by process and address.
// Blocks add rows; per process that is asked for, a table for each time at which its code was looked at
// is made (anew if more came since). The latest one not after a stack that has a name holds.

import { allocate, outOfMemory } from "./arena";
import { cell, decode, Limit, openPayload } from "./columns";
import { Encoding, ProcessSymbolColumn, StringIdMax, TidMax } from "./format";
import { compareU32, compareU64, sort } from "./sort";
import { newSparse, Sparse } from "./sparse";
import { newRangeMap, RangeMap } from "./symbols/range-map";
import { newVector, Vector } from "./vector";

@unmanaged
export class ProcessSymbol {
  timeNs: u64;
  address: u64;
  lengthBytes: u64;
  pid: u32;
  nameId: u32;
}

const processSymbols: Vector<ProcessSymbol> = newVector<ProcessSymbol>();

/** A ProcessSymbol block. False if it is malformed; then nothing of it is defined. */
export function defineProcessSymbols(from: usize, to: usize, records: u32): bool {
  if (
    !openPayload(from, to, ProcessSymbolColumn.Name + 1) ||
    !decode(ProcessSymbolColumn.Pid, records, Encoding.Unsigned, Limit.Tid) ||
    !decode(ProcessSymbolColumn.Time, records, Encoding.Delta, Limit.None) ||
    !decode(ProcessSymbolColumn.Address, records, Encoding.Delta, Limit.None) ||
    !decode(ProcessSymbolColumn.Length, records, Encoding.Unsigned, Limit.None) ||
    !decode(ProcessSymbolColumn.Name, records, Encoding.Unsigned, Limit.U32, StringIdMax)
  ) {
    return false;
  }
  for (let i: u32 = 0; i < records && !outOfMemory; i++) {
    const symbol = changetype<ProcessSymbol>(allocate(offsetof<ProcessSymbol>()));
    symbol.pid = cell(ProcessSymbolColumn.Pid, i) as u32;
    symbol.timeNs = cell(ProcessSymbolColumn.Time, i);
    symbol.address = cell(ProcessSymbolColumn.Address, i);
    symbol.lengthBytes = cell(ProcessSymbolColumn.Length, i);
    symbol.nameId = cell(ProcessSymbolColumn.Name, i) as u32;
    processSymbols.push(symbol);
  }
  return true;
}

/** The symbols of one process that were there at one time. */
@unmanaged
class Moment {
  timeNs: u64;
  byAddress: RangeMap;
}

@unmanaged
class Table {
  /** Symbols of all processes that were met when it was made. */
  met: u32;
  moments: Vector<Moment>;
}

const NoTable: Table = changetype<Table>(0);
const tables: Sparse = newSparse(TidMax);
let sorted: u32 = 0;

function compareSymbols(a: usize, b: usize): i32 {
  const left = changetype<ProcessSymbol>(a);
  const right = changetype<ProcessSymbol>(b);
  const byPid = compareU32(left.pid, right.pid);
  return byPid != 0 ? byPid : compareU64(left.timeNs, right.timeNs);
}

/** Changes where the answers of `processSymbolOf` for a process may; 0: it has no symbols. */
export function momentOf(pid: u32, timeNs: u64): u32 {
  const table = tableOf(pid);
  return table == NoTable ? 0 : behind(table.moments, timeNs) + 1;
}

/** The symbol that covers an address of a process at a time; a null reference if none does. */
export function processSymbolOf(pid: u32, timeNs: u64, address: u64): ProcessSymbol {
  const table = tableOf(pid);
  if (table == NoTable) return changetype<ProcessSymbol>(0);
  const moments = table.moments;
  const after = behind(moments, timeNs);
  let found: u32 = 0;
  for (let i = after; i > 0 && found == 0; i--) {
    found = moments.get(i - 1).byAddress.find(address);
  }
  for (let i = after; i < moments.length && found == 0; i++) {
    found = moments.get(i).byAddress.find(address);
  }
  return found == 0 ? changetype<ProcessSymbol>(0) : processSymbols.get(found - 1);
}

/** Moments up to and including a time. */
function behind(moments: Vector<Moment>, timeNs: u64): u32 {
  let low: u32 = 0;
  let high = moments.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (moments.get(middle).timeNs <= timeNs) low = middle + 1;
    else high = middle;
  }
  return low;
}

function tableOf(pid: u32): Table {
  if (processSymbols.length == 0 || pid > (TidMax as u32)) return NoTable;
  let table = changetype<Table>(tables.get(pid) as usize);
  if (table == NoTable || table.met != processSymbols.length) {
    table = makeTable(pid);
    tables.set(pid, changetype<usize>(table) as u32);
  }
  return table.moments.length == 0 ? NoTable : table;
}

function makeTable(pid: u32): Table {
  if (sorted != processSymbols.length) sort(processSymbols.at, processSymbols.length, compareSymbols);
  sorted = processSymbols.length;
  const table = changetype<Table>(allocate(offsetof<Table>()));
  table.met = processSymbols.length;
  table.moments = newVector<Moment>();
  let from = firstOf(pid);
  while (from < processSymbols.length && processSymbols.get(from).pid == pid) {
    const timeNs = processSymbols.get(from).timeNs;
    let end = from + 1;
    while (end < processSymbols.length && isOf(processSymbols.get(end), pid, timeNs)) end++;
    table.moments.push(makeMoment(timeNs, from, end));
    from = end;
  }
  return table;
}

function isOf(symbol: ProcessSymbol, pid: u32, timeNs: u64): bool {
  return symbol.pid == pid && symbol.timeNs == timeNs;
}

/** Of one time the last in the file holds, so that it is added first. */
function makeMoment(timeNs: u64, from: u32, end: u32): Moment {
  const moment = changetype<Moment>(allocate(offsetof<Moment>()));
  moment.timeNs = timeNs;
  moment.byAddress = newRangeMap();
  for (let i = end; i > from; i--) {
    const symbol = processSymbols.get(i - 1);
    const lengthBytes = min(symbol.lengthBytes, u64.MAX_VALUE - symbol.address);
    moment.byAddress.add(symbol.address, symbol.address + lengthBytes, i);
  }
  moment.byAddress.seal();
  return moment;
}

function firstOf(pid: u32): u32 {
  let low: u32 = 0;
  let high = processSymbols.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (processSymbols.get(middle).pid < pid) low = middle + 1;
    else high = middle;
  }
  return low;
}
