// Words as a person types them into a shell, to be copied from an answer.

import { printable } from "./style.js";

/** The words in a line; those that would mean something to a shell in quotes. */
export function shellText(words: readonly string[]): string {
  return words.map(quoted).join(" ");
}

function quoted(word: string): string {
  return /^[\w./,:=@+-]+$/.test(word) ? word : `'${printable(word).replace(/'/g, "'\\''")}'`;
}
