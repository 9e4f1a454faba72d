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
import { hostMark } from "../exports/host-mark.js";
import { printable } from "../exports/style.js";
import { wakersCsvText, wakersStatements, wakerText } from "../exports/wakers-text.js";
import { Answer, tableExports } from "./answer.js";
import { idFilter, nameFilter, stateFilter } from "./cell-filters.js";
import { Choice } from "./choice.js";
import type { Column } from "./columns.js";
import { Facts, Stacks } from "./details.js";
import { h } from "./element.js";
import type { ComponentChild } from "./element.js";
import { leafName } from "./leaf-text.js";
import { countColumn, shareColumn, timeColumn } from "./number-columns.js";
import type { Panel, PanelProps } from "./panel.js";
import { useSortedRows } from "./sorted-rows.js";
import { inCallColumn } from "./subject-columns.js";
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
  const table = useSortedRows(view.rows, columns, own.value("sort"), (sort) => change({ sort }));
  const { rows } = table;
  const folded = () => foldedText(foldedRows(wakerSums(analyses, periods)));
  const texts = {
    csv: () => wakersCsvText(rows),
    json: () => jsonText({ recordings: recordingRows(analyses), ...view, rows }),
    text: () => wakersText(analyses, { ...view, rows }, { top: Infinity, ...periods }, plainStyle),
  };
  const exports = tableExports(".wakers", texts, [{ title: "Folded", ending: ".wakers.folded", text: folded }]);
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
    h(Table<WakerRow>, { ...table, label: "Who woke whom", onFilter: filter, details }),
  ]);
}

function columnsOf(rows: readonly WakerRow[], allNs: number): readonly Column<WakerRow>[] {
  const host = hostMark(rows);
  return [
    {
      id: "woken",
      title: "Woken",
      term: "wakeup",
      text: (row) => printable(`${row.comm} (${row.tid})${host(row)}`),
      filter: (row) => idFilter("tid", row.tid),
    },
    {
      id: "wakers",
      title: "By",
      term: "waker",
      text: (row) => printable(row.wakers.map(wakerText).join(" ← ")),
      grows: true,
    },
    inCallColumn(),
    { id: "state", title: "State", text: (row) => row.class, filter: (row) => stateFilter(row.class) },
    {
      id: "leaf",
      title: "Waited in",
      text: (row) => printable(leafName(row)),
      filter: (row) => nameFilter("stack", leafName(row)),
    },
    countColumn("periods", "Periods", (row) => row.periods, "period"),
    timeColumn("blocked", "Blocked", (row) => row.blockedNs, { term: "blocked", rows }),
    shareColumn("share", "Share", (row) => row.blockedNs, allNs, "share"),
    timeColumn("latency", "Latency", (row) => row.runnableNs, { term: "latency", rows }),
    timeColumn("average", "Average", (row) => row.runnableAverageNs),
    timeColumn("max", "Max", (row) => row.runnableMaxNs, { term: "max" }),
  ];
}
