// What a recording is, as a page of labelled lines: what, where, when, for how long; then what is in
// it; then what is not.

import type { InfoView, StreamRow } from "../views/info.js";
import { coverageLine, leftOutLines, lossText } from "./completeness-text.js";
import { filterText, localTime } from "./heading-text.js";
import { printable } from "./style.js";
import type { Style } from "./style.js";
import { tableLines } from "./table-text.js";
import type { TableColumn } from "./table-text.js";
import { bytesText, countOf, countText, durationText, shareText } from "./units.js";

const LabelWidth = 12;

export function infoText(info: InfoView, style: Style): string {
  const lines = [
    ...labelled(info, style),
    "",
    ...tableLines(streamColumns, info.streams, style),
    "",
    ...tableLines(blockColumns(info.fileBytes), info.blocks, style),
    "",
    ...completenessLines(info, style),
  ];
  return `${lines.join("\n")}\n`;
}

function labelled(info: InfoView, style: Style): string[] {
  const { meta } = info;
  const label = (name: string, text: string) => style.dim(name.padEnd(LabelWidth)) + printable(text);
  const lines = [
    label("recording", `${info.source}, format ${info.formatVersion}, ${bytesText(info.fileBytes)}`),
    label("host", `${meta.host ?? "unknown"}, ${hostFacts(info).join(", ")}`),
    label("start", `${localTime(info)}, for ${durationText(info.durationNs)}: ${info.ended}`),
    label("what", `${filterText(info)}: ${meta.streams ?? "unknown streams"}`),
  ];
  if (meta.command) lines.push(label("command", meta.command));
  if (meta.options) lines.push(label("options", meta.options));
  if (meta.writer) lines.push(label("recorder", meta.writer));
  lines.push(
    label("events", `${countText(info.events)} of ${countOf(info.threads, "thread")}, ${eventCost(info)}`),
  );
  return lines;
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

function completenessLines(info: InfoView, style: Style): string[] {
  const { completeness } = info;
  const lines = [
    completeness.lowerBound
      ? style.alert(`lost: ${lossText(completeness.lost)}; every result is a lower bound`)
      : "lost: nothing",
    coverageLine(completeness.coverage),
    ...leftOutLines(completeness, { open: false, idle: false }),
  ];
  if (completeness.unknownNs > 0) {
    lines.push(`unknown: ${durationText(completeness.unknownNs)} of thread time`);
  }
  const oddities = [
    [info.contradictions, "state contradicted by the next record"],
    [info.backwards, "record older than the state it changes"],
    [info.spuriousWakes, "wakeup of a thread that was not asleep"],
  ] as const;
  for (const [count, what] of oddities) {
    if (count > 0) lines.push(`odd: ${countText(count)} x ${what}`);
  }
  return lines;
}
