// Off-CPU time summed by one thing: who waited, in which call or state, in which cgroup, on which
// host. Numbers of processes and threads mean something on one host only, and in one boot of it.

import type { Analysis } from "../analysis.js";
import { className } from "./classes.js";
import { completeness } from "./completeness.js";
import type { Completeness } from "./completeness.js";
import { isSelected, periodSyscall, totalNs } from "./periods.js";
import type { PeriodOptions } from "./periods.js";
import { processNames } from "./processes.js";
import { bootId, cgroupName, hostName } from "./threads.js";

export type OffcpuGroup = "comm" | "pid" | "tid" | "syscall" | "state" | "cgroup" | "host";

export const offcpuGroups: readonly OffcpuGroup[] = ["comm", "pid", "tid", "syscall", "state", "cgroup", "host"];

export interface OffcpuGroupRow {
  /** What the rows are grouped by; "" where there is none: no system call, no known cgroup. */
  readonly group: string;
  /** The name of the process or thread, where that is the group; else "". */
  readonly comm: string;
  /** Where the group is a process, a thread or a host; else "". */
  readonly host: string;
  readonly threads: number;
  readonly periods: number;
  /** blockedNs + runnableNs + preemptedNs. */
  readonly totalNs: number;
  readonly blockedNs: number;
  readonly runnableNs: number;
  readonly preemptedNs: number;
  /** The longest period. */
  readonly maxNs: number;
  /** Of the time of all rows, 0..1. */
  readonly share: number;
}

/** The fields of a row, in the order in which tables of them are written. */
export const offcpuGroupFields: { readonly [Name in keyof OffcpuGroupRow]: true } = {
  group: true,
  comm: true,
  host: true,
  threads: true,
  periods: true,
  totalNs: true,
  blockedNs: true,
  runnableNs: true,
  preemptedNs: true,
  maxNs: true,
  share: true,
};

export interface OffcpuGroupsView {
  /** Largest totalNs first; ties by group and host. */
  readonly rows: readonly OffcpuGroupRow[];
  readonly totalNs: number;
  readonly completeness: Completeness;
}

interface Identity {
  readonly group: string;
  readonly comm: string;
  readonly host: string;
}

interface Sum extends Identity {
  /** By boot and row of threads. */
  readonly threads: Set<string>;
  periods: bigint;
  blockedNs: bigint;
  runnableNs: bigint;
  preemptedNs: bigint;
  maxNs: bigint;
}

export function offcpuGroupsView(
  analyses: readonly Analysis[],
  by: OffcpuGroup,
  options: PeriodOptions = {},
): OffcpuGroupsView {
  const sums = new Map<string, Sum>();
  let allNs = 0n;
  for (const analysis of analyses) allNs += addSums(sums, analysis, by, options);
  const rows = [...sums.values()].map((sum) => groupRow(sum, allNs));
  return { rows: rows.sort(compareRows), totalNs: Number(allNs), completeness: completeness(analyses, options) };
}

/** How much time was added. */
function addSums(sums: Map<string, Sum>, analysis: Analysis, by: OffcpuGroup, options: PeriodOptions): bigint {
  const { offcpu, threads } = analysis;
  const boot = bootId(analysis);
  const identityOf = identities(analysis, by);
  let addedNs = 0n;
  for (let row = 0; row < offcpu.length; row++) {
    if (!isSelected(analysis, row, options)) continue;
    const identity = identityOf(row);
    const key = JSON.stringify([identity.group, by === "pid" || by === "tid" ? boot : ""]);
    let sum = sums.get(key);
    if (sum === undefined) {
      const noTime = { periods: 0n, blockedNs: 0n, runnableNs: 0n, preemptedNs: 0n, maxNs: 0n };
      sums.set(key, (sum = { ...identity, threads: new Set(), ...noTime }));
    }
    const thread = offcpu.thread[row]!;
    sum.threads.add(`${boot} ${threads.tid[thread]} ${threads.pid[thread]}`);
    sum.periods += offcpu.periods[row]!;
    sum.blockedNs += offcpu.blockedNs[row]!;
    sum.runnableNs += offcpu.runnableNs[row]!;
    sum.preemptedNs += offcpu.preemptedNs[row]!;
    if (offcpu.maxNs[row]! > sum.maxNs) sum.maxNs = offcpu.maxNs[row]!;
    addedNs += totalNs(analysis, row);
  }
  return addedNs;
}

/** What a row of `analysis.offcpu` belongs to. */
function identities(analysis: Analysis, by: OffcpuGroup): (row: number) => Identity {
  const { offcpu, threads } = analysis;
  const host = hostName(analysis);
  const commOf = (row: number) => analysis.string(offcpu.comm[row]!);
  const named = (group: string): Identity => ({ group, comm: "", host: "" });
  switch (by) {
    case "comm":
      return (row) => named(commOf(row));
    case "pid": {
      const processOf = processNames(analysis);
      return (row) => {
        const thread = offcpu.thread[row]!;
        return { group: String(threads.pid[thread]!), comm: processOf(thread), host };
      };
    }
    case "tid":
      return (row) => ({ group: String(threads.tid[offcpu.thread[row]!]!), comm: commOf(row), host });
    case "syscall":
      return (row) => named(periodSyscall(analysis, row));
    case "state":
      return (row) => named(className(offcpu.class[row]!));
    case "cgroup":
      return (row) => named(cgroupName(analysis, offcpu.thread[row]!));
    case "host":
      return () => ({ group: host, comm: "", host });
  }
}

function groupRow(sum: Sum, allNs: bigint): OffcpuGroupRow {
  const { group, comm, host, threads, periods, blockedNs, runnableNs, preemptedNs, maxNs } = sum;
  const ns = Number(blockedNs + runnableNs + preemptedNs);
  return {
    group,
    comm,
    host,
    threads: threads.size,
    periods: Number(periods),
    totalNs: ns,
    blockedNs: Number(blockedNs),
    runnableNs: Number(runnableNs),
    preemptedNs: Number(preemptedNs),
    maxNs: Number(maxNs),
    share: allNs === 0n ? 0 : ns / Number(allNs),
  };
}

function compareRows(a: OffcpuGroupRow, b: OffcpuGroupRow): number {
  if (a.totalNs !== b.totalNs) return b.totalNs - a.totalNs;
  if (a.group !== b.group) return a.group < b.group ? -1 : 1;
  return a.host < b.host ? -1 : 1;
}
