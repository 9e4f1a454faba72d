// What lies on the page: the way in while no recording is open, the answers once one is. Draws anew
// whenever the recordings change, at most once a frame, since progress comes more often.

import { useEffect, useState } from "preact/hooks";
import { App } from "./app.js";
import { h } from "./element.js";
import type { ComponentChild } from "./element.js";
import type { Recordings } from "./recordings.js";
import { StacksPage } from "./stacks-page.js";
import type { ViewState } from "./view-state.js";
import { Welcome } from "./welcome.js";

export interface DeskProps {
  readonly recordings: Recordings;
  readonly state: ViewState;
  /** Asks the person for files; undefined where the page is given its recordings. */
  readonly browse: (() => void) | undefined;
  /** Opens the example; undefined where there is none. */
  readonly example: (() => void) | undefined;
  /** Whether the page around is somebody else's. */
  readonly isEmbedded?: boolean;
}

export function Desk({ recordings, state, browse, example, isEmbedded = false }: DeskProps): ComponentChild {
  const [, setVersion] = useState(0);
  useEffect(() => {
    let frame = 0;
    const redraw = () => {
      if (frame !== 0) return;
      frame = requestAnimationFrame(() => {
        frame = 0;
        setVersion(recordings.version);
      });
    };
    const end = recordings.subscribe(redraw);
    redraw();
    return () => {
      cancelAnimationFrame(frame);
      end();
    };
  }, [recordings]);
  useTitle(isEmbedded ? undefined : recordings.list.map(({ source }) => source.name));
  if (recordings.stacks !== undefined) {
    return h(StacksPage, { stacks: recordings.stacks, onClose: () => recordings.showStacks(undefined) });
  }
  if (recordings.list.length > 0) return h(App, { recordings, state, browse, isEmbedded });
  return h(Welcome, { problems: recordings.problems, link: state.words, browse: browse ?? (() => undefined), example });
}

/** The window's title, so that its tab is found again among others. */
function useTitle(names: readonly string[] | undefined): void {
  const title = names === undefined ? undefined : [...names, "offcut"].join(" – ");
  useEffect(() => {
    if (title !== undefined) document.title = title;
  }, [title]);
}
