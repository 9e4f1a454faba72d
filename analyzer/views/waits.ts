// System calls joined to what happened inside them: for each process, call and stack, what became of
// the wall time between entry and exit. On the CPU, blocked, woken and waiting for a CPU, preempted:
// the parts add up to the whole, and what is not known for want of records is a part of its own.

import { BlockType } from "../../assembly/format.js";
import type { Analysis } from "../analysis.js";
import { syscallAbi, syscallName } from "../syscalls/names.js";
import { lossRows } from "./completeness.js";
import type { LossRow } from "./completeness.js";
import { defaultIdleRules } from "./default-idle-rules.js";
import { addToBucket, percentilesOf } from "./latency.js";
import type { Histogram } from "./latency.js";
import { idleRulesOfCalls } from "./idle-rows.js";
import { NameTree } from "./name-tree.js";
import { PairIds } from "./pair-ids.js";
import type { PeriodOptions } from "./periods.js";
import { processNames } from "./processes.js";
import { selectionOf } from "./selection.js";
import { recordsSyscalls } from "./syscalls.js";
import { bootId, hostName } from "./threads.js";

/** One row for each of these; for each process, call and stack where none is asked for. */
export type WaitGroup = "process" | "thread" | "syscall" | "stack";

export interface WaitsOptions extends Pick<PeriodOptions, "idle" | "idleRules" | "selection"> {
  readonly groupBy?: WaitGroup | undefined;
}

/** What became of the time inside calls. The parts after totalNs add up to it. */
export interface WaitTimes {
  readonly totalNs: number;
  readonly onCpuNs: number;
  /** Blocked, state S. */
  readonly interruptibleNs: number;
  /** Blocked, state D. */
  readonly uninterruptibleNs: number;
  /** Blocked, stopped or in no known state. */
  readonly otherNs: number;
  /** Woken and waiting for a CPU. */
  readonly runnableNs: number;
  readonly preemptedNs: number;
  /** Off the CPU, for a reason that was lost. */
  readonly unknownNs: number;
}

export interface WaitRow extends WaitTimes {
  readonly host: string;
  /** The process's name; "" where rows are not told apart by it. */
  readonly process: string;
  /** null where rows are not told apart by it. */
  readonly pid: number | null;
  /** The thread's name and number, where rows are threads. */
  readonly comm: string;
  readonly tid: number | null;
  /** "" where rows are not told apart by it. */
  readonly syscall: string;
  /** Of calls that ended and whose beginning was seen. */
  readonly calls: number;
  readonly errors: number;
  /** The stack of the row with the most time, leaf first; empty where calls never left the CPU. */
  readonly kernelStack: readonly string[];
  readonly userStack: readonly string[];
  /** How many stacks the row has, and how much of its time that one. */
  readonly stacks: number;
  readonly stackNs: number;
  /** Half, and 99 of 100, of the calls took no longer. */
  readonly p50Ns: number;
  readonly p99Ns: number;
  readonly maxNs: number;
}

/** The fields of a row, in the order in which tables of them are written. */
export const waitFields: { readonly [Name in keyof WaitRow]: true } = {
  host: true,
  process: true,
  pid: true,
  comm: true,
  tid: true,
  syscall: true,
  calls: true,
  errors: true,
  totalNs: true,
  onCpuNs: true,
  interruptibleNs: true,
  uninterruptibleNs: true,
  otherNs: true,
  runnableNs: true,
  preemptedNs: true,
  unknownNs: true,
  kernelStack: true,
  userStack: true,
  stacks: true,
  stackNs: true,
  p50Ns: true,
  p99Ns: true,
  maxNs: true,
};

export interface WaitsView {
  /** Largest totalNs first; ties by process, thread, call and stack. */
  readonly rows: readonly WaitRow[];
  readonly totals: WaitTimes & { readonly calls: number; readonly errors: number };
  /** Calls that idled, or that did not where only those were asked for. */
  readonly idle: { readonly calls: number; readonly totalNs: number };
  /** Whether anything recorded system calls at all. */
  readonly recorded: boolean;
  readonly lowerBound: boolean;
  readonly lost: readonly LossRow[];
}

/** What totalNs is made of. */
export const waitParts = [
  "onCpuNs",
  "interruptibleNs",
  "uninterruptibleNs",
  "otherNs",
  "runnableNs",
  "preemptedNs",
  "unknownNs",
] as const;

