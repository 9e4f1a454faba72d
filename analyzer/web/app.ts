// The page as a whole: the recordings that are open, the filters, a tab for each panel, and the panel
// shown. Keys for everything are here. What a panel answers, it answers itself; where recordings come
// from is the business of whoever made the page (main.ts, mount.ts).

import { useEffect, useRef, useState } from "preact/hooks";
import { contradictionIn, ownWords, readAsked, unknownFilters } from "./asked.js";
import { copyText } from "./answer.js";
import { commandOf } from "./command-line.js";
import { classes, h } from "./element.js";
import type { ComponentChild } from "./element.js";
import { FilterBar } from "./filter-bar.js";
import { Manual } from "./manual.js";
import type { Panel } from "./panel.js";
import { PanelArea } from "./panel-area.js";
import { panels } from "./panels.js";
import { RecordingChips } from "./recording-chips.js";
import type { Recordings } from "./recordings.js";
import type { ViewState } from "./view-state.js";
import type { Words } from "./words.js";

export interface AppProps {
  readonly recordings: Recordings;
  readonly state: ViewState;
  /** Asks the person for files; undefined where the page is given its recordings. */
  readonly browse: (() => void) | undefined;
  /** Whether the page around is somebody else's: then only keys pressed in here are ours. */
  readonly isEmbedded: boolean;
}

export function App({ recordings, state, browse, isEmbedded }: AppProps): ComponentChild {
  useChanges(state);
  const [isManualShown, showManual] = useState(false);
  const { words, history } = state;
  const shown = panels.filter((panel) => isOffered(panel, recordings));
  const panel = shown.find(({ id }) => id === words.value("tab")) ?? shown[0]!;
  const change = state.change.bind(state);
  const open = (next: Panel | undefined) =>
    next !== undefined && change({ tab: next === panels[0] ? undefined : next.id });
  const app = useRef<HTMLDivElement>(null);
  useKeys(app, isEmbedded, {
    open: (at) => open(shown[at]),
    browse,
    manual: () => showManual((is) => !is),
    undo: () => history.undo(),
    redo: () => history.redo(),
  });
  return h("div", { class: "app", ref: app }, [
    h("header", { class: "top" }, [
      h("h1", { class: "brand" }, "offcut"),
      h(RecordingChips, { recordings, browse }),
      h("div", { class: "top-buttons" }, [
        h(
          "button",
          { type: "button", disabled: !history.canUndo, onClick: () => history.undo(), title: "Undo (Ctrl+Z)" },
          "Undo",
        ),
        h(
          "button",
          { type: "button", disabled: !history.canRedo, onClick: () => history.redo(), title: "Redo (Ctrl+Shift+Z)" },
          "Redo",
        ),
        h(AsCommand, { panel, words, recordings }),
        h(
          "button",
          {
            type: "button",
            "aria-expanded": isManualShown,
            onClick: () => showManual(!isManualShown),
            title: "Keys and words (?)",
          },
          "Help",
        ),
      ]),
    ]),
    h(Problems, { recordings }),
    isManualShown && h(Manual, { onClose: () => showManual(false) }),
    h(FilterBar, {
      words,
      unknown: unknownFilters(panel, words),
      extras: panel.extras(ownWords(panel, words)),
      problem: contradictionIn(words),
      change,
    }),
    h(Tabs, { shown, panel, open }),
    h(
      isEmbedded ? "section" : "main",
      { class: "stage", "aria-label": "Answers" },
      h(
        "div",
        { id: "panel", role: "tabpanel", "aria-labelledby": `tab-${panel.id}` },
        h(PanelArea, { panel, words, recordings, change }),
      ),
    ),
  ]);
}

function Problems({ recordings }: { readonly recordings: Recordings }): ComponentChild {
  const { problems } = recordings;
  if (problems.length === 0) return null;
  return h("div", { class: "sentence", role: "alert" }, [
    problems.map((problem, at) => h("p", { key: at }, problem)),
    h("button", { type: "button", onClick: () => recordings.forgetProblems() }, "Close"),
  ]);
}

