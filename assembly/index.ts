// The wasm boundary: the engine's only exports. One instance serves one recording:
//
//   reserve(n) -> pointer, copy n bytes there, push(n)     as often as there are chunks, of any size
//   finish()                                               then the tables can be read
//   rowCount, columnPointer, columnLength, columnType      each column copied out once
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

import { limitMemory, outOfMemory } from "./arena";
import { lastNs } from "./blocks";
import { setOptionValue } from "./options";
import { FileHeaderOffset } from "./format";
import { sortKernelSymbols } from "./kernel-symbols";
import { warnLostDefinitions } from "./lost-definitions";
import { sortMappings } from "./mappings";
import { takeThrough } from "./merge";
import { endInput as endRecording, errorAt, errorDetail as refusalDetail, fileHeader, reserveChunk, takeChunk } from "./reader";
import { endWindow } from "./states";
import { ColumnType, PassOption, Progress, Status, Table } from "./tables";
import { findColumn, tableRows } from "./table";
import {
  buildBlocks,
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

let over: bool = false;
let answered: bool = false;

function endWith(status: Status): Status {
  if (status != Status.Ok) over = true;
  return status;
}

/** Asks for something; before the first byte. */
export function setOption(option: PassOption, value: u64): void {
  setOptionValue(option, value);
}

/** Where to put the next chunk of up to `lengthBytes` bytes; 0 if it is refused (too large, or no memory). */
export function reserve(lengthBytes: u32): usize {
  return over ? 0 : reserveChunk(lengthBytes);
}

/** Consumes `lengthBytes` bytes put where `reserve` said. Any split of a recording gives the same result. */
export function push(lengthBytes: u32): Status {
  return over ? Status.Misuse : endWith(takeChunk(lengthBytes));
}

/** As `finish`, but what waits is still to be taken by `advance`. */
export function endInput(): Status {
  return over ? Status.Misuse : endWith(endRecording());
}

/** With PassOption.Sliced: takes a slice of what is due before `beforeNs` after the recording's start. */
export function advance(beforeNs: u64): Progress {
  return Progress.Idle;
}

/** Until when, ns after the recording's start, everything has been read. */
export function knownUntil(): f64 {
  return 0;
}

/** Tables of what was summed since the last snapshot. */
export function snapshot(): Status {
  return Status.Misuse;
}

/** The end of the recording: what waits is taken, open periods end, and the tables are built. */
export function finish(): Status {
  if (over) return Status.Misuse;
  over = true;
  const status = endRecording();
  if (status != Status.Ok) return status;
  takeThrough(u64.MAX_VALUE);
  const endNs = max(lastNs, load<u64>(fileHeader, FileHeaderOffset.StartMonotonicNs));
  endWindow(endNs);
  if (!outOfMemory) buildTables(endNs);
  answered = !outOfMemory;
  return answered ? Status.Ok : Status.OutOfMemory;
}

/** Tables that refer to others come before them: asking for a row is what makes it. */
function buildTables(endNs: u64): void {
  sortMappings();
  sortKernelSymbols();
  buildOffcpu();
  buildSyscalls();
  buildLatencies(Table.Latencies);
  buildCalls();
  buildLatencies(Table.CallLatencies);
  buildWakeups();
  buildThreads(endNs);
  buildStacks();
  buildFrames();
  buildObjects();
  buildRecording(endNs);
  buildMeta();
  buildClocks();
  buildCounters();
  buildLosses();
  buildBlocks();
  warnLostDefinitions();
  buildWarnings();
  buildStrings();
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
