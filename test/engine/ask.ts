// A seed -> what a pass over a recording is asked, in the engine's words and in the oracle's. Times
// and lengths are often exactly those of the recording, or one off, because that is where readers
// would differ.

import type { PassOptions } from "../../analyzer/pass-options.js";
import type { Answer } from "../oracle/analyze.js";
import type { Questions } from "../oracle/questions.js";
import type { Random } from "../recordings/random.js";

export interface Asked {
  options: PassOptions;
  questions: Questions;
  /** Mask of EventKind. */
  kinds: number;
}

/** `whole` is the answer with events for all of the recording. */
export function drawAsked(random: Random, whole: Answer): Asked {
  const options = { ...drawWindow(random, whole), ...drawPeriods(random, whole), ...drawTables(random) };
  return { options, questions: questionsOf(options), kinds: random.between(1, 7) };
}

function drawWindow(random: Random, whole: Answer): PassOptions {
  const lengthNs = Number(whole.end - whole.header.startMonotonicNs);
  const times = whole.eventRows.map(({ time }) => Number(time));
  const timeNs = (): number => near(random, times, Math.ceil(lengthNs * 1.05) + 1);
  const window: { fromNs?: number; toNs?: number } = {};
  if (random.chance(0.5)) window.fromNs = timeNs();
  if (random.chance(0.5)) window.toNs = timeNs();
  const { fromNs = 0, toNs } = window;
  if (toNs !== undefined && toNs <= fromNs) {
    window.toNs = fromNs + (random.chance(0.5) ? 1 : random.between(1, lengthNs + 1));
  }
  return window;
}

/** At least 0: one of the values or next to it, or any number up to the largest allowed. */
function near(random: Random, values: readonly number[], max: number): number {
  if (values.length === 0 || random.chance(0.3)) return random.between(0, max);
  return Math.max(0, random.pick(values) + random.pick([0, 0, 0, 1, -1]));
}

function drawPeriods(random: Random, whole: Answer): PassOptions {
  const lengths = whole.eventRows.map(({ duration }) => Number(duration));
  const options: { periodNsMin?: number; periodNsMax?: number; stateMask?: number } = {};
  if (random.chance(0.3)) options.periodNsMin = near(random, lengths, 100_000);
  if (random.chance(0.3)) options.periodNsMax = near(random, lengths, 1_000_000);
  if (random.chance(0.3)) options.stateMask = random.pick([0, 1, 2, 3, 4, 0x100, 0x400, 0x402, 0x2001, 2 ** 31]);
  return options;
}

function drawTables(random: Random): PassOptions {
  return {
    latencies: random.chance(0.7),
    calls: random.chance(0.7),
    wakerDepth: random.pick([0, 1, 1, 2, 3, 8]),
  };
}

function questionsOf(options: PassOptions): Questions {
  const { fromNs, toNs, periodNsMin, periodNsMax, stateMask, wakerDepth, calls } = options;
  return {
    from: BigInt(fromNs ?? 0),
    to: BigInt(toNs ?? 0),
    periodMin: BigInt(periodNsMin ?? 0),
    periodMax: BigInt(periodNsMax ?? 0),
    ...(stateMask === undefined ? {} : { stateMask }),
    wakerDepth: wakerDepth ?? 0,
    calls: calls === true,
  };
}

export function textOf({ options, kinds }: Asked): string {
  return `${JSON.stringify(options)} kinds=${kinds}`;
}
