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
import { printable } from "../exports/style.js";
import { durationText } from "../exports/units.js";
import { offcpuFields } from "../views/offcpu.js";
import { offcpuGroupFields } from "../views/offcpu-groups.js";
import { Answer } from "./answer.js";
import { callFilter, idFilter, nameFilter, stateFilter } from "./cell-filters.js";
import { Choice } from "./choice.js";
import { readSort, sortedRows } from "./columns.js";
import type { Column } from "./columns.js";
import { Facts, Stacks } from "./details.js";
import { h } from "./element.js";
import type { ComponentChild } from "./element.js";
import { countColumn, shareColumn, timeColumn } from "./number-columns.js";
import type { Panel, PanelProps } from "./panel.js";
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
  const sort = own.value("sort");
  const rows = useMemo(() => sortedRows(view.rows, columns, readSort(sort)), [view, columns, sort]);
  const textOptions = { ...periods, top: Infinity, delimited: false, open: periods.open === true };
  const exports = [
    { title: "CSV", ending: ".offcpu.csv", text: () => csvText(offcpuFields, rows) },
    {
      title: "JSON",
      ending: ".offcpu.json",
      text: () => jsonText({ recordings: recordingRows(analyses), ...view, rows }),
    },
    foldedExport(analyses, periods),
    {
      title: "Text",
      ending: ".offcpu.txt",
      text: () => offcpuText(analyses, { ...view, rows }, textOptions, plainStyle),
    },
  ];
  const details = (row: OffcpuRow) => [
    h("h3", null, printable(`${row.comm} (${row.tid})`)),
    h(Facts<OffcpuRow>, { row, columns: columns.slice(1) }),
    h(Stacks, { ...row, filter }),
  ];
  return h(
    Answer,
    { statements: offcpuStatements(view, periods), choices: h(Groupings, { own, change }), exports, fileName, filter },
    [
      h(Table<OffcpuRow>, {
        label: "Off-CPU time by stack",
        columns,
        rows,
        sort,
        onSort: (next) => change({ sort: next }),
        onFilter: filter,
        details,
      }),
    ],
  );
}

function stackColumns(rows: readonly OffcpuRow[], allNs: number): readonly Column<OffcpuRow>[] {
  const hosts = new Set(rows.map((row) => row.host));
  return [
    { id: "where", title: "Where", term: "stack", grows: true, text: (row) => printable(whereText(row)) },
    {
      id: "comm",
      title: "Thread",
      text: (row) => printable(`${row.comm}${hosts.size > 1 ? ` @${row.host}` : ""}`),
      filter: (row) => nameFilter("comm", row.comm),
    },
    {
      id: "tid",
      title: "TID",
      text: (row) => String(row.tid),
      value: (row) => row.tid,
      filter: (row) => idFilter("tid", row.tid),
    },
    {
      id: "syscall",
      title: "In call",
      term: "system call",
      text: (row) => printable(row.syscall),
      filter: (row) => callFilter(row.syscall),
    },
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

/** The innermost function and its callers, as far as a cell goes. */
function whereText({ kernelStack, userStack }: OffcpuRow): string {
  const frames = [...kernelStack.filter((name) => !/^_*schedule/.test(name)), ...userStack].slice(0, 4);
  return frames.length === 0 ? (kernelStack[0] ?? "[no stack]") : frames.join(" < ");
}

function ByGroup({ analyses, periods, own, change, filter, fileName }: PanelProps): ComponentChild {
  const by = groupingOf(own) as OffcpuGroup;
  const view = useMemo(() => offcpuGroupsView(analyses, by, periods), [analyses, periods, by]);
  const columns = useMemo(() => groupColumns(by, view.rows, view.totalNs), [by, view]);
  const sort = own.value("sort");
  const rows = useMemo(() => sortedRows(view.rows, columns, readSort(sort)), [view, columns, sort]);
  const exports = [
    { title: "CSV", ending: `.offcpu-by-${by}.csv`, text: () => csvText(offcpuGroupFields, rows) },
    {
      title: "JSON",
      ending: `.offcpu-by-${by}.json`,
      text: () => jsonText({ recordings: recordingRows(analyses), ...view, rows }),
    },
    foldedExport(analyses, periods),
    {
      title: "Text",
      ending: `.offcpu-by-${by}.txt`,
      text: () => offcpuGroupsText(analyses, { ...view, rows }, { ...periods, by, top: Infinity }, plainStyle),
    },
  ];
  const statements = [
    { label: "off-CPU", text: durationText(view.totalNs) },
    ...completenessStatements(view.completeness, periods),
  ];
  return h(Answer, { statements, choices: h(Groupings, { own, change }), exports, fileName, filter }, [
    h(Table<OffcpuGroupRow>, {
      label: `Off-CPU time by ${by}`,
      columns,
      rows,
      sort,
      onSort: (next) => change({ sort: next }),
      onFilter: filter,
    }),
  ]);
}

function groupColumns(
  by: OffcpuGroup,
  rows: readonly OffcpuGroupRow[],
  allNs: number,
): readonly Column<OffcpuGroupRow>[] {
  const hosts = new Set(rows.map((row) => row.host));
  return [
    {
      id: "group",
      title: titleOf(by),
      grows: true,
      text: (row) => printable(groupText(row, by, hosts.size > 1)),
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

function groupText(row: OffcpuGroupRow, by: OffcpuGroup, showHost: boolean): string {
  if (by !== "pid" && by !== "tid") return row.group === "" ? "[none]" : row.group;
  return `${row.comm} (${row.group})${showHost ? ` @${row.host}` : ""}`;
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
