import type { Argument, CallExpression, Condition, Expression } from './ast.ts';
import { compares } from './compare.ts';
import type { Accessor, ContextName, OttlContext } from './context.ts';
import { enums } from './enums.ts';
import { converters } from './functions/converters.ts';
import { editors } from './functions/editors.ts';
import { computed } from './math.ts';
import { OttlError, OttlParseError } from './ottl-error.ts';
import { parseCondition, parseStatement } from './parser.ts';
import { accessorOf } from './paths.ts';
import { indexed, list, map, type OttlValue, storable } from './value.ts';

/** Gives a value for the item at hand. Throws OttlError when it can't. */
export type Getter = (context: OttlContext) => OttlValue;

/** A condition ready to be asked. */
export type CompiledCondition = (context: OttlContext) => boolean;

/** A statement ready to run: changes the context when its condition holds. */
export type CompiledStatement = (context: OttlContext) => void;

/** What a function gets for one of its arguments. */
export interface CompiledArgument {
  readonly get: Getter;
  /** The place itself, for editors that change it; undefined when the argument is no path. */
  readonly target: Accessor | undefined;
  /** The value when it is written in the statement and so the same for every item. */
  readonly constant: OttlValue;
  readonly isConstant: boolean;
}

/** A converter or editor: its parameters, and how it is built from its arguments. */
export interface OttlFunction<Built> {
  /** Names in order; `?` ends the name of an optional one, `…` that of one that takes all that follow. */
  readonly parameters: readonly string[];
  /** Editors that belong to one context only. */
  readonly context?: ContextName;
  build(args: readonly (CompiledArgument | undefined)[]): Built;
}

/** Throws OttlParseError with the collector's words where it has them. */
export function compileCondition(text: string, context: ContextName): CompiledCondition {
  return reported(`unable to parse OTTL condition ${JSON.stringify(text)}`, () =>
    condition(parseCondition(text), context),
  );
}

/** Throws OttlParseError with the collector's words where it has them. */
export function compileStatement(text: string, context: ContextName): CompiledStatement {
  return reported(`unable to parse OTTL statement ${JSON.stringify(text)}`, () => {
    const { editor, where } = parseStatement(text);
    const known = lookup(editors, editor, 'editor');
    if (known.context && known.context !== context) {
      throw new OttlParseError(`the editor "${editor.name}" belongs to the context "${known.context}"`);
    }
    const run = known.build(bound(editor, known.parameters, context));
    if (!where) return run;
    const holds = condition(where, context);
    return (item: OttlContext) => {
      if (holds(item)) run(item);
    };
  });
}

function reported<T>(prefix: string, build: () => T): T {
  try {
    return build();
  } catch (error) {
    if (error instanceof OttlParseError) throw new OttlParseError(`${prefix}: ${error.message}`);
    throw error;
  }
}

function condition(tree: Condition, context: ContextName): CompiledCondition {
  switch (tree.kind) {
    case 'constant':
      return () => tree.value;
    case 'not': {
      const inner = condition(tree.condition, context);
      return (item) => !inner(item);
    }
    case 'or':
    case 'and': {
      const parts = tree.parts.map((part) => condition(part, context));
      return tree.kind === 'or'
        ? (item) => parts.some((part) => part(item))
        : (item) => parts.every((part) => part(item));
    }
    case 'compare': {
      const [left, right] = [getter(tree.left, context), getter(tree.right, context)];
      return (item) => compares(tree.operator, left(item), right(item));
    }
    case 'test': {
      const value = getter(tree.call, context);
      return (item) => {
        const result = value(item);
        if (typeof result !== 'boolean') throw new OttlError(`${tree.call.name} did not give a boolean`);
        return result;
      };
    }
  }
}

function getter(tree: Expression, context: ContextName): Getter {
  switch (tree.kind) {
    case 'literal':
      return () => tree.value;
    case 'enum': {
      if (!Object.hasOwn(enums, tree.name)) throw new OttlParseError(`enum symbol ${tree.name} not found`);
      const number = enums[tree.name];
      return () => number;
    }
    case 'list': {
      const items = tree.items.map((item) => getter(item, context));
      return (item) => list(items.map((get) => storable(get(item))));
    }
    case 'map': {
      const entries = tree.entries.map(({ key, value }) => ({ key, get: getter(value, context) }));
      return (item) => map(entries.map(({ key, get }) => ({ key, value: storable(get(item)) })));
    }
    case 'path': {
      const accessor = accessorOf(tree, context);
      return (item) => accessor.get(item);
    }
    case 'math': {
      const [left, right] = [getter(tree.left, context), getter(tree.right, context)];
      return (item) => computed(tree.operator, left(item), right(item));
    }
    case 'call': {
      const known = lookup(converters, tree, 'converter');
      const run = known.build(bound(tree, known.parameters, context));
      return tree.keys.length === 0 ? run : (item) => indexed(run(item), tree.keys);
    }
  }
}

function lookup<Built>(
  table: Readonly<Record<string, OttlFunction<Built>>>,
  call: CallExpression,
  sort: string,
): OttlFunction<Built> {
  if (Object.hasOwn(table, call.name)) return table[call.name]!;
  throw new OttlParseError(
    `undefined function "${call.name}"; pitot has the ${sort}s: ${Object.keys(table).sort().join(', ')}`,
  );
}

/** The arguments in the order of the parameters. */
function bound(
  call: CallExpression,
  parameters: readonly string[],
  context: ContextName,
): (CompiledArgument | undefined)[] {
  const rest = parameters.at(-1)?.endsWith('…') ?? false;
  const positional = call.args.filter((argument) => argument.name === undefined);
  if (positional.length > parameters.length && !rest) {
    throw new OttlParseError(
      `error while parsing arguments for call to "${call.name}": incorrect number of arguments. Expected: ${parameters.length} Received: ${call.args.length}`,
    );
  }
  const found = positional.map((argument) => compiledArgument(argument, context)) as (CompiledArgument | undefined)[];
  for (const argument of call.args) {
    if (argument.name === undefined) continue;
    const index = parameters.findIndex((parameter) => parameter.replace('?', '') === argument.name);
    if (index < 0)
      throw new OttlParseError(
        `error while parsing arguments for call to "${call.name}": no such parameter: ${argument.name}`,
      );
    found[index] = compiledArgument(argument, context);
  }
  for (const [index, parameter] of parameters.entries()) {
    if (found[index] || /[?…]$/.test(parameter)) continue;
    throw new OttlParseError(
      `error while parsing arguments for call to "${call.name}": incorrect number of arguments. Expected: ${parameters.length} Received: ${call.args.length}`,
    );
  }
  return found;
}

function compiledArgument({ value: tree }: Argument, context: ContextName): CompiledArgument {
  const isConstant = isWritten(tree);
  const get = getter(tree, context);
  // What is written needs no item to be known.
  const constant = isConstant ? get(undefined as unknown as OttlContext) : undefined;
  return { get, target: tree.kind === 'path' ? accessorOf(tree, context) : undefined, constant, isConstant };
}

function isWritten(tree: Expression): boolean {
  if (tree.kind === 'list') return tree.items.every(isWritten);
  if (tree.kind === 'map') return tree.entries.every((entry) => isWritten(entry.value));
  return tree.kind === 'literal' || tree.kind === 'enum';
}
