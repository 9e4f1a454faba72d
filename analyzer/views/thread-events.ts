// Single events of a part of a recording, by thread: which call or off-CPU period a thread was in at a
// moment, those between two moments, and who ended a period. Copies nothing of the events but the
// numbers of their rows. Calls of a thread follow one another, and so do its periods, so that rows in
// order of their ends are in order of their beginnings too.

import { EventKind, WakerKind } from "../../assembly/tables.js";
import type { EventsTable } from "../tables.js";

/** What of a thread: its system calls, or its off-CPU periods. */
export type Track = "calls" | "periods";

/** Who ended a period's blocked time, and when. */
export interface WakeOfPeriod {
  /** Since the recording's start. */
  readonly atNs: number;
  /** Row in threads; undefined where it was an interrupt. */
  readonly waker: number | undefined;
}

const Tracks = 2;
const Neither = -1;

export class ThreadEvents {
  readonly events: EventsTable;
  /** Rows of events, those of a thread's track together; and where each track begins. */
  readonly #rows: Uint32Array;
  readonly #begins: Uint32Array;

  /** `threads`: how many rows of threads there are. */
  constructor(events: EventsTable, threads: number) {
    this.events = events;
    const begins = new Uint32Array(threads * Tracks + 1);
    const trackOf = (row: number) => placeOf(events.thread[row]!, events.kind[row]!);
    for (let row = 0; row < events.length; row++) if (trackOf(row) !== Neither) begins[trackOf(row) + 1]!++;
    for (let at = 1; at < begins.length; at++) begins[at]! += begins[at - 1]!;
    const next = begins.slice();
    const rows = new Uint32Array(begins.at(-1)!);
    for (let row = 0; row < events.length; row++) if (trackOf(row) !== Neither) rows[next[trackOf(row)]!++] = row;
    this.#rows = rows;
    this.#begins = begins;
  }

  /** Rows of events in order of time: those of a thread's track that are not over before `fromNs` and have begun by `toNs`. */
  between(thread: number, track: Track, fromNs: number, toNs: number): Uint32Array {
    const rows = this.#track(thread, track);
    const first = this.#firstEndingAt(rows, fromNs);
    let end = first;
    while (end < rows.length && this.beginNs(rows[end]!) <= toNs) end++;
    return rows.subarray(first, end);
  }

  /** The row that a thread was in at a moment; undefined where it was in none. */
  at(thread: number, track: Track, ns: number): number | undefined {
    const rows = this.#track(thread, track);
    const row = rows[this.#firstEndingAt(rows, ns)];
    return row !== undefined && this.beginNs(row) <= ns ? row : undefined;
  }

  /** The row of a track that begins next after a moment, or (`by` -1) the one that was over last. */
  beside(thread: number, track: Track, ns: number, by: 1 | -1): number | undefined {
    const rows = this.#track(thread, track);
    let at = this.#firstEndingAt(rows, ns);
    if (by === -1) return rows[at - 1];
    while (at < rows.length && this.beginNs(rows[at]!) <= ns) at++;
    return rows[at];
  }

  /** Since the recording's start; of a call whose beginning was not seen, before all others. */
  beginNs(row: number): number {
    const { timeNs, durationNs } = this.events;
    return durationNs[row]! < 0 ? -Infinity : timeNs[row]! - durationNs[row]!;
  }

  isCall(row: number): boolean {
    return this.events.kind[row] === EventKind.Syscall;
  }

  /** undefined of what nobody woke: a call, a period whose thread was runnable all the while. */
  wakeOf(row: number): WakeOfPeriod | undefined {
    const { kind, timeNs, runnableNs, wakerKind, waker } = this.events;
    if (kind[row] !== EventKind.Period || wakerKind[row] === WakerKind.None) return undefined;
    const isThread = wakerKind[row] === WakerKind.Thread;
    return { atNs: timeNs[row]! - runnableNs[row]!, waker: isThread ? waker[row]! : undefined };
  }

  #track(thread: number, track: Track): Uint32Array {
    const place = thread * Tracks + (track === "calls" ? 0 : 1);
    return this.#rows.subarray(this.#begins[place], this.#begins[place + 1]);
  }

  /** Place of the first row that ends at `ns` or later. */
  #firstEndingAt(rows: Uint32Array, ns: number): number {
    let low = 0;
    let high = rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.events.timeNs[rows[middle]!]! < ns) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function placeOf(thread: number, kind: EventKind): number {
  if (kind === EventKind.Syscall) return thread * Tracks;
  return kind === EventKind.Period ? thread * Tracks + 1 : Neither;
}
