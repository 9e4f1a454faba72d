// Two recordings, or two lists of them, in one flame graph's tree: every stack with its weight on either
// side. What was before is scaled to what came after, as `offcut diff` compares them.

import type { Analysis } from "../analysis.js";
import { scaleBetween } from "./diff.js";
import { addStacks } from "./flame-stacks.js";
import type { FlameOptions } from "./flame-stacks.js";
import { FlameBuilder } from "./flame-tree.js";
import type { FlameTree } from "./flame-tree.js";

/** What is made equal before weights are compared: the recordings' length, the calls made, all weight, nothing. */
export type FlamePer = "time" | "calls" | "total" | "none";

export const flamePers: readonly FlamePer[] = ["time", "calls", "total", "none"];

export interface FlameDiffOptions extends FlameOptions {
  /** `time` if not given. */
  readonly per?: FlamePer | undefined;
}

/** The tree of `analyses`. Throws RangeError past FlameRowsMax. */
export function flameTree(analyses: readonly Analysis[], options: FlameOptions = {}): FlameTree {
  const builder = new FlameBuilder();
  for (const analysis of analyses) addStacks(builder, analysis, options);
  return builder.tree();
}

/** The tree of `after`, compared with `before`. Throws UsageError where `per` cannot be asked. */
export function flameDiffTree(
  before: readonly Analysis[],
  after: readonly Analysis[],
  options: FlameDiffOptions = {},
): FlameTree {
  const builder = new FlameBuilder();
  builder.compare();
  for (const analysis of after) addStacks(builder, analysis, options);
  const scale = scaleOf(before, after, options);
  for (const analysis of before) addStacks(builder, analysis, options, true, scale);
  return builder.tree();
}

function scaleOf(before: readonly Analysis[], after: readonly Analysis[], options: FlameDiffOptions): number {
  const { per = "time" } = options;
  if (per === "none") return 1;
  if (per === "total") return scaleOfTotals(flameTree(before, options), flameTree(after, options));
  return scaleBetween(before, after, { per, selection: options.selection });
}

/** As difffolded.pl -n scales; 1 where either side has no weight. */
export function scaleOfTotals(before: FlameTree, after: FlameTree): number {
  const scale = after.total[0]! / before.total[0]!;
  return scale > 0 && scale < Infinity ? scale : 1;
}
