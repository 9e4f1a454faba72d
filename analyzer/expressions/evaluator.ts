// Runs checked expressions over batches of events, a block of rows at a time: every node of an
// expression is one loop over a block and owns the buffer that the loop writes, so that evaluating
// allocates nothing and the buffers of a few nodes stay in the processor's cache.
//
//   batch   |---- block ----|---- block ----|-- block --|      begin(batch); block(from, count)
//   latency |out of a field |                                  column.values()
//   > 1ms   |out of the loop|
//
// There is no eval and no generated code: pages with a strict Content-Security-Policy run it too.

import type { EventKind } from "../../assembly/tables.js";
import type { EventBatch } from "../event-batch.js";
import { NamedArgument, PositionalArgument } from "./argument-columns.js";
import type { ArgumentColumn, ArgumentFinding } from "./argument-columns.js";
import type { CallSet } from "./calls.js";
import type { Meaning } from "./checker.js";
import { Dictionary } from "./dictionary.js";
import { FieldColumns, fieldFills } from "./field-columns.js";
import { binaryLoops, choose, unaryLoops } from "./operators.js";
import type { Values } from "./operators.js";

/** Rows of a block: 32 KiB a buffer, a few of which fit into the second-level cache. */
export const BlockRowsMax = 4096;

/** Values of one expression for each row of the current block. */
export interface ValueColumn {
  /** As many as the block has rows; valid until the next block. Text is its dictionary number. */
  values(): Values;
}

type Compute = (out: Values) => void;

export class Evaluator {
  readonly dictionary = new Dictionary();
  readonly #columns = new FieldColumns(this.dictionary);
  /** Fields and arguments that several expressions use are read once. */
  readonly #shared = new Map<string, Node>();
  readonly #arguments: ArgumentColumn[] = [];
  readonly #state: BlockState = { serial: 0, from: 0, count: 0 };

  /** Compile everything before the first batch. */
  compile(meaning: Meaning): ValueColumn {
    return this.#node(meaning);
  }

  /** Turns to another recording. */
  beginRecording(): void {
    for (const argument of this.#arguments) argument.beginRecording();
  }

  /** After the whole of a recording: throws where it held nothing of an argument that is asked for. */
  endRecording(): void {
    for (const argument of this.#arguments) argument.endRecording();
  }

  /** What the batches since the recording began held of each argument that is asked for. */
  found(): ArgumentFinding[] {
    return this.#arguments.map(({ found }) => found);
  }

  /** Adds what an evaluator of the same expressions found in the batches that follow. */
  addFound(found: readonly ArgumentFinding[]): void {
    for (const [at, argument] of this.#arguments.entries()) argument.addFound(found[at]!);
  }

  begin(batch: EventBatch): void {
    this.#columns.begin(batch);
  }

  /** Turns to `count` rows of the batch, at most BlockRowsMax, from row `from` on. */
  block(from: number, count: number): void {
    this.#state.serial++;
    this.#state.from = from;
    this.#state.count = count;
  }

  #node(meaning: Meaning): Node {
    switch (meaning.form) {
      case "number":
        return this.#constant(meaning.value);
      case "text":
        return this.#constant(this.dictionary.constant(meaning.text));
      case "field":
        return this.#share(`field ${meaning.field}`, (out) => this.#fillField(meaning, out));
      case "position":
        return this.#argument(`position ${meaning.index}`, meaning.calls, (calls) => new PositionalArgument(meaning.index, calls));
      case "argument":
        return this.#argument(`argument ${meaning.name}`, meaning.calls, (calls) => new NamedArgument(meaning.name, calls));
      default:
        return this.#operation(meaning);
    }
  }

  #operation(meaning: Meaning): Node {
    switch (meaning.form) {
      case "unary": {
        const operand = this.#node(meaning.operand);
        const loop = unaryLoops[meaning.operator];
        return this.#make((out) => loop(out, operand.values(), this.#state.count));
      }
      case "binary": {
        const left = this.#node(meaning.left);
        const right = this.#node(meaning.right);
        const loop = binaryLoops[meaning.operator];
        return this.#make((out) => loop(out, left.values(), right.values(), this.#state.count));
      }
      case "match":
        return this.#match(this.#node(meaning.subject), meaning.test);
      case "conditional": {
        const condition = this.#node(meaning.condition);
        const whenTrue = this.#node(meaning.whenTrue);
        const whenFalse = this.#node(meaning.whenFalse);
        return this.#make((out) =>
          choose(out, condition.values(), whenTrue.values(), whenFalse.values(), this.#state.count),
        );
      }
      default:
        throw new Error(`${meaning.form} is no operation`);
    }
  }

  #fillField(meaning: Meaning & { form: "field" }, out: Values): void {
    const { from, count } = this.#state;
    fieldFills[meaning.field](this.#columns, out, from, count);
    if (meaning.kinds.length < 3) blank(out, meaning.kinds, this.#columns.batch.events.kind, from, count);
  }

  /** Asks the pattern once for each distinct text. */
  #match(subject: Node, test: (text: string) => boolean): Node {
    const verdicts = new Verdicts(this.dictionary, test);
    return this.#make((out) => {
      verdicts.begin();
      const texts = subject.values();
      for (let i = 0; i < this.#state.count; i++) out[i] = verdicts.of(texts[i]!);
    });
  }

