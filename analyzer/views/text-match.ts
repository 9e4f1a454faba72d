// What a person writes to choose by name: a glob (* ? [a-z]) that must fit the whole name, or a
// regular expression between slashes, which may fit anywhere in it. Made once, tried on every name;
// plain data, so that it can be handed to another thread.

import { UsageError } from "../errors.js";

export interface TextMatch {
  /** As it was written. */
  readonly text: string;
  /** The same as a regular expression, without state. */
  readonly pattern: RegExp;
}

/** Slashes around it, and flags; a path of cgroups, which begins with a slash too, ends otherwise. */
const Expression = /^\/(.+)\/([imsu]*)$/s;

/** Reads `text`, the value of what the caller calls `option`. Throws UsageError. */
export function parseTextMatch(text: string, option: string): TextMatch {
  if (text === "") throw new UsageError(`${option} takes a name, a glob or a /regular expression/, not ""`);
  const expression = Expression.exec(text);
  if (expression === null) return { text, pattern: globOf(text, option) };
  return { text, pattern: compiled(expression[1]!, expression[2]!, text, option) };
}

export function matchesText({ pattern }: TextMatch, name: string): boolean {
  return pattern.test(name);
}

/** With g and y a pattern would answer for one name depending on the name tested before. */
export function withoutState(pattern: RegExp): RegExp {
  return new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ""));
}

/** In a regular expression these mean something, in a glob themselves. */
const Special = /[\\^$.*+?()[\]{}|/]/;

function globOf(text: string, option: string): RegExp {
  let source = "";
  for (let at = 0; at < text.length; at++) {
    const letter = text[at]!;
    if (letter === "*") source += ".*";
    else if (letter === "?") source += ".";
    else if (letter === "[") {
      // A bracket right after the opening one is one of the letters.
      const first = /[!^]/.test(text[at + 1] ?? "") ? at + 2 : at + 1;
      const end = text.indexOf("]", first + 1);
      if (end < 0) {
        throw new UsageError(`${option}: the [ in column ${at + 1} of "${text}" is not closed`);
      }
      const letters = text.slice(first, end).replace(/[\\\]^[]/g, "\\$&");
      source += `[${first === at + 2 ? "^" : ""}${letters}]`;
      at = end;
    } else source += Special.test(letter) ? `\\${letter}` : letter;
  }
  return compiled(`^${source}$`, "s", text, option);
}

function compiled(source: string, flags: string, text: string, option: string): RegExp {
  try {
    return new RegExp(source, flags);
  } catch (error) {
    const reason = (error as Error).message.replace(/^.*: /s, "");
    throw new UsageError(`${option}: "${text}" is no pattern: ${reason}`);
  }
}