/** The columns of `analysis.calls` that are summed, in the order of WaitTimes. */
const timeColumns = ["totalNs", ...waitParts] as const;

type Times = Record<(typeof timeColumns)[number], bigint>;

interface Sum extends Times {
  readonly analysis: Analysis;
  /** A row of analysis.calls that stands for all that are summed here. */
  readonly row: number;
  readonly process: string;
  calls: bigint;
  errors: bigint;
  maxNs: bigint;
  readonly latencies: Histogram;
  /** Time by stack: kernel and user node. */
  readonly stacks: Map<number, { readonly kernelNode: number; readonly userNode: number; ns: bigint }>;
}

interface Grouping {
  readonly options: WaitsOptions;
  readonly sums: Map<string, Sum>;
  readonly tree: NameTree;
  readonly stackIds: PairIds;
  readonly leftOut: { calls: bigint; totalNs: bigint };
}

export function waitsView(analyses: readonly Analysis[], options: WaitsOptions = {}): WaitsView {
  const leftOut = { calls: 0n, totalNs: 0n };
  const tree = new NameTree();
  const grouping: Grouping = { options, sums: new Map(), tree, stackIds: new PairIds(), leftOut };
  for (const analysis of analyses) addCalls(grouping, analysis);
  const sums = [...grouping.sums.values()];
  const lost = lossRows(analyses, [BlockType.Syscall, BlockType.Switch]);
  return {
    rows: sums.map((sum) => waitRow(sum, tree, options.groupBy)).sort(compareRows),
    totals: {
      calls: Number(sums.reduce((total, sum) => total + sum.calls, 0n)),
      errors: Number(sums.reduce((total, sum) => total + sum.errors, 0n)),
      ...timesOf((name) => sums.reduce((total, sum) => total + sum[name], 0n)),
    },
    idle: { calls: Number(leftOut.calls), totalNs: Number(leftOut.totalNs) },
    recorded: analyses.some(recordsSyscalls),
    lowerBound: lost.length > 0,
    lost,
  };
}

function addCalls(grouping: Grouping, analysis: Analysis): void {
  const { calls, callLatencies } = analysis;
  const nodes = grouping.tree.add(analysis);
  const isLeftOut = idleFilter(analysis, grouping.options);
  const { selection } = grouping.options;
  const isSelected = selection === undefined ? () => true : (row: number) => selectionOf(analysis, selection).join(row);
  const keyOf = groupKeys(analysis, nodes, grouping);
  const processOf = processNames(analysis);
  const sumOfRow: (Sum | undefined)[] = [];
  for (let row = 0; row < calls.length; row++) {
    if (!isSelected(row)) continue;
    if (isLeftOut(row)) {
      grouping.leftOut.calls += calls.count[row]!;
      grouping.leftOut.totalNs += calls.totalNs[row]!;
      continue;
    }
    const key = keyOf(row);
    let sum = grouping.sums.get(key);
    if (sum === undefined) {
      const process = processOf(calls.thread[row]!);
      grouping.sums.set(key, (sum = { analysis, row, process, ...nothing(), latencies: new Map(), stacks: new Map() }));
    }
    sumOfRow[row] = sum;
    sum.calls += calls.count[row]!;
    if (calls.errno[row] !== 0) sum.errors += calls.count[row]!;
    for (const name of timeColumns) sum[name] += calls[name][row]!;
    if (calls.maxNs[row]! > sum.maxNs) sum.maxNs = calls.maxNs[row]!;
    addStack(sum, grouping.stackIds, nodes[calls.kernelStack[row]!]!, nodes[calls.userStack[row]!]!, calls.totalNs[row]!);
  }
  for (let at = 0; at < callLatencies.length; at++) {
    const sum = sumOfRow[callLatencies.row[at]!];
    if (sum !== undefined) addToBucket(sum.latencies, callLatencies.bucket[at]!, callLatencies.count[at]!);
  }
}

function nothing(): Times & Pick<Sum, "calls" | "errors" | "maxNs"> {
  const times = Object.fromEntries(timeColumns.map((name) => [name, 0n])) as Times;
  return { calls: 0n, errors: 0n, maxNs: 0n, ...times };
}

