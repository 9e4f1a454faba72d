// The wasm boundary: the engine's only exports. One instance serves one recording:
//
//   setOption(option, value)                               what the pass is asked, before the first byte
//   reserve(n) -> pointer, copy n bytes there, push(n)     as often as there are chunks, of any size
//   finish()                                               then the tables can be read
//   rowCount, columnPointer, columnLength, columnType      each column copied out once
//
// Where any part of the recording can be had, startAhead(its length) before the first push, then as long
// as aheadLength() is not 0: reserveAhead(), copy so many bytes from aheadOffset() on there, pushAhead(n).
//
// A pass that is read while it goes on (PassOption.Sliced) also calls, after every push and after
// endInput(): advance(t) until it is Idle, reading events after each slice; and where an interval is
// whole, snapshot(), which makes the tables of that interval.
//
// There are no imports and nothing here traps: what is wrong with the bytes is a Status or a row of
// Table.Warnings. Any call may grow memory, so views of it are made anew after every call.
//
//   chunks -> reader -> blocks --> definitions (strings, objects, mappings, stacks, ...) ------.
//             whole     by type \-> batches -> merge -> states -> periods, syscalls, lives -----+-> tables
//             blocks                         in order of time      sums                         at the end
//
// All of it is one instance's memory, and only what follows threads and distinct stacks outlives the
// window between two Syncs: dropping the instance frees everything.

import { aheadBytes, aheadFrom, reserveAhead as reserveBytesAhead, startAhead as startReadingAhead, takeAheadBytes } from "./ahead";
import { limitMemory, outOfMemory } from "./arena";
import { buildHeat } from "./heat";
import { buildTimeline } from "./timeline";
import { buildCallTimeline } from "./call-timeline";
import { lastNs } from "./blocks";
import { clearCalls } from "./calls";
import { cgroups } from "./cgroups";
import { nodes } from "./call-tree";
import { offcpuCounts, syscallCounts } from "./counters";
import { handOutEvents } from "./event-rows";
import { frames } from "./frames";
import { sortKernelSymbols } from "./kernel-symbols";
import { warnLostDefinitions } from "./lost-definitions";
import { clearRowCaches, lives } from "./lives";
import { sortMappings } from "./mappings";
import { metaRows } from "./meta";
import { metBeforeNs, takeThrough } from "./merge";
import { objects } from "./objects";
import { setOptionValue } from "./options";
import { clearPeriods } from "./periods";
import {
  endInput as endRecording,
  errorAt,
  errorDetail as refusalDetail,
  isReadToTheEnd,
  reserveChunk,
  skip as skipBytes,
  skippableBytes,
  takeChunk,
} from "./reader";
import { takenBeforeNs, takeSlice } from "./slices";
import { endWindow } from "./states";
import { orderStacks } from "./stack-order";
import { strings } from "./strings";
import { clearSyscalls } from "./syscalls";
import { tasksTaken } from "./tasks";
import { ColumnType, PassOption, Progress, Status, Table } from "./tables";
import { findColumn, tableRows } from "./table";
import {
  buildBlocks,
  buildCgroups,
  buildClocks,
  buildCounters,
  buildLosses,
  buildMeta,
  buildObjects,
  buildRecording,
  buildStrings,
  buildWarnings,
} from "./tables-of-recording";
import { buildCalls, buildLatencies, buildWakeups } from "./tables-of-questions";
import { buildFrames, buildOffcpu, buildStacks, buildSyscalls, buildThreads } from "./tables-of-threads";
import { buildParts } from "./tables-of-parts";
import { clearWakeups } from "./wakeups";
import { recordingStartNs, windowEnd } from "./window";

let over: bool = false;
let answered: bool = false;
/** Whether `endInput` went well. */
let inputEnded: bool = false;
let finished: bool = false;

function endWith(status: Status): Status {
  if (status != Status.Ok) over = true;
  return status;
}

/** Asks for something; before the first byte. */
export function setOption(option: PassOption, value: u64): void {
  setOptionValue(option, value);
}

/** Before the first byte, where all `lengthBytes` bytes can be had: some are wanted first. */
export function startAhead(lengthBytes: f64): void {
  startReadingAhead(lengthBytes as u64);
}

/** Bytes wanted before all others; 0: none. */
export function aheadLength(): f64 {
  return aheadBytes() as f64;
}

/** Where in the recording they begin. */
export function aheadOffset(): f64 {
  return aheadFrom() as f64;
}

/** Where to put them; 0 if there is no memory. */
export function reserveAhead(): usize {
  return reserveBytesAhead();
}

/** Takes the first `lengthBytes` of them; fewer than wanted where the recording became shorter. */
export function pushAhead(lengthBytes: u32): Status {
  takeAheadBytes(lengthBytes);
  return outOfMemory ? endWith(Status.OutOfMemory) : Status.Ok;
}

/** Where to put the next chunk of up to `lengthBytes` bytes; 0 if it is refused (too large, or no memory). */
export function reserve(lengthBytes: u32): usize {
  return over ? 0 : reserveChunk(lengthBytes);
}

/** Consumes `lengthBytes` bytes put where `reserve` said. Any split of a recording gives the same result. */
export function push(lengthBytes: u32): Status {
  return over ? Status.Misuse : endWith(takeChunk(lengthBytes));
}

