// Options of which only one can be meant, and why, as the sentence that refuses both.

import { UsageError } from "../errors.js";
import type { Arguments } from "./arguments.js";

/** Two options, and what is the matter with them. */
export type Contradiction = readonly [one: string, other: string, why: string];

export function refuseContradictions(args: Arguments, contradictions: readonly Contradiction[]): void {
  for (const [one, other, why] of contradictions) {
    if (args.has(one) && args.has(other)) throw new UsageError(`--${one} and --${other} ${why}; choose one`);
  }
}
