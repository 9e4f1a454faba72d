// `offcut hist`: argdist after the fact. Distributions of anything that an expression can say of
// system calls, off-CPU periods and wakeups, over the whole of recordings or an interval at a time.

import type { Analysis } from "../analysis.js";
import type { EventBatch } from "../event-batch.js";
import { ExitCode, UsageError } from "../errors.js";
import { Evaluator } from "../expressions/evaluator.js";
import { kindOf, looksLikeProbe, readProbe } from "../expressions/probe.js";
import { referenceText } from "../expressions/reference.js";
import { readQuantity } from "../expressions/tokens.js";
import { csvLine } from "../exports/csv-text.js";
import { jsonText } from "../exports/json-text.js";
import { probeCsv, probeCsvHeader, probeText } from "../exports/probe-text.js";
import { countOf } from "../exports/units.js";
import { recordingRows, timezoneMinutes } from "../views/info.js";
import { formOf, ProbeRun, rowAt } from "../views/probe-answers.js";
import type { ProbeAnswer, Question } from "../views/probe-answers.js";
import type { Steps } from "../views/value-histogram.js";
import type { Arguments } from "./arguments.js";
import { recordingsAmong } from "./arguments.js";
import type { Command } from "./command.js";
import { readFileEvents, reportGaps } from "./event-reading.js";
import { filterOptions, readFilters } from "./filters.js";
import { note, print } from "./output.js";
import { exitCodeFor } from "./recordings.js";

/** Buckets of --linear; a terminal shows a few dozen. */
const StepsMax = 10_000;

const NsPerSecond = 1e9;

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
    { flags: "-i, --interval <SECONDS>", description: "An answer for each so many seconds" },
    { flags: "--open", description: "Also periods that the recording's start or end cut off" },
    { flags: "--idle", description: "Also kernel threads that idle for want of work" },
    ...filterOptions,
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
  const format = readFormat(args);
  const files = recordingsAmong(args.operands.filter((word) => !looksLikeProbe(word)));
  const questions = readQuestions(args);
  if (format === "csv" && questions.length > 1) throw new UsageError("--csv is one table; give one PROBE");
  const filters = readFilters(args);
  const kinds = [...new Set(questions.map(({ probe }) => kindOf(probe.subject)))];
  const run = new ProbeRun(new Evaluator(), questions, { open: args.has("open"), idle: args.has("idle") });
  const seconds = args.count("interval", 1, 0);
  const writer = new Writer(format, args.count("top", 1, Infinity), seconds > 0);
  const analyses: Analysis[] = [];
  for (const file of files) {
    const intervals = new Intervals(run, writer, seconds * NsPerSecond);
    const analysis = await readFileEvents(file, kinds, filters, (batch, isSelected) =>
      intervals.take(batch, isSelected),
    );
    analyses.push(analysis);
    if (seconds > 0) await intervals.end(analysis);
  }
  if (seconds === 0) await writer.whole(run.answers());
  await writer.end(analyses);
  for (const analysis of analyses) reportGaps(analysis);
  return exitCodeFor(analyses);
}

type Format = "text" | "json" | "csv";

function readFormat(args: Arguments): Format {
  if (args.has("json") && args.has("csv")) {
    throw new UsageError("--json and --csv are two formats of the same answer; choose one");
  }
  if (args.has("json")) return "json";
  return args.has("csv") ? "csv" : "text";
}

function readQuestions(args: Arguments): Question[] {
  const steps = readSteps(args.value("linear"));
  if (steps !== undefined && args.has("log2")) {
    throw new UsageError("--log2 and --linear are two forms of the same histogram; choose one");
  }
  const form = steps ?? (args.has("log2") ? "log2" : undefined);
  const probes = args.operands.filter(looksLikeProbe).map((text) => readProbe(text, args.value("by")));
  const questions = [
    ...probes.map((probe) => ({ probe, form: form ?? formOf(probe) })),
    ...args.values("count").map((text) => ({ probe: readProbe(text), form: "counts" as const })),
    ...args.values("sum").map((text) => ({ probe: readProbe(text), form: "sums" as const })),
  ];
  if (questions.length === 0) {
    throw new UsageError("what of? Give a PROBE, such as 'read:count'; offcut hist --reference explains them");
  }
  for (const question of questions) refuseText(question);
  return questions;
}

function refuseText({ probe, form }: Question): void {
  if (form === "counts") return;
  if (form === "sums") {
    if (probe.expressions.at(-1)!.meaning.type === "number") return;
    throw new UsageError(`--sum sums the last expression, and that of ${probe.text} is text`);
  }
  if (formOf(probe) === "log2") return;
  throw new UsageError(`a histogram is of one number, and ${probe.text} is not; -C counts text and tuples`);
}

