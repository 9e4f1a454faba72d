// Probes: which events a question is about and what is asked of them, in one argument, after argdist.
//
//   probe   = events ":" [ [ filter ] ":" ] list [ "#" label ] ;
//   events  = calls | "offcpu" | "wakeup" ;
//   calls   = call { "," call } ;          (* read  read,write  *at  *  or a number *)
//   filter  = expression ;                 (* list and expression: parser.ts *)
//
// offcpu are off-CPU periods; wakeup are those of them that a wakeup ended. A list alone is about all
// system calls.

import { EventKind } from "../../assembly/tables.js";
import { allCalls, readCalls } from "./calls.js";
import type { CallSet } from "./calls.js";
import { Checker } from "./checker.js";
import type { Meaning, Scope } from "./checker.js";
import { parseExpression, parseList, Parser } from "./parser.js";
import type { WrittenExpression } from "./syntax.js";

export type Subject = "syscall" | "offcpu" | "wakeup";

/** An expression and what its values are called. */
export interface CheckedExpression {
  readonly text: string;
  readonly meaning: Meaning;
}

export interface Probe {
  /** As it was written, without its label. */
  readonly text: string;
  /** "" where none was given. */
  readonly label: string;
  readonly subject: Subject;
  /** Of system calls, which. */
  readonly calls: CallSet;
  readonly filter?: Meaning;
  /** At least one. */
  readonly expressions: readonly CheckedExpression[];
  /** Of which each tuple has an answer of its own. */
  readonly by: readonly CheckedExpression[];
}

/** Where the events end and the rest begins. "?" is no pattern here: `user?comm:pid` has none. */
const eventsPattern = /^\s*([\w*,]*)\s*:/;
const labelPattern = /#([^"#]*)$/;

/** Whether a word can be a probe: something, a colon, and not the name of a file. */
export function looksLikeProbe(word: string): boolean {
  return eventsPattern.test(word) && !word.endsWith(".offcut");
}

/** Reads a probe, and a list of what to tell apart. Throws UsageError, with a caret where it went wrong. */
export function readProbe(source: string, by?: string): Probe {
  const label = labelPattern.exec(source)?.[1] ?? "";
  const text = source.replace(labelPattern, "");
  const [head, events] = eventsPattern.exec(text) ?? ["", "*"];
  const subject = events === "offcpu" || events === "wakeup" ? events : "syscall";
  const calls = subject !== "syscall" || events === "*" ? allCalls : readCalls(text, events!);
  const { filter, list } = readRest(text, head.length);
  const scope = { kinds: [kindOf(subject)], calls };
  const checker = new Checker(text, scope);
  return {
    text: text.trim(),
    label: label.trim(),
    subject,
    calls,
    ...(filter && { filter: checker.condition(filter.syntax) }),
    expressions: list.map((one) => ({ text: one.text, meaning: checker.meaning(one.syntax) })),
    by: by === undefined ? [] : readList(by, scope),
  };
}

function readList(source: string, scope: Scope): CheckedExpression[] {
  const checker = new Checker(source, scope);
  return parseList(source).map(({ text, syntax }) => ({ text, meaning: checker.meaning(syntax) }));
}

/** Reads a condition on all events of these kinds. */
export function readCondition(source: string, kinds: readonly EventKind[]): Meaning {
  const { syntax } = parseExpression(source);
  return new Checker(source, { kinds, calls: allCalls }).condition(syntax);
}

/** Reads the columns of a list of events: expressions, and "event" for the event in words. */
export function readColumns(source: string, kinds: readonly EventKind[]): (CheckedExpression | "event")[] {
  const checker = new Checker(source, { kinds, calls: allCalls });
  return parseList(source).map(({ text, syntax }) => (text === "event" ? text : { text, meaning: checker.meaning(syntax) }));
}

/** What a reading of events must deliver for a probe. */
export function kindOf(subject: Subject): EventKind {
  return subject === "syscall" ? EventKind.Syscall : EventKind.Period;
}

/** [ [ filter ] ":" ] list */
function readRest(text: string, from: number): { filter?: WrittenExpression; list: WrittenExpression[] } {
  const parser = new Parser(text, from);
  if (parser.take(":")) {
    const list = parser.list();
    parser.end('an operator or ","');
    return { list };
  }
  const first = parser.expression();
  if (parser.take(":")) {
    const list = parser.list();
    parser.end('an operator or ","');
    return { filter: first, list };
  }
  const list = [first];
  while (parser.take(",")) list.push(parser.expression());
  parser.end(list.length === 1 ? 'an operator, "," or ":"' : 'an operator or ","');
  return { list };
}
