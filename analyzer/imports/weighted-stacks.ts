// Stacks with weights that another tool measured: what folded text and the text of `perf script` have
// in common, whatever the weights are. They are no recording: nothing is known of time, states or
// calls, so that they are shown as what they are. Built a sample at a time, with a limit on everything.

/** Frames of one stack that are kept, from the root on; deeper ones are cut and counted. */
export const FramesMax = 8192;
/** Distinct stacks, and characters of all their frames together. */
export const StacksMax = 4_000_000;
export const CharactersMax = 512 * 1024 * 1024;

export interface WeightedStack {
  /** Root first. */
  readonly frames: readonly string[];
  readonly weight: number;
}

export interface WeightedStacks {
  /** What it was read from. */
  readonly source: string;
  readonly format: "folded" | "perf script";
  /** What a weight is, as far as the text says: "samples"; "" where it does not. */
  readonly unit: string;
  /** Heaviest first; ties in the order of their text. */
  readonly stacks: readonly WeightedStack[];
  readonly totalWeight: number;
  /** Lines that were neither a stack nor anything else that is known, and the first one's number. */
  readonly unreadLines: number;
  readonly firstUnreadLine: number;
  /** Stacks whose innermost frames were cut off. */
  readonly cutStacks: number;
}

/** Sums weights by stack. */
export class StackSums {
  readonly #sums = new Map<string, number>();
  #characters = 0;
  #cutStacks = 0;
  unreadLines = 0;
  firstUnreadLine = 0;

  /** `frames`: root first, none holding a line end. Throws RangeError where a limit is reached. */
  add(frames: readonly string[], weight: number): void {
    if (frames.length > FramesMax) this.#cutStacks++;
    const key = (frames.length > FramesMax ? frames.slice(0, FramesMax) : frames).join("\n");
    const sum = this.#sums.get(key);
    if (sum === undefined) {
      this.#characters += key.length;
      if (this.#sums.size >= StacksMax || this.#characters > CharactersMax) {
        throw new RangeError("holds more distinct stacks than fit into a page");
      }
    }
    this.#sums.set(key, (sum ?? 0) + weight);
  }

  unread(lineNumber: number): void {
    if (this.unreadLines++ === 0) this.firstUnreadLine = lineNumber;
  }

  result(source: string, format: WeightedStacks["format"], unit: string): WeightedStacks {
    const rows = [...this.#sums].sort(([a, weightA], [b, weightB]) => weightB - weightA || (a < b ? -1 : 1));
    return {
      source,
      format,
      unit,
      stacks: rows.map(([key, weight]) => ({ frames: key.split("\n"), weight })),
      totalWeight: rows.reduce((sum, [, weight]) => sum + weight, 0),
      unreadLines: this.unreadLines,
      firstUnreadLine: this.firstUnreadLine,
      cutStacks: this.#cutStacks,
    };
  }
}
