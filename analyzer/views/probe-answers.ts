// What probes are answered from batches of events: a histogram or a table of counts for each. Events
// go through once, whatever the number of probes, in blocks: which events a probe is about, its
// filter, its values, its sums. Memory follows what is counted, never events. An event without a
// value (a call whose beginning was not seen has no latency) is not counted, and that is said.

import { OffcpuClass } from "../../assembly/format.js";
import { Edge, WakerKind } from "../../assembly/tables.js";
import { errnoName } from "../errno.js";
import type { EventBatch } from "../event-batch.js";
import { BlockRowsMax } from "../expressions/evaluator.js";
import type { Evaluator, ValueColumn } from "../expressions/evaluator.js";
import { isTrue } from "../expressions/operators.js";
import { kindOf } from "../expressions/probe.js";
import type { CheckedExpression, Probe } from "../expressions/probe.js";
import { syscallAbi, syscallName } from "../syscalls/names.js";
import { HistogramSums, TupleSums } from "./probe-sums.js";
import type { ProbeSums } from "./probe-sums.js";
import type { HistogramRow, Steps } from "./value-histogram.js";

/** A probe and the form in which it is answered. */
export interface Question {
  readonly probe: Probe;
  /** Powers of two, equal steps, how often each tuple came, or the last number's sum for each tuple. */
  readonly form: "log2" | Steps | "counts" | "sums";
}

/** Which off-CPU periods are counted beside those that hurt; other views find more that is idle, of sums. */
export interface ProbeOptions {
  /** Also those that the window cut off. */
  readonly open?: boolean;
  /** Also those of kernel threads that idle (TASK_IDLE). */
  readonly idle?: boolean;
}

interface Answered {
  readonly probe: string;
  readonly label: string;
  /** What tells rows apart: the names of the values of each. */
  readonly columns: readonly string[];
  /** Events that were counted. */
  readonly events: number;
  /** Events that the probe is about but that have no value for it. */
  readonly withoutValue: number;
  /** Periods that the window cut off, and of idle kernel threads: not counted unless asked for. */
  readonly open: number;
  readonly idle: number;
}

export interface HistogramAnswer extends Answered {
  readonly form: "log2" | "linear";
  /** The expression whose values these are, and their unit where it has one. */
  readonly expression: string;
  readonly unit: "ns" | "";
  /** Of a linear one. */
  readonly step?: number;
  /** One for each tuple that is told apart; most events first. */
  readonly histograms: readonly {
    readonly values: readonly (number | string)[];
    readonly count: number;
    readonly rows: readonly HistogramRow[];
  }[];
}

export interface CountsAnswer extends Answered {
  readonly form: "counts" | "sums";
  /** The expression that was summed; "" where events were counted. */
  readonly summed: string;
  /** Most often first; of sums, the largest. */
  readonly rows: readonly {
    readonly values: readonly (number | string)[];
    readonly count: number;
    readonly sum?: number;
  }[];
}

export type ProbeAnswer = HistogramAnswer | CountsAnswer;

/** The form for a probe for which none is given: as argdist, powers of two for one number. */
export function formOf({ expressions }: Probe): "log2" | "counts" {
  return expressions.length === 1 && expressions[0]!.meaning.type === "number" ? "log2" : "counts";
}

/** Several probes over the same events. */
export class ProbeRun {
  readonly #evaluator: Evaluator;
  readonly #tallies: readonly Tally[];

  constructor(evaluator: Evaluator, questions: readonly Question[], options: ProbeOptions = {}) {
    this.#evaluator = evaluator;
    this.#tallies = questions.map((question) => new Tally(evaluator, question, options));
  }

