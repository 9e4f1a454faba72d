// Recordings as streams of events for the commands that look at single ones: opens a recording,
// resolves the times that were asked for, hands on each batch as it comes, and says at the end what
// the answer lacks. Holds one batch at a time.

import type { EventKind } from "../../assembly/tables.js";
import type { Analysis } from "../analysis.js";
import type { EventBatch } from "../event-batch.js";
import type { Evaluator } from "../expressions/evaluator.js";
import { lossStatement } from "../exports/completeness-text.js";
import { bytesText } from "../exports/units.js";
import type { Filters } from "../filters/filters.js";
import { completeness } from "../views/completeness.js";
import { selectionOf } from "../views/selection.js";
import type { SelectionOptions } from "../views/selection.js";
import { warningRows } from "../views/warnings.js";
import { readEventsOnCpus } from "./events-on-cpus.js";
import { openWithin } from "./moments.js";
import type { Opened } from "./moments.js";
import { note, Progress } from "./output.js";
import { awaitEndOfInput, reportWarnings } from "./recordings.js";

/** Looks at the events of a recording. */
export interface EventTaker {
  /** Is asked of them. */
  readonly evaluator: Evaluator;
  take(batch: EventBatch): Promise<void>;
  /** To be called behind the last batch. */
  finish?(): Promise<void>;
}

/** Opens `file`, "-" being standard input, as far as `filters` say. */
export async function openEvents(file: string, { when }: Filters): Promise<Opened> {
  if (file === "-") awaitEndOfInput();
  return openWithin(file, when);
}

/** Reads the events of one recording for `taker`, on up to `cpus`; resolves to its analysis. */
export async function readFileEvents(
  { source, name, pass }: Opened,
  kinds: readonly EventKind[],
  filters: Filters,
  cpus: number,
  taker: EventTaker,
): Promise<Analysis> {
  const progress = new Progress();
  const onProgress = (bytes: number) => progress.show(() => `${name}: ${bytesText(bytes)} read`);
  const events = readEventsOnCpus(source, { name, kinds, onProgress, ...filters.pass, ...pass }, cpus);
  taker.evaluator.beginRecording();
  try {
    for (;;) {
      const { done, value } = await events.next();
      if (done === true) {
        await taker.finish?.();
        // In a part of it there may be nothing of what the recording holds.
        if (pass.fromNs === undefined && pass.toNs === undefined) taker.evaluator.endRecording();
        return value;
      }
      progress.clear();
      await taker.take(value);
    }
  } finally {
    progress.clear();
    await events.return(undefined as never); // closes the file where `taker` threw
  }
}

/** Says what is odd about a recording, and what it lost of these streams. */
export function reportGaps(analysis: Analysis): void {
  reportWarnings(warningRows(analysis));
  for (const { label, text } of lossStatement(completeness([analysis]))) note(`${label}: ${text}`);
}

/** Which rows of a batch, its names as they are shown, are asked for; undefined where all are. */
export function selectorOf(
  { events, names }: EventBatch,
  options: SelectionOptions,
): ((row: number) => boolean) | undefined {
  if (Object.keys(options).length === 0) return undefined;
  const selection = selectionOf(names, options);
  return (row) => selection.event(events, row);
}
