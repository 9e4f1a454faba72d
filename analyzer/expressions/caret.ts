// Mistakes in an expression, as the error that a person sees: what was expected, the expression, and
// below it a caret at the column where reading stopped.
//
//   expected a value after ">"
//     read:count >
//                 ^

import { UsageError } from "../errors.js";

/** `at`: where in `source` the caret points; its length points behind it. */
export function mistake(source: string, at: number, sentence: string): UsageError {
  // A tab or a line end would move the caret away from what it points at.
  const line = source.replace(/[\u0000-\u001f\u007f-\u009f]/g, " ");
  return new UsageError(`${sentence}\n  ${line}\n  ${" ".repeat(at)}^`);
}
