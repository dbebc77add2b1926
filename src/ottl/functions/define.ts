import type { CompiledStatement, Getter, OttlFunction } from '../compile.ts';
import type { OttlContext } from '../context.ts';
import type { Of, Parameter } from '../parameters.ts';
import type { OttlValue } from '../value.ts';

type Parameters = Readonly<Record<string, Parameter<unknown>>>;
/** Parsed arguments of a function, by parameter name. */
type Arguments<P extends Parameters> = { readonly [Name in keyof P]: P[Name] extends Parameter<infer T> ? T : never };

/** Functions of one kind by their names in statements and conditions. */
export type Converters = Readonly<Record<string, OttlFunction<Getter>>>;
export type Editors = Readonly<Record<string, OttlFunction<CompiledStatement>>>;

/** Defines a function that returns a value. `build` runs once at startup. */
export function converter<P extends Parameters>(
  parameters: P,
  build: (args: Arguments<P>) => Getter,
): Converters[string] {
  return { parameters, build: build as never };
}

/** Defines a function that changes the item. `build` runs once at startup. */
export function editor<P extends Parameters>(
  parameters: P,
  build: (args: Arguments<P>) => CompiledStatement,
): Editors[string] {
  return { parameters, build: build as never };
}

/** Defines a converter of one value. */
export function convert<T>(
  name: string,
  parameter: Parameter<Of<T>>,
  change: (value: T) => OttlValue,
): Converters[string] {
  return converter({ [name]: parameter }, (args) => {
    const get = args[name] as Of<T>;
    return (context: OttlContext) => change(get(context));
  });
}
