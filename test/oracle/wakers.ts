// Who woke a thread, and who had woken that one. A chain of wakers is a list of links, the nearest
// first:
//
//   C wakes B ....... B wakes A ....... A runs: its period was ended by the chain  B < C
//
// A Wake record's chain begins with its waker: the idle thread (waker tid 0), else an interrupt (flag
// Interrupt), which has nothing to do with the thread it interrupted, else that thread's life. Behind
// a thread follows the chain by which it was itself woken last, as far as the depth asked for goes;
// behind idle and interrupts nothing does. A waker outside the recording's filters is nobody: no link
// at all. A life is woken by the chain of the latest Wake that gave it a wake time, known or presumed
// (a pending one has not yet), until the next one.

import * as format from "./format.js";

export const WakerKind = { None: 0, Thread: 1, Interrupt: 2, Idle: 3 } as const;

export interface Link {
  kind: number;
  /** Of kind Thread: index of its life; else 0. */
  life: number;
}

/** Nearest first. */
export type Chain = readonly Link[];

/** What of a life its chains need. */
interface WokenLife {
  index: number;
  wokenBy: Chain;
}

export function chainOf(record: { waker: number; flags: number }, waker: WokenLife | undefined, depth: number): Chain {
  if (record.waker === 0) return [{ kind: WakerKind.Idle, life: 0 }];
  if (record.flags & format.WakeFlag.Interrupt) return [{ kind: WakerKind.Interrupt, life: 0 }];
  if (waker === undefined) return [];
  return [{ kind: WakerKind.Thread, life: waker.index }, ...waker.wokenBy].slice(0, Math.max(1, depth));
}

/** The waker itself, as an event shows it. */
export function nearestOf(chain: Chain): Link {
  return chain[0] ?? { kind: WakerKind.None, life: 0 };
}
