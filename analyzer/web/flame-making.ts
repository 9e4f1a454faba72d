// The tree that the flame graph's panel shows, made of analyses: a pure function, so that it can be made
// where it holds up no hand.

import { completenessStatements } from "../exports/completeness-text.js";
import type { Statement } from "../exports/labelled-text.js";
import type { Analysis } from "../index.js";
import { completeness } from "../views/completeness.js";
import { flameDiffTree, flameTree } from "../views/flame-diff.js";
import { reversed, withoutFrames } from "../views/flame-shapes.js";
import type { FlameWeight } from "../views/flame-stacks.js";
import type { FlameTree } from "../views/flame-tree.js";
import type { PeriodOptions } from "../views/periods.js";
import { parseTextMatch } from "../views/text-match.js";

export interface FlameAsked {
  readonly periods: PeriodOptions;
  readonly weight: FlameWeight;
  /** The first analysis is what the second one is compared with. */
  readonly isCompared: boolean;
  /** Frames that are left out of stacks: a glob or a regular expression. */
  readonly hidden: string | undefined;
  readonly isLeafFirst: boolean;
}

export interface FlameMade {
  /** The right way round. */
  readonly whole: FlameTree;
  /** The same, or leaf first. */
  readonly tree: FlameTree;
  readonly statements: readonly Statement[];
}

export function isOfCalls(weight: FlameWeight): boolean {
  return weight === "syscalls" || weight === "calls";
}

/** Throws UsageError and RangeError as the views do. */
export function makeFlame(analyses: readonly Analysis[], asked: FlameAsked): FlameMade {
  const { periods, weight, isCompared, hidden, isLeafFirst } = asked;
  const options = { ...periods, weight };
  const all = isCompared ? flameDiffTree([analyses[0]!], [analyses[1]!], options) : flameTree(analyses, options);
  const whole = hidden === undefined ? all : withoutFrames(all, framesLike(all, hidden));
  return {
    whole,
    tree: isLeafFirst ? reversed(whole) : whole,
    statements: isOfCalls(weight) ? [] : completenessStatements(completeness(analyses, periods), periods),
  };
}

/** 1 by row of frames whose name `text` matches. */
function framesLike(tree: FlameTree, text: string): Uint8Array {
  const { pattern } = parseTextMatch(text, "--hide");
  return Uint8Array.from(tree.frames.names, (name) => (pattern.test(name) ? 1 : 0));
}
