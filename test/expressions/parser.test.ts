// The grammar: what binds how tightly, what numbers and texts are, and each mistake with its sentence
// and its caret.

import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parseExpression, parseList } from "../../analyzer/expressions/parser.js";
import type { Syntax } from "../../analyzer/expressions/syntax.js";
import { readQuantity, readTokens } from "../../analyzer/expressions/tokens.js";

const test = suite("expressions/parser");

/** The tree with all parentheses that it implies. */
function grouped(syntax: Syntax): string {
  switch (syntax.form) {
    case "number":
      return String(syntax.value);
    case "text":
      return JSON.stringify(syntax.text);
    case "name":
      return syntax.name;
    case "unary":
      return `(${syntax.operator}${grouped(syntax.operand)})`;
    case "binary":
      return `(${grouped(syntax.left)} ${syntax.operator} ${grouped(syntax.right)})`;
    case "match":
      return `(${grouped(syntax.subject)} =~ ${JSON.stringify(syntax.pattern)})`;
    case "conditional":
      return `(${[syntax.condition, syntax.whenTrue, syntax.whenFalse].map(grouped).join(" ")})`;
  }
}

const parsed = (source: string) => grouped(parseExpression(source).syntax);

function refuses(source: string, message: string): void {
  try {
    parseExpression(source);
  } catch (error) {
    assert.is((error as Error).name, "UsageError");
    assert.is((error as Error).message, message);
    return;
  }
  assert.unreachable(`${source} was read`);
}

test("operators bind as in C", () => {
  assert.is(parsed("a + b * c"), "(a + (b * c))");
  assert.is(parsed("a * b + c"), "((a * b) + c)");
  assert.is(parsed("a << b + c"), "(a << (b + c))");
  assert.is(parsed("a < b << c"), "(a < (b << c))");
  assert.is(parsed("a == b < c"), "(a == (b < c))");
  assert.is(parsed("a & b == c"), "(a & (b == c))");
  assert.is(parsed("a ^ b & c"), "(a ^ (b & c))");
  assert.is(parsed("a | b ^ c"), "(a | (b ^ c))");
  assert.is(parsed("a && b | c"), "(a && (b | c))");
  assert.is(parsed("a || b && c"), "(a || (b && c))");
  assert.is(parsed("a || b ? c : d"), "((a || b) c d)");
  assert.is(parsed('a && comm =~ "x*" == b'), '(a && ((comm =~ "x*") == b))');
});

test("binary operators group to the left, ?: to the right, unary ones bind tightest", () => {
  assert.is(parsed("a - b - c"), "((a - b) - c)");
  assert.is(parsed("a / b % c * d"), "(((a / b) % c) * d)");
  assert.is(parsed("a ? b : c ? d : e"), "(a b (c d e))");
  assert.is(parsed("a ? b ? c : d : e"), "(a (b c d) e)");
  assert.is(parsed("-a * !b"), "((-a) * (!b))");
  assert.is(parsed("!~-a"), "(!(~(-a)))");
  assert.is(parsed("(a + b) * c"), "((a + b) * c)");
  assert.is(parsed("a--b"), "(a - (-b))");
});

test("numbers with their units", () => {
  const value = (text: string) => readTokens(text)[0]!.value;
  assert.equal(
    ["0", "42", "0x1F", "0XfF", "7ns", "7us", "7ms", "7s", "4K", "4M", "4G", "9007199254740991"].map(value),
    [0, 42, 31, 255, 7, 7_000, 7_000_000, 7_000_000_000, 4096, 4_194_304, 4_294_967_296, 9007199254740991],
  );
  assert.equal(["100us", "-4K", "0", "x", "", "-", "1.5", "1 2"].map(readQuantity), [
    100_000, -4096, 0, undefined, undefined, undefined, undefined, undefined,
  ]);
});

test("text with its escapes; a regular expression keeps its backslashes", () => {
  const text = (source: string) => readTokens(source)[0]!.text;
  assert.is(text('"a b"'), "a b");
  assert.is(text('"a\\"b\\\\c\\n\\t"'), 'a"b\\c\n\t');
  assert.is(text('"/\\d+\\.so/"'), "/\\d+\\.so/");
  assert.is(text('""'), "");
});

test("a list names each expression as it was written", () => {
  assert.equal(
    parseList(" comm , ret+1,(a) ").map(({ text }) => text),
    ["comm", "ret+1", "(a)"],
  );
});

test("mistakes: what was expected, and where", () => {
  refuses("", 'expected a value\n  \n  ^');
  refuses("a >", "expected a value after >\n  a >\n     ^");
  refuses("a > * b", "expected a value after >\n  a > * b\n      ^");
  refuses("(a + b", 'expected ")" after b\n  (a + b\n        ^');
  refuses("a b", "expected an operator before b\n  a b\n    ^");
  refuses("a ? b", 'expected ":" and the other value of "?" after b\n  a ? b\n       ^');
  refuses("a = b", "= sets a value, which an expression cannot; did you mean ==?\n  a = b\n    ^");
  refuses("comm == 'x'", 'text stands in double quotes, "..."\n  comm == \'x\'\n          ^');
  refuses('comm == "x', 'this text has no closing "\n  comm == "x\n          ^');
  refuses("a =~ b", 'expected a pattern, "glob*" or "/regular expression/", after =~\n  a =~ b\n       ^');
  refuses("a > 5min", "min is no unit; a number may end in ns us ms s, or K M G\n  a > 5min\n       ^");
  refuses("a > 5constructor", "constructor is no unit; a number may end in ns us ms s, or K M G\n  a > 5constructor\n       ^");
  refuses("a > 1.5ms", "numbers are whole; write 1500us for 1.5 ms\n  a > 1.5ms\n       ^");
  refuses("a > 9007199254740992", "9007199254740992 is over 2^53, the largest exact number\n  a > 9007199254740992\n      ^");
  refuses("a @ b", '"@" is no part of an expression\n  a @ b\n    ^');
  refuses("a\t>\t", "expected a value after >\n  a > \n      ^");
});

test("nesting has a limit, and says so", () => {
  const deep = (depth: number) => `${"(".repeat(depth)}1${")".repeat(depth)}`;
  assert.is(parsed(deep(199)), "1");
  assert.throws(() => parsed(deep(10_000)), /^more than 200 parentheses and operators inside each other\n/);
  assert.throws(() => parsed(`${"!".repeat(10_000)}1`), /^more than 200 parentheses/);
  assert.throws(() => parsed("1?".repeat(10_000)), /^more than 200 parentheses/);
});

test.run();
