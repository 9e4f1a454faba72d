// Expressions evaluated the slow and obvious way: one event at a time, straight from the syntax tree,
// with 64-bit operations in BigInt and null for "no value". Shares no code with the evaluator but the
// parser.

import type { Syntax } from "../../analyzer/expressions/syntax.js";

export type Value = number | string | null;

export function naive(syntax: Syntax, event: Readonly<Record<string, Value>>): Value {
  switch (syntax.form) {
    case "number":
      return syntax.value;
    case "text":
      return syntax.text;
    case "name":
      return event[syntax.name]!;
    case "unary":
      return unary(syntax.operator, naive(syntax.operand, event) as number | null);
    case "binary":
      return binary(syntax.operator, naive(syntax.left, event), naive(syntax.right, event));
    case "match": {
      const text = naive(syntax.subject, event) as string | null;
      return text === null ? null : matches(syntax.pattern, text);
    }
    case "conditional": {
      const condition = naive(syntax.condition, event);
      if (condition === null) return null;
      return naive(condition === 0 ? syntax.whenFalse : syntax.whenTrue, event);
    }
  }
}

function unary(operator: string, x: number | null): number | null {
  if (x === null) return null;
  if (operator === "!") return x === 0 ? 1 : 0;
  return operator === "-" ? 0 - x : Number(-1n - BigInt(x));
}

function binary(operator: string, x: Value, y: Value): number | null {
  if (operator === "&&" && (x === 0 || y === 0)) return 0;
  if (operator === "||" && ((x !== null && x !== 0) || (y !== null && y !== 0))) return 1;
  if (x === null || y === null) return null;
  if (operator === "&&") return 1;
  if (operator === "||") return 0;
  if (operator === "==") return x === y ? 1 : 0;
  if (operator === "!=") return x === y ? 0 : 1;
  return numeric(operator, x as number, y as number);
}

function numeric(operator: string, x: number, y: number): number | null {
  const wrapped = (value: bigint) => Number(BigInt.asIntN(64, value));
  switch (operator) {
    case "+":
      return x + y;
    case "-":
      return x - y;
    case "*":
      return x * y;
    case "/":
      return y === 0 ? null : Number(BigInt(x) / BigInt(y));
    case "%":
      return y === 0 ? null : Number(BigInt(x) % BigInt(y));
    case "<<":
      return y < 0 || y > 63 ? null : Number(BigInt(x) << BigInt(y));
    case ">>":
      return y < 0 || y > 63 ? null : Number(BigInt(x) >> BigInt(y));
    case "<":
      return x < y ? 1 : 0;
    case "<=":
      return x <= y ? 1 : 0;
    case ">":
      return x > y ? 1 : 0;
    case ">=":
      return x >= y ? 1 : 0;
    case "&":
      return wrapped(BigInt(x) & BigInt(y));
    case "^":
      return wrapped(BigInt(x) ^ BigInt(y));
    case "|":
      return wrapped(BigInt(x) | BigInt(y));
    default:
      throw new Error(`no operator ${operator}`);
  }
}

/** Globs with nothing but stars. */
function matches(glob: string, text: string): number {
  const [first = "", ...parts] = glob.split("*");
  if (parts.length === 0) return glob === text ? 1 : 0;
  let rest = text;
  if (!rest.startsWith(first)) return 0;
  rest = rest.slice(first.length);
  const last = parts.pop()!;
  for (const part of parts) {
    const at = rest.indexOf(part);
    if (at < 0) return 0;
    rest = rest.slice(at + part.length);
  }
  return rest.endsWith(last) ? 1 : 0;
}
