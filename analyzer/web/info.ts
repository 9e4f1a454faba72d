// What each recording is, and how complete: `offcut info`.

import { infoText, jsonText, plainStyle } from "../index.js";
import { infoView } from "../views/info.js";
import { Answer } from "./answer.js";
import { h } from "./element.js";
import type { ComponentChild } from "./element.js";
import type { Panel, PanelProps } from "./panel.js";

export const info: Panel = {
  id: "info",
  title: "Recording",
  answer: "info",
  extras: () => [],
  tables: () => ({}),
  command: () => [],
  View,
};

function View({ analyses, fileName, filter }: PanelProps): ComponentChild {
  const texts = analyses.map((analysis) => infoText(infoView(analysis), plainStyle));
  const exports = [
    { title: "Text", ending: ".info.txt", text: () => texts.join("\n") },
    { title: "JSON", ending: ".info.json", text: () => jsonText(analyses.map(infoView)) },
  ];
  return h("div", { class: "report" }, [
    h(Answer, { statements: [], exports, fileName, filter }, [
      texts.map((text, at) => h("pre", { key: at, class: "info" }, text)),
    ]),
  ]);
}
