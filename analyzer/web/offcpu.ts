// Where threads waited: `offcut offcpu`, by stack, or summed by one thing.

import { useMemo } from "preact/hooks";
import {
  csvText,
  foldedRows,
  foldedSums,
  foldedText,
  jsonText,
  offcpuGroups,
  offcpuGroupsView,
  offcpuText,
  offcpuView,
  plainStyle,
  recordingRows,
} from "../index.js";
import type { Analysis, OffcpuGroup, OffcpuGroupRow, OffcpuRow } from "../index.js";
import { completenessStatements } from "../exports/completeness-text.js";
import { offcpuGroupsText } from "../exports/offcpu-groups-text.js";
import { offcpuStatements } from "../exports/offcpu-text.js";
import { hostMark } from "../exports/host-mark.js";
import { printable } from "../exports/style.js";
import { durationText } from "../exports/units.js";
import { offcpuFields } from "../views/offcpu.js";
import { offcpuGroupFields } from "../views/offcpu-groups.js";
import { Answer, tableExports } from "./answer.js";
import { callFilter, idFilter, nameFilter, stateFilter } from "./cell-filters.js";
import { Choice } from "./choice.js";
import type { Column } from "./columns.js";
import { Facts, Stacks } from "./details.js";
import { h } from "./element.js";
import type { ComponentChild } from "./element.js";
import { leafText } from "./leaf-text.js";
import { countColumn, shareColumn, timeColumn } from "./number-columns.js";
import type { Panel, PanelProps } from "./panel.js";
import { useSortedRows } from "./sorted-rows.js";
import { inCallColumn, threadColumn, tidColumn } from "./subject-columns.js";
import { Table } from "./table.js";
import type { Changes, Words } from "./words.js";

type Grouping = OffcpuGroup | "stack";

export const offcpu: Panel = {
  id: "offcpu",
  title: "Off-CPU",
  answer: "offcpu",
  extras: () => ["idle", "open"],
  tables: () => ({}),
  command: ({ own }) => (groupingOf(own) === "stack" ? [] : ["--group-by", groupingOf(own)]),
  View: (props) => (groupingOf(props.own) === "stack" ? h(ByStack, props) : h(ByGroup, props)),
};

function groupingOf(own: Words): Grouping {
  return offcpuGroups.find((group) => group === own.value("group-by")) ?? "stack";
}

const groupings: readonly (readonly [Grouping, string])[] = [
  ["stack", "stack"],
  ["comm", "name"],
  ["pid", "process"],
  ["tid", "thread"],
  ["syscall", "system call"],
  ["state", "state"],
  ["cgroup", "cgroup"],
  ["host", "host"],
];

function Groupings({ own, change }: Pick<PanelProps, "own" | "change">): ComponentChild {
  const onChoose = (group: Grouping) => change({ "group-by": group === "stack" ? undefined : group, sort: undefined });
  return h(Choice<Grouping>, { label: "By", words: groupings, chosen: groupingOf(own), onChoose });
}

function foldedExport(analyses: readonly Analysis[], periods: PanelProps["periods"]) {
  return { title: "Folded", ending: ".folded", text: () => foldedText(foldedRows(foldedSums(analyses, periods))) };
}

function ByStack({ analyses, periods, own, change, filter, fileName }: PanelProps): ComponentChild {
  const view = useMemo(() => offcpuView(analyses, periods), [analyses, periods]);
  const columns = useMemo(() => stackColumns(view.rows, view.totals.totalNs), [view]);
  const table = useSortedRows(view.rows, columns, own.value("sort"), (sort) => change({ sort }));
  const { rows } = table;
  const textOptions = { ...periods, top: Infinity, delimited: false, open: periods.open === true };
  const texts = {
    csv: () => csvText(offcpuFields, rows),
    json: () => jsonText({ recordings: recordingRows(analyses), ...view, rows }),
    text: () => offcpuText(analyses, { ...view, rows }, textOptions, plainStyle),
  };
  const exports = tableExports(".offcpu", texts, [foldedExport(analyses, periods)]);
  const details = (row: OffcpuRow) => [
    h("h3", null, printable(`${row.comm} (${row.tid})`)),
    h(Facts<OffcpuRow>, { row, columns: columns.slice(1) }),
    h(Stacks, { ...row, filter }),
  ];
  return h(
    Answer,
    { statements: offcpuStatements(view, periods), choices: h(Groupings, { own, change }), exports, fileName, filter },
    [h(Table<OffcpuRow>, { ...table, label: "Off-CPU time by stack", onFilter: filter, details })],
  );
}

