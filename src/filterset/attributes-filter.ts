import { isDeepStrictEqual } from 'node:util';
import { anyValue } from '#attribute-actions/config.ts';
import type { AnyValue, Attributes } from '#pdata/attributes.ts';
import type { InstrumentationScope } from '#pdata/metrics.ts';
import { textFilter, unrecognizedMatchType } from './filterset.ts';
import type { MatchProperties } from './match-config.ts';

export type AttributesFilter = (attributes: Attributes) => boolean;

type ValueFilter = (value: AnyValue) => boolean;

/**
 * Returns a filter for attributes that contain everything in the settings. Undefined for an empty list.
 * @throws Error for invalid settings
 */
export function attributesFilter(
  wanted: MatchProperties['attributes'],
  properties: MatchProperties,
): AttributesFilter | undefined {
  if (wanted.length === 0) return undefined;
  const filters = wanted.map(({ key, value }) => {
    if (key === '') throw new Error("can't have empty key in the list of attributes");
    return { key, matches: valueFilter(key, anyValue(value), properties) };
  });
  return ({ entries }) =>
    filters.every(({ key, matches }) => {
      const found = entries.find((entry) => entry.key === key);
      return found !== undefined && matches(found.value);
    });
}

function valueFilter(key: string, wanted: AnyValue, properties: MatchProperties): ValueFilter {
  if (wanted === undefined) return () => true;
  if (properties.matchType === 'strict') return (value) => isDeepStrictEqual(value, wanted);
  if (properties.matchType !== 'regexp') throw unrecognizedMatchType(properties.matchType);
  if (typeof wanted !== 'string') {
    throw new Error(`match_type=regexp for "${key}" only supports Str, but found ${kindName(wanted)}`);
  }
  const matches = textFilter([wanted], properties.matchType);
  return (value) => {
    const text = scalarText(value);
    return text !== undefined && matches(text);
  };
}

function kindName(value: AnyValue): string {
  if (typeof value === 'boolean') return 'Bool';
  if (typeof value === 'bigint') return 'Int';
  if (typeof value === 'number') return 'Double';
  return typeof value === 'object' && 'kind' in value && value.kind === 'array' ? 'Slice' : 'Map';
}

/** Returns the text of a scalar for patterns; doubles have no exponent. Bytes, lists, and maps never match. */
function scalarText(value: AnyValue): string | undefined {
  if (typeof value === 'number') return plainDecimal(value);
  return typeof value === 'object' || value === undefined ? undefined : String(value);
}

function plainDecimal(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  if (Object.is(value, -0)) return '-0';
  const [digits, exponent] = String(value).split('e');
  if (exponent === undefined) return digits!;
  const sign = digits!.startsWith('-') ? '-' : '';
  const [whole, fraction = ''] = digits!.replace('-', '').split('.');
  const all = `${whole}${fraction}`;
  const point = whole!.length + Number(exponent);
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${all}`;
  return point >= all.length ? sign + all.padEnd(point, '0') : `${sign}${all.slice(0, point)}.${all.slice(point)}`;
}

/**
 * Returns a filter for scopes that match all listed libraries.
 * @throws Error for invalid settings
 */
export function scopeFilter(properties: MatchProperties): ((scope: InstrumentationScope) => boolean) | undefined {
  if (properties.libraries.length === 0) return undefined;
  const filters = properties.libraries.map(({ name, version }) => ({
    name: textFilter([name], properties.matchType),
    version: typeof version === 'string' ? textFilter([version], properties.matchType) : () => true,
  }));
  return (scope) => filters.every(({ name, version }) => name(scope.name) && version(scope.version));
}
