// The keys of the page, and every word of the field with what it means.

import { h } from "./element.js";
import type { ComponentChild } from "./element.js";
import { explanation, terms } from "./glossary.js";

const keys: readonly (readonly [string, string])[] = [
  ["1 … 9", "the tabs"],
  ["f  or  /", "type a filter"],
  ["o", "open recordings"],
  ["Ctrl+Z, Ctrl+Shift+Z", "undo, redo (also the browser's Back and Forward)"],
  ["arrows, Page Up, Page Down, Home, End", "in a table: move between cells"],
  ["Enter", "in a table: only what this cell says, as a filter"],
  ["Space", "in a table: the row in detail"],
  ["Escape", "close what is open"],
  ["?", "this help"],
];

export function Manual({ onClose }: { readonly onClose: () => void }): ComponentChild {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") onClose();
  };
  return h("section", { class: "manual", "aria-label": "Keys and words", onKeyDown }, [
    h("button", { type: "button", class: "plain close", "aria-label": "Close the help", onClick: onClose }, "×"),
    h("h2", null, "Keys"),
    h(
      "dl",
      { class: "keys" },
      keys.map(([key, meaning]) => h("div", { key }, [h("dt", null, h("kbd", null, key)), h("dd", null, meaning)])),
    ),
    h("h2", null, "Words"),
    h(
      "dl",
      { class: "glossary" },
      terms.map((term) => h("div", { key: term }, [h("dt", null, term), h("dd", null, explanation(term))])),
    ),
  ]);
}
