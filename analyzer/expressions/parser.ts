// The grammar of expressions: tokens in, a tree of syntax out, or an error with a caret where reading
// stopped and what could have stood there. Operators bind as in C, so that a filter can be taken over
// from argdist or bpftrace as it is; unary operators bind tightest, ?: loosest, and all binary ones
// are left-associative.
//
//   list        = expression { "," expression } ;
//   expression  = binary [ "?" expression ":" expression ] ;
//   binary      = unary { operator unary } ;            (* grouped by binding strength, below *)
//   unary       = { "!" | "~" | "-" } primary ;
//   primary     = number | string | name | "(" expression ")" ;
//
//   operator    =                                         "*" "/" "%"     (* tightest *)
//                                                         "+" "-"
//                                                         "<<" ">>"
//                                                         "<" "<=" ">" ">="
//                                                         "==" "!=" "=~"
//                                                         "&"
//                                                         "^"
//                                                         "|"
//                                                         "&&"
//                                                         "||" ;          (* loosest *)
//
//   number      = ( digit { digit } | "0x" hexdigit { hexdigit } ) [ unit ] ;
//   unit        = "ns" | "us" | "ms" | "s" | "K" | "M" | "G" ;
//   string      = '"' { character | '\"' | "\\" | "\n" | "\t" } '"' ;
//   name        = [ "$" ] word [ "." word ] ;             (* comm, $latency, args.count *)
//
// What stands to the right of "=~" is a string: a pattern, not a value.

import { mistake } from "./caret.js";
import type { BinaryOperator, Syntax, UnaryOperator, WrittenExpression } from "./syntax.js";
import { readTokens } from "./tokens.js";
import type { Token } from "./tokens.js";

/** Parentheses and operators inside each other; each costs a few frames of the stack. */
const DepthMax = 200;

/** How tightly binary operators bind: larger is tighter. */
const strengths = new Map<string, number>(
  [["||"], ["&&"], ["|"], ["^"], ["&"], ["==", "!=", "=~"], ["<", "<=", ">", ">="], ["<<", ">>"], ["+", "-"], ["*", "/", "%"]]
    .flatMap((operators, strength) => operators.map((operator) => [operator, strength + 1] as const)),
);

export class Parser {
  readonly #source: string;
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;

  /** Reads `source` from column `from` on. */
  constructor(source: string, from = 0) {
    this.#source = source;
    this.#tokens = readTokens(source, from);
  }

  /** Expressions with commas between them. */
  list(): WrittenExpression[] {
    const list = [this.expression()];
    while (this.take(",")) list.push(this.expression());
    return list;
  }

  expression(): WrittenExpression {
    const { from } = this.#peek();
    const syntax = this.#conditional();
    const { to } = this.#tokens[this.#next - 1]!;
    return { text: this.#source.slice(from, to), syntax };
  }

  /** Takes the next token if it is that symbol. */
  take(symbol: string): boolean {
    const { kind, text } = this.#peek();
    if (kind !== "symbol" || text !== symbol) return false;
    this.#next++;
    return true;
  }

  /** Throws unless everything was read; `expected` says what else could have followed. */
  end(expected: string): void {
    const { kind, text, from } = this.#peek();
    if (kind === "end") return;
    throw mistake(this.#source, from, `expected ${expected} before ${text === "" ? '""' : text}`);
  }

  #peek(): Token {
    return this.#tokens[this.#next]!;
  }

  #conditional(): Syntax {
    this.#enter();
    const condition = this.#binary(1);
    const { from: at } = this.#peek();
    let syntax = condition;
    if (this.take("?")) {
      const whenTrue = this.#conditional();
      if (!this.take(":")) throw this.#expected('":" and the other value of "?"');
      syntax = { form: "conditional", at, condition, whenTrue, whenFalse: this.#conditional() };
    }
    this.#depth--;
    return syntax;
  }

  /** Precedence climbing: operators that bind at least as tightly as `strengthMin`. */
  #binary(strengthMin: number): Syntax {
    let left = this.#unary();
    for (;;) {
      const { kind, text, from: at } = this.#peek();
      const strength = kind === "symbol" ? (strengths.get(text) ?? 0) : 0;
      if (strength < strengthMin) return left;
      this.#next++;
      if (text === "=~") left = this.#match(left, at);
      else left = { form: "binary", at, operator: text as BinaryOperator, left, right: this.#binary(strength + 1) };
    }
  }

  #match(subject: Syntax, at: number): Syntax {
    const { kind, text, from } = this.#peek();
    if (kind !== "string") throw this.#expected('a pattern, "glob*" or "/regular expression/",');
    this.#next++;
    return { form: "match", at, subject, pattern: text, patternAt: from };
  }

  #unary(): Syntax {
    const { kind, text, from: at } = this.#peek();
    if (kind !== "symbol" || !["!", "~", "-"].includes(text)) return this.#primary();
    this.#enter();
    this.#next++;
    const operand = this.#unary();
    this.#depth--;
    return { form: "unary", at, operator: text as UnaryOperator, operand };
  }

  #primary(): Syntax {
    const token = this.#peek();
    const { kind, text, value, from: at } = token;
    if (kind === "end" || (kind === "symbol" && text !== "(")) throw this.#expected("a value");
    this.#next++;
    switch (kind) {
      case "number":
        return { form: "number", at, value };
      case "string":
        return { form: "text", at, text };
      case "name":
        return { form: "name", at, name: text };
      default: {
        const inner = this.#conditional();
        if (!this.take(")")) throw this.#expected('")"');
        return inner;
      }
    }
  }

  #enter(): void {
    if (++this.#depth <= DepthMax) return;
    throw mistake(this.#source, this.#peek().from, `more than ${DepthMax} parentheses and operators inside each other`);
  }

  #expected(what: string): Error {
    const { from } = this.#peek();
    const before = this.#tokens[this.#next - 1];
    const where = before === undefined ? "" : ` after ${this.#source.slice(before.from, before.to)}`;
    return mistake(this.#source, from, `expected ${what}${where}`);
  }
}

/** One expression and nothing else. */
export function parseExpression(source: string): WrittenExpression {
  const parser = new Parser(source);
  const expression = parser.expression();
  parser.end("an operator");
  return expression;
}

/** Expressions with commas between them and nothing else. */
export function parseList(source: string): WrittenExpression[] {
  const parser = new Parser(source);
  const list = parser.list();
  parser.end('an operator or ","');
  return list;
}
