// As rows.ts, of what only some passes are asked: latencies, calls, wakeups and events, of the oracle
// and of the engine, as the same lines of text.

import type { Analysis, Names } from "../../analyzer/analysis.js";
import type { EventBatch } from "../../analyzer/event-batch.js";
import type { LatenciesTable } from "../../analyzer/tables.js";
import type { Answer, CallAnswer, EventAnswer } from "../oracle/analyze.js";
import { callParts, type CallKey } from "../oracle/calls.js";
import type { Stack } from "../oracle/frames.js";
import type { Histogram } from "../oracle/latencies.js";
import { WakerKind, type Chain } from "../oracle/wakers.js";
import { fields, offcpuKeyAt, offcpuKeyOf, stackText, stackTextOf, Summed, type Sections } from "./rows.js";

export interface Asked {
  latencies: boolean;
  calls: boolean;
  wakers: boolean;
}

export function askedRowsOfAnswer(answer: Answer, asked: Asked): Sections {
  const calls = asked.calls ? answer.calls : [];
  const summed = new Summed();
  for (const row of calls) {
    const { count, total, onCpu, max } = row;
    const parts = Object.fromEntries(callParts.map((part) => [part, row[part]]));
    summed.add(callKeyOf(row), { count, total, onCpu, ...parts }, { max });
  }
  const wakeups = new Summed();
  for (const row of asked.wakers ? answer.offcpu : []) {
    for (const { chain, periods, blocked, runnable, runnableMax } of row.wakeups.values()) {
      wakeups.add(
        `${offcpuKeyOf(row)} by=${chainTextOf(chain)}`,
        { periods, blocked, runnable },
        { runnableMax },
      );
    }
  }
  return {
    latencies: histogramLines(asked.latencies ? answer.syscalls : [], syscallKeyOf),
    calls: summed.lines(),
    callLatencies: histogramLines(calls, callKeyOf),
    wakeups: wakeups.lines(),
  };
}

function syscallKeyOf({ life, nr, compat, errno }: CallKey): string {
  return `life=${life} nr=${nr} compat=${Number(compat)} errno=${errno}`;
}

function callKeyOf(row: CallAnswer): string {
  return `${syscallKeyOf(row)} k[${stackText(row.kernelStack)}] u[${stackText(row.userStack)}]`;
}

function histogramLines<Row extends { latencies: Histogram }>(
  rows: readonly Row[],
  keyOf: (row: Row) => string,
): string[] {
  const summed = new Summed();
  for (const row of rows) {
    for (const [bucket, count] of row.latencies) summed.add(`${keyOf(row)} bucket=${bucket}`, { count }, {});
  }
  return summed.lines();
}

function chainTextOf(chain: Chain): string {
  return chain.map((link) => linkText(link.kind, link.life)).join("<");
}

function linkText(kind: number, life: number): string {
  return kind === WakerKind.Thread ? `life ${life}` : `kind ${kind}`;
}

export function askedRowsOfAnalysis(analysis: Analysis): Sections {
  const { syscalls, latencies, callLatencies } = analysis;
  return {
    latencies: latencyLines(latencies, (row) => syscallKeyAt(syscalls, row)),
    calls: callLines(analysis),
    callLatencies: latencyLines(callLatencies, (row) => callKeyAt(analysis, row)),
    wakeups: wakeupLines(analysis),
  };
}

function syscallKeyAt({ thread, nr, compat, errno }: Analysis["syscalls"] | Analysis["calls"], row: number): string {
  return `life=${thread[row]} nr=${nr[row]} compat=${compat[row]} errno=${errno[row]}`;
}

function callKeyAt(analysis: Analysis, row: number): string {
  const { calls } = analysis;
  const kernelStack = stackTextOf(analysis, calls.kernelStack[row]!);
  return `${syscallKeyAt(calls, row)} k[${kernelStack}] u[${stackTextOf(analysis, calls.userStack[row]!)}]`;
}

function latencyLines({ length, row, bucket, count }: LatenciesTable, keyAt: (row: number) => string): string[] {
  const summed = new Summed();
  for (let i = 0; i < length; i++) summed.add(`${keyAt(row[i]!)} bucket=${bucket[i]}`, { count: count[i]! }, {});
  return summed.lines();
}

