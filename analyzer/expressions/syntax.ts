// An expression as it was written: a tree of what the parser recognized, with the columns that errors
// point at. Names are not looked up and types not known yet.

export type UnaryOperator = "!" | "~" | "-";

export type BinaryOperator =
  | "*" | "/" | "%" | "+" | "-" | "<<" | ">>"
  | "<" | "<=" | ">" | ">=" | "==" | "!="
  | "&" | "^" | "|" | "&&" | "||";

export type Syntax =
  | { readonly form: "number"; readonly at: number; readonly value: number }
  | { readonly form: "text"; readonly at: number; readonly text: string }
  | { readonly form: "name"; readonly at: number; readonly name: string }
  | { readonly form: "unary"; readonly at: number; readonly operator: UnaryOperator; readonly operand: Syntax }
  | {
      readonly form: "binary";
      /** The operator's column. */
      readonly at: number;
      readonly operator: BinaryOperator;
      readonly left: Syntax;
      readonly right: Syntax;
    }
  | {
      /** subject =~ "pattern" */
      readonly form: "match";
      readonly at: number;
      readonly subject: Syntax;
      readonly pattern: string;
      readonly patternAt: number;
    }
  | {
      readonly form: "conditional";
      /** The column of "?". */
      readonly at: number;
      readonly condition: Syntax;
      readonly whenTrue: Syntax;
      readonly whenFalse: Syntax;
    };

/** An expression among others, with its own text, which is what its values are called. */
export interface WrittenExpression {
  readonly text: string;
  readonly syntax: Syntax;
}