function addStack(sum: Sum, ids: PairIds, kernelNode: number, userNode: number, ns: bigint): void {
  const id = ids.of(kernelNode, userNode);
  const known = sum.stacks.get(id);
  if (known === undefined) sum.stacks.set(id, { kernelNode, userNode, ns });
  else known.ns += ns;
}

/** Which rows of `analysis.calls` idling, or not idling, keeps out. */
function idleFilter(analysis: Analysis, { idle, idleRules }: WaitsOptions): (row: number) => boolean {
  // Kernel threads make no calls: where nothing else is asked for, nothing is left out.
  if (idle === undefined || idle === "show") return () => false;
  const rules = idleRulesOfCalls(analysis, idleRules ?? defaultIdleRules);
  return (row) => (rules[row] === -1) === (idle === "only");
}

/** What tells rows apart, as a text. */
function groupKeys(analysis: Analysis, nodes: Uint32Array, { options, stackIds }: Grouping): (row: number) => string {
  const { calls, threads } = analysis;
  const boot = bootId(analysis);
  const processOf = processNames(analysis);
  const stack = (row: number) => stackIds.of(nodes[calls.kernelStack[row]!]!, nodes[calls.userStack[row]!]!);
  const process = (row: number) => {
    const thread = calls.thread[row]!;
    return `${boot} ${threads.pid[thread]} ${processOf(thread)}`;
  };
  switch (options.groupBy) {
    case "process":
      return process;
    case "thread":
      return (row) => {
        const thread = calls.thread[row]!;
        return `${boot} ${threads.pid[thread]} ${threads.tid[thread]} ${analysis.string(threads.comm[thread]!)}`;
      };
    case "syscall":
      return (row) => callName(analysis, row);
    case "stack":
      return (row) => String(stack(row));
    default:
      return (row) => `${stack(row)} ${callName(analysis, row)} ${process(row)}`;
  }
}

/** The call's name; with `(32-bit)` where it is another than that of the host. */
function callName({ calls, recording }: Analysis, row: number): string {
  const abi = syscallAbi(recording.arch[0]!, calls.compat[row] === 1);
  const name = syscallName(abi, calls.nr[row]!);
  return calls.compat[row] === 1 ? `${name} (32-bit)` : name;
}

function waitRow(sum: Sum, tree: NameTree, groupBy: WaitGroup | undefined): WaitRow {
  const { analysis, row } = sum;
  const { threads } = analysis;
  const thread = analysis.calls.thread[row]!;
  const ofProcess = groupBy === undefined || groupBy === "process" || groupBy === "thread";
  const ofThread = groupBy === "thread";
  const { p50Ns, p99Ns } = percentilesOf(sum.latencies, 0, Number(sum.maxNs));
  const largest = [...sum.stacks.values()].reduce((a, b) => (b.ns > a.ns ? b : a));
  return {
    host: ofProcess ? hostName(analysis) : "",
    process: ofProcess ? sum.process : "",
    pid: ofProcess ? threads.pid[thread]! : null,
    comm: ofThread ? analysis.string(threads.comm[thread]!) : "",
    tid: ofThread ? threads.tid[thread]! : null,
    syscall: groupBy === undefined || groupBy === "syscall" ? callName(analysis, row) : "",
    calls: Number(sum.calls),
    errors: Number(sum.errors),
    ...timesOf((name) => sum[name]),
    kernelStack: tree.leafFirst(largest.kernelNode),
    userStack: tree.leafFirst(largest.userNode),
    stacks: sum.stacks.size,
    stackNs: Number(largest.ns),
    p50Ns: p50Ns ?? 0,
    p99Ns: p99Ns ?? 0,
    maxNs: Number(sum.maxNs),
  };
}

function timesOf(sumOf: (name: (typeof timeColumns)[number]) => bigint): WaitTimes {
  return Object.fromEntries(timeColumns.map((name) => [name, Number(sumOf(name))])) as unknown as WaitTimes;
}

function compareRows(a: WaitRow, b: WaitRow): number {
  return b.totalNs - a.totalNs || compareText(identity(a), identity(b));
}

function identity(row: WaitRow): string {
  return [row.process, row.pid, row.comm, row.tid, row.syscall, ...row.kernelStack, "", ...row.userStack, row.host].join("\n");
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
