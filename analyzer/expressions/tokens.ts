// The words of an expression: text in, tokens out, each with the column it came from. Knows how
// numbers, names and strings are written, and nothing of what they mean together.

import { mistake } from "./caret.js";

export interface Token {
  readonly kind: "number" | "string" | "name" | "symbol" | "end";
  /** As it is written; of a string, without quotes and escapes. */
  readonly text: string;
  /** Of a number. */
  readonly value: number;
  /** Columns of its first character and of the one behind its last. */
  readonly from: number;
  readonly to: number;
}

/** Times are nanoseconds everywhere; sizes are bytes, and their K is 1024, as in the kernel's. */
const suffixes: Readonly<Record<string, number>> = {
  "": 1,
  ns: 1,
  us: 1e3,
  ms: 1e6,
  s: 1e9,
  K: 2 ** 10,
  M: 2 ** 20,
  G: 2 ** 30,
};

const escapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", '"': '"', "\\": "\\" };

const space = /\s*/y;
const number = /\d[\w.]*/y;
const name = /\$?[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)?/y;
const symbol = /<<|>>|<=|>=|==|!=|=~|&&|\|\||[-!~*/%+<>&^|?:(),]/y;

/** The tokens of `source` from column `from` on; the last one is the end. */
export function readTokens(source: string, from = 0): Token[] {
  const tokens: Token[] = [];
  for (let at = skipSpace(source, from); at < source.length; ) {
    const token = readToken(source, at);
    tokens.push(token);
    at = skipSpace(source, token.to);
  }
  const end = source.length;
  return [...tokens, { kind: "end", text: "", value: 0, from: end, to: end }];
}

function skipSpace(source: string, at: number): number {
  return at + matchAt(space, source, at)!.length;
}

function matchAt(pattern: RegExp, source: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0];
}

function readToken(source: string, at: number): Token {
  if (source[at] === '"') return readString(source, at);
  const digits = matchAt(number, source, at);
  if (digits !== undefined) return readNumber(source, digits, at);
  for (const [kind, pattern] of [["name", name], ["symbol", symbol]] as const) {
    const text = matchAt(pattern, source, at);
    if (text !== undefined) return { kind, text, value: 0, from: at, to: at + text.length };
  }
  const found = String.fromCodePoint(source.codePointAt(at)!);
  throw mistake(source, at, unknownSymbol(found));
}

function unknownSymbol(found: string): string {
  if (found === "=") return "= sets a value, which an expression cannot; did you mean ==?";
  if (found === "'") return `text stands in double quotes, "..."`;
  return `${JSON.stringify(found)} is no part of an expression`;
}

function readNumber(source: string, text: string, from: number): Token {
  const [, digits, suffix] = /^(0[xX][\dA-Fa-f]+|\d+)(.*)$/.exec(text)!;
  const factor = suffixes[suffix!];
  if (factor === undefined || !Object.hasOwn(suffixes, suffix!)) {
    throw mistake(
      source,
      from + digits!.length,
      suffix!.startsWith(".")
        ? "numbers are whole; write 1500us for 1.5 ms"
        : `${suffix} is no unit; a number may end in ns us ms s, or K M G`,
    );
  }
  const value = Number(digits) * factor;
  if (value > Number.MAX_SAFE_INTEGER) throw mistake(source, from, `${text} is over 2^53, the largest exact number`);
  return { kind: "number", text, value, from, to: from + text.length };
}

function readString(source: string, from: number): Token {
  let text = "";
  for (let at = from + 1; at < source.length; at++) {
    const character = source[at]!;
    if (character === '"') return { kind: "string", text, value: 0, from, to: at + 1 };
    if (character !== "\\") {
      text += character;
      continue;
    }
    // Other backslashes stay: a regular expression is full of them.
    const escaped = source[++at] ?? "";
    text += escapes[escaped] ?? `\\${escaped}`;
  }
  throw mistake(source, from, 'this text has no closing "');
}

/** A number by itself, as 100us, 4K or -1. Undefined where the text is none. */
export function readQuantity(text: string): number | undefined {
  const digits = text.replace(/^-/, "");
  if (!/^\d\w*$/.test(digits)) return undefined;
  const { value } = readNumber(text, digits, text.length - digits.length);
  return digits === text ? value : -value;
}
