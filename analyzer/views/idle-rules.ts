// What waiting is idling, as rules that a person can read and write. A rule is a line of conditions
// joined by "and"; waiting that meets all conditions of any rule is idle; "#" begins a comment:
//
//   syscall epoll_wait poll select          in one of these system calls
//   comm containerd-shim and syscall futex  the thread's name, as well
//   stack /worker_thread|rcu_gp_kthread/    a function in its stack, user or kernel
//   state idle                              why it was off the CPU: see ClassName
//   thread kernel                           a kernel thread, or `thread user`
//   syscall futex and mean 100ms            its periods are that long on average, or longer
//
// A value is a name, a glob or a /regular expression/, as those of filters are (text-match.ts); one
// with blanks stands in double quotes, or between its slashes. "not" before a condition turns it
// around. Here is the text and what it means; what it is asked of is idle-rows.ts.

import { UsageError } from "../errors.js";
import { isSyscallName } from "../syscalls/names.js";
import { parseTextMatch } from "./text-match.js";
import type { TextMatch } from "./text-match.js";

export type ConditionKey = "syscall" | "comm" | "stack" | "state" | "thread" | "mean";

export interface Condition {
  readonly key: ConditionKey;
  /** Whether it holds where nothing matches. */
  readonly negated: boolean;
  readonly values: readonly TextMatch[];
  /** Of key `mean`; else 0. */
  readonly meanNs: number;
}

export interface IdleRule {
  /** As it was written, without its comment. */
  readonly text: string;
  readonly conditions: readonly Condition[];
}

export type IdleRules = readonly IdleRule[];

interface Token {
  readonly text: string;
  /** From 1. */
  readonly column: number;
}

/** What a problem is said to be in. */
interface Place {
  readonly source: string;
  /** From 1. */
  readonly line: number;
}

const keys: readonly ConditionKey[] = ["syscall", "comm", "stack", "state", "thread", "mean"];
const states = ["preempted", "runnable", "idle", "uninterruptible", "interruptible", "other", "unknown"];
const threadKinds = ["kernel", "user"];

/** What makes a glob or a regular expression of a name. */
const Pattern = /[*?[/]/;

const unitNs: Readonly<Record<string, number>> = { ns: 1, us: 1e3, ms: 1e6, s: 1e9 };

/** A comment, a /regular expression/, a "name", or a word; each may stand right behind the last. */
const TokenPattern = /\s*(?:(#.*)|(\/(?:[^/\\]|\\.)*\/)(?=\s|$)|("[^"]*")(?=\s|$)|(\S+))/gy;

/** Reads rules. Throws UsageError, naming `source`, line and column, for what is no rule. */
export function parseIdleRules(text: string, source: string): IdleRules {
  const rules: IdleRule[] = [];
  text.split("\n").forEach((line, at) => {
    const place = { source, line: at + 1 };
    const tokens = tokensOf(line);
    if (tokens.length > 0) rules.push(readRule(tokens, place));
  });
  return rules;
}

function tokensOf(line: string): Token[] {
  const tokens: Token[] = [];
  for (const match of line.matchAll(TokenPattern)) {
    const text = match[2] ?? match[3] ?? match[4];
    if (text !== undefined) tokens.push({ text, column: match.index + match[0].length - text.length + 1 });
  }
  return tokens;
}

function readRule(tokens: readonly Token[], place: Place): IdleRule {
  const conditions: Condition[] = [];
  let from = 0;
  for (let at = 0; at <= tokens.length; at++) {
    if (at < tokens.length && tokens[at]!.text !== "and") continue;
    const joint = tokens[at] ?? tokens[at - 1]!;
    if (at === from) throw problem(`a condition is missing at "${joint.text}"`, joint.column, place);
    conditions.push(readCondition(tokens.slice(from, at), place));
    from = at + 1;
  }
  return { text: tokens.map((token) => token.text).join(" "), conditions };
}

function readCondition(tokens: readonly Token[], place: Place): Condition {
  const negated = tokens[0]!.text === "not";
  const [name, ...rest] = negated ? tokens.slice(1) : tokens;
  if (name === undefined) throw problem('a condition is missing at "not"', tokens[0]!.column, place);
  const key = keys.find((one) => one === name.text);
  if (key === undefined) {
    throw problem(`"${name.text}" is no condition; there are ${keys.join(", ")}`, name.column, place);
  }
  if (rest.length === 0) throw problem(`${key} needs a value`, name.column, place);
  if (key === "mean") return { key, negated, values: [], meanNs: readDuration(rest, place) };
  return { key, negated, values: rest.map((token) => readValue(key, token, place)), meanNs: 0 };
}

function readDuration([token, extra]: readonly Token[], place: Place): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(ns|us|ms|s)$/.exec(token!.text) ?? [];
  if (number === undefined || unit === undefined) {
    throw problem(`"${token!.text}" is no length of time, as 100ms is`, token!.column, place);
  }
  if (extra !== undefined) throw problem(`mean takes one value, not also "${extra.text}"`, extra.column, place);
  return Number(number) * unitNs[unit]!;
}

function readValue(key: ConditionKey, { text, column }: Token, place: Place): TextMatch {
  const allowed = key === "state" ? states : key === "thread" ? threadKinds : undefined;
  if (allowed !== undefined && !allowed.includes(text)) {
    throw problem(`"${text}" is no ${key}; there are ${allowed.join(", ")}`, column, place);
  }
  if (key === "syscall" && !Pattern.test(text) && !isSyscallName(text)) {
    throw problem(`"${text}" is no system call`, column, place);
  }
  if (text.startsWith('"') && (text.length < 3 || !text.endsWith('"'))) {
    throw problem(`${text} is no name in quotes`, column, place);
  }
  try {
    return parseTextMatch(text.replace(/^"(.*)"$/, "$1"), key);
  } catch (error) {
    throw problem((error as Error).message, column, place);
  }
}

function problem(what: string, column: number, { source, line }: Place): UsageError {
  return new UsageError(`${source}, line ${line}, column ${column}: ${what}`);
}
