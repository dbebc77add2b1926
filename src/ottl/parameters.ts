import type { KeyValueList } from '#pdata/attributes.ts';
import type { CompiledArgument, Getter } from './compile.ts';
import type { Accessor, OttlContext } from './context.ts';
import * as convert from './conversions.ts';
import { OttlError, OttlParseError } from './ottl-error.ts';
import { isMap, type OttlValue } from './value.ts';

/** A parameter of a function. Reads an argument at startup and returns the form that the function needs. */
export interface Parameter<T> {
  readonly isOptional?: true;
  /** @throws OttlParseError for an argument that the function does not accept */
  read(argument: CompiledArgument): T;
}

/**
 * Returns a value of one type for the current item.
 * @throws OttlError if the value has another type
 */
export type Of<T> = (context: OttlContext) => T;

/** A parameter that can be omitted. It is then undefined. */
export function optional<T>(parameter: Parameter<T>): Parameter<T | undefined> {
  return { ...parameter, isOptional: true };
}

/** A value of one type. The type of a literal is checked at startup. */
function typed<T>(read: (value: OttlValue) => T): Parameter<Of<T>> {
  return {
    read: ({ value }) => {
      const { get, constant } = value();
      if (constant === undefined) return (context) => read(get(context));
      const found = atStart(() => read(constant.value));
      return () => found;
    },
  };
}

/** Whether a value is of one type. A literal of another type is refused at startup, same as in the Collector. */
function tested<T>(read: (value: OttlValue) => T): Parameter<Of<boolean>> {
  return {
    read: ({ value }) => {
      const { get, constant } = value();
      if (constant !== undefined) atStart(() => read(constant.value));
      return (context) => {
        const found = get(context);
        try {
          read(found);
          return true;
        } catch (error) {
          if (error instanceof OttlError) return false;
          throw error;
        }
      };
    },
  };
}

export const isText = tested(convert.text);
export const isInt = tested(convert.int);
export const isDouble = tested(convert.double);
export const isBool = tested(convert.bool);
export const isMapOf = tested(convert.mapOf);

/** Runs a part of a function at startup, when its argument is a literal. @throws OttlParseError */
export function atStart<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof OttlError) throw new OttlParseError(error.message);
    throw error;
  }
}

/** Any value. */
export const any: Parameter<Getter> = { read: ({ value }) => value().get };

export const text = typed(convert.text);
export const int = typed(convert.int);
export const mapOf = typed(convert.mapOf);
export const listOf = typed(convert.listOf);
export const time = typed(convert.time);
export const duration = typed(convert.duration);
/** A value that can be converted to text; undefined for nil. */
export const textLike = typed(convert.textLike);
export const intLike = typed(convert.intLike);
export const doubleLike = typed(convert.doubleLike);
export const boolLike = typed(convert.boolLike);
export const bytesLike = typed(convert.bytesLike);

/** A literal of one type. */
function literal<T extends OttlValue>(expected: string, is: (value: OttlValue) => value is T): Parameter<T> {
  return {
    read: ({ expression }) => {
      if (expression.kind === 'literal' && !expression.isSigned && is(expression.value)) return expression.value;
      throw new OttlParseError(`must be ${expected}`);
    },
  };
}

export const literalText = literal('a string', (value) => typeof value === 'string');
export const literalInt = literal('an int', (value) => typeof value === 'bigint');
export const literalDouble = literal('a float', (value) => typeof value === 'number');
export const literalBool = literal('a bool', (value) => typeof value === 'boolean');

/** A list in brackets, whose elements are read by another parameter. */
export function listOfEach<T>(element: Parameter<T>): Parameter<readonly T[]> {
  return {
    read: ({ expression, part }) => {
      if (expression.kind !== 'list') throw new OttlParseError('must be a list');
      return expression.items.map((item) => element.read(part(item)));
    },
  };
}

export const literalTexts = listOfEach(literalText);
export const literalDoubles = listOfEach(literalDouble);

/** A list in brackets of values of one type, or a path or converter that returns such a list. */
function dynamicList<T>(element: Parameter<Of<T>>, read: (value: OttlValue) => T): Parameter<Of<readonly T[]>> {
  const written = listOfEach(element);
  return {
    read: (argument) => {
      if (argument.expression.kind === 'list') {
        const each = written.read(argument);
        return (context) => each.map((get) => get(context));
      }
      const { get, constant } = argument.value();
      if (constant !== undefined) throw new OttlParseError('must be a list');
      return (context) => convert.elements(get(context)).map(read);
    },
  };
}

export const texts = dynamicList(text, convert.text);
export const textLikes = dynamicList(textLike, convert.textLike);

/** A path that can be set. */
export const place: Parameter<Accessor> = { read: ({ target }) => target() };

/** A map that an editor changes. */
export interface MapPlace {
  get(context: OttlContext): KeyValueList;
  set(context: OttlContext, value: KeyValueList): void;
}

/** A path to a map. */
export const mapPlace: Parameter<MapPlace> = {
  read: ({ target }) => {
    const { get, set } = target();
    return {
      get: (context) => {
        const found = get(context);
        if (!isMap(found)) throw new OttlError(convert.expectation('pcommon.Map', found));
        return found;
      },
      set,
    };
  },
};

/** The name of a converter that an editor applies to each replacement. Called with one value. */
export const functionName: Parameter<(value: Getter) => Getter> = { read: ({ converter }) => converter() };
