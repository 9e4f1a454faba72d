// `offcut hist`: argdist after the fact. Distributions of anything that an expression can say of
// system calls, off-CPU periods and wakeups, over the whole of recordings or an interval at a time.

import type { Analysis, Names } from "../analysis.js";
import type { EventBatch } from "../event-batch.js";
import { ExitCode, UsageError } from "../errors.js";
import { Evaluator } from "../expressions/evaluator.js";
import { looksLikeProbe } from "../expressions/probe.js";
import { referenceText } from "../expressions/reference.js";
import { clockText } from "../exports/clock-text.js";
import { csvLine } from "../exports/csv-text.js";
import { jsonText } from "../exports/json-text.js";
import { probeCsv, probeCsvHeader, probeText } from "../exports/probe-text.js";
import { countOf } from "../exports/units.js";
import { filterOptions } from "../filters/filters.js";
import { refuseUnknownHost } from "../filters/hosts.js";
import type { PassOptions } from "../pass-options.js";
import { recordingRows } from "../views/info.js";
import { isOpenAtEnd } from "../views/periods.js";
import { mergeAnswers } from "../views/merge-answers.js";
import { ProbeRun, rowAt } from "../views/probe-answers.js";
import type { ProbeAnswer } from "../views/probe-answers.js";
import { hostName } from "../views/threads.js";
import type { Arguments } from "./arguments.js";
import { recordingsAmong } from "./arguments.js";
import type { Command } from "./command.js";
import { openEvents, readFileEvents, reportGaps, selectorOf } from "./event-reading.js";
import { readFormat } from "./formats.js";
import type { Format } from "./formats.js";
import { answerInParts } from "./hist-on-cpus.js";
import { readHistQuestions } from "./hist-questions.js";
import { intervalOption, readSeconds } from "./intervals.js";
import { asWritten, looksForFrames, showerOf } from "./naming.js";
import { jobsOption, readJobs } from "./on-cpus.js";
import { note, print } from "./output.js";
import { exitCodeFor } from "./recordings.js";

export const hist: Command = {
  name: "hist",
  operands: "FILE... 'PROBE'...",
  summary: "Histograms and counts of arguments, results and times, as argdist prints them",
  options: [
    { flags: "-H, --log2", description: "Histograms of powers of two (for a PROBE of one number)" },
    { flags: "--linear <MIN,MAX,STEP>", description: "Histograms of equal steps: 0,1ms,100us" },
    { flags: "-C, --count <PROBE>", description: "Count each value or tuple: comm,nr,ret or openat:errno" },
    { flags: "-S, --sum <PROBE>", description: "Sum the last number for each tuple before it: read:ret > 0:comm,ret" },
    { flags: "--by <EXPR,...>", description: "A histogram of its own for each of these: comm" },
    { flags: "-T, --top <N>", description: "Show the N largest counts, sums or histograms (all)" },
    intervalOption,
    { flags: "--open", description: "Also periods that the recording's start or end cut off" },
    { flags: "--idle <MODE>", description: "Kernel threads that idle for want of work: show, or hide (hide)" },
    ...filterOptions,
    jobsOption,
    { flags: "--json", description: "Everything, as JSON" },
    { flags: "--csv", description: "One PROBE's rows, as CSV" },
    { flags: "--reference", description: "All of the language of probes, with examples" },
  ],
  examples: [
    "offcut hist web1.offcut 'read:count'                       # sizes asked for",
    "offcut hist web1.offcut 'read:ret > 0:$latency' 'wakeup:latency'",
    "offcut hist web1.offcut -C 'openat:errno != 0:comm,errno' -T 10",
    "offcut hist web1.offcut --linear 0,1ms,50us 'fsync,fdatasync:latency' -i 1",
  ],
  run,
};

async function run(args: Arguments): Promise<ExitCode> {
  if (args.has("reference")) {
    await print(referenceText());
    return ExitCode.Answered;
  }
  const format = readFormat(args, "json", "csv");
  const files = recordingsAmong(args.operands.filter((word) => !looksLikeProbe(word)));
  const asked = readHistQuestions(args);
  const { questions, kinds, filters } = asked;
  if (format === "csv" && questions.length > 1) throw new UsageError("--csv is one table; give one PROBE");
  const evaluator = new Evaluator();
  const run = new ProbeRun(evaluator, questions, asked.options);
  const intervalNs = readSeconds(args, "interval");
  if (intervalNs !== undefined && files.length > 1) {
    throw new UsageError("--interval answers one recording at a time");
  }
  const writer = new Writer(format, args.count("top", 1, Infinity));
  const intervals = new Intervals(run, writer, intervalNs);
  const cpus = readJobs(args);
  const show = await showerOf(asWritten, looksForFrames(filters.selection));
  const analyses: Analysis[] = [];
  const parts: (readonly ProbeAnswer[])[] = [];
  for (const file of files) {
    const divided = intervalNs === undefined ? await answerInParts(file, asked, args.raw, cpus) : undefined;
    if (divided !== undefined) {
      parts.push(...divided.answers);
      analyses.push(divided.analysis);
      continue;
    }
    const opened = await openEvents(file, filters);
    intervals.begin(opened.pass);
    const take = async (batch: EventBatch) => {
      if (intervalNs !== undefined) refuseUnknownHost([hostName(batch.names)], filters);
      await intervals.take(batch, selectorOf({ ...batch, names: show(batch.names) }, filters.selection));
    };
    const analysis = await readFileEvents(opened, kinds, filters, cpus, { evaluator, take });
    analyses.push(analysis);
  }
  refuseUnknownHost(analyses.map(hostName), filters);
  if (intervalNs === undefined) {
    const answers = run.answers();
    await writer.whole(parts.length === 0 ? answers : mergeAnswers(questions, [...parts, answers]), analyses);
  } else await intervals.end(analyses[0]!);
  writer.end();
  for (const analysis of analyses) reportGaps(analysis);
  return exitCodeFor(analyses);
}

