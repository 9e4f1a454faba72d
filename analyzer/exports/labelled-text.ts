// Statements with a label before them, as lines: the labels in one column, the text beside them,
// wrapped under itself where the terminal is narrow.

import type { Style } from "./style.js";
import { wrapped } from "./wrapped.js";

/** Something an answer says about itself. */
export interface Statement {
  readonly label: string;
  readonly text: string;
  /** Whether it must not be overlooked. */
  readonly isAlert?: boolean;
}

const LabelWidth = 11;

export function statementLines(statements: readonly Statement[], style: Style): string[] {
  return statements.flatMap(({ label, text, isAlert }) => {
    const dress = isAlert === true ? style.alert : (plain: string) => plain;
    return wrapped(text, style.width - LabelWidth).map(
      (line, at) => style.dim((at === 0 ? label : "").padEnd(LabelWidth)) + dress(line),
    );
  });
}
