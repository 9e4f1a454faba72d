// What `offcut syscalls` answers of analyses, for each question and in each format.

import type { Analysis } from "../analysis.js";
import { callerTable, errorTable, syscallTable, unreturnedTable } from "../exports/call-tables.js";
import { csvText } from "../exports/csv-text.js";
import { log2Lines } from "../exports/log2-text.js";
import type { Style } from "../exports/style.js";
import { syscountTable } from "../exports/syscalls-bcc-text.js";
import type { BccCountKey } from "../exports/syscalls-bcc-text.js";
import { callsText } from "../exports/syscalls-text.js";
import { callerFields, callerRows } from "../views/callers.js";
import type { CallTimes } from "../views/call-sum.js";
import { log2Fields, log2Rows } from "../views/latency.js";
import { callHistogram } from "../views/selected-calls.js";
import { syscallErrorFields, syscallErrorRows } from "../views/syscall-errors.js";
import { syscallFields, syscallsView } from "../views/syscalls.js";
import type { SyscallsOptions } from "../views/syscalls.js";
import { unreturnedFields, unreturnedRows } from "../views/unreturned.js";

export type CallQuestion = "call" | "process" | "thread" | "error" | "hist" | "unreturned";
export type CallSort = "time" | "count" | "errors" | "average" | "max";

export const callSorts: readonly CallSort[] = ["time", "count", "errors", "average", "max"];

export interface SyscallsAsked {
  readonly question: CallQuestion;
  /** The call of which a histogram is asked. */
  readonly hist: string;
  readonly format: "text" | "json" | "csv";
  readonly bcc: boolean;
  readonly sort: CallSort;
  readonly top: number;
  readonly latency: boolean;
  readonly milliseconds: boolean;
  readonly options: SyscallsOptions;
}

/** One answer in each format; made when it is asked for. */
export interface CallsAnswer {
  readonly text: () => string;
  readonly json: () => object;
  readonly csv: () => Iterable<string>;
}

export function callsAnswer(analyses: readonly Analysis[], asked: SyscallsAsked, style: Style): CallsAnswer {
  const { options, question } = asked;
  const view = syscallsView(analyses, options);
  const page = (lines: readonly string[]) => callsText(analyses, view, lines, style);
  switch (question) {
    case "call": {
      const rows = sorted(view.rows, asked.sort);
      return {
        text: () => page(syscallTable(rows, asked, style)),
        json: () => ({ ...view, rows }),
        csv: () => csvText(syscallFields, rows),
      };
    }
    case "process":
    case "thread": {
      const rows = sorted(callerRows(analyses, question, options), asked.sort);
      return {
        text: () => page(callerTable(rows, asked, style)),
        json: () => ({ ...view, rows }),
        csv: () => csvText(callerFields, rows),
      };
    }
    case "error": {
      const rows = syscallErrorRows(analyses, options);
      return {
        text: () => page(errorTable(rows, asked, style)),
        json: () => ({ ...view, rows }),
        csv: () => csvText(syscallErrorFields, rows),
      };
    }
    case "hist": {
      const rows = log2Rows(callHistogram(analyses, options));
      const ranges = rows.map(({ fromNs, toNs, count }) => ({ from: fromNs, to: toNs, count }));
      const lines = rows.length === 0 ? [`no call of ${asked.hist} has a duration`] : log2Lines(ranges, "nsecs");
      return {
        text: () => page(["", ...lines]),
        json: () => ({ syscall: asked.hist, rows }),
        csv: () => csvText(log2Fields, rows),
      };
    }
    case "unreturned": {
      const rows = unreturnedRows(analyses, options);
      return {
        text: () => page(unreturnedTable(rows, asked, style)),
        json: () => ({ rows }),
        csv: () => csvText(unreturnedFields, rows),
      };
    }
  }
}

/** Rows come with the most time first, which stays the order of equal ones. */
function sorted<Row extends CallTimes>(rows: readonly Row[], by: CallSort): readonly Row[] {
  const weight = (row: Row): number => {
    switch (by) {
      case "time":
        return row.totalNs;
      case "count":
        return row.count;
      case "errors":
        return row.errors;
      case "average":
        return row.averageNs;
      case "max":
        return row.maxNs;
    }
  };
  return [...rows].sort((a, b) => weight(b) - weight(a));
}

/** A table of syscount, without the time above it and the blank line below it. */
export function bccTable(analyses: readonly Analysis[], asked: SyscallsAsked): string {
  const perProcess = asked.question === "process";
  const table = perProcess
    ? callerRows(analyses, "process", asked.options).map((row) => bccRow({ pid: row.pid, comm: row.comm }, row, asked))
    : syscallsView(analyses, asked.options).rows.map((row) => bccRow({ name: row.name }, row, asked));
  return syscountTable(table, { ...asked, perProcess });
}

function bccRow(key: BccCountKey, { count, noEnter, totalNs }: CallTimes, { latency }: SyscallsAsked) {
  // With -L a call whose beginning was not seen is not counted; without it, it is.
  return { key, count: latency ? count - noEnter : count, totalNs };
}
