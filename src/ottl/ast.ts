/* The syntax tree of OTTL: one statement or condition. Positions are characters from the start of the text. */

export type Expression =
  | {
      readonly kind: 'literal';
      readonly value: string | boolean | bigint | number | Uint8Array | undefined;
      /** A number with a sign. Parameters that need a literal number do not accept it, same as in the Collector. */
      readonly isSigned?: true;
    }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'map'; readonly entries: readonly { readonly key: string; readonly value: Expression }[] }
  /** A name in capitals: an enum, or the name of a function where an argument expects one. */
  | { readonly kind: 'enum'; readonly name: string; readonly at: number }
  /** A converter without parentheses, where an argument expects a function. */
  | { readonly kind: 'function'; readonly name: string; readonly at: number }
  | PathExpression
  | CallExpression
  | { readonly kind: 'negative'; readonly value: Expression }
  | {
      readonly kind: 'math';
      readonly operator: '+' | '-' | '*' | '/';
      readonly left: Expression;
      readonly right: Expression;
    };

/** A key in brackets: a string, an index, or an expression that returns one. */
export type KeyExpression = string | bigint | Expression;

/** `metric.name`, `attributes["a"]["b"]`: names with the keys that follow each. */
export interface PathExpression {
  readonly kind: 'path';
  readonly segments: readonly PathSegment[];
  readonly at: number;
}

/** A segment of a path, such as `attributes["key"]`. */
export interface PathSegment {
  readonly name: string;
  readonly keys: readonly KeyExpression[];
}

/** `Name(args)`: a converter (upper-case first letter) or an editor. The result of a converter may be indexed. */
export interface CallExpression {
  readonly kind: 'call';
  readonly name: string;
  readonly args: readonly Argument[];
  readonly keys: readonly KeyExpression[];
  readonly at: number;
}

/** An argument of a function. */
export interface Argument {
  /** Name of the parameter (`function(key="x")`), or undefined for a positional argument. */
  readonly name: string | undefined;
  readonly value: Expression;
}

export type ComparisonOperator = '==' | '!=' | '<' | '<=' | '>' | '>=';

export type Condition =
  | { readonly kind: 'or' | 'and'; readonly parts: readonly Condition[] }
  | { readonly kind: 'not'; readonly condition: Condition }
  | {
      readonly kind: 'compare';
      readonly operator: ComparisonOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'test'; readonly call: CallExpression };

/** `editor(args) where condition`. */
export interface Statement {
  readonly editor: CallExpression;
  readonly where: Condition | undefined;
}
