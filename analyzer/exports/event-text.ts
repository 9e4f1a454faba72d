// One event in words, as strace and trace show it: `openat = -1 ENOENT (12.3 us)`,
// `off-CPU 1.20 ms, interruptible in futex, woken by nginx (123)`, `woken by an interrupt`. Reads the
// columns of a batch of events, so that a line costs no object.

import { Edge, EventKind, WakerKind } from "../../assembly/tables.js";
import { errnoName } from "../errno.js";
import type { EventBatch } from "../event-batch.js";
import { callArguments } from "../syscalls/signatures.js";
import { syscallAbi, syscallName } from "../syscalls/names.js";
import { className, isBlocked } from "../views/classes.js";
import { frameName } from "../views/frame-names.js";
import { isOpenAtEnd } from "../views/periods.js";
import { argumentText } from "./argument-text.js";
import { printable } from "./style.js";
import { durationText } from "./units.js";

const ErrnoMax = 4095;

/** The event at `row`. */
export function eventText(batch: EventBatch, row: number): string {
  switch (batch.events.kind[row] as EventKind) {
    case EventKind.Syscall:
      return syscallText(batch, row);
    case EventKind.Period:
      return periodText(batch, row);
    case EventKind.Wakeup:
      return `woken${wakerText(batch, row)}`;
  }
}

/** Names of the frames of its stacks, kernel before user, the leaf first. */
export function eventFrames({ events, names }: EventBatch, row: number): { kernel: string[]; user: string[] } {
  const walk = (stack: number): string[] => {
    const frames: string[] = [];
    for (let node = stack; node !== 0; node = names.stacks.prefix[node]!) {
      frames.push(frameName(names, names.stacks.frame[node]!));
    }
    return frames;
  };
  return { kernel: walk(events.kernelStack[row]!), user: walk(events.userStack[row]!) };
}

function syscallText(batch: EventBatch, row: number): string {
  const { result, durationNs } = batch.events;
  const duration = durationNs[row]!;
  // A call under way when the recording began has no beginning to count from.
  const time = duration < 0 ? "began before" : durationText(duration);
  return `${callName(batch, row)}${argumentsText(batch, row)} = ${resultText(result[row]!)} (${time})`;
}

function callName({ events, names }: EventBatch, row: number): string {
  const abi = syscallAbi(names.recording.arch[0]!, events.compat[row] === 1);
  return syscallName(abi, events.nr[row]!);
}

/** As strace: errors by name, addresses in hexadecimal. */
function resultText(result: number): string {
  if (result < 0 && result >= -ErrnoMax) return `-1 ${errnoName(-result)}`;
  return result >= 2 ** 32 ? `0x${result.toString(16)}` : String(result);
}

/** `(fd=3, count=4096)` of what was recorded, "" of nothing. */
function argumentsText(batch: EventBatch, row: number): string {
  const provider = batch.arguments;
  if (provider === undefined) return "";
  const texts = (callArguments(callName(batch, row)) ?? []).flatMap((argument, index) => {
    const text = argument.isText ? provider.string(index, row) : undefined;
    if (text !== undefined) return [`${argument.name}=${JSON.stringify(text)}`];
    const register = provider.argument(index)?.[row] ?? NaN;
    return Number.isNaN(register) ? [] : [`${argument.name}=${argumentText(argument, register)}`];
  });
  return texts.length === 0 ? "" : `(${printable(texts.join(", "))})`;
}

function periodText(batch: EventBatch, row: number): string {
  const { events } = batch;
  const classValue = events.class[row]!;
  const call = events.nr[row]! < 0 ? "" : ` in ${callName(batch, row)}`;
  const parts = [`off-CPU ${durationText(events.durationNs[row]!)}`, `${stateText(classValue)}${call}`];
  const runnable = events.runnableNs[row]!;
  if (isBlocked(classValue) && runnable > 0) parts.push(`${durationText(runnable)} of it runnable`);
  if (events.wakerKind[row] !== WakerKind.None) parts.push(`woken${wakerText(batch, row)}`);
  if ((events.edge[row]! & Edge.Start) !== 0) parts.push("began before");
  if (isOpenAtEnd(events.edge[row]!)) parts.push("not over");
  return parts.join(", ");
}

function stateText(value: number): string {
  const name = className(value);
  return name === "unknown" ? "not known why" : name;
}

function wakerText({ events, names }: EventBatch, row: number): string {
  if (events.wakerKind[row] === WakerKind.None) return "";
  if (events.wakerKind[row] !== WakerKind.Thread) return " by an interrupt";
  const waker = events.waker[row]!;
  const comm = names.string(names.threads.comm[waker]!) || "[unnamed]";
  return ` by ${printable(comm)} (${names.threads.tid[waker]})`;
}
