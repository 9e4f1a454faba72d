// How often each system call was made, how often it failed, how long it took: `offcut syscalls`, by
// call with a distribution in each row, by process, by thread, by error, and those that did not return.

import { useMemo } from "preact/hooks";
import {
  callerRows,
  csvText,
  jsonText,
  plainStyle,
  recordingRows,
  syscallErrorRows,
  syscallsView,
  unreturnedRows,
} from "../index.js";
import type { CallerRow, SyscallErrorRow, SyscallRow, SyscallsView, UnreturnedRow } from "../index.js";
import { callerTable, callText, errorTable, syscallTable, unreturnedTable } from "../exports/call-tables.js";
import { callsStatements, callsText } from "../exports/syscalls-text.js";
import { hostMark } from "../exports/host-mark.js";
import { printable } from "../exports/style.js";
import { callDistributions, distributionKey } from "../views/call-distributions.js";
import { callerFields } from "../views/callers.js";
import type { CallTimes } from "../views/call-sum.js";
import { needsJoinedCalls } from "../views/selected-calls.js";
import { syscallErrorFields } from "../views/syscall-errors.js";
import { syscallFields } from "../views/syscalls.js";
import type { SyscallsOptions } from "../views/syscalls.js";
import { unreturnedFields } from "../views/unreturned.js";
import { Answer, tableExports } from "./answer.js";
import { callFilter, idFilter, nameFilter, stateFilter } from "./cell-filters.js";
import { Choice } from "./choice.js";
import type { Column } from "./columns.js";
import { distributionColumn } from "./distribution.js";
import { h } from "./element.js";
import type { ComponentChild } from "./element.js";
import { countColumn, shareColumn, timeColumn } from "./number-columns.js";
import type { Asked, Panel, PanelProps } from "./panel.js";
import { useSortedRows } from "./sorted-rows.js";
import { tidColumn } from "./subject-columns.js";
import { Table } from "./table.js";
import type { Words } from "./words.js";

type Question = "call" | "process" | "thread" | "error" | "unreturned";

const questions: readonly (readonly [Question, string])[] = [
  ["call", "call"],
  ["process", "process"],
  ["thread", "thread"],
  ["error", "error"],
  ["unreturned", "not returned"],
];

/** What the command calls them. */
const flags: { readonly [Name in Question]: readonly string[] } = {
  call: [],
  process: ["--per-process"],
  thread: ["--per-thread"],
  error: ["--errors"],
  unreturned: ["--unreturned"],
};

const sorts = ["time", "count", "errors", "average", "max"];

export const syscalls: Panel = {
  id: "syscalls",
  title: "System calls",
  answer: "syscalls",
  extras: () => [],
  tables: (asked) => (needsJoinedCalls(optionsOf(asked)) ? { calls: true } : { latencies: true }),
  command: ({ own }) => {
    const sort = own.value("sort") ?? "";
    return [
      ...flags[questionOf(own)],
      ...(own.has("failed") ? ["--failed"] : []),
      ...(sorts.includes(sort) ? ["--sort", sort] : []),
    ];
  },
  View,
};

function questionOf(own: Words): Question {
  return questions.find(([question]) => question === own.value("by"))?.[0] ?? "call";
}

function optionsOf({ filters, own }: Asked): SyscallsOptions {
  const { selection, when } = filters;
  return { selection, failed: own.has("failed"), whole: when.from === undefined && when.to === undefined };
}

/** One form of the answer: its rows with their columns, and how they are written. */
interface Form<Row> {
  readonly label: string;
  readonly rows: readonly Row[];
  readonly columns: readonly Column<Row>[];
  readonly csv: (rows: readonly Row[]) => Iterable<string>;
  readonly lines: (rows: readonly Row[]) => readonly string[];
}

function View(props: PanelProps): ComponentChild {
  const { analyses, filters, own } = props;
  const isFailed = own.has("failed");
  const options = useMemo(() => optionsOf(props), [filters, isFailed]);
  const view = useMemo(() => syscallsView(analyses, options), [analyses, options]);
  switch (questionOf(own)) {
    case "call":
      return h(Calls, { ...props, view, options });
    case "process":
    case "thread":
      return h(Callers, { ...props, view, options });
    case "error":
      return h(Errors, { ...props, view, options });
    case "unreturned":
      return h(Unreturned, { ...props, view, options });
  }
}

interface FormProps extends PanelProps {
  readonly view: SyscallsView;
  readonly options: SyscallsOptions;
}

const shownAll = { top: Infinity };

function Calls(props: FormProps): ComponentChild {
  const { analyses, view, options } = props;
  const form = useMemo((): Form<SyscallRow> => {
    const histograms = callDistributions(analyses, options);
    const distribution = distributionColumn<SyscallRow>(view.rows, (row) => histograms.get(distributionKey(row)));
    return {
      label: "System calls",
      rows: view.rows,
      columns: [
        { id: "name", title: "System call", text: callText, filter: (row) => callFilter(row.name), grows: true },
        ...timesColumns(view.rows, distribution),
      ],
      csv: (rows) => csvText(syscallFields, rows),
      lines: (rows) => syscallTable(rows, shownAll, plainStyle),
    };
  }, [analyses, view, options]);
  return h(Shown<SyscallRow>, { ...props, form });
}

