// Folded stacks as text, one `stack value` line for each row, values in integer microseconds: what
// flamegraph.pl, inferno, speedscope and difffolded.pl read.

import type { FoldedRow } from "../views/folded.js";

/** Rows joined at once: text in pieces, because all of it may be longer than a string can be. */
const RowsPerPiece = 1024;

/** The text in pieces that end at line ends. */
export function* foldedText(rows: readonly FoldedRow[]): Generator<string, void, undefined> {
  for (let at = 0; at < rows.length; at += RowsPerPiece) {
    const piece = rows.slice(at, at + RowsPerPiece);
    yield piece.map(({ stack, totalUs }) => `${stack} ${totalUs}\n`).join("");
  }
}
