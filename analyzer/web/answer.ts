// What every panel's answer looks like: what it says about itself above, choices and exports beside
// each other, and the rows below. Exports are made when they are asked for, by the writers of the
// command line, and become files without leaving the page.

import { useState } from "preact/hooks";
import type { Statement } from "../exports/labelled-text.js";
import { classes, h } from "./element.js";
import type { ComponentChild } from "./element.js";
import type { Changes } from "./words.js";

type Text = string | Iterable<string>;

export interface Export {
  /** `CSV`, as its button says. */
  readonly title: string;
  /** Of the file: `.csv`. */
  readonly ending: string;
  readonly text: () => Text;
}

/** An answer in rows as its command writes it; `folded` where it has stacks. */
export function tableExports(
  ending: string,
  { csv, json, text }: { readonly [Form in "csv" | "json" | "text"]: Export["text"] },
  folded: readonly Export[] = [],
): readonly Export[] {
  return [
    { title: "CSV", ending: `${ending}.csv`, text: csv },
    { title: "JSON", ending: `${ending}.json`, text: json },
    ...folded,
    { title: "Text", ending: `${ending}.txt`, text },
  ];
}

export interface AnswerProps {
  readonly statements: readonly Statement[];
  /** Buttons and fields that choose between forms of the answer. */
  readonly choices?: ComponentChild;
  readonly exports: readonly Export[];
  readonly fileName: string;
  /** Takes what statements offer: `--open adds them`. */
  readonly filter: (changes: Changes) => void;
  readonly children?: ComponentChild;
}

export function Answer({ statements, choices, exports, fileName, filter, children }: AnswerProps): ComponentChild {
  return h("div", { class: "answer" }, [
    h(Statements, { statements, filter }),
    h("div", { class: "toolbar" }, [h("div", { class: "choices" }, choices), h(Exports, { exports, fileName })]),
    children,
  ]);
}

export function Statements({ statements, filter }: Pick<AnswerProps, "statements" | "filter">): ComponentChild {
  return h(
    "dl",
    { class: "statements" },
    statements.map(({ label, text, isAlert }, at) =>
      h("div", { key: at, class: classes({ statement: true, alert: isAlert === true }) }, [
        h("dt", null, label),
        h("dd", null, h(Offering, { text, filter })),
      ]),
    ),
  );
}

/** Options that statements name, and what they are on the page. */
const offers: readonly (readonly [RegExp, string, Changes])[] = [
  [/--open adds them/, "count them too", { open: "" }],
  [/--idle show adds (?:it|them)/, "show it", { idle: "show" }],
  [/--unreturned lists them/, "list them", { "syscalls.by": "unreturned", "syscalls.sort": undefined }],
];

/** A statement whose option of the command line is a button. */
function Offering({
  text,
  filter,
}: {
  readonly text: string;
  readonly filter: (changes: Changes) => void;
}): ComponentChild {
  for (const [pattern, title, changes] of offers) {
    const found = pattern.exec(text);
    if (found === null) continue;
    const before = text.slice(0, found.index);
    const after = text.slice(found.index + found[0].length);
    return [before, h("button", { type: "button", class: "inline", onClick: () => filter(changes) }, title), after];
  }
  return text;
}

function Exports({ exports, fileName }: Pick<AnswerProps, "exports" | "fileName">): ComponentChild {
  const [said, setSaid] = useState("");
  const copy = async ({ text, title }: Export) => {
    const isCopied = await copyText(joined(text()));
    setSaid(isCopied ? `${title} copied` : "The browser does not allow copying here");
    setTimeout(() => setSaid(""), 2000);
  };
  return h("div", { class: "exports", role: "group", "aria-label": "Export what is shown" }, [
    h("span", { class: "said", role: "status" }, said),
    h("span", { class: "exports-label", "aria-hidden": "true" }, "Export"),
    exports.map((one) =>
      h(
        "button",
        {
          key: one.title,
          type: "button",
          title: `Save ${fileName}${one.ending}`,
          "aria-label": `Save as ${one.title}`,
          onClick: () => save(`${fileName}${one.ending}`, one.text()),
        },
        one.title,
      ),
    ),
    exports[0] !== undefined &&
      h(
        "button",
        { type: "button", title: "Copy the rows shown, comma-separated", onClick: () => void copy(exports[0]!) },
        "Copy",
      ),
  ]);
}

function joined(text: Text): string {
  return typeof text === "string" ? text : [...text].join("");
}

/** Hands a file to the person. Nothing is sent: the bytes stay in the browser. */
export function save(name: string, text: Text): void {
  const blob = new Blob(typeof text === "string" ? [text] : [...text], { type: "application/octet-stream" });
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Whether it worked: pages from files and old browsers may not. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
