// What became of the time inside system calls: `offcut waits`.

import { useMemo } from "preact/hooks";
import { csvText, jsonText, plainStyle, recordingRows, waitFields, waitsText, waitsView } from "../index.js";
import type { WaitGroup, WaitRow } from "../index.js";
import { hostMark } from "../exports/host-mark.js";
import { printable } from "../exports/style.js";
import { waitsStatements } from "../exports/waits-text.js";
import { waitParts } from "../views/waits.js";
import { Answer, tableExports } from "./answer.js";
import { idFilter } from "./cell-filters.js";
import { Choice } from "./choice.js";
import type { Column } from "./columns.js";
import { Facts, Stacks } from "./details.js";
import { h } from "./element.js";
import type { ComponentChild } from "./element.js";
import { leafText } from "./leaf-text.js";
import { countColumn, shareColumn, timeColumn } from "./number-columns.js";
import type { Panel, PanelProps } from "./panel.js";
import { useSortedRows } from "./sorted-rows.js";
import { inCallColumn } from "./subject-columns.js";
import { Table } from "./table.js";
import { Legend, PartsBar, partsText } from "./time-parts.js";
import type { Words } from "./words.js";

type Grouping = WaitGroup | "all";

const groupings: readonly (readonly [Grouping, string])[] = [
  ["all", "process, call and stack"],
  ["process", "process"],
  ["thread", "thread"],
  ["syscall", "call"],
  ["stack", "stack"],
];

export const waits: Panel = {
  id: "waits",
  title: "Waits",
  answer: "waits",
  extras: () => ["idle"],
  tables: () => ({ calls: true }),
  command: ({ own }) => (groupingOf(own) === "all" ? [] : ["--group-by", groupingOf(own)]),
  View,
};

function groupingOf(own: Words): Grouping {
  return groupings.find(([group]) => group === own.value("group-by"))?.[0] ?? "all";
}

function View({ analyses, periods, own, change, filter, fileName }: PanelProps): ComponentChild {
  const grouping = groupingOf(own);
  const view = useMemo(() => {
    const groupBy = grouping === "all" ? undefined : grouping;
    return waitsView(analyses, { groupBy, ...periods });
  }, [analyses, periods, grouping]);
  const columns = useMemo(() => columnsOf(view.rows, view.totals.totalNs, grouping), [view, grouping]);
  const table = useSortedRows(view.rows, columns, own.value("sort"), (sort) => change({ sort }));
  const { rows } = table;
  const textOptions = { top: Infinity, stacks: false, idle: periods.idle };
  const exports = tableExports(".waits", {
    csv: () => csvText(waitFields, rows),
    json: () => jsonText({ recordings: recordingRows(analyses), ...view, rows }),
    text: () => waitsText(analyses, { ...view, rows }, textOptions, plainStyle),
  });
  const onChoose = (group: Grouping) => change({ "group-by": group === "all" ? undefined : group, sort: undefined });
  const choices = [
    h(Choice<Grouping>, { label: "By", words: groupings, chosen: grouping, onChoose }),
    h(Legend, { rows: view.rows, shown: waitParts }),
  ];
  const details = (row: WaitRow) => [
    h("h3", null, columns[0]!.text(row)),
    h(Facts<WaitRow>, { row, columns: columns.slice(1) }),
    h(Stacks, { ...row, filter }),
  ];
  return h(Answer, { statements: waitsStatements(view, periods), choices, exports, fileName, filter }, [
    h(Table<WaitRow>, { ...table, label: "Waits in system calls", onFilter: filter, details }),
  ]);
}

function columnsOf(rows: readonly WaitRow[], allNs: number, grouping: Grouping): readonly Column<WaitRow>[] {
  const share = (id: string, title: string, ns: (row: WaitRow) => number) =>
    shareColumn<WaitRow>(id, title, ns, (row) => row.totalNs);
  return [
    ...subjectColumns(rows, grouping),
    countColumn("calls", "Calls", (row) => row.calls),
    countColumn("errors", "Errors", (row) => row.errors, "errors"),
    timeColumn("total", "Total", (row) => row.totalNs, { term: "system call", rows }),
    shareColumn("share", "Of all", (row) => row.totalNs, allNs, "share"),
    {
      id: "parts",
      title: "Time",
      text: (row) => partsText(row, waitParts),
      cell: (row) => h(PartsBar, { parts: row, shown: waitParts }),
      width: 20,
    },
    share("on", "On-CPU", (row) => row.onCpuNs),
    share("asleep", "Asleep", (row) => row.interruptibleNs),
    share("disk", "D state", (row) => row.uninterruptibleNs),
    share("runnable", "Runnable", (row) => row.runnableNs),
    ...(rows.some((row) => row.preemptedNs > 0) ? [share("preempted", "Preempted", (row) => row.preemptedNs)] : []),
    ...(rows.some((row) => row.otherNs > 0) ? [share("other", "Other", (row) => row.otherNs)] : []),
    ...(rows.some((row) => row.unknownNs > 0) ? [share("unknown", "Unknown", (row) => row.unknownNs)] : []),
    timeColumn("p50", "p50", (row) => row.p50Ns, { term: "percentile" }),
    timeColumn("p99", "p99", (row) => row.p99Ns),
    timeColumn("max", "Max", (row) => row.maxNs, { term: "max" }),
  ];
}

const FramesInCell = 3;

/** What tells rows apart. */
function subjectColumns(rows: readonly WaitRow[], grouping: Grouping): readonly Column<WaitRow>[] {
  const host = hostMark(rows);
  const process: Column<WaitRow> = {
    id: "process",
    title: "Process",
    text: (row) => printable(`${row.process} (${row.pid})${host(row)}`),
    filter: (row) => idFilter("pid", row.pid),
    grows: grouping === "process",
  };
  const thread: Column<WaitRow> = {
    id: "thread",
    title: "Thread",
    text: (row) => printable(`${row.comm} (${row.tid})${host(row)}`),
    filter: (row) => idFilter("tid", row.tid),
    grows: true,
  };
  const call: Column<WaitRow> = { ...inCallColumn(), grows: grouping === "syscall" };
  const stack: Column<WaitRow> = {
    id: "where",
    title: "Where",
    term: "stack",
    text: (row) => printable(leafText(row, FramesInCell)),
    grows: true,
  };
  switch (grouping) {
    case "process":
      return [process];
    case "thread":
      return [thread];
    case "syscall":
      return [call];
    case "stack":
      return [stack];
    case "all":
      return [process, call, stack];
  }
}
