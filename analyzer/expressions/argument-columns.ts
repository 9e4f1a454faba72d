// Arguments of system calls as blocks of numbers. A name means another position in each call that has
// it; an argument that a probe names but the recording does not hold is an error, never "no value":
// an empty histogram would say that nothing was read.

import { EventKind } from "../../assembly/tables.js";
import { UsageError } from "../errors.js";
import type { EventBatch } from "../event-batch.js";
import { callArguments } from "../syscalls/signatures.js";
import type { CallSet } from "./calls.js";
import type { FieldColumns } from "./field-columns.js";
import type { Values } from "./operators.js";

const NoArgument = -1;

/** An argument by its name in the signatures of system calls. */
export class NamedArgument {
  readonly #name: string;
  readonly #isText: boolean;
  readonly #calls: CallSet;
  /** Position by the dictionary's number of the call. */
  readonly #positions = new Map<number, number>();
  /** Calls that had arguments at least once. */
  readonly #seen = new Set<string>();
  #epoch = 0;

  constructor(name: string, isText: boolean, calls: CallSet) {
    this.#name = name;
    this.#isText = isText;
    this.#calls = calls;
  }

  fill(columns: FieldColumns, out: Values, from: number, count: number): void {
    const { kind, nr, compat } = columns.batch.events;
    if (columns.dictionary.epoch !== this.#epoch) this.#positions.clear();
    this.#epoch = columns.dictionary.epoch;
    for (let i = 0; i < count; i++) {
      const row = from + i;
      const isCall = kind[row] === EventKind.Syscall && nr[row]! >= 0;
      const call = isCall ? columns.callId(nr[row]!, compat[row]!) : -1;
      const position = isCall ? this.#position(columns, call, nr[row]!) : NoArgument;
      out[i] = position === NoArgument ? NaN : this.#value(columns, position, row, call);
    }
  }

  #position(columns: FieldColumns, call: number, nr: number): number {
    let position = this.#positions.get(call);
    if (position === undefined) {
      const name = columns.dictionary.text(call);
      const isAsked = this.#calls.includes(name, nr);
      position = (isAsked ? callArguments(name) : undefined)?.findIndex((one) => one.name === this.#name);
      this.#positions.set(call, (position ??= NoArgument));
    }
    return position;
  }

  #value(columns: FieldColumns, position: number, row: number, call: number): number {
    const { batch, dictionary } = columns;
    const value = batch.arguments?.argument(position)?.[row] ?? NaN;
    if (Number.isNaN(value)) {
      if (!this.#canBeMissing(batch, row, dictionary.text(call))) throw this.#notRecorded(dictionary.text(call));
      return NaN;
    }
    if (!this.#isText) return value;
    const text = batch.arguments!.string(position, row);
    return text === undefined ? NaN : dictionary.id(text); // a null pointer has no text
  }

  /**
   * Whether a call may lack its arguments although they are recorded: it began before the recording,
   * or the record of them was lost, while others have them. Of calls that only a pattern covers, some
   * may be recorded and others not.
   */
  #canBeMissing({ events, arguments: recorded }: EventBatch, row: number, call: string): boolean {
    if (events.durationNs[row]! < 0) return true;
    if (recorded === undefined) return false;
    if (!this.#calls.names(call) || this.#seen.has(call)) return true;
    const values = recorded.argument(0);
    const isSeen = values?.some((value, other) => isSameCall(events, row, other) && !Number.isNaN(value)) === true;
    if (isSeen) this.#seen.add(call);
    return isSeen;
  }

  #notRecorded(call: string): Error {
    return new UsageError(`${call}'s argument "${this.#name}" was not recorded; record with --args ${call}`);
  }
}

function isSameCall({ nr, compat }: EventBatch["events"], row: number, other: number): boolean {
  return nr[row] === nr[other] && compat[row] === compat[other];
}

/** Argument `position` of whatever call it is. */
export function fillPosition(batch: EventBatch, out: Values, position: number, from: number, count: number): void {
  const column = batch.arguments?.argument(position);
  if (column === undefined) {
    throw new UsageError(`arg${position} was not recorded; record with --args and the calls it is wanted of`);
  }
  out.set(column.subarray(from, from + count));
}