/** Bytes behind those pushed that make no difference, and need not be read: `skip` stands for them. */
export function skippable(): f64 {
  return skippableBytes() as f64;
}

/** Instead of pushing the next `lengthBytes` bytes. */
export function skip(lengthBytes: f64): Status {
  return over ? Status.Misuse : endWith(skipBytes(lengthBytes as u64));
}

/** No more bytes will come; with PassOption.Sliced what waits is still to be taken by `advance`. */
export function endInput(): Status {
  if (over) return Status.Misuse;
  over = true;
  const status = endRecording();
  inputEnded = status == Status.Ok;
  return status;
}

/**
 * With PassOption.Sliced: takes a slice of what is due before `beforeNs` after the recording's start.
 * After Taken the slice's events and the tables that name what they refer to can be read.
 */
export function advance(beforeNs: u64): Progress {
  if (finished) return Progress.Idle;
  sortMappings();
  sortKernelSymbols();
  const progress = takeSlice(beforeNs);
  if (progress == Progress.Taken && !outOfMemory) buildNamesAnew();
  answered = !outOfMemory;
  return progress;
}

/** Until when, ns after the recording's start, everything has been read. */
export function knownUntil(): f64 {
  const untilNs = isReadToTheEnd() ? windowEnd(lastNs) : metBeforeNs;
  return (untilNs - min(recordingStartNs, untilNs)) as f64;
}

/** With PassOption.Sliced: the tables of what was summed since the last snapshot; the sums begin anew. */
export function snapshot(): Status {
  if (finished) return Status.Misuse;
  if (!outOfMemory) buildTables(windowEnd(takenBeforeNs));
  clearPeriods();
  clearSyscalls();
  clearCalls();
  clearWakeups();
  clearRowCaches();
  syscallCounts.zero();
  offcpuCounts.zero();
  answered = !outOfMemory;
  return answered ? Status.Ok : Status.OutOfMemory;
}

/** Grows with every change of the tables that name threads, stacks and strings. */
export function namesVersion(): u32 {
  return names;
}

/** The end of the recording: what waits is taken, open periods end, and the tables are built. */
export function finish(): Status {
  if (finished || (over && !inputEnded)) return Status.Misuse;
  const status = inputEnded ? Status.Ok : endInput();
  if (status == Status.Ok) while (takeSlice(u64.MAX_VALUE) == Progress.Taken) continue;
  finished = true;
  if (status != Status.Ok) return status;
  takeThrough(u64.MAX_VALUE);
  const endNs = windowEnd(lastNs);
  endWindow(endNs);
  handOutEvents();
  if (!outOfMemory) buildTables(endNs);
  answered = !outOfMemory;
  return answered ? Status.Ok : Status.OutOfMemory;
}

/** Tables that refer to others come before them: asking for a row is what makes it. */
function buildTables(endNs: u64): void {
  sortMappings();
  sortKernelSymbols();
  orderStacks();
  buildOffcpu();
  buildSyscalls();
  buildLatencies(Table.Latencies);
  buildCalls();
  buildLatencies(Table.CallLatencies);
  buildWakeups();
  buildTimeline();
  buildCallTimeline();
  buildHeat();
  buildClocks();
  buildCounters();
  buildLosses();
  buildBlocks();
  buildNames(endNs);
  warnLostDefinitions();
  buildWarnings();
  buildStrings();
  buildParts();
}

let names: u32 = 0;
/** What the tables below were made of: it only ever grows. */
let namesSize: u64 = 0;

function buildNamesAnew(): void {
  let size: u64 = tasksTaken + lives.length + nodes.length + frames.length;
  size += (objects.length as u64) + strings.length + metaRows.length + cgroups.length;
  if (size == namesSize) return;
  namesSize = size;
  buildNames(windowEnd(takenBeforeNs));
  buildStrings();
}

/** The tables that name what others refer to, save for the strings, which all of them ask for. */
function buildNames(endNs: u64): void {
  names++;
  buildThreads(endNs);
  buildStacks();
  buildFrames();
  buildObjects();
  buildCgroups();
  buildRecording(endNs);
  buildMeta();
}

/** Byte offset in the recording of what a Status other than Ok complains about. */
export function errorOffset(): f64 {
  return errorAt as f64;
}

/** What was found there: see Status. */
export function errorDetail(): f64 {
  return refusalDetail as f64;
}

/** Rows of a table, 0 before `finish` answered Ok. */
export function rowCount(table: Table): u32 {
  return answered ? tableRows(table) : 0;
}

/** Where the values of a column are, 0 if there is no such column. */
export function columnPointer(table: Table, column: u32): usize {
  const found = findColumn(table, column);
  return answered && changetype<usize>(found) != 0 ? found.at : 0;
}

/** Values of a column: the table's rows, but for the two columns of Table.Strings. */
export function columnLength(table: Table, column: u32): u32 {
  const found = findColumn(table, column);
  return answered && changetype<usize>(found) != 0 ? found.length : 0;
}

/** ColumnType of a column, -1 if there is no such column. */
export function columnType(table: Table, column: u32): i32 {
  const found = findColumn(table, column);
  return answered && changetype<usize>(found) != 0 ? found.type : -1;
}

/** Lowers the ceiling under which memory may grow (4 GiB): beyond it push and finish answer OutOfMemory. */
export function setMemoryMax(lengthBytes: f64): void {
  limitMemory(lengthBytes as u64);
}