  /** Adds rows `from` to `to` of a batch, those for which `isSelected` holds. */
  take(batch: EventBatch, from: number, to: number, isSelected?: (row: number) => boolean): void {
    this.#evaluator.begin(batch);
    for (let at = from; at < to; at += BlockRowsMax) {
      const count = Math.min(BlockRowsMax, to - at);
      this.#evaluator.block(at, count);
      for (const tally of this.#tallies) tally.take(batch, at, count, isSelected);
    }
  }

  /** One for each question, in order. */
  answers(): ProbeAnswer[] {
    return this.#tallies.map((tally) => tally.answer());
  }

  /** Begins anew, as for another interval. */
  clear(): void {
    for (const tally of this.#tallies) tally.clear();
  }
}

/** The first row from `from` on that is at or after `timeNs`, or the number of rows. */
export function rowAt(timesNs: Float64Array, timeNs: number, from: number): number {
  let low = from;
  let high = timesNs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (timesNs[middle]! < timeNs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The sums of one probe. */
class Tally {
  readonly #evaluator: Evaluator;
  readonly #question: Question;
  readonly #options: ProbeOptions;
  readonly #filter: ValueColumn | undefined;
  /** What tells apart, and of what each value is a column. */
  readonly #tuple: readonly CheckedExpression[];
  readonly #columns: readonly ValueColumn[];
  readonly #calls: CallVerdicts;
  readonly #positions = new Uint32Array(BlockRowsMax);
  #sums: ProbeSums;
  #uncounted = { events: 0, withoutValue: 0, open: 0, idle: 0 };

  constructor(evaluator: Evaluator, question: Question, options: ProbeOptions) {
    const { probe, form } = question;
    this.#evaluator = evaluator;
    this.#question = question;
    this.#options = options;
    this.#filter = probe.filter && evaluator.compile(probe.filter);
    const expressions = [...probe.by, ...probe.expressions];
    this.#tuple = form === "counts" ? expressions : expressions.slice(0, -1);
    this.#columns = expressions.map(({ meaning }) => evaluator.compile(meaning));
    this.#calls = new CallVerdicts(probe);
    this.#sums = this.#begin();
  }

  take(batch: EventBatch, from: number, count: number, isSelected?: (row: number) => boolean): void {
    let positions = this.#subjects(batch, from, count);
    if (positions > 0 && isSelected !== undefined) positions = this.#selected(from, positions, isSelected);
    if (positions > 0 && this.#filter !== undefined) positions = this.#filtered(positions, this.#filter);
    if (positions > 0 && this.#question.probe.subject !== "syscall") positions = this.#known(batch, from, positions);
    if (positions === 0) return;
    const columns = this.#columns.map((column) => column.values());
    positions = this.#valued(positions, columns);
    this.#uncounted.events += positions;
    this.#sums.add(columns, this.#positions, positions);
  }

  answer(): ProbeAnswer {
    const { probe, form } = this.#question;
    const { text, label } = probe;
    const base = { probe: text, label, columns: this.#tuple.map((one) => one.text), ...this.#uncounted };
    const rows = this.#sums.rows().map((row) => ({ ...row, values: this.#shown(row.values) }));
    const last = probe.expressions.at(-1)!;
    if (form === "counts") {
      const counts = rows.map(({ values, count }) => ({ values, count })).sort(mostFirst);
      return { ...base, form, summed: "", rows: counts };
    }
    if (form === "sums") {
      const sums = rows.map(({ values, count, sum }) => ({ values, count, sum }));
      return { ...base, form, summed: last.text, rows: sums.sort((a, b) => b.sum - a.sum) };
    }
    const unit = last.meaning.unit ?? "";
    const histograms = rows
      .map(({ values, count, histogram }) => ({ values, count, rows: histogram }))
      .sort(mostFirst);
    const answer = { ...base, expression: last.text, unit, histograms } as const;
    return form === "log2" ? { ...answer, form } : { ...answer, form: "linear", step: form.step };
  }

  clear(): void {
    this.#uncounted = { events: 0, withoutValue: 0, open: 0, idle: 0 };
    this.#sums = this.#begin();
  }

  #begin(): ProbeSums {
    const { form } = this.#question;
    const width = this.#tuple.length;
    if (form === "counts" || form === "sums") return new TupleSums(width);
    return new HistogramSums(width, form === "log2" ? undefined : form);
  }

  #shown(values: readonly number[]): (number | string)[] {
    return values.map((value, at) => shownValue(this.#evaluator, this.#tuple[at]!, value));
  }

  /** Finds the positions in the block of what the probe is about; each step below keeps some of them. */
  #subjects({ events, names }: EventBatch, from: number, count: number): number {
    const { kind, nr, compat, wakerKind } = events;
    const { subject } = this.#question.probe;
    const asked = kindOf(subject);
    this.#calls.begin(names.recording.arch[0]!);
    let found = 0;
    for (let i = 0; i < count; i++) {
      const row = from + i;
      if (kind[row] !== asked) continue;
      if (subject === "syscall" && !this.#calls.has(nr[row]!, compat[row]!)) continue;
      if (subject === "wakeup" && wakerKind[row] === WakerKind.None) continue;
      this.#positions[found++] = i;
    }
    return found;
  }

  #selected(from: number, positions: number, isSelected: (row: number) => boolean): number {
    let kept = 0;
    for (let i = 0; i < positions; i++) {
      const position = this.#positions[i]!;
      if (isSelected(from + position)) this.#positions[kept++] = position;
    }
    return kept;
  }

  #filtered(positions: number, filter: ValueColumn): number {
    const values = filter.values();
    let kept = 0;
    for (let i = 0; i < positions; i++) {
      const position = this.#positions[i]!;
      if (isTrue(values[position]!)) this.#positions[kept++] = position;
    }
    return kept;
  }

  /** Leaves out periods that are not known whole, or are nobody's waiting, as other views do. */
  #known({ events }: EventBatch, from: number, positions: number): number {
    let kept = 0;
    for (let i = 0; i < positions; i++) {
      const row = from + this.#positions[i]!;
      if (events.edge[row] !== Edge.None && this.#options.open !== true) this.#uncounted.open++;
      else if (events.class[row] === OffcpuClass.IdleKernel && this.#options.idle !== true) this.#uncounted.idle++;
      else this.#positions[kept++] = this.#positions[i]!;
    }
    return kept;
  }

  #valued(positions: number, columns: readonly Float64Array[]): number {
    let left = positions;
    for (const values of columns) {
      let kept = 0;
      for (let i = 0; i < left; i++) {
        const position = this.#positions[i]!;
        if (!Number.isNaN(values[position]!)) this.#positions[kept++] = position;
      }
      left = kept;
    }
    this.#uncounted.withoutValue += positions - left;
    return left;
  }
}

interface Counted {
  readonly values: readonly (number | string)[];
  readonly count: number;
}

/** Ties by their values, numbers before texts: not by whose event came first, which parts of a recording cannot know. */
export function mostFirst(a: Counted, b: Counted): number {
  if (a.count !== b.count) return b.count - a.count;
  for (const [at, left] of a.values.entries()) {
    const right = b.values[at]!;
    if (left === right) continue;
    if (typeof left !== typeof right) return typeof left === "number" ? -1 : 1;
    return left < right ? -1 : 1;
  }
  return 0;
}

/** A value as people know it: text for text, the name of an error, else the number. */
export function shownValue(
  { dictionary }: Evaluator,
  { meaning }: CheckedExpression,
  value: number,
): number | string {
  if (meaning.type === "text") return dictionary.text(value);
  if (meaning.form === "field" && meaning.field === "errno") return errnoName(value);
  return value + 0; // which makes 0 of -0
}

/** Numbers of calls are below this; others are looked up each time. */
const NrMax = 1024;

/** Whether a probe is about a call, by number, looked up once for each. */
class CallVerdicts {
  readonly #probe: Probe;
  #arch = -1;
  /** By nr and compat: 0 not asked yet, 1 no, 2 yes. */
  readonly #known = new Uint8Array(2 * NrMax);

  constructor(probe: Probe) {
    this.#probe = probe;
  }

  begin(arch: number): void {
    if (arch !== this.#arch) this.#known.fill(0);
    this.#arch = arch;
  }

  has(nr: number, compat: number): boolean {
    if (this.#probe.calls.isAll) return true;
    const key = nr * 2 + compat;
    if (nr < 0 || nr >= NrMax) return this.#look(nr, compat);
    if (this.#known[key] === 0) this.#known[key] = this.#look(nr, compat) ? 2 : 1;
    return this.#known[key] === 2;
  }

  #look(nr: number, compat: number): boolean {
    return this.#probe.calls.includes(syscallName(syscallAbi(this.#arch, compat === 1), nr), nr);
  }
}
