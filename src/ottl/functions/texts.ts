import { decodeUtf8, encodeUtf8 } from '#bytes/utf8.ts';
import { OttlError, OttlParseError } from '../ottl-error.ts';
import {
  any,
  int,
  listOfEach,
  literalBool,
  literalText,
  type Of,
  optional,
  text,
  textLike,
  textLikes,
} from '../parameters.ts';
import { slice } from '../value.ts';
import { camelCase, lowerCase, snakeCase, upperCase } from './case.ts';
import { type Converters, convert, converter } from './define.ts';
import { goSprintf } from './go-sprintf.ts';
import { pattern } from './patterns.ts';

const cases: Readonly<Record<string, (value: string) => string>> = {
  lower: lowerCase,
  upper: upperCase,
  snake: snakeCase,
  camel: camelCase,
};

/** Defines a converter of a text and a part of it. */
const affix = (name: string, apply: (value: string, part: string) => string | boolean) =>
  converter({ target: text, [name]: text }, (args) => {
    const { target, [name]: part } = args as Readonly<Record<string, Of<string>>>;
    return (context) => apply(target!(context), part!(context));
  });

/** Converters of texts. Lengths and positions are bytes of UTF-8. */
export const textConverters: Converters = {
  ConvertCase: converter({ target: text, to_case: literalText }, ({ target, to_case: name }) => {
    const change = Object.hasOwn(cases, name) ? cases[name]! : undefined;
    if (!change) throw new OttlParseError(`invalid case: ${name}, allowed cases are: lower, upper, snake, camel`);
    return (context) => change(target(context));
  }),
  ToLowerCase: convert('target', text, lowerCase),
  ToUpperCase: convert('target', text, upperCase),
  ToSnakeCase: convert('target', text, snakeCase),
  ToCamelCase: convert('target', text, camelCase),
  HasPrefix: affix('prefix', (value, prefix) => value.startsWith(prefix)),
  HasSuffix: affix('suffix', (value, suffix) => value.endsWith(suffix)),
  TrimPrefix: affix('prefix', (value, prefix) => (value.startsWith(prefix) ? value.slice(prefix.length) : value)),
  TrimSuffix: affix('suffix', (value, suffix) =>
    value.endsWith(suffix) ? value.slice(0, value.length - suffix.length) : value,
  ),
  Trim: converter({ target: text, replacement: optional(literalText) }, ({ target, replacement = ' ' }) => {
    const characters = new Set(replacement);
    return (context) => trimmed(target(context), characters);
  }),
  Split: converter({ target: text, delimiter: text }, ({ target, delimiter }) => (context) => {
    const value = target(context);
    const by = delimiter(context);
    return slice('string', by === '' ? [...value] : value.split(by));
  }),
  Concat: converter({ vals: textLikes, delimiter: text }, ({ vals, delimiter }) => (context) => {
    const by = delimiter(context);
    return vals(context)
      .map((value) => value ?? '<nil>')
      .join(by);
  }),
  Format: converter(
    { format: literalText, vals: listOfEach(any) },
    ({ format, vals }) =>
      (context) =>
        goSprintf(
          format,
          vals.map((get) => get(context)),
        ),
  ),
  IsMatch: converter({ target: textLike, pattern }, ({ target, pattern: compiled }) => (context) => {
    const { matches } = compiled(context);
    const value = target(context);
    return value !== undefined && matches(value);
  }),
  Substring: converter(
    { target: text, start: int, length: int, utf8_safe: optional(literalBool) },
    ({ target, start, length, utf8_safe: isUtf8Safe = false }) =>
      (context) => {
        const [from, count] = [start(context), length(context)];
        if (from < 0n) throw new OttlError(`invalid start for substring function, ${from} cannot be negative`);
        if (count <= 0n) {
          throw new OttlError(`invalid length for substring function, ${count} cannot be negative or zero`);
        }
        const bytes = encodeUtf8(target(context));
        if (from + count > BigInt(bytes.length)) {
          throw new OttlError(
            `invalid range for substring function, start(${from})+length(${count}) cannot be greater than the length of target string(${bytes.length})`,
          );
        }
        const [begin, end] = [Number(from), Number(from + count)];
        return isUtf8Safe ? wholeCharacters(bytes, begin, end) : decodeUtf8(bytes, begin, end);
      },
  ),
};

/** Removes the given characters from both ends of a text. */
function trimmed(value: string, characters: ReadonlySet<string>): string {
  const all = [...value];
  const isKept = (character: string) => !characters.has(character);
  const first = all.findIndex(isKept);
  return first < 0 ? '' : all.slice(first, all.findLastIndex(isKept) + 1).join('');
}

/** Returns the characters that are completely between two positions. */
function wholeCharacters(bytes: Buffer, begin: number, end: number): string {
  const isStart = (at: number) => at >= bytes.length || (bytes[at]! & 0xc0) !== 0x80;
  let [first, last] = [begin, end];
  while (!isStart(first)) first++;
  while (first < last && !isStart(last)) last--;
  return decodeUtf8(bytes, first, Math.max(first, last));
}