const FramesInCell = 4;

function stackColumns(rows: readonly OffcpuRow[], allNs: number): readonly Column<OffcpuRow>[] {
  return [
    { id: "where", title: "Where", term: "stack", grows: true, text: (row) => printable(leafText(row, FramesInCell)) },
    threadColumn(rows),
    tidColumn(),
    { ...inCallColumn<OffcpuRow>(), term: "system call" },
    {
      id: "state",
      title: "State",
      text: (row) => (row.open === "" ? row.class : `${row.class}, open at ${row.open}`),
      filter: (row) => stateFilter(row.class),
    },
    countColumn("periods", "Periods", (row) => row.periods, "period"),
    timeColumn("total", "Total", (row) => row.totalNs, { term: "off-CPU", rows }),
    shareColumn("share", "Share", (row) => row.totalNs, allNs, "share"),
    timeColumn("blocked", "Blocked", (row) => row.blockedNs, { term: "blocked" }),
    timeColumn("runnable", "Runnable", (row) => row.runnableNs, { term: "runnable" }),
    timeColumn("max", "Max", (row) => row.maxNs, { term: "max" }),
  ];
}

function ByGroup({ analyses, periods, own, change, filter, fileName }: PanelProps): ComponentChild {
  const by = groupingOf(own) as OffcpuGroup;
  const view = useMemo(() => offcpuGroupsView(analyses, by, periods), [analyses, periods, by]);
  const columns = useMemo(() => groupColumns(by, view.rows, view.totalNs), [by, view]);
  const table = useSortedRows(view.rows, columns, own.value("sort"), (sort) => change({ sort }));
  const { rows } = table;
  const texts = {
    csv: () => csvText(offcpuGroupFields, rows),
    json: () => jsonText({ recordings: recordingRows(analyses), ...view, rows }),
    text: () => offcpuGroupsText(analyses, { ...view, rows }, { ...periods, by, top: Infinity }, plainStyle),
  };
  const exports = tableExports(`.offcpu-by-${by}`, texts, [foldedExport(analyses, periods)]);
  const statements = [
    { label: "off-CPU", text: durationText(view.totalNs) },
    ...completenessStatements(view.completeness, periods),
  ];
  return h(Answer, { statements, choices: h(Groupings, { own, change }), exports, fileName, filter }, [
    h(Table<OffcpuGroupRow>, { ...table, label: `Off-CPU time by ${by}`, onFilter: filter }),
  ]);
}

function groupColumns(
  by: OffcpuGroup,
  rows: readonly OffcpuGroupRow[],
  allNs: number,
): readonly Column<OffcpuGroupRow>[] {
  const host = hostMark(rows);
  return [
    {
      id: "group",
      title: titleOf(by),
      grows: true,
      text: (row) => printable(groupText(row, by, host(row))),
      filter: (row) => groupFilter(row, by),
    },
    countColumn("threads", "Threads", (row) => row.threads),
    countColumn("periods", "Periods", (row) => row.periods, "period"),
    timeColumn("total", "Total", (row) => row.totalNs, { term: "off-CPU", rows }),
    shareColumn("share", "Share", (row) => row.totalNs, allNs, "share"),
    timeColumn("blocked", "Blocked", (row) => row.blockedNs, { term: "blocked", rows }),
    timeColumn("runnable", "Runnable", (row) => row.runnableNs, { term: "runnable", rows }),
    timeColumn("preempted", "Preempted", (row) => row.preemptedNs, { term: "preempted", rows }),
    timeColumn("max", "Max", (row) => row.maxNs, { term: "max", rows }),
  ];
}

function titleOf(by: OffcpuGroup): string {
  const title = groupings.find(([group]) => group === by)![1];
  return title[0]!.toUpperCase() + title.slice(1);
}

function groupText(row: OffcpuGroupRow, by: OffcpuGroup, host: string): string {
  if (by !== "pid" && by !== "tid") return row.group === "" ? "[none]" : row.group;
  return `${row.comm} (${row.group})${host}`;
}

function groupFilter({ group }: OffcpuGroupRow, by: OffcpuGroup): Changes | undefined {
  switch (by) {
    case "pid":
    case "tid":
      return idFilter(by, group);
    case "syscall":
      return callFilter(group);
    case "state":
      return stateFilter(group);
    default:
      return nameFilter(by, group);
  }
}
