// The parts of a recording (PassOption.Parts), analyzed by an instance of the engine each, as the one
// analysis that a single instance would have made, to the last byte. A pure function. What is not of
// single threads (counters, losses, strings, …) is the same in every part; threads belong to one part
// each, and with them the rows of all tables that name them. Every table has a total order, in which
// each part's rows are already: so they are merged like sorted lists, and their references renumbered.

import { Warning } from "../assembly/tables.js";
import type { AnalysisParts } from "./analysis.js";
import { framesOf, mergeStacks } from "./merge-stacks.js";
import { mergeWakers, mergeWakeups } from "./merge-wakers.js";
import { gather, mergeOrder, placesOf } from "./merge-tables.js";
import type { Order } from "./merge-tables.js";
import type { RecordingPart } from "./recording-part.js";
import type { BirthsTable, CallsTable, LatenciesTable, OffcpuTable, WarningsTable } from "./tables.js";

/** As the engine keeps them (LostDefinitionsMax, WarningsMax): of more, which ones is not known here. */
const LostDefinitionsMax = 1024;
const WarningsMax = 4096;

/**
 * The analysis of the whole recording; undefined where the parts do not say what one instance would
 * have answered, which then has to be asked: of a recording that is damaged (each part verifies only
 * the checksums of some blocks), or has more missing definitions than are kept, or too many blocks.
 */
export function mergeParts(parts: readonly RecordingPart[]): AnalysisParts | undefined {
  const warnings = mergeWarnings(parts.map(({ analysis }) => analysis.warnings));
  const isOrdered = parts.every(({ analysis, births }) => births.length === analysis.threads.length + analysis.wakers.length);
  if (warnings === undefined || !isOrdered) return undefined;
  const first = parts[0]!.analysis;
  const lives = mergeOrder(
    parts.map(({ analysis }) => analysis.threads.length),
    (a, i, b, j) => bornBefore(parts[a]!.births, i, parts[b]!.births, j),
  );
  const threadRows = placesOf(lives, parts.map(({ analysis }) => analysis.threads.length));
  const stacks = mergeStacks(parts);
  const threads = gather(parts.map(({ analysis }) => analysis.threads), lives);
  const wakers = mergeWakers(parts, threads, lives);
  const own = parts.map(({ analysis }, part) => renumbered(analysis, threadRows[part]!, stacks.rows[part]!));
  return {
    ...first,
    objects: longestObjects(parts),
    recording: mergeRecording(parts),
    threads,
    stacks: stacks.stacks,
    ...framesOf(stacks, parts),
    ...mergePeriods(own, wakers.rows),
    wakers: wakers.wakers,
    ...mergeSyscalls(own),
    ...mergeCalls(own),
    ...mergeOverTime(own),
    warnings,
  };
}

function bornBefore(a: BirthsTable, i: number, b: BirthsTable, j: number): boolean {
  if (a.epoch[i] !== b.epoch[j]) return a.epoch[i]! < b.epoch[j]!;
  if (a.timeNs[i] !== b.timeNs[j]) return a.timeNs[i]! < b.timeNs[j]!;
  return a.place[i]! < b.place[j]!;
}

/** A missing definition that only one part asked for adds one row at the end, the same in all that have it. */
function longestObjects(parts: readonly RecordingPart[]): AnalysisParts["objects"] {
  return parts.map(({ analysis }) => analysis.objects).reduce((longest, each) => (each.length > longest.length ? each : longest));
}

function mergeRecording(parts: readonly RecordingPart[]): AnalysisParts["recording"] {
  const sum = (column: "contradictions" | "backwards" | "spuriousWakes" | "unknownNs") =>
    BigUint64Array.of(parts.reduce((total, { analysis }) => total + analysis.recording[column][0]!, 0n));
  return {
    ...parts[0]!.analysis.recording,
    contradictions: sum("contradictions"),
    backwards: sum("backwards"),
    spuriousWakes: sum("spuriousWakes"),
    unknownNs: sum("unknownNs"),
  };
}

