// The periods of a life since its last Syscall record, as far as they may turn out to be inside the
// call that ends next: see calls.ts.

import type { EndedPeriod } from "./periods.js";

/** Of one life, kept for the call that is to come. */
export const PeriodsKeptMax = 16;

/** Periods that count as one, with the beginning of the first. */
export interface KeptPeriods {
  since: bigint;
  periods: EndedPeriod[];
}

/** A period of a life ended. */
export function keepForCall(kept: KeptPeriods[], ended: EndedPeriod): void {
  if (ended.period.nr === -1) {
    kept.length = 0;
    return;
  }
  if (kept.length === PeriodsKeptMax) {
    const [first, second] = kept.splice(0, 2) as [KeptPeriods, KeptPeriods];
    kept.unshift({ since: first.since, periods: [...first.periods, ...second.periods] });
  }
  kept.push({ since: ended.period.since, periods: [ended] });
}
