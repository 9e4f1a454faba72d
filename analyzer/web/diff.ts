// What changed between two recordings, or two lists of them: `offcut diff`.

import { useMemo } from "preact/hooks";
import {
  csvText,
  diffText,
  diffView,
  foldedDiffText,
  jsonText,
  ofHosts,
  plainStyle,
  recordingRows,
  UsageError,
} from "../index.js";
import type { DiffPer, DiffRow } from "../index.js";
import { changeText, diffStatements, percentText, timeText } from "../exports/diff-text.js";
import { printable } from "../exports/style.js";
import { diffFields, foldedDiffRows } from "../views/diff.js";
import type { DiffOptions } from "../views/diff.js";
import { needsJoinedCalls } from "../views/selected-calls.js";
import { Answer, tableExports } from "./answer.js";
import { callFilter } from "./cell-filters.js";
import { Choice } from "./choice.js";
import type { Column } from "./columns.js";
import { Facts } from "./details.js";
import { classes, h } from "./element.js";
import type { ComponentChild } from "./element.js";
import { isScheduler } from "./leaf-text.js";
import type { Asked, Panel, PanelProps } from "./panel.js";
import { useSortedRows } from "./sorted-rows.js";
import { Table } from "./table.js";

type By = "stack" | "syscall";

export const diff: Panel = {
  id: "diff",
  title: "Diff",
  answer: "diff",
  // Which calls idled is not known; --syscall chooses among them.
  extras: (own) => (byOf({ own }) === "syscall" ? ["open"] : ["idle", "open"]),
  recordingsMin: 2,
  tables: (asked) => (byOf(asked) === "syscall" && needsJoinedCalls(optionsOf(asked)) ? { calls: true } : {}),
  command: (asked) => [
    ...(byOf(asked) === "syscall" ? ["--syscalls"] : []),
    ...(perOf(asked) === "calls" ? ["--per", "calls"] : []),
  ],
  // Either side may be several, separated by commas.
  files: (names, { own }) => sidesOf(names, own.has("swapped")).map((side) => side.join(",")),
  View,
};

function byOf({ own }: Pick<Asked, "own">): By {
  return own.value("by") === "syscall" ? "syscall" : "stack";
}

function perOf({ own }: Pick<Asked, "own">): DiffPer {
  return own.value("per") === "calls" ? "calls" : "time";
}

function optionsOf(asked: Asked): DiffOptions {
  const by = byOf(asked);
  const { selection, pass } = asked.filters;
  if (by === "stack" && selection.errnos !== undefined) {
    throw new UsageError("--errno is about system calls; choose them, or take that filter away");
  }
  if (by === "syscall" && Object.keys(pass).length > 0) {
    throw new UsageError("block times and bit masks of states are about off-CPU periods, not system calls");
  }
  return { by, per: perOf(asked), open: asked.periods.open === true, idle: asked.periods.idle, selection };
}

/** The first recording is before; of several, the others are after. */
function sidesOf<Recording>(
  recordings: readonly Recording[],
  isSwapped: boolean,
): readonly [readonly Recording[], readonly Recording[]] {
  const [one, others] = [recordings.slice(0, 1), recordings.slice(1)];
  return isSwapped ? [others, one] : [one, others];
}

function View(props: PanelProps): ComponentChild {
  const { analyses, filters, periods, own, change, filter, fileName } = props;
  const [by, per, isSwapped] = [byOf(props), perOf(props), own.has("swapped")];
  const [before, after] = useMemo(() => {
    const [one, other] = sidesOf(analyses, isSwapped);
    return [ofHosts(one, filters), ofHosts(other, filters)];
  }, [analyses, isSwapped, filters]);
  const options = useMemo(() => optionsOf(props), [filters, periods, by, per]);
  const view = useMemo(() => diffView(before, after, options), [before, after, options]);
  const columns = useMemo(() => columnsOf(by), [by]);
  const table = useSortedRows(view.rows, columns, own.value("sort"), (sort) => change({ sort }));
  const { rows } = table;
  const recordings = { before: recordingRows(before), after: recordingRows(after) };
  const texts = {
    csv: () => csvText(diffFields, rows),
    json: () => jsonText({ recordings, ...view, rows }),
    text: () => diffText(before, after, { ...view, rows }, { top: Infinity, idle: options.idle }, plainStyle),
  };
  const folded = { title: "Folded", ending: ".diff.folded", text: () => foldedDiffText(foldedDiffRows(view)) };
  const exports = tableExports(".diff", texts, [folded]);
  const details = (row: DiffRow) => [
    h("h3", null, printable(shortName(row.name))),
    h(Facts<DiffRow>, { row, columns: columns.slice(1) }),
    by === "stack" &&
      h(
        "ol",
        { class: "frames" },
        row.name
          .split(";")
          .reverse()
          .map((frame, at) => h("li", { key: at }, printable(frame))),
      ),
  ];
  return h(
    Answer,
    {
      statements: diffStatements(before, after, view, options),
      choices: h(Choices, { by, per, isSwapped, change }),
      exports,
      fileName,
      filter,
    },
    [h(Table<DiffRow>, { ...table, label: "What changed", onFilter: filter, details })],
  );
}

interface ChoicesProps extends Pick<PanelProps, "change"> {
  readonly by: By;
  readonly per: DiffPer;
  readonly isSwapped: boolean;
}

function Choices({ by, per, isSwapped, change }: ChoicesProps): ComponentChild {
  return [
    h(Choice<By>, {
      label: "Of",
      words: [
        ["stack", "off-CPU time by stack"],
        ["syscall", "time in system calls"],
      ],
      chosen: by,
      onChoose: (word) => change({ by: word === "stack" ? undefined : word }),
    }),
    h(Choice<DiffPer>, {
      label: "Per",
      words: [
        ["time", "second"],
        ["calls", "call made"],
      ],
      chosen: per,
      onChoose: (word) => change({ per: word === "time" ? undefined : word }),
    }),
    h(
      "button",
      { type: "button", "aria-pressed": isSwapped, onClick: () => change({ swapped: isSwapped ? undefined : "" }) },
      "Swap sides",
    ),
  ];
}

function columnsOf(by: By): readonly Column<DiffRow>[] {
  const changed = (row: DiffRow, text: string) =>
    h("span", { class: classes({ text: true, up: row.change > 0, down: row.change < 0 }) }, text);
  return [
    {
      id: "name",
      title: by === "stack" ? "Where" : "System call",
      text: (row) => printable(shortName(row.name)),
      ...(by === "syscall" ? { filter: (row: DiffRow) => callFilter(row.name) } : {}),
      grows: true,
    },
    { id: "before", title: "Before", text: (row) => timeText(row.before), value: (row) => row.before },
    { id: "after", title: "After", text: (row) => timeText(row.after), value: (row) => row.after },
    {
      id: "change",
      title: "Change",
      term: "change",
      text: (row) => changeText(row.change),
      value: (row) => Math.abs(row.change),
      cell: (row) => changed(row, changeText(row.change)),
    },
    {
      id: "percent",
      title: "Percent",
      text: percentText,
      value: (row) => row.changePercent ?? Infinity,
      cell: (row) => changed(row, percentText(row)),
    },
  ];
}

/** Of a stack who it is, where it ends and who called that. */
function shortName(name: string): string {
  const [first, ...frames] = name.split(";");
  if (frames.length === 0) return first!;
  return `${first!}: ${frames
    .reverse()
    .filter((frame) => !isScheduler(frame))
    .slice(0, 4)
    .join(" < ")}`;
}
