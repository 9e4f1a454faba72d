// What one pass over a recording is asked beyond the tables that it always makes: which periods
// and which part of the recording, and which further tables. The engine decides these per event, so
// that another question is another pass; what can be told from a finished row is a view's business.

import { PassOption } from "../assembly/tables.js";
import { UsageError } from "./errors.js";

export interface PassOptions {
  /** The observed window begins that long after the recording's start, ns. */
  readonly fromNs?: number | undefined;
  /** And ends that long after it, ns. */
  readonly toNs?: number | undefined;
  /** Off-CPU periods of at least this length, ns. */
  readonly periodNsMin?: number | undefined;
  /** And at most this one, ns. */
  readonly periodNsMax?: number | undefined;
  /** Periods whose raw task state has a bit of this mask, or is 0 if it is 0; as bcc's --state. */
  readonly stateMask?: number | undefined;
  /** Fill `latencies`. */
  readonly latencies?: boolean | undefined;
  /** Fill `calls` and `callLatencies`. */
  readonly calls?: boolean | undefined;
  /** Fill `wakeups` and `wakers`, following so many wakers back. */
  readonly wakerDepth?: number | undefined;
  /** Fill `timeline` and `callTimeline`, in bins of this length, ns: below 2^32. */
  readonly binNs?: number | undefined;
  /** Fill `heat`, in bins of this length, ns. */
  readonly heatBinNs?: number | undefined;
}

/** Options as the engine takes them: number and value, not set being 0. */
export function passOptionValues(options: PassOptions): [PassOption, bigint][] {
  const { fromNs, toNs, stateMask } = options;
  if (fromNs !== undefined && toNs !== undefined && toNs <= fromNs) {
    throw new UsageError("the end of the time asked for is not after its beginning");
  }
  if (options.binNs !== undefined && options.binNs >= 2 ** 32) {
    throw new UsageError(`bins of a timeline are shorter than 2^32 ns, not ${options.binNs}`);
  }
  return [
    [PassOption.From, wholeNs(fromNs)],
    [PassOption.To, wholeNs(toNs)],
    [PassOption.PeriodMin, wholeNs(options.periodNsMin)],
    [PassOption.PeriodMax, wholeNs(options.periodNsMax)],
    [PassOption.StateMask, stateMask === undefined ? 0n : BigInt(stateMask) + 1n],
    [PassOption.Latencies, options.latencies === true ? 1n : 0n],
    [PassOption.Calls, options.calls === true ? 1n : 0n],
    [PassOption.WakerDepth, BigInt(options.wakerDepth ?? 0)],
    [PassOption.BinNs, wholeNs(options.binNs)],
    [PassOption.HeatBinNs, wholeNs(options.heatBinNs)],
  ];
}

/**
 * Whether a pass that is asked this can be divided among several instances (merge-parts.ts): who had
 * woken a waker is known only to one that follows all threads.
 */
export function isDivisible(options: PassOptions): boolean {
  return (options.wakerDepth ?? 0) <= 1;
}

/** What the `part`th of `parts` instances that divide a recording among them is asked beyond its pass. */
export function partOptionValues(part: number, parts: number): [PassOption, bigint][] {
  return [
    [PassOption.Parts, BigInt(parts)],
    [PassOption.Part, BigInt(part)],
  ];
}

function wholeNs(ns: number | undefined): bigint {
  if (ns === undefined) return 0n;
  if (!(ns >= 0 && ns <= Number.MAX_SAFE_INTEGER)) throw new UsageError(`${ns} ns is no time in a recording`);
  return BigInt(Math.round(ns));
}
