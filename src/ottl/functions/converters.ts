import { decodeUtf8, encodeUtf8 } from '#bytes/utf8.ts';
import { equal } from '../compare.ts';
import type { Getter, OttlFunction } from '../compile.ts';
import { OttlError } from '../ottl-error.ts';
import { isList, isMap, list, type OttlValue } from '../value.ts';
import { asText, pattern, required, text, writtenText } from './arguments.ts';
import { conversions } from './conversions.ts';
import { goSprintf } from './go-sprintf.ts';

type Converter = OttlFunction<Getter>;

/** A converter of one value. */
const ofOne = (convert: (value: OttlValue) => OttlValue): Converter => ({
  parameters: ['target'],
  build: ([target]) => {
    const { get } = required(target);
    return (context) => convert(get(context));
  },
});

/** A converter of one string. */
const ofText = (convert: (value: string) => OttlValue): Converter => ({
  parameters: ['target'],
  build:
    ([target]) =>
    (context) =>
      convert(text(target, context)),
});

const affix = (holds: (value: string, part: string) => boolean): Converter => ({
  parameters: ['target', 'part'],
  build:
    ([target, part]) =>
    (context) =>
      holds(text(target, context), text(part, context)),
});

/** The converters that users of metrics need (behaviour.md §5.5), by name. */
export const converters: Readonly<Record<string, Converter>> = {
  ...conversions,
  IsMatch: {
    parameters: ['target', 'pattern'],
    build: ([target, regex]) => {
      const { get } = required(target);
      const compiled = pattern(regex);
      return (context) => {
        const value = asText(get(context));
        return value !== undefined && compiled.matcher(value).find();
      };
    },
  },
  HasPrefix: affix((value, part) => value.startsWith(part)),
  HasSuffix: affix((value, part) => value.endsWith(part)),
  HasAttrKeyOnDatapoint: {
    parameters: ['key'],
    build: ([key]) => {
      const name = writtenText(key);
      return ({ metric }) =>
        metric.dataPoints.some((point) => point.attributes.entries.some((entry) => entry.key === name));
    },
  },
  HasAttrOnDatapoint: {
    parameters: ['key', 'value'],
    build: ([key, value]) => {
      const [name, wanted] = [writtenText(key), writtenText(value)];
      return ({ metric }) =>
        metric.dataPoints.some((point) => {
          const entry = point.attributes.entries.find((each) => each.key === name);
          return entry !== undefined && asText(entry.value) === wanted;
        });
    },
  },
  ContainsValue: {
    parameters: ['target', 'item'],
    build: ([target, item]) => {
      const [values, wanted] = [required(target), required(item)];
      return (context) => {
        const found = values.get(context);
        if (!isList(found)) throw new OttlError('ContainsValue needs a list');
        const value = wanted.get(context);
        return found.values.some((each) => equal(each, value));
      };
    },
  },
  Concat: {
    parameters: ['vals', 'delimiter'],
    build: ([values, delimiter]) => {
      const { get } = required(values);
      return (context) => {
        const found = get(context);
        if (!isList(found)) throw new OttlError('Concat needs a list');
        return found.values
          .map((value) => (value === undefined ? '<nil>' : asText(value)))
          .join(text(delimiter, context));
      };
    },
  },
  Format: {
    parameters: ['formatString', 'formatArguments'],
    build: ([format, values]) => {
      const { get } = required(values);
      return (context) => {
        const found = get(context);
        if (!isList(found)) throw new OttlError('Format needs a list of arguments');
        return goSprintf(text(format, context), found.values);
      };
    },
  },
  Split: {
    parameters: ['target', 'delimiter'],
    build:
      ([target, delimiter]) =>
      (context) =>
        list(text(target, context).split(text(delimiter, context))),
  },
  Substring: {
    parameters: ['target', 'start', 'length'],
    build: ([target, start, length]) => {
      return (context) => {
        const bytes = encodeUtf8(text(target, context));
        const [from, count] = [Number(required(start).get(context)), Number(required(length).get(context))];
        if (!(from >= 0 && count > 0 && from + count <= bytes.length)) {
          throw new OttlError(
            `invalid range for substring function, ${from} cannot be greater than or equal to the length of target string(${bytes.length})`,
          );
        }
        return decodeUtf8(bytes, from, from + count);
      };
    },
  },
  Len: ofOne((value) => {
    if (typeof value === 'string') return BigInt(encodeUtf8(value).length);
    if (value instanceof Uint8Array) return BigInt(value.length);
    if (isList(value)) return BigInt(value.values.length);
    if (isMap(value)) return BigInt(value.entries.length);
    throw new OttlError('target arg must be of type string, slice or map');
  }),
  // As Go: character by character, each to one character.
  ToLowerCase: ofText((value) => mapped(value, (character) => [...character.toLowerCase()][0]!)),
  ToUpperCase: ofText((value) =>
    mapped(value, (character) => {
      const upper = [...character.toUpperCase()];
      return upper.length === 1 ? upper[0]! : character;
    }),
  ),
  Trim: {
    parameters: ['target', 'replacement?'],
    build:
      ([target, replacement]) =>
      (context) =>
        trimmed(text(target, context), new Set(replacement ? text(replacement, context) : ' ')),
  },
};

function mapped(value: string, change: (character: string) => string): string {
  return Array.from(value, change).join('');
}

/** A text without those of the characters that stand at its ends. */
function trimmed(value: string, characters: ReadonlySet<string>): string {
  const all = [...value];
  const kept = (character: string) => !characters.has(character);
  return all.slice(all.findIndex(kept), all.findLastIndex(kept) + 1).join('');
}
