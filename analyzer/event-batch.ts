// Some events of a recording with what they refer to: what reading a recording hands out, and all
// that whoever looks at events needs to know of it.

import type { Names } from "./analysis.js";
import type { EventsTable } from "./tables.js";

/** Some events, in order of time, and what they refer to, as far as it is known by then. */
export interface EventBatch {
  readonly events: EventsTable;
  readonly names: Names;
  /** Arguments of the system calls among the events, where they were recorded. */
  readonly arguments?: EventArguments;
}

/** Arguments are recorded on demand, call by call: a recording can hold some and not others. */
export interface EventArguments {
  /** Argument `index` of each event; NaN where none was recorded, undefined where none is of any. */
  argument(index: number): Float64Array | undefined;
  /** The text that argument `index` of an event points to; undefined where it was not recorded. */
  string(index: number, row: number): string | undefined;
}
