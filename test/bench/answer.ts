// What a bench question answers: rows of measurements, and verdicts that hold each against its
// target. Also the little statistics they share: medians of pairs, because on a machine that is
// never quiet a ratio of neighbours in time says more than a ratio of averages.

export interface Verdict {
  readonly what: string;
  readonly measured: number;
  readonly target: number;
  readonly direction: "at most" | "at least" | "below";
}

export interface Answer {
  readonly question: string;
  /** Input and method, so that the number can be judged. */
  readonly method: string;
  readonly rows: readonly Record<string, string | number>[];
  readonly verdicts: readonly Verdict[];
}

export type Question = (progress: (text: string) => void) => Promise<Answer>;

export function holds(verdict: Verdict): boolean {
  switch (verdict.direction) {
    case "at most":
      return verdict.measured <= verdict.target;
    case "at least":
      return verdict.measured >= verdict.target;
    case "below":
      return verdict.measured < verdict.target;
  }
}

export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError("no values to take the median of");
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
