// The part of a recording that is looked at: which records count and which blocks lie in it ("Part
// of a recording" of capture/FORMAT.md). Knows nothing of what records do.

import type { Questions } from "./questions.js";

export class Window {
  readonly start: bigint;
  /** Records before the start do not count. Without that the recording's first ones may lie there. */
  readonly isCutOff: boolean;
  /** From here on nothing counts; undefined: all does. */
  private readonly until: bigint | undefined;

  constructor(recordingStart: bigint, { from = 0n, to = 0n }: Questions) {
    this.start = recordingStart + from;
    this.isCutOff = from !== 0n;
    this.until = to === 0n ? undefined : recordingStart + to;
  }

  /** Task records before the window count: they say what was there when it began. A loss lasts. */
  counts(record: { kind: string; time: bigint; from?: bigint }): boolean {
    if (!this.isBeforeEnd(record.from ?? record.time)) return false;
    return record.kind === "Task" || !this.isCutOff || record.time >= this.start;
  }

  overlaps(block: { firstNs: bigint; lastNs: bigint }): boolean {
    return this.isBeforeEnd(block.firstNs) && (!this.isCutOff || block.lastNs >= this.start);
  }

  /** Where the window ends in a recording that ends there. */
  endIn(recordingEnd: bigint): bigint {
    const end = this.isBeforeEnd(recordingEnd) ? recordingEnd : this.until!;
    return end > this.start ? end : this.start;
  }

  private isBeforeEnd(time: bigint): boolean {
    return this.until === undefined || time < this.until;
  }
}
