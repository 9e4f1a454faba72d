// The page inside another page: the library entry "offcut/web". Draws into an element of the caller's,
// with styles of its own that neither touch the caller's nor are touched by them (a shadow root), and
// leaves the address, the history and the keyboard of the page around it alone.

import { h, render } from "preact";
import { momentOptions, needsStart, startOf, UsageError } from "../index.js";
import type { Analysis, AnalysisWithEvents, Moments, PassOptions } from "../index.js";
import { Desk } from "./desk.js";
import { Recordings } from "./recordings.js";
import type { RecordingSource } from "./recordings.js";
import { OwnHistory, ViewState } from "./view-state.js";
import { ViewsHere } from "./views.js";
import { wordsOfLink } from "./words.js";

/** styles.css, put here by build-page.ts. */
declare const OFFCUT_STYLES: string;

type AskedOptions = PassOptions & { readonly signal: AbortSignal; readonly onProgress: (bytesRead: number) => void };

/** A recording that can be asked again, for another part of it or other periods. */
export interface AskableRecording {
  readonly name: string;
  /** In bytes, where it is known, for progress. */
  readonly lengthBytes?: number;
  /** As `analyze` of the library: `(options) => analyze(file, { ...options, name })`. */
  analyze(options: AskedOptions): Promise<Analysis>;
  /** As `analyzeWithEvents`, for the timeline, which has no single calls and wakers without it. */
  analyzeWithEvents?(eventsMax: number, options: AskedOptions): Promise<AnalysisWithEvents>;
}

export interface MountOptions {
  /** What is shown first, as the part of a page's address after `#`: `tab=waits&comm=redis*`. */
  readonly link?: string;
  /** Called with the same whenever a person changes what is shown. */
  readonly onChange?: (link: string) => void;
}

export interface Mounted {
  /** Takes the page out of the element again. */
  unmount(): void;
}

/**
 * Draws the answers of one or several recordings into `element`, which needs a height.
 *
 * An analysis answers what it was asked: make it with `{ latencies: true, calls: true, wakerDepth: 1 }`,
 * or the panels about calls and wakers are empty. Filters of time and of lengths of periods take
 * another pass, and say so where there is only an analysis; an AskableRecording is asked for it.
 */
export function mount(
  element: Element,
  recordings: Analysis | AskableRecording | readonly (Analysis | AskableRecording)[],
  options: MountOptions = {},
): Mounted {
  const list = Array.isArray(recordings)
    ? (recordings as readonly (Analysis | AskableRecording)[])
    : [recordings as Analysis | AskableRecording];
  const shadow = element.shadowRoot ?? element.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(OFFCUT_STYLES);
  shadow.adoptedStyleSheets = [sheet];
  const root = document.createElement("div");
  root.className = "mounted";
  shadow.replaceChildren(root);
  const opened = new Recordings(new ViewsHere());
  opened.add(list.map((one) => ("analyze" in one ? askable(one) : answered(one))));
  const state = new ViewState(new OwnHistory(wordsOfLink(options.link ?? "")));
  const end = state.subscribe(() => options.onChange?.(state.words.toLink()));
  render(h(Desk, { recordings: opened, state, browse: undefined, example: undefined, isEmbedded: true }), root);
  return {
    unmount: () => {
      end();
      opened.cancel();
      render(null, root);
      root.remove();
    },
  };
}

function askable(recording: AskableRecording): RecordingSource {
  const { name, lengthBytes } = recording;
  const partAsked = async (when: Moments, watch: Parameters<RecordingSource["analyze"]>[1]): Promise<PassOptions> =>
    needsStart(when) ? momentOptions(when, startOf(await recording.analyze(watch))) : momentOptions(when);
  return {
    name,
    lengthBytes,
    analyze: async ({ when, pass, eventsMax }, watch) => {
      const options = { ...pass, ...(await partAsked(when, watch)), ...watch };
      if (eventsMax === undefined || recording.analyzeWithEvents === undefined) return { analysis: await recording.analyze(options) };
      return recording.analyzeWithEvents(eventsMax, options);
    },
  };
}

function answered(analysis: Analysis): RecordingSource {
  return {
    name: analysis.source,
    lengthBytes: undefined,
    analyze: async ({ when, pass }) => {
      const { periodNsMin, periodNsMax, stateMask, wakerDepth = 1 } = pass;
      const isAnother = [when.from, when.to, periodNsMin, periodNsMax, stateMask].some((one) => one !== undefined);
      if (!isAnother && wakerDepth === 1) return { analysis };
      throw new UsageError(
        "this takes another pass over the recording, and only an analysis of it is here: from, to, block times, bit masks of states, and more than one waker back",
      );
    },
  };
}
