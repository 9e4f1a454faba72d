// The panel shown: reads what it is asked, has the recordings asked it, and draws the answer. While
// another question is being answered the last answer stays, dimmed, so that nothing jumps; a failure
// is a sentence where the answer would be.

import { Component } from "preact";
import { useMemo, useRef } from "preact/hooks";
import { ofHosts } from "../index.js";
import type { Analysis } from "../index.js";
import { bytesText, countOf } from "../exports/units.js";
import { filterWords, ownWords, readAsked } from "./asked.js";
import { viewOf } from "./command-line.js";
import { classes, h } from "./element.js";
import type { ComponentChild } from "./element.js";
import type { Asked, Panel } from "./panel.js";
import { panels } from "./panels.js";
import { sentenceOf } from "./recordings.js";
import type { Answer, Recordings } from "./recordings.js";
import type { Changes, Words } from "./words.js";

export interface PanelAreaProps {
  readonly panel: Panel;
  readonly words: Words;
  readonly recordings: Recordings;
  readonly change: (changes: Changes) => void;
}

interface Ready {
  readonly panel: Panel;
  readonly asked: Asked;
  readonly analyses: readonly Analysis[];
}

export function PanelArea({ panel, words, recordings, change }: PanelAreaProps): ComponentChild {
  const asked = useAsked(panel, words);
  const last = useRef<Ready | undefined>(undefined);
  if (asked instanceof Error) return h(Sentence, { text: asked.message });
  const needed = panel.recordingsMin ?? 1;
  if (recordings.included.length < needed) {
    return h(Sentence, {
      text: `This needs ${countOf(needed, "recording")}; drop another one here, or include one that is open.`,
    });
  }
  const question = { when: asked.filters.when, pass: asked.filters.pass };
  const answer = recordings.ask(question, panel.tables(asked));
  if (answer.kind === "failed") return h(Failures, { answer, recordings });
  if (answer.kind === "ready")
    last.current = { panel, asked, analyses: sameList(last.current?.analyses, answer.analyses) };
  const ready = last.current?.panel === panel ? last.current : undefined;
  return h(
    "div",
    {
      class: classes({ "panel-area": true, stale: answer.kind === "reading" }),
      "data-link": words.toLink(),
      "aria-busy": answer.kind === "reading",
    },
    [
      answer.kind === "reading" && h(Reading, { answer, recordings, isFirst: ready === undefined }),
      ready !== undefined && h(Fence, { key: panel.id, link: words.toLink() }, h(Shown, { ready, recordings, change })),
    ],
  );
}

/** What the panel is asked; the same objects for the same words, because views are kept by them. */
function useAsked(panel: Panel, words: Words): Asked | Error {
  const read = useMemo(() => {
    try {
      return readAsked(panel, words);
    } catch (error) {
      return error as Error;
    }
  }, [panel, filterWords(panel, words).toLink()]);
  const own = useMemo(() => ownWords(panel, words), [panel, ownWords(panel, words).toLink()]);
  return useMemo(() => (read instanceof Error ? read : { ...read, own }), [read, own]);
}

/** The list before, where it holds the same analyses. */
function sameList<Item>(before: readonly Item[] | undefined, now: readonly Item[]): readonly Item[] {
  const isSame = before !== undefined && before.length === now.length && before.every((item, at) => item === now[at]);
  return isSame ? before : now;
}

interface ShownProps {
  readonly ready: Ready;
  readonly recordings: Recordings;
  readonly change: (changes: Changes) => void;
}

function Shown({ ready, recordings, change }: ShownProps): ComponentChild {
  const { panel, asked } = ready;
  // A difference leaves out on either side for itself.
  const analyses = useMemo(
    () => (panel.recordingsMin === undefined ? ofHosts(ready.analyses, asked.filters) : ready.analyses),
    [panel, ready.analyses, asked.filters],
  );
  const own = (changes: Changes): Changes =>
    Object.fromEntries(Object.entries(changes).map(([name, value]) => [`${panel.id}.${name}`, value]));
  return h(panel.View, {
    ...asked,
    analyses,
    more: (question, tables) => recordings.ask(question, tables),
    views: recordings.views,
    change: (changes) => change(own(changes)),
    filter: change,
    follow: (command) => change(viewOf(command, panels)),
    fileName: fileNameOf(analyses),
  });
}

/** Of exported files: the recording's, without its ending. */
function fileNameOf(analyses: readonly Analysis[]): string {
  const [first] = analyses;
  return (first?.source ?? "offcut")
    .replace(/^.*[/\\]/, "")
    .replace(/\.offcut$/, "")
    .replace(/[^\w.-]/g, "_");
}

function Reading({
  answer,
  recordings,
  isFirst,
}: {
  readonly answer: Answer & { readonly kind: "reading" };
  readonly recordings: Recordings;
  readonly isFirst: boolean;
}): ComponentChild {
  const { bytesRead, lengthBytes, names } = answer;
  const of = lengthBytes > 0 ? ` of ${bytesText(lengthBytes)}` : "";
  return h("div", { class: classes({ reading: true, first: isFirst }), role: "status" }, [
    h("progress", { max: Math.max(1, lengthBytes), value: bytesRead, "aria-label": "Bytes read" }),
    h(
      "span",
      { class: "reading-text" },
      `Reading ${names.length === 1 ? names[0]! : countOf(names.length, "recording")}: ${bytesText(bytesRead)}${of}`,
    ),
    h("button", { type: "button", onClick: () => recordings.cancel() }, "Cancel"),
  ]);
}

function Sentence({ text, children }: { readonly text: string; readonly children?: ComponentChild }): ComponentChild {
  return h("div", { class: "sentence", role: "alert" }, h("p", null, text), children);
}

function Failures({
  answer,
  recordings,
}: {
  readonly answer: Answer & { readonly kind: "failed" };
  readonly recordings: Recordings;
}): ComponentChild {
  return h(
    "div",
    { class: "failures" },
    answer.failures.map(({ recording, sentence }) =>
      h(Sentence, { key: recording.id, text: sentence ?? `Reading ${recording.source.name} was cancelled.` }, [
        h("button", { type: "button", onClick: () => recordings.retry() }, "Read again"),
        h("button", { type: "button", onClick: () => recordings.remove(recording.id) }, "Close it"),
      ]),
    ),
  );
}

interface FenceProps {
  /** What is shown: another question may be answered where the last one was not. */
  readonly link: string;
  readonly children?: ComponentChild;
}

interface Caught {
  readonly error: Error | undefined;
  /** Of the question that it was thrown for. */
  readonly link: string;
}

/** Where a view throws: its sentence, and not an empty page. */
class Fence extends Component<FenceProps, Caught> {
  override state: Caught = { error: undefined, link: "" };

  override componentDidCatch(error: unknown): void {
    this.setState({ error: error instanceof Error ? error : new Error(String(error)), link: this.props.link });
  }

  override render(): ComponentChild {
    const { error, link } = this.state;
    return error === undefined || link !== this.props.link
      ? this.props.children
      : h(Sentence, { text: sentenceOf(error) });
  }
}
