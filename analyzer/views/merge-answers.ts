// Answers to the same probes about parts of recordings, each of other threads' events, put together as
// one run over all events gives them. Counts add up in any order; sums, which may round, do not, and
// what an event says of another thread only one that follows all threads knows.

import { someMeaning } from "../expressions/checker.js";
import type { Meaning } from "../expressions/checker.js";
import { mostFirst } from "./probe-answers.js";
import type { CountsAnswer, HistogramAnswer, ProbeAnswer, Question } from "./probe-answers.js";
import { newHistogram, refuseHistograms } from "./probe-sums.js";
import { refuseTuples } from "./tuple-counts.js";
import type { Steps } from "./value-histogram.js";

/** Whether a question can be asked of parts. That no call has an argument is an error of the whole, too. */
export function isAskedOfParts({ probe, form }: Question): boolean {
  const expressions = [...probe.by, ...probe.expressions].map(({ meaning }) => meaning);
  const asked = probe.filter === undefined ? expressions : [...expressions, probe.filter];
  return form !== "sums" && !asked.some((meaning) => someMeaning(meaning, isOfTheWhole));
}

function isOfTheWhole(meaning: Meaning): boolean {
  if (meaning.form === "argument" || meaning.form === "position") return true;
  return meaning.form === "field" && meaning.field.startsWith("waker");
}

/** `parts`: of each the answers, in the order of `questions`, all of which can be asked of parts. */
export function mergeAnswers(questions: readonly Question[], parts: readonly (readonly ProbeAnswer[])[]): ProbeAnswer[] {
  return questions.map(({ form }, at) => {
    const answers = parts.map((part) => part[at]!);
    if (typeof form === "object") return mergeHistograms(answers as HistogramAnswer[], form);
    return form === "log2" ? mergeHistograms(answers as HistogramAnswer[]) : mergeCounts(answers as CountsAnswer[]);
  });
}

function mergeCounts(answers: readonly CountsAnswer[]): CountsAnswer {
  const rows = grouped(answers.flatMap((answer) => answer.rows)).map((same) => ({
    values: same[0]!.values,
    count: totalOf(same, "count"),
  }));
  refuseTuples(rows.length);
  return { ...answers[0]!, ...totals(answers), rows: rows.sort(mostFirst) };
}

function mergeHistograms(answers: readonly HistogramAnswer[], steps?: Steps): HistogramAnswer {
  const histograms = grouped(answers.flatMap((answer) => answer.histograms)).map((same) => {
    const histogram = newHistogram(steps);
    for (const { rows } of same) histogram.addRows(rows);
    return { values: same[0]!.values, count: totalOf(same, "count"), rows: histogram.rows() };
  });
  refuseHistograms(histograms.length);
  return { ...answers[0]!, ...totals(answers), histograms: histograms.sort(mostFirst) };
}

/** Those of the same values together. */
function grouped<Row extends { readonly values: readonly (number | string)[] }>(rows: readonly Row[]): Row[][] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = JSON.stringify(row.values);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return [...groups.values()];
}

const totalled = ["events", "withoutValue", "open", "idle"] as const;

function totals(answers: readonly ProbeAnswer[]): Pick<ProbeAnswer, (typeof totalled)[number]> {
  const [events, withoutValue, open, idle] = totalled.map((name) => totalOf(answers, name));
  return { events: events!, withoutValue: withoutValue!, open: open!, idle: idle! };
}

function totalOf<Name extends string>(rows: readonly Readonly<Record<Name, number>>[], name: Name): number {
  return rows.reduce((sum, row) => sum + row[name], 0);
}