function readSteps(text: string | undefined): Steps | undefined {
  if (text === undefined) return undefined;
  const [min, max, step, ...more] = text.split(",").map((part) => readQuantity(part.trim()));
  if (min === undefined || max === undefined || step === undefined || more.length > 0) {
    throw new UsageError(`--linear takes MIN,MAX,STEP as 0,4K,256 or 0,1ms,100us, not "${text}"`);
  }
  if (step === 0 || max <= min) throw new UsageError("--linear needs a MAX above MIN and a STEP above 0");
  if ((max - min) / step > StepsMax) throw new UsageError(`--linear has more than ${StepsMax} steps; make STEP larger`);
  return { min, max, step };
}

/** Cuts the events of one recording where intervals end, and has each written as soon as it is whole. */
class Intervals {
  readonly #run: ProbeRun;
  readonly #writer: Writer;
  /** 0: no intervals. */
  readonly #lengthNs: number;
  #toNs: number;

  constructor(run: ProbeRun, writer: Writer, lengthNs: number) {
    this.#run = run;
    this.#writer = writer;
    this.#lengthNs = lengthNs;
    this.#toNs = lengthNs === 0 ? Infinity : lengthNs;
  }

  async take(batch: EventBatch, isSelected: ((row: number) => boolean) | undefined): Promise<void> {
    const { timeNs, length } = batch.events;
    for (let from = 0; from < length; ) {
      const to = rowAt(timeNs, this.#toNs, from);
      this.#run.take(batch, from, to, isSelected);
      from = to;
      if (from < length) await this.#cut(batch.names);
    }
  }

  /** Writes the last interval, which the recording's end cut. */
  async end(analysis: Analysis): Promise<void> {
    await this.#cut(analysis);
  }

  async #cut(names: EventBatch["names"]): Promise<void> {
    const fromNs = this.#toNs - this.#lengthNs;
    await this.#writer.interval(this.#run.answers(), fromNs, this.#toNs, names);
    this.#run.clear();
    this.#toNs += this.#lengthNs;
  }
}

/** Writes answers as they come, or for JSON at the end. */
class Writer {
  readonly #format: Format;
  readonly #top: number;
  readonly #hasIntervals: boolean;
  readonly #intervals: unknown[] = [];
  #whole: readonly ProbeAnswer[] = [];
  readonly #uncounted = new Map<string, Uncounted>();
  #isFirst = true;

  constructor(format: Format, top: number, hasIntervals: boolean) {
    this.#format = format;
    this.#top = top;
    this.#hasIntervals = hasIntervals;
  }

  async whole(answers: readonly ProbeAnswer[]): Promise<void> {
    this.#whole = answers;
    if (this.#format === "text") await print(probeText(answers, { top: this.#top }));
    if (this.#format === "csv") await this.#csv(answers, []);
    this.#addUncounted(answers);
  }

  async interval(
    answers: readonly ProbeAnswer[],
    fromNs: number,
    toNs: number,
    names: EventBatch["names"],
  ): Promise<void> {
    this.#addUncounted(answers);
    if (this.#format === "json") this.#intervals.push({ source: names.source, fromNs, toNs, answers });
    if (this.#format === "csv") await this.#csv(answers, [names.source, fromNs]);
    if (this.#format !== "text") return;
    await print(`[${clockText(names, toNs)}]\n${probeText(answers, { top: this.#top })}\n`);
  }

  async end(analyses: readonly Analysis[]): Promise<void> {
    if (this.#format === "json") {
      const answer = this.#hasIntervals ? { intervals: this.#intervals } : { answers: this.#whole };
      await print(jsonText({ recordings: recordingRows(analyses), ...answer }));
    }
    for (const [probe, uncounted] of this.#uncounted) noteUncounted(probe, uncounted);
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

  async #csv(answers: readonly ProbeAnswer[], before: readonly (number | string)[]): Promise<void> {
    const answer = answers[0]!;
    const header = [...(before.length > 0 ? ["source", "fromNs"] : []), ...probeCsvHeader(answer)];
    await print((this.#isFirst ? csvLine(header) : "") + probeCsv(answer, before, this.#top));
    this.#isFirst = false;
  }
}

/** `14:03:05`: what the host's clock showed that long after the recording's start. */
function clockText({ recording, meta }: EventBatch["names"], ns: number): string {
  const startMs = Number(recording.startRealtimeNs[0]! / 1_000_000n);
  const localMs = startMs + ns / 1e6 + timezoneMinutes(meta.get("timezone")) * 60_000;
  return new Date(localMs).toISOString().slice(11, 19);
}

type Uncounted = Pick<ProbeAnswer, "withoutValue" | "open" | "idle">;

function noteUncounted(probe: string, { withoutValue, open, idle }: Uncounted): void {
  const reasons = [
    [withoutValue, "have no such value (as calls under way when the recording began have no latency)"],
    [open, "were cut off by the recording's start or end; --open adds them"],
    [idle, "were of kernel threads without work; --idle adds them"],
  ] as const;
  for (const [count, reason] of reasons) {
    if (count > 0) note(`${probe}: not counted: ${countOf(count, "event")} that ${reason}`);
  }
}
