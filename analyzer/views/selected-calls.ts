// The system calls that an answer is about, one row of sums after another, wherever they are known
// from: the table of calls that ended, or, where it is asked which stacks they waited with or in which
// state, the table of calls joined to their off-CPU periods.

import type { Analysis } from "../analysis.js";
import { LatencyRows } from "./latency.js";
import type { Histogram } from "./latency.js";
import { Restarts } from "./restarts.js";
import { selectionOf } from "./selection.js";
import type { SelectionOptions } from "./selection.js";

export interface CallsOptions {
  /** Only calls that all of this is true of. */
  readonly selection?: SelectionOptions | undefined;
  /** Only calls that returned an error (-4095..-1). */
  readonly failed?: boolean | undefined;
  /** restart_syscall as part of the call that it goes on with; see Restarts. */
  readonly mergeRestarts?: boolean | undefined;
}

/** Calls of one thread, number and error. */
export interface SelectedCall {
  /** Row in threads. */
  readonly thread: number;
  readonly nr: number;
  readonly compat: number;
  readonly errno: number;
  readonly count: bigint;
  readonly totalNs: bigint;
  readonly offcpuNs: bigint;
  /** NoDuration where none is known. */
  readonly minNs: bigint;
  readonly maxNs: bigint;
  readonly noEnter: bigint;
  addLatenciesTo(histogram: Histogram): void;
}

/** What minNs is where no call has a duration. */
export const NoDuration = 2n ** 64n - 1n;

/** Whether the answer is about less than all calls of the hosts it is about. */
export function isPartOfCalls({ selection, failed, mergeRestarts }: CallsOptions): boolean {
  if (failed === true || mergeRestarts === true) return true;
  return Object.entries(selection ?? {}).some(([name, value]) => name !== "host" && value !== undefined);
}

/** Whether it takes the joined calls to answer: the pass must then be asked for them. */
export function needsJoinedCalls({ selection }: CallsOptions): boolean {
  return (
    selection?.stack !== undefined || selection?.notStack !== undefined || selection?.states !== undefined
  );
}

export function* selectedCalls(
  analysis: Analysis,
  options: CallsOptions,
): Generator<SelectedCall, void, undefined> {
  const isJoined = needsJoinedCalls(options);
  const table = isJoined ? analysis.calls : analysis.syscalls;
  const { selection } = options;
  const compiled = selection === undefined ? undefined : selectionOf(analysis, selection);
  const restarts = options.mergeRestarts === true ? new Restarts(table, analysis.recording.arch[0]!) : undefined;
  const callOfRow = isJoined ? joinedCalls(analysis) : endedCalls(analysis);
  for (let row = 0; row < table.length; row++) {
    if (options.failed === true && table.errno[row] === 0) continue;
    if (compiled !== undefined && !(isJoined ? compiled.join(row) : compiled.call(row))) continue;
    const call = callOfRow(row);
    if (restarts === undefined) yield call;
    else yield { ...call, ...restarts.callOf(row), count: restarts.endedOf(row) };
  }
}

/** The durations of all of them. */
export function callHistogram(analyses: readonly Analysis[], options: CallsOptions): Histogram {
  const histogram: Histogram = new Map();
  for (const analysis of analyses) {
    for (const call of selectedCalls(analysis, options)) call.addLatenciesTo(histogram);
  }
  return histogram;
}

function endedCalls(analysis: Analysis): (row: number) => SelectedCall {
  const { syscalls } = analysis;
  const latencies = new LatencyRows(analysis.latencies, syscalls.length);
  return (row) => ({
    thread: syscalls.thread[row]!,
    nr: syscalls.nr[row]!,
    compat: syscalls.compat[row]!,
    errno: syscalls.errno[row]!,
    count: syscalls.count[row]!,
    totalNs: syscalls.totalNs[row]!,
    offcpuNs: syscalls.offcpuNs[row]!,
    minNs: syscalls.minNs[row]!,
    maxNs: syscalls.maxNs[row]!,
    noEnter: syscalls.noEnter[row]!,
    addLatenciesTo: (histogram) => latencies.addTo(histogram, row),
  });
}

/** All of them have a duration; which was the shortest is not known. */
function joinedCalls(analysis: Analysis): (row: number) => SelectedCall {
  const { calls } = analysis;
  const latencies = new LatencyRows(analysis.callLatencies, calls.length);
  return (row) => ({
    thread: calls.thread[row]!,
    nr: calls.nr[row]!,
    compat: calls.compat[row]!,
    errno: calls.errno[row]!,
    count: calls.count[row]!,
    totalNs: calls.totalNs[row]!,
    offcpuNs: calls.totalNs[row]! - calls.onCpuNs[row]!,
    minNs: NoDuration,
    maxNs: calls.maxNs[row]!,
    noEnter: 0n,
    addLatenciesTo: (histogram) => latencies.addTo(histogram, row),
  });
}