/** Cuts the events of a recording where intervals end, and has each written as soon as it is whole. */
class Intervals {
  readonly #run: ProbeRun;
  readonly #writer: Writer;
  readonly #lengthNs: number;
  #toNs = Infinity;
  /** Where the time asked for ends: the interval in which it does is the last one. */
  #endNs = Infinity;

  /** Without a length there is one interval, which is not written here. */
  constructor(run: ProbeRun, writer: Writer, lengthNs = Infinity) {
    this.#run = run;
    this.#writer = writer;
    this.#lengthNs = lengthNs;
  }

  /** Begins a recording, of which this time is asked for. */
  begin({ fromNs = 0, toNs = Infinity }: PassOptions): void {
    this.#toNs = fromNs + this.#lengthNs;
    this.#endNs = toNs;
  }

  async take(batch: EventBatch, isSelected: ((row: number) => boolean) | undefined): Promise<void> {
    const { length } = batch.events;
    for (let from = 0; from < length; ) {
      const to = this.#rowAtEnd(batch, from);
      this.#run.take(batch, from, to, isSelected);
      from = to;
      if (from < length) await this.#cut(batch.names, this.#toNs);
    }
  }

  /** The first row from `from` on that belongs to a later interval. */
  #rowAtEnd({ events: { timeNs, edge, length } }: EventBatch, from: number): number {
    if (this.#toNs >= this.#endNs) return length;
    const row = rowAt(timeNs, this.#toNs, from);
    // What the recording's end cut off belongs to the interval that ends with it.
    return timeNs[row] === this.#toNs && isOpenAtEnd(edge[row]!) ? length : row;
  }

  /** Writes the intervals until the recording's end, which cuts the last one. */
  async end(analysis: Analysis): Promise<void> {
    const { startNs, endNs } = analysis.recording;
    const lastNs = Number(endNs[0]! - startNs[0]!);
    while (this.#toNs < Math.min(lastNs, this.#endNs)) await this.#cut(analysis, this.#toNs);
    await this.#cut(analysis, lastNs);
  }

  async #cut(names: Names, toNs: number): Promise<void> {
    await this.#writer.interval(this.#run.answers(), this.#toNs - this.#lengthNs, toNs, names);
    this.#run.clear();
    this.#toNs += this.#lengthNs;
  }
}

type HistFormat = Exclude<Format, "folded">;

/** Writes answers, and keeps what they did not count for the end. */
class Writer {
  readonly #format: HistFormat;
  readonly #top: number;
  readonly #uncounted = new Map<string, Uncounted>();
  #isFirst = true;

  constructor(format: HistFormat, top: number) {
    this.#format = format;
    this.#top = top;
  }

  async whole(answers: readonly ProbeAnswer[], analyses: readonly Analysis[]): Promise<void> {
    this.#addUncounted(answers);
    if (this.#format === "csv") await this.#csv(answers, []);
    else if (this.#format === "json") await print(jsonText({ recordings: recordingRows(analyses), answers }));
    else await print(probeText(answers, { top: this.#top }));
  }

  async interval(answers: readonly ProbeAnswer[], fromNs: number, toNs: number, names: Names): Promise<void> {
    this.#addUncounted(answers);
    if (this.#format === "csv") await this.#csv(answers, [fromNs]);
    else if (this.#format === "json") await print(jsonText({ fromNs, toNs, answers }));
    else {
      const stamp = `${this.#isFirst ? "" : "\n"}[${clockText(names, toNs)}]\n`;
      await print(stamp + probeText(answers, { top: this.#top }));
    }
    this.#isFirst = false;
  }

  end(): void {
    for (const [probe, uncounted] of this.#uncounted) noteUncounted(probe, uncounted);
  }

  async #csv(answers: readonly ProbeAnswer[], before: readonly number[]): Promise<void> {
    const answer = answers[0]!;
    const header = csvLine([...before.map(() => "fromNs"), ...probeCsvHeader(answer)]);
    await print((this.#isFirst ? header : "") + probeCsv(answer, before, this.#top));
  }

  #addUncounted(answers: readonly ProbeAnswer[]): void {
    for (const { probe, withoutValue, open, idle } of answers) {
      const before = this.#uncounted.get(probe) ?? { withoutValue: 0, open: 0, idle: 0 };
      this.#uncounted.set(probe, {
        withoutValue: before.withoutValue + withoutValue,
        open: before.open + open,
        idle: before.idle + idle,
      });
    }
  }
}

type Uncounted = Pick<ProbeAnswer, "withoutValue" | "open" | "idle">;

function noteUncounted(probe: string, { withoutValue, open, idle }: Uncounted): void {
  const reasons = [
    [withoutValue, "without such a value (as calls under way when the recording began have no latency)"],
    [open, "cut off by the recording's start or end; --open adds them"],
    [idle, "of kernel threads without work; --idle show adds them"],
  ] as const;
  for (const [count, reason] of reasons) {
    if (count > 0) note(`${probe}: not counted: ${countOf(count, "event")} ${reason}`);
  }
}
