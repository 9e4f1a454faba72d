// What `offcut hist` is asked, read from its words: by each thread that answers a part of it anew,
// because what expressions mean cannot be sent from one to another.

import type { EventKind } from "../../assembly/tables.js";
import { UsageError } from "../errors.js";
import { kindOf, looksLikeProbe, readProbe } from "../expressions/probe.js";
import { readQuantity } from "../expressions/tokens.js";
import { readFilters } from "../filters/filters.js";
import type { Filters } from "../filters/filters.js";
import { formOf } from "../views/probe-answers.js";
import type { ProbeOptions, Question } from "../views/probe-answers.js";
import type { Steps } from "../views/value-histogram.js";
import type { Arguments } from "./arguments.js";

/** Buckets of --linear; a terminal shows a few dozen. */
const StepsMax = 10_000;

export interface HistQuestions {
  readonly questions: readonly Question[];
  readonly options: ProbeOptions;
  /** What must be read for them. */
  readonly kinds: readonly EventKind[];
  readonly filters: Filters;
}

export function readHistQuestions(args: Arguments): HistQuestions {
  const questions = readQuestions(args);
  const kinds = [...new Set(questions.map(({ probe }) => kindOf(probe.subject)))];
  const filters = readFilters(args);
  return { questions, kinds, filters, options: { open: args.has("open"), idle: readIdle(args) } };
}

/** One period has no mean and no history to be called idle by, as the rules of `offcpu --idle` do. */
function readIdle(args: Arguments): boolean {
  const mode = args.value("idle") ?? "hide";
  if (mode !== "show" && mode !== "hide") throw new UsageError(`--idle takes show or hide, not "${mode}"`);
  return mode === "show";
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
