// Who woke whom, and how long the woken then waited for a CPU: `offcut wakers`.

import { useMemo } from "preact/hooks";
import {
  foldedRows,
  foldedText,
  jsonText,
  plainStyle,
  recordingRows,
  wakersText,
  wakersView,
  wakerSums,
} from "../index.js";
import type { WakerRow } from "../index.js";
import { completenessStatements } from "../exports/completeness-text.js";
import { printable } from "../exports/style.js";
import { wakersCsvText, wakersStatements, wakerText } from "../exports/wakers-text.js";
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
import type { Words } from "./words.js";

type Depth = "1" | "2" | "3" | "5";

const depths: readonly (readonly [Depth, string])[] = [
  ["1", "1"],
  ["2", "2"],
  ["3", "3"],
  ["5", "5"],
];

export const wakers: Panel = {
  id: "wakers",
  title: "Wakers",
  answer: "wakers",
  extras: () => ["idle", "open"],
  tables: ({ own }) => ({ wakerDepth: Number(depthOf(own)) }),
  command: ({ own }) => (depthOf(own) === "1" ? [] : ["--depth", depthOf(own)]),
  View,
};

function depthOf(own: Words): Depth {
  return depths.find(([depth]) => depth === own.value("depth"))?.[0] ?? "1";
}

function View({ analyses, periods, own, change, filter, fileName }: PanelProps): ComponentChild {
  const view = useMemo(() => wakersView(analyses, periods), [analyses, periods]);
  const columns = useMemo(() => columnsOf(view.rows, view.totals.blockedNs), [view]);
  const sort = own.value("sort");
  const rows = useMemo(() => sortedRows(view.rows, columns, readSort(sort)), [view, columns, sort]);
  const exports = [
    { title: "CSV", ending: ".wakers.csv", text: () => wakersCsvText(rows) },
    {
      title: "JSON",
      ending: ".wakers.json",
      text: () => jsonText({ recordings: recordingRows(analyses), ...view, rows }),
    },
    { title: "Folded", ending: ".wakers.folded", text: () => foldedText(foldedRows(wakerSums(analyses, periods))) },
    {
      title: "Text",
      ending: ".wakers.txt",
      text: () => wakersText(analyses, { ...view, rows }, { top: Infinity, ...periods }, plainStyle),
    },
  ];
  const choices = h(Choice<Depth>, {
    label: "Wakers back",
    words: depths,
    chosen: depthOf(own),
    onChoose: (depth) => change({ depth: depth === "1" ? undefined : depth }),
  });
  const details = (row: WakerRow) => [
    h("h3", null, printable(`${row.comm} (${row.tid})`)),
    h("h4", null, "Woken by"),
    h(
      "ol",
      { class: "frames" },
      row.wakers.map((waker, at) => h("li", { key: at }, printable(wakerText(waker)))),
    ),
    h(Facts<WakerRow>, { row, columns: columns.slice(1) }),
    h(Stacks, { ...row, filter }),
  ];
  const statements = [...wakersStatements(view), ...completenessStatements(view.completeness, periods)];
  return h(Answer, { statements, choices, exports, fileName, filter }, [
    h(Table<WakerRow>, {
      label: "Who woke whom",
      columns,
      rows,
      sort,
      onSort: (next) => change({ sort: next }),
      onFilter: filter,
      details,
    }),
  ]);
}

function columnsOf(rows: readonly WakerRow[], allNs: number): readonly Column<WakerRow>[] {
  const hosts = new Set(rows.map((row) => row.host));
  return [
    {
      id: "woken",
      title: "Woken",
      term: "wakeup",
      text: (row) => printable(`${row.comm} (${row.tid})${hosts.size > 1 ? ` @${row.host}` : ""}`),
      filter: (row) => idFilter("tid", row.tid),
    },
    {
      id: "wakers",
      title: "By",
      term: "waker",
      text: (row) => printable(row.wakers.map(wakerText).join(" ← ")),
      grows: true,
    },
    {
      id: "syscall",
      title: "In call",
      text: (row) => printable(row.syscall),
      filter: (row) => callFilter(row.syscall),
    },
    { id: "state", title: "State", text: (row) => row.class, filter: (row) => stateFilter(row.class) },
    {
      id: "leaf",
      title: "Waited in",
      text: (row) => printable(row.kernelStack.find((name) => !/^_*schedule/.test(name)) ?? row.userStack[0] ?? ""),
      filter: (row) =>
        nameFilter("stack", row.kernelStack.find((name) => !/^_*schedule/.test(name)) ?? row.userStack[0] ?? ""),
    },
    countColumn("periods", "Periods", (row) => row.periods, "period"),
    timeColumn("blocked", "Blocked", (row) => row.blockedNs, { term: "blocked", rows }),
    shareColumn("share", "Share", (row) => row.blockedNs, allNs, "share"),
    timeColumn("latency", "Latency", (row) => row.runnableNs, { term: "latency", rows }),
    timeColumn("average", "Average", (row) => row.runnableAverageNs),
    timeColumn("max", "Max", (row) => row.runnableMaxNs, { term: "max" }),
  ];
}