  #argument(key: string, calls: CallSet, make: (calls: CallSet) => ArgumentColumn): Node {
    const sharedKey = `${key} of ${calls.text}`;
    const shared = this.#shared.get(sharedKey);
    if (shared !== undefined) return shared;
    const argument = make(calls);
    this.#arguments.push(argument);
    return this.#share(sharedKey, (out) => argument.fill(this.#columns, out, this.#state.from, this.#state.count));
  }

  #constant(value: number): Node {
    const node = this.#make(() => undefined);
    node.buffer.fill(value);
    return node;
  }

  #share(key: string, compute: Compute): Node {
    let node = this.#shared.get(key);
    if (node === undefined) this.#shared.set(key, (node = this.#make(compute)));
    return node;
  }

  #make(compute: Compute): Node {
    return new Node(this.#state, compute);
  }
}

interface BlockState {
  /** Another one for each block. */
  serial: number;
  from: number;
  count: number;
}

class Node implements ValueColumn {
  readonly buffer: Values = new Float64Array(BlockRowsMax);
  readonly #state: BlockState;
  readonly #compute: Compute;
  #serial = 0;

  constructor(state: BlockState, compute: Compute) {
    this.#state = state;
    this.#compute = compute;
  }

  values(): Values {
    if (this.#serial !== this.#state.serial) {
      this.#serial = this.#state.serial;
      this.#compute(this.buffer);
    }
    return this.buffer;
  }
}

/** Removes what events of other kinds have in a field's column. */
function blank(out: Values, kinds: readonly EventKind[], kind: Uint8Array, from: number, count: number): void {
  const mask = kinds.reduce((bits, one) => bits | (1 << one), 0);
  for (let i = 0; i < count; i++) if (((mask >> kind[from + i]!) & 1) === 0) out[i] = NaN;
}

/** Whether texts match, by their dictionary numbers. */
class Verdicts {
  readonly #dictionary: Dictionary;
  readonly #test: (text: string) => boolean;
  #epoch = 0;
  /** By number: 0 not asked yet, 1 no, 2 yes. */
  #known = new Uint8Array(256);

  constructor(dictionary: Dictionary, test: (text: string) => boolean) {
    this.#dictionary = dictionary;
    this.#test = test;
  }

  begin(): void {
    if (this.#epoch !== this.#dictionary.epoch) this.#known.fill(0);
    this.#epoch = this.#dictionary.epoch;
  }

  of(id: number): number {
    if (id !== id) return NaN;
    if (id >= this.#known.length) this.#grow(id + 1);
    if (this.#known[id] === 0) this.#known[id] = this.#test(this.#dictionary.text(id)) ? 2 : 1;
    return this.#known[id]! - 1;
  }

  #grow(length: number): void {
    const larger = new Uint8Array(2 * length);
    larger.set(this.#known);
    this.#known = larger;
  }
}
