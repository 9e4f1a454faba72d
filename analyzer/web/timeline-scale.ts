// Where a moment is in the picture of the timeline: the part of the recording in sight, over the width
// right of the names.

/** Part of the recording in sight, ns after its start. */
export interface Sight {
  readonly fromNs: number;
  readonly toNs: number;
}

export const LabelWidth = 190;

export class TimeScale {
  readonly fromNs: number;
  readonly toNs: number;
  readonly #width: number;

  /** `width`: of the whole picture, in pixels. */
  constructor({ fromNs, toNs }: Sight, width: number) {
    this.fromNs = fromNs;
    this.toNs = toNs;
    this.#width = Math.max(1, width - LabelWidth);
  }

  /** What is not in sight is at the nearer end. */
  toX(ns: number): number {
    const x = ((ns - this.fromNs) / (this.toNs - this.fromNs)) * this.#width;
    return LabelWidth + Math.min(this.#width, Math.max(0, x));
  }

  toNsAt(x: number): number {
    return this.fromNs + ((x - LabelWidth) / this.#width) * (this.toNs - this.fromNs);
  }

  isInSight(ns: number): boolean {
    return ns >= this.fromNs && ns <= this.toNs;
  }
}
