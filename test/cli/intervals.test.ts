// Answers interval by interval: their order, the time above each, and JSON as one document for each.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { intervalTexts } from "../../analyzer/cli/intervals.js";
import type { Interval } from "../../analyzer/intervals.js";
import { clockText } from "../../analyzer/exports/clock-text.js";
import { offcpuView } from "../../analyzer/views/offcpu.js";
import { buildAnalysis, twoThreads } from "../views/build-analysis.js";

const test = suite("cli/intervals");

const recording = { startRealtimeNs: BigInt(Date.UTC(2026, 10, 23, 22, 59, 58)) * 1_000_000n };
const analysisOf = (blockedNs: number) =>
  buildAnalysis({
    threads: twoThreads,
    recording,
    meta: { timezone: "60" },
    offcpu: [{ comm: "mysqld", nr: -1, periods: 1, blockedNs }],
  });

async function* threeIntervals(): AsyncGenerator<Interval, void, undefined> {
  yield { fromNs: 0, toNs: 1e9, analysis: analysisOf(100) };
  yield { fromNs: 1e9, toNs: 2e9, analysis: analysisOf(200) };
  yield { fromNs: 2e9, toNs: 2.5e9, analysis: analysisOf(300) };
}

async function textOf(answer: Parameters<typeof intervalTexts>[1], json: boolean): Promise<string> {
  let text = "";
  for await (const { pieces } of intervalTexts(threeIntervals(), answer, { json })) {
    for (const piece of pieces) text += typeof piece === "string" ? piece : [...piece].join("");
  }
  return text;
}

test("under the time of the host's clock at which the interval ended", async () => {
  const total = (analysis: Interval["analysis"]) => `${offcpuView([analysis]).totals.totalNs} ns\n`;
  assert.is(await textOf(total, false), "[23:59:59]\n100 ns\n\n[00:00:00]\n200 ns\n\n[00:00:00]\n300 ns\n");
});

test("an answer in pieces is printed in pieces", async () => {
  assert.match(await textOf(() => ["a\n", "b\n"], false), "[23:59:59]\na\nb\n\n[00:00:00]\na\nb\n");
});

test("JSON is a document for each interval, which says which", async () => {
  const text = await textOf((analysis) => ({ totalNs: offcpuView([analysis]).totals.totalNs }), true);
  const documents = JSON.parse(`[${text.replaceAll("}\n{", "},{")}]`) as unknown;
  assert.equal(documents, [
    { fromNs: 0, toNs: 1e9, totalNs: 100 },
    { fromNs: 1e9, toNs: 2e9, totalNs: 200 },
    { fromNs: 2e9, toNs: 2.5e9, totalNs: 300 },
  ]);
});

test("a damaged clock does not throw", () => {
  assert.match(clockText(buildAnalysis({ recording: { startRealtimeNs: 2n ** 64n - 1n } }), 1e15), /^\d\d:\d\d:\d\d$/);
});

test.run();
