// What tests ask of a recording, as plain rows: times by thread, calls by thread, frames of a
// stack, what was lost. Reads with the library that users have; sums nothing that it did not sum.

import { BlockType, OffcpuClass, TidOther } from "../../assembly/format.js";
import { Edge } from "../../assembly/tables.js";
import { analyze, type Analysis } from "../../analyzer/node.js";

export { analyze, BlockType, Edge, OffcpuClass };
export type { Analysis };

export interface Frame {
  readonly symbol: string;
  readonly object: string;
  readonly buildId: string;
  readonly offset: bigint;
}

export interface OffcpuRow {
  readonly tid: number;
  readonly pid: number;
  readonly comm: string;
  readonly class: OffcpuClass;
  readonly nr: number;
  readonly edge: Edge;
  readonly periods: number;
  readonly ns: number;
  readonly kernelStack: number;
  readonly userStack: number;
}

export interface SyscallRow {
  readonly tid: number;
  readonly pid: number;
  readonly nr: number;
  readonly compat: boolean;
  readonly errno: number;
  readonly count: number;
}

export interface ThreadRow {
  readonly tid: number;
  readonly pid: number;
  readonly parent: number;
  readonly comm: string;
  readonly isKernelThread: boolean;
  readonly onCpuNs: number;
  readonly offcpuNs: number;
  readonly unknownNs: number;
  readonly runnableNs: number;
  readonly switches: number;
}

export function threadRows(analysis: Analysis): ThreadRow[] {
  const { threads } = analysis;
  return Array.from({ length: threads.length }, (_, row) => ({
    tid: threads.tid[row]!,
    pid: threads.pid[row]!,
    parent: threads.parent[row]!,
    comm: analysis.string(threads.comm[row]!),
    isKernelThread: threads.flags[row] === 1,
    onCpuNs: Number(threads.onCpuNs[row]!),
    offcpuNs: Number(threads.blockedNs[row]! + threads.runnableNs[row]! + threads.preemptedNs[row]!),
    unknownNs: Number(threads.unknownNs[row]!),
    runnableNs: Number(threads.runnableNs[row]!),
    switches: Number(threads.switches[row]!),
  })).filter((thread) => thread.tid !== TidOther);
}

/** The one life of a tid; a test's thread ids are not reused within seconds. */
export function threadOf(analysis: Analysis, tid: number): ThreadRow {
  const lives = threadRows(analysis).filter((thread) => thread.tid === tid);
  if (lives.length !== 1) throw new Error(`thread ${tid} has ${lives.length} lives`);
  return lives[0]!;
}

export function offcpuRows(analysis: Analysis): OffcpuRow[] {
  const { offcpu, threads } = analysis;
  return Array.from({ length: offcpu.length }, (_, row) => ({
    tid: threads.tid[offcpu.thread[row]!]!,
    pid: threads.pid[offcpu.thread[row]!]!,
    comm: analysis.string(offcpu.comm[row]!),
    class: offcpu.class[row]!,
    nr: offcpu.nr[row]!,
    edge: offcpu.edge[row]!,
    periods: Number(offcpu.periods[row]!),
    ns: Number(offcpu.blockedNs[row]! + offcpu.runnableNs[row]! + offcpu.preemptedNs[row]!),
    kernelStack: offcpu.kernelStack[row]!,
    userStack: offcpu.userStack[row]!,
  }));
}

export function syscallRows(analysis: Analysis): SyscallRow[] {
  const { syscalls, threads } = analysis;
  return Array.from({ length: syscalls.length }, (_, row) => ({
    tid: threads.tid[syscalls.thread[row]!]!,
    pid: threads.pid[syscalls.thread[row]!]!,
    nr: syscalls.nr[row]!,
    compat: syscalls.compat[row] === 1,
    errno: syscalls.errno[row]!,
    count: Number(syscalls.count[row]!),
  }));
}

/** Frames of a stack, leaf first. */
export function stackFrames(analysis: Analysis, stack: number): Frame[] {
  const { frames, objects, stacks } = analysis;
  const result: Frame[] = [];
  for (let node = stack; node !== 0; node = stacks.prefix[node]!) {
    const frame = stacks.frame[node]!;
    const object = frames.object[frame]!;
    result.push({
      symbol: analysis.string(frames.symbol[frame]!),
      object: analysis.string(objects.path[object]!),
      buildId: analysis.string(objects.buildId[object]!),
      offset: frames.offset[frame]!,
    });
  }
  return result;
}

/** Records of one type in the file. */
export function recordsOf(analysis: Analysis, type: BlockType): number {
  const row = analysis.blocks.type.indexOf(type);
  return row < 0 ? 0 : Number(analysis.blocks.records[row]!);
}

/** Events that are missing; stacks that could not be taken are not events. */
export function lostEvents({ lost }: Analysis): number {
  const events = [BlockType.Task, BlockType.Switch, BlockType.Wake, BlockType.Syscall, BlockType.Arguments];
  const counts = Array.from(lost.count, (count, row) => (events.includes(lost.stream[row]!) ? Number(count) : 0));
  return sum(counts);
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
