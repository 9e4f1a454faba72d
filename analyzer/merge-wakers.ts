// Who woke whom in the parts of a recording, as a single instance would have said it. A part follows
// the threads that were woken, and may not know the lives of those who woke them: it names a waker by
// its tid and where in the order of all records it first woke anyone, which tells which of the tid's
// lives that was.

import { WakerKind } from "../assembly/tables.js";
import type { RecordingPart } from "./recording-part.js";
import { gather } from "./merge-tables.js";
import type { Order } from "./merge-tables.js";
import type { BirthsTable, ThreadsTable, WakersTable, WakeupsTable } from "./tables.js";

/** A moment in the order of all records. */
interface Moment {
  readonly epoch: number;
  readonly timeNs: bigint;
  readonly place: bigint;
}

interface Waker {
  readonly kind: number;
  readonly thread: number;
  first: Moment;
  row: number;
}

function momentOf({ epoch, timeNs, place }: BirthsTable, row: number): Moment {
  return { epoch: epoch[row]!, timeNs: timeNs[row]!, place: place[row]! };
}

function isBefore(a: Moment, b: Moment): boolean {
  if (a.epoch !== b.epoch) return a.epoch < b.epoch;
  return a.timeNs === b.timeNs ? a.place < b.place : a.timeNs < b.timeNs;
}

/** Of the lives of a tid, in order, the one that was under way at a moment. */
function lastBornBy(moment: Moment, lives: readonly number[], bornAt: (life: number) => Moment): number {
  let low = 0;
  for (let high = lives.length - 1; low < high; ) {
    const middle = (low + high + 1) >> 1;
    if (isBefore(moment, bornAt(lives[middle]!))) high = middle - 1;
    else low = middle;
  }
  return lives[low]!;
}

/** Table.Wakers of the whole, and by part where its rows went. `lives`: which row of which part each thread is. */
export function mergeWakers(
  parts: readonly RecordingPart[],
  threads: ThreadsTable,
  lives: Order,
): { readonly wakers: WakersTable; readonly rows: readonly Uint32Array[] } {
  const rowsOfTid = new Map<number, number[]>();
  threads.tid.forEach((tid, row) => {
    const rows = rowsOfTid.get(tid);
    if (rows === undefined) rowsOfTid.set(tid, [row]);
    else rows.push(row);
  });
  const bornAt = (row: number): Moment => momentOf(parts[lives.part[row]!]!.births, lives.row[row]!);
  const found = new Map<string, Waker>();
  const nobody: Waker = { kind: WakerKind.None, thread: 0, first: { epoch: 0, timeNs: 0n, place: 0n }, row: 0 };
  const wakersOf = parts.map(({ analysis, births }) =>
    Array.from({ length: analysis.wakers.length }, (_, row) => {
      if (row === 0) return nobody;
      const kind = analysis.wakers.kind[row]!;
      const first = momentOf(births, analysis.threads.length + row);
      const candidates = kind === WakerKind.Thread ? rowsOfTid.get(analysis.wakers.thread[row]!)! : [0];
      const thread = kind === WakerKind.Thread ? lastBornBy(first, candidates, bornAt) : 0;
      const known = found.get(`${kind} ${thread}`);
      if (known === undefined) found.set(`${kind} ${thread}`, { kind, thread, first, row: 0 });
      else if (isBefore(first, known.first)) known.first = first;
      return found.get(`${kind} ${thread}`)!;
    }),
  );
  const wakers = [...found.values()].sort((a, b) => (isBefore(a.first, b.first) ? -1 : 1));
  if (parts.some(({ analysis }) => analysis.wakers.length > 0)) wakers.unshift(nobody);
  wakers.forEach((waker, row) => (waker.row = row));
  return {
    wakers: {
      length: wakers.length,
      prefix: new Uint32Array(wakers.length),
      kind: Uint8Array.from(wakers, ({ kind }) => kind),
      thread: Uint32Array.from(wakers, ({ thread }) => thread),
    },
    rows: wakersOf.map((one) => Uint32Array.from(one, ({ row }) => row)),
  };
}

/** Table.Wakeups of the whole. `periods`: which row of which part each row of offcpu is; `wakers`: as above. */
export function mergeWakeups(
  tables: readonly WakeupsTable[],
  periods: Order,
  wakers: readonly Uint32Array[],
): WakeupsTable {
  const begins = tables.map((table, part) => {
    const begin = new Map<number, number>();
    for (let row = table.length - 1; row >= 0; row--) begin.set(table.period[row]!, row);
    return { begin, table, wakers: wakers[part]! };
  });
  const order: { part: number; row: number; period: number; waker: number }[] = [];
  for (let period = 0; period < periods.row.length; period++) {
    const part = periods.part[period]!;
    const { begin, table, wakers } = begins[part]!;
    const owner = periods.row[period]!;
    const from = order.length;
    for (let row = begin.get(owner) ?? table.length; row < table.length && table.period[row] === owner; row++) {
      order.push({ part, row, period, waker: wakers[table.waker[row]!]! });
    }
    if (order.length - from > 1) order.push(...order.splice(from).sort((a, b) => a.waker - b.waker));
  }
  const sums = gather(tables, {
    part: Uint8Array.from(order, ({ part }) => part),
    row: Uint32Array.from(order, ({ row }) => row),
  });
  order.forEach(({ period, waker }, at) => {
    sums.period[at] = period;
    sums.waker[at] = waker;
  });
  return joined(sums);
}

/** A waker that a part took for two because a life might have ended in between is one. */
function joined(sums: WakeupsTable): WakeupsTable {
  const row: number[] = [];
  for (let at = 0; at < sums.length; at++) {
    const last = row.at(-1);
    if (last === undefined || sums.period[last] !== sums.period[at] || sums.waker[last] !== sums.waker[at]) {
      row.push(at);
      continue;
    }
    sums.periods[last]! += sums.periods[at]!;
    sums.blockedNs[last]! += sums.blockedNs[at]!;
    sums.runnableNs[last]! += sums.runnableNs[at]!;
    if (sums.runnableMaxNs[at]! > sums.runnableMaxNs[last]!) sums.runnableMaxNs[last] = sums.runnableMaxNs[at]!;
  }
  if (row.length === sums.length) return sums;
  return gather([sums], { part: new Uint8Array(row.length), row: Uint32Array.from(row) });
}
