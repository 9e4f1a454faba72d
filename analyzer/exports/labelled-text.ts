// Statements with a label before them, as lines: the labels in one column, the text beside them,
// wrapped under itself where the terminal is narrow.

import type { Style } from "./style.js";

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

/** A blank at which a line may end: not the one between a number and its unit. */
const Break = / (?!(?:%|[mun]?s)(?:\W|$))/;

/** Lines of at most `width`; a longer word has a line of its own. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(Break)) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
