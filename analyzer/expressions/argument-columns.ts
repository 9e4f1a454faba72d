// Arguments of system calls as blocks of numbers. A name means another position in each call that has
// it. A call can lack its arguments: its beginning was not seen, their record was lost, the recorder
// was asked for those of other calls. That is no value. That no call at all has an argument which a
// probe names is an error: an empty histogram would say that nothing was read.

import { EventKind } from "../../assembly/tables.js";
import type { Names } from "../analysis.js";
import { UsageError } from "../errors.js";
import { argumentValue, callArguments } from "../syscalls/signatures.js";
import type { CallArgument } from "../syscalls/signatures.js";
import type { CallSet } from "./calls.js";
import type { FieldColumns } from "./field-columns.js";
import type { Values } from "./operators.js";

/** Where a call has an argument. */
interface Place {
  readonly index: number;
  readonly argument: CallArgument;
}

/** What some batches of a recording held of an argument. */
export interface ArgumentFinding {
  /** Whether a call of them had the argument. */
  readonly isRecorded: boolean;
  /** What is missing of the first call that lacked it without a reason of its own. */
  readonly lacking: string | undefined;
}

/** One argument of the calls of a probe, as a column. */
export abstract class ArgumentColumn {
  readonly #calls: CallSet;
  /** By the dictionary's number of the call; undefined where it has no such argument. */
  readonly #places = new Map<number, Place | undefined>();
  #epoch = 0;
  // What was found in this recording so far.
  #isRecorded = false;
  #lacking: string | undefined;

  constructor(calls: CallSet) {
    this.#calls = calls;
  }

  fill(columns: FieldColumns, out: Values, from: number, count: number): void {
    const { kind, nr, compat } = columns.batch.events;
    if (columns.dictionary.epoch !== this.#epoch) this.#places.clear();
    this.#epoch = columns.dictionary.epoch;
    for (let i = 0; i < count; i++) {
      const row = from + i;
      const isCall = kind[row] === EventKind.Syscall && nr[row]! >= 0;
      const call = isCall ? columns.callId(nr[row]!, compat[row]!) : -1;
      const place = isCall ? this.#placeOf(columns, call, nr[row]!) : undefined;
      out[i] = place === undefined ? NaN : this.#value(columns, place, row, call);
    }
  }

  beginRecording(): void {
    this.#isRecorded = false;
    this.#lacking = undefined;
  }

  get found(): ArgumentFinding {
    return { isRecorded: this.#isRecorded, lacking: this.#lacking };
  }

  /** Adds what another column of the same argument found in the batches that follow. */
  addFound({ isRecorded, lacking }: ArgumentFinding): void {
    this.#isRecorded ||= isRecorded;
    this.#lacking ??= lacking;
  }

  /** Throws if no call of a whole recording had the argument, though some were there. */
  endRecording(): void {
    if (!this.#isRecorded && this.#lacking !== undefined) throw new UsageError(this.#lacking);
  }

  /** Where a call has the argument. */
  protected abstract placeIn(call: string): Place | undefined;

  /** That a call's argument was not recorded, and with what it is. */
  protected abstract notRecorded(call: string): string;

  #placeOf(columns: FieldColumns, call: number, nr: number): Place | undefined {
    if (!this.#places.has(call)) {
      const name = columns.dictionary.text(call);
      this.#places.set(call, this.#calls.includes(name, nr) ? this.placeIn(name) : undefined);
    }
    return this.#places.get(call);
  }

  #value(columns: FieldColumns, { index, argument }: Place, row: number, call: number): number {
    const { batch, dictionary } = columns;
    const register = batch.arguments?.argument(index)?.[row] ?? NaN;
    if (Number.isNaN(register)) {
      // A call that was under way when the recording began had passed its arguments before.
      if (!this.#isRecorded && batch.events.durationNs[row]! >= 0) this.#lacks(columns, call);
      return NaN;
    }
    if (!argument.isText) {
      this.#isRecorded = true;
      return argumentValue(argument, register);
    }
    const text = batch.arguments!.string(index, row);
    if (text !== undefined) {
      this.#isRecorded = true;
      return dictionary.id(text);
    }
    // A null pointer has no text.
    if (register !== 0) this.#lacking ??= textNotRecorded(dictionary.text(call), argument.name);
    return NaN;
  }

  #lacks({ batch, dictionary }: FieldColumns, call: number): void {
    this.#lacking ??= this.notRecorded(dictionary.text(call));
    // There is nothing to wait for.
    if (!mayHaveArguments(batch.names)) throw new UsageError(this.#lacking);
  }
}

/** Whether the recorder was asked for any; also where it does not say. */
function mayHaveArguments({ meta }: Names): boolean {
  return meta.get("streams")?.split(",").includes("arguments") ?? true;
}

function textNotRecorded(call: string, argument: string): string {
  return `the text of ${call}'s argument "${argument}" was not recorded; record with --args ${call} --strings 256`;
}

/** An argument by its name in the signatures of system calls. */
export class NamedArgument extends ArgumentColumn {
  readonly #name: string;

  constructor(name: string, calls: CallSet) {
    super(calls);
    this.#name = name;
  }

  protected override placeIn(call: string): Place | undefined {
    const known = callArguments(call) ?? [];
    const index = known.findIndex((one) => one.name === this.#name);
    return index < 0 ? undefined : { index, argument: known[index]! };
  }

  protected override notRecorded(call: string): string {
    return `${call}'s argument "${this.#name}" was not recorded; record with --args ${call}`;
  }
}

/** The same position of whatever call it is: what the register held. */
export class PositionalArgument extends ArgumentColumn {
  readonly #place: Place;

  constructor(index: number, calls: CallSet) {
    super(calls);
    this.#place = { index, argument: { name: `arg${index}`, isText: false, isInt: false } };
  }

  protected override placeIn(): Place {
    return this.#place;
  }

  protected override notRecorded(): string {
    return `${this.#place.argument.name} was not recorded; record with --args and the calls it is wanted of`;
  }
}
