// The summary: what `offcut report` says, in the same sentences, each finding with a way to what shows
// more of it.

import { jsonText, plainStyle, recordingRows, reportText, warningRows, warningText } from "../index.js";
import { headingLine } from "../exports/heading-text.js";
import { reportSentences } from "../exports/report-text.js";
import type { ReportItem, ReportSection } from "../exports/report-text.js";
import { shellText } from "../exports/shell-text.js";
import { printable } from "../exports/style.js";
import { Answer } from "./answer.js";
import { classes, h } from "./element.js";
import type { ComponentChild } from "./element.js";
import type { Panel, PanelProps } from "./panel.js";
import { useView } from "./views.js";

export const report: Panel = {
  id: "report",
  title: "Summary",
  answer: "report",
  extras: () => ["idle", "open"],
  tables: () => ({ wakerDepth: 1 }),
  command: () => [],
  View,
};

const titles: Readonly<Record<string, string>> = {
  waits: "What waited",
  CPU: "Waiting for a CPU",
  calls: "System calls",
  odd: "Oddities",
};

function View({ analyses, periods, views, filter, follow, fileName }: PanelProps): ComponentChild {
  const { made: view, isStale } = useView(views, "report", analyses, periods);
  const { statements, sections } = view === undefined ? { statements: [], sections: [] } : reportSentences(view, periods);
  const warnings = analyses
    .flatMap(warningRows)
    .map((row) => ({ label: "warning", text: warningText(row), isAlert: true }));
  const exports = view === undefined ? [] : [
    { title: "Text", ending: ".report.txt", text: () => reportText(analyses, view, periods, plainStyle) },
    { title: "JSON", ending: ".report.json", text: () => jsonText({ recordings: recordingRows(analyses), ...view }) },
  ];
  return h("div", { class: "report" }, [
    h("h2", { class: "report-heading" }, headingLine(analyses)),
    h(
      Answer,
      { statements: [...warnings, ...statements], exports, fileName, isStale, filter },
      h(
        "div",
        { class: "findings" },
        sections
          .filter(({ items }) => items.length > 0)
          .map((section) => h(Section, { key: section.label, section, follow })),
      ),
    ),
  ]);
}

type Follow = PanelProps["follow"];

function Section({ section, follow }: { readonly section: ReportSection; readonly follow: Follow }): ComponentChild {
  return h("section", { class: "section" }, [
    h("h3", null, titles[section.label] ?? section.label),
    h(
      "ul",
      null,
      section.items.map((item, at) => h(Finding, { key: at, item, follow })),
    ),
  ]);
}

/** `who: what`: who stands out, and the sentence about it beside it. */
const Subject = /^[^:()]{1,80}(?=: )/;

function Finding({ item, follow }: { readonly item: ReportItem; readonly follow: Follow }): ComponentChild {
  const text = printable(item.text);
  const { next } = item;
  const subject = Subject.exec(text)?.[0];
  return h("li", { class: classes({ finding: true, alert: item.isAlert === true }) }, [
    h("span", null, subject === undefined ? text : [h("strong", null, subject), text.slice(subject.length)]),
    next !== undefined &&
      next.length > 0 &&
      h(
        "button",
        {
          type: "button",
          class: "follow",
          title: `offcut ${shellText(next)}`,
          "aria-label": `Show: ${text.slice(0, 60)}`,
          onClick: () => follow(next),
        },
        "Show",
      ),
  ]);
}
