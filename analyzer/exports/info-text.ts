// What a recording is, as a page of labelled lines: what, where, when, for how long; then what is in
// it; then what is not.

import type { InfoView, StreamRow } from "../views/info.js";
import { warningText } from "../views/warnings.js";
import { completenessStatements } from "./completeness-text.js";
import { filterText, localTime } from "./heading-text.js";
import { statementLines } from "./labelled-text.js";
import type { Statement } from "./labelled-text.js";
import { printable } from "./style.js";
import type { Style } from "./style.js";
import { tableLines } from "./table-text.js";
import type { TableColumn } from "./table-text.js";
import { bytesText, countOf, countText, durationText, shareText } from "./units.js";

export function infoText(info: InfoView, style: Style): string {
  const lines = [
    ...statementLines(facts(info), style),
    "",
    ...tableLines(streamColumns, info.streams, style),
    "",
    ...tableLines(blockColumns(info.fileBytes), info.blocks, style),
    "",
    ...statementLines(gaps(info), style),
  ];
  return `${lines.join("\n")}\n`;
}

function facts(info: InfoView): Statement[] {
  const { meta } = info;
  const given = (label: string, text: string | undefined) => (text ? [{ label, text }] : []);
  const statements = [
    { label: "recording", text: `${info.source}, ${bytesText(info.fileBytes)}, format ${info.formatVersion}` },
    { label: "host", text: [meta.host ?? "unknown", ...hostFacts(info)].join(", ") },
    { label: "start", text: `${localTime(info)}, for ${durationText(info.durationNs)}: ${info.ended}` },
    { label: "what", text: `${filterText(info)}: ${meta.streams ?? "unknown streams"}` },
    ...given("command", meta.command),
    ...given("options", meta.options),
    ...given("recorder", meta.writer),
    ...given("sealed", sealedText(info)),
    { label: "events", text: `${countText(info.events)} of ${countOf(info.threads, "thread")}, ${eventCost(info)}` },
  ];
  return statements.map(({ label, text }) => ({ label, text: printable(text) }));
}

/** Nothing of recordings whose recorder did not know sealing. */
function sealedText({ sealed }: InfoView): string | undefined {
  if (sealed === undefined) return undefined;
  const { what, sectionBytes, symbols } = sealed;
  if (what === "none") return "nothing of the files that stacks lead through";
  const whole = what === "full" ? "all of" : "what frames need of";
  return `${whole} the files that stacks lead through: ${bytesText(sectionBytes)}, ${countOf(symbols, "symbol")}`;
}

function hostFacts({ meta, arch, cpus }: InfoView): string[] {
  const facts = [`${arch}, ${meta.cpusOnline ?? cpus} of ${cpus} CPUs online`];
  if (meta.kernel) facts.unshift(`Linux ${meta.kernel}`);
  if (meta.os) facts.unshift(meta.os);
  const memory = Number(meta.memoryBytes ?? "");
  if (memory > 0) facts.push(`${bytesText(memory)} of memory`);
  return facts;
}

function eventCost(info: InfoView): string {
  if (info.events === 0) return "nothing happened";
  const perSecond = info.durationNs === 0 ? 0 : (info.events * 1e9) / info.durationNs;
  return `${countText(Math.round(perSecond))} a second, ${info.bytesPerEvent.toFixed(2)} bytes each`;
}

const streamNames = { switch: "context switches", wake: "wakeups", syscall: "system calls" };

const streamColumns: readonly TableColumn<StreamRow>[] = [
  { title: "EVENTS", text: (row) => streamNames[row.stream] },
  { title: "SEEN", text: (row) => countText(row.seen) },
  { title: "RECORDED", text: (row) => countText(row.records) },
  { title: "LOST", text: (row) => (row.lost === 0 ? "-" : countText(row.lost)) },
  {
    title: "BYTES EACH",
    text: (row) => (row.records === 0 ? "-" : (row.fileBytes / row.records).toFixed(2)),
  },
];

function blockColumns(fileBytes: number): readonly TableColumn<InfoView["blocks"][number]>[] {
  return [
    { title: "BLOCKS OF", text: (row) => row.type },
    { title: "BLOCKS", text: (row) => countText(row.blocks) },
    { title: "RECORDS", text: (row) => countText(row.records) },
    { title: "RAW", text: (row) => bytesText(row.rawBytes) },
    { title: "IN FILE", text: (row) => bytesText(row.fileBytes) },
    { title: "OF FILE", text: (row) => shareText(row.fileBytes, fileBytes) },
  ];
}

function gaps(info: InfoView): Statement[] {
  const { completeness } = info;
  const statements = completenessStatements(completeness, {});
  if (!completeness.lowerBound) statements.push({ label: "lost", text: "nothing" });
  const oddities = [
    [info.contradictions, "states contradicted by the next record"],
    [info.backwards, "records older than the state they change"],
    [info.spuriousWakes, "wakeups of threads that were not asleep"],
  ] as const;
  for (const [count, what] of oddities) {
    if (count > 0) statements.push({ label: "odd", text: `${countText(count)} ${what}` });
  }
  return [...statements, ...warningStatements(info)];
}

/** Warnings of one recording that are shown; a file of noise would have thousands. */
const WarningsShownMax = 20;

function warningStatements({ warnings }: InfoView): Statement[] {
  const statements = warnings.slice(0, WarningsShownMax).map((warning) => ({
    label: "warning",
    text: warningText({ ...warning, source: "it" }),
    isAlert: true,
  }));
  const more = warnings.length - statements.length;
  if (more > 0) statements.push({ label: "warning", text: `and ${countText(more)} more`, isAlert: true });
  return statements;
}