/** Those of the recording, the same in all parts, then the missing definitions that any part asked for. */
function mergeWarnings(tables: readonly WarningsTable[]): WarningsTable | undefined {
  const first = tables[0]!;
  const common = commonRows(first);
  if (tables.some((table) => commonRows(table) !== common || !isUndamaged(table, first, common))) return undefined;
  const lost = new Map<bigint, readonly [kind: bigint, id: bigint]>();
  for (const table of tables) {
    if (table.length === WarningsMax) return undefined;
    for (let row = common; row < table.length; row++) {
      lost.set((table.a[row]! << 32n) | table.b[row]!, [table.a[row]!, table.b[row]!]);
    }
  }
  if (lost.size >= LostDefinitionsMax || common + lost.size > WarningsMax) return undefined;
  const sorted = [...lost].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, definition]) => definition);
  const length = common + sorted.length;
  const warning = new Uint32Array(length).fill(Warning.LostDefinition);
  const columns = { offset: new BigUint64Array(length), a: new BigUint64Array(length), b: new BigUint64Array(length) };
  warning.set(first.warning.subarray(0, common));
  for (const name of ["offset", "a", "b"] as const) columns[name].set(first[name].subarray(0, common));
  sorted.forEach(([kind, id], row) => {
    columns.a[common + row] = kind;
    columns.b[common + row] = id;
  });
  return { length, warning, ...columns };
}

/** Rows before those of missing definitions, which come last. */
function commonRows({ warning }: WarningsTable): number {
  const row = warning.indexOf(Warning.LostDefinition);
  return row === -1 ? warning.length : row;
}

function isUndamaged(table: WarningsTable, first: WarningsTable, common: number): boolean {
  for (let row = 0; row < common; row++) {
    const warning = table.warning[row];
    if (warning === Warning.DamagedBlock || warning === Warning.Resynchronized) return false;
    const isSame = table.offset[row] === first.offset[row] && table.a[row] === first.a[row] && table.b[row] === first.b[row];
    if (warning !== first.warning[row] || !isSame) return false;
  }
  return true;
}

type Own = Pick<
  AnalysisParts,
  "offcpu" | "wakeups" | "syscalls" | "latencies" | "calls" | "callLatencies" | "timeline" | "callTimeline" | "heat"
>;

/** The tables that name threads and stacks, which are now called by their rows in the whole. */
function renumbered(analysis: AnalysisParts, threads: Uint32Array, stacks: Uint32Array): Own {
  const { offcpu, wakeups, syscalls, latencies, calls, callLatencies, timeline, callTimeline, heat } = analysis;
  const withThread = <T extends { readonly thread: Uint32Array }>(table: T): T => ({
    ...table,
    thread: table.thread.map((row) => threads[row]!),
  });
  const withStacks = <T extends OffcpuTable | CallsTable>(table: T): T => ({
    ...withThread(table),
    kernelStack: table.kernelStack.map((row) => stacks[row]!),
    userStack: table.userStack.map((row) => stacks[row]!),
  });
  return {
    offcpu: withStacks(offcpu),
    wakeups,
    syscalls: withThread(syscalls),
    latencies,
    calls: withStacks(calls),
    callLatencies,
    timeline: withThread(timeline),
    callTimeline: withThread(callTimeline),
    heat: withThread(heat),
  };
}

/** By total, largest first, and thread: rows of two parts are never of one thread. */
function byTotal(totals: readonly BigUint64Array[], threads: readonly Uint32Array[]): Order {
  return mergeOrder(
    totals.map(({ length }) => length),
    (a, i, b, j) => {
      const left = totals[a]![i]!;
      const right = totals[b]![j]!;
      return left === right ? threads[a]![i]! < threads[b]![j]! : left > right;
    },
  );
}

function mergePeriods(
  own: readonly Own[],
  wakers: readonly Uint32Array[],
): Pick<AnalysisParts, "offcpu" | "wakeups"> {
  const totals = own.map(({ offcpu }) =>
    offcpu.blockedNs.map((blockedNs, row) => blockedNs + offcpu.runnableNs[row]! + offcpu.preemptedNs[row]!),
  );
  const orders = own.map(({ offcpu }, part) => {
    const { thread, comm, class: kind, nr, compat, edge } = offcpu;
    return inOrderOfStacks(offcpu, [totals[part]!, thread, comm, kind, nr, compat, edge]);
  });
  // Rows that changed places have one total and one thread.
  const byParts = byTotal(totals, own.map(({ offcpu }) => offcpu.thread));
  const order = { part: byParts.part, row: byParts.row.map((row, at) => orders[byParts.part[at]!]!.row[row]!) };
  return {
    offcpu: gather(own.map(({ offcpu }) => offcpu), order),
    wakeups: mergeWakeups(own.map(({ wakeups }) => wakeups), order, wakers),
  };
}

