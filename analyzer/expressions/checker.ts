// What an expression means where it stands: syntax in, a tree with every name looked up and every type
// known out, or an error with a caret. What names there are depends on the events that are asked
// about: read has an argument count, an off-CPU period has not.

import { EventKind } from "../../assembly/tables.js";
import { errnoNumber } from "../errno.js";
import { UsageError } from "../errors.js";
import { callArguments } from "../syscalls/signatures.js";
import { matchesText, parseTextMatch } from "../views/text-match.js";
import { argumentsText } from "./calls.js";
import type { CallSet } from "./calls.js";
import { mistake } from "./caret.js";
import { fields, findField, kindText } from "./fields.js";
import type { FieldName, ValueType } from "./fields.js";
import type { BinaryOperator, Syntax, UnaryOperator } from "./syntax.js";

/** The events that an expression is about. */
export interface Scope {
  readonly kinds: readonly EventKind[];
  /** Among system calls, which. */
  readonly calls: CallSet;
}

/** An expression, checked. */
export type Meaning = { readonly type: ValueType; readonly unit?: "ns" } & (
  | { readonly form: "number"; readonly value: number }
  | { readonly form: "text"; readonly text: string }
  | { readonly form: "field"; readonly field: FieldName; readonly kinds: readonly EventKind[] }
  | { readonly form: "position"; readonly index: number; readonly calls: CallSet }
  | { readonly form: "argument"; readonly name: string; readonly calls: CallSet }
  | { readonly form: "unary"; readonly operator: UnaryOperator; readonly operand: Meaning }
  | { readonly form: "binary"; readonly operator: BinaryOperator; readonly left: Meaning; readonly right: Meaning }
  | { readonly form: "match"; readonly subject: Meaning; readonly test: (text: string) => boolean }
  | {
      readonly form: "conditional";
      readonly condition: Meaning;
      readonly whenTrue: Meaning;
      readonly whenFalse: Meaning;
    }
);

/** Whether this is true of any part of an expression. */
export function someMeaning(meaning: Meaning, test: (part: Meaning) => boolean): boolean {
  const some = (...operands: readonly Meaning[]) => operands.some((operand) => someMeaning(operand, test));
  if (test(meaning)) return true;
  switch (meaning.form) {
    case "unary":
      return some(meaning.operand);
    case "binary":
      return some(meaning.left, meaning.right);
    case "match":
      return some(meaning.subject);
    case "conditional":
      return some(meaning.condition, meaning.whenTrue, meaning.whenFalse);
    default:
      return false;
  }
}

export class Checker {
  readonly #source: string;
  readonly #scope: Scope;

  /** `source` is the text that the syntax is of, for errors. */
  constructor(source: string, scope: Scope) {
    this.#source = source;
    this.#scope = scope;
  }

  /** A condition: a number that is not 0 where it holds. */
  condition(syntax: Syntax): Meaning {
    return this.#number(syntax, "a condition is a number: compare text with ==, != or =~");
  }

  meaning(syntax: Syntax): Meaning {
    switch (syntax.form) {
      case "number":
        return { form: "number", type: "number", value: syntax.value };
      case "text":
        return { form: "text", type: "text", text: syntax.text };
      case "name":
        return this.#name(syntax.name, syntax.at);
      case "unary": {
        const operand = this.#number(syntax.operand, `${syntax.operator} takes a number, this is text`);
        return { form: "unary", type: "number", operator: syntax.operator, operand };
      }
      case "binary":
        return this.#binary(syntax);
      case "match":
        return this.#match(syntax);
      case "conditional":
        return this.#conditional(syntax);
    }
  }

  #number(syntax: Syntax, complaint: string): Meaning {
    const meaning = this.meaning(syntax);
    if (meaning.type === "number") return meaning;
    throw mistake(this.#source, beginning(syntax), complaint);
  }

