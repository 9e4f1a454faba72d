// Views that take long and say little: made of all of an analysis, and small enough to be sent from one
// thread to another. Pure functions, by name.

import { reportView } from "../index.js";
import type { Analysis, ReportView } from "../index.js";
import type { PeriodOptions } from "../views/periods.js";
import { makeFlame } from "./flame-making.js";
import type { FlameAsked, FlameMade } from "./flame-making.js";

interface Made {
  readonly flame: { readonly asked: FlameAsked; readonly made: FlameMade };
  readonly report: { readonly asked: PeriodOptions; readonly made: ReportView };
}

export type ViewName = keyof Made;
export type AskedOf<Name extends ViewName> = Made[Name]["asked"];
export type MadeOf<Name extends ViewName> = Made[Name]["made"];

type Makers = { readonly [Name in ViewName]: (analyses: readonly Analysis[], asked: AskedOf<Name>) => MadeOf<Name> };

/** Each throws UsageError and RangeError as the views do. */
export const makers: Makers = { flame: makeFlame, report: reportView };