/**
 * Rows that differ in nothing but their stacks are in the order of the part's rows of stacks, which
 * may be another one in the whole. `keys`: what the table is ordered by before that.
 */
function inOrderOfStacks(
  { length, kernelStack, userStack }: OffcpuTable | CallsTable,
  keys: readonly ArrayLike<number | bigint>[],
): Order {
  const row = Uint32Array.from({ length }, (_, at) => at);
  for (let from = 0, to = 1; from < length; from = to++) {
    while (to < length && keys.every((key) => key[from] === key[to])) to++;
    if (to - from === 1) continue;
    row.subarray(from, to).sort((a, b) => kernelStack[a]! - kernelStack[b]! || userStack[a]! - userStack[b]!);
  }
  return { part: new Uint8Array(length), row };
}

function mergeSyscalls(own: readonly Own[]): Pick<AnalysisParts, "syscalls" | "latencies"> {
  const tables = own.map(({ syscalls }) => syscalls);
  const order = byTotal(tables.map(({ totalNs }) => totalNs), tables.map(({ thread }) => thread));
  return {
    syscalls: gather(tables, order),
    latencies: mergeLatencies(own.map(({ latencies }) => latencies), order, tables.map(({ length }) => length)),
  };
}

function mergeCalls(own: readonly Own[]): Pick<AnalysisParts, "calls" | "callLatencies"> {
  const latencies: LatenciesTable[] = [];
  const tables = own.map(({ calls, callLatencies }) => {
    const { totalNs, thread, nr, errno, compat } = calls;
    const order = inOrderOfStacks(calls, [totalNs, thread, nr, errno, compat]);
    latencies.push(mergeLatencies([callLatencies], order, [calls.length]));
    return gather([calls], order);
  });
  const order = byTotal(tables.map(({ totalNs }) => totalNs), tables.map(({ thread }) => thread));
  return {
    calls: gather(tables, order),
    callLatencies: mergeLatencies(latencies, order, tables.map(({ length }) => length)),
  };
}

/** Histograms of rows that come in another order now. */
function mergeLatencies(tables: readonly LatenciesTable[], order: Order, lengths: readonly number[]): LatenciesTable {
  const begins = tables.map(({ row }, part) => beginsOf(row, lengths[part]!));
  const length = tables.reduce((sum, table) => sum + table.length, 0);
  const merged = { part: new Uint8Array(length), row: new Uint32Array(length) };
  const rows = new Uint32Array(length);
  let at = 0;
  for (let owner = 0; owner < order.row.length; owner++) {
    const part = order.part[owner]!;
    const begin = begins[part]!;
    for (let row = begin[order.row[owner]!]!; row < begin[order.row[owner]! + 1]!; row++, at++) {
      merged.part[at] = part;
      merged.row[at] = row;
      rows[at] = owner;
    }
  }
  return { ...gather(tables, merged), row: rows };
}

/** Where the rows of each of `count` owners begin, in a column that is in order of them; and the end. */
function beginsOf(owners: Uint32Array, count: number): Uint32Array {
  const begins = new Uint32Array(count + 1);
  for (const owner of owners) begins[owner + 1]!++;
  for (let owner = 0; owner < count; owner++) begins[owner + 1]! += begins[owner]!;
  return begins;
}

function mergeOverTime(own: readonly Own[]): Pick<AnalysisParts, "timeline" | "callTimeline" | "heat"> {
  const heats = own.map(({ heat }) => heat);
  const byBin = mergeOrder(
    heats.map(({ length }) => length),
    (a, i, b, j) => {
      const left = heats[a]!;
      const right = heats[b]!;
      if (left.bin[i] !== right.bin[j]) return left.bin[i]! < right.bin[j]!;
      if (left.bucket[i] !== right.bucket[j]) return left.bucket[i]! < right.bucket[j]!;
      return left.thread[i]! < right.thread[j]!;
    },
  );
  return {
    timeline: byThread(own.map(({ timeline }) => timeline)),
    callTimeline: byThread(own.map(({ callTimeline }) => callTimeline)),
    heat: gather(heats, byBin),
  };
}

function byThread<T extends { readonly length: number; readonly thread: Uint32Array }>(tables: readonly T[]): T {
  const order = mergeOrder(
    tables.map(({ length }) => length),
    (a, i, b, j) => tables[a]!.thread[i]! < tables[b]!.thread[j]!,
  );
  return gather(tables, order);
}
