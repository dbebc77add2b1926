import type { Argument, Condition, Expression, KeyExpression } from './ast.ts';
import type { ContextName } from './context.ts';
import { enumsOf } from './enums.ts';
import { hasFunction } from './functions/registry.ts';
import { OttlParseError } from './ottl-error.ts';
import { parseCondition, parseStatement } from './parser.ts';
import { contextOfPrefix, visibleContexts } from './paths.ts';

/** Contexts from the innermost item outwards. The first one to which a path refers is the context of all texts. */
const innermostFirst: readonly string[] = [
  'log',
  'exemplar',
  'datapoint',
  'metric',
  'spanevent',
  'span',
  'profile',
  'scope',
  'resource',
];

/** Names that occur in texts. */
interface Mentioned {
  /** First names of paths. */
  readonly prefixes: Set<string>;
  readonly functions: Set<string>;
  readonly enums: Set<string>;
  /** Names in capitals as arguments: enums or functions. */
  readonly enumsOrFunctions: Set<string>;
}

interface InferenceOptions {
  readonly statements?: readonly string[];
  readonly conditions?: readonly string[];
  /** Contexts of the signal. */
  readonly candidates: readonly ContextName[];
  readonly processor: 'filter' | 'transform';
}

/**
 * Returns the context of texts that name none: the innermost item to which a path refers, or an item inside it if only
 * that item has the functions and enums.
 * @throws OttlParseError if there is no such context
 */
export function inferContext({
  statements = [],
  conditions = [],
  candidates,
  processor,
}: InferenceOptions): ContextName {
  const mentioned = mentionedBy(statements, conditions);
  const texts = [...statements, ...conditions].map((text) => JSON.stringify(text)).join(', ');
  const place = (prefix: string) => {
    const index = innermostFirst.indexOf(prefix);
    return index < 0 ? innermostFirst.length : index;
  };
  const [innermost] = [...mentioned.prefixes].sort((a, b) => place(a) - place(b));
  if (innermost === undefined) {
    throw new OttlParseError(
      `unable to infer context from ${texts}: the first segment of a path must be the name of a context, one of: ${candidates.join(', ')}`,
    );
  }
  const problemOf = (context: string): string | undefined =>
    candidates.includes(context as ContextName)
      ? problem(context as ContextName, mentioned, processor)
      : `inferred context "${innermost}" is not a valid candidate, it must be one of: ${candidates.join(', ')}`;
  const found = problemOf(innermost);
  if (found === undefined) return innermost as ContextName;
  const inner = candidates
    .filter(
      (candidate) => candidate !== innermost && (visibleContexts[candidate] as readonly string[]).includes(innermost),
    )
    .sort((a, b) => place(a) - place(b))
    .find((candidate) => problemOf(candidate) === undefined);
  if (inner) return inner;
  throw new OttlParseError(`unable to infer a valid context from ${texts}: ${found}`);
}

/** Returns the features that a context lacks. */
function problem(context: ContextName, mentioned: Mentioned, processor: 'filter' | 'transform'): string | undefined {
  const unknown = [...mentioned.functions].find((name) => !hasFunction(name, { context, processor }));
  if (unknown !== undefined) return `inferred context "${context}" does not support the function "${unknown}"`;
  const enums = enumsOf(context);
  const missing = [...mentioned.enums].find(
    (name) =>
      !Object.hasOwn(enums, name) &&
      !(mentioned.enumsOrFunctions.has(name) && hasFunction(name, { context, processor })),
  );
  return missing === undefined
    ? undefined
    : `inferred context "${context}" does not support the enum symbol "${missing}"`;
}

function mentionedBy(statements: readonly string[], conditions: readonly string[]): Mentioned {
  const mentioned: Mentioned = {
    prefixes: new Set(),
    functions: new Set(),
    enums: new Set(),
    enumsOrFunctions: new Set(),
  };
  for (const text of statements) {
    const { editor, where } = withText(text, 'statement', () => parseStatement(text));
    visit(editor, mentioned);
    if (where) visitCondition(where, mentioned);
  }
  for (const text of conditions)
    visitCondition(
      withText(text, 'condition', () => parseCondition(text)),
      mentioned,
    );
  return mentioned;
}

function withText<T>(text: string, kind: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof OttlParseError)) throw error;
    throw new OttlParseError(`unable to parse OTTL ${kind} ${JSON.stringify(text)}: ${error.message}`);
  }
}

function visitCondition(condition: Condition, mentioned: Mentioned): void {
  switch (condition.kind) {
    case 'constant':
      return;
    case 'not':
      visitCondition(condition.condition, mentioned);
      return;
    case 'or':
    case 'and':
      for (const part of condition.parts) visitCondition(part, mentioned);
      return;
    case 'compare':
      visit(condition.left, mentioned);
      visit(condition.right, mentioned);
      return;
    case 'test':
      visit(condition.call, mentioned);
  }
}

function visit(expression: Expression, mentioned: Mentioned): void {
  switch (expression.kind) {
    case 'literal':
      return;
    case 'enum':
      mentioned.enums.add(expression.name);
      return;
    case 'function':
      mentioned.functions.add(expression.name);
      return;
    case 'list':
      for (const item of expression.items) visit(item, mentioned);
      return;
    case 'map':
      for (const { value } of expression.entries) visit(value, mentioned);
      return;
    case 'negative':
      visit(expression.value, mentioned);
      return;
    case 'math':
      visit(expression.left, mentioned);
      visit(expression.right, mentioned);
      return;
    case 'call':
      mentioned.functions.add(expression.name);
      for (const argument of expression.args) visitArgument(argument, mentioned);
      visitKeys(expression.keys, mentioned);
      return;
    case 'path': {
      const [first, ...rest] = expression.segments;
      if (rest.length > 0 && first?.keys.length === 0) mentioned.prefixes.add(contextOfPrefix(first.name));
      for (const { keys } of expression.segments) visitKeys(keys, mentioned);
    }
  }
}

function visitArgument({ value }: Argument, mentioned: Mentioned): void {
  if (value.kind === 'enum') mentioned.enumsOrFunctions.add(value.name);
  visit(value, mentioned);
}

function visitKeys(keys: readonly KeyExpression[], mentioned: Mentioned): void {
  for (const key of keys) if (typeof key === 'object') visit(key, mentioned);
}
