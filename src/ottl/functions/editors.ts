import { RE2JS } from 're2js';
import { decodeUtf8, encodeUtf8 } from '#bytes/utf8.ts';
import { replaceAllGo } from '#go/replacement.ts';
import type { KeyValueList } from '#pdata/attributes.ts';
import { withoutKey } from '#pdata/without-key.ts';
import type { CompiledArgument, CompiledStatement, OttlFunction } from '../compile.ts';
import type { Accessor, OttlContext } from '../context.ts';
import { OttlError, OttlParseError } from '../ottl-error.ts';
import { isMap, map, type storable } from '../value.ts';
import { asText, pattern, required, text, writtenInteger, writtenText, writtenTexts } from './arguments.ts';
import { metricEditors } from './metric-editors.ts';

type Editor = OttlFunction<CompiledStatement>;

/** A place that can be changed. */
function place(argument: CompiledArgument | undefined): Required<Accessor> {
  const target = required(argument).target;
  if (!target?.set) throw new OttlParseError('the first argument must be a path that can be set');
  return target as Required<Accessor>;
}

/** An editor of a map: gives the changed map, or the same one when nothing changes. */
const ofMap = (
  parameters: string[],
  prepare: (
    args: readonly (CompiledArgument | undefined)[],
  ) => (found: KeyValueList, context: OttlContext) => KeyValueList,
): Editor => ({
  parameters: ['target', ...parameters],
  build: ([target, ...args]) => {
    const { get, set } = place(target);
    const change = prepare(args);
    return (context) => {
      const found = get(context);
      if (!isMap(found)) throw new OttlError('expected a map but got another kind of value');
      const changed = change(found, context);
      if (changed !== found) set(context, changed);
    };
  },
});

const filtered = (found: KeyValueList, keep: (key: string) => boolean): KeyValueList => {
  const entries = found.entries.filter((entry) => keep(entry.key));
  return entries.length === found.entries.length ? found : map(entries);
};

const mapped = (
  found: KeyValueList,
  change: (entry: KeyValueList['entries'][number]) => KeyValueList['entries'][number],
): KeyValueList => {
  const entries = found.entries.map(change);
  return entries.every((entry, index) => entry === found.entries[index]) ? found : map(entries);
};

/** A glob of the `match` editors, in a linear-time engine: `*` stands for any text, `?` for one character. */
function glob(argument: CompiledArgument | undefined): RE2JS {
  const text = writtenText(argument);
  if (/[[\]{}\\]/.test(text))
    throw new OttlParseError(
      `the pattern ${JSON.stringify(text)} has one of [ ] { } \\, which pitot does not support; it has * and ?`,
    );
  return RE2JS.compile(text.replace(/\*+|\?|[^*?]+/g, globPart), RE2JS.DOTALL);
}

function globPart(part: string): string {
  return part.startsWith('*') ? '.*' : part === '?' ? '.' : RE2JS.quote(part);
}

