import type { AnyValue, KeyValue } from '#pdata/attributes.ts';
import { parseInteger } from '../conversions.ts';
import { OttlError, OttlParseError } from '../ottl-error.ts';
import { int, literalText, optional, text } from '../parameters.ts';
import { list, map } from '../value.ts';
import { readCsvRow } from './csv.ts';
import { type Converters, convert, converter } from './define.ts';
import { delimiters, splitOutsideQuotes } from './key-values.ts';
import { pattern } from './patterns.ts';
import { parseSeverity } from './severity.ts';
import { urlParts } from './url-parts.ts';

/** Creates a map of entries whose keys can repeat. The last value of a key takes the position of the first. */
export function mapOfLast(entries: Iterable<readonly [string, AnyValue]>): ReturnType<typeof map> {
  return map([...new Map(entries)].map(([key, value]): KeyValue => ({ key, value })));
}

/** Maximum depth of JSON. A deeper text would exhaust the stack. */
const maxDepth = 500;

function fromJson(value: unknown, depth = 0): AnyValue {
  if (depth > maxDepth) throw new OttlError(`exceeded max depth of ${maxDepth}`);
  if (Array.isArray(value)) return list(value.map((each) => fromJson(each, depth + 1)));
  if (typeof value === 'object' && value !== null) {
    return map(Object.entries(value).map(([key, each]) => ({ key, value: fromJson(each, depth + 1) })));
  }
  return value === null ? undefined : (value as string | number | boolean);
}

function parsedJson(written: string): AnyValue {
  let parsed: unknown;
  try {
    parsed = JSON.parse(written);
  } catch (error) {
    throw new OttlError((error as Error).message);
  }
  const value = fromJson(parsed);
  if (typeof value === 'object') return value;
  throw new OttlError(`could not convert parsed value of type ${typeof parsed} to JSON object`);
}

const csvModes = ['strict', 'lazyQuotes', 'ignoreQuotes'];

/** Converters that parse a text. */
export const parsingConverters: Converters = {
  ParseJSON: convert('target', text, parsedJson),
  ParseInt: converter({ target: text, base: int }, ({ target, base }) => (context) => {
    const written = target(context);
    if (written === '') throw new OttlError('invalid target value for ParseInt function, target cannot be empty');
    const radix = base(context);
    if (radix < 0n) {
      throw new OttlError(`invalid base value: ${radix} for ParseInt function, base cannot be negative`);
    }
    if (radix === 0n) return integerWithPrefix(written);
    if (radix === 1n || radix > 36n) {
      throw new OttlError(`strconv.ParseInt: parsing ${JSON.stringify(written)}: invalid base ${radix}`);
    }
    return parseInteger(written, radix);
  }),
  ParseCSV: converter(
    {
      target: text,
      header: text,
      delimiter: optional(literalText),
      header_delimiter: optional(literalText),
      mode: optional(literalText),
    },
    ({ target, header, delimiter = ',', header_delimiter: headerDelimiter = delimiter, mode = 'strict' }) => {
      if ([...delimiter].length !== 1)
        throw new OttlParseError('invalid arguments: delimiter must be a single character');
      if ([...headerDelimiter].length !== 1) {
        throw new OttlParseError('invalid arguments: header_delimiter must be a single character');
      }
      if (!csvModes.includes(mode)) throw new OttlParseError(`unknown mode: ${mode}`);
      return (context) => {
        const row = target(context);
        const names = header(context);
        if (names === '') throw new OttlError('headers must not be an empty string');
        const headers = names.split(headerDelimiter);
        const fields =
          mode === 'ignoreQuotes' ? row.split(delimiter) : readCsvRow(row, delimiter, mode === 'lazyQuotes');
        if (fields.length !== headers.length) {
          throw new OttlError(`wrong number of fields: expected ${headers.length}, found ${fields.length}`);
        }
        return mapOfLast(headers.map((name, index) => [name, fields[index]]));
      };
    },
  ),
  ParseKeyValue: converter(
    { target: text, delimiter: optional(literalText), pair_delimiter: optional(literalText) },
    ({ target, delimiter, pair_delimiter: pairDelimiter }) => {
      const [between, after] = delimiters(delimiter, pairDelimiter);
      return (context) => {
        const source = target(context);
        if (source === '') throw new OttlError('cannot parse from empty target');
        return mapOfLast(
          splitOutsideQuotes(source, after).map((pair) => {
            const at = pair.indexOf(between);
            if (at < 0) throw new OttlError(`cannot split ${JSON.stringify(pair)} into 2 items, got 1 item(s)`);
            return [pair.slice(0, at).trim(), pair.slice(at + between.length).trim()];
          }),
        );
      };
    },
  ),
  ParseSeverity: parseSeverity,
  ExtractPatterns: converter({ target: text, pattern }, ({ target, pattern: compiled }) => (context) => {
    const { regex } = compiled(context);
    const names = Object.entries(regex.namedGroups());
    if (names.length === 0) {
      throw new OttlError('at least 1 named capture group must be supplied in the given regex');
    }
    const matcher = regex.matcher(target(context));
    if (!matcher.find()) return map([]);
    const ordered = names.sort(([, a], [, b]) => a - b);
    return map(ordered.map(([key, group]) => ({ key, value: matcher.group(group) ?? '' })));
  }),
  URL: convert('uri', text, urlParts),
};

const prefixed: Readonly<Record<string, bigint>> = { '0b': 2n, '0o': 8n, '0x': 16n };

/** Parses an integer whose prefix determines the base. Underscores can separate digits. */
function integerWithPrefix(written: string): bigint {
  const [, sign = '', prefix = '', digits = ''] = /^([-+]?)(0[bBoOxX]|0(?=\w))?(.*)$/.exec(written) ?? [];
  const radix = prefix === '' ? 10n : (prefixed[prefix.toLowerCase()] ?? 8n);
  const isSeparated = /^_?[0-9a-z]+(?:_[0-9a-z]+)*$/i.test(digits) && !(prefix === '' && digits.startsWith('_'));
  return parseInteger(sign + (isSeparated ? digits.replaceAll('_', '') : digits), radix);
}
