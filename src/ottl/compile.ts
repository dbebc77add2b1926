import type { CallExpression, Condition, Expression, KeyExpression, PathExpression } from './ast.ts';
import { compares } from './compare.ts';
import type { Accessor, ContextName, Key, OttlContext } from './context.ts';
import { enumsOf } from './enums.ts';
import { converterOf, editorOf, type Processor } from './functions/registry.ts';
import { indexed } from './indexed.ts';
import { computed, negated } from './math.ts';
import { OttlError, OttlParseError } from './ottl-error.ts';
import type { Parameter } from './parameters.ts';
import { parseCondition, parseStatement } from './parser.ts';
import { accessorOf } from './paths.ts';
import { goType, map, type OttlValue, slice, storable } from './value.ts';

/**
 * Returns a value for the current item.
 * @throws OttlError if there is none
 */
export type Getter = (context: OttlContext) => OttlValue;

/** @throws OttlError when the condition cannot be evaluated */
export type CompiledCondition = (context: OttlContext) => boolean;

/** Changes the context if the condition of the statement holds. @throws OttlError */
export type CompiledStatement = (context: OttlContext) => void;

/** A compiled value, with its result if that is the same for every item. */
interface CompiledValue {
  readonly get: Getter;
  readonly constant: { readonly value: OttlValue } | undefined;
}

/**
 * An argument of a function. Each parameter reads it in the form that it needs. Every read can throw OttlParseError.
 */
export interface CompiledArgument {
  readonly expression: Expression;
  value(): CompiledValue;
  /** Returns the part of the item to which a path refers. */
  target(): Accessor;
  /** Returns the converter to which a name refers. */
  converter(): (value: Getter) => Getter;
  /** Returns an element of a list. */
  part(element: Expression): CompiledArgument;
}

/** A converter or editor. */
export interface OttlFunction<Built> {
  /** Parameters by name, in the order of positional arguments. */
  readonly parameters: Readonly<Record<string, Parameter<unknown>>>;
  build(args: Readonly<Record<string, never>>): Built;
}

/** Context and functions for which a statement or condition is compiled. */
export interface CompileOptions {
  readonly context: ContextName;
  readonly processor: Processor;
  /** Whether every path has the prefix of its context, as in statements and conditions without a group. */
  readonly needsPrefix?: boolean;
}

/** @throws OttlParseError with the Collector's message if it has one */
export function compileCondition(text: string, options: CompileOptions): CompiledCondition {
  return located(`unable to parse OTTL condition ${JSON.stringify(text)}`, () =>
    new Compiler(options).condition(parseCondition(text)),
  );
}

/** @throws OttlParseError with the Collector's message if it has one */
export function compileStatement(text: string, options: CompileOptions): CompiledStatement {
  return located(`unable to parse OTTL statement ${JSON.stringify(text)}`, () => {
    const { editor, where } = parseStatement(text);
    const compiler = new Compiler(options);
    const run = compiler.editor(editor);
    if (!where) return run;
    const holds = compiler.condition(where);
    return (item) => {
      if (holds(item)) run(item);
    };
  });
}

class Compiler {
  readonly #options: CompileOptions;

  constructor(options: CompileOptions) {
    this.#options = options;
  }

  editor(call: CallExpression): CompiledStatement {
    if (call.keys.length > 0) throw new OttlParseError('only paths and converters may be indexed, not editors');
    return this.#built(call, editorOf(call.name, this.#options));
  }

  condition(tree: Condition): CompiledCondition {
    switch (tree.kind) {
      case 'constant':
        return () => tree.value;
      case 'not': {
        const inner = this.condition(tree.condition);
        return (item) => !inner(item);
      }
      case 'or':
      case 'and': {
        const parts = tree.parts.map((part) => this.condition(part));
        // Same as the Collector: a constant decides before anything is evaluated.
        const decisive = tree.kind === 'or';
        if (tree.parts.some((part) => part.kind === 'constant' && part.value === decisive)) return () => decisive;
        return tree.kind === 'or'
          ? (item) => parts.some((part) => part(item))
          : (item) => parts.every((part) => part(item));
      }
      case 'compare': {
        const [{ get: left }, { get: right }] = [this.value(tree.left), this.value(tree.right)];
        return (item) => compares(tree.operator, left(item), right(item));
      }
      case 'test': {
        const { get } = this.value(tree.call);
        return (item) => {
          const result = get(item);
          if (typeof result === 'boolean') return result;
          const problem = 'value returned from Converter in constant expression must be bool';
          throw new OttlError(`${problem} but got ${goType(result)}`);
        };
      }
    }
  }