  #binary(syntax: Syntax & { form: "binary" }): Meaning {
    const { operator } = syntax;
    if (operator === "==" || operator === "!=") {
      const left = this.meaning(syntax.left);
      const right = this.meaning(syntax.right);
      if (left.type !== right.type) {
        throw mistake(this.#source, syntax.at, `${operator} compares ${left.type} with ${right.type}`);
      }
      return { form: "binary", type: "number", operator, left, right };
    }
    const complaint = `${operator} takes numbers, this is text`;
    const left = this.#number(syntax.left, complaint);
    const right = this.#number(syntax.right, complaint);
    return { form: "binary", type: "number", operator, left, right };
  }

  #match(syntax: Syntax & { form: "match" }): Meaning {
    const subject = this.meaning(syntax.subject);
    if (subject.type !== "text") {
      throw mistake(this.#source, beginning(syntax.subject), "=~ matches text, this is a number");
    }
    try {
      const match = parseTextMatch(syntax.pattern, "=~");
      return { form: "match", type: "number", subject, test: (text) => matchesText(match, text) };
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      throw mistake(this.#source, syntax.patternAt, error.message);
    }
  }

  #conditional(syntax: Syntax & { form: "conditional" }): Meaning {
    const condition = this.condition(syntax.condition);
    const whenTrue = this.meaning(syntax.whenTrue);
    const whenFalse = this.meaning(syntax.whenFalse);
    if (whenTrue.type !== whenFalse.type) {
      throw mistake(this.#source, syntax.at, `?: has ${whenTrue.type} on one side and ${whenFalse.type} on the other`);
    }
    return { form: "conditional", type: whenTrue.type, condition, whenTrue, whenFalse };
  }

  #name(name: string, at: number): Meaning {
    if (name.startsWith("args.")) return this.#argument(name.slice(5), at);
    const field = findField(name);
    if (field !== undefined) {
      const { type, unit, kinds } = field;
      if (!kinds.some((kind) => this.#scope.kinds.includes(kind))) throw this.#missing(name, at);
      return { form: "field", type, ...(unit && { unit }), field: field.name, kinds };
    }
    const errno = errnoNumber(name);
    if (errno !== undefined) return { form: "number", type: "number", value: errno };
    return this.#argument(name, at);
  }

  /** An argument by its name in the signatures of the calls in scope, or by its position. */
  #argument(name: string, at: number): Meaning {
    const { calls, kinds } = this.#scope;
    if (!kinds.includes(EventKind.Syscall)) throw this.#missing(name, at);
    if (/^arg[0-5]$/.test(name)) return { form: "position", type: "number", index: Number(name[3]), calls };
    const types = new Map<ValueType, string>();
    for (const call of calls.withSignatures()) {
      const argument = callArguments(call)!.find((one) => one.name === name);
      if (argument !== undefined) types.set(argument.isText ? "text" : "number", call);
    }
    const [first, second] = [...types];
    if (first === undefined) throw this.#missing(name, at);
    if (second !== undefined) {
      const sentence = `${name} is ${first[0]} in ${first[1]} and ${second[0]} in ${second[1]}; name the calls`;
      throw mistake(this.#source, at, sentence);
    }
    return { form: "argument", type: first[0], name, calls };
  }

  #missing(name: string, at: number): Error {
    const { calls, kinds } = this.#scope;
    const names = fields
      .filter((field) => field.kinds.some((kind) => kinds.includes(kind)))
      .map((field) => field.name);
    const call = calls.names(calls.text) && kinds.includes(EventKind.Syscall) ? calls.text : undefined;
    const what = call ?? kinds.map(kindText).join(" or ");
    const own = call === undefined ? "" : `its arguments are ${argumentsText(call)}; `;
    const every = call === undefined ? "it has" : "every call has";
    return mistake(this.#source, at, `${what} has no ${name}; ${own}${every} ${names.join(", ")}`);
  }
}

/** The column at which what was written begins. */
function beginning(syntax: Syntax): number {
  switch (syntax.form) {
    case "binary":
      return beginning(syntax.left);
    case "match":
      return beginning(syntax.subject);
    case "conditional":
      return beginning(syntax.condition);
    default:
      return syntax.at;
  }
}
