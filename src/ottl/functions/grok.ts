import { parseGoFloat } from '#go/float.ts';
import type { AnyValue } from '#pdata/attributes.ts';
import type { OttlContext } from '../context.ts';
import { boolLike, parseInteger } from '../conversions.ts';
import { OttlError, OttlParseError } from '../ottl-error.ts';
import { atStart, literalBool, literalTexts, type Of, optional, type Parameter, text } from '../parameters.ts';
import { map } from '../value.ts';
import { type Converters, converter } from './define.ts';
import { grokPatterns } from './grok-patterns.ts';
import { mapOfLast } from './parsing.ts';
import { compilePattern, type Pattern } from './patterns.ts';

/** `%{PATTERN}`, `%{PATTERN:name}` or `%{PATTERN:name:type}`. */
const reference = /%\{(\w+)(?::([\w+.]+)(?::(\w+))?)?\}/g;
/** Limits of an expanded pattern. Definitions can refer to each other and to themselves. */
const maxDepth = 50;
const maxLength = 200_000;

/** The key and type of a group's value. */
interface Field {
  readonly name: string;
  readonly type: string | undefined;
}

interface Expanded {
  readonly source: string;
  /** Fields by the name of the group in the expanded pattern. */
  readonly fields: ReadonlyMap<string, Field>;
}

/**
 * Replaces all references with their patterns.
 * @throws OttlError for a reference to an unknown pattern
 */
function expanded(pattern: string, definitions: ReadonlyMap<string, string>, namedOnly: boolean): Expanded {
  const fields = new Map<string, Field>();
  let length = 0;
  const expand = (part: string, depth: number): string => {
    length += part.length;
    if (depth > maxDepth || length > maxLength)
      throw new OttlError('the grok pattern refers to itself, or is too long');
    return part.replace(reference, (_, id: string, name?: string, type?: string) => {
      const known = definitions.get(id) ?? (Object.hasOwn(grokPatterns, id) ? grokPatterns[id] : undefined);
      if (known === undefined) {
        throw new OttlError(
          `pattern definition ${JSON.stringify(id)} unknown: define it in pattern_definitions, as "${id}=…"`,
        );
      }
      if (namedOnly && name === undefined) return `(?:${expand(known, depth + 1)})`;
      const group = `grok${fields.size}`;
      fields.set(group, { name: name ?? id, type });
      return `(?P<${group}>${expand(known, depth + 1)})`;
    });
  };
  return { source: expand(pattern, 0), fields };
}

/**
 * Converts a value to the type of its hint.
 * @throws OttlError for a text that does not have this type
 */
function typed(value: string, { name, type }: Field): AnyValue {
  switch (type) {
    case undefined:
    case 'string':
      return value;
    case 'int':
    case 'long':
      return parseInteger(value, 10n);
    case 'float':
    case 'double':
      return parseGoFloat(value) ?? fail(`strconv.ParseFloat: parsing ${JSON.stringify(value)}: invalid syntax`);
    case 'bool':
    case 'boolean':
      return boolLike(value);
    default:
      return fail(`invalid type for ${name}: type not specified`);
  }
}

function fail(problem: string): never {
  throw new OttlError(problem);
}

function definitionsOf(written: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    written.map((definition, index) => {
      const at = definition.indexOf('=');
      if (at < 0) {
        throw new OttlParseError(
          `pattern ${JSON.stringify(definition)} supplied to ExtractGrokPatterns at index ${index} has incorrect format, expecting PATTERNNAME=pattern definition`,
        );
      }
      const id = definition.slice(0, at);
      if (id.includes(':')) throw new OttlParseError(`pattern ID ${JSON.stringify(id)} should not contain ':'`);
      return [id, definition.slice(at + 1)];
    }),
  );
}

/** A text, and whether it is the same for all items. */
const source: Parameter<{ readonly literal: boolean; readonly get: Of<string> }> = {
  read: (argument) => ({ literal: argument.value().constant !== undefined, get: text.read(argument) }),
};

export const grokConverters: Converters = {
  ExtractGrokPatterns: converter(
    {
      target: text,
      pattern: source,
      named_captures_only: optional(literalBool),
      pattern_definitions: optional(literalTexts),
    },
    ({ target, pattern, named_captures_only: namedOnly = false, pattern_definitions: written = [] }) => {
      const definitions = definitionsOf(written);
      let last: { readonly text: string; readonly compiled: CompiledGrok } | undefined;
      const compiledFor = (context: OttlContext) => {
        const found = pattern.get(context);
        if (last?.text !== found) last = { text: found, compiled: compileGrok(found, definitions, namedOnly) };
        return last.compiled;
      };
      // A literal does not depend on the item.
      if (pattern.literal) atStart(() => compiledFor(undefined as never));
      return (context) => {
        const { regex, fields } = compiledFor(context);
        const matcher = regex.matcher(target(context));
        if (!matcher.find()) return map([]);
        return mapOfLast(
          [...fields].flatMap(([group, field]): [string, AnyValue][] => {
            const value = matcher.group(group);
            return value ? [[field.name, typed(value, field)]] : [];
          }),
        );
      };
    },
  ),
};

interface CompiledGrok {
  readonly regex: Pattern['regex'];
  readonly fields: ReadonlyMap<string, Field>;
}

/** @throws OttlError for an invalid pattern */
function compileGrok(pattern: string, definitions: ReadonlyMap<string, string>, namedOnly: boolean): CompiledGrok {
  const { source: expandedSource, fields } = expanded(pattern, definitions, namedOnly);
  const { regex } = compilePattern(expandedSource);
  // Groups that the pattern itself names.
  const own = Object.keys(regex.namedGroups()).filter((name) => !fields.has(name));
  if (namedOnly && fields.size + own.length === 0) {
    throw new OttlError('at least 1 named capture group must be supplied in the given regex');
  }
  return { regex, fields: new Map([...fields, ...own.map((name) => [name, { name, type: undefined }] as const)]) };
}
