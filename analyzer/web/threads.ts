// What each thread did with its time: `offcut threads`.

import { useMemo } from "preact/hooks";
import { csvText, jsonText, plainStyle, recordingRows, threadsText, threadsView } from "../index.js";
import type { ThreadRow } from "../index.js";
import { reasonOf, threadsStatements } from "../exports/threads-text.js";
import { threadFields } from "../views/thread-times.js";
import type { ThreadSort } from "../views/thread-times.js";
import { Answer, tableExports } from "./answer.js";
import type { Column } from "./columns.js";
import { h } from "./element.js";
import type { ComponentChild } from "./element.js";
import { countColumn, timeColumn } from "./number-columns.js";
import type { Panel, PanelProps } from "./panel.js";
import { useSortedRows } from "./sorted-rows.js";
import { pidColumn, threadColumn, tidColumn } from "./subject-columns.js";
import { Table } from "./table.js";
import { Legend, PartsBar, partsText } from "./time-parts.js";
import type { Part } from "./time-parts.js";

const sorts: readonly ThreadSort[] = ["on", "blocked", "runnable", "preempted", "unknown"];
const parts: readonly Part[] = ["onCpuNs", "blockedNs", "runnableNs", "preemptedNs", "unknownNs"];

export const threads: Panel = {
  id: "threads",
  title: "Threads",
  answer: "threads",
  extras: () => [],
  tables: () => ({}),
  command: ({ own }) => {
    const sort = sortOf(own.value("sort"));
    return sort === undefined ? [] : ["--sort", sort];
  },
  View,
};

/** Where the page's order is one that the command knows. */
function sortOf(word: string | undefined): ThreadSort | undefined {
  return sorts.find((sort) => sort === word);
}

function View({ analyses, filters, own, change, filter, fileName }: PanelProps): ComponentChild {
  const { selection } = filters;
  const word = own.value("sort");
  const view = useMemo(() => threadsView(analyses, { selection, sort: sortOf(word) }), [analyses, selection, word]);
  const columns = useMemo(() => columnsOf(view.rows), [view]);
  const pageSort = sortOf(word) === undefined ? word : undefined; // else the view is in that order
  const table = useSortedRows(view.rows, columns, pageSort, (sort) => change({ sort }));
  const { rows } = table;
  const exports = tableExports(".threads", {
    csv: () => csvText(threadFields, rows),
    json: () => jsonText({ recordings: recordingRows(analyses), ...view, rows }),
    text: () => threadsText(analyses, { ...view, rows }, { top: Infinity }, plainStyle),
  });
  return h(
    Answer,
    {
      statements: threadsStatements(view),
      choices: h(Legend, { rows: view.rows, shown: parts }),
      exports,
      fileName,
      filter,
    },
    [h(Table<ThreadRow>, { ...table, label: "Threads", sort: word, onFilter: filter })],
  );
}

function columnsOf(rows: readonly ThreadRow[]): readonly Column<ThreadRow>[] {
  const anyUnknown = rows.some((row) => row.unknownNs > 0);
  return [
    threadColumn(rows),
    tidColumn(),
    pidColumn(),
    {
      id: "parts",
      title: "Time",
      text: (row) => partsText(row, parts),
      cell: (row) => h(PartsBar, { parts: row, shown: parts }),
      width: 22,
      value: (row) => row.observedNs,
    },
    timeColumn("observed", "Observed", (row) => row.observedNs, { term: "observed" }),
    timeColumn("on", "On-CPU", (row) => row.onCpuNs, { rows }),
    timeColumn("blocked", "Blocked", (row) => row.blockedNs, { rows }),
    timeColumn("runnable", "Runnable", (row) => row.runnableNs, { rows }),
    timeColumn("preempted", "Preempted", (row) => row.preemptedNs, { rows }),
    ...(anyUnknown ? [timeColumn<ThreadRow>("unknown", "Unknown", (row) => row.unknownNs, { rows })] : []),
    countColumn("switches", "Switches", (row) => row.switches, "switches"),
    { id: "mostly", title: "Mostly waited", text: reasonOf, grows: true },
  ];
}