function Callers(props: FormProps): ComponentChild {
  const { analyses, view, options, own } = props;
  const by = questionOf(own) === "thread" ? "thread" : "process";
  const form = useMemo((): Form<CallerRow> => {
    const rows = callerRows(analyses, by, options);
    const host = hostMark(rows);
    const id = (row: CallerRow) => row.tid ?? row.pid;
    return {
      label: `System calls by ${by}`,
      rows,
      columns: [
        {
          id: "comm",
          title: by === "thread" ? "Thread" : "Process",
          text: (row) => printable(`${row.comm}${host(row)}`),
          filter: (row) => (by === "thread" ? nameFilter("comm", row.comm) : idFilter("pid", row.pid)),
          grows: true,
        },
        {
          id: "id",
          title: by === "thread" ? "TID" : "PID",
          text: (row) => String(id(row)),
          value: id,
          filter: (row) => idFilter(by === "thread" ? "tid" : "pid", id(row)),
        },
        ...timesColumns(rows),
      ],
      csv: (sorted) => csvText(callerFields, sorted),
      lines: (sorted) => callerTable(sorted, shownAll, plainStyle),
    };
  }, [analyses, view, options, by]);
  return h(Shown<CallerRow>, { ...props, form });
}

function Errors(props: FormProps): ComponentChild {
  const { analyses, options } = props;
  const form = useMemo((): Form<SyscallErrorRow> => {
    const rows = syscallErrorRows(analyses, options);
    return {
      label: "Failed system calls by error",
      rows,
      columns: [
        { id: "name", title: "System call", text: callText, filter: (row) => callFilter(row.name), grows: true },
        {
          id: "error",
          title: "Error",
          term: "errors",
          text: (row) => row.error,
          filter: (row) => ({ errno: row.error }),
        },
        countColumn("count", "Count", (row) => row.count),
        timeColumn("time", "Total", (row) => row.totalNs, { rows }),
        timeColumn("average", "Average", (row) => row.averageNs),
        timeColumn("max", "Max", (row) => row.maxNs, { term: "max" }),
      ],
      csv: (sorted) => csvText(syscallErrorFields, sorted),
      lines: (sorted) => errorTable(sorted, shownAll, plainStyle),
    };
  }, [analyses, options]);
  return h(Shown<SyscallErrorRow>, { ...props, form });
}

function Unreturned(props: FormProps): ComponentChild {
  const { analyses, options } = props;
  const form = useMemo((): Form<UnreturnedRow> => {
    const rows = unreturnedRows(analyses, options);
    return {
      label: "System calls that had not returned when the recording ended",
      rows,
      columns: [
        {
          id: "comm",
          title: "Thread",
          text: (row) => printable(row.comm),
          filter: (row) => nameFilter("comm", row.comm),
          grows: true,
        },
        tidColumn(),
        { id: "name", title: "System call", text: (row) => printable(row.name), filter: (row) => callFilter(row.name) },
        { id: "state", title: "State", text: (row) => row.class, filter: (row) => stateFilter(row.class) },
        timeColumn("time", "Off-CPU for", (row) => row.offcpuNs, { rows }),
      ],
      csv: (sorted) => csvText(unreturnedFields, sorted),
      lines: (sorted) => unreturnedTable(sorted, shownAll, plainStyle),
    };
  }, [analyses, options]);
  return h(Shown<UnreturnedRow>, { ...props, form });
}

function Shown<Row>({
  form,
  view,
  analyses,
  own,
  change,
  filter,
  fileName,
}: FormProps & { readonly form: Form<Row> }): ComponentChild {
  const { label, columns, csv, lines } = form;
  const table = useSortedRows(form.rows, columns, own.value("sort"), (sort) => change({ sort }));
  const { rows } = table;
  const question = questionOf(own);
  const ending = question === "call" ? ".syscalls" : `.syscalls-by-${question}`;
  const json = question === "unreturned" ? { rows } : { ...view, rows };
  const exports = tableExports(ending, {
    csv: () => csv(rows),
    json: () => jsonText({ recordings: recordingRows(analyses), ...json }),
    text: () => callsText(analyses, view, lines(rows), plainStyle),
  });
  return h(
    Answer,
    { statements: callsStatements(view), choices: h(Choices, { own, change }), exports, fileName, filter },
    [h(Table<Row>, { ...table, label, onFilter: filter })],
  );
}

function Choices({ own, change }: Pick<PanelProps, "own" | "change">): ComponentChild {
  const isFailed = own.has("failed");
  return [
    h(Choice<Question>, {
      label: "By",
      words: questions,
      chosen: questionOf(own),
      onChoose: (by) => change({ by: by === "call" ? undefined : by, sort: undefined }),
    }),
    h("label", null, [
      h("input", {
        type: "checkbox",
        checked: isFailed,
        onChange: () => change({ failed: isFailed ? undefined : "" }),
      }),
      " failed only",
    ]),
  ];
}

/** What rows of every grouping have. */
function timesColumns<Row extends CallTimes>(rows: readonly Row[], distribution?: Column<Row>): readonly Column<Row>[] {
  const hasPercentiles = rows.some((row) => row.p50Ns !== null);
  return [
    countColumn("count", "Calls", (row) => row.count),
    countColumn("errors", "Errors", (row) => row.errors, "errors"),
    timeColumn("time", "Total", (row) => row.totalNs, { term: "system call", rows }),
    timeColumn("average", "Average", (row) => row.averageNs),
    ...(distribution === undefined ? [] : [distribution]),
    ...(hasPercentiles
      ? [
          timeColumn<Row>("p50", "p50", (row) => row.p50Ns ?? 0, { term: "percentile" }),
          timeColumn<Row>("p90", "p90", (row) => row.p90Ns ?? 0),
          timeColumn<Row>("p99", "p99", (row) => row.p99Ns ?? 0),
        ]
      : []),
    timeColumn("max", "Max", (row) => row.maxNs, { term: "max" }),
    shareColumn(
      "offcpu",
      "Off-CPU",
      (row) => row.offcpuNs,
      (row) => row.totalNs,
      "off-CPU",
    ),
  ];
}