/** The editors that users of metrics need (behaviour.md §5.7), by name. */
export const editors: Readonly<Record<string, Editor>> = {
  ...metricEditors,
  set: {
    parameters: ['target', 'value'],
    build: ([target, value]) => {
      const { set } = place(target);
      const { get } = required(value);
      return (context) => {
        // A time goes where a time stands; anything else must be storable.
        set(context, get(context) as ReturnType<typeof storable>);
      };
    },
  },
  delete_key: ofMap(['key'], ([key]) => (found, context) => {
    const entries = withoutKey(found.entries, text(key, context));
    return entries === found.entries ? found : map(entries);
  }),
  delete_matching_keys: ofMap(['pattern'], ([regex]) => {
    const compiled = pattern(regex);
    return (found) => filtered(found, (key) => !compiled.matcher(key).find());
  }),
  keep_keys: ofMap(['keys'], ([keys]) => {
    const names = new Set(writtenTexts(required(keys)));
    return (found) => filtered(found, (key) => names.has(key));
  }),
  keep_matching_keys: ofMap(['pattern'], ([regex]) => {
    const compiled = pattern(regex);
    return (found) => filtered(found, (key) => compiled.matcher(key).find());
  }),
  merge_maps: ofMap(['source', 'strategy'], ([source, strategy]) => {
    const { get } = required(source);
    const how = writtenText(strategy);
    if (!['insert', 'update', 'upsert'].includes(how)) {
      throw new OttlParseError(`invalid value for strategy, ${how}, must be 'insert', 'update' or 'upsert'`);
    }
    return (found, context) => {
      const added = get(context);
      if (!isMap(added)) throw new OttlError('merge_maps needs a map as its source');
      const entries = new Map(found.entries.map((entry) => [entry.key, entry.value]));
      for (const { key, value } of added.entries) {
        if (how === 'upsert' || (how === 'insert') !== entries.has(key)) entries.set(key, value);
      }
      return map([...entries].map(([key, value]) => ({ key, value })));
    };
  }),
  limit: ofMap(['limit', 'priority_keys'], ([limit, priority]) => {
    const [most, first] = [writtenInteger(limit), writtenTexts(required(priority))];
    if (most < 0) throw new OttlParseError(`invalid limit for limit function, ${most} cannot be negative`);
    if (first.length > most)
      throw new OttlParseError(
        `invalid limit for limit function, ${most} cannot be less than number of priority attributes ${first.length}`,
      );
    return (found) => {
      if (found.entries.length <= most) return found;
      let left = most - found.entries.filter((entry) => first.includes(entry.key)).length;
      return filtered(found, (key) => first.includes(key) || left-- > 0);
    };
  }),
  truncate_all: ofMap(['limit'], ([limit]) => {
    const most = writtenInteger(limit);
    if (most < 0) throw new OttlParseError(`invalid limit for truncate_all function, ${most} cannot be negative`);
    return (found) =>
      mapped(found, (entry) => {
        if (typeof entry.value !== 'string' || encodeUtf8(entry.value).length <= most) return entry;
        return { ...entry, value: truncated(entry.value, most) };
      });
  }),
  replace_all_patterns: ofMap(['mode', 'regex', 'replacement'], ([mode, regex, by]) => {
    const [where, compiled] = [writtenText(mode), pattern(regex)];
    if (where !== 'key' && where !== 'value')
      throw new OttlParseError(`invalid mode ${JSON.stringify(where)}, must be either "key" or "value"`);
    return (found, context) => {
      const template = text(by, context);
      return mapped(found, (entry) => {
        const old = where === 'key' ? entry.key : entry.value;
        if (typeof old !== 'string' || !compiled.matcher(old).find()) return entry;
        const changed = replaceAllGo(compiled, old, template);
        return where === 'key' ? { ...entry, key: changed } : { ...entry, value: changed };
      });
    };
  }),
  replace_all_matches: ofMap(['pattern', 'replacement'], ([match, by]) => {
    const wanted = glob(match);
    return (found, context) =>
      mapped(found, (entry) =>
        typeof entry.value === 'string' && wanted.matcher(entry.value).matches()
          ? { ...entry, value: text(by, context) }
          : entry,
      );
  }),
  replace_pattern: {
    parameters: ['target', 'regex', 'replacement'],
    build: ([target, regex, by]) => {
      const { get, set } = place(target);
      const compiled = pattern(regex);
      return (context) => {
        const found = get(context);
        if (typeof found !== 'string' || !compiled.matcher(found).find()) return;
        set(context, replaceAllGo(compiled, found, text(by, context)));
      };
    },
  },
  replace_match: {
    parameters: ['target', 'pattern', 'replacement'],
    build: ([target, match, by]) => {
      const { get, set } = place(target);
      const wanted = glob(match);
      return (context) => {
        const found = asText(get(context));
        if (found !== undefined && wanted.matcher(found).matches()) set(context, text(by, context));
      };
    },
  },
};

/** At most that many bytes of UTF-8, without cutting a character in two. */
function truncated(value: string, bytes: number): string {
  const encoded = encodeUtf8(value);
  let end = bytes;
  while (end > 0 && (encoded[end]! & 0xc0) === 0x80) end--;
  return decodeUtf8(encoded, 0, end);
}
