// The lines of the timeline, one below the other: a process, closed or with a line for each of its
// threads. Where each line is, and which one is at a place or shows a thread.

import type { Lane, LanesOfProcess } from "../views/timeline.js";

/** A thread's line has its states and below them its system calls. */
export const StatesHeight = 18;
export const CallsHeight = 11;
const ThreadHeight = StatesHeight + CallsHeight;
const ProcessHeight = 18;

interface Placed {
  readonly top: number;
  readonly height: number;
}

export interface ProcessLine extends Placed {
  readonly kind: "process";
  readonly process: LanesOfProcess;
  readonly isOpen: boolean;
}

export interface ThreadLine extends Placed {
  readonly kind: "thread";
  readonly lane: Lane;
}

export type Line = ProcessLine | ThreadLine;

/** Processes of one thread are that thread's line; the others have a line of their own above. */
export function linesOf(processes: readonly LanesOfProcess[], closed: ReadonlySet<number>): readonly Line[] {
  const lines: Line[] = [];
  let top = 0;
  for (const process of processes) {
    const isOpen = !closed.has(process.pid);
    if (process.lanes.length > 1) {
      lines.push({ kind: "process", process, isOpen, top, height: ProcessHeight });
      top += ProcessHeight;
      if (!isOpen) continue;
    }
    for (const lane of process.lanes) {
      lines.push({ kind: "thread", lane, top, height: ThreadHeight });
      top += ThreadHeight;
    }
  }
  return lines;
}

export function heightOf(lines: readonly Line[]): number {
  const last = lines.at(-1);
  return last === undefined ? 0 : last.top + last.height;
}

/** Place of the first line that is not above `y`; their number if all are. */
export function placeAt(lines: readonly Line[], y: number): number {
  let low = 0;
  let high = lines.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (lines[middle]!.top + lines[middle]!.height <= y) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** By row of threads, the line that shows it: its own, or its process's. */
export function linesOfThreads(lines: readonly Line[]): ReadonlyMap<number, Line> {
  const found = new Map<number, Line>();
  for (const line of lines) {
    for (const lane of line.kind === "thread" ? [line.lane] : line.process.lanes) found.set(lane.thread, line);
  }
  return found;
}