function isOffered({ recordingsMin = 1 }: Panel, { list }: Recordings): boolean {
  return list.length >= recordingsMin;
}

/** Draws anew whenever the words changed. */
function useChanges(state: ViewState): void {
  const [, setVersion] = useState(0);
  useEffect(() => state.subscribe(() => setVersion((version) => version + 1)), [state]);
}

interface TabsProps {
  readonly shown: readonly Panel[];
  readonly panel: Panel;
  readonly open: (panel: Panel | undefined) => void;
}

function Tabs({ shown, panel, open }: TabsProps): ComponentChild {
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0) return;
    const next = shown[(shown.indexOf(panel) + step + shown.length) % shown.length]!;
    open(next);
    (event.currentTarget as Element).querySelector<HTMLElement>(`#tab-${next.id}`)?.focus();
    event.preventDefault();
  };
  return h(
    "div",
    { class: "tabs", role: "tablist", "aria-label": "Questions", onKeyDown },
    shown.map((one) =>
      h(
        "button",
        {
          key: one.id,
          type: "button",
          id: `tab-${one.id}`,
          role: "tab",
          class: classes({ tab: true }),
          "aria-selected": one === panel,
          "aria-controls": "panel",
          tabIndex: one === panel ? 0 : -1,
          onClick: () => open(one),
        },
        one.title,
      ),
    ),
  );
}

/** The line that prints the same in a terminal, shown and copied. */
function AsCommand({
  panel,
  words,
  recordings,
}: {
  readonly panel: Panel;
  readonly words: Words;
  readonly recordings: Recordings;
}): ComponentChild {
  const [said, setSaid] = useState("");
  const line = lineOf(panel, words, recordings);
  const copy = async () => setSaid((await copyText(line)) ? "copied" : "select and copy it");
  return h("span", { class: "as-command" }, [
    h("button", { type: "button", popovertarget: "command", onClick: () => setSaid("") }, "As a command"),
    h("div", { id: "command", class: "popover command", popover: "auto" }, [
      h("p", null, "This prints the same in a terminal:"),
      h("code", { class: "command-line", tabIndex: 0 }, line),
      h("button", { type: "button", onClick: () => void copy() }, "Copy"),
      h("span", { class: "said", role: "status" }, said),
    ]),
  ]);
}

function lineOf(panel: Panel, words: Words, recordings: Recordings): string {
  try {
    return commandOf(
      panel,
      words,
      readAsked(panel, words),
      { recordings: recordings.included.map(({ source }) => source.name), objects: recordings.objects },
    );
  } catch (error) {
    return (error as Error).message;
  }
}

interface Keys {
  readonly open: (at: number) => void;
  readonly browse: (() => void) | undefined;
  readonly manual: () => void;
  readonly undo: () => void;
  readonly redo: () => void;
}

/** Keys that work wherever nothing is typed into. */
function useKeys(app: { readonly current: HTMLDivElement | null }, isEmbedded: boolean, keys: Keys): void {
  const { open, browse, manual, undo, redo } = keys;
  useEffect(() => {
    const within: EventTarget = isEmbedded ? app.current! : document;
    const onKeyDown = (pressed: Event) => {
      const event = pressed as KeyboardEvent;
      const isTyping = event.target instanceof Element && event.target.closest("input, textarea, select") !== null;
      if (isTyping) return;
      const key = event.key.toLowerCase();
      if ((event.ctrlKey || event.metaKey) && key === "z") {
        if (event.shiftKey) redo();
        else undo();
      } else if (event.ctrlKey || event.metaKey || event.altKey) return;
      else if (/^[1-9]$/.test(key)) open(Number(key) - 1);
      else if (key === "f" || key === "/") app.current?.querySelector<HTMLElement>("#typed-filter")?.focus();
      else if (key === "o" && browse !== undefined) browse();
      else if (key === "?") manual();
      else return;
      event.preventDefault();
    };
    within.addEventListener("keydown", onKeyDown);
    return () => within.removeEventListener("keydown", onKeyDown);
  });
}