function callLines(analysis: Analysis): string[] {
  const { calls } = analysis;
  const summed = new Summed();
  for (let row = 0; row < calls.length; row++) {
    const parts = Object.fromEntries(callParts.map((part) => [part, calls[`${part}Ns`][row]!]));
    const sums = { count: calls.count[row]!, total: calls.totalNs[row]!, onCpu: calls.onCpuNs[row]!, ...parts };
    summed.add(callKeyAt(analysis, row), sums, { max: calls.maxNs[row]! });
  }
  return summed.lines();
}

function wakeupLines(analysis: Analysis): string[] {
  const { wakeups } = analysis;
  const summed = new Summed();
  for (let row = 0; row < wakeups.length; row++) {
    const chain = chainTextAt(analysis.wakers, wakeups.waker[row]!);
    const sums = {
      periods: wakeups.periods[row]!,
      blocked: wakeups.blockedNs[row]!,
      runnable: wakeups.runnableNs[row]!,
    };
    const max = { runnableMax: wakeups.runnableMaxNs[row]! };
    summed.add(`${offcpuKeyAt(analysis, wakeups.period[row]!)} by=${chain}`, sums, max);
  }
  return summed.lines();
}

/** Nearest first, by following prefixes. */
function chainTextAt({ prefix, kind, thread }: Analysis["wakers"], waker: number): string {
  const links: string[] = [];
  for (let at = waker; at !== 0; at = prefix[at]!) {
    links.push(linkText(kind[at]!, thread[at]!));
    if (links.length > 1000) throw new Error(`the chain of waker ${waker} has no end`);
  }
  return links.join("<");
}

/**
 * In their order. Of stacks only the addresses: an event's frames are named as far as is known when
 * it is shown.
 */
export function eventLinesOfAnswer(events: readonly EventAnswer[]): string[] {
  return events.map(({ kernelStack, userStack, compat, ...event }) => {
    const numbers = Object.entries(event).map(([name, value]) => [name, plain(value)]);
    return eventLine(Object.fromEntries(numbers), compat ? 1 : 0, addressesOf(kernelStack), addressesOf(userStack));
  });
}

function eventLine(event: object, compat: number, kernelStack: string, userStack: string): string {
  return `${fields(event)} compat=${compat} k[${kernelStack}] u[${userStack}]`;
}

/** As the engine's f64 hold it. */
function plain(value: number | bigint | string): number | string {
  return typeof value === "bigint" ? Number(value) : value;
}

function addressesOf({ frames }: Stack): string {
  return frames.map(({ kind, address }) => `${kind}:${address.toString(16)}`).join(";");
}

export function eventLinesOf({ events, names }: EventBatch): string[] {
  return Array.from({ length: events.length }, (_, row) => {
    const event = {
      kind: events.kind[row],
      time: events.timeNs[row],
      duration: events.durationNs[row],
      life: events.thread[row],
      comm: names.string(events.comm[row]!),
      nr: events.nr[row],
      result: events.result[row],
      offcpu: events.offcpuNs[row],
      class: events.class[row],
      edge: events.edge[row],
      blocked: events.blockedNs[row],
      runnable: events.runnableNs[row],
      wakerKind: events.wakerKind[row],
      waker: events.waker[row],
      cpu: events.cpu[row],
    };
    const [kernelStack, userStack] = [events.kernelStack[row]!, events.userStack[row]!];
    return eventLine(event, events.compat[row]!, addressesAt(names, kernelStack), addressesAt(names, userStack));
  });
}

function addressesAt({ stacks, frames }: Names, node: number): string {
  const path: string[] = [];
  for (let at = node; at !== 0; at = stacks.prefix[at]!) {
    const frame = stacks.frame[at]!;
    path.push(`${frames.kind[frame]}:${frames.address[frame]!.toString(16)}`);
    if (path.length > 1000) throw new Error(`the stack of node ${node} has no root`);
  }
  return path.reverse().join(";");
}