  value(tree: Expression): CompiledValue {
    switch (tree.kind) {
      case 'literal':
        return constant(tree.value);
      case 'enum': {
        const enums = enumsOf(this.#options.context);
        if (!Object.hasOwn(enums, tree.name)) throw new OttlParseError(`enum symbol ${tree.name} not found`);
        return constant(enums[tree.name]);
      }
      case 'function':
        throw new OttlParseError(`${tree.name} is a function: its arguments in parentheses are missing`);
      case 'list':
        return this.#folded(tree.items, (values) => slice('interface {}', values));
      case 'map': {
        const keys = tree.entries.map(({ key }) => key);
        return this.#folded(
          tree.entries.map(({ value }) => value),
          (values) => map(keys.map((key, index) => ({ key, value: storable(values[index]) }))),
        );
      }
      case 'path': {
        const accessor = this.#accessor(tree);
        return { get: (item) => accessor.get(item), constant: undefined };
      }
      case 'negative': {
        const { get } = this.value(tree.value);
        return { get: (item) => negated(get(item)), constant: undefined };
      }
      case 'math': {
        const [{ get: left }, { get: right }] = [this.value(tree.left), this.value(tree.right)];
        return { get: (item) => computed(tree.operator, left(item), right(item)), constant: undefined };
      }
      case 'call': {
        const run = this.#built(tree, converterOf(tree.name, this.#options));
        const keys = tree.keys.map((key) => this.#key(key));
        return { get: keys.length === 0 ? run : (item) => indexed(run(item), keys, item), constant: undefined };
      }
    }
  }

  /** Combines several values. If all of them are constants, the result is a constant. */
  #folded(parts: readonly Expression[], combine: (values: readonly OttlValue[]) => OttlValue): CompiledValue {
    const compiled = parts.map((part) => this.value(part));
    const constants = compiled.flatMap((part) => part.constant ?? []);
    if (constants.length === compiled.length) return constant(combine(constants.map(({ value }) => value)));
    return { get: (item) => combine(compiled.map(({ get }) => get(item))), constant: undefined };
  }

  #accessor(path: PathExpression): Accessor {
    const segments = path.segments.map(({ name, keys }) => ({ name, keys: keys.map((key) => this.#key(key)) }));
    return accessorOf(segments, this.#options);
  }

  #key(key: KeyExpression): Key {
    return typeof key === 'object' ? this.value(key).get : key;
  }

  #argument(expression: Expression): CompiledArgument {
    return {
      expression,
      value: () => this.value(expression),
      target: () => {
        if (expression.kind === 'path') return this.#accessor(expression);
        throw new OttlParseError('must be a path');
      },
      converter: () => {
        if (expression.kind === 'function' || expression.kind === 'enum') return this.#converter(expression.name);
        throw new OttlParseError('invalid function name given');
      },
      part: (element) => this.#argument(element),
    };
  }

  /** Returns a converter whose argument is known only when it is called. */
  #converter(name: string): (value: Getter) => Getter {
    const { parameters, build } = converterOf(name, this.#options);
    const [parameter, ...others] = Object.keys(parameters);
    return (get) => {
      // Same as the Collector: other functions fail when they are called.
      if (parameter === undefined || others.some((other) => !parameters[other]!.isOptional)) {
        throw new OttlError(`incorrect number of arguments for ${name}. Expected: ${others.length + 1} Received: 1`);
      }
      const unwritten = this.#argument({ kind: 'literal', value: undefined });
      const argument = { ...unwritten, value: () => ({ get, constant: undefined }) };
      return build({ [parameter]: parameters[parameter]!.read(argument) as never });
    };
  }

  #built<Built>(call: CallExpression, { parameters, build }: OttlFunction<Built>): Built {
    const names = Object.keys(parameters);
    // Same as the Collector: a function without parameters accepts any arguments.
    const bound = names.length === 0 ? new Map<string, Expression>() : boundArguments(call, names, parameters);
    const args = [...bound].map(([name, expression], position) => {
      const value = located(
        `error while parsing arguments for call to ${JSON.stringify(call.name)}: invalid argument at position ${position}`,
        () => parameters[name]!.read(this.#argument(expression)),
      );
      return [name, value as never] as const;
    });
    return located("couldn't create function", () => build(Object.fromEntries(args)));
  }
}

/** Prepends the location to the message of an error. */
function located<T>(prefix: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof OttlParseError) throw new OttlParseError(`${prefix}: ${error.message}`);
    throw error;
  }
}

function constant(value: OttlValue): CompiledValue {
  return { get: () => value, constant: { value } };
}

/** Returns the argument of each parameter, by name. */
function boundArguments(
  { args, name: call }: CallExpression,
  names: readonly string[],
  parameters: OttlFunction<unknown>['parameters'],
): ReadonlyMap<string, Expression> {
  const fail = (problem: string): never => {
    throw new OttlParseError(
      `error while parsing arguments for call to ${JSON.stringify(call)}: ${problem}; its parameters are (${names.join(', ')})`,
    );
  };
  const required = names.filter((name) => !parameters[name]!.isOptional);
  if (args.length < required.length || args.length > names.length) {
    return fail(`incorrect number of arguments. Expected: ${names.length} Received: ${args.length}`);
  }
  const bound = new Map<string, Expression>();
  let hasNamed = false;
  for (const [index, { name, value }] of args.entries()) {
    if (name === undefined && hasNamed) return fail('unnamed argument used after named argument');
    hasNamed ||= name !== undefined;
    const parameter = name === undefined ? names[index] : names.find((each) => camel(each) === camel(name));
    if (parameter === undefined) return fail(`no such parameter: ${name}`);
    bound.set(parameter, value);
  }
  const missing = required.find((name) => !bound.has(name));
  return missing === undefined ? bound : fail(`the parameter ${missing} is missing`);
}

function camel(name: string): string {
  return `_${name}`.replace(/_+(.)/g, (_, letter: string) => letter.toUpperCase());
}
