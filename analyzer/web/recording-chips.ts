// The recordings that are open: which of them the answers are of, and how one is closed or added.

import { bytesText } from "../exports/units.js";
import { classes, h } from "./element.js";
import type { ComponentChild } from "./element.js";
import type { OpenRecording, Recordings } from "./recordings.js";

export interface RecordingChipsProps {
  readonly recordings: Recordings;
  readonly browse: (() => void) | undefined;
}

export function RecordingChips({ recordings, browse }: RecordingChipsProps): ComponentChild {
  const { list } = recordings;
  return h("div", { class: "recordings", role: "group", "aria-label": "Recordings" }, [
    list.map((recording) =>
      h(Chip, {
        key: recording.id,
        recording,
        recordings,
        isAlone: list.length === 1,
        isCloseable: browse !== undefined,
      }),
    ),
    browse !== undefined &&
      h(
        "button",
        { type: "button", onClick: browse, title: "Open more recordings (o); or drop them anywhere" },
        "Open…",
      ),
  ]);
}

interface ChipProps {
  readonly recording: OpenRecording;
  readonly recordings: Recordings;
  readonly isAlone: boolean;
  readonly isCloseable: boolean;
}

function Chip({ recording, recordings, isAlone, isCloseable }: ChipProps): ComponentChild {
  const { id, source, isIncluded } = recording;
  const size = source.lengthBytes === undefined ? "" : bytesText(source.lengthBytes);
  const name = h("span", { class: "recording-name" }, source.name);
  const onChange = (event: Event) => recordings.include(id, (event.target as HTMLInputElement).checked);
  return h("span", { class: classes({ recording: true, excluded: !isIncluded }), title: `${source.name} ${size}` }, [
    isAlone ? name : h("label", null, [h("input", { type: "checkbox", checked: isIncluded, onChange }), name]),
    h("small", null, size),
    isCloseable &&
      h(
        "button",
        { type: "button", class: "plain", "aria-label": `Close ${source.name}`, onClick: () => recordings.remove(id) },
        "×",
      ),
  ]);
}
